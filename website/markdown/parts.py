"""A page of thousands of elements is cut at its headings: browsers style and lay out a part when
it comes near the window, and not all of them before the page can be used.

Headings stay outside, so that their places are known without what stands between them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from markdown.postprocessors import Postprocessor

HEAVY = 4_000  # elements; a page of fewer is there at once
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADING = re.compile(r"h[1-6]")
HEAD = re.compile(r"(?P<heading><h(?P<level>[1-6]).*?</h(?P=level)>)(?P<rest>.*)", re.S)

# Empty, it would end a part in place of the block whose distance to the next heading counts.
CHILDLESS = re.compile(r'<div class="doc doc-children">\s*</div>')


class Elements(HTMLParser):
    """Counts the elements, and finds where headings begin that stand in no other element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.count = self.depth = 0
        self.cuts: list[int] = []
        self.lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count += 1
        if self.depth == 0 and HEADING.fullmatch(tag):
            line, column = self.getpos()
            self.cuts.append(self.lines[line - 1] + column)
        self.depth += tag not in VOID

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.count += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in VOID


def part(section: str) -> str:
    """A heading, and what follows it as a part of its own."""
    found = HEAD.fullmatch(section)
    assert found, section[:200]
    if not found["rest"].strip():
        return section
    return f'{found["heading"]}\n<div class="part">{found["rest"]}</div>\n'


def parted(content: str) -> str:
    content = CHILDLESS.sub("", content)
    elements = Elements(content)
    if elements.count < HEAVY:
        return content
    cuts = [*elements.cuts, len(content)]
    return content[: cuts[0]] + "".join(part(content[a:b]) for a, b in pairwise(cuts))


class Parts(Postprocessor):
    def run(self, text: str) -> str:
        return parted(text)
