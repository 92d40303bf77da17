"""What a reader does: without scripts, by keyboard, switching language and palette."""

from __future__ import annotations

import json
import re
from importlib.metadata import version

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.served import Served, SitePage, site_directory, text_pages

MADE_WITH = [("PyTorch", "torch"), ("NumPy", "numpy"), ("convref", "convref")]
SCHEME = "() => document.body.dataset.mdColorScheme"

# Text that should be readable, and is not. Other tabs wait for their turn, and the buttons of an
# animation for the script that serves them.
HIDDEN = """() => {
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && e.getClientRects().length > 0;
  const waits = (e) => {
    const tab = e.closest(".tabbed-block");
    if (!tab) return false;
    const place = [...tab.parentElement.children].indexOf(tab);
    return !tab.closest(".tabbed-set").querySelectorAll(":scope > input")[place].checked;
  };
  const text = "main article :is(h1,h2,h3,h4,p,li,td,th,pre,math,svg,dt,dd)";
  return [...document.querySelectorAll(text)]
    .filter((e) => (e.textContent.trim() || e.matches("svg")) && !seen(e) && !waits(e)
      && !e.closest("details:not([open])") && !e.closest(".conv-figure-controls[hidden]"))
    .map((e) => `hidden ${e.tagName.toLowerCase()}: ${e.textContent.trim().slice(0, 80)}`);
}"""

MOST_TABS = """() => Math.max(0, ...[...document.querySelectorAll(".tabbed-labels")]
  .map((labels) => labels.children.length))"""
OPEN = """(number) => [...document.querySelectorAll(".tabbed-set")].flatMap((set) => {
  const labels = [...set.querySelectorAll(":scope > .tabbed-labels > label")];
  const contents = [...set.querySelectorAll(":scope > .tabbed-content > .tabbed-block")];
  if (labels.length !== contents.length || labels.length < 2)
    return [`${labels.length} labels for ${contents.length} tabs`];
  if (number >= labels.length) return [];
  labels[number].click();
  return contents[number].checkVisibility() && contents[number].getClientRects().length
    ? [] : [`the tab ${labels[number].textContent} does not open`];
})"""


def test_every_page_says_with_which_versions_its_outputs_were_made() -> None:
    for page in text_pages():
        html = (site_directory() / page.path / "index.html").read_text("utf-8")
        assert all(f"{name} {version(package)}" in html for name, package in MADE_WITH), page


def test_no_word_of_the_theme_is_missing() -> None:
    """A key without a word stands for itself, which as a direction of writing is no layout."""
    for page in text_pages():
        html = (site_directory() / page.path / "index.html").read_text("utf-8")
        assert re.search(r'<body dir="ltr"', html), f"{page}: no direction of writing"
        config = re.search(r'<script id="__config"[^>]*>(.*?)</script>', html, re.S)
        assert config, f"{page}: no settings of the theme"
        for key, word in json.loads(config[1])["translations"].items():
            assert word and word != key, f"{page}: the theme has no word for {key}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_scripts(site: Served, browser: Browser, language: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    problems = []
    for page in text_pages():
        if page.language != language:
            continue
        tab.set_viewport_size({"width": 1280, "height": 900})
        tab.goto(site.url(page))
        assert tab.locator("main article h1").is_visible(), f"{page}: no heading is seen"
        problems += [f"{page}: {what}" for what in tab.evaluate(HIDDEN)]
        tab.set_viewport_size({"width": 390, "height": 900})
        found = tab.evaluate(HIDDEN)
        # The first tab of every set is opened, then the second, ...; each is checked.
        for number in range(tab.evaluate(MOST_TABS)):
            found += tab.evaluate(OPEN, number) + tab.evaluate(HIDDEN)
        problems += [f"{page} 390: {what}" for what in found]
    context.close()
    assert not problems, "\n".join(problems)


