"""What an extension can know of the page that it works on: language, name, lines, figures.

A builder hands over a text and nothing else. So the stage before it puts a line at the head of each
page, with the name of the file and the number of the line that follows, and here it comes off.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from website.source import parse

NAME = "convref_page"
FIRST = re.compile(r"<!-- (?P<path>.+), line (?P<line>\d+) -->")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)


class PageError(ValueError):
    """What is wrong on a page; the message names the page."""


def signed(text: str, path: str) -> str:
    """The text of a page with the line that says where it comes from."""
    front = FRONT_MATTER.match(text)
    at = front.end() if front else 0
    line = text.count("\n", 0, at) + 1
    return f"{text[:at]}<!-- {path}, line {line} -->\n{text[at:]}"


class Page(Preprocessor):
    """The page of one conversion; each begins anew."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language
        self.begin([])

    @staticmethod
    def of(md: Markdown) -> Page:
        page = md.preprocessors[NAME]
        assert isinstance(page, Page)
        return page

    def run(self, lines: list[str]) -> list[str]:
        """Called before all others."""
        found = FIRST.fullmatch(lines[0])
        if found is None:
            self.begin(lines)
            return lines
        self.begin(lines[1:], found["path"], int(found["line"]))
        return lines[1:]

    def begin(self, lines: list[str], path: str = "", first: int = 1) -> None:
        self.lines, self.path, self.first = lines, path, first
        self.figures: list[str] = []  # the bodies of their fences

    @property
    def up(self) -> str:
        """From the page's address to the home page of its language."""
        below = PurePosixPath(self.path).with_suffix("").parts[2:]  # docs, the language, the page
        return "../" * (len(below) - (below[-1:] == ("index",)))

    def at_fence(self, language: str, body: str) -> str:
        """Page and line on which the fence with this body begins."""
        text = "\n".join(self.lines)
        fences = (each for each in parse(text).fences if each.info.startswith(language))
        start = next((each.start for each in fences if each.source == body.rstrip("\n")), 0)
        return self.at(text.count("\n", 0, start))

    def at_text(self, text: str) -> str:
        """Page and line of what stands in a paragraph."""
        start = text.strip().split("\n")[0]
        return self.at(next((at for at, line in enumerate(self.lines) if start in line), 0))

    def at(self, index: int) -> str:
        return f"{self.path}:{self.first + index}"
