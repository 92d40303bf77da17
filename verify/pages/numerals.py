"""Where a numeral of the prose comes from: a mark, or what stands near it.

A numeral without a mark has to be one of these, tried in this order:

- part of an equation that can be worked out, `5 · 6 · 3 + 5 = 95`, and the equation holds;
- in code, `padding=1`, that stands in a block of the page;
- in a shape or a row, 3×3 or `(2, 6, 4)`, whose numbers stand together in the section;
- a dimension, 2-D, of which its sentence, or else its page, has an array, a layer or a call;
- the value of an argument that its words name, stride 2, and the section gives it that value;
- a number of the nearest blocks and figures, or a size in the section, and a telling one: of all
  changes of one of its digits, at least three in five would not be found there.

Formulas are not looked into: what is in one without a mark can change unnoticed. `digits.py`
measures how many changes of one digit these rules notice.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from math import floor
from typing import Any

import yaml

import convref
from convref.messages import MESSAGES
from verify.pages.marks import marks
from verify.pages.rules import CODE, blank, headings, prose
from website.markdown.explorer import numbers as explorer_numbers
from website.markdown.figures import numbers as figure_numbers
from website.source import Fence, line_of, parse

# A sign counts where nothing stands in front of it that it could join or subtract from.
NUMERAL = re.compile(
    r"(?<![A-Za-z0-9_.\\])(?:(?<![\w)\]}.])[-−])?\d+(?:\.\d+)?(?![A-Za-z0-9_])(?!\.\d)"
)
GLUED = re.compile(r"(?<![A-Za-z0-9_.\\#])\d+(?:\.\d+)?[A-Za-z]\w*")
NUM = r"[-−]?\d+(?:\.\d+)?"
DRAWN = ("conv-figure", "conv-explorer", "conv-open")
RELEVANT = ("python", "text", "quoted", *DRAWN)


def plain(numeral: str) -> str:
    """One spelling per value: 0.50 and 0.5, − and -."""
    text = numeral.replace("−", "-")
    return text.rstrip("0").rstrip(".") if "." in text else text


def numerals(text: str) -> Iterator[re.Match[str]]:
    yield from NUMERAL.finditer(text)


# What stands near -----------------------------------------------------------------------------

PARAMETERS = {
    name: list(inspect.signature(getattr(convref, name)).parameters)
    for name in convref.__all__
    if callable(getattr(convref, name))
}
TEMPLATES = "\n".join(f"{error.__name__}: {template}" for error, template in MESSAGES.values())


@dataclass
class Near:
    """What a passage of prose can refer to. Rows are joined: " 2 6 4 / 1 2 3 "."""

    source: str  # the blocks of the page
    rows: str  # the numerals of each fence of the section, in order, and by columns
    shapes: str  # shapes in the section, and the values of its arguments
    arguments: dict[str, set[str]]
    sizes: frozenset[str]  # the numerals of `shapes`
    numbers: frozenset[str]  # of the nearest blocks and figures


def flat(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from flat(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield plain(str(value))


def shape(value: Any) -> list[str]:
    """The shape of nested lists."""
    return [str(len(value)), *shape(value[0])] if isinstance(value, list) and value else []


def literal(source: str | ast.expr) -> Any:
    """The value of a literal; None for any other code."""
    with contextlib.suppress(ValueError, SyntaxError):
        return ast.literal_eval(source)
    return None


@cache
def arguments(role: str, source: str) -> list[tuple[str, Any]]:
    """What a figure, an explorer or the calls of a block are given, by name."""
    return list(given(role, source))


def given(role: str, source: str) -> Iterator[tuple[str, Any]]:
    if role in DRAWN:
        yield from (yaml.safe_load(source) or {}).items()
    for node in ast.walk(ast.parse(source)) if role == "python" else ():
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield from zip(PARAMETERS.get(called, []), map(literal, node.args), strict=False)
            yield from ((each.arg or "", literal(each.value)) for each in node.keywords)
            yield "", [each for each in map(literal, node.args) if isinstance(each, int)]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, literal(node.value)


@cache
def rows_of(source: str) -> tuple[list[str], ...]:
    """The numerals of a fence in order, and by columns if every line has as many."""
    lines = [[plain(match[0]) for match in numerals(line)] for line in source.split("\n")]
    alike = len(lines) > 1 and len(set(map(len, lines))) == 1
    return [x for line in lines for x in line], *(
        map(list, zip(*lines, strict=True)) if alike else ()
    )


@cache
def shapes_of(role: str, source: str) -> tuple[list[str], ...]:
    """The values of arguments, and the shapes of arrays that a fence gives or shows."""
    rows = []
    for name, value in arguments(role, source):
        rows += [shape(value)] if name else []
        rows += [list(flat(value))] if len(shape(value)) < 2 else []
        if isinstance(value, int):
            rows.append([str(value)] * 3)  # size: 5 is 5×5, too
    if role == "text":
        lines = source.split("\n")
        for shown in map(literal, [*lines, source]):
            rows.append(list(flat(shown)) if isinstance(shown, tuple) else shape(shown))
        counts = {len(list(numerals(line))) for line in lines}
        rows += [[str(len(lines)), str(*counts)]] if len(lines) > 1 and len(counts) == 1 else []
    return tuple(rows)


@cache
def numbers_of(role: str, source: str) -> frozenset[str]:
    if role in DRAWN:
        drawn = figure_numbers(source) if role == "conv-figure" else explorer_numbers(source)
        return frozenset(map(plain, drawn))
    return frozenset(plain(match[0]) for match in numerals(source))


def joined(rows: list[list[str]]) -> str:
    return "/".join(f" {' '.join(row)} " for row in rows)


@cache
def headings_of(text: str) -> list[re.Match[str]]:
    return list(headings(text))


def section_of(text: str, at: int, fences: list[Fence]) -> list[Fence]:
    """The fences of the innermost section around a place that has any."""
    found = [heading for heading in headings_of(text) if heading.start() <= at][::-1]
    after = [heading for heading in headings_of(text) if heading.start() > at]
    levels = [7, *itertools.accumulate((len(heading["level"]) for heading in found), min)]
    for heading, deepest in zip(found, levels, strict=False):
        level = len(heading["level"])
        if level < deepest:  # a section around the place, first without its subsections
            for ends in (after[:1], [h for h in after if len(h["level"]) <= level]):
                end = ends[0].start() if ends else len(text)
                if inside := [f for f in fences if heading.start() <= f.start < end]:
                    return inside
    return fences


def nearest(text: str, fences: list[Fence], at: int) -> list[Fence]:
    """The fences before a place and after it, as far as no prose stands between them."""
    before = [fence for fence in fences if fence.end <= at][::-1]
    after = [fence for fence in fences if fence.start >= at]
    found = []
    for side in (before, after):
        found += side[:1]
        for last, fence in itertools.pairwise(side):
            gap = text[min(last.end, fence.end) : max(last.start, fence.start)]
            if re.sub(r"^[ \t]*===.*$|\s", "", gap, flags=re.M):
                break
            found.append(fence)
    return found


@cache
def fences_of(text: str) -> list[Fence]:
    return [fence for fence in parse(text).fences if fence.role in RELEVANT]


def near(text: str, at: int) -> Near:
    """What stands near a place of a page."""
    page = fences_of(text)
    section = section_of(text, at, page)
    values: dict[str, set[str]] = {}
    for fence in section:
        for name, value in arguments(fence.role, fence.source):
            values.setdefault(name, set()).update(flat(value))
    shapes = [row for fence in section for row in shapes_of(fence.role, fence.source)]
    blocks = (" ".join(fence.source.split()) for fence in page)
    close = nearest(text, section, at)
    return Near(
        "\n".join([TEMPLATES, *blocks]),
        joined([row for fence in section for row in rows_of(fence.source)]),
        joined(shapes),
        values,
        frozenset().union(*shapes),
        frozenset().union(*(numbers_of(fence.role, fence.source) for fence in close)),
    )


# The rules ------------------------------------------------------------------------------------

EQUATION = re.compile(
    rf"(?<![\w.])(?P<left>[(⌊]*{NUM}[\d.\s·×*/+−()⌊⌋-]*?)=\s*(?P<right>{NUM})(?![\w.]*\d)"
)
OPERATORS = str.maketrans({"·": "*", "×": "*", "−": "-", "⌊": "⌊(", "⌋": ")"})
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S)
SHAPE = re.compile(rf"{NUM}(?:×{NUM})+|(?<=[(\[]){NUM}(?:, ?{NUM})+(?=[)\]])")
ROW = re.compile(rf"{NUM}(?:(?:, |、| and | or | to |和|或|到| ){NUM})+")
DIMENSION = re.compile(r"(?<![A-Za-z0-9_.-])(?P<n>\d) *-D\b")
YEAR = re.compile(r"(?<![\d.])(?:19[5-9]\d|20[0-3]\d)(?=\s?年|-\d\d-\d\d|[,.)\s])")
# A new PyTorch wants the sentences about the old one read again.
VERSION = re.compile(r"\b(?:PyTorch|NumPy|Python|Keras|WCAG|CC BY) \d+(?:\.\d+)*")
VERSIONS = {
    f"PyTorch {version('torch').rpartition('.')[0]}",
    "PyTorch 0.4",
    "WCAG 2.2",
    "CC BY 4.0",
}
# Cells are counted from 0, and padding is of zeros; Chinese writes all ones as 1, too.
ZERO = re.compile(
    r"(?<=from )0\b|(?<=[从补填写圈是加的了有个] )0(?!\d)|(?<=全[是填取] )[01](?!\d)"
    r"|(?<=全 )[01](?!\d)"
)
# How sentences name an argument: its names in code, the words around its value, its default.
OF = (
    r"(?:s|es)?[\]`\s]*(?:(?:of|is|to|at|back to|(?:that are both )?above|都?(?:为|是)|取|改回"
    r"|同?时?大于)\s*)"
)
NAMED = [
    (names, re.compile(words.replace("N", rf"(?P<n>{NUM})(?![\d.]*[×\d])"), re.I), default)
    for names, words, default in (
        (("stride", "strides"), rf"(?:stride|步幅|步长){OF}?N", "1"),
        (("padding", "pad"), rf"(?:padding|填充){OF}?N", "0"),
        (("dilation",), rf"(?:dilation|空洞率){OF}?N", "1"),
        (("groups",), rf"(?:groups){OF}?N", "1"),
        (("groups",), r"N (?:groups|组)", "1"),
        (("kernel", "kernel_size"), rf"(?:kernel|卷积核){OF}N", ""),
        (("kernel", "kernel_size"), rf"(?:kernel of size|kernel size|核大小){OF}?N", ""),
        (("in_channels",), r"N (?:input channels|个输入通道)", ""),
        (("out_channels",), r"N (?:output channels|kernels|feature maps|个输出通道|个卷积核)", ""),
    )
]


def changes(numeral: str) -> Iterator[str]:
    """A numeral with one digit changed, in every way."""
    for at, digit in enumerate(numeral):
        if digit.isdigit():
            yield from (numeral[:at] + d + numeral[at + 1 :] for d in "0123456789" if d != digit)


def holds(left: str, right: str) -> bool | None:
    """Whether an equation of numbers holds; None if it is none."""
    sum_ = left.translate(OPERATORS).strip()
    if not re.search(r"\d\s*[-+*/]", sum_):
        return None
    exact = re.sub(r"\d+(?:\.\d+)?", r"Fraction('\g<0>')", sum_).replace("⌊", "floor")
    try:
        value = eval(exact, {"Fraction": Fraction, "floor": floor})
    except (SyntaxError, TypeError, ZeroDivisionError):
        return None
    decimals = len(right.partition(".")[2])
    return Fraction(plain(right)) in {value, round(value, decimals) if decimals else value}


@cache
def dimensions(source: str) -> set[str]:
    """The dimensions that a text speaks of: Conv2d of 2, (N, C, L) of 3 axes, 1 of them spatial."""
    found = set(re.findall(r"[A-Za-z]([1-9])d\b", source))
    for axes in re.findall(r"\(((?:[\w*/ ]+, ?)+[\w*/ ]+)\)", source):
        names = re.split(", ?", axes)
        spatial = [name for name in names if re.fullmatch("k?[LDHW]", name)]
        found |= {str(len(names)), str(len(spatial))} - {"0"}
    return found


def dimensions_near(text: str, start: int, end: int) -> set[str]:
    """The dimensions of a sentence with its links, else of the page."""
    return dimensions(text[start:end]) or dimensions(text)


def together(text: str, near: Near) -> bool:
    row = f" {' '.join(plain(match[0]) for match in re.finditer(NUM, text))} "
    return row in near.shapes or ("×" not in text and row in near.rows)


@cache
def telling(numeral: str, known: frozenset[str]) -> bool:
    """Whether a numeral is known, and at least three in five of its changes are not."""
    unknown = [plain(change) not in known for change in changes(numeral)]
    return plain(numeral) in known and 5 * sum(unknown) >= 3 * len(unknown)


@dataclass
class Passage:
    """A sentence, what stands near it, and what it holds of marks."""

    start: int
    line: str
    near: Near
    dimensions: set[str]
    marked: list[tuple[int, int]]
    expressions: frozenset[str]  # the numerals of the marks' expressions

    def problems(self, line: str) -> list[tuple[int, str]]:
        """Where the line, or a changed one in its place, has a numeral from nowhere, and why."""
        near = self.near
        found: list[tuple[int, str]] = []

        def settle(start: int, end: int, problem: str = "") -> None:
            nonlocal line
            if problem:
                found.extend((start + m.start(), problem) for m in numerals(line[start:end]))
            line = blank(line, start, end)

        for match in YEAR.finditer(line):
            settle(*match.span())
        for match in EQUATION.finditer(line):
            true = holds(match["left"], match["right"])
            if true is not None:
                settle(*match.span(), "" if true else "the equation does not hold")
        for span in self.marked:
            settle(*span)
        for match in VERSION.finditer(line):
            known = match[0] in VERSIONS
            settle(*match.span(), "" if known else "no page is about this version")
        for match in DIMENSION.finditer(line):
            known = match["n"] in self.dimensions
            settle(*match.span("n"), "" if known else "nothing near it has this dimension")
        for spellings, pattern, default in NAMED:
            values = set().union(*(near.arguments.get(name, set()) for name in spellings))
            for match in pattern.finditer(line):
                given = plain(match["n"]) in values | self.expressions | {default}
                if values or given:
                    problem = f"its section gives {spellings[0]} {', '.join(sorted(values))}"
                    settle(*match.span("n"), "" if given else problem)
        for match in CODE.finditer(line):
            code = re.escape(" ".join(match[0].strip("`").split())).replace("…", ".*?")
            if re.search(r"[A-Za-z]", code) and re.search(
                rf"(?<![\w.]){code}(?![\w.]*\d)", near.source
            ):
                settle(*match.span())
        for match in SHAPE.finditer(line):
            alone = "" if together(match[0], near) else "its section has no such shape or row"
            settle(*match.span(), alone)
        for match in ROW.finditer(line):
            if together(match[0], near):
                settle(*match.span())
        for match in ZERO.finditer(line):
            settle(*match.span())
        for match in numerals(line):
            sources = (self.expressions, near.sizes, near.numbers)
            if not any(telling(match[0], known) for known in sources):
                near_by = any(plain(match[0]) in known for known in sources)
                why = "so are most numerals that a slip would make of it" if near_by else ""
                found.append((match.start(), why or "nothing near it has it"))
        return sorted(found)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a page's prose, without formulas, each with its place."""
    shown = prose(text)
    for formula in FORMULA.finditer(shown):
        shown = blank(shown, *formula.span())
    whole = shown
    for code in CODE.finditer(shown):  # a full stop in code ends no sentence
        whole = blank(whole, *code.span())
    ends = [match.end() for match in re.finditer(r"\n|[.;!?] |[。；！？]", whole)]
    for start, end in itertools.pairwise([0, *ends, len(whole)]):
        yield start, shown[start:end]


def passages(text: str) -> Iterator[Passage]:
    """The sentences of a page that hold numerals."""
    found = list(marks(text))
    for start, line in sentences(text):
        here = [mark for mark in found if start <= mark.start() < start + len(line)]
        if any(numerals(line)):
            yield Passage(
                start,
                line,
                near(text, start),
                dimensions_near(text, start, start + len(line)),
                [(mark.start("shown") - start, mark.end("shown") - start) for mark in here],
                frozenset(plain(m[0]) for mark in here for m in numerals(mark["expression"])),
            )


def check_numerals(path: str, text: str) -> list[str]:
    """Every numeral in prose has a mark, or comes from what stands near it."""
    problems = []
    for passage in passages(text):
        for at, why in passage.problems(passage.line):
            numeral = next(m[0] for m in numerals(passage.line) if m.start() >= at)
            problems.append(
                f"{path}:{line_of(text, passage.start + at)}: the numeral {numeral} is "
                f"checked by nothing, since {why}: mark it, or print it in a block"
            )
    return problems + [
        f"{path}:{line_of(text, match.start())}: {match[0]!r} hides a numeral: put a space or × in"
        for match in GLUED.finditer(prose(text))
    ]
