"""The guards of the pages, each seen to fail: spoil a page, or the project, and read the report.

Every test names the page and line that the report must name, and what differs.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.test_docs_inventory import escaped
from verify import ROOT
from verify.pages.marks import check_mark, marks, names
from verify.pages.numerals import check_numerals
from verify.pages.run import check_block
from website.source import line_of, parse

PARTS = ("benchmarks", "convref", "docs", "tests", "theme", "verify", "website")
FILES = (
    *("conftest.py", "pyproject.toml", "mkdocs.yml", "mkdocs.en.yml", "Makefile"),
    *("README.md", "README.zh-CN.md", "CONTRIBUTING.md"),
)
PAGE = "docs/zh/learn/padding-modes.md"
MARKED = "docs/zh/learn/convolution.md"
CHANGED = "docs/en/learn/groups.md"
MISSING = "docs/en/learn/dilation.md"


def first_output(text: str, pattern: str) -> tuple[int, int]:
    """Where a pattern first stands in an output of the page."""
    for block in parse(text).blocks:
        if block.output and (found := re.search(pattern, block.output.source)):
            at = text.index(found[0], block.output.body_start)
            return at, at + len(found[0])
    raise AssertionError(f"no output of {PAGE} shows {pattern}")


@dataclass
class Spoiled:
    text: str
    line: int
    report: str  # a pattern that the report must contain, beside the page and line


def change(text: str, start: int, end: int, new: str, report: str) -> Spoiled:
    assert text[start:end] != new
    return Spoiled(text[:start] + new + text[end:], line_of(text, start), report)


def other_digit(digit: str) -> str:
    return "7" if digit != "7" else "8"


def digit_in_an_output(text: str) -> Spoiled:
    start, end = first_output(text, r"\d")
    return change(text, start, end, other_digit(text[start]), "the output differs")


def marked_number(text: str) -> Spoiled:
    mark = next(mark for mark in marks(text) if mark["shown"].isdigit())
    start, end = mark.span("shown")
    new = str(int(mark["shown"]) + 1)
    return change(text, start, end, new, f"the page shows {new}, but .* is {mark['shown']}")


def numeral_in_prose(text: str) -> Spoiled:
    title = re.search(r"^# .*\n", text, re.M)
    assert title
    end = title.end()
    spoiled = change(text, end, end, "\n86753\n", "the numeral 86753 is checked by nothing")
    return Spoiled(spoiled.text, spoiled.line + 1, spoiled.report)


def fence(new: str) -> Callable[[str], Spoiled]:
    def spoil(text: str) -> Spoiled:
        block = next(b for b in parse(text).blocks if not b.indent)
        start = block.start + len("```")
        return change(text, start, start + len("python"), new, "rendered, but not tested")

    return spoil


def indented_code(text: str) -> Spoiled:
    spoiled = change(text, len(text), len(text), "\n    print(1)\n", "rendered, but not tested")
    return Spoiled(spoiled.text, spoiled.line + 1, spoiled.report)


def missing_output(text: str) -> Spoiled:
    block = next(b for b in parse(text).blocks if not b.indent and b.output)
    assert block.output
    report = "the block prints, and no output fence follows"
    spoiled = change(text, block.output.start, block.output.end, "", report)
    return Spoiled(spoiled.text, line_of(text, block.start), spoiled.report)


CORRUPTIONS = {
    "a digit in an output": (PAGE, digit_in_an_output),
    "a marked number": (MARKED, marked_number),
    "a numeral in prose": (PAGE, numeral_in_prose),
    "py": (PAGE, fence("py")),
    "a space before python": (PAGE, fence(" python")),
    "pycon": (PAGE, fence("pycon")),
    "indented code": (PAGE, indented_code),
    "a missing output": (PAGE, missing_output),
}


def problems(page: str, text: str) -> list[str]:
    """What the rules for one page say of a text in its place."""
    namespace = names(text)
    of_marks = [
        f"{page}:{line_of(text, mark.start())}: {problem}"
        for mark in marks(text)
        if (problem := check_mark(mark["shown"], mark["expression"], namespace))
    ]
    of_blocks = [
        f"{page}:{line_of(text, block.start)}: {problem}"
        for block in parse(text).blocks
        if (problem := check_block(block, page, text))
    ]
    return of_blocks + of_marks + check_numerals(page, text) + escaped(text, ROOT / page)


@pytest.mark.parametrize("page", [PAGE, MARKED])
def test_the_page_itself_is_green(page: Any) -> None:
    assert not problems(page, (ROOT / page).read_text("utf-8"))


@pytest.mark.parametrize(("page", "spoil"), CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_a_spoiled_page_turns_red(page: Any, spoil: Any) -> None:
    spoiled = spoil((ROOT / page).read_text("utf-8"))
    found = "\n".join(problems(page, spoiled.text))
    at = rf"{re.escape(page)}(?::|, line ){spoiled.line}\b"
    assert re.search(at, found), f"no report at line {spoiled.line}:\n{found}"
    assert re.search(spoiled.report, found), found


# Through pytest, as `make check` runs it: that each rule is asked, and what it says is shown.


def run_tests(root: Path, *which: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which]
    clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        command,
        cwd=root,
        env=clean | {"PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_a_run_over_spoiled_pages_turns_red(tmp_path: Path) -> None:
    for name in PARTS + FILES:
        source = ROOT / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "browser")
            shutil.copytree(source, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(source, tmp_path / name)
    spoiled = {}
    for page, spoil in ((PAGE, digit_in_an_output), (MARKED, marked_number)):
        spoiled[page] = spoil((ROOT / page).read_text("utf-8"))
    spoiled[PAGE] = numeral_in_prose(spoiled[PAGE].text)
    spoiled[PAGE] = indented_code(spoiled[PAGE].text)
    for page, after in spoiled.items():
        (tmp_path / page).write_text(after.text, "utf-8")
    # A block that has changed in one language, and a page that is missing in it.
    text = (tmp_path / CHANGED).read_text("utf-8")
    block = next(block for block in parse(text).blocks if "import" in block.source)
    at = text.index("import", block.body_start)
    (tmp_path / CHANGED).write_text(text[:at] + "import  " + text[at + len("import ") :], "utf-8")
    (tmp_path / MISSING).unlink()
    # What the package computes, and what both languages show of it.
    modes = tmp_path / "convref/modes.py"
    text, right = modes.read_text("utf-8"), "size - 1 - abs(size - 1 - abs(at))"
    assert right in text
    modes.write_text(text.replace(right, right + " + (at < 0)"), "utf-8")
    (tmp_path / "tests/test_skip.py").write_text("import pytest\ndef test(): pytest.skip()\n")
    rules = ("tests/test_docs_rules.py", "tests/test_docs_inventory.py", "tests/test_skip.py")
    names = " or ".join({Path(page).stem for page in (PAGE, MARKED, CHANGED, MISSING)})
    done = run_tests(tmp_path, PAGE, MARKED, *rules, "-k", f"{names} or test_skip")
    assert done.returncode == 1, done.stdout + done.stderr
    for report in (
        rf"{PAGE}, line \d+: the output differs",
        rf"{CHANGED}:{line_of(text_of(CHANGED), block.start)}: blocks and figures differ",
        rf"{MISSING}:1: this page is missing",
        rf"{MARKED}.*\n(?:.*\n)*?.*{spoiled[MARKED].report}",
        "the numeral 86753 is checked by nothing",
        "rendered, but not tested",
        "skipped, which counts as failed: tests/test_skip.py::test",
    ):
        assert re.search(report, done.stdout), f"{report}:\n{done.stdout}"


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")
