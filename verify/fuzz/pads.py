"""`pad` in every mode."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch.nn.functional as F

import convref
from convref.modes import COPIES
from convref.padding import PAD_MODES
from verify.fuzz import calls
from verify.fuzz.calls import BATCHES, MEMORY, draw_array, draw_options

OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": ("pad",),
    "axes": (1, 2, 3),
    "dtype": calls.DTYPES,
    "batch": tuple(BATCHES),
    "mode": PAD_MODES,
    "pads": ("none", "some", "crop", "mixed"),
    "value": ("none", "zero", "other"),
    "memory": MEMORY,
}
IMPOSSIBLE = tuple({("mode", mode), ("value", "other")} for mode in COPIES)
VALUES = (
    *(1, 7, -1, 2.75, -0.5, True, 300, 70_000, -(2**40), 1e39, 1e-8, 1j),
    *(float("inf"), -float("inf"), float("nan")),
)
SPOILED: dict[str, Callable[[Call], Any]] = {
    "odd": lambda c: c.set("pad", (*c.arguments["pad"], 1)),
    "many": lambda c: c.set("pad", (1, 1) * 7),
    "float": lambda c: c.set("pad", (1.5, 1)),
    "number": lambda c: c.set("pad", 1.5),
    "crop": lambda c: c.set("pad", (-99, 0)),
    "beyond": lambda c: [c.set("mode", "reflect"), c.set("value", None), c.set("pad", (99, 0))],
    "any pads": lambda c: c.set(
        "pad", tuple(random.Random(str(c)).randint(-9, 9) for _ in c.arguments["pad"])
    ),
    "any value": lambda c: [
        c.set("mode", "constant"),
        c.set("value", random.Random(str(c)).choice(VALUES)),
    ],
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

    exact = True

    def pytorch(self) -> list[np.ndarray]:
        out = F.pad(self.tensors()["input"], **self.arguments)
        if min(out.shape) < 0:
            raise RuntimeError("reflect-negative-size")
        return [out.numpy()]

    def convref(self) -> list[np.ndarray]:
        return [convref.pad(self.arrays["input"], **self.arguments)]

    def listed(self, ours: object, theirs: object) -> bool:
        if super().listed(ours, theirs):
            return True
        if self.arguments["mode"] != "circular":
            return False
        if isinstance(theirs, Exception):  # circular-cropped-at-the-end
            return 0 in ours[0].shape and "match the" in str(theirs)  # type: ignore[index]
        flat, shape = self.arguments["pad"], self.arrays["input"].shape
        return (
            isinstance(ours, Exception)
            and any(  # circular-nothing-left
                max(before, after) > n + min(before, 0) + min(after, 0)
                for n, before, after in zip(shape[::-1], flat[::2], flat[1::2], strict=False)
            )
        )


def draw(rng: random.Random) -> Call:
    """A call that PyTorch takes."""
    options = draw_options(rng, OPTIONS, IMPOSSIBLE)

    def propose() -> Call:
        sizes = [rng.choice((1, 2, 3, 4, 5)) for _ in range(options["axes"])]
        flat = [draw_pads(rng, options["pads"], n) for n in reversed(sizes) for _ in range(2)]
        channels = rng.choice((0, *[2] * 20))
        value = {"none": None, "zero": 0, "other": rng.choice(VALUES)}[options["value"]]
        shape = (*BATCHES[options["batch"]], channels, *sizes)
        arrays = {"input": draw_array(rng, shape, options["dtype"], options["memory"])}
        return Call(options, arrays, {"pad": tuple(flat), "mode": options["mode"], "value": value})

    return calls.accepted(propose)


def draw_pads(rng: random.Random, kind: str, size: int) -> int:
    """Cells on one side, of which neither library may like all."""
    crop, added = -rng.randint(0, size + 2), rng.randint(0, size + 1)
    return {"none": 0, "some": added, "crop": crop}.get(kind, rng.choice((crop, added)))


def slips(call: Call) -> list[str]:
    """How this call can be spoiled."""
    return list(SPOILED)
