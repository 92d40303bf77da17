"""No page is a dead end: from at least two others a sentence leads to it, and from it to others."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from verify.pages.notebooks import as_page
from verify.pages.rules import DOCS, LINK, prose

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
