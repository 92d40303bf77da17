"""Calls a function with the cases, and says what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from convref import checks
from convref.conformance import diagnosis, suite
from convref.conformance.calling import Adapter, Apart, Caller, Function, here, loaded
from convref.conformance.diagnosis import Tried
from convref.conformance.floats import agree
from convref.conformance.report import Report
from convref.conformance.suite import Case
from convref.messages import refuse_command
from convref.types import Array

__all__ = ["check"]

LEVELS: Final = ("smoke", "full", "floats")


def check(
    function: Function | str,
    op: str = "conv2d",
    *,
    without: Sequence[str] = (),
    adapter: Adapter | None = None,
    array: Callable[[Array], Any] | str | None = None,
    level: str = "full",
    seconds: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Call a convolution with small whole numbers, and name the mistake if there is one.

    Parameters
    ----------
    function : callable or str
        Called as ``function(input, weight, bias, stride=..., padding=..., dilation=...,
        groups=...)``, transposed ones with ``output_padding`` too; each option is a tuple with one
        number for each axis, and padding a list of pairs where the two sides of an axis differ. A
        text such as ``"package.module:function"`` names one.
    op : str
        What the function is to compute: ``"conv1d"`` to ``"conv3d"``, ``"conv_transpose1d"`` to
        ``"conv_transpose3d"``.
    without : sequence of str
        What it does not support, of ``"batch"``, ``"bias"``, ``"stride"``, ``"padding"``,
        ``"sides"``, ``"dilation"``, ``"groups"``, ``"output_padding"``, ``"float64"`` and
        ``"float16"``. No case has that, and the report says so. PyTorch and most others lack
        ``"sides"``: padding that differs between the two sides of an axis.
    adapter : callable, optional
        ``adapter(function, arrays, options)`` calls a function of another signature.
    array : callable or str, optional
        What makes of a NumPy array an array of the function's, such as ``torch.from_numpy``.
    level : str
        ``"smoke"`` for three cases in which every mistake of the catalogue shows, ``"full"`` for
        these and the levels from one channel up, ``"floats"`` for random numbers of float32,
        float64 and float16 besides, inf and nan among them. Whole numbers must come back exactly,
        and floats within γₙ times the sum of their absolute terms: n·u / (1 - n·u), where n counts
        the products of a cell and three more, and u is 2⁻²⁴ for float32, 2⁻⁵³ for float64 and 2⁻¹¹
        for float16. In whatever order a sum is formed, rounding takes it no further.
    seconds : float, optional
        The function, given as text, is called in a process of its own, so that it may crash, and it
        has so many seconds for each case.
    progress : callable, optional
        Called with the number of cases done and of all, after each.

    Returns
    -------
    Report
        True where all is right; as text, what was found.

    Raises
    ------
    ValueError
        If `op`, `without` or `level` is not one of these words, or there is no such function, or
        `seconds` is given for one that has no name, or with an adapter.

    Examples
    --------
    >>> import convref
    >>> from convref.conformance import check
    >>> print(check(convref.conv2d, "conv2d"))
    conv2d: 19 of 19 cases are right
    >>> def flipped(input, weight, bias, **options):
    ...     return convref.conv2d(input, weight[:, :, ::-1, ::-1], bias, **options)
    >>> print(check(flipped).mistakes[0].says)
    The kernel is flipped along all of its spatial axes.
    """
    checks.word("op", op, tuple(suite.OPS))
    for each in without:
        checks.word("without", each, suite.USES)
    checks.word("level", level, LEVELS)
    chosen = (suite.smoke if level == "smoke" else suite.cases)(op, without)
    if level == "floats":
        chosen += suite.floats(op, without)
    if seconds is None:
        function = loaded(function) if isinstance(function, str) else function
        array = loaded(array) if isinstance(array, str) else array
        tried = asked(here(function, adapter, array), chosen, progress)
    else:
        if adapter is not None or callable(function) or callable(array):
            refuse_command("apart")
        call = Apart(function, array, seconds)
        try:
            tried = asked(call, chosen, progress)
        finally:
            call.close()
    mistakes = diagnosis.named(tried)
    said = [] if mistakes else diagnosis.patterns(tried)
    return Report(op, tuple(without), tuple(tried), tuple(mistakes), tuple(said))


def asked(
    call: Caller,
    cases: Sequence[Case],
    progress: Callable[[int, int], None] | None,
) -> list[Tried]:
    """Every case, and the first three again in reverse: what depends on calls before shows."""
    tried: list[Tried] = []
    for case in cases:
        tried.append(attempt(call, case, tried[-1] if tried else None))
        if progress is not None:
            progress(len(tried), len(cases))
    for number in (2, 1, 0):
        first = tried[number]
        if first.got is None or first.problem:
            continue
        again = attempt(call, first.case, None)
        if not agree(first.case, again.got, first.got):
            problem = "gave another result when it was called again, after other calls"
            tried[number] = replace(first, problem=problem)
    return tried


def attempt(call: Caller, case: Case, last: Tried | None) -> Tried:
    """Make one call, and look at everything that came of it."""
    right = suite.answer(case)
    got, problem = call(case)
    if got is None:
        return Tried(case, right, None, problem)
    if got.dtype.kind not in "fiu":
        return Tried(case, right, None, f"gave an array of {got.dtype}, not of numbers")
    problem = problem or odd(Tried(case, right, got), last)
    with np.errstate(all="ignore"):
        return Tried(case, right, got.astype(right.dtype), problem)


def odd(each: Tried, last: Tried | None) -> str:
    """What is wrong beside the numbers, if anything is."""
    assert each.got is not None
    if last is not None and not each.agrees and agree(last.case, each.got, last.right):
        return "gave the result of the case before it"
    if each.got.shape != each.right.shape:
        return f"gave shape {each.got.shape}, where {each.right.shape} is right"
    if each.got.dtype != each.right.dtype:
        return f"gave dtype {each.got.dtype}, where the input has {each.right.dtype}"
    return ""
