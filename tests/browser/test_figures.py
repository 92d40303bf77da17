"""Figures: animations stand still until asked, and are whole on paper; wide drawings scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.served import Served, SitePage

PAGES = [SitePage("learn/convolution/", language) for language in ("zh", "en")]
NAMES = {
    "zh": ("图 1 的动画", "上一步", "播放", "暂停", "下一步"),
    "en": ("Animation of Figure 1", "Step back", "Play", "Pause", "Step forward"),
}
COUNT = 4


def opened(page: Page, site: Served, name: SitePage) -> tuple[Locator, Locator]:
    """The first figure of a page and its buttons."""
    page.goto(site.url(name))
    figure = page.locator(".conv-figure").first
    figure.locator("button").first.wait_for()
    return figure, figure.locator("button")


def seen(figure: Locator) -> set[str]:
    """The frames that can be seen."""
    frames: list[str] = figure.locator("svg.cf").evaluate(
        "svg => [...svg.querySelectorAll('[data-frame]')]"
        ".filter(g => getComputedStyle(g).display != 'none').map(g => g.dataset.frame)"
    )
    return set(frames)


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_steps_go_round_and_are_read_out(site: Served, fresh_page: Page, name: SitePage) -> None:
    figure, buttons = opened(fresh_page, site, name)
    group, back, play, _, forward = NAMES[name.language]
    assert figure.get_by_role("group", name=group, exact=True).count() == 1
    named = [b.get_attribute("aria-label") for b in buttons.all()]
    assert named == [back, play, forward]
    output = figure.locator("output")
    assert (seen(figure), output.inner_text()) == ({"0"}, f"1 / {COUNT}")
    buttons.nth(0).focus()
    fresh_page.keyboard.press("Enter")
    assert (seen(figure), output.inner_text()) == ({str(COUNT - 1)}, f"{COUNT} / {COUNT}")
    buttons.nth(2).focus()
    for frame in (0, 1):
        fresh_page.keyboard.press("Space")
        assert seen(figure) == {str(frame)}
    assert output.get_attribute("aria-live") == "polite"
    for button in buttons.all():
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_it_plays_once_when_asked_and_pauses(
    site: Served, fresh_page: Page, name: SitePage
) -> None:
    fresh_page.clock.install()
    figure, buttons = opened(fresh_page, site, name)
    _, _, play, pause, _ = NAMES[name.language]
    button = buttons.nth(1)
    fresh_page.clock.run_for(5000)
    assert seen(figure) == {"0"}
    button.click()
    assert button.get_attribute("aria-label") == pause
    assert figure.locator("output").get_attribute("aria-live") == "off"
    fresh_page.clock.run_for(2500)
    assert seen(figure) == {"2"}
    button.click()
    assert button.get_attribute("aria-label") == play
    fresh_page.clock.run_for(5000)
    assert seen(figure) == {"2"}
    button.click()
    fresh_page.clock.run_for(60_000)
    assert seen(figure) == {str(COUNT - 1)}
    assert button.get_attribute("aria-label") == play
    button.click()
    assert seen(figure) == {"0"}
    buttons.nth(2).click()
    fresh_page.clock.run_for(5000)
    assert seen(figure) == {"1"}


def test_who_wants_no_motion_steps(site: Served, browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    figure, buttons = opened(context.new_page(), site, PAGES[0])
    assert [b.is_visible() for b in buttons.all()] == [True, False, True]
    buttons.nth(2).click()
    assert seen(figure) == {"1"}
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_and_pages_without_scripts_show_one_whole_frame(
    site: Served, browser: Browser, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(site.url(PAGES[0]))
    if scripts:
        page.locator(".conv-figure-controls button").first.wait_for()
        page.emulate_media(media="print")
    figure = page.locator(".conv-figure").first
    assert figure.locator("[data-frame]:not([display])").first.is_visible()
    assert not figure.locator("[data-frame][display]").first.is_visible()
    assert figure.locator(".conv-figure-controls").bounding_box() is None
    context.close()


def test_only_pages_with_motion_load_the_script(site: Served, fresh_page: Page) -> None:
    for name, expected in (("learn/convolution/", True), ("learn/groups/", False)):
        start = len(site.answers)
        fresh_page.goto(site.url(SitePage(name, "zh")), wait_until="networkidle")
        site.wait_until_quiet()
        asked = [answer.path for answer in site.answers[start:]]
        assert any(path.endswith("/figures.js") for path in asked) is expected


def test_buttons_come_without_a_jump(site: Served, fresh_page: Page) -> None:
    fresh_page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries()"
        ".forEach(e => { window.shifts += e.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    opened(fresh_page, site, PAGES[0])
    assert fresh_page.evaluate("window.shifts") < 0.02


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wide_drawing_keeps_its_size_on_a_phone_and_scrolls(
    browser: Browser, site: Served, language: str
) -> None:
    """Without scripts, where the picture of an explorer stands."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(site.url(SitePage("learn/padding-modes/", language)))
    drawings = page.locator(".conv-figure-drawing[tabindex]").all()
    assert drawings
    for drawing in drawings:
        natural, shown, room = drawing.evaluate(
            "d => [d.firstElementChild.width.baseVal.value, d.scrollWidth, d.clientWidth]"
        )
        assert room < natural <= shown + 1
    page.close()
