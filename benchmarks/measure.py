"""Two calls against each other, the memory of one, and how exact two are."""

import gc
import statistics
import time
import tracemalloc
from typing import Any, Final

import numpy as np
import torch

from benchmarks.layers import Layer, Operands
from benchmarks.peers import LIMITS, PEERS, Call, arrays, ours, padded, pytorch

SHORTEST: Final = 2e-3  # seconds: what is quicker is called several times for one measurement
ROUNDS: Final = (5, 51)  # at least and at most
SEEDS: Final = range(5)


def pair(operation: str, layer: Layer, peer: str, seconds: float) -> dict[str, Any] | None:
    """convref and a peer in turn: medians of the times and of their ratio; None: no such peer.

    Both results are compared first. A peer with a limit gets a part of the layer, whose time
    is then taken times as many as there are such parts.
    """
    part = layer.part(LIMITS.get(peer, float("inf")))
    small = Operands.of(part)
    theirs = PEERS[peer](operation, part, small)
    if theirs is None:
        return None
    agree(arrays(ours(operation, part, small)()), arrays(theirs()), f"{peer}, {operation}, {part}")
    mine = ours(operation, layer, small if part == layer else Operands.of(layer))
    scale = layer.products / part.products
    return compared(mine, theirs, seconds, scale) | {"extrapolated": part != layer}


def compared(mine: Call, theirs: Call, seconds: float, scale: float = 1) -> dict[str, Any]:
    """Medians of the times and of their ratio; what the peer has done is a `scale`th of it."""
    times = in_turn(mine, theirs, seconds)
    return {
        "ours": statistics.median(a for a, _ in times),
        "theirs": statistics.median(b for _, b in times) * scale,
        "ratio": statistics.median(a / b for a, b in times) / scale,
        "rounds": len(times),
    }


def in_turn(first: Call, second: Call, seconds: float) -> list[tuple[float, float]]:
    """Times of one call of each, round after round, until `seconds` are over."""
    calls = [(each, repeats(each)) for each in (first, second)]
    times: list[tuple[float, float]] = []
    least, most = ROUNDS if seconds else (1, 1)
    gc.collect()
    gc.disable()
    try:
        end = time.perf_counter() + seconds
        while len(times) < least or (len(times) < most and time.perf_counter() < end):
            a, b = (once(*each) for each in calls)
            times.append((a, b))
    finally:
        gc.enable()
    return times


def repeats(call: Call) -> int:
    """How often to call what is over too soon to be timed. The first call of all is slower."""
    warm = min(once(call, 1) for _ in range(2))
    return max(1, round(SHORTEST / warm))


def once(call: Call, repeats: int) -> float:
    """Seconds for one call."""
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def agree(mine: list[np.ndarray], theirs: list[np.ndarray], what: str) -> None:
    """Refuse to time what computes something else."""
    for a, b in zip(mine, theirs, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype == np.float32, what
        wide = np.abs(b).max()
        assert np.abs(a - b).max() <= 1e-4 * wide, f"{what}: {np.abs(a - b).max()} of {wide}"


def memory(operation: str, layer: Layer) -> int:
    """Peak bytes of convref beyond its results and the padded input.

    Backward and transposed, a turned copy of the weights is not counted either.
    """
    of = Operands.of(layer)
    call = ours(operation, layer, of)
    call()
    tracemalloc.start()
    held = sum(each.nbytes for each in arrays(call()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if layer.padding:
        held += padded(layer, of.x).nbytes
    if operation != "forward":
        held += of.weight.nbytes
    return max(0, peak - held)


def errors(layer: Layer, seeds: range = SEEDS) -> dict[str, float]:
    """RMS errors of a layer's output, against PyTorch in float64, over all seeds."""
    squares = {"ours": 0.0, "theirs": 0.0}
    for seed in seeds:
        of = Operands.of(layer, seed)
        exact = pytorch("forward", layer, Operands(*(each.astype(np.float64) for each in of)))()
        for name, make in (("ours", ours), ("theirs", pytorch)):
            result = torch.as_tensor(make("forward", layer, of)())
            squares[name] += float((result - exact).square().mean())
    rms = {name: (square / len(seeds)) ** 0.5 for name, square in squares.items()}
    return rms | {"ratio": rms["ours"] / rms["theirs"] if rms["theirs"] else 1.0}
