"""Notebooks keep the rules of pages, and the checks of their cells can fail."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.test_docs_inventory import escaped
from verify import ROOT
from verify.pages.notebooks import as_page as page
from verify.pages.notebooks import check_cell, read, refreshed, starts, stored, written
from verify.pages.numerals import check_numerals
from verify.pages.rules import (
    DOCS,
    check_headings,
    check_pasting,
    check_terms,
    compare_structure,
    pages,
)
from website.before.notebooks import as_markdown, executed, finished, portable
from website.markdown.page import PageError
from website.source import front_matter, parse

NAMES = sorted(name for name in pages("zh") if name.endswith(".ipynb"))
NOTEBOOKS = [DOCS[language] / name for language in DOCS for name in NAMES]


def each_notebook(test: Any) -> Any:
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: str(p.relative_to(ROOT)))(test)


def code(path: Path) -> list[str]:
    cells = read(path.read_text("utf-8")).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert NAMES and sorted(name for name in pages("en") if name.endswith(".ipynb")) == NAMES


@each_notebook
def test_stored_form(path: Any) -> None:
    """As `make outputs` writes it, as if run from top to bottom, with nothing of one machine."""
    text = path.read_text("utf-8")
    notebook = read(text)
    nbformat.validate(notebook)
    assert text == written(notebook)
    assert len(starts(text)) == len(notebook.cells)
    assert set(notebook.metadata) == {"convref", "kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [cell for cell in notebook.cells if cell.metadata] == []


@each_notebook
def test_rules_of_pages(path: Any) -> None:
    name, text = str(path.relative_to(ROOT)), page(path)
    language = path.relative_to(ROOT / "docs").parts[0]
    problems = check_numerals(name, text) + check_headings(name, text)
    problems += check_terms(name, text, language) + escaped(text, path) + check_pasting(name, text)
    assert not problems, "\n".join(problems)
    data = front_matter(text)
    assert set(data) <= {"description", "names"}
    assert data["description"].strip()
    assert [block.source for block in parse(text).blocks] == code(path)


@each_notebook
def test_headings_begin_cells_and_drawings_have_captions(path: Any) -> None:
    """A cell's id is its heading's, and the paragraph after a drawing is its caption."""
    cells = read(path.read_text("utf-8")).cells
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            assert "\n#" not in cell.source, f"{cell.id}: a second heading"
        elif stored(cell).drawing is not None:
            assert following is not None and following.cell_type == "markdown", cell.id
            assert not following.source.startswith("#"), f"{following.id}: a caption is wanted"


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_are_in_step(name: Any) -> None:
    paths = [DOCS[language] / name for language in ("zh", "en")]
    problems = compare_structure(name, *map(page, paths))
    assert not problems, "\n".join(problems)
    assert code(paths[0]) == code(paths[1])


def test_download_has_whole_addresses() -> None:
    text = portable(DOCS["en"] / NAMES[0], DOCS["en"], "https://example.org/en/")
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert links and all(link.startswith("https://") for link in links)
    assert "https://example.org/en/reference/glossary/#kernel" in links
    nbformat.validate(json.loads(text))


# The checks can fail --------------------------------------------------------------------------


def cell(source: str, *outputs: dict[str, object]) -> Any:
    made = nbformat.v4.new_code_cell(source)
    made.outputs = [nbformat.from_dict(output) for output in outputs]
    return made


def printed(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


RESULT = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}


def drawn(svg: str) -> dict[str, object]:
    return RESULT | {"data": {"image/svg+xml": svg}}


DRAW = "class Drawing:\n    def _repr_svg_(self):\n        return '<svg/>'\nDrawing()"

GOOD = [
    cell("print(1 + 1)", printed("2\n")),
    cell("print(0.12345)", printed("0.12346\n")),
    cell("a = 1"),
    cell("print(1)\nprint(2)", printed("1\n"), printed("2\n")),
    cell(DRAW, drawn("<svg/>")),
]
BAD = [
    (cell("print(1 + 1)", printed("3\n")), "the output differs"),
    (cell("print(1 + 1)"), "the output differs"),
    (cell("a = 1", printed("1\n")), "the output differs"),
    (cell("1 / 0"), "ZeroDivisionError"),
    (cell("print(1)\n1 / 0", printed("1\n")), "ZeroDivisionError"),
    (cell("1 + 1"), "_repr_svg_"),  # neither printed nor drawn
    (cell(DRAW), "the drawing differs"),
    (cell(DRAW, drawn("<svg></svg>")), "the drawing differs"),
    (cell("a = 1", drawn("<svg/>")), "the drawing differs"),
]


@pytest.mark.parametrize("cell", GOOD, ids=lambda cell: cell.source[:20])
def test_cell_that_agrees(cell: Any) -> None:
    assert check_cell(cell, "cell", {}) is None


@pytest.mark.parametrize(("cell", "reason"), BAD, ids=range(len(BAD)))
def test_cell_that_differs(cell: Any, reason: Any) -> None:
    told = check_cell(cell, "cell", {})
    assert told is not None and reason in told


def test_cells_share_their_names() -> None:
    namespace: dict[str, object] = {}
    assert check_cell(cell("a = 2"), "cell", namespace) is None
    assert check_cell(cell("print(a)", printed("2\n")), "cell", namespace) is None


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stderr", "text": "careful"},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
        RESULT | {"data": {"text/plain": "2"}},
    ],
    ids=lambda output: output["output_type"],
)
def test_other_outputs_are_refused(output: Any) -> None:
    with pytest.raises(ValueError, match="prints or draws"):
        stored(cell("1", output))
    notebook = nbformat.v4.new_notebook(metadata={"convref": {}}, cells=[cell("1", output)])
    assert "<!-- not shown" in as_markdown(notebook), "the build stops at this"


def test_the_build_stops_at_other_outputs() -> None:
    path = ROOT / "docs/en/notebooks/a.ipynb"
    with pytest.raises(PageError, match=r"notebooks/a\.ipynb.*careful"):
        finished("# A\n\n<!-- not shown: careful -->\n", path, "en")


def test_the_build_stops_at_a_cell_that_raises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The cells run, and their outputs are those of this run."""
    monkeypatch.setattr("website.before.notebooks.ROOT", tmp_path)
    path = tmp_path / "a.ipynb"
    for source, told in [("print(6 * 7)", "```text\n42\n```"), ("1 / 0", None)]:
        notebook = nbformat.v4.new_notebook(metadata={"convref": {}}, cells=[cell(source)])
        nbformat.write(notebook, path)
        if told:
            assert told in executed(path)
        else:
            with pytest.raises(PageError, match=r"a\.ipynb: (?s:.*)ZeroDivisionError"):
                executed(path)


def test_a_download_leads_to_pages_that_are_there(tmp_path: Path) -> None:
    text = nbformat.v4.new_markdown_cell("[A](../learn/nowhere.md)")
    nbformat.write(nbformat.v4.new_notebook(cells=[text]), tmp_path / "a.ipynb")
    with pytest.raises(PageError, match=r"there is no page \.\./learn/nowhere\.md"):
        portable(tmp_path / "a.ipynb", tmp_path, "https://example.org/")


def test_refreshing_repairs_every_output() -> None:
    text = NOTEBOOKS[0].read_text("utf-8")
    spoiled = read(text)
    for each in spoiled.cells:
        if each.cell_type == "code":
            each.outputs, each.execution_count = [], None
    assert refreshed(written(spoiled), "notebook") == text
