"""What went wrong, seen from outside: the mistake that gives what came, or else a pattern."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import permutations
from typing import Any, Final

import numpy as np

from convref.conformance.floats import NUMBERS, agree, alike, apart
from convref.conformance.mistakes import BOTH, MISTAKES, Mistake, as_it_comes, as_it_is
from convref.conformance.suite import Case, answer, cell
from convref.types import Array

__all__: list[str] = []

MOST: Final = 5  # names told for one function
FIELDS: Final = [field.name for field in fields(Case)]
NOTHING: Final = Mistake("", "", BOTH)
ARRAYS: Final = {"input", "weight", "bias"}


@dataclass(frozen=True)
class Tried:
    """A case, what is right, and what came: an array, or the words of what was raised."""

    case: Case
    right: Array
    got: Array | None
    problem: str = ""  # beside other numbers: what was raised, a wrong shape or dtype, ...

    @property
    def agrees(self) -> bool:
        """Whether the numbers are right."""
        return agree(self.case, self.got, self.right)

    @property
    def good(self) -> bool:
        return not self.problem and self.agrees


def named(tried: Sequence[Tried]) -> list[Mistake]:
    """Single mistakes that give what came in every case; if there are none, pairs of them.

    Of several the first of the catalogue stands first.
    """
    came = [each for each in tried if each.got is not None]
    if all(each.agrees for each in came):
        return []
    # The small wrong ones first: most mistakes are out after one.
    came.sort(key=lambda each: (each.agrees, each.case.floats, each.right.size))
    singles = (*MISTAKES.values(), *NUMBERS.values())
    if came[0].case.floats:
        return [mistake for mistake in singles if gives(mistake, came)][:MOST]
    possible = Possible(came[0], singles)
    found = [m for m in possible.mistakes if possible(m, NOTHING) and gives(m, came)]
    return (found or list(pairs(possible, came)))[:MOST]


def gives(mistake: Mistake, came: Iterable[Tried]) -> bool:
    """Whether a mistake gives what came in every case."""
    return all(agree(each.case, mistake.answer(each.case), each.got, mistake.unit) for each in came)


def pairs(possible: "Possible", came: Sequence[Tried]) -> Iterator[Mistake]:
    """Two at once that give what came; each two in one order."""
    found = set()
    for one, other in permutations(possible.mistakes, 2):
        if {one.name, other.name} & NUMBERS.keys() or possible.in_turn(one, other):
            continue
        names = frozenset({one.name, other.name})
        if names not in found and possible(one, other) and gives(one & other, came):
            found.add(names)
            yield one & other


class Possible:
    """Whether a pair may give what came in one case: asked of thousands, so by one cell first."""

    def __init__(self, each: Tried, mistakes: Sequence[Mistake]) -> None:
        assert each.got is not None
        self.got = each.got
        self.at = first_wrong(each) or tuple(size // 2 for size in each.got.shape)
        self.mistakes = [mistake for mistake in mistakes if mistake.applies(each.case)]
        self.calls = {m.name: m.before(each.case) for m in (*self.mistakes, NOTHING)}
        self.answers: dict[tuple[str, ...], Array] = {}

        self.touched = {
            name: {f for f in FIELDS if getattr(call, f) is not getattr(each.case, f)}
            for name, call in self.calls.items()
        }

    def in_turn(self, one: Mistake, other: Mistake) -> bool:
        """Whether the two give the same the other way round, in which they are tried, too."""
        if one.after is as_it_comes and other.before is as_it_is:
            return True
        if one.name < other.name or one.after is not as_it_comes or other.after is not as_it_comes:
            return False
        mine, theirs = self.touched[one.name], self.touched[other.name]
        # Each array is changed by what is in it alone.
        return not mine & theirs and any(len(f) < 2 and f <= ARRAYS for f in (mine, theirs))

    def __call__(self, one: Mistake, other: Mistake) -> bool:
        try:
            call = self.calls[one.name]
            call = call if other.before is as_it_is else other.before(call)
            if one.after is as_it_comes and other.after is as_it_comes:
                shape = (len(call.input), call.outputs, *call.sizes())
                return shape == self.got.shape and cell(call, self.at) == self.got[self.at]
            # Many results share their call, which is answered once.
            key = tuple("" if each.before is as_it_is else each.name for each in (one, other))
            if key not in self.answers:
                self.answers[key] = answer(call)
            out = one.after(self.calls[other.name], self.answers[key])
            return alike(other.after(self.calls[one.name], out), self.got)
        except (ValueError, IndexError):  # there is no such call
            return False


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
    "float64": "float64",
    "float16": "float16",
}


def _parity(axis: int, rest: int) -> Callable[[Sequence[Tried], Sequence[Tried]], bool]:
    """Whether just the cases are wrong whose input has an odd, or even, size."""

    def holds(tried: Sequence[Tried], wrong: Sequence[Tried]) -> bool:
        have = [each for each in tried if each.case.input.shape[axis] % 2 == rest]
        return len(have) < len(tried) and set(map(id, have)) == set(map(id, wrong))

    return holds


def _at_the_edge(wrong: Sequence[Tried]) -> bool:
    """Whether no cell inside is wrong, and there are some."""
    if any(each.got is None or each.got.shape != each.right.shape for each in wrong):
        return False
    inside: Any = (..., *[slice(1, -1)] * wrong[0].case.rank)
    cells = [places(each)[inside] for each in wrong]
    return any(each.size for each in cells) and not any(each.any() for each in cells)


_COMMON: dict[str, Callable[[Sequence[Tried], Sequence[Tried]], bool]] = {
    **{
        f"Wrong are the cases with {words}, and only these.": _exactly(u)
        for u, words in _WORDS.items()
    },
    **{f"All wrong cases have {words}.": _within(u) for u, words in _WORDS.items()},
    **{
        f"Wrong are the cases whose input has an {word} size along its {which} spatial axis, "
        "and only these.": _parity(axis, rest)
        for rest, word in enumerate(("even", "odd"))
        for axis, which in ((2, "first"), (-1, "last"))
    },
    "The last two axes of every result are exchanged.": lambda tried, wrong: all(
        each.case.rank > 1 and alike(each.got, np.swapaxes(each.right, -1, -2)) for each in wrong
    ),
    "Only cells at the edge are wrong.": lambda tried, wrong: _at_the_edge(wrong),
    "Every result has the same shape.": lambda tried, wrong: (
        all(each.got is not None and each.got.shape != each.right.shape for each in wrong)
        and len({each.got.shape for each in wrong if each.got is not None}) == 1 < len(wrong)
    ),
}


def _difference(each: Tried) -> Array:
    assert each.got is not None
    with np.errstate(all="ignore"):
        out: Array = each.got.astype(np.float64) - each.right.astype(np.float64)
    return out


def places(each: Tried) -> Array:
    """Where the numbers differ."""
    assert each.got is not None
    return apart(each.case, each.got, each.right)


def _in_padding(each: Tried) -> bool:
    """Whether only cells are wrong whose window reaches into the padding."""
    if each.case.transposed or not any(map(any, each.case.padding)):
        return False
    ones = each.case.but(
        input=np.ones_like(each.case.input),
        weight=np.ones_like(each.case.weight),
        bias=None,
        floats=False,
    )
    return not places(each)[answer(ones) == answer(ones.but(fill=1))].any()


def _later_groups(each: Tried) -> bool:
    """Whether the first group is right."""
    first = each.case.outputs // each.case.groups
    return each.case.groups > 1 and not places(each)[:, :first].any()


def _rounded(each: Tried) -> bool:
    assert each.got is not None
    return not each.case.floats and alike(np.rint(each.got) + 0, each.right)


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
        wrong = np.moveaxis(places(each), axis, 0)
        return len(wrong) > first and not wrong[:first].any()

    return holds


_CELLS: dict[str, Judge] = {
    "Only cells whose window reaches into the padding are wrong.": _in_padding,
    "The first group is right, the others are not.": _later_groups,
    "Rounded to whole numbers, every result is right: a fast algorithm, or lower precision.": (
        _rounded
    ),
    "Every cell is off by the same number.": _constant,
    "Every cell of an output channel is off by the same number: look at the bias.": _per_channel,
    "Every cell is off by the same factor.": _scaled,
    "The right numbers stand in the wrong places.": _permuted,
    "The result is mirrored.": _mirrored,
    "The numbers are right to a hundredth of the largest: look at the precision.": _near,
    "The first of the batch is right, the others are not.": _only(0, 1),
    "The first output channel is right, the others are not.": _only(1, 1),
}


def first_wrong(each: Tried) -> tuple[int, ...] | None:
    """The index of the first cell that differs, where the shapes are the same."""
    if each.got is None or each.got.shape != each.right.shape:
        return None
    found = np.argwhere(places(each))
    return tuple(map(int, found[0])) if len(found) else None


def smallest(tried: Sequence[Tried]) -> Tried:
    """The wrong case with the fewest numbers in it."""
    wrong = [each for each in tried if not each.good]

    def weight(each: Tried) -> Any:
        return each.case.input.size + each.case.weight.size + each.right.size

    return min(wrong, key=weight)
