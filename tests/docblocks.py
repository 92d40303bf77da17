"""How a page's blocks and numbers are found, run and compared. The rules: CONTRIBUTING.md.

Positions are offsets into the file's text, so that a failure names page and line and `make outputs`
can rewrite in place.
"""

from __future__ import annotations

import ast
import codeop
import contextlib
import difflib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml
from docformulas import check_formula
from sybil import Document, Example, Region

import convref
from website.markdown.error_outputs import RAISED
from website.markdown.marks import MARK

ROOT = Path(__file__).resolve().parent.parent

# The fences of a page -------------------------------------------------------------------------

OPEN = re.compile(r"(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)")
PYTHON = re.compile(r'python(?: (?:title="[^"]*"|hl_lines="[\d ,-]+"))*')
TEXT = re.compile(r'text(?: title="[^"]*")?')
QUOTED = re.compile(r'\{ \.python \.quoted title="[^"]+" \}')
SHOWN = ("console", "toml", "yaml", "markdown", "conv-figure", "conv-explorer")
ANNOTATION = re.compile(r"[ \t]*\d+\.  +\S")
TAB = re.compile(r'[ \t]*===\+? "(?P<title>[^"]*)"')


@dataclass
class Fence:
    """One fenced block; `start:end` is the whole of it, `body_start:body_end` what it holds."""

    start: int
    end: int
    body_start: int
    body_end: int
    indent: str
    info: str
    source: str
    tab: str | None = None
    output: Fence | None = None

    @property
    def role(self) -> str:
        """python, text, quoted, one of SHOWN, or 'unknown'."""
        for role, pattern in (("python", PYTHON), ("text", TEXT), ("quoted", QUOTED)):
            if pattern.fullmatch(self.info):
                return role
        return self.info if self.info in SHOWN else "unknown"


@dataclass
class TabSet:
    """Consecutive tabs: a pair, when their titles are PyTorch and convref."""

    indent: str
    blocks: list[Fence] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    output: Fence | None = None


@dataclass
class Page:
    """What a page holds, in order."""

    text: str
    fences: list[Fence]
    tab_sets: list[TabSet]
    stray: list[Fence]  # text fences that are nobody's output

    @property
    def blocks(self) -> list[Fence]:
        return [fence for fence in self.fences if fence.role == "python"]


def front_matter(text: str) -> dict[str, Any]:
    """The YAML between the first two lines of dashes."""
    found = re.match(r"---\n(.*?)\n---\n", text, re.S)
    return (yaml.safe_load(found[1]) or {}) if found else {}


def parse(text: str) -> Page:
    """Find the fences of a page, and join outputs to blocks."""
    page = Page(text, [], [], [])
    pending: Fence | None = None  # the block that a text fence would belong to
    tabs: TabSet | None = None  # the set of tabs that is still open
    title: str | None = None
    for item in _items(text):
        if isinstance(item, Fence):
            page.fences.append(item)
            inside = tabs is not None and len(item.indent) > len(tabs.indent)
            item.tab = title if inside else None
            if item.role == "text" and pending is not None and item.indent == pending.indent:
                pending.output, pending = item, None
                continue
            if item.role == "text" and tabs is not None and item.indent == tabs.indent:
                tabs.output = item
                for block in tabs.blocks:
                    block.output = block.output or item
                tabs = pending = None
                continue
            if item.role == "text":
                page.stray.append(item)
            pending = item if item.role == "python" else None
            if inside and tabs is not None and item.role == "python":
                tabs.blocks.append(item)
            elif not inside:
                tabs = None
            continue
        indent = item[: len(item) - len(item.lstrip())]
        if tab := TAB.match(item):
            if tabs is None or tabs.indent != indent:
                tabs = TabSet(indent)
                page.tab_sets.append(tabs)
            title = tab["title"]
            tabs.titles.append(title)
            pending = None
        elif not (pending is not None and ANNOTATION.match(item)):
            pending = None
            if tabs is not None and len(indent) <= len(tabs.indent):
                tabs = None
    return page


def _items(text: str) -> Iterator[Fence | str]:
    """Fences and the other lines that are not blank, in order; front matter is passed over."""
    found = re.match(r"---\n.*?\n---\n", text, re.S)
    at = found.end() if found else 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if (opened := OPEN.fullmatch(line)) and "`" not in opened["info"]:
            indent, ticks = opened["indent"], opened["ticks"]
            close = re.compile(rf"^[ \t]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.M)
            closed = close.search(text, end)
            body_end = closed.start() if closed else len(text)
            body = text[end + 1 : body_end]
            lines = [
                row[len(indent) :] if row.startswith(indent) else row.lstrip()
                for row in body.split("\n")
            ]
            stop = closed.end() if closed else len(text)
            source = "\n".join(lines).rstrip("\n")
            yield Fence(at, stop, end + 1, body_end, indent, opened["info"], source)
            at = stop + 1
            continue
        if line.strip():
            yield line
        at = end + 1


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


# Comparing ------------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![A-Za-z0-9_])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![A-Za-z0-9_])")
SPACES = re.compile(r"[ ]+")


def unit(number: str) -> Decimal:
    """One unit of the last printed digit: 0.001 for 1.250, 1 for 3 and for 3."""
    exponent = Decimal(number).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)


