"""The table of the most common errors: each row leads to a section that shows its message."""

import posixpath
import re
from typing import Any

import pytest

from verify.pages.rules import DOCS, LINK, headings

PAGE = "errors/index.md"
ROWS = re.compile(r"^\| (`.+`) \| (.+) \|$", re.M)


def section(language: str, target: str) -> str:
    """A section with its subsections, code and outputs included."""
    name, _, identifier = target.partition("#")
    text = (DOCS[language] / posixpath.normpath(f"errors/{name}")).read_text("utf-8")
    found = list(headings(text))
    here = next(heading for heading in found if heading["id"] == identifier)
    end = next(
        (
            other.start()
            for other in found
            if other.start() > here.start() and len(other["level"]) <= len(here["level"])
        ),
        len(text),
    )
    return text[here.start() : end]


def message(words: str) -> re.Pattern[str]:
    """A message of the table as it may stand in an output: … for anything on its line."""
    return re.compile(".*".join(map(re.escape, words.split("…"))))


@pytest.mark.parametrize("language", DOCS)
def test_each_message_stands_where_its_row_leads(language: Any) -> None:
    table = (DOCS[language] / PAGE).read_text("utf-8").partition("{#common}")[2]
    rows = ROWS.findall(table)
    assert len(rows) >= 25
    for messages, causes in rows:
        sections = [section(language, link["target"]) for link in LINK.finditer(causes)]
        for words in re.findall(r"`([^`]+)`", messages):
            assert any(message(words).search(text) for text in sections), words


def test_both_languages_have_the_same_rows() -> None:
    texts = [(DOCS[language] / PAGE).read_text("utf-8") for language in DOCS]
    zh, en = ([re.findall(r"`([^`]+)`", row) for row, _ in ROWS.findall(text)] for text in texts)
    assert zh == en
