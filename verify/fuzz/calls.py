"""What every fuzzed call is made of, and how two libraries' results are compared."""

from __future__ import annotations

import math
import random
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch

from convref import divergences

FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = (*FLOATS, *INTEGERS, "bool")  # all that both libraries have
BATCHES = {"none": (), "empty": (0,), "one": (1,), "two": (2,)}
MEMORY = ("C", "Fortran", "reversed", "swapped")

Options = dict[str, Any]
Pairs = tuple[set[tuple[str, Any]], ...]
C = TypeVar("C", bound="Call")


@dataclass
class Call(ABC):
    """One call: options as drawn, the arrays, and the arguments of both libraries."""

    options: Options
    arrays: dict[str, Any]  # an array, or None for no bias
    arguments: dict[str, Any]
    spoiled: str | None = None
    theirs: Any = None  # PyTorch's outcome, where drawing the call has asked for it

    exact = False  # whether floats are only copied

    @abstractmethod
    def pytorch(self) -> list[np.ndarray]:
        """What PyTorch makes of it."""

    @abstractmethod
    def convref(self) -> list[np.ndarray]:
        """What convref makes of it."""

    def scale(self) -> list[np.ndarray]:
        """The sums of absolute products, to which rounding is relative."""
        absolute: Call = self.positive("f8")
        return absolute.convref()

    def positive(self, dtype: str) -> Any:
        """The same call of absolute values in another dtype."""
        arrays = {n: None if a is None else abs(a).astype(dtype) for n, a in self.arrays.items()}
        options = self.options | {"dtype": str(np.dtype(dtype)), "signs": False}
        return type(self)(options, arrays, self.arguments)

    def listed(self, ours: object, theirs: object) -> bool:
        """Whether `convref.divergences` has a row for a difference."""
        return isinstance(theirs, Exception) and divergences.known(str(theirs))

    def name(self) -> str:
        """Of convref's function."""
        return str(self.options["function"])

    def change(self, name: str, array: np.ndarray) -> Call:
        self.arrays[name] = array
        return self

    def set(self, name: str, value: object) -> Call:
        self.arguments[name] = value
        return self

    def tensors(self) -> dict[str, Any]:
        """The arrays for PyTorch, which knows neither negative strides nor other byte orders."""
        return {
            name: None if a is None else torch.from_numpy(np.array(a, a.dtype.newbyteorder("=")))
            for name, a in self.arrays.items()
        }

    def __str__(self) -> str:
        arrays = "\n".join(f"{name} = {pasted(a)}" for name, a in self.arrays.items())
        words = ", ".join(f"{n}={v!r}" for n, v in self.arguments.items())
        return (
            f"import numpy as np\nimport convref\n{arrays}\n"
            f"print(convref.{self.name()}({', '.join(self.arrays)}, {words}))\n"
            f"# spoiled: {self.spoiled}; {self.options}"
        )


def pasted(array: np.ndarray | None) -> str:
    if array is None:
        return "None"
    return f"np.array({array.tolist()!r}, {str(array.dtype)!r}).reshape({array.shape})"


def accepted(propose: Callable[[], C]) -> C:
    """A call that PyTorch takes, or would take with another dtype.

    What is valid is PyTorch's matter: a generator that knew convref's limits could not find where
    they differ.
    """
    for _ in range(50):
        call = propose()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as of even 'same' kernels
            call.theirs = outcome(call.pytorch)
        if not isinstance(call.theirs, Exception) or divergences.known(str(call.theirs)):
            break
    return call


def draw_options(rng: random.Random, options: dict[str, tuple[Any, ...]], never: Pairs) -> Options:
    """One value of each option, and no pair that cannot be; each function as often as another."""
    function = {"function": rng.choice(options["function"])}
    while True:  # most draws are thrown away: random() costs a fifth of choice()
        drawn = {n: values[int(rng.random() * len(values))] for n, values in options.items()}
        drawn |= function
        if not any(all(drawn[name] == value for name, value in pair) for pair in never):
            return drawn


def draw_array(rng: random.Random, shape: tuple[int, ...], dtype: str, memory: str) -> np.ndarray:
    """Small numbers, so that sums of integers in small dtypes do and do not wrap."""
    values = np.array(rng.choices(range(-4, 5), k=math.prod(shape)), dtype=np.int64)
    made = values.reshape(shape).astype(dtype)
    if dtype == "bool":
        made = values.reshape(shape) > 0
    elif dtype in FLOATS:
        made = (made * np.array(rng.choice((1, 0.3, 0.7)), made.real.dtype)).astype(dtype)
    elif rng.random() < 0.25:
        made *= made.dtype.type(np.iinfo(dtype).max // 5)  # and large ones, whose products wrap
    if memory == "Fortran":
        return np.asfortranarray(made)
    if memory == "swapped":
        return made.astype(made.dtype.newbyteorder("S"))
    return made[..., ::-1] if memory == "reversed" else made


def outcome(compute: Callable[[], list[np.ndarray]]) -> list[np.ndarray] | Exception:
    try:
        return compute()
    except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
        return error


def difference(call: Call) -> str | None:
    """None if both libraries agree, in results or in refusing; else how they differ."""
    ours = outcome(call.convref)
    theirs = outcome(call.pytorch) if call.theirs is None else call.theirs
    if isinstance(ours, Exception) and not isinstance(ours, ValueError | TypeError):
        return f"convref raises {ours!r}"
    found = compare(call, ours, theirs)
    return None if found is None or call.listed(ours, theirs) else found


def compare(call: Call, ours: Any, theirs: Any) -> str | None:
    """How two outcomes differ."""
    if isinstance(ours, Exception) and isinstance(theirs, Exception):
        return None
    if isinstance(ours, Exception) or isinstance(theirs, Exception):
        return f"convref: {told(ours)}\nPyTorch: {told(theirs)}"
    scales = ours if call.exact else call.scale()
    for a, b, scale in zip(ours, theirs, scales, strict=True):
        if a.shape != b.shape or a.dtype.newbyteorder("=") != b.dtype:  # pad keeps the byte order
            return f"convref: {a.shape} {a.dtype}\nPyTorch: {b.shape} {b.dtype}"
        if call.exact or a.dtype.kind in "iub":
            if not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"):
                return f"convref:\n{a}\nPyTorch:\n{b}"
            continue
        terms = 2 + a.size + sum(each.size for each in call.arrays.values() if each is not None)
        step = np.finfo(a.dtype).eps * scale + np.finfo(a.dtype).smallest_subnormal
        if not np.all(abs(a - b) <= 2 * terms * step):
            return f"convref:\n{a}\nPyTorch:\n{b}"
    return None


def told(result: list[np.ndarray] | Exception) -> str:
    return repr(result)[:300] if isinstance(result, Exception) else f"gives {result[0].shape}"
