"""Pages as tests: what Sybil finds on one, and how it is evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from sybil import Document, Example, Region

from verify.pages import elsewhere
from verify.pages.console import check_console
from verify.pages.marks import check_mark, marks, names
from verify.pages.run import check_block
from website.source import parse


def parse_page(document: Document) -> Iterator[Region]:
    """Sybil's parser for Markdown pages: every block, marked number and console fence.

    Blocks that need a framework are not among them: tests/frameworks and tests/compare run those.
    """
    text = document.text
    page = parse(text)
    for fence in page.fences:
        if fence.role == "python" and elsewhere.folder(fence.source) is None:
            yield Region(fence.start, fence.end, fence, _evaluate_block)
        elif fence.role == "console":
            yield Region(fence.start, fence.end, fence, _evaluate_console)
    for found in marks(text):
        yield Region(found.start(), found.end(), found, _evaluate_mark)


def _evaluate_block(example: Example) -> str | None:
    return check_block(example.parsed, example.path, example.document.text)


def _evaluate_console(example: Example) -> str | None:
    return check_console(example.parsed.source)


def _evaluate_mark(example: Example) -> str | None:
    if "__names__" not in example.namespace:
        example.namespace["__names__"] = names(example.document.text)
    found = example.parsed
    return check_mark(found["shown"], found["expression"], example.namespace["__names__"])
