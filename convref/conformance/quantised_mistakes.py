"""What goes wrong in 8 bits, in the accumulators and after them, and what explains a result.

An explanation is a mistake in the sums or none, a mistake behind them or none, and a rounding.
Every mistake of the other catalogue is one in the sums as well: a flipped kernel is flipped in 8
bits, too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import cast

import numpy as np

from convref.conformance import rounding, suite
from convref.conformance.diagnosis import Tried
from convref.conformance.floats import alike
from convref.conformance.mistakes import MISTAKES, Mistake
from convref.conformance.quantised import Quantised, accumulators, centred
from convref.conformance.rounding import ROUNDINGS, Rounding, Scale
from convref.types import Array

__all__ = ["INT8_MISTAKES"]

MOST = 5  # explanations told for one function

Sums = Callable[[Quantised], Array | None]
Round = Callable[[Array], Array]


def rounded_sums(case: Quantised, sums: Array, round: Round) -> Array:
    return round(sums)


def finished(case: Quantised, rounded: Array) -> Array:
    """The zero point added, and what does not fit held at the limits."""
    return (rounded + case.output_zero_point).clip(*case.limits())


def same(scale: Scale) -> Scale:
    return scale


@dataclass(frozen=True)
class Int8Mistake:
    """A name, what it is in a sentence, where it is, and the changed steps.

    `sums` gives accumulators. `scale` changes what they are multiplied with, `round` how that is
    done with a function that rounds, and `finish` what comes of the result.
    """

    name: str
    says: str
    sums: Sums | None = None
    scale: Callable[[Scale], Scale] = same
    round: Callable[[Quantised, Array, Round], Array] = rounded_sums
    finish: Callable[[Quantised, Array], Array] = finished


RIGHT = Int8Mistake("none", "Nothing is wrong.")
INT8_MISTAKES: dict[str, Int8Mistake] = {}


def add(name: str, says: str, **steps: object) -> None:
    INT8_MISTAKES[name] = Int8Mistake(name, says, **steps)  # type: ignore[arg-type]


# In the sums --------------------------------------------------------------------------------------


def changed(change: Callable[[Quantised], Quantised]) -> Sums:
    """The sums of another call."""
    return lambda case: accumulators(change(case))


def kept(dtype: type, wrap: bool) -> Sums:
    """Sums in too few bits."""
    info = np.iinfo(dtype)

    def sums(case: Quantised) -> Array:
        exact = accumulators(case)
        if wrap:
            return exact.astype(dtype).astype(np.int64)
        out: Array = exact.clip(info.min, info.max)
        return out

    return sums


def other_sign(array: Array) -> Array:
    """The same bits, read with a sign instead of without, or the other way round."""
    out: Array = array.view(np.int8 if array.dtype == np.uint8 else np.uint8)
    return out


def narrow_bias(case: Quantised) -> Quantised:
    return case if case.bias is None else replace(case, bias=case.bias.astype(np.int16))


add(
    "padding-of-zeros",
    "The padding holds the number 0 where the input's zero point, a real 0, should stand.",
    sums=lambda case: suite.answer(replace(centred(case), fill=-case.input_zero_point)),
)
add(
    "input-zero-point-forgotten",
    "The input's zero point is not subtracted, and padding is the number 0.",
    sums=changed(lambda case: replace(case, input_zero_point=0)),
)
add(
    "input-zero-point-in-padding-alone",
    "The input's zero point stands in the padding, and is not subtracted.",
    sums=lambda case: suite.answer(
        replace(centred(replace(case, input_zero_point=0)), fill=case.input_zero_point)
    ),
)
add(
    "weight-zero-point-forgotten",
    "The weight's zero point is not subtracted.",
    sums=changed(lambda case: replace(case, weight_zero_point=np.zeros(1, np.int8))),
)
add(
    "weight-zero-point-first-for-all",
    "All output channels have the weight's zero point of the first.",
    sums=changed(lambda case: replace(case, weight_zero_point=case.weight_zero_point[:1])),
)
add(
    "input-sign",
    "The input's bits are read as the other type of 8 bits: with a sign for without, or back.",
    sums=changed(lambda case: replace(case, input=other_sign(case.input))),
)
add(
    "weight-sign",
    "The weight's bits are read as numbers without a sign.",
    sums=changed(lambda case: replace(case, weight=other_sign(case.weight))),
)
add(
    "bias-int16",
    "Of the bias only the lower 16 bits are taken.",
    sums=changed(narrow_bias),
)
add("int8-wraps", "The accumulator has 8 bits and wraps.", sums=kept(np.int8, wrap=True))
add("int8-saturates", "The accumulator stops at 8 bits.", sums=kept(np.int8, wrap=False))
add("int16-wraps", "The accumulator has 16 bits and wraps.", sums=kept(np.int16, wrap=True))
add(
    "int16-saturates",
    "The finished sum stops at 16 bits.",
    sums=kept(np.int16, wrap=False),
)


def saturating(case: Quantised) -> Array:
    """Channel by channel, row by row: after each product the sum is held within 16 bits."""
    info = np.iinfo(np.int16)
    plain = centred(case)
    out = accumulators(replace(case, bias=None)) * 0
    channels = plain.weight.shape[0 if case.transposed else 1]
    for c, *tap in np.ndindex(channels, *plain.weight.shape[2:]):
        at = (c, slice(None), *tap) if case.transposed else (slice(None), c, *tap)
        one = np.zeros_like(plain.weight)
        one[at] = plain.weight[at]
        out = (out + suite.answer(replace(plain, weight=one, bias=None))).clip(info.min, info.max)
    if plain.bias is not None:
        out = (out + plain.bias.reshape(-1, *[1] * case.rank)).clip(info.min, info.max)
    return out


add(
    "int16-saturates-each",
    "The sum stops at 16 bits after every product, channel by channel, row by row.",
    sums=saturating,
)


def of_catalogue(mistake: Mistake) -> Sums:
    """The sums with a mistake that any convolution can have; None where they are no numbers."""

    def sums(case: Quantised) -> Array | None:
        out = mistake.answer(centred(case))
        return out if out is not None and out.dtype.kind == "i" else None

    return sums


# Behind the sums ----------------------------------------------------------------------------------


def bias_along(case: Quantised) -> Array:
    bias = np.zeros(1, np.int64) if case.bias is None else case.bias.astype(np.int64)
    return bias.reshape(-1, *[1] * case.rank)


def wrapped(case: Quantised, value: Array) -> Array:
    """The lowest 8 bits."""
    return value.astype(case.input.dtype).astype(np.int64)


def within_other_type(case: Quantised, rounded: Array) -> Array:
    """The limits of the other type of 8 bits, then a cast."""
    limits = (0, 255) if case.limits()[0] else (-128, 127)
    return wrapped(case, (rounded + case.output_zero_point).clip(*limits))


def unwritten(name: str) -> Callable[[Quantised, Array], Array]:
    """A mistake that leaves cells as they were, on the finished result."""
    return lambda case, rounded: MISTAKES[name].after(case, finished(case, rounded))


add(
    "scale-first-for-all",
    "All output channels have the scale of the first.",
    scale=rounding.first,
)
add("scale-doubled", "The shift is one too small.", scale=lambda scale: rounding.shifted(scale, 1))
add("scale-halved", "The shift is one too large.", scale=lambda scale: rounding.shifted(scale, -1))
add("multiplier-15-bits", "The multiplier has 15 bits, not 31.", scale=rounding.narrowed)
add(
    "bias-scaled-twice",
    "The bias is scaled before it is added, and once more with the sum.",
    round=lambda case, sums, round: round(
        sums - bias_along(case) + round(np.zeros_like(sums) + bias_along(case))
    ),
)
add(
    "bias-after-scaling",
    "The bias is added behind the scaling, as it is.",
    round=lambda case, sums, round: round(sums - bias_along(case)) + bias_along(case),
)
add(
    "bias-rounded-alone",
    "Sum and bias are scaled and rounded each by itself, and added then.",
    round=lambda case, sums, round: (
        round(sums - bias_along(case)) + round(np.zeros_like(sums) + bias_along(case))
    ),
)
add(
    "output-zero-point-forgotten",
    "The output's zero point is not added.",
    finish=lambda case, rounded: rounded.clip(*case.limits()),
)
add(
    "output-zero-point-subtracted",
    "The output's zero point is subtracted.",
    finish=lambda case, rounded: (rounded - case.output_zero_point).clip(*case.limits()),
)
add(
    "output-zero-point-before-scaling",
    "The output's zero point is added to the sum, before the scaling.",
    round=lambda case, sums, round: round(sums + case.output_zero_point) - case.output_zero_point,
)
add(
    "clamp-missing",
    "What does not fit in 8 bits is cut off, not held at the limits: results wrap.",
    finish=lambda case, rounded: wrapped(case, rounded + case.output_zero_point),
)
add(
    "clamp-before-zero-point",
    "Results are held within 8 bits before the zero point is added, and wrap then.",
    finish=lambda case, rounded: wrapped(
        case, rounded.clip(*case.limits()) + case.output_zero_point
    ),
)
add(
    "clamp-symmetric",
    "The least number is left out: results stop at -127, or at 1 without a sign.",
    finish=lambda case, rounded: finished(case, rounded).clip(case.limits()[0] + 1),
)
add(
    "clamp-of-other-type",
    "Results are held within the limits of the other type of 8 bits.",
    finish=within_other_type,
)
add(
    "zeros",
    "Zeros are returned, whatever comes in.",
    finish=lambda case, rounded: rounded * 0,
)
add(
    "input-returned",
    "The input is returned.",
    finish=lambda case, rounded: case.input.astype(np.int64),
)
for name in ("last-row-missing", "last-column-missing", "first-image-only"):
    add(name, MISTAKES[name].says, finish=unwritten(name))

# What is left of the other catalogue: these are above in words of their own.
OTHERS = {
    name: Int8Mistake(name, mistake.says, sums=of_catalogue(mistake))
    for name, mistake in MISTAKES.items()
    if name not in {*INT8_MISTAKES, "nan", "mean"}
}
IN_SUMS = [*(each for each in INT8_MISTAKES.values() if each.sums), *OTHERS.values()]
BEHIND = [each for each in INT8_MISTAKES.values() if not each.sums]


# Which of it was it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """Mistakes and roundings that give exactly what came, in every case.

    Attributes
    ----------
    in_sums, behind : Int8Mistake or None
        What is wrong in the accumulators, and what in all that follows.
    roundings : tuple of Rounding
        Each of them explains it; none where accumulators were asked for.
    """

    in_sums: Int8Mistake | None
    behind: Int8Mistake | None
    roundings: tuple[Rounding, ...] = ()

    @property
    def mistakes(self) -> tuple[Int8Mistake, ...]:
        return tuple(each for each in (self.in_sums, self.behind) if each is not None)


Both = tuple[Int8Mistake | None, Int8Mistake | None]
NOTHING: Both = (None, None)


class Search:
    """Results of the cases under mistakes, smallest wrong case first; sums are worked out once."""

    def __init__(self, tried: Sequence[Tried]) -> None:
        came = [each for each in tried if each.got is not None]
        came.sort(key=lambda each: (each.good, each.right.size))
        self.came = [(cast(Quantised, each.case), each.got) for each in came]
        self.sums: dict[tuple[str, int], Array | None] = {}
        self.known: dict[Both, bool] = {}

    def sums_of(self, mistake: Int8Mistake | None, number: int) -> Array | None:
        key = (mistake.name if mistake else "", number)
        if key not in self.sums:
            case, _ = self.came[number]
            self.sums[key] = mistake.sums(case) if mistake and mistake.sums else accumulators(case)
        return self.sums[key]

    def sums_fit(self, mistake: Int8Mistake) -> bool:
        """Whether just these sums came."""
        return bool(self.came) and all(
            alike(got, self.sums_of(mistake, number)) for number, (_, got) in enumerate(self.came)
        )

    def result(self, both: Both, rule: Rounding, number: int) -> Array | None:
        """What would come in a case."""
        case, _ = self.came[number]
        sums, steps = self.sums_of(both[0], number), both[1] or RIGHT
        if sums is None:
            return None
        scale = steps.scale(case.scale).by_channel(case.rank)
        return steps.finish(case, steps.round(case, sums, lambda value: rule(value, scale)))

    def near(self, both: Both) -> bool:
        """Whether any rounding can give what came: two of them are at most one apart, twice two."""
        if both not in self.known:
            result, got = self.result(both, ROUNDINGS["half-even"], 0), self.came[0][1]
            self.known[both] = (
                result is not None
                and got is not None
                and result.shape == got.shape
                and bool(((got.astype(np.int64) - result + 2) % 256 <= 4).all())
            )
        return self.known[both]

    def fits(self, both: Both, rule: Rounding) -> bool:
        """Whether just these results came."""
        return self.near(both) and all(
            alike(got, self.result(both, rule, number)) for number, (_, got) in enumerate(self.came)
        )


def explanations(tried: Sequence[Tried], asked: str | None, sums: bool) -> list[Explanation]:
    """Whatever gives all that came: with the fewest things wrong, among them another rounding."""
    search = Search(tried)
    if sums:
        return [Explanation(each, None) for each in IN_SUMS if search.sums_fit(each)][:MOST]
    wished = [ROUNDINGS[asked]] if asked else list(ROUNDINGS.values())
    others = [each for each in ROUNDINGS.values() if each not in wished]
    for step in steps(wished, others) if search.came else ():
        found = {}
        for both, rules in step:
            fitting = tuple(rule for rule in rules if search.fits(both, rule))
            if fitting:
                found[both] = fitting
        if found:
            return [Explanation(*both, rules) for both, rules in found.items()][:MOST]
    return []


Guesses = list[tuple[Both, Sequence[Rounding]]]


def steps(wished: Sequence[Rounding], others: Sequence[Rounding]) -> Iterator[Guesses]:
    """What may be wrong, by how many things: a rounding that is not wished for counts as one."""
    one: list[Both] = [*((each, None) for each in IN_SUMS), *((None, each) for each in BEHIND)]
    two: list[Both] = list(product(IN_SUMS, BEHIND))
    yield [(NOTHING, wished)]
    yield [(NOTHING, others), *((both, wished) for both in one)]
    yield [*((both, others) for both in one), *((both, wished) for both in two)]
    yield [(both, others) for both in two]
