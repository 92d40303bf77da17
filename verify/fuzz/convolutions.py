"""Convolutions, transposed ones, their gradients and their layers."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
import torch.nn.functional as F

import convref
from convref import checks, engine
from convref.modes import COPIES
from verify.fuzz import calls
from verify.fuzz.calls import BATCHES, FLOATS, INTEGERS, MEMORY, draw_array, draw_options

TRANSPOSED = ("conv_transpose", "transposed backward", "transposed layer")
BACKWARD = ("backward", "transposed backward")
LAYERS = {"layer": "Conv", "transposed layer": "ConvTranspose"}

# The values that every option takes; every pair of values of two options has to occur.
OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": (
        "conv",
        "backward",
        "conv_transpose",
        "transposed backward",
        "layer",
        "transposed layer",
    ),
    "rank": (1, 2, 3),
    "dtype": (*FLOATS, *INTEGERS),  # neither library convolves booleans
    "batch": tuple(BATCHES),
    "groups": ("one", "several", "depthwise", "multiplier"),
    "kernel": ("one", "odd", "even", "mixed"),
    "stride": ("one", "two", "mixed"),
    "padding": ("zero", "some", "mixed", "sides", "same", "valid"),
    "dilation": ("one", "two", "mixed"),
    "mode": checks.MODES,
    "bias": (False, True),
    "form": ("integer", "single", "tuple"),
    "memory": MEMORY,
    "block": (
        2**6,
        2**8,
        2**20,
    ),  # bytes that the engine copies at a time: small calls need several
}
# Pairs that cannot be: what is no option of a function, or refused together.
IMPOSSIBLE: calls.Pairs = (
    *({("function", f), ("padding", p)} for f in TRANSPOSED for p in ("sides", "same", "valid")),
    *({("function", f), ("mode", mode)} for f in TRANSPOSED for mode in COPIES),
    *({("function", f), ("dtype", d)} for f in (*BACKWARD, *LAYERS) for d in INTEGERS),
    *({("function", f), ("bias", False)} for f in BACKWARD),
    *({("padding", "same"), ("stride", s)} for s in ("two", "mixed")),
    *(
        {("form", form), (name, "mixed")}
        for form in ("integer", "single")
        for name in ("stride", "padding", "dilation")
    ),
    *({("form", form), ("padding", "sides")} for form in ("integer", "single")),
)
# A dtype that is not the call's.
OTHER = {"float64": "float32", "complex64": "complex128", "complex128": "complex64"}
# How to spoil a call, by the name of the slip.
SPOILED: dict[str, Callable[[Call], Any]] = {
    "input rank": lambda c: c.change("input", c.arrays["input"][None, None, None]),
    "input channels": lambda c: c.change("input", np.repeat(c.arrays["input"], 2, -c.rank - 1)),
    "input dtype": lambda c: c.change("input", c.arrays["input"].astype(c.other_dtype)),
    "bool": lambda c: [c.change(name, c.arrays[name] != 0) for name in ("input", "weight")],
    "weight rank": lambda c: c.change(
        "weight", c.arrays["weight"].sum(0, dtype=c.options["dtype"])
    ),
    "weight empty": lambda c: c.change("weight", c.arrays["weight"][..., :0]),
    "no kernels": lambda c: c.change("weight", c.arrays["weight"][:0]),
    "bias length": lambda c: c.change("bias", np.ones(97, c.options["dtype"])),
    "stride zero": lambda c: c.set("stride", 0),
    "stride long": lambda c: c.set("stride", (1,) * (c.rank + 1)),
    "stride float": lambda c: c.set("stride", 1.5),
    "stride bool": lambda c: c.set("stride", True),
    "stride word": lambda c: c.set("stride", "3"),
    "dilation zero": lambda c: c.set("dilation", 0),
    "dilation beyond": lambda c: c.set("dilation", 99 if max(c.kernel) > 1 else -1),
    "padding negative": lambda c: c.set("padding", -1),
    "padding word": lambda c: c.set("padding", "full"),
    "padding float": lambda c: c.set("padding", 0.5),
    "groups zero": lambda c: c.set("groups", 0),
    "groups many": lambda c: c.set("groups", 97),
    "groups float": lambda c: c.set("groups", 1.0),
    "output padding": lambda c: c.set("output_padding", 9),
}


class Call(calls.Call):
    """A call with a weight; the kernel's shape and the numbers of channels are its options too."""

    @property
    def rank(self) -> int:
        return int(self.options["rank"])

    @property
    def kernel(self) -> tuple[int, ...]:
        return tuple(self.options["shape"][2])

    @property
    def other_dtype(self) -> str:
        return OTHER.get(self.options["dtype"], "float64")

    def name(self) -> str:
        transposed = self.options["function"] in TRANSPOSED
        return f"conv{'_transpose' if transposed else ''}{self.rank}d"

    def listed(self, ours: object, theirs: object) -> bool:
        if super().listed(ours, theirs):
            return True
        layer, mode = self.options["function"] == "layer", self.options["mode"]
        if layer and mode != "zeros" and self.options["form"] == "single" and self.rank > 1:
            return True  # single-padding-of-a-mode
        if isinstance(theirs, Exception):  # transposed-no-channels, of as many groups as asked for
            return self.options["shape"][0] == 0 and "weight to be at least" in str(theirs)
        if self.options["shape"][0] == 0:
            return isinstance(ours, Exception) or self.is_bias(ours)  # no-channels
        if not isinstance(ours, Exception):
            return False
        transposed = self.options["function"] in TRANSPOSED
        if transposed and self.empty():
            return True  # transposed-empty-output
        if self.spoiled == "dilation zero" and transposed:
            return True  # some of PyTorch's backends refuse it, others take it for 1
        if self.spoiled == "padding negative":  # negative-padding-of-a-mode
            return self.options["mode"] != "zeros" and not transposed
        return self.options["batch"] == "empty" and self.refused_with_an_image()

    def is_bias(self, ours: Any) -> bool:
        """Whether the output holds the bias and nothing else, as sums without a term do."""
        if self.options["function"] in BACKWARD:
            return bool(0 == ours[0].size == ours[1].size)
        bias = self.arrays["bias"]
        due = 0 if bias is None else bias.reshape(-1, *[1] * self.rank)
        return bool(np.all(ours[0] == due))

    def empty(self) -> bool:
        """Whether PyTorch's output has no cell."""
        same = self.positive("f4")  # for which PyTorch has the backend that lets it pass
        out = calls.outcome(lambda: [same.forward(same.tensors())])
        return not isinstance(out, Exception) and 0 in out[0].shape[-self.rank :]

    def refused_with_an_image(self) -> bool:
        """Whether PyTorch skips a check because the batch is empty (empty-batch-unchecked)."""
        one = self.arrays["input"]
        image = np.ones((1, *one.shape[1:]), one.dtype)
        with_image = type(self)(self.options, self.arrays | {"input": image}, self.arguments)
        return isinstance(calls.outcome(with_image.pytorch), Exception)

    def pytorch(self) -> list[np.ndarray]:
        # oneDNN crashes the process on some float16 layers (2.13: groups, stride and dilation 2).
        flags = torch.backends.mkldnn.flags(enabled=False)
        with flags if self.options["dtype"] == "float16" else nullcontext():
            function = self.options["function"]
            if function in LAYERS:
                tensors, arguments = self.tensors(), dict(self.arguments)
                if isinstance(arguments["padding"], list):
                    mode = arguments.pop("padding_mode")
                    tensors["input"] = padded(tensors["input"], arguments.pop("padding"), mode)
                layer = self.layer(torch.nn, getattr(torch, self.options["dtype"]), arguments)
                state = {n: tensors[n] for n in ("weight", "bias") if tensors[n] is not None}
                layer.load_state_dict(state)
                return [layer(tensors["input"]).detach().numpy()]
            if function not in BACKWARD:
                return [self.forward(self.tensors()).numpy()]
            tensors = self.tensors()
            leaves = [t.requires_grad_() for t in tensors.values() if t is not None]
            out = self.forward(tensors)
            grads = torch.autograd.grad(out, leaves, torch.from_numpy(self.grad(out.shape)))
            return [g.resolve_conj().numpy() for g in grads]

    def forward(self, tensors: dict[str, Any]) -> Any:
        arguments = dict(self.arguments)
        call, mode = getattr(F, self.name()), arguments.pop("padding_mode", "zeros")
        if mode == "zeros" and not isinstance(arguments["padding"], list):
            return call(**tensors, **arguments)
        # F.convNd has no padding_mode, nor one number for each side: pad first, as torch.nn does.
        padding = arguments.pop("padding")
        dilation = arguments["dilation"]
        dilations = for_all(dilation, self.rank)
        if padding == "same":
            pairs = list(map(same_padding, self.kernel, dilations))
        elif padding == "valid":
            pairs = [(0, 0)] * self.rank
        elif isinstance(padding, list):
            pairs = padding
        else:
            pairs = [(p, p) for p in for_all(padding, self.rank)]
        return call(**tensors | {"input": padded(tensors["input"], pairs, mode)}, **arguments)

    def convref(self) -> list[np.ndarray]:
        with patch.object(engine, "BLOCK", self.options["block"]):
            return self.computed()

    def computed(self) -> list[np.ndarray]:
        function = self.options["function"]
        if function in LAYERS:
            layer = self.layer(convref, self.options["dtype"], self.arguments)
            state = {n: a for n in ("weight", "bias") if (a := self.arrays[n]) is not None}
            layer.load_state_dict(state)
            return [layer(self.arrays["input"])]
        out = getattr(convref, self.name())(**self.arrays, **self.arguments)
        if function not in BACKWARD:
            return [out]
        call = getattr(convref, f"{self.name()}_backward")
        operands = {name: self.arrays[name] for name in ("input", "weight")}
        return list(call(self.grad(out.shape), **operands, **self.arguments))

    def layer(self, library: Any, dtype: Any, arguments: dict[str, Any]) -> Any:
        """A layer of these arguments, in torch.nn or convref."""
        make = getattr(library, f"{LAYERS[self.options['function']]}{self.rank}d")
        bias = self.arrays["bias"] is not None
        return make(*self.options["shape"], **arguments, bias=bias, dtype=dtype)

    def grad(self, shape: Any) -> np.ndarray:
        """A gradient of the output."""
        grad = np.arange(np.prod(shape)).reshape(tuple(shape)) % 5 - 2
        if not self.options.get("signs", True):
            grad = abs(grad)
        return grad.astype(self.options["dtype"])


