"""`convref.pad` against `np.pad`, in each mode and on one, two and three axes."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

import convref

SAMPLES: Final = 10**7
# How the sizes are written -> the input, with a channel in front.
INPUTS: Final[Mapping[str, tuple[int, ...]]] = {
    "10000000": (1, SAMPLES),
    "3162²": (1, 3162, 3162),
    "215³": (1, 215, 215, 215),
}
MODES: Final = {
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}  # ours -> NumPy's
CELLS: Final = 3  # on each side of each axis


def small(shape: tuple[int, ...]) -> tuple[int, ...]:
    """As many axes, to see whether everything works."""
    return (1, *[5] * (len(shape) - 1))


def pair(shape: tuple[int, ...], mode: str, seconds: float) -> dict[str, Any]:
    """convref and NumPy in turn, on float32, after their results have been found equal."""
    from benchmarks.measure import compared  # the page needs the names above, and no peers

    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    flat = (CELLS, CELLS) * (len(shape) - 1)
    pairs = [(0, 0), *[(CELLS, CELLS)] * (len(shape) - 1)]

    def ours() -> np.ndarray:
        return convref.pad(x, flat, mode)

    def theirs() -> np.ndarray:
        padded: np.ndarray = np.pad(x, pairs, MODES[mode])  # type: ignore[call-overload]
        return padded

    np.testing.assert_array_equal(ours(), theirs())
    return compared(ours, theirs, seconds)
