"""What went wrong, seen from outside: the mistake that gives what came, or else a pattern."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convref.conformance.mistakes import MISTAKES, Mistake, pairs
from convref.conformance.suite import Case
from convref.types import Array

__all__ = ["Tried", "alike", "first_wrong", "named", "patterns", "smallest"]

MOST = 5  # names told for one function


@dataclass(frozen=True)
class Tried:
    """A case, what is right, and what came: an array, or the words of what was raised."""

    case: Case
    right: Array
    got: Array | None
    problem: str = ""  # beside other numbers: what was raised, a wrong shape or dtype, ...

    @property
    def good(self) -> bool:
        return not self.problem and alike(self.got, self.right)


def alike(one: Array | None, other: Array | None) -> bool:
    """Whether two results are the same numbers in the same shape."""
    return (
        one is not None
        and other is not None
        and one.shape == other.shape
        and bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    )


def named(tried: Sequence[Tried]) -> list[Mistake]:
    """Single mistakes that give what came in every case; if there are none, pairs of them.

    Of several the first of the catalogue stands first. A pair says more than it needs to where one
    of its two changes nothing, so it counts only if neither does.
    """
    came = [each for each in tried if each.got is not None]
    if not came or all(alike(each.got, each.right) for each in came):
        return []
    # The small wrong ones first: most mistakes are out after one.
    came.sort(key=lambda each: (alike(each.got, each.right), each.right.size))
    single = [mistake for mistake in MISTAKES.values() if _gives(mistake, came)]
    return (single or [both for both in pairs() if _gives(both, came)])[:MOST]


def _gives(mistake: Mistake, came: Iterable[Tried]) -> bool:
    return all(alike(mistake.answer(each.case), each.got) for each in came)


# What fits no mistake -----------------------------------------------------------------------------

Judge = Callable[[Tried], bool]


def patterns(tried: Sequence[Tried]) -> list[str]:
    """What all wrong results have in common, in sentences; only what holds for every one."""
    wrong = [each for each in tried if not each.good]
    shaped = [each for each in wrong if each.got is not None and each.got.shape == each.right.shape]
    said = [says for says, holds in _COMMON.items() if wrong and holds(tried, wrong)]
    if shaped and len(shaped) == len(wrong):
        said += [says for says, holds in _CELLS.items() if all(map(holds, shaped))]
    return said


def _exactly(use: str) -> Callable[[Sequence[Tried], Sequence[Tried]], bool]:
    """Whether just the cases are wrong that have an option."""

    def holds(tried: Sequence[Tried], wrong: Sequence[Tried]) -> bool:
        have = [each for each in tried if use in each.case.uses]
        return len(have) < len(tried) and {id(each) for each in have} == {
            id(each) for each in wrong
        }

    return holds


def _within(use: str) -> Callable[[Sequence[Tried], Sequence[Tried]], bool]:
    """Whether all wrong cases have an option that others lack, though not all that have it."""

    def holds(tried: Sequence[Tried], wrong: Sequence[Tried]) -> bool:
        have = [each for each in tried if use in each.case.uses]
        return len(wrong) < len(have) < len(tried) and all(use in e.case.uses for e in wrong)

    return holds


_WORDS = {
    "batch": "a batch of several inputs",
    "bias": "a bias",
    "stride": "a stride above 1",
    "padding": "padding",
    "sides": "padding that differs between two sides",
    "dilation": "a dilation above 1",
    "groups": "several groups",
    "output_padding": "output_padding",
}
_COMMON: dict[str, Callable[[Sequence[Tried], Sequence[Tried]], bool]] = {
    **{
        f"Wrong are the cases with {words}, and only these.": _exactly(u)
        for u, words in _WORDS.items()
    },
    **{f"All wrong cases have {words}.": _within(u) for u, words in _WORDS.items()},
    "Every result has the shape of another case's.": lambda tried, wrong: (
        all(each.got is not None and each.got.shape != each.right.shape for each in wrong)
        and len({each.got.shape for each in wrong if each.got is not None}) == 1 < len(wrong)
    ),
}


def _difference(each: Tried) -> Array:
    assert each.got is not None
    with np.errstate(all="ignore"):
        out: Array = each.got.astype(np.float64) - each.right.astype(np.float64)
    return out


def _places(each: Tried) -> Array:
    """Where the numbers differ."""
    assert each.got is not None
    out: Array = ~np.isclose(each.got, each.right, rtol=0, atol=0, equal_nan=True)
    return out


def _at_the_edge(each: Tried) -> bool:
    inner = (slice(None), slice(None), *(slice(1, -1) for _ in range(each.case.rank)))
    return bool(_places(each)[inner].size and not _places(each)[inner].any())


def _constant(each: Tried) -> bool:
    difference = _difference(each)
    return bool(np.isfinite(difference).all() and np.ptp(difference) == 0 and difference.any())


def _per_channel(each: Tried) -> bool:
    difference = np.moveaxis(_difference(each), 1, 0).reshape(each.right.shape[1], -1)
    return bool(np.isfinite(difference).all() and not np.ptp(difference, axis=1).any())


def _scaled(each: Tried) -> bool:
    assert each.got is not None
    there = each.right != 0
    if not there.any() or not np.isfinite(each.got).all():
        return False
    factors = each.got[there] / each.right[there]
    return bool(np.ptp(factors) <= 1e-6 * abs(factors).max() and not each.got[~there].any())


def _permuted(each: Tried) -> bool:
    assert each.got is not None
    return bool(np.array_equal(np.sort(each.got.ravel()), np.sort(each.right.ravel())))


def _transposed(each: Tried) -> bool:
    assert each.got is not None
    return each.case.rank > 1 and alike(each.got, np.swapaxes(each.right, -1, -2))


def _mirrored(each: Tried) -> bool:
    assert each.got is not None
    return alike(each.got, np.flip(each.right, tuple(range(2, each.right.ndim))))


def _near(each: Tried) -> bool:
    assert each.got is not None
    scale = float(abs(each.right).max(initial=1))
    return bool(abs(_difference(each)).max(initial=0) <= 1e-2 * scale)


def _only(axis: int, first: int) -> Judge:
    """Whether all wrong cells lie from a place on along an axis."""

    def holds(each: Tried) -> bool:
        places = np.moveaxis(_places(each), axis, 0)
        return len(places) > first and not places[:first].any()

    return holds


_CELLS: dict[str, Judge] = {
    "Only cells at the edge are wrong.": _at_the_edge,
    "Every cell is off by the same number.": _constant,
    "Every cell of an output channel is off by the same number: look at the bias.": _per_channel,
    "Every cell is off by the same factor.": _scaled,
    "The right numbers stand in the wrong places.": _permuted,
    "The last two axes of the result are exchanged.": _transposed,
    "The result is mirrored.": _mirrored,
    "The numbers are right to a hundredth of the largest: look at the precision.": _near,
    "The first of the batch is right, the others are not.": _only(0, 1),
    "The first output channel is right, the others are not.": _only(1, 1),
}


def first_wrong(each: Tried) -> tuple[int, ...] | None:
    """The index of the first cell that differs, where the shapes are the same."""
    if each.got is None or each.got.shape != each.right.shape:
        return None
    places = np.argwhere(_places(each))
    return tuple(map(int, places[0])) if len(places) else None


def smallest(tried: Sequence[Tried]) -> Tried:
    """The wrong case with the fewest numbers in it."""
    wrong = [each for each in tried if not each.good]

    def weight(each: Tried) -> Any:
        return each.case.input.size + each.case.weight.size + each.right.size

    return min(wrong, key=weight)
