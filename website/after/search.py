"""The index of the site's own search: the builder's sections, made smaller and with messages.

Sources in `search/`; bundles.py makes the worker that reads it.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import yaml

from website import node
from website.settings import CONFIGS, ROOT

# A row of a table that leads from messages to sections: code, then links.
ROW = re.compile(
    r"<tr>\s*<td[^>]*>(?P<codes>\s*<code>.*?)</td>\s*<td[^>]*>(?P<cure>.*?)</td>", re.S
)
CODE = re.compile(r"<code>(.*?)</code>", re.S)
LINK = re.compile(r'<a [^>]*href="([^"]+)"')
GLOSSARY = "reference/glossary.md"
HEADING = re.compile(r"^###\s+(?P<title>.+?)\s*\{#(?P<id>[\w-]+)\}\s*$", re.M)


def rows(page: str, url: str) -> list[tuple[str, list[str]]]:
    """The rows of a page that lead from a message to sections."""
    found = []
    for row in ROW.finditer(page):
        messages = [
            html.unescape(re.sub(r"<[^>]*>", "", code)) for code in CODE.findall(row["codes"])
        ]
        targets = [urljoin(url, link) for link in LINK.findall(row["cure"])]
        found += [(message, targets) for message in messages if message.count(" ") > 1 and targets]
    return found


def titles(glossary: Path) -> dict[str, str]:
    return {match["id"]: match["title"] for match in HEADING.finditer(glossary.read_text("utf-8"))}


def address(name: str) -> str:
    """learn/bias#count -> learn/bias/#count; a page as a whole ends with its slash."""
    page, sign, section = name.partition("#")
    return f"{page.removesuffix('index').rstrip('/')}/{sign}{section}"


def synonyms(docs: Path) -> dict[str, list[str]]:
    """Address of a section -> the words for what it is about, in both languages."""
    text = (docs / "zh" / GLOSSARY).read_text("utf-8")
    given = yaml.safe_load(text.split("---\n", 2)[1]).get("synonyms", {})
    words: dict[str, list[str]] = {}
    for language in CONFIGS:
        for name, title in titles(docs / language / GLOSSARY).items():
            # 卷积核（kernel）: the form in Chinese; the one in English comes from its own page.
            words.setdefault(f"reference/glossary/#{name}", []).append(title.partition("（")[0])
    for name, more in given.items():
        place = address(name) if "/" in name else f"reference/glossary/#{name}"
        words[place] = list(dict.fromkeys([*words.get(place, []), *map(str, more)]))
    return words


def index(site: Path) -> None:
    """Rewrite the builder's index."""
    path = site / "search/search_index.json"
    found = json.loads(path.read_text("utf-8"))
    urls = [each["location"] for each in found["docs"] if "#" not in each["location"]]
    pages = [(site / url / "index.html").read_text("utf-8") for url in urls]
    given = found | {
        "rows": [row for page, url in zip(pages, urls, strict=True) for row in rows(page, url)],
        "synonyms": synonyms(ROOT / "docs"),
    }
    path.write_text(node.run(ROOT / "search/build.js", given=json.dumps(given)), "utf-8")
