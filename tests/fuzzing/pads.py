"""`pad` in every mode."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch.nn.functional as F

import convref
from fuzzing import calls
from fuzzing.calls import BATCHES, FLOATS, INTEGERS, MEMORY, draw_array, draw_options

OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": ("pad",),
    "axes": (1, 2, 3),
    "dtype": (*FLOATS, *INTEGERS),
    "batch": tuple(BATCHES),
    "mode": ("constant", "reflect", "replicate", "circular"),
    "pads": ("none", "some", "crop", "mixed"),
    "value": ("none", "zero", "other"),
    "memory": MEMORY,
}
IMPOSSIBLE = tuple(
    {("mode", mode), ("value", "other")} for mode in ("reflect", "replicate", "circular")
)
SPOILED: dict[str, Callable[[Call], Any]] = {
    "odd": lambda c: c.set("pad", (*c.arguments["pad"], 1)),
    "many": lambda c: c.set("pad", (1, 1) * 7),
    "float": lambda c: c.set("pad", (1.5, 1)),
    "number": lambda c: c.set("pad", 1.5),
    "crop": lambda c: c.set("pad", (-99, 0)),
    "beyond": lambda c: [c.set("mode", "reflect"), c.set("value", None), c.set("pad", (99, 0))],
    "word": lambda c: c.set("mode", "symmetric"),
    "value": lambda c: [c.set("mode", "circular"), c.set("value", 1)],
    "rank": lambda c: [
        c.set("mode", "replicate"),
        c.set("value", None),
        c.change("input", c.arrays["input"][None, None, None]),
    ],
}


class Call(calls.Call):
    """A call of pad."""

    def pytorch(self) -> list[np.ndarray]:
        return [F.pad(self.tensors()["input"], **self.arguments).numpy()]

    def convref(self) -> list[np.ndarray]:
        return [convref.pad(self.arrays["input"], **self.arguments)]


def draw(rng: random.Random) -> Call:
    """A call that is valid by construction."""
    options = draw_options(rng, OPTIONS, IMPOSSIBLE)
    sizes = [rng.choice((1, 2, 3, 4)) for _ in range(options["axes"])]
    flat: list[int] = []
    for n in reversed(sizes):
        before, after = draw_pads(rng, options["pads"], n), draw_pads(rng, options["pads"], n)
        left = n + min(before, 0) + min(after, 0)
        if left < 1:
            after, left = 0, n + min(before, 0)
        most = {"reflect": left - 1, "circular": left}.get(options["mode"], 9)
        flat += [min(before, most), min(after, most)]
    value = {"none": None, "zero": 0, "other": rng.choice((1, 2, 7))}[options["value"]]
    shape = (*BATCHES[options["batch"]], 2, *sizes)
    arrays = {"input": draw_array(rng, shape, options["dtype"], options["memory"])}
    return Call(options, arrays, {"pad": tuple(flat), "mode": options["mode"], "value": value})


def draw_pads(rng: random.Random, kind: str, size: int) -> int:
    """Cells on one side."""
    crop = -rng.randrange(size)
    added = rng.choice((0, 1, 2, 3))
    return {"none": 0, "some": added, "crop": crop}.get(kind, rng.choice((crop, added)))


def slips(call: Call) -> list[str]:
    """How this call can be spoiled."""
    return list(SPOILED)
