"""The site's own search: its index, made smaller and with messages, and its worker.

Sources in `search/`; Material's field, list and keys stay, for the worker speaks their protocol.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

from hooks import hashed
from tools import node

WORKERS = "assets/javascripts/workers/"
LICENCES = "search-licences.txt"
SOURCES = Path(__file__).resolve().parent.parent / "search"
# A row of a table that leads from messages to sections: code, then links.
ROW = re.compile(
    r"<tr>\s*<td[^>]*>(?P<codes>\s*<code>.*?)</td>\s*<td[^>]*>(?P<cure>.*?)</td>", re.S
)
CODE = re.compile(r"<code>(.*?)</code>", re.S)
LINK = re.compile(r'<a [^>]*href="([^"]+)"')
GLOSSARY = "reference/glossary.md"
HEADING = re.compile(r"^###\s+(?P<title>.+?)\s*\{#(?P<id>[\w-]+)\}\s*$", re.M)

rows: list[tuple[str, list[str]]] = []


def on_pre_build(config: MkDocsConfig) -> None:
    rows.clear()


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:
    """Collect the rows that lead from a message to a section."""
    for row in ROW.finditer(content):
        messages = [
            html.unescape(re.sub(r"<[^>]*>", "", code)) for code in CODE.findall(row["codes"])
        ]
        targets = [urljoin(page.url, link) for link in LINK.findall(row["cure"])]
        rows.extend(
            (message, targets) for message in messages if message.count(" ") > 1 and targets
        )
    return content


def titles(glossary: Path) -> dict[str, str]:
    return {match["id"]: match["title"] for match in HEADING.finditer(glossary.read_text("utf-8"))}


def synonyms(docs: Path) -> dict[str, list[str]]:
    """Address of a section -> the words for what it is about, in both languages."""
    text = (docs / "zh" / GLOSSARY).read_text("utf-8")
    given = yaml.safe_load(text.split("---\n", 2)[1]).get("synonyms", {})
    words: dict[str, list[str]] = {}
    for language in ("zh", "en"):
        for name, title in titles(docs / language / GLOSSARY).items():
            # 卷积核（kernel）: the form in Chinese; the one in English comes from its own page.
            words.setdefault(f"reference/glossary/#{name}", []).append(title.partition("（")[0])
    for name, more in given.items():
        page, _, anchor = name.rpartition("#")
        place = f"{page or 'reference/glossary'}/#{anchor}"
        words[place] = list(dict.fromkeys([*words.get(place, []), *map(str, more)]))
    return words


@event_priority(-50)  # after the theme's files are all there
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The worker takes the place of Material's, and of what that needed."""
    try:
        script = node.bundle(SOURCES / "worker.js", "iife", f"/*! Licences: {LICENCES} */")
        licences = node.licences()
    except node.NodeError as error:
        raise PluginError(f"the search: {error}") from error
    theirs = [
        file for file in files if file.src_uri.startswith((WORKERS, "assets/javascripts/lunr/"))
    ]
    [replaced] = [
        file.src_uri
        for file in theirs
        if file.src_uri.endswith(".min.js") and file.src_uri.startswith(WORKERS)
    ]
    for file in theirs:
        files.remove(file)
    worker = hashed.named(config, f"{WORKERS}search.#.min.js", script)
    files.append(worker)
    files.append(File.generated(config, WORKERS + LICENCES, content=licences))
    config.extra["search_worker"] = {"theirs": replaced, "ours": worker.src_uri}
    return files


@event_priority(-50)  # after the search plugin has written its index
def on_post_build(config: MkDocsConfig) -> None:
    index = Path(config.site_dir) / "search/search_index.json"
    found = json.loads(index.read_text("utf-8"))
    docs = Path(config.config_file_path).parent / "docs"
    given = found | {"rows": rows, "synonyms": synonyms(docs)}
    try:
        index.write_text(node.run(SOURCES / "build.js", given=json.dumps(given)), "utf-8")
    except node.NodeError as error:
        raise PluginError(f"the search: {error}") from error
