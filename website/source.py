"""The one parser of a page's source, for the build and the tests: fences, tabs and outputs.

Positions are offsets into the text, so that a failure names page and line, and `make outputs` can
rewrite in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

OPEN = re.compile(r"(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)")
PYTHON = re.compile(r'python(?: (?:title="[^"]*"|hl_lines="[\d ,-]+"))*')
TEXT = re.compile(r'text(?: title="[^"]*")?')
QUOTED = re.compile(r'\{ \.python \.quoted title="[^"]+" \}')
SHOWN = (
    *("console", "toml", "yaml", "markdown", "c", "verilog"),
    *("conv-figure", "conv-explorer", "conv-open", "conv-message", "conv-messages"),
)
# The line with which Python ends when something is raised: `ErrorType: message`.
RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)(?:: .*)?$")
ANNOTATION = re.compile(r"[ \t]*\d+\.  +\S")
TAB = re.compile(r'[ \t]*===\+? "(?P<title>[^"]*)"')


@dataclass
class Fence:
    """One fenced block; `start:end` is the whole of it, `body_start:body_end` what it holds."""

    start: int
    end: int
    body_start: int
    body_end: int
    indent: str
    info: str
    source: str
    tab: str | None = None
    output: Fence | None = None

    @property
    def role(self) -> str:
        """python, text, quoted, one of SHOWN, or 'unknown'."""
        for role, pattern in (("python", PYTHON), ("text", TEXT), ("quoted", QUOTED)):
            if pattern.fullmatch(self.info):
                return role
        return self.info if self.info in SHOWN else "unknown"


@dataclass
class TabSet:
    """Consecutive tabs: a pair, when their titles are PyTorch and convref."""

    indent: str
    blocks: list[Fence] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    output: Fence | None = None


@dataclass
class Page:
    """What a page holds, in order."""

    text: str
    fences: list[Fence]
    tab_sets: list[TabSet]
    stray: list[Fence]  # text fences that are nobody's output

    @property
    def blocks(self) -> list[Fence]:
        return [fence for fence in self.fences if fence.role == "python"]


def front_matter(text: str) -> dict[str, Any]:
    """The YAML between the first two lines of dashes."""
    found = re.match(r"---\n(.*?)\n---\n", text, re.S)
    return (yaml.safe_load(found[1]) or {}) if found else {}


def parse(text: str) -> Page:
    """Find the fences of a page, and join outputs to blocks."""
    page = Page(text, [], [], [])
    pending: Fence | None = None  # the block that a text fence would belong to
    tabs: TabSet | None = None  # the set of tabs that is still open
    title: str | None = None
    for item in _items(text):
        if isinstance(item, Fence):
            page.fences.append(item)
            inside = tabs is not None and len(item.indent) > len(tabs.indent)
            item.tab = title if inside else None
            if item.role == "text" and pending is not None and item.indent == pending.indent:
                pending.output, pending = item, None
                continue
            if item.role == "text" and tabs is not None and item.indent == tabs.indent:
                tabs.output = item
                for block in tabs.blocks:
                    block.output = block.output or item
                tabs = pending = None
                continue
            if item.role == "text":
                page.stray.append(item)
            pending = item if item.role == "python" else None
            if inside and tabs is not None and item.role == "python":
                tabs.blocks.append(item)
            elif not inside:
                tabs = None
            continue
        indent = item[: len(item) - len(item.lstrip())]
        if tab := TAB.match(item):
            if tabs is None or tabs.indent != indent:
                tabs = TabSet(indent)
                page.tab_sets.append(tabs)
            title = tab["title"]
            tabs.titles.append(title)
            pending = None
        elif not (pending is not None and ANNOTATION.match(item)):
            pending = None
            if tabs is not None and len(indent) <= len(tabs.indent):
                tabs = None
    return page


def _items(text: str) -> Iterator[Fence | str]:
    """Fences and the other lines that are not blank, in order; front matter is passed over."""
    found = re.match(r"---\n.*?\n---\n", text, re.S)
    at = found.end() if found else 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if (opened := OPEN.fullmatch(line)) and "`" not in opened["info"]:
            indent, ticks = opened["indent"], opened["ticks"]
            close = re.compile(rf"^[ \t]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.M)
            closed = close.search(text, end)
            body_end = closed.start() if closed else len(text)
            body = text[end + 1 : body_end]
            lines = [
                row[len(indent) :] if row.startswith(indent) else row.lstrip()
                for row in body.split("\n")
            ]
            stop = closed.end() if closed else len(text)
            source = "\n".join(lines).rstrip("\n")
            yield Fence(at, stop, end + 1, body_end, indent, opened["info"], source)
            at = stop + 1
            continue
        if line.strip():
            yield line
        at = end + 1


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
