"""No page is a dead end, two others lead to it, and links lead to sections that are there."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import Any

import pytest

from verify.pages.notebooks import as_page
from verify.pages.rules import DOCS, LINK, headings, prose

WAYS = 2
# The last address of every page: the notice, the map and the top lead there.
HOME = "index.md"


def links() -> dict[str, set[str]]:
    """Page -> the other pages to which its text leads; both languages have the same links."""
    found: dict[str, set[str]] = {}
    for path in sorted(DOCS["zh"].rglob("*")):
        if path.suffix not in (".md", ".ipynb"):
            continue
        name = path.relative_to(DOCS["zh"]).as_posix()
        text = as_page(path)
        targets = {
            posixpath.normpath(posixpath.join(posixpath.dirname(name), target["target"]))
            for target in LINK.finditer(text)
            if "://" not in target["target"]
        }
        found[name] = {target.partition("#")[0] for target in targets} - {name, ""}
    return found


def test_links_are_found() -> None:
    assert len(links()) > 40 and prose("[a](b.md)").startswith("[a]")


def test_every_page_has_two_ways_in() -> None:
    ways: dict[str, set[str]] = defaultdict(set)
    for name, targets in links().items():
        for target in targets:
            ways[target].add(name)
    few = {name: sorted(ways[name]) for name in links() if len(ways[name]) < WAYS and name != HOME}
    assert not few, f"pages with fewer than {WAYS} ways in: {few}"


def test_every_page_leads_on() -> None:
    ends = [name for name, targets in links().items() if not targets - {"reference/glossary.md"}]
    assert not ends, f"pages that lead nowhere: {ends}"


# What has an id without being a heading: a table's row, an entry of the API page.
OTHER_IDS = re.compile(r"\{:? ?#([\w-]+)|^::: ([\w.]+)", re.M)


def ids(language: str) -> dict[str, set[str]]:
    """Page -> the sections to which a link may lead."""
    found = {}
    for path in DOCS[language].rglob("*.md"):
        text = path.read_text("utf-8")
        others = {each for pair in OTHER_IDS.findall(text) for each in pair if each}
        name = path.relative_to(DOCS[language]).as_posix()
        found[name] = {heading["id"] for heading in headings(text)} | others
    return found


@pytest.mark.parametrize("language", DOCS)
def test_links_lead_to_sections_that_are_there(language: Any) -> None:
    """The builder says so, too, but minutes later."""
    known, lost = ids(language), []
    for name in known:
        text = (DOCS[language] / name).read_text("utf-8")
        for link in LINK.finditer(text):
            page, sign, section = link["target"].partition("#")
            if "://" in page or not sign or page.endswith(".ipynb"):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), page or name))
            target = target if page else name
            if section not in known.get(target, set()):
                lost.append(f"{name}: {link['target']}")
    assert not lost, "\n".join(lost)
