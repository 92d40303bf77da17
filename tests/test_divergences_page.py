"""The page on differences shows every row of the table, under its kind, with the row's calls."""

import ast
from typing import Any

import pytest

from convref.divergences import DIVERGENCES
from verify.pages.rules import DOCS, headings
from website.source import parse


def text(language: str) -> str:
    return (DOCS[language] / "reference/divergences.md").read_text("utf-8")


@pytest.mark.parametrize("language", DOCS)
def test_every_row_has_its_section_under_its_kind(language: Any) -> None:
    kind, shown = "", []
    for heading in headings(text(language)):
        if heading["level"] == "##":
            kind = heading["id"].replace("-", " ")
        elif heading["level"] == "###":
            shown.append((kind, heading["id"]))
    assert sorted(shown) == sorted((row.kind, row.name) for row in DIVERGENCES)


@pytest.mark.parametrize("language", DOCS)
@pytest.mark.parametrize("row", DIVERGENCES, ids=lambda row: row.name)
def test_a_section_makes_the_calls_of_its_row(row: Any, language: Any) -> None:
    page = text(language)
    starts = [heading.start() for heading in headings(page)] + [len(page)]
    (at,) = [heading.start() for heading in headings(page) if heading["id"] == row.name]
    end = min(start for start in starts if start > at)
    blocks = {f.tab: f.source for f in parse(page).blocks if at < f.start < end}
    assert set(blocks) == {"PyTorch", "convref"}
    for tab, call in (("PyTorch", row.pytorch), ("convref", row.ours)):
        assert ast.dump(ast.parse(call, mode="eval").body) in ast.dump(ast.parse(blocks[tab]))
