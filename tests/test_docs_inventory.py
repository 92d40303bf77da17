"""Nothing escapes: what Markdown renders is what the tests run, and the other way round."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pymdownx.highlight
import pytest
from sybil import Document
from sybil.document import PythonDocStringDocument
from sybil.parsers.rest import DocTestParser

from verify import ROOT
from verify.pages import elsewhere
from verify.pages.examples import parse_page
from verify.pages.rules import DOCS, pages
from website.markdown.page import signed
from website.settings import converter
from website.source import Fence, line_of, parse

# Blocks that are shown and not run, in each language: only what cannot be run here.
QUOTED = 9

PAGES = [
    *(path for x in DOCS for path in pages(x).values() if path.suffix == ".md"),
    *sorted(ROOT.glob("README*.md")),
    ROOT / "CONTRIBUTING.md",
]
FOLDERS = sorted(set(elsewhere.FOLDERS.values()))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
MODULES = sorted((ROOT / "convref").rglob("*.py"))


def rendered(text: str, path: Path) -> tuple[list[tuple[str, str]], str]:
    """The blocks that the site's Markdown shows, as (language, source), and the HTML."""
    seen: list[tuple[str, str]] = []
    highlight = pymdownx.highlight.Highlight.highlight

    def spy(self: Any, source: Any, language: Any, *arguments: Any, **options: Any) -> Any:
        if not options.get("inline"):
            seen.append(((language or "").lower(), source))
        return highlight(self, source, language, *arguments, **options)

    pymdownx.highlight.Highlight.highlight = spy
    try:
        return seen, converter("zh").convert(signed(text, str(path)))
    finally:
        pymdownx.highlight.Highlight.highlight = highlight


def same(source: str) -> str:
    """A source as Markdown shows it, without tabs and trailing spaces."""
    return "\n".join(line.rstrip().expandtabs(4) for line in source.strip("\n").split("\n"))


def escaped(text: str, path: Path) -> list[str]:
    """What is rendered and not parsed, parsed and not rendered, or of no known kind."""
    # Blank lines in place of the front matter, which MkDocs takes off: lines keep their numbers.
    body = re.sub(r"\A---\n.*?\n---\n", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    page = parse(body)
    seen, html = rendered(body, path)
    known = [f for f in page.fences if f.role != "unknown"]
    parsed = Counter(
        ("python" if f.role == "quoted" else f.role, same(f.source))
        for f in known
        if not f.role.startswith("conv-")
    )
    shown = Counter((language, same(source)) for language, source in seen)
    problems = [
        f"{place(body, source, known)}: rendered, but not tested: {language!r} {source!r}"
        for language, source in shown - parsed
    ]
    problems += [
        f"{place(body, source, [])}: tested, but not rendered: {role!r} {source!r}"
        for role, source in parsed - shown
    ]
    problems += [
        f"{line_of(body, f.start)}: the fence {f.info!r} is of no known kind"
        for f in page.fences
        if f.role == "unknown"
    ]
    problems += [f"{line_of(body, f.start)}: this text is nobody's output" for f in page.stray]
    blocks = len(re.findall(r"<pre\b", html))
    if blocks != len(seen):
        problems.append(f"1: {blocks} <pre> elements, but {len(seen)} highlighted blocks")
    figures = len(re.findall(r'<figure\b[^>]*class="conv-figure', html))
    if figures != sum(f.role == "conv-figure" for f in page.fences):
        problems.append(f"1: {figures} figures are rendered")
    explorers = len(re.findall(r"<conv-explorer ", html))
    if explorers != sum(f.role == "conv-explorer" for f in page.fences):
        problems.append(f"1: {explorers} explorers are rendered")
    told = len(re.findall(r'<div class="conv-message"', html))
    if told != sum(f.role == "conv-message" for f in page.fences):
        problems.append(f"1: {told} messages are rendered")
    openings = len(re.findall(r'<p class="conv-open"', html))
    if openings != sum(f.role == "conv-open" for f in page.fences):
        problems.append(f"1: {openings} links to the explorer are rendered")
    return [f"{path.relative_to(ROOT)}:{problem}" for problem in problems]


def place(text: str, source: str, known: list[Fence]) -> int:
    """The line on which a block begins that stands outside the known fences."""
    lines = [line.strip(" \t>") for line in text.split("\n")]
    wanted = [line.strip(" \t>") for line in source.split("\n")]
    taken = {
        line for f in known for line in range(line_of(text, f.start), line_of(text, f.end) + 1)
    }
    for at in range(len(lines)):
        if lines[at : at + len(wanted)] == wanted and at + 1 not in taken:
            return at if lines[at - 1][:3] in ("```", "~~~") else at + 1
    return 1


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_rendered_block_is_tested(path: Any) -> None:
    problems = escaped(path.read_text("utf-8"), path)
    assert not problems, "\n".join(problems)


def test_every_file_with_examples_is_run(runs: Any) -> None:
    files = [*PAGES, *MODULES]
    assert [path for path in files if not runs(path)] == []


def test_every_block_is_run_by_one_test() -> None:
    """By its page's own, or by that of a folder whose environment has what it imports."""
    there = Counter((b.path, b.fence.start) for x in FOLDERS for b in elsewhere.blocks(x))
    here: Counter[tuple[str, int]] = Counter()
    blocks: set[tuple[str, int]] = set()
    for path in PAGES:
        name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
        document = Document(text, str(path))
        blocks |= {(name, fence.start) for fence in parse(text).blocks}
        here.update((name, region.start) for region in parse_page(document))
    runs = here + there
    assert {block: runs[block] for block in blocks if runs[block] != 1} == {}
    assert set(there) <= blocks


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_runs_the_blocks_of_pages(folder: str) -> None:
    """And `make` runs the folder, where what is missing is no skip."""
    test = (ROOT / f"tests/{folder}/test_pages.py").read_text("utf-8")
    assert f'elsewhere.blocks("{folder}")' in test and "skip" not in test
    assert re.search(rf"^{folder}:.*\n\t.* pytest .*tests/{folder}$", MAKEFILE, re.M)


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("import numpy\nimport keras", "frameworks"),
        ("if True:\n    from jax.nn import initializers", "frameworks"),
        ("import onnxruntime as ort", "frameworks"),
        ("from mindspore import nn", "compare"),
        ("import torch, paddle.nn.functional as F", "compare"),
        ("import convref\nprint('import jax')", None),
        ("from convref import jax", None),
        ("import", None),
    ],
)
def test_a_block_runs_where_its_imports_are(source: str, folder: str | None) -> None:
    assert elsewhere.folder(source) == folder


