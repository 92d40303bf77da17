"""Notebooks become pages like any other: mkdocs-jupyter runs them, MkDocs renders them.

mkdocs-jupyter executes a notebook and writes it by a template. Ours (hooks/notebook/) writes the
Markdown of a page, so a notebook gets the site's headings, code, figures, links and weight.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import shutil
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs_jupyter.config import settings
from nbconvert.exporters import TemplateExporter

TEMPLATES = Path(__file__).parent / "notebook"
PLUGIN = "mkdocs-jupyter"
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
FIGURE = {"zh": "图", "en": "Figure"}


def as_markdown(notebook: Any) -> str:
    """The Markdown of a notebook, with the outputs that it holds."""
    exporter = TemplateExporter(
        template_file="mkdocs_html/notebook.html.j2", extra_template_paths=[str(TEMPLATES)]
    )
    markdown, _ = exporter.from_notebook_node(notebook)
    return str(markdown)


def fingerprint(root: Path) -> str:
    """Changes with all that decides how a notebook comes out, beside the notebook itself."""
    digest = hashlib.sha256()
    for path in sorted([*(root / "convref").rglob("*.py"), *TEMPLATES.rglob("*.j2")]):
        digest.update(path.read_bytes())
    digest.update("".join(map(version, ("torch", "numpy"))).encode())
    return digest.hexdigest()[:16]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    settings.templates_dir = str(TEMPLATES)
    root = Path(config.config_file_path).parent
    # One folder per language: mkdocs-jupyter throws out of its cache what this build did not use.
    cache = root / ".cache/notebooks" / config.theme["language"]
    folder = cache / fingerprint(root)
    if cache.exists():
        for old in set(cache.iterdir()) - {folder}:
            shutil.rmtree(old)
    config.plugins[PLUGIN].config["cache_dir"] = str(folder)
    return config


def on_page_read_source(page: Any, config: MkDocsConfig) -> str | None:
    if not page.file.src_uri.endswith(".ipynb"):
        return None
    page.render(config, None)  # mkdocs-jupyter's own: it executes the notebook
    del page.render  # from here on MkDocs' own
    # mkdocs-jupyter appends a stylesheet of half a megabyte.
    markdown = page.content[: page.content.rindex("<style>")].rstrip() + "\n"
    page.content, page.toc = None, []
    if hidden := re.search(r"<!-- not shown: .*?-->", markdown, re.S):
        raise PluginError(f"{page.file.src_uri}: a cell neither prints nor draws: {hidden[0]}")
    return with_note(numbered(markdown, config), page, config)


def numbered(markdown: str, config: MkDocsConfig) -> str:
    """Drawings as the hook for figures knows them, their styles being the site's: the paragraph
    that follows is the caption."""
    name, numbers = FIGURE[config.theme["language"]], count(1)

    def one(match: re.Match[str]) -> str:
        n = next(numbers)
        return (
            f'<div class="conv-figure-drawing" id="drawing-{n}" data-search-exclude>'
            f'<svg aria-label="{name} {n}" aria-describedby="figure-{n}"{match["attributes"]}>'
        )

    return DRAWING.sub(one, markdown)


def with_note(markdown: str, page: Any, config: MkDocsConfig) -> str:
    """What kind of page this is, and the notebook to download, before the first cell of code."""
    title, text, link = NOTES[config.theme["language"]]
    name = posixpath.basename(page.file.src_uri)
    note = f'!!! info "{title}"\n\n    {text}\n\n    <a href="{name}" download>{link}</a>\n\n'
    return markdown.replace("\n```python", f"\n{note}```python", 1)


def on_env(env: Any, config: MkDocsConfig, files: Any) -> None:
    """Each notebook beside its page, with links that work wherever it is opened."""
    for file in files.documentation_pages():
        if not file.src_uri.endswith(".ipynb"):
            continue
        target = Path(file.abs_dest_path).parent / posixpath.basename(file.src_uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Path(file.abs_src_path).read_text("utf-8")
        target.write_text(portable(text, file.src_uri, config.site_url, files), "utf-8")


def portable(text: str, src_uri: str, site_url: str, files: Any) -> str:
    """A notebook whose links to pages of the site are whole addresses."""
    notebook = json.loads(text)

    def address(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(src_uri), match["path"]))
        return urljoin(site_url, files.get_file_from_path(path).url)

    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [LINK.sub(address, line) for line in cell["source"]]
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
