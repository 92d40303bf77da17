"""Calls a function in 8 bits, and says whether sums, rounding or anything else in it is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from convref import checks
from convref.conformance import diagnosis, suite
from convref.conformance.checking import Adapter, Function, attempt, remembered
from convref.conformance.diagnosis import Tried
from convref.conformance.quantised import (
    INT8_USES,
    Quantised,
    accumulators,
    output,
    quantised_cases,
)
from convref.conformance.quantised_mistakes import Explanation, Int8Mistake, explanations
from convref.conformance.rounding import ROUNDINGS, SAME, Rounding
from convref.types import Array

__all__ = ["Int8Report", "check_int8"]


@dataclass(frozen=True)
class Int8Report:
    """What `check_int8` found.

    Attributes
    ----------
    op : str
        What the function claims to be.
    without : tuple of str
        What it does not support, by its owner's word: no case has it.
    stage : str
        ``"accumulators"`` or ``"output"``: what was asked for.
    asked : str or None
        The rounding that was asked for; None if any of them would do.
    tried : tuple
        Every case with what is right and what came.
    explanations : tuple of Explanation
        Mistakes and roundings that give exactly what came in all cases; for a right function its
        rounding alone.
    patterns : tuple of str
        Sentences that hold for all wrong cases, where nothing explains them.
    """

    op: str
    without: tuple[str, ...]
    stage: str
    asked: str | None
    tried: tuple[Tried, ...]
    explanations: tuple[Explanation, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return all(each.good for each in self.tried)

    @property
    def roundings(self) -> tuple[str, ...]:
        """Names of the roundings that give what came."""
        rules = [rule.name for each in self.explanations[:1] for rule in each.roundings]
        return tuple(rules)

    @property
    def mistakes(self) -> tuple[Int8Mistake, ...]:
        """What is wrong, by the first explanation; nothing if only the rounding is another."""
        return tuple(mistake for each in self.explanations[:1] for mistake in each.mistakes)

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        good = sum(each.good for each in self.tried)
        lines = [f"{self.op} in 8 bits, {self.stage}: {good} of {len(self.tried)} cases are right"]
        if self.without:
            lines.append(f"not asked for: {', '.join(self.without)}")
        lines += self._explained() if self.explanations or not self.right else []
        if self.right:
            return "\n".join(lines)
        lines += ["", *self._smallest()]
        wrong = [each.case.name for each in self.tried if not each.good]
        return "\n".join([*lines, "", f"wrong: {', '.join(wrong)}"])

    def _explained(self) -> list[str]:
        if not self.explanations:
            lines = ["No mistake that is known here gives what came, with any rounding."]
            return lines + [f"  {each}" for each in self.patterns]
        first, *others = self.explanations
        lines = self._verdict(first)
        for each in others:
            names = " and ".join(mistake.name for mistake in each.mistakes)
            lines.append(f"The same would come of {names}.")
        return lines

    def _verdict(self, found: Explanation) -> list[str]:
        told = [f"accumulators {'wrong' if found.in_sums else 'right'}"]
        if found.behind is not None:
            told.append("wrong after them")
        if found.roundings:
            told.append(self._rounding(found.roundings))
        lines = [", ".join(told)]
        lines += [f"  mistake: {each.name}\n    {each.says}" for each in found.mistakes]
        return lines + [f"  {rule.name}: {rule.says}" for rule in found.roundings]

    def _rounding(self, rules: Sequence[Rounding]) -> str:
        asked = SAME.get(self.asked or "", self.asked)
        names = " or ".join(rule.name for rule in rules)
        if asked is None:
            return f"rounding is {names}"
        if asked in [rule.name for rule in rules]:
            return "rounding right"
        return f"rounding differs: {names}, where {self.asked} is asked for"

    def _smallest(self) -> list[str]:
        each = diagnosis.smallest(self.tried)
        case = cast(Quantised, each.case)
        shapes = f"input {case.input.shape}, weight {case.weight.shape}"
        lines = [f"smallest wrong case: {case.name}", f"  {shapes}"]
        if each.problem:
            lines.append(f"  {each.problem}")
        at = diagnosis.first_wrong(each)
        if at is None or each.got is None:
            return lines
        lines.append(f"  cell {at}: {each.right[at]} is right, {each.got[at]} came")
        if self.stage == "output":
            sums, channel = int(accumulators(case)[at]), at[1]
            real = sums * np.ldexp(float(case.scale.multiplier[channel]), -31)
            real = float(np.ldexp(real, int(case.scale.shift[channel])))
            lines.append(
                f"  its accumulator is {sums}; scaled {real:.9g}, then zero point "
                f"{case.output_zero_point}"
            )
        return lines

    def data(self) -> dict[str, Any]:
        """The same for programs, as JSON has it."""
        return {
            "op": self.op,
            "without": list(self.without),
            "stage": self.stage,
            "asked": self.asked,
            "right": self.right,
            "roundings": list(self.roundings),
            "mistakes": [{"name": each.name, "says": each.says} for each in self.mistakes],
            "patterns": list(self.patterns),
            "cases": [
                {"name": each.case.name, "right": each.good, "problem": each.problem}
                for each in self.tried
            ],
        }


def check_int8(
    function: Function,
    op: str = "conv2d",
    *,
    rounding: str | None = None,
    stage: str = "output",
    dtype: str = "int8",
    without: Sequence[str] = (),
    adapter: Adapter | None = None,
    array: Callable[[Array], Any] | None = None,
    level: str = "full",
) -> Int8Report:
    """Call a convolution in 8 bits: are the accumulators right, and which rounding follows them?

    All inputs are whole numbers: input and output of `dtype`, the weight int8, the bias int32. A
    real number is (whole number - zero point) · scale, and padding is the input's zero point.

    Parameters
    ----------
    function : callable
        Called as ``function(input, weight, bias, stride=..., padding=..., dilation=...,
        groups=...)`` as by `check`, and with ``input_zero_point``, ``weight_zero_point``,
        ``output_zero_point``, ``input_scale``, ``weight_scale``, ``output_scale``, ``multiplier``
        and ``shift``. Zero point and scale of the weight are arrays of one number, or of one for
        each output channel. ``multiplier * 2.0 ** (shift - 31)`` is input scale · weight scale /
        output scale, for each output channel; TOSA's shift is 31 minus this one.
    op : str
        What the function is to compute, as in `check`.
    rounding : str, optional
        A name of `ROUNDINGS` or `SAME`, by which results must be rounded. Left out, any of them
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

    Returns
    -------
    Int8Report
        True where all is right; as text, what was found.

    Raises
    ------
    ValueError
        If a word is not one of these.

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
        checks.word("rounding", rounding, (*ROUNDINGS, *SAME))
    asked = SAME.get(rounding or "", rounding)
    call = adapter or (lambda function, arrays, options: function(*arrays, **options))
    sums = stage == "accumulators"

    def answer(case: Quantised) -> Array:
        if sums:
            return accumulators(case).astype(np.int32)
        return output(case, ROUNDINGS[asked or "tflite-double"])

    chosen = quantised_cases(op, dtype, without, level)
    tried = [attempt(function, call, array, case, answer) for case in chosen]
    again = [attempt(function, call, array, each.case, answer) for each in reversed(tried[:3])]
    tried = [*remembered(tried[:3], again[::-1]), *tried[3:]]
    if asked is None and not sums:
        tried = nearest(tried)
    found: list[Explanation] = []
    if not sums or not all(each.good for each in tried):
        found = explanations(tried, asked, sums)
    right = all(each.good for each in tried)
    said = [] if right or found else [*off_by_one(tried), *diagnosis.patterns(tried)]
    return Int8Report(op, tuple(without), stage, rounding, tuple(tried), tuple(found), tuple(said))


def nearest(tried: Sequence[Tried]) -> list[Tried]:
    """The same, right being what the rounding gives that gives the most of what came."""
    best, most = list(tried), -1
    for rule in ROUNDINGS.values():
        now = [replace(each, right=output(cast(Quantised, each.case), rule)) for each in tried]
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
        if abs(each.got.astype(np.int64) - each.right.astype(np.int64)).max() > 1:
            return []
    return ["No cell is off by more than one: look at the rounding."]