def test_no_block_needs_two_environments() -> None:
    with pytest.raises(ValueError, match="no environment has all"):
        elsewhere.folder("import jax\nimport paddle")


def test_an_output_without_its_framework_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "```python\nimport {}\nprint(1)\n```\n\n```text\n2\n```\n"
    monkeypatch.setitem(elsewhere.FOLDERS, "no_such_framework", "compare")
    page = text.format("no_such_framework")
    assert elsewhere.rewritten("page.md", page) == page
    assert capsys.readouterr().out == "page.md:1: left as it is, without no_such_framework\n"
    monkeypatch.setitem(elsewhere.FOLDERS, "json", "compare")
    page = text.format("json")
    assert elsewhere.rewritten("page.md", page) == page.replace("2", "1")
    block = elsewhere.Block("page.md", page, parse(page).blocks[0])
    assert "the output differs" in (block.problem or "")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_prompt_in_a_module_is_run(path: Any) -> None:
    prompts = re.findall(r"^ *>>> ", path.read_text("utf-8"), re.M)
    examples = PythonDocStringDocument.parse(str(path), DocTestParser()).examples()
    assert len(list(examples)) == len(prompts)


def test_other_languages_show_what_is_run() -> None:
    run = {"c": "conv2d.c", "verilog": "conv2d.v"}
    shown = [fence for path in PAGES for fence in parse(path.read_text("utf-8")).fences]
    shown = [fence for fence in shown if fence.info in run]
    assert {fence.info for fence in shown} == set(run)
    for fence in shown:
        assert fence.source in (ROOT / "tests/compare" / run[fence.info]).read_text("utf-8")


def test_quoted_blocks_are_counted() -> None:
    for language in DOCS:
        texts = [p.read_text("utf-8") for p in pages(language).values() if p.suffix == ".md"]
        quoted = sum(fence.role == "quoted" for text in texts for fence in parse(text).fences)
        assert quoted == QUOTED
