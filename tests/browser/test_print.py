"""On paper, a heading and the title of a tab stay with what they announce."""

from __future__ import annotations

import io
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.served import Served, SitePage, text_pages

PAGES = [page for page in text_pages() if page.language == "en"]
# What must not be the last line of a sheet.
TITLES = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4)"),
  ...document.querySelectorAll(".tabbed-labels > label")].map((e) =>
    [...e.childNodes].filter((n) => !n.classList?.contains("headerlink"))
      .map((n) => n.textContent).join("").trim())"""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_titles_stay_with_what_follows(page: SitePage, site: Served, fresh_page: Page) -> None:
    fresh_page.goto(site.url(page))
    titles = set(fresh_page.evaluate(TITLES)) - {""}
    margin: Any = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
    sheets = PdfReader(io.BytesIO(fresh_page.pdf(format="A4", margin=margin))).pages
    texts = [sheet.extract_text() for sheet in sheets]
    last = [(text.strip().splitlines() or [""])[-1].strip() for text in texts]
    parted = [f"sheet {number}: {line}" for number, line in enumerate(last, 1) if line in titles]
    assert not parted, f"{page}: {parted}"
    text = " ".join(" ".join(texts).split())
    tabs = fresh_page.locator(".tabbed-set").count()
    assert text.count("PyTorch") >= tabs, f"{page}: tabs without their titles"