def same_number(expected: str, got: str) -> bool:
    """Integers and whole floats exactly; other floats within a unit of the finer last digit.

    That digit has to be the third decimal or a later one: two libraries never differ by 0.1.
    """
    if expected == got:
        return True
    if not any(set(number) & set(".e") for number in (expected, got)):
        return False
    first, second = Decimal(expected), Decimal(got)
    if first == first.to_integral_value() and second == second.to_integral_value():
        return first == second
    step = min(unit(expected), unit(got))
    return abs(first - second) <= step and step <= Decimal("0.001")


def same_line(expected: str, got: str) -> bool:
    """The text around the numbers exactly, but for the width of NumPy's columns."""
    texts = [NUMBER.split(line) for line in (expected, got)]
    numbers = [NUMBER.findall(line) for line in (expected, got)]
    if len(numbers[0]) != len(numbers[1]):
        return False
    if expected == got:
        return True
    plain = [[SPACES.sub(" ", part).strip() for part in line] for line in texts]
    return plain[0] == plain[1] and all(map(same_number, *numbers))


def compare(expected: str, got: str) -> str | None:
    """None if what was printed is what the page shows, else the difference."""
    page, printed = expected.rstrip("\n").split("\n"), got.rstrip("\n").split("\n")
    exact = [RAISED.match(line) is not None for line in page]
    if len(page) == len(printed) and all(
        a == b if whole else same_line(a, b)
        for a, b, whole in zip(page, printed, exact, strict=True)
    ):
        return None
    return "\n".join(difflib.unified_diff(page, printed, "on the page", "printed", lineterm=""))


# Running --------------------------------------------------------------------------------------


@dataclass
class Result:
    printed: str  # what was printed, then the last of the traceback if there is one
    raised: BaseException | None
    last: str  # `ErrorType: message`, on more lines if the message has them
    trace: str


def run(source: str, path: str = "<block>", first_line: int = 1) -> Result:
    """Run a block alone, in a fresh namespace, with the page's line numbers."""
    code = compile("\n" * (first_line - 1) + source, path, "exec", dont_inherit=True)
    out = io.StringIO()
    error: BaseException | None = None
    with contextlib.redirect_stdout(out), np.printoptions():
        try:
            exec(code, {"__name__": "__main__"})
        except Exception as raised:
            error = raised
    if error is None:
        return Result(out.getvalue(), None, "", "")
    last = "".join(traceback.format_exception_only(error)).rstrip("\n")
    trace = "".join(traceback.format_exception(error))
    return Result(out.getvalue() + last, error, last, trace)


def check_block(block: Fence, path: str, text: str) -> str | None:
    """Run a block and compare it with its output fence; None if all is well."""
    result = run(block.source, path, line_of(text, block.body_start))
    if block.output is None:
        if result.raised is not None:
            return f"the block raises, and no output fence says so:\n{result.trace}"
        if result.printed:
            return f"the block prints, and no output fence follows it:\n{result.printed}"
        return None
    expected = block.output.source
    announced = RAISED.match(expected.split("\n")[-1]) is not None
    at = f"{path}, line {line_of(text, block.output.body_start)}"
    if result.raised is None and announced:
        return f"{at}: the output ends with an error, but the block raises none"
    if result.raised is not None and not f"\n{expected}".endswith(f"\n{result.last}"):
        return f"{at}: the block raises, but the output does not end with it:\n{result.trace}"
    difference = compare(expected, result.printed)
    if difference is None:
        return None
    return f"{at}: the output differs\n{difference}"


def stops_at(source: str) -> int | None:
    """The line at which Python's own prompt stops when a block is pasted; None if at none.

    The prompt reads line by line, and runs a loop or a function only after an empty line.
    """
    waiting: list[str] = []
    for number, line in enumerate([*source.split("\n"), ""], start=1):
        waiting.append(line)
        try:
            complete = codeop.compile_command("\n".join(waiting))
        except SyntaxError:
            return number
        if complete:
            waiting = []
    return number if waiting else None


def recorded(path: str) -> Any:
    """What a long run has left in a JSON file of this repository."""
    return json.loads((ROOT / path).read_text("utf-8"))


def in_section(text: str, section: str, role: str, number: int) -> Fence:
    """The first block or figure of a section, or a later one."""
    start = text.index(f"{{#{section}}}")
    end = text.find("{#", start + 1) % (len(text) + 1)
    return [f for f in parse(text).fences if start < f.start < end and f.role == role][number]