def switch(page: Page, language: str, address: str) -> None:
    page.locator(f"header a[hreflang={language}]:visible").click()
    expect(page, "the language switch leads to").to_have_url(address)
    page.wait_for_load_state()  # until then things move, and a second click could miss


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["", "learn/stride/", "reference/api/"])
def test_language_switch_keeps_the_page(
    site: Served, fresh_page: Page, name: str, width: int
) -> None:
    """Clicked, there and back; where it leads to, test_sweep reads on every page."""
    fresh_page.set_viewport_size({"width": width, "height": 900})
    page = SitePage(name, "zh")
    fresh_page.goto(site.url(page))
    for target in (page.other, page):
        switch(fresh_page, target.language, site.url(target))
        expect(fresh_page.locator("html")).to_have_attribute("lang", target.language)


def test_language_switch_keeps_the_section(site: Served, fresh_page: Page) -> None:
    page = SitePage("learn/convolution/", "zh")
    fresh_page.goto(site.url(page))
    section = fresh_page.locator("main article :is(h1, h2)[id]").last.get_attribute("id")
    fresh_page.goto(site.url(page) + f"#{section}")
    switch(fresh_page, "en", site.url(page.other) + f"#{section}")
    expect(fresh_page.locator(f"[id='{section}']")).to_have_count(1)


def test_every_page_looks_for_the_palette_in_one_place() -> None:
    """The theme's script and the scope that it stores for, which the next test tries on a few."""
    told = set()
    for page in text_pages():
        html = (site_directory() / page.path / "index.html").read_text("utf-8")
        inline = re.findall(r"<script>(.*?)</script>", html, re.S)
        told.add(tuple(each for each in inline if "__md_scope" in each or "__palette" in each))
    (scripts,) = told
    assert "__palette" in "".join(scripts) and "__md_scope" in "".join(scripts), scripts


def to_palette(page: Page) -> None:
    """Tab until the palette's switch has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('[data-md-component=palette]'))"):
            return
    raise AssertionError("the palette's switch cannot be reached by keyboard")


def test_palette_by_keyboard_persists(site: Served, fresh_page: Page) -> None:
    page = SitePage("", "zh")
    fresh_page.goto(site.url(page), wait_until="networkidle")
    assert fresh_page.evaluate(SCHEME) == "default"
    to_palette(fresh_page)
    fresh_page.keyboard.press("Enter")
    fresh_page.wait_for_function(f"({SCHEME})() === 'slate'")
    fresh_page.reload(wait_until="networkidle")
    assert fresh_page.evaluate(SCHEME) == "slate", "the palette is lost by reloading"
    few = [SitePage(name, "zh") for name in ("play/", "learn/stride/", "reference/api/")]
    for other in (*few, *(each.other for each in few), page.other):
        fresh_page.goto(site.url(other), wait_until="domcontentloaded")
        scheme = fresh_page.evaluate(SCHEME)
        assert scheme == "slate", f"{other}: the palette chosen on {page} is lost: {scheme}"
    to_palette(fresh_page)
    fresh_page.keyboard.press("Enter")
    fresh_page.wait_for_function(f"({SCHEME})() === 'default'")


FIRST_LINES_UNDER_A_BUTTON = """async () => {
  const under = [];
  let buttons = 0;
  for (const pre of document.querySelectorAll("main article .highlight pre")) {
    if (!pre.checkVisibility() || !pre.getClientRects().length) continue;
    pre.scrollIntoView({ block: "center" });
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    const nav = pre.querySelector(".md-code__nav");
    if (!nav?.getClientRects().length) continue;
    buttons += 1;
    const line = document.createRange();
    line.selectNodeContents(pre.querySelector("code"));
    const bottom = nav.getBoundingClientRect().bottom;
    if (bottom > line.getClientRects()[0].top + 1)
      under.push(pre.textContent.trim().split("\\n")[0]);
  }
  return [buttons, under];
}"""


@pytest.mark.parametrize(
    "path", ["en/learn/stride/", "reference/api/", "notebooks/padding-and-groups/"]
)
def test_no_button_lies_over_code_on_a_phone(browser: Browser, site: Served, path: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(site.address + path)
    buttons, under = page.evaluate(FIRST_LINES_UNDER_A_BUTTON)
    page.close()
    assert buttons and not under
