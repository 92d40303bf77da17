"""Every page keeps the rules of prose and structure, in both languages."""

from pathlib import Path

import pytest
from docblocks import ROOT, front_matter, parse
from docrules import (
    DOCS,
    check_headings,
    check_numerals,
    check_pairs,
    check_parity,
    check_terms,
    pages,
)

NAMES = sorted({*pages("zh"), *pages("en")})
PAGES = [path for x in DOCS for path in pages(x).values() if path.suffix == ".md"]


def each_page(test):
    return pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))(test)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_pages():
    assert len(PAGES) == 2 * sum(name.endswith(".md") for name in NAMES) >= 12


@pytest.mark.parametrize("page", NAMES)
def test_both_languages_are_in_step(page):
    problems = check_parity(page)
    assert not problems, "\n".join(problems)


@each_page
def test_every_numeral_is_checked(path):
    problems = check_numerals(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@each_page
def test_headings_have_ids(path):
    problems = check_headings(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@each_page
def test_first_use_of_a_term_links_to_the_glossary(path):
    if path.name == "glossary.md":
        return  # the entries themselves
    language = path.relative_to(ROOT / "docs").parts[0]
    problems = check_terms(name(path), path.read_text("utf-8"), language)
    assert not problems, "\n".join(problems)


@each_page
def test_pairs_run_both(path):
    problems = check_pairs(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@each_page
def test_front_matter(path):
    text = path.read_text("utf-8")
    data = front_matter(text)
    assert set(data) <= {"description", "examples", "names", "forms", "hide"}
    assert data["description"].strip()
    assert data["examples"] == len(parse(text).blocks), "examples: is the number of blocks"