def ran(text: str, section: str, number: int = 0) -> SimpleNamespace:
    """The variables of a block, when it has run."""
    return variables(in_section(text, section, "python", number).source)


@cache
def variables(source: str) -> SimpleNamespace:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        exec(source, namespace)
    return SimpleNamespace(**namespace)


def drawn(text: str, role: str, section: str, number: int = 0) -> SimpleNamespace:
    """The parameters of a figure or an explorer."""
    return SimpleNamespace(**yaml.safe_load(in_section(text, section, role, number).source))


def names(text: str) -> dict[str, Any]:
    """What an expression in a number's mark can use: convref, NumPy, the page's own names."""
    namespace: dict[str, Any] = {name: getattr(convref, name) for name in convref.__all__}
    namespace |= {"convref": convref, "np": np, "recorded": recorded}
    namespace |= {"ran": partial(ran, text), "figure": partial(drawn, text, "conv-figure")}
    namespace["explorer"] = partial(drawn, text, "conv-explorer")
    for name, expression in (front_matter(text).get("names") or {}).items():
        namespace[name] = eval(str(expression), namespace)
    return namespace


def written(value: object, like: str) -> str:
    """A marked number as it has to be written, with as many decimals as `like` has; or a text."""
    if isinstance(value, str | tuple):
        return f"`{value}`"
    decimals = len(like.partition(".")[2])
    if isinstance(value, bool | np.bool_) or not np.isscalar(value):
        raise TypeError(f"a mark must give one number, or a text, not {value!r}")
    if isinstance(value, int | np.integer):
        return str(int(value))
    return f"{float(value):.{decimals}f}" if decimals else repr(float(value))  # type: ignore[arg-type]


def check_mark(shown: str, expression: str, namespace: dict[str, Any]) -> str | None:
    """Evaluate a number's or a formula's mark and compare."""
    if shown.startswith("$"):
        return check_formula(shown, expression, namespace)
    plain = shown.replace("−", "-").lstrip("+")
    ast.parse(expression, mode="eval")
    due = written(eval(expression, dict(namespace)), plain)
    return None if due == plain else f"the page shows {shown}, but {expression} is {due}"


def marks(text: str) -> Iterator[re.Match[str]]:
    """The marked numbers outside fences."""
    spans = [(fence.start, fence.end) for fence in parse(text).fences]
    for found in MARK.finditer(text):
        if not any(start <= found.start() < end for start, end in spans):
            yield found


# `console` fences: commands of ours have to work, others are shown.
OTHERS = ("git", "cd", "sudo", "pip")


def check_console(source: str) -> str | None:
    """Our own commands are run, in an empty folder; a make target is tried dry."""
    for line in source.split("\n"):
        words = line.removeprefix("$ ").split()
        if not line.startswith("$ ") or not words:
            return f"a console line starts with '$ ': {line!r}"
        if words[0] == "make":
            # Not the make that is running now: its flags would silence this one.
            clean = {"PATH": os.environ["PATH"]}
            dry = subprocess.run(
                ["make", "--dry-run", *words[1:]],
                cwd=ROOT,
                env=clean,
                capture_output=True,
                text=True,
            )
            if dry.returncode:
                return f"{line}: {dry.stderr.strip()}"
        elif words[0] == "convref":
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [sys.executable, "-m", *shlex.split(line.removeprefix("$ "))],
                    cwd=folder,
                    env=os.environ | {"PYTHONPATH": str(ROOT)},
                    capture_output=True,
                    text=True,
                )
            if done.returncode:
                return f"{line}: {done.stderr.strip()}"
        elif words[0] not in OTHERS:
            return f"{line}: neither run nor on the list of commands that are only shown"
    return None


# Sybil ----------------------------------------------------------------------------------------


def parse_page(document: Document) -> Iterator[Region]:
    """Sybil's parser for Markdown pages: every block, marked number and console fence."""
    text = document.text
    page = parse(text)
    for fence in page.fences:
        if fence.role == "python":
            yield Region(fence.start, fence.end, fence, _evaluate_block)
        elif fence.role == "console":
            yield Region(fence.start, fence.end, fence, _evaluate_console)
    for found in marks(text):
        yield Region(found.start(), found.end(), found, _evaluate_mark)


def _evaluate_block(example: Example) -> str | None:
    return check_block(example.parsed, example.path, example.document.text)


def _evaluate_console(example: Example) -> str | None:
    return check_console(example.parsed.source)


def _evaluate_mark(example: Example) -> str | None:
    if "__names__" not in example.namespace:
        example.namespace["__names__"] = names(example.document.text)
    found = example.parsed
    return check_mark(found["shown"], found["expression"], example.namespace["__names__"])
