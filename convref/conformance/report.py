"""What came of all calls, as text, as data and as a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np

from convref.conformance import diagnosis, suite
from convref.conformance.diagnosis import Tried
from convref.conformance.mistakes import Mistake
from convref.conformance.suite import Case
from convref.trace import Explanation, explain, explain_transposed
from convref.types import Array

__all__ = ["Report"]

LINES: Final = 24  # of a sum that is written out
STYLE: Final = """\
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
caption, td, th { text-align: left; padding: .1rem .6rem }
.cells td { text-align: right; font-family: ui-monospace, monospace }
td.wrong { outline: 2px solid; font-weight: bold }"""


@dataclass(frozen=True)
class Report:
    """What `check` found: true where all is right, and a text that says what is not.

    Attributes
    ----------
    op : str
        What the function claims to be.
    without : tuple of str
        What it does not support, by its owner's word: no case has it.
    tried : tuple
        Every case with what is right and what came.
    mistakes : tuple
        Those of the catalogue, or pairs, that give what came in every case; each has a `name` and
        `says` what it is in a sentence.
    patterns : tuple of str
        Where no mistake fits: sentences that hold for all wrong cases.

    Examples
    --------
    >>> import convref
    >>> from convref.conformance import check
    >>> def unbiased(input, weight, bias, **options):
    ...     return convref.conv2d(input, weight, None, **options)
    >>> report = check(unbiased)
    >>> bool(report)
    False
    >>> [mistake.name for mistake in report.mistakes]
    ['bias-ignored']
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
        lines = [*self._counted()]
        if not self.right:
            lines += ["", *self._named(), "", *self._smallest(), ""]
            lines += [f"wrong: {', '.join(each.case.name for each in self._wrong())}"]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The same for programs, as JSON has it.

        Returns
        -------
        dict
            ``op``, ``without``, ``right``, ``mistakes`` with ``name`` and ``says``, ``patterns``,
            and ``cases`` with ``name``, ``right`` and ``problem``.
        """
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

    def html(self) -> str:
        """The same as a page that needs nothing beside itself.

        Returns
        -------
        str
            A document of HTML, light or dark as the screen is.
        """
        title, *others = self._counted()
        parts = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in others)]
        if not self.right:
            each = diagnosis.smallest(self.tried)
            lines = (*self._named(), "", *self._smallest(side_by_side=False))
            parts += [f"<pre>{escape(chr(10).join(lines))}</pre>", *tables(each)]
        rows = "".join(
            f"<tr><td>{escape(each.case.name)}<td>{'right' if each.good else 'wrong'}"
            f"<td>{escape(each.problem)}"
            for each in self.tried
        )
        parts.append(f"<table><caption>All cases</caption>{rows}</table>")
        return (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
            f"<style>\n{STYLE}\n</style>\n" + "\n".join(parts) + "\n</html>\n"
        )

    def _wrong(self) -> list[Tried]:
        return [each for each in self.tried if not each.good]

    def _counted(self) -> Iterator[str]:
        good = len(self.tried) - len(self._wrong())
        yield f"{self.op}: {good} of {len(self.tried)} cases are right"
        if self.without:
            yield f"not asked for: {', '.join(self.without)}"

    def _named(self) -> Iterator[str]:
        if self.mistakes:
            first, *others = self.mistakes
            silent = any(each.got is None for each in self.tried)
            yield f"mistake: {first.name}"
            yield f"  {first.says}"
            yield f"  With it, every case{' that came back' if silent else ''} gives what came."
            for each in others:
                yield f"  The same holds for {each.name}: {each.says}"
            return
        if all(each.got is None for each in self.tried):
            yield "Nothing came back that could be compared."
        elif all(each.agrees for each in self.tried):
            yield "The numbers are right in every case; something else is not."
        else:
            yield "No mistake of the catalogue gives what came, nor do two of them."
        yield from (f"  {each}" for each in self.patterns)

    def _smallest(self, side_by_side: bool = True) -> Iterator[str]:
        each = diagnosis.smallest(self.tried)
        case = each.case
        _, options = case.arguments()
        bias = "" if case.bias is None else f", bias {case.bias.shape}"
        yield f"smallest wrong case: {case.name}"
        yield f"  input {case.input.shape}, weight {case.weight.shape}{bias}"
        yield "  " + ", ".join(f"{name}={value}" for name, value in options.items())
        if each.problem:
            yield f"  {each.problem}"
        at = diagnosis.first_wrong(each)
        if at is None or each.got is None:
            return
        yield f"  at {list(at)}: {shown(each.got[at])} came, {shown(each.right[at])} is right"
        yield from indented("right: ", written(case, at, each.right[at]))
        if self.mistakes:
            yield from indented("came:  ", written(self.mistakes[0].before(case), at, each.got[at]))
        if side_by_side:
            yield from beside(each, at)


def shown(number: Any) -> str:
    """A number in as few digits as it needs."""
    return (
        np.format_float_positional(number, trim="-") if 1e-4 < abs(number) < 1e7 else f"{number:g}"
    )


def indented(label: str, text: str) -> Iterator[str]:
    """A sum with a label in front, or nothing."""
    for row, line in enumerate(text.splitlines()):
        yield ("  " + label if not row else " " * (len(label) + 2)) + line


def planes(each: Tried, at: Sequence[int]) -> tuple[Array, Array, Array]:
    """What is right, what came and where they differ, on the last two axes around a cell."""
    assert each.got is not None
    rows = each.case.rank > 1
    here = tuple(at[:-2] if rows else at[:-1])
    wrong = diagnosis.places(each)
    right, got, wrong = (np.atleast_2d(array[here]) for array in (each.right, each.got, wrong))
    return right, got, wrong


def beside(each: Tried, at: Sequence[int]) -> Iterator[str]:
    """Both planes; what is wrong has a star."""
    right, got, wrong = planes(each, at)
    left = [[shown(value) for value in row] for row in right]
    came = [
        [shown(value) + ("*" if bad else " ") for value, bad in zip(*both, strict=True)]
        for both in zip(got, wrong, strict=True)
    ]
    wide, broad = (max(len(cell) for row in rows for cell in row) + 2 for rows in (left, came))
    if (wide + broad) * right.shape[1] > 90:
        return
    head = f"image {at[0]}, channel {at[1]}" + "".join(f", plane {p}" for p in at[2:-2])
    yield f"  right ({head}), and what came, wrong cells with a star:"
    for ours, theirs in zip(left, came, strict=True):
        yield (
            "  "
            + "".join(cell.rjust(wide) for cell in ours)
            + "   |"
            + "".join(cell.rjust(broad) for cell in theirs)
        ).rstrip()


def tables(each: Tried) -> Iterator[str]:
    """Both planes as HTML."""
    at = diagnosis.first_wrong(each)
    if at is None:
        return
    right, got, wrong = planes(each, at)
    for words, array, marks in (("Right", right, wrong & False), ("What came", got, wrong)):
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td{' class=wrong' if bad else ''}>{shown(value)}"
                for value, bad in zip(*both, strict=True)
            )
            for both in zip(array, marks, strict=True)
        )
        head = f"{words}: image {at[0]}, channel {at[1]}"
        yield f'<table class="cells"><caption>{head}</caption>{rows}</table>'


# One cell -----------------------------------------------------------------------------------------


def written(case: Case, at: tuple[int, ...], value: Any) -> str:
    """A cell as the sum that it is; nothing where that is long, or gives another value."""
    try:
        told = explained(case, at)
    except (ValueError, TypeError):  # the call has no such cell
        return ""
    same = told.total == value or case.floats
    return str(told) if same and str(told).count("\n") < LINES else ""


def explained(case: Case, at: tuple[int, ...]) -> Explanation:
    """The sum, of integers where all numbers are whole."""
    given = (case.input, case.weight, case.bias)
    whole = all(a is None or np.array_equal(a, np.trunc(a)) for a in given)
    input, weight, bias = (a if a is None or not whole else a.astype(np.int64) for a in given)
    assert input is not None and weight is not None
    steps: Any = {"stride": case.stride, "dilation": case.dilation, "groups": case.groups}
    if case.transposed:
        # Without padding, so that its sides may differ: the same cell stands further behind.
        shifted = [p + before for p, (before, _) in zip(at[2:], case.padding, strict=True)]
        return explain_transposed(input, weight, bias, **steps, at=(*at[:2], *shifted))
    if case.fill or case.more or min(map(min, case.padding)) < 0:
        input = suite.padded(case).astype(input.dtype)
        return explain(input, weight, bias, **steps, at=at)
    pads, mode = list(case.padding), suite.mode(case)
    named: Any = "zeros" if mode == "constant" else mode
    return explain(input, weight, bias, padding=pads, padding_mode=named, **steps, at=at)
