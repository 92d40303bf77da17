"""On paper, titles stay with what they announce, and the cheat sheet is one sheet."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.served import Served, SitePage, site_directory, text_pages

# A title, and the element that follows it, of which it must not be parted.
FOLLOWED = re.compile(
    r"</(?P<title>h[1-4])>\s*(?:<div class=\"part\">\s*)?"
    r"<(?P<next>\w+)(?: class=\"(?P<kind>[\w-]+))?"
)
# What must not be the last line of a sheet.
TITLES = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4)"),
  ...document.querySelectorAll(".tabbed-labels > label")].map((e) =>
    [...e.childNodes].filter((n) => !n.classList?.contains("headerlink"))
      .map((n) => n.textContent).join("").trim())"""


def printed(page: Page) -> PdfReader:
    margin: Any = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
    return PdfReader(io.BytesIO(page.pdf(format="A4", margin=margin)))


def kinds(page: SitePage) -> set[tuple[str, ...]]:
    """What follows the titles of a page, each kind of title with each kind of element."""
    html = (site_directory() / page.path / "index.html").read_text("utf-8")
    return {tuple(map(str, match.groups())) for match in FOLLOWED.finditer(html)}


def chosen() -> list[SitePage]:
    """Few pages that together have all kinds: printing one takes seconds."""
    of = {page: kinds(page) for page in text_pages() if page.language == "en"}
    left, pages = set().union(*of.values()), []
    while left:
        pages.append(max(of, key=lambda page: len(of[page] & left)))
        left -= of[pages[-1]]
    return pages


def test_the_chosen_pages_have_every_kind_of_title() -> None:
    assert {title for page in chosen() for title, *_ in kinds(page)} >= {"h1", "h2", "h3"}
    assert any(kind[1] == "div" for page in chosen() for kind in kinds(page))


@pytest.mark.parametrize("page", chosen(), ids=str)
def test_titles_stay_with_what_follows(page: SitePage, site: Served, fresh_page: Page) -> None:
    fresh_page.goto(site.url(page))
    titles = set(fresh_page.evaluate(TITLES)) - {""}
    sheets = printed(fresh_page).pages
    texts = [sheet.extract_text() for sheet in sheets]
    last = [(text.strip().splitlines() or [""])[-1].strip() for text in texts]
    parted = [f"sheet {number}: {line}" for number, line in enumerate(last, 1) if line in titles]
    assert not parted, f"{page}: {parted}"
    text = " ".join(" ".join(texts).split())
    tabs = fresh_page.locator(".tabbed-set").count()
    assert text.count("PyTorch") >= tabs, f"{page}: tabs without their titles"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_cheat_sheet_is_one_sheet(language: str, site: Served, fresh_page: Page) -> None:
    fresh_page.goto(site.url(SitePage("reference/cheat-sheet/", language)))
    (sheet,) = printed(fresh_page).pages
    sizes: list[float] = []

    def see(text: str, now: list[float], _: object, __: object, size: float) -> None:
        sizes.append(size * now[0])

    text = sheet.extract_text(visitor_text=see)
    assert "in_channels" in text and "convert_weight" in text
    # The title as large as print.css has it: what is too wide for its sheet is printed smaller.
    assert max(sizes) == pytest.approx(13, abs=0.1)
