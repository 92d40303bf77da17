"""Differential fuzzing: the same call in PyTorch and in convref, over and over.

    python tests/fuzz.py [calls] [--start i] [--seed s]      (make fuzz N=1000000)

Call number i of a seed is always the same one, so that a run can be interrupted, repeated, and
continued with --start. One call in five is spoiled on purpose. A difference prints a snippet to
paste; what `convref.divergences` lists is no difference.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

import convref
from convref import divergences
from convref.geometry import reach, same_padding

FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8")

# The values that every option takes; every pair of values of two options has to occur.
OPTIONS: dict[str, tuple[Any, ...]] = {
    "function": ("conv", "backward", "conv_transpose"),
    "rank": (1, 2, 3),
    "dtype": (*FLOATS, *INTEGERS),
    "batch": ("none", "empty", "one", "two"),
    "groups": ("one", "several", "depthwise", "multiplier"),
    "kernel": ("one", "odd", "even", "mixed"),
    "stride": ("one", "two", "mixed"),
    "padding": ("zero", "some", "mixed", "same", "valid"),
    "dilation": ("one", "two", "mixed"),
    "mode": ("zeros", "reflect", "replicate", "circular"),
    "bias": (False, True),
    "form": ("integer", "tuple"),
    "memory": ("C", "Fortran", "reversed"),
}
# Pairs that cannot be: what is no option of a function, or refused together.
IMPOSSIBLE = (
    {("function", "conv_transpose"), ("padding", "same")},
    {("function", "conv_transpose"), ("padding", "valid")},
    *({("function", "conv_transpose"), ("mode", m)} for m in ("reflect", "replicate", "circular")),
    *({("function", "backward"), ("dtype", d)} for d in INTEGERS),
    {("function", "backward"), ("bias", False)},
    *({("padding", "same"), ("stride", s)} for s in ("two", "mixed")),
    *({("form", "integer"), (name, "mixed")} for name in ("stride", "padding", "dilation")),
)
# A dtype that is not the call's.
OTHER = {"float64": "float32", "complex64": "complex128", "complex128": "complex64"}
# How to spoil a call, by the name of the slip.
SPOILED: dict[str, Callable[[Call], Any]] = {
    "input rank": lambda c: c.change("input", c.arrays["input"][None, None, None]),
    "input channels": lambda c: c.change("input", np.repeat(c.arrays["input"], 2, -c.rank - 1)),
    "input dtype": lambda c: c.change("input", c.arrays["input"].astype(c.other_dtype)),
    "bool": lambda c: [c.change(name, c.arrays[name] != 0) for name in ("input", "weight")],
    "weight rank": lambda c: c.change("weight", c.arrays["weight"][0]),
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


@dataclass
class Call:
    """One call: options as drawn, the arrays, and the arguments of both libraries."""

    options: dict[str, Any]
    kernel: tuple[int, ...]
    arrays: dict[str, np.ndarray | None]
    arguments: dict[str, Any]
    spoiled: str | None = None

    @property
    def rank(self) -> int:
        return self.options["rank"]

    def change(self, name: str, array: np.ndarray) -> None:
        self.arrays[name] = array

    @property
    def other_dtype(self) -> str:
        return OTHER.get(self.options["dtype"], "float64")

    def set(self, name: str, value: object) -> None:
        self.arguments[name] = value

    def pytorch(self) -> list[np.ndarray]:
        """What PyTorch makes of it."""
        # oneDNN crashes the process on some float16 layers (2.13: groups, stride and dilation 2).
        flags = torch.backends.mkldnn.flags(enabled=False)
        with flags if self.options["dtype"] == "float16" else nullcontext():
            return self._pytorch()

    def _pytorch(self) -> list[np.ndarray]:
        function, arguments = self.options["function"], dict(self.arguments)
        tensors = {
            name: None if a is None else torch.from_numpy(np.array(a, order="C"))
            for name, a in self.arrays.items()
        }
        if function == "conv_transpose":
            call = getattr(F, f"conv_transpose{self.rank}d")
            return [call(**tensors, **arguments).numpy()]
        mode = arguments.pop("padding_mode")
        if function == "conv":
            return [self._forward(tensors, arguments, mode).numpy()]
        leaves = [t.requires_grad_() for t in tensors.values() if t is not None]
        out = self._forward(tensors, arguments, mode)
        grads = torch.autograd.grad(out, leaves, self._grad(out.shape))
        return [g.resolve_conj().numpy() for g in grads]

    def _forward(self, tensors: dict[str, Any], arguments: dict[str, Any], mode: str) -> Any:
        call = getattr(F, f"conv{self.rank}d")
        if mode == "zeros":
            return call(**tensors, **arguments)
        # F.convNd has no padding_mode: pad first, as torch.nn.ConvNd does.
        arguments = dict(arguments)
        padding = arguments.pop("padding")
        dilation = arguments["dilation"]
        dilations = (dilation,) * self.rank if isinstance(dilation, int) else dilation
        if padding == "same":
            pairs = [same_padding(k, d) for k, d in zip(self.kernel, dilations, strict=True)]
        elif padding == "valid":
            pairs = [(0, 0)] * self.rank
        else:
            cells = (padding,) * self.rank if isinstance(padding, int) else padding
            pairs = [(p, p) for p in cells]
        flat = [side for pair in reversed(pairs) for side in pair]
        tensors = tensors | {"input": F.pad(tensors["input"], flat, mode)}
        return call(**tensors, **arguments)

    def _grad(self, shape: Any) -> Any:
        grad = np.arange(np.prod(shape)).reshape(tuple(shape)) % 5 - 2
        return torch.from_numpy(grad.astype(self.options["dtype"]))

    def convref(self) -> list[np.ndarray]:
        """What convref makes of it."""
        function = self.options["function"]
        if function != "backward":
            call = getattr(convref, f"{function}{self.rank}d")
            return [call(**self.arrays, **self.arguments)]
        forward = getattr(convref, f"conv{self.rank}d")(**self.arrays, **self.arguments)
        grad = self._grad(forward.shape).numpy()
        call = getattr(convref, f"conv{self.rank}d_backward")
        operands = {name: self.arrays[name] for name in ("input", "weight")}
        return list(call(grad, **operands, **self.arguments))

    def scale(self) -> list[np.ndarray]:
        """The sums of absolute products, to which rounding is relative."""
        wide = {n: None if a is None else abs(a).astype("f8") for n, a in self.arrays.items()}
        return Call(self.options | {"dtype": "float64"}, self.kernel, wide, self.arguments)._sizes()

    def _sizes(self) -> list[np.ndarray]:
        if self.options["function"] != "backward":
            return self.convref()
        self._grad = lambda shape: torch.full(tuple(shape), 2.0, dtype=torch.float64)  # type: ignore[method-assign]
        return self.convref()

    def __str__(self) -> str:
        arrays = "\n".join(f"{name} = {pasted(a)}" for name, a in self.arrays.items())
        words = ", ".join(f"{n}={v!r}" for n, v in self.arguments.items())
        name = f"{self.options['function']}{self.rank}d".replace("backward", "conv")
        return (
            f"import numpy as np\nimport convref\n{arrays}\n"
            f"print(convref.{name}({', '.join(self.arrays)}, {words}))\n"
            f"# spoiled: {self.spoiled}; {self.options}"
        )


def pasted(array: np.ndarray | None) -> str:
    if array is None:
        return "None"
    return f"np.array({array.tolist()!r}, {str(array.dtype)!r}).reshape({array.shape})"


def draw(seed: int, number: int) -> Call:
    """Call `number` of a seed: valid by construction, and spoiled in every fifth."""
    rng = random.Random(f"{seed}:{number}")
    options = {name: rng.choice(values) for name, values in OPTIONS.items()}
    while any(pair <= set(options.items()) for pair in IMPOSSIBLE):
        options = {name: rng.choice(values) for name, values in OPTIONS.items()}
    rank, function = options["rank"], options["function"]

    def per_axis(kind: str, values: dict[str, int]) -> tuple[int, ...]:
        if kind == "mixed":
            return tuple(rng.choice((1, 2, 3)) for _ in range(rank))
        return (values[kind],) * rank

    kernel = tuple(
        {"one": 1, "odd": 3, "even": 2}.get(options["kernel"]) or rng.choice((1, 2, 3))
        for _ in range(rank)
    )
    stride = per_axis(options["stride"], {"one": 1, "two": 2})
    dilation = per_axis(options["dilation"], {"one": 1, "two": 2})
    padding: Any = options["padding"]
    if padding in ("same", "valid"):
        pairs = [
            same_padding(k, d) if padding == "same" else (0, 0)
            for k, d in zip(kernel, dilation, strict=True)
        ]
    else:
        padding = per_axis(padding, {"zero": 0, "some": rng.choice((1, 2))})
        pairs = [(p, p) for p in padding]
    groups = {"one": 1, "several": rng.choice((2, 3))}.get(options["groups"], rng.choice((2, 3)))
    per_group = rng.choice((1, 2)) if options["groups"] in ("one", "several") else 1
    multiplier = {"depthwise": 1, "multiplier": 2}.get(options["groups"], rng.choice((1, 2)))

    sizes = []
    for k, d, s, pair in zip(kernel, dilation, stride, pairs, strict=True):
        limit = {"reflect": max(pair) + 1, "circular": max(pair)}.get(options["mode"], 1)
        if function == "conv_transpose":
            least = 1 + max(0, -(-(sum(pair) + 1 - reach(k, d)) // s))
        else:
            least = max(reach(k, d) - sum(pair), limit)
        sizes.append(max(1, least) + rng.choice((0, 0, 1, 2)))

    batch = {"none": (), "empty": (0,), "one": (1,), "two": (2,)}[options["batch"]]
    channels, kernels = groups * per_group, groups * multiplier
    weight_shape = (kernels, per_group, *kernel)
    if function == "conv_transpose":
        weight_shape = (channels, multiplier, *kernel)
    dtype = options["dtype"]

    def array(shape: tuple[int, ...]) -> np.ndarray:
        values = np.array([rng.randrange(-4, 5) for _ in range(int(np.prod(shape)))])
        made = values.reshape(shape).astype(dtype)
        if dtype in FLOATS:
            made = (made * np.array(rng.choice((1, 0.3, 0.7)), made.real.dtype)).astype(dtype)
        if options["memory"] == "Fortran":
            return np.asfortranarray(made)
        return made[..., ::-1] if options["memory"] == "reversed" else made

    def form(value: tuple[int, ...]) -> Any:
        whole = options["form"] == "integer" and len(set(value)) == 1
        return value[0] if whole else value

    arrays = {
        "input": array((*batch, channels, *sizes)),
        "weight": array(weight_shape),
        "bias": array((kernels,)) if options["bias"] else None,
    }
    arguments: dict[str, Any] = {
        "stride": form(stride),
        "padding": padding if isinstance(padding, str) else form(padding),
        "dilation": form(dilation),
        "groups": groups,
    }
    if function == "conv_transpose":
        extra = [rng.randrange(max(s, d)) for s, d in zip(stride, dilation, strict=True)]
        arguments["output_padding"] = form(tuple(extra))
    else:
        arguments["padding_mode"] = options["mode"]
    call = Call(options, kernel, arrays, arguments)
    if number % 5 == 4:
        call.spoiled = rng.choice(list(SPOILED))
        if call.spoiled == "output padding" and function != "conv_transpose":
            call.spoiled = "stride zero"
        SPOILED[call.spoiled](call)
    return call


def outcome(compute: Callable[[], list[np.ndarray]]) -> list[np.ndarray] | Exception:
    try:
        return compute()
    except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
        return error


def difference(call: Call) -> str | None:
    """None if both libraries agree, in results or in refusing; else how they differ."""
    ours, theirs = outcome(call.convref), outcome(call.pytorch)
    if isinstance(ours, Exception) and not isinstance(ours, ValueError | TypeError):
        return f"convref raises {ours!r}"
    if isinstance(ours, Exception) and isinstance(theirs, Exception):
        return None
    if isinstance(ours, Exception) or isinstance(theirs, Exception):
        if listed(call, ours, theirs):
            return None
        return f"convref: {told(ours)}\nPyTorch: {told(theirs)}"
    for a, b, scale in zip(ours, theirs, call.scale(), strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"convref: {a.shape} {a.dtype}\nPyTorch: {b.shape} {b.dtype}"
        if a.dtype.kind in "iu":
            if not np.array_equal(a, b):
                return f"convref:\n{a}\nPyTorch:\n{b}"
            continue
        terms = 2 + a.size + call.arrays["input"].size + call.arrays["weight"].size
        step = np.finfo(a.dtype).eps * scale + np.finfo(a.dtype).smallest_subnormal
        if not np.all(abs(a - b) <= 2 * terms * step):
            return f"convref:\n{a}\nPyTorch:\n{b}"
    return None


def listed(call: Call, ours: object, theirs: object) -> bool:
    """Whether `convref.divergences` has a row for the difference."""
    if isinstance(theirs, Exception):
        return divergences.known(str(theirs))
    if call.spoiled == "dilation zero" and call.options["function"] == "conv_transpose":
        return True  # some of PyTorch's backends refuse it, others take it for 1
    if call.spoiled == "padding negative":  # negative-padding-of-a-mode
        return call.options["mode"] != "zeros" and call.options["function"] != "conv_transpose"
    return call.options["batch"] == "empty"  # empty-batch-unchecked


def told(result: list[np.ndarray] | Exception) -> str:
    return repr(result)[:300] if isinstance(result, Exception) else f"gives {result[0].shape}"


@dataclass
class Report:
    """What a run has seen."""

    valid: int = 0
    spoiled: int = 0
    differences: list[str] = field(default_factory=list)
    pairs: Counter[frozenset[tuple[str, Any]]] = field(default_factory=Counter)

    def missing(self) -> list[frozenset[tuple[str, Any]]]:
        """Pairs of option values that could occur and did not."""
        wanted = (
            frozenset({(a, x), (b, y)})
            for a, b in itertools.combinations(OPTIONS, 2)
            for x in OPTIONS[a]
            for y in OPTIONS[b]
        )
        return [pair for pair in wanted if pair not in self.pairs and set(pair) not in IMPOSSIBLE]

    def __str__(self) -> str:
        return (
            f"{self.valid + self.spoiled:,} calls: {self.valid:,} valid, {self.spoiled:,} spoiled, "
            f"{len(self.differences):,} differences"
        )


def run(calls: int, start: int = 0, seed: int = 0, progress: float = 3.0) -> Report:
    """Compare `calls` calls; stops early, with what it has, when interrupted."""
    torch.set_num_threads(1)
    report, told_at, began = Report(), time.monotonic(), time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's of even 'same' kernels
        try:
            for number in range(start, start + calls):
                call = draw(seed, number)
                if call.spoiled is None:
                    report.valid += 1
                    items = list(call.options.items())
                    report.pairs.update(map(frozenset, itertools.combinations(items, 2)))
                else:
                    report.spoiled += 1
                if found := difference(call):
                    report.differences.append(f"call {number} of seed {seed}\n{call}\n{found}")
                if progress and time.monotonic() - told_at > progress:
                    told_at = time.monotonic()
                    rate = (number + 1 - start) / (told_at - began)
                    print(f"\r{report}, {rate:,.0f} a second", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print(f"\ninterrupted: go on with --start {number}", file=sys.stderr)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="?", type=int, default=25_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report = run(arguments.calls, arguments.start, arguments.seed)
    print(f"\n{report}")
    for found in report.differences[:5]:
        print(f"\n{found}")
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
