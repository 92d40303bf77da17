"""Calls a function with the cases, and says what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from convref import checks
from convref.conformance import diagnosis, suite
from convref.conformance.diagnosis import Tried
from convref.conformance.mistakes import Mistake
from convref.conformance.suite import Case
from convref.trace import explain
from convref.types import Array

__all__ = ["Report", "check"]

Function = Callable[..., Any]
Adapter = Callable[[Function, list[Any], dict[str, Any]], Any]
PAGE = "conformance/"


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Attributes
    ----------
    op : str
        What the function claims to be.
    without : tuple of str
        What it does not support, by its owner's word: no case has it.
    tried : tuple
        Every case with what is right and what came.
    mistakes : tuple of Mistake
        Those of the catalogue, or pairs, each of which gives what came in all cases.
    patterns : tuple of str
        Sentences that hold for all wrong cases, where no mistake fits.
    """

    op: str
    without: tuple[str, ...]
    tried: tuple[Tried, ...]
    mistakes: tuple[Mistake, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return all(each.good for each in self.tried)

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        good = sum(each.good for each in self.tried)
        lines = [f"{self.op}: {good} of {len(self.tried)} cases are right"]
        if self.without:
            lines.append(f"not asked for: {', '.join(self.without)}")
        if self.right:
            return "\n".join(lines)
        lines += ["", *self._named(), "", *self._smallest()]
        wrong = [each.case.name for each in self.tried if not each.good]
        return "\n".join([*lines, "", f"wrong: {', '.join(wrong)}"])

    def _named(self) -> list[str]:
        if self.mistakes:
            first, *others = self.mistakes
            lines = [f"mistake: {first.name}", f"  {first.says}"]
            lines.append("  With it, every case gives exactly what came.")
            return lines + [f"  The same holds for {each.name}: {each.says}" for each in others]
        lines = ["No mistake of the catalogue gives what came, nor do two of them."]
        return lines + [f"  {each}" for each in self.patterns]

    def _smallest(self) -> list[str]:
        each = diagnosis.smallest(self.tried)
        case = each.case
        _, options = case.arguments()
        bias = "" if case.bias is None else f", bias {case.bias.shape}"
        told = ", ".join(f"{name}={value}" for name, value in options.items())
        lines = [
            f"smallest wrong case: {case.name}",
            f"  input {case.input.shape}, weight {case.weight.shape}{bias}",
            f"  {told}",
        ]
        if each.problem:
            lines.append(f"  {each.problem}")
        at = diagnosis.first_wrong(each)
        if at is None or each.got is None:
            return lines
        lines.append(
            f"  at {list(at)}: {shown(each.got[at])} came, {shown(each.right[at])} is right"
        )
        if not case.transposed:
            lines.append(indented("right: ", explained(case, at)))
            if self.mistakes:
                changed = self.mistakes[0].before(case)
                if changed.mode != "fill" and not changed.fill and changed is not case:
                    other = explained(changed, at)
                    lines += [indented("came:  ", other)] if other else []
        return lines

    def data(self) -> dict[str, Any]:
        """The same for programs, as JSON has it."""
        return {
            "op": self.op,
            "without": list(self.without),
            "right": self.right,
            "mistakes": [{"name": each.name, "says": each.says} for each in self.mistakes],
            "patterns": list(self.patterns),
            "cases": [
                {"name": each.case.name, "right": each.good, "problem": each.problem}
                for each in self.tried
            ],
        }


def shown(number: Any) -> str:
    value = number.item()
    return (
        str(int(value))
        if value == value and abs(value) < 2**53 and value == int(value)
        else str(value)
    )


def indented(label: str, text: str) -> str:
    return "\n".join(
        ("  " + label if not row else " " * (len(label) + 2)) + line
        for row, line in enumerate(text.split("\n"))
    )


def explained(case: Case, at: tuple[int, ...]) -> str:
    """A cell as the sum that it is, or nothing where the call has no such cell."""
    try:
        told = explain(
            *(case.input.astype(np.int64), case.weight.astype(np.int64)),
            None if case.bias is None else case.bias.astype(np.int64),
            stride=case.stride,
            padding=list(case.padding),
            dilation=case.dilation,
            groups=case.groups,
            padding_mode=case.mode,  # type: ignore[arg-type]
            at=at,
        )
    except (ValueError, TypeError):
        return ""
    return str(told)


# Checking -----------------------------------------------------------------------------------------


def check(
    function: Function,
    op: str = "conv2d",
    *,
    without: Sequence[str] = (),
    adapter: Adapter | None = None,
    array: Callable[[Array], Any] | None = None,
    level: str = "full",
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Call a convolution with small whole numbers, and name the mistake if there is one.

    Parameters
    ----------
    function : callable
        Called as ``function(input, weight, bias, stride=..., padding=..., dilation=...,
        groups=...)``, transposed ones with ``output_padding`` too; each option is a tuple with one
        number for each axis, and padding a list of pairs where the two sides of an axis differ.
    op : str
        What the function is to compute: ``"conv1d"`` to ``"conv3d"``, ``"conv_transpose1d"`` to
        ``"conv_transpose3d"``.
    without : sequence of str
        What it does not support, of ``"batch"``, ``"bias"``, ``"stride"``, ``"padding"``,
        ``"sides"``, ``"dilation"``, ``"groups"`` and ``"output_padding"``. No case has that, and
        the report says so. PyTorch and most others lack ``"sides"``: padding that differs between
        the two sides of an axis.
    adapter : callable, optional
        ``adapter(function, arrays, options)`` calls a function of another signature.
    array : callable, optional
        What makes of a NumPy array an array of the function's, such as ``torch.from_numpy``.
    level : str
        ``"smoke"`` for three cases in which every mistake of the catalogue shows, ``"full"`` for
        these and the levels from one channel up.
    progress : callable, optional
        Called with the number of cases done and of all, after each.

    Returns
    -------
    Report
        True where all is right; as text, what was found.

    Raises
    ------
    ValueError
        If `op`, `without` or `level` is not one of these words.

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
    checks.word("level", level, ("smoke", "full"))
    chosen = (suite.smoke if level == "smoke" else suite.cases)(op, without)
    call = adapter or (lambda function, arrays, options: function(*arrays, **options))
    tried = []
    for number, case in enumerate(chosen, 1):
        tried.append(attempt(function, call, array, case))
        if progress is not None:
            progress(number, len(chosen))
    again = [attempt(function, call, array, each.case) for each in reversed(tried[:3])]
    tried = [*remembered(tried[:3], again[::-1]), *tried[3:]]
    if all(each.good for each in tried):
        return Report(op, tuple(without), tuple(tried))
    mistakes = diagnosis.named(tried)
    said = [] if mistakes else diagnosis.patterns(tried)
    return Report(op, tuple(without), tuple(tried), tuple(mistakes), tuple(said))


def attempt(
    function: Function,
    call: Adapter,
    array: Callable[[Array], Any] | None,
    case: Case,
    answer: Callable[[Any], Array] = suite.answer,
) -> Tried:
    """Make one call, and look at everything that came of it."""
    right = answer(case)
    arrays, options = case.arguments()
    kept = [None if each is None else each.copy() for each in arrays]
    given = [each if each is None or array is None else array(each) for each in arrays]
    try:
        got = as_array(call(function, given, options))
    except Exception as error:  # whatever a function raises is what is told of it
        return Tried(case, right, None, f"raised {type(error).__name__}: {error}")
    problem = ""
    if got.dtype.kind not in "fiu":
        return Tried(case, right, None, f"gave an array of {got.dtype}, not of numbers")
    if got.shape != right.shape:
        problem = f"gave shape {got.shape}, where {right.shape} is right"
    elif got.dtype != right.dtype:
        problem = f"gave dtype {got.dtype}, where the input has {right.dtype}"
    for name, now, before in zip(("input", "weight", "bias"), arrays, kept, strict=True):
        if now is not None and before is not None and not np.array_equal(now, before):
            problem = f"overwrote its {name}"
    return Tried(case, right, got.astype(right.dtype), problem)


def as_array(result: Any) -> Array:
    """A result as a NumPy array of its own."""
    if hasattr(result, "detach"):
        result = result.detach()
    if hasattr(result, "__dlpack__") and not isinstance(result, np.ndarray):
        result = np.from_dlpack(result)
    return np.array(result)


def remembered(first: Sequence[Tried], again: Sequence[Tried]) -> list[Tried]:
    """The first results, each with a complaint where the same call gave another one later."""
    return [
        one
        if one.got is None or diagnosis.alike(one.got, other.got)
        else replace(one, problem="gave another result when it was called again, after other calls")
        for one, other in zip(first, again, strict=True)
    ]
