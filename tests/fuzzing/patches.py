"""`unfold` and `fold`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch.nn.functional as F

import convref
from convref.geometry import Axis, output_size, reach
from fuzzing import calls
from fuzzing.calls import BATCHES, FLOATS, INTEGERS, MEMORY, draw_array, draw_options

OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": ("unfold", "fold"),
    "dtype": (*FLOATS, *INTEGERS),
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
    "kernel long": lambda c: c.set("kernel_size", (1, 1, 1)),
    "kernel beyond": lambda c: c.set("kernel_size", 99),
    "kernel float": lambda c: c.set("kernel_size", 1.5),
    "stride zero": lambda c: c.set("stride", 0),
    "dilation zero": lambda c: c.set("dilation", 0),
    "padding negative": lambda c: c.set("padding", -99),
    "size": lambda c: c.set("output_size", (1, 99)),
    "columns": lambda c: c.change("input", np.repeat(c.arrays["input"], 2, -1)),
    "rows": lambda c: c.change("input", c.arrays["input"][..., :1, :]),
}
ONLY_FOLD = ("size", "columns")


class Call(calls.Call):
    """A call of unfold or fold."""

    def pytorch(self) -> list[np.ndarray]:
        return [getattr(F, self.name())(self.tensors()["input"], **self.arguments).numpy()]

    def convref(self) -> list[np.ndarray]:
        return [getattr(convref, self.name())(self.arrays["input"], **self.arguments)]


def draw(rng: random.Random) -> Call:
    """A call that is valid by construction."""
    options = draw_options(rng, OPTIONS, IMPOSSIBLE)

    def pair(name: str, values: tuple[int, ...]) -> tuple[int, int]:
        if options[name] == "mixed":
            return rng.choice(values), rng.choice(values)
        return (NUMBERS[options[name]],) * 2

    kernel, stride = pair("kernel", (1, 2, 3)), pair("stride", (1, 2, 3))
    dilation, padding = pair("dilation", (1, 2, 3)), pair("padding", (0, 1, 2))
    axes = []
    for k, s, d, p in zip(kernel, stride, dilation, padding, strict=True):
        size = max(1, reach(k, d) - 2 * p) + rng.choice((0, 0, 1, 2))
        axes.append(Axis(size, k, s, d, p, p))
    sizes, batch = tuple(axis.size for axis in axes), BATCHES[options["batch"]]
    arguments: dict[str, Any] = {
        "kernel_size": kernel,
        "dilation": dilation,
        "padding": padding,
        "stride": stride,
    }
    shape = (*batch, 2, *sizes)
    if options["function"] == "fold":
        windows = output_size(axes[0]) * output_size(axes[1])
        shape = (*batch, 2 * kernel[0] * kernel[1], windows)
        arguments = {"output_size": sizes, **arguments}
    arrays = {"input": draw_array(rng, shape, options["dtype"], options["memory"])}
    return Call(options, arrays, arguments)


def slips(call: Call) -> list[str]:
    """How this call can be spoiled."""
    fold = call.options["function"] == "fold"
    rows = fold and np.prod(call.arguments["kernel_size"]) > 1  # else any number of rows is right
    return [n for n in SPOILED if (fold or n not in ONLY_FOLD) and (rows or n != "rows")]
