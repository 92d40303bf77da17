"""A notebook page offers its notebook, whole, with links that work from anywhere."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page

from tests.browser.served import ROOT, Served, SitePage, text_pages

NOTEBOOKS = [page for page in text_pages() if page.name.startswith("notebooks/")]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=str)
def test_download(page: SitePage, site: Served, fresh_page: Page) -> None:
    fresh_page.goto(site.url(page))
    with fresh_page.expect_download() as download:
        fresh_page.locator("main article a[download]").click()
    name = page.name.rstrip("/") + ".ipynb"
    assert download.value.suggested_filename == name.rpartition("/")[2]
    ours = json.loads((ROOT / "docs" / page.language / name).read_text("utf-8"))
    theirs = json.loads(download.value.path().read_text("utf-8"))
    links = re.compile(r"\]\([^)]*\)")
    for mine, given in zip(ours["cells"], theirs["cells"], strict=True):
        for cell in (mine, given):
            cell["source"] = [links.sub("]", line) for line in cell["source"]]
        assert given == mine
    targets = links.findall(download.value.path().read_text("utf-8"))
    assert targets and all(target.startswith("](http") for target in targets)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2
