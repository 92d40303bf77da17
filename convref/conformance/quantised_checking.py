"""Calls a function in 8 bits, and says whether sums, rounding or anything else in it is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from convref import checks
from convref.conformance import diagnosis, suite
from convref.conformance.calling import Adapter, Function
from convref.conformance.checking import called
from convref.conformance.diagnosis import Tried
from convref.conformance.quantised import (
    INT8_USES,
    Quantised,
    accumulators,
    centred,
    output,
    quantised_cases,
)
from convref.conformance.quantised_mistakes import Explanation, explanations
from convref.conformance.report import Report, beside, indented, written
from convref.conformance.rounding import ALIASES, ROUNDINGS
from convref.types import Array

__all__ = ["Int8Report", "check_int8"]


@dataclass(frozen=True)
class Int8Report(Report):
    """What `check_int8` found: true where all is right, and a text that says what is not.

    Attributes
    ----------
    op, without, tried, mistakes, patterns
        As in `Report`.
    stage : str
        ``"accumulators"`` or ``"output"``: what was asked for.
    asked : str or None
        The rounding that was asked for; None if any of them would do.
    explanations : tuple
        What gives all that came: mistakes `in_sums` and `behind` them, if any, and the `roundings`
        with which they do. For a right function, its rounding alone.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.conformance import check_int8
    >>> def lazy(input, weight, bias, **options):
    ...     return np.zeros((1, 1, 1, 1), input.dtype)
    >>> report = check_int8(lazy)
    >>> bool(report), report.roundings
    (False, ())
    """

    stage: str = "output"
    asked: str | None = None
    explanations: tuple[Explanation, ...] = ()

    @property
    def roundings(self) -> tuple[str, ...]:
        """Names of the roundings that give what came."""
        return tuple(rule.name for each in self.explanations[:1] for rule in each.roundings)

    def data(self) -> dict[str, Any]:
        """The same for programs, as JSON has it.

        Returns
        -------
        dict
            What a `Report` has, and ``stage``, ``asked`` and ``roundings``.
        """
        roundings = list(self.roundings)
        return super().data() | {"stage": self.stage, "asked": self.asked, "roundings": roundings}

    def _counted(self) -> Iterator[str]:
        first, *others = super()._counted()
        yield first.replace(":", f" in 8 bits, {self.stage}:", 1)
        yield from others
        if self.right and self.explanations:
            yield from self._verdict(self.explanations[0])

    def _named(self) -> Iterator[str]:
        if not self.explanations:
            yield "No mistake that is known here gives what came, with any rounding."
            yield from (f"  {each}" for each in self.patterns)
        for number, each in enumerate(self.explanations):
            if number:
                names = " and ".join(mistake.name for mistake in each.mistakes)
                yield f"The same would come of {names}."
            else:
                yield from self._verdict(each)

    def _verdict(self, found: Explanation) -> Iterator[str]:
        told = [f"accumulators {'wrong' if found.in_sums else 'right'}"]
        if found.behind is not None:
            told.append("wrong after them")
        if found.roundings:
            told.append(self._rounding())
        yield ", ".join(told)
        for mistake in found.mistakes:
            yield f"  mistake: {mistake.name}"
            yield f"    {mistake.says}"
        yield from (f"  {rule.name}: {rule.says}" for rule in found.roundings)

    def _rounding(self) -> str:
        names = " or ".join(self.roundings)
        if self.asked is None:
            return f"rounding is {names}"
        if ALIASES.get(self.asked, self.asked) in self.roundings:
            return "rounding right"
        return f"rounding differs: {names}, where {self.asked} is asked for"

    def _smallest(self, side_by_side: bool = True) -> Iterator[str]:
        each = diagnosis.smallest(self.tried)
        case = cast(Quantised, each.case)
        yield f"smallest wrong case: {case.name}"
        yield f"  input {case.input.shape}, weight {case.weight.shape}"
        if each.problem:
            yield f"  {each.problem}"
        at = diagnosis.first_wrong(each)
        if at is None or each.got is None:
            return
        yield f"  at {list(at)}: {each.got[at]} came, {each.right[at]} is right"
        sums = int(accumulators(case)[at])
        yield from indented("sum: ", written(centred(case), at, sums))
        if self.stage == "output":
            multiplier, shift = (int(a[at[1]]) for a in (case.scale.multiplier, case.scale.shift))
            real = float(np.ldexp(sums * multiplier, shift - 31))
            yield f"  {sums} scaled is {real:.9g}; the zero point {case.output_zero_point} follows"
        if side_by_side:
            yield from beside(each, at)


def check_int8(
    function: Function | str,
    op: str = "conv2d",
    *,
    rounding: str | None = None,
    stage: str = "output",
    dtype: str = "int8",
    without: Sequence[str] = (),
    adapter: Adapter | None = None,
    array: Callable[[Array], Any] | str | None = None,
    level: str = "full",
    seconds: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Int8Report:
    """Call a convolution in 8 bits: are the accumulators right, and which rounding follows them?

    All inputs are whole numbers: input and output of `dtype`, the weight int8, the bias int32. A
    real number is (whole number - zero point) · scale, and padding is the input's zero point.

    Parameters
    ----------
    function : callable or str
        Called as ``function(input, weight, bias, stride=..., padding=..., dilation=...,
        groups=...)`` as by `check`, and with ``input_zero_point``, ``weight_zero_point``,
        ``output_zero_point``, ``input_scale``, ``weight_scale``, ``output_scale``, ``multiplier``
        and ``shift``. Zero point and scale of the weight are arrays of one number, or of one for
        each output channel. ``multiplier * 2.0 ** (shift - 31)`` is input scale · weight scale /
        output scale, for each output channel; TOSA's shift is 31 minus this one.
    op : str
        What the function is to compute, as in `check`.
    rounding : str, optional
        A name of `ROUNDINGS` or `ALIASES`, by which results must be rounded. Left out, any of them
        will do, and the report says which it is.
    stage : str
        ``"output"`` for results in 8 bits, ``"accumulators"`` for the sums before them, in int32.
    dtype : str
        ``"int8"`` or ``"uint8"``.
    without : sequence of str
        What it does not support: as in `check`, and ``"input_zero_point"``,
        ``"weight_zero_point"``, ``"output_zero_point"``, ``"per_channel"`` scales. Without a bias
        no accumulator is large enough to tell float32 from fixed point.
    adapter, array
        As in `check`.
    level : str
        ``"smoke"`` for five cases in which every mistake and rounding shows, ``"full"`` for these
        and the levels from one channel up.
    seconds, progress
        As in `check`.

    Returns
    -------
    Int8Report
        True where all is right; as text, what was found.

    Raises
    ------
    ValueError
        If a word is not one of these, and as in `check`.

    Examples
    --------
    A function in NumPy that scales in float64, and rounds as NumPy does:

    >>> import convref
    >>> import numpy as np
    >>> from convref.conformance import check_int8
    >>> def conv(input, weight, bias, **o):
    ...     x = input.astype(np.int64) - o["input_zero_point"]
    ...     w = weight.astype(np.int64) - o["weight_zero_point"].reshape(-1, 1, 1, 1)
    ...     names = ("stride", "padding", "dilation", "groups")
    ...     sums = convref.conv2d(x, w, bias.astype(np.int64), **{n: o[n] for n in names})
    ...     scale = o["multiplier"] * 2.0 ** (o["shift"] - 31.0)
    ...     rounded = np.rint(sums * scale.reshape(-1, 1, 1)) + o["output_zero_point"]
    ...     return rounded.clip(-128, 127).astype(np.int8)
    >>> report = check_int8(conv, rounding="tflite-double", level="smoke")
    >>> print(report.roundings)
    ('half-even',)
    """
    checks.word("op", op, tuple(suite.OPS))
    checks.word("stage", stage, ("output", "accumulators"))
    checks.word("dtype", dtype, ("int8", "uint8"))
    checks.word("level", level, ("smoke", "full"))
    for each in without:
        checks.word("without", each, INT8_USES)
    if rounding is not None:
        checks.word("rounding", rounding, (*ROUNDINGS, *ALIASES))
    wished = ALIASES.get(rounding or "", rounding)
    sums = stage == "accumulators"

    def answer(case: Quantised) -> Array:
        if sums:
            return accumulators(case).astype(np.int32)
        return output(case, ROUNDINGS[wished or "onnx"])

    chosen = quantised_cases(op, dtype, without, level)
    tried = [
        wide(each) for each in called(function, adapter, array, seconds, chosen, progress, answer)
    ]
    if wished is None and not sums:
        tried = nearest(tried)
    right = all(each.good for each in tried)
    found = [] if right and sums else explanations(tried, wished, sums)
    mistakes: Any = found[0].mistakes if found else ()
    said = [] if right or found else [*off_by_one(tried), *diagnosis.patterns(tried)]
    return Int8Report(
        op,
        *(tuple(without), tuple(tried), mistakes, tuple(said)),
        *(stage, rounding, tuple(found)),
    )


def wide(each: Tried) -> Tried:
    """The same in 64 bits, where no difference wraps."""
    got = None if each.got is None else each.got.astype(np.int64)
    return replace(each, right=each.right.astype(np.int64), got=got)


def nearest(tried: Sequence[Tried]) -> list[Tried]:
    """The same, right being what the rounding gives that gives the most of what came."""
    best, most = list(tried), -1
    for rule in ROUNDINGS.values():
        now = [
            wide(replace(each, right=output(cast(Quantised, each.case), rule))) for each in tried
        ]
        equal = sum(
            int((each.got == each.right).sum())
            for each in now
            if each.got is not None and each.got.shape == each.right.shape
        )
        if equal > most:
            best, most = now, equal
    return best


def off_by_one(tried: Sequence[Tried]) -> list[str]:
    """What points to a rounding that is not known here."""
    for each in tried:
        if each.got is None or each.got.shape != each.right.shape:
            return []
        if abs(each.got - each.right).max() > 1:
            return []
    return ["No cell is off by more than one: look at the rounding."]
