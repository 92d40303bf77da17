"""Notebooks become pages like any other: mkdocs-jupyter runs them, and a template writes Markdown.

So a notebook gets the site's headings, code, figures, links and weight.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
from nbconvert.exporters import TemplateExporter

from website import addresses
from website.markdown.figures import NAMES
from website.markdown.page import PageError
from website.settings import ROOT

TEMPLATE = Path(__file__).with_name("notebook.md.j2")
KEPT = ROOT / ".cache/notebooks"
KERNEL = "python3"
DRAWING = re.compile(
    r'<div class="conv-figure-drawing"><svg(?P<attributes>[^>]*)>(?:<style>.*?</style>)?', re.S
)
LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s:#]+\.(?:md|ipynb))")
NOTES = {
    "zh": (
        "这一页是笔记本",
        "代码从上到下依次运行，后面的要用到前面的变量，所以单独复制一段可能运行不了。"
        "网站每次生成时，全部代码都会重新运行。",
        "下载笔记本",
    ),
    "en": (
        "This page is a notebook",
        "Its cells run from top to bottom and share their variables, so one copied by itself may "
        "not run. All of it is run again whenever the site is built.",
        "Download the notebook",
    ),
}


def as_markdown(notebook: Any, config: Any = None) -> str:
    """The Markdown of a notebook, with the outputs that it holds or gets."""
    exporter = TemplateExporter(
        config=config, template_file=TEMPLATE.name, extra_template_paths=[str(TEMPLATE.parent)]
    )
    markdown, _ = exporter.from_notebook_node(notebook)
    return str(markdown)


def executed(path: Path) -> str:
    """The same after mkdocs-jupyter has run all cells; one that raises is an error."""
    # Seconds to load, for what is seldom needed.
    from mkdocs_jupyter.convert import get_nbconvert_app
    from nbclient.exceptions import CellExecutionError

    # For arrays as small as these, threads cost more than they save.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app = get_nbconvert_app(execute=True, kernel_name=KERNEL, allow_errors=False)
    # The kernel would warn of unencrypted TCP on this machine, at every build.
    app.config["ExecutePreprocessor"]["extra_arguments"] = ["--IPKernelApp.log_level=ERROR"]
    try:
        return as_markdown(nbformat.read(path, as_version=4), app.config)
    except CellExecutionError as error:
        raise PageError(f"{path.relative_to(ROOT)}: {error}") from error


def fingerprint(path: Path) -> str:
    """Changes with all that decides how a notebook comes out."""
    digest = hashlib.sha256()
    for each in [path, Path(__file__), TEMPLATE, *sorted((ROOT / "convref").rglob("*.py"))]:
        digest.update(each.read_bytes())
    digest.update("".join(map(version, ("torch", "numpy", "mkdocs-jupyter"))).encode())
    return digest.hexdigest()[:16]


def page(path: Path, language: str) -> str:
    """The text of the page that a notebook becomes; run again only if something has changed."""
    kept = KEPT / language / f"{path.stem}-{fingerprint(path)}.md"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f"{path.stem}-*.md"):
            old.unlink()
        kept.write_text(executed(path), "utf-8")
    return finished(kept.read_text("utf-8"), path, language)


def finished(markdown: str, path: Path, language: str) -> str:
    """What the site adds to an executed notebook."""
    # Named for the template, whose link to edit a page would lead to this text.
    name = path.relative_to(ROOT / "docs" / language).as_posix()
    markdown = markdown.rstrip().replace("---\n", f"---\nnotebook: {name}\n", 1) + "\n"
    if hidden := re.search(r"<!-- not shown: .*?-->", markdown, re.S):
        raise PageError(f"{name}: a cell neither prints nor draws: {hidden[0]}")
    return with_note(numbered(markdown, language), path.name, language)


def numbered(markdown: str, language: str) -> str:
    """Drawings as figures have them, their styles being the site's: the paragraph that follows is
    the caption."""
    numbers = count(1)

    def one(match: re.Match[str]) -> str:
        n = next(numbers)
        return (
            f'<div class="conv-figure-drawing" id="drawing-{n}" data-search-exclude>'
            f'<svg aria-label="{NAMES[language]} {n}" aria-describedby="figure-{n}"'
            f"{match['attributes']}>"
        )

    return DRAWING.sub(one, markdown)


def with_note(markdown: str, name: str, language: str) -> str:
    """What kind of page this is, and the notebook to download, before the first cell of code."""
    title, text, link = NOTES[language]
    note = f'!!! info "{title}"\n\n    {text}\n\n    <a href="{name}" download>{link}</a>\n\n'
    return markdown.replace("\n```python", f"\n{note}```python", 1)


def portable(path: Path, source: Path, site_url: str) -> str:
    """A notebook below `source` whose links to pages of the site are whole addresses."""
    notebook = json.loads(path.read_text("utf-8"))
    folder = path.relative_to(source).parent.as_posix()

    def address(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match["path"]))
        if not (source / target).is_file():
            raise PageError(f"{path.relative_to(source)}: there is no page {match['path']}")
        return urljoin(site_url, addresses.of_page(target))

    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [LINK.sub(address, line) for line in cell["source"]]
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
