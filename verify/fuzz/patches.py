"""`unfold` and `fold`, and the same for one and three axes, which PyTorch lacks.

Its own functions for two axes, called for one axis after the other, stand in for those.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

import convref
from verify.fuzz import calls
from verify.fuzz.calls import BATCHES, MEMORY, draw_array, draw_options

RANK = {"unfold1d": 1, "unfold": 2, "unfold3d": 3, "fold1d": 1, "fold": 2, "fold3d": 3}
OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": tuple(RANK),
    "dtype": calls.DTYPES,
    "batch": tuple(BATCHES),
    "kernel": ("one", "three", "mixed"),
    "stride": ("one", "two", "mixed"),
    "padding": ("none", "one", "mixed"),
    "dilation": ("one", "two", "mixed"),
    "memory": MEMORY,
}
IMPOSSIBLE: calls.Pairs = ()
NUMBERS = {"none": 0, "one": 1, "two": 2, "three": 3}
SPOILED: dict[str, Callable[[Call], Any]] = {
    "rank": lambda c: c.change("input", c.arrays["input"][None, None, None]),
    "kernel zero": lambda c: c.set("kernel_size", 0),
    "kernel long": lambda c: c.set("kernel_size", (1,) * (c.rank + 1)),
    "kernel single": lambda c: c.set("kernel_size", (2,)),
    "size single": lambda c: c.set("output_size", (2,)),
    "kernel beyond": lambda c: c.set("kernel_size", 99),
    "kernel float": lambda c: c.set("kernel_size", 1.5),
    "stride zero": lambda c: c.set("stride", 0),
    "dilation zero": lambda c: c.set("dilation", 0),
    "padding negative": lambda c: c.set("padding", -99),
    "size": lambda c: c.set("output_size", (*(1,) * (c.rank - 1), 99)),
    "columns": lambda c: c.change("input", np.repeat(c.arrays["input"], 2, -1)),
    "rows": lambda c: c.change("input", c.arrays["input"][..., :1, :]),
}
LONG = (2**31, 2**40)  # steps that a single window or tap never takes; longer ones: long-steps
ONLY_FOLD = ("size", "size single", "columns")


class Call(calls.Call):
    """A call of unfold, fold or one of their kin."""

    @property
    def rank(self) -> int:
        return RANK[self.name()]

    def pytorch(self) -> list[np.ndarray]:
        input = self.tensors()["input"]
        if self.rank == 2:
            return [getattr(F, self.name())(input, **self.arguments).numpy()]
        if any(isinstance(v, tuple) and len(v) != self.rank for v in self.arguments.values()):
            raise ValueError("length")
        by_axis = fold_by_axis if self.name().startswith("fold") else unfold_by_axis
        return [by_axis(self.rank, input, **self.arguments).numpy()]

    def convref(self) -> list[np.ndarray]:
        return [getattr(convref, self.name())(self.arrays["input"], **self.arguments)]


def unfold_by_axis(rank: int, input: torch.Tensor, **arguments: Any) -> torch.Tensor:
    """Unfold the first axis, as images one cell wide with all else as channels, then the next."""
    if input.ndim not in (rank + 1, rank + 2):
        raise ValueError("rank")
    out = input if input.ndim == rank + 2 else input[None]
    N = len(out)
    for axis in range(rank):
        out = out.movedim(2 + axis, -1)  # (N, C, *taps, *axes to come, *windows, axis)
        *kept, size = out.shape
        columns = F.unfold(out.reshape(N, math.prod(kept[1:]), size, 1), **along(axis, arguments))
        windows = columns.shape[-1]
        taps = columns.shape[1] // math.prod(kept[1:])
        out = columns.reshape(*kept, taps, windows).movedim(-2, 2 + axis)
    rows, cells = math.prod(out.shape[1 : 2 + rank]), math.prod(out.shape[2 + rank :])
    return out.reshape(*input.shape[: input.ndim - rank - 1], rows, cells)


def fold_by_axis(
    rank: int, input: torch.Tensor, output_size: Any, **arguments: Any
) -> torch.Tensor:
    """The way back: fold the last axis, then the one in front of it."""
    if input.ndim not in (2, 3):
        raise ValueError("rank")
    given = [along(axis, arguments) for axis in range(rank)]
    sizes = [along(axis, {"output_size": output_size})["output_size"] for axis in range(rank)]
    windows = [
        F.unfold(torch.zeros(1, 1, *size), **one).shape[-1]
        for size, one in zip(sizes, given, strict=True)
    ]
    kernel = [one["kernel_size"][0] for one in given]
    out = input if input.ndim == 3 else input[None]
    N, rows, cells = out.shape
    if rows % math.prod(kernel) or cells != math.prod(windows):
        raise ValueError("shape")  # where nothing is, reshape takes any
    out = out.reshape(N, rows // math.prod(kernel), *kernel, *windows)
    for axis in reversed(range(rank)):
        out = out.movedim(2 + axis, -2)  # (N, C, *taps, *axes done, *windows, tap, window)
        *kept, taps, count = out.shape
        columns = out.reshape(N, math.prod(kept[1:]) * taps, count)
        image = F.fold(columns, sizes[axis], **given[axis])
        out = image.reshape(*kept, sizes[axis][0]).movedim(-1, 2 + axis)
    return out if input.ndim == 3 else out[0]


def along(axis: int, arguments: dict[str, Any]) -> dict[str, tuple[Any, int]]:
    """The arguments of one axis, for an image that is one cell wide."""
    one = {n: v[axis] if isinstance(v, tuple) else v for n, v in arguments.items()}
    return {name: (value, int(name != "padding")) for name, value in one.items()}


def draw(rng: random.Random) -> Call:
    """A call that PyTorch takes."""
    options = draw_options(rng, OPTIONS, IMPOSSIBLE)
    rank, fold = RANK[options["function"]], options["function"].startswith("fold")

    def each(name: str, values: tuple[int, ...]) -> tuple[int, ...]:
        if options[name] == "mixed":
            return tuple(rng.choice(values) for _ in range(rank))
        return (NUMBERS[options[name]],) * rank

    def propose() -> Call:
        steps = (1, 2, 3, *(rng.choice(LONG) for _ in range(rng.random() < 0.05)))
        arguments: dict[str, Any] = {
            "kernel_size": each("kernel", (1, 2, 3)),
            "dilation": each("dilation", steps),
            "padding": each("padding", (0, 1, 2)),
            "stride": each("stride", steps),
        }
        sizes, windows = [], 1
        for k, d, p, s in zip(*arguments.values(), strict=True):
            fits = d * (k - 1) + 1 - 2 * p  # the formula in torch.nn.Unfold's documentation
            size = max(1, min(fits, 9)) + rng.choice((-1, 0, 0, 1, 2))
            sizes.append(size)
            windows *= max(0, (size - fits) // s + 1)
        shape = (*BATCHES[options["batch"]], 2, *sizes)
        if fold:
            shape = (*shape[: -rank - 1], 2 * math.prod(arguments["kernel_size"]), windows)
            arguments = {"output_size": tuple(sizes), **arguments}
        arrays = {"input": draw_array(rng, shape, options["dtype"], options["memory"])}
        return Call(options, arrays, arguments)

    return calls.accepted(propose)


def slips(call: Call) -> list[str]:
    """How this call can be spoiled."""
    fold = call.options["function"].startswith("fold")
    rows = fold and np.prod(call.arguments["kernel_size"]) > 1  # else any number of rows is right
    return [n for n in SPOILED if (fold or n not in ONLY_FOLD) and (rows or n != "rows")]
