"""The box on the page of errors, used by a reader; what it finds, test_message_box.py tries."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Served, SitePage
from tests.browser.test_sweep import COLOURS, accessibility

LANGUAGES = ["zh", "en"]
BOX = "#conv-messages"
PASTED = """Traceback (most recent call last):
  File "/home/me/train.py", line 31, in <module>
    out = net(images)
RuntimeError: Given groups=1, weight of size [17, 3, 5, 5], expected input[9, 416, 311, 3]
 to have 3 channels, but got 416 channels instead
"""
OWN = "ValueError: groups must be at least 1, received -7: give 1 or more."


def opened(site: Served, page: Page, language: str) -> None:
    page.goto(site.url(SitePage("errors/", language)), wait_until="networkidle")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pasted_traceback_is_explained_in_its_numbers(
    site: Served, fresh_page: Page, language: str, width: int
) -> None:
    fresh_page.set_viewport_size({"width": width, "height": 900})
    asked: list[str] = []
    opened(site, fresh_page, language)
    fresh_page.on("request", lambda request: asked.append(request.url))
    fresh_page.locator(BOX).focus()
    fresh_page.keyboard.insert_text(PASTED)
    found = fresh_page.locator(".conv-messages .found article").first
    for number in ("416", "3", "17, 3, 5, 5", "9, 416, 311, 3"):
        expect(found).to_contain_text(number)
    # What is looked up comes from the site, and nothing of what was pasted goes anywhere.
    assert [url.rpartition("/")[2] for url in asked] == ["messages.json"], asked
    assert accessibility(fresh_page, COLOURS) == []
    found.locator("h3 a").click()
    fresh_page.wait_for_url(re.compile(r"errors/channels/#given-groups$"))
    told = fresh_page.locator(".conv-message", has_text="311")
    expect(told.first).to_be_visible()
    expect(told.first.locator(".yours")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_section_tells_its_own_numbers_to_who_pasted_nothing(
    site: Served, fresh_page: Page, language: str
) -> None:
    fresh_page.goto(site.url(SitePage("errors/channels/", language)))
    expect(fresh_page.locator(".conv-message p").first).to_be_visible()
    expect(fresh_page.locator(".conv-message .yours")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_known_says_what_to_try(site: Served, fresh_page: Page, language: str) -> None:
    opened(site, fresh_page, language)
    fresh_page.locator(BOX).fill("ValueError: something of another library, with 3 numbers: 1, 2")
    found = fresh_page.locator(".conv-messages .found")
    expect(found.locator("a")).to_have_attribute("href", re.compile("errors/around/$"))
    expect(found.locator("article")).to_have_count(0)
    fresh_page.locator(BOX).fill("")
    expect(found).to_be_empty()


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_stays_text(site: Served, fresh_page: Page, language: str) -> None:
    """Whatever stands in a message is shown as it is, and nothing of it is run."""
    hostile = '<img src=x onerror="document.title=1"><b>`x`</b>'
    opened(site, fresh_page, language)
    title = fresh_page.title()
    fresh_page.locator(BOX).fill(f"TypeError: input must be a NumPy array, received {hostile}: no.")
    found = fresh_page.locator(".conv-messages .found article").first
    expect(found).to_contain_text("<img")
    assert found.locator("img, b").count() == 0 and fresh_page.title() == title


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_every_message_is_listed(
    site: Served, fresh_page: Page, language: str
) -> None:
    opened(site, fresh_page, language)
    listed = fresh_page.locator(".conv-messages-list a")
    assert listed.count() > 60
    rows = fresh_page.locator(".conv-messages").evaluate(
        "async (box) => (await (await fetch(box.dataset.rows)).json()).length"
    )
    assert listed.count() == rows
