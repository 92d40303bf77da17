"""The guards of the pages, each seen to fail: spoil a copy of the project, and read the report.

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

import pytest
from docblocks import ROOT, line_of, marks, parse

PARTS = ("benchmarks", "convref", "docs", "tests", "theme", "website")
FILES = ("conftest.py", "pyproject.toml", "mkdocs.yml", "mkdocs.en.yml", "Makefile")
FILES += ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")
PAGE = "docs/zh/learn/padding-modes.md"
MARKED = "docs/zh/learn/convolution.md"
ENGLISH = "docs/en/learn/padding-modes.md"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project, without what is built."""
    for name in PARTS + FILES:
        source = ROOT / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "browser")
            shutil.copytree(source, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run_tests(root: Path, *which: str) -> subprocess.CompletedProcess[str]:
    """pytest as `make check` runs it, on the copy's own package."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which]
    clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        command,
        cwd=root,
        env=clean | {"PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


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


@pytest.mark.parametrize(("page", "spoil"), CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_a_spoiled_page_turns_red(copy, page, spoil):
    spoiled = spoil((copy / page).read_text("utf-8"))
    (copy / page).write_text(spoiled.text, "utf-8")
    rules = ("tests/test_docs_rules.py", "tests/test_docs_inventory.py", "-k", Path(page).stem)
    done = run_tests(copy, page, *rules)
    assert done.returncode == 1, done.stdout + done.stderr
    at = rf"{re.escape(page)}(?::|, line ){spoiled.line}\b"
    assert re.search(at, done.stdout), f"no report at line {spoiled.line}:\n{done.stdout}"
    assert re.search(spoiled.report, done.stdout), done.stdout


def test_a_block_changed_in_one_language_turns_red(copy):
    text = (copy / ENGLISH).read_text("utf-8")
    block = next(block for block in parse(text).blocks if "import" in block.source)
    at = text.index("import", block.body_start)
    (copy / ENGLISH).write_text(text[:at] + "import  " + text[at + len("import ") :], "utf-8")
    done = run_tests(copy, "tests/test_docs_rules.py", "-k", Path(PAGE).stem)
    assert done.returncode == 1
    line = line_of(text, block.start)
    assert re.search(rf"{ENGLISH}:{line}: blocks and figures differ", done.stdout), done.stdout


def test_a_missing_translation_turns_red(copy):
    (copy / ENGLISH).unlink()
    done = run_tests(copy, "tests/test_docs_rules.py", "-k", Path(PAGE).stem)
    assert done.returncode == 1
    assert f"{ENGLISH}:1: this page is missing" in done.stdout


def test_a_broken_mode_in_the_package_turns_its_page_red(copy):
    geometry = copy / "convref/geometry.py"
    text = geometry.read_text("utf-8")
    right = "return last - abs(last - abs(position))"
    assert right in text
    geometry.write_text(text.replace(right, right + " + (position < 0)"), "utf-8")
    done = run_tests(copy, PAGE)
    assert done.returncode == 1
    assert re.search(rf"{PAGE}, line \d+: the output differs", done.stdout), done.stdout


def test_the_copy_itself_is_green(copy):
    done = run_tests(copy, PAGE, ENGLISH, "tests/test_docs_rules.py", "-k", Path(PAGE).stem)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_skipped_test_turns_the_run_red(copy):
    (copy / "tests/test_skip.py").write_text("import pytest\ndef test(): pytest.skip()\n", "utf-8")
    done = run_tests(copy, "tests/test_skip.py")
    assert done.returncode == 1
    assert "skipped, which counts as failed: tests/test_skip.py::test" in done.stdout
