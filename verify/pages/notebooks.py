"""How a notebook's cells are found, run and compared: in order, in one namespace, as Jupyter does.

A cell prints, or ends in one drawing; those outputs are stored in the notebook, and compared.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from sybil import Document, Example, Region

from verify.pages.compare import compare
from verify.pages.marks import check_mark, marks, names
from website.before.notebooks import as_markdown
from website.source import line_of

CELL = re.compile(r'^   "cell_type": "', re.M)
SVG = "image/svg+xml"


DRAWING = re.compile(r'^<div class="conv-figure-drawing">.*</div>$', re.M)


@dataclass
class Outputs:
    """What a cell shows: lines that it printed, and a drawing."""

    printed: str = ""
    drawing: str | None = None


def read(text: str) -> Any:
    return nbformat.reads(text, as_version=4)


def as_page(path: Path) -> str:
    """The text of a page; of a notebook, the page that the site makes of it, without drawings."""
    text = path.read_text("utf-8")
    return text if path.suffix == ".md" else DRAWING.sub("", as_markdown(read(text)))


def written(notebook: Any) -> str:
    """The one form in which a notebook is stored, so that a difference is a change."""
    return f"{nbformat.writes(notebook)}\n"


def starts(text: str) -> list[int]:
    """Where each cell begins in the stored text."""
    return [match.start() for match in CELL.finditer(text)]


def stored(cell: Any) -> Outputs:
    """The outputs in the file; any other kind of output is refused."""
    outputs = Outputs()
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            outputs.printed += output.text
        elif output.output_type == "execute_result" and set(output.data) == {SVG}:
            outputs.drawing = output.data[SVG]
        else:
            raise ValueError(f"a cell prints or draws, and this is neither: {output}")
    return outputs


def run(source: str, path: str, namespace: dict[str, Any]) -> Outputs:
    """Run a cell; the value of its last expression is shown, as in Jupyter."""
    tree = ast.parse(source, path)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out, value = io.StringIO(), None
    with contextlib.redirect_stdout(out):
        exec(compile(tree, path, "exec", dont_inherit=True), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), path, "eval"), namespace)
    drawing = None if value is None else value._repr_svg_()
    return Outputs(out.getvalue(), drawing)


def check_cell(cell: Any, path: str, namespace: dict[str, Any]) -> str | None:
    """Run a code cell and compare with what is stored; None if all is well."""
    try:
        got = run(cell.source, path, namespace)
    except Exception:
        return f"{path}: the cell raises:\n{traceback.format_exc()}"
    expected = stored(cell)
    if difference := compare(expected.printed, got.printed):
        return f"{path}: the output differs\n{difference}"
    if expected.drawing != got.drawing:
        return f"{path}: the drawing differs"
    return None


def refreshed(text: str, path: str) -> str:
    """The notebook with every output as the code gives it now; one that agrees is left alone."""
    notebook, namespace = read(text), {"__name__": "__main__"}
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        got, old = run(cell.source, path, namespace), stored(cell)
        if compare(old.printed, got.printed) is None:
            got.printed = old.printed
        cell.execution_count = count
        cell.outputs = []
        if got.printed:
            stream = nbformat.v4.new_output("stream", name="stdout", text=got.printed)
            cell.outputs.append(stream)
        if got.drawing is not None:
            result = nbformat.v4.new_output(
                "execute_result", data={SVG: got.drawing}, execution_count=count
            )
            cell.outputs.append(result)
    return written(notebook)


def refresh(path: Path, shown: str) -> bool:
    """Rewrite a notebook's outputs in place: `make outputs`."""
    text = path.read_text("utf-8")
    new = refreshed(text, shown)
    path.write_text(new, "utf-8")
    return new != text


# Sybil ----------------------------------------------------------------------------------------


def parse_notebook(document: Document) -> Iterator[Region]:
    """Sybil's parser for notebooks: every code cell, and the marked numbers of every other cell."""
    text = document.text
    begin = [*starts(text), len(text)]
    for cell, (start, end) in zip(read(text).cells, pairwise(begin), strict=True):
        if cell.cell_type == "code":
            yield Region(start, end, cell, _evaluate_code)
        elif any(marks(cell.source)):
            yield Region(start, end, cell, _evaluate_marks)


def _evaluate_code(example: Example) -> str | None:
    path = f"{example.path}, line {line_of(example.document.text, example.start)}"
    return check_cell(example.parsed, path, example.namespace)


def _evaluate_marks(example: Example) -> str | None:
    namespace = names(as_markdown(read(example.document.text)))
    problems = [
        check_mark(found["shown"], found["expression"], namespace)
        for found in marks(example.parsed.source)
    ]
    return "\n".join(filter(None, problems)) or None