def padded(input: Any, pairs: list[tuple[int, int]], mode: str) -> Any:
    """A tensor with (before, after) cells more along each of its last axes."""
    if 0 in input.shape[-len(pairs) :]:  # which F.convNd refuses, however much it is padded
        raise ValueError("an empty axis")
    flat = [side for pair in reversed(pairs) for side in pair]
    return F.pad(input, flat, "constant" if mode == "zeros" else mode)


def for_all(value: Any, rank: int) -> tuple[Any, ...]:
    """An argument's value for each axis; what is no number, or too many, stays a slip."""
    if not isinstance(value, tuple):
        return (value,) * rank
    return value * rank if len(value) == 1 else value


def same_padding(kernel: int, dilation: int) -> tuple[int, int]:
    """As torch.nn's layers compute it."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def draw(rng: random.Random) -> Call:
    """A call that PyTorch takes."""
    options = draw_options(rng, OPTIONS, IMPOSSIBLE)
    return calls.accepted(lambda: proposed(rng, dict(options)))


def proposed(rng: random.Random, options: calls.Options) -> Call:
    """A call with these options."""
    rank, transposed = options["rank"], options["function"] in TRANSPOSED

    # Steps that a single window or tap never takes; transposed, PyTorch drops their upper half.
    long = [rng.choice((2**31, 2**40)) for _ in range(rng.random() < 0.05)]
    if transposed or options["padding"] == "same":  # which would pad by as much
        long = []

    def per_axis(kind: str, values: dict[str, int]) -> tuple[int, ...]:
        if kind == "mixed":
            return tuple(rng.choice((1, 2, 3, *long)) for _ in range(rank))
        return (values[kind],) * int(rank)

    kernel = tuple(
        {"one": 1, "odd": 3, "even": 2}.get(options["kernel"]) or rng.choice((1, 2, 3))
        for _ in range(rank)
    )
    stride = per_axis(options["stride"], {"one": 1, "two": 2})
    dilation = per_axis(options["dilation"], {"one": 1, "two": 2})
    padding: Any = options["padding"]
    if padding in ("same", "valid"):
        pairs = [
            same_padding(k, min(d, 9)) if padding == "same" else (0, 0)
            for k, d in zip(kernel, dilation, strict=True)
        ]
    elif padding == "sides":
        long = []
        padding = pairs = [(rng.choice((0, 1, 2)), rng.choice((0, 1, 3))) for _ in range(rank)]
    else:
        long = []
        padding = per_axis(padding, {"zero": 0, "some": rng.choice((1, 2))})
        pairs = [(p, p) for p in padding]
    groups = {"one": 1, "several": rng.choice((2, 3))}.get(options["groups"], rng.choice((2, 3)))
    per_group = 1
    if options["groups"] in ("one", "several"):
        per_group = rng.choice((0, *[1, 2] * 20))
    multiplier = {"depthwise": 1, "multiplier": 2}.get(options["groups"], rng.choice((1, 2)))

    sizes = []
    for k, d, pair in zip(kernel, dilation, pairs, strict=True):
        fits = 1 if transposed else min(d * (k - 1) + 1 - sum(pair), 9)  # torch.nn.Conv2d's formula
        sizes.append(max(1, fits) + rng.choice((-1, 0, 0, 0, 1, 2)))

    channels, kernels = groups * per_group, groups * multiplier
    weight = (channels, multiplier, *kernel) if transposed else (kernels, per_group, *kernel)
    options["shape"] = (channels, kernels, kernel)

    def array(shape: tuple[int, ...]) -> np.ndarray:
        return draw_array(rng, shape, options["dtype"], options["memory"])

    def form(value: tuple[int, ...]) -> Any:
        if options["form"] == "tuple" or len(set(value)) > 1:
            return value
        return value[0] if options["form"] == "integer" else value[:1]

    arrays = {
        "input": array((*BATCHES[options["batch"]], channels, *sizes)),
        "weight": array(weight),
        "bias": array((kernels,)) if options["bias"] else None,
    }
    arguments: dict[str, Any] = {
        "stride": form(stride),
        "padding": form(padding) if isinstance(padding, tuple) else padding,
        "dilation": form(dilation),
        "groups": groups,
    }
    if transposed:
        extra = [rng.randrange(max(s, d)) for s, d in zip(stride, dilation, strict=True)]
        arguments["output_padding"] = form(tuple(extra))
    else:
        arguments["padding_mode"] = options["mode"]
    return Call(options, arrays, arguments)


def slips(call: Call) -> list[str]:
    """How this call can be spoiled: transposed, no dilation reaches too far."""
    transposed = call.options["function"] in TRANSPOSED
    return [
        name for name in SPOILED if name != ("dilation beyond" if transposed else "output padding")
    ]
