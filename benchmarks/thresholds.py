"""Why the engine's thresholds are what they are: the time with each of them moved.

    make bench-thresholds       a minute; nothing is written

For every value the geometric mean, over the layers that it concerns, of the time of a forward pass
as a multiple of the time with the engine's own value. In turn, on one thread, as in `make bench`.
"""

from benchmarks import machine

machine.one_thread()  # before NumPy is imported

import math  # noqa: E402
import statistics  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402

from benchmarks.layers import LAYERS, Layer, Operands  # noqa: E402
from benchmarks.measure import in_turn  # noqa: E402
from benchmarks.peers import ours  # noqa: E402
from convref import engine  # noqa: E402

SECONDS = 0.3  # for one layer with one value
FACTORS = (0.25, 0.5, 2, 4)
# Windows so long that a block of CELLS cells outgrows BLOCK.
LONG = [Layer(1, 16, 64, 16, 31, padding=15), Layer(1, 512, 14, 512, 3, padding=1)]
DEPTHWISE = [layer for layer in LAYERS if layer.groups == layer.C > 1]
CONCERNED = {"BLOCK": LAYERS, "CELLS": LONG, "BAND": DEPTHWISE}


def moved(name: str, value: int, call: Callable[[], object]) -> Callable[[], object]:
    """The call, with a threshold moved while it lasts."""

    def with_it() -> object:
        usual = getattr(engine, name)
        setattr(engine, name, value)
        try:
            return call()
        finally:
            setattr(engine, name, usual)

    return with_it


def cost(name: str, value: int, layers: Iterable[Layer]) -> float:
    """Time with the value as a multiple of the usual time."""
    means = []
    for layer in layers:
        call = ours("forward", layer, Operands.of(layer))
        times = in_turn(moved(name, value, call), call, SECONDS)
        means.append(statistics.median(a / b for a, b in times))
    return math.exp(statistics.fmean(map(math.log, means)))


def main() -> None:
    for name, layers in CONCERNED.items():
        usual = getattr(engine, name)
        values = [max(1, round(usual * factor)) for factor in FACTORS]
        told = [f"{value}: {cost(name, value, layers):.2f}" for value in values]
        print(f"{name} = {usual}; with {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
