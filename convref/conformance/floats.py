"""How far a result of floats may be off, and the mistakes of numbers that lie beyond that."""

from collections.abc import Callable
from typing import Final

import numpy as np

from convref.conformance.mistakes import BOTH, Mistake
from convref.conformance.suite import Case, answer
from convref.types import Array

__all__: list[str] = []

UNITS: Final = {"float16": 2.0**-11, "float32": 2.0**-24, "float64": 2.0**-53}


def alike(one: Array | None, other: Array | None) -> bool:
    """Whether two results are the same numbers in the same shape."""
    return (
        one is not None
        and other is not None
        and one.shape == other.shape
        and bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    )


def agree(case: Case, one: Array | None, other: Array | None, unit: float = 0) -> bool:
    """Whether two results are the same: exactly, or for floats within `bound`."""
    if one is None or other is None or one.shape != other.shape or not case.floats:
        return alike(one, other)
    return not apart(case, one, other, unit).any()


def apart(case: Case, one: Array, other: Array, unit: float = 0) -> Array:
    """Which cells of two results of one shape differ; inf and nan must stand in the same ones."""
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    if case.floats:
        one, other = one.astype(np.float64), other.astype(np.float64)
        limit = bound(case, unit)
        if limit.shape == one.shape:
            with np.errstate(invalid="ignore"):
                near = np.isfinite(one) & np.isfinite(other) & (abs(one - other) <= limit)
            same |= near
    out: Array = ~same
    return out


def bound(case: Case, unit: float = 0) -> Array:
    """How far each cell may be off: γₙ times the sum of its absolute terms.

    A sum of n products with a bias, each product and each addition rounded once and in any order,
    is off by at most γₙ₊₁ · (Σ |w·x| + |b|), where γₙ = n·u / (1 - n·u) and u is half the distance
    from 1 to the next number: 2⁻²⁴ for float32 (Higham, Accuracy and Stability of Numerical
    Algorithms, 2nd edition, lemma 3.1 and section 3.1). n counts the taps of all channels of a
    group, two more stand for the rounding of the reference and of what it is compared with, and
    each operation may lose half of the smallest number besides. Fast algorithms (Winograd, Fourier)
    only keep a bound on the whole result: where they exceed this one, that is no mistake of theirs,
    but a weaker promise.
    """
    kind = case.input.dtype.name
    unit = unit or UNITS[kind]
    count = terms(case) + 3
    gamma = count * unit / (1 - count * unit)
    bias = None if case.bias is None else magnitude(case.bias)
    input, weight = magnitude(case.input), magnitude(case.weight)
    absolute = case.but(input=input, weight=weight, bias=bias, floats=False)
    smallest = float(np.finfo(kind).smallest_subnormal)
    return gamma * answer(absolute) + count * smallest


def terms(case: Case) -> int:
    """Products in a cell, at most."""
    if case.transposed:
        return len(case.weight) // case.groups * int(np.prod(case.weight.shape[2:]))
    return int(case.weight[0].size)


def magnitude(array: Array) -> Array:
    """Absolute values in float64, and zero for what is not finite."""
    return abs(np.nan_to_num(array.astype(np.float64), nan=0, posinf=0, neginf=0))


# Mistakes -----------------------------------------------------------------------------------------


def cut(bits: int, whole: Callable[[Array], Array] = np.rint) -> Callable[[Array], Array]:
    """Numbers with so many bits of significand, and the range that they have."""

    def rounded(array: Array) -> Array:
        parts, powers = np.frexp(array)
        out: Array = np.ldexp(whole(np.ldexp(parts, bits)), powers - bits).astype(array.dtype)
        return out

    return rounded


def through(kind: str) -> Callable[[Array], Array]:
    """Numbers written as another dtype and read back."""

    def rounded(array: Array) -> Array:
        with np.errstate(over="ignore"):
            return array.astype(kind).astype(array.dtype)

    return rounded


FORMATS: Final = {
    "float32": ("float32", through("float32"), 2.0**-24),
    "tf32": ("TF32, with 10 bits behind the first", cut(11), 2.0**-11),
    "tf32-cut-off": ("TF32, and cut off instead of rounded", cut(11, np.trunc), 2.0**-10),
    "float16": ("float16", through("float16"), 2.0**-11),
    "bfloat16": ("bfloat16, with 7 bits behind the first", cut(8), 2.0**-8),
}


def read_as(name: str) -> Mistake:
    """Input and weight are rounded, sums are not."""
    words, rounded, _ = FORMATS[name]

    def change(case: Case) -> Case:
        return case.but(input=rounded(case.input), weight=rounded(case.weight))

    says = f"Input and weight are rounded to {words}, before they are multiplied."
    return Mistake(f"{name}-inputs", says, BOTH, before=change)


def summed_in(name: str) -> Mistake:
    """Everything that is stored is rounded; in which order cannot be known."""
    words, rounded, unit = FORMATS[name]

    def change(case: Case, out: Array) -> Array:
        return rounded(out)

    return Mistake(f"{name}-sums", f"Sums are kept in {words}.", BOTH, after=change, unit=unit)


NUMBERS: Final[dict[str, Mistake]] = {
    mistake.name: mistake
    for mistake in (
        *map(read_as, FORMATS),
        *(summed_in(name) for name in FORMATS if "tf32" not in name),
    )
}
