"""The explorer keeps what people enter, and says what it does with it."""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explored import with_modules
from tests.browser.served import Served, SitePage
from tests.browser.test_explorer import enter, follow, play

LESSON = SitePage("learn/padding/", "en")
COUNT = list(range(81))
NINE = f"kind=2d&size=9,9&kernel=3,3&input={','.join(map(str, COUNT))}&weight=1,2,3,4,5,6,7,8,9"
STATE = """(e) => Object.fromEntries(
  ["kind", "mode", "size", "kernel", "stride", "dilation", "padding", "extra", "channels",
   "outputs", "groups", "input", "weight", "bias"].map((name) => [name, e.state[name]]))"""
SHORT = "kind=2d&size=3,3&kernel=2,2&input=1,2,3&weight=1,2"  # 6 and 2 numbers are missing
FULL = {"size": (5, 1, 16), "kernel": (3, 1, 7), "stride": (1, 0, 8), "dilation": (1, 0, 4)}


def state(explorer: Locator) -> dict[str, Any]:
    found: dict[str, Any] = explorer.evaluate(STATE)
    return found


def says(tab: Page, text: str | re.Pattern[str]) -> None:
    expect(tab.locator(".ce-live")).to_contain_text(text)


def paste(tab: Page, text: str) -> None:
    tab.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    tab.keyboard.press("Control+V")


# Sizes --------------------------------------------------------------------------------------------


def test_a_size_is_taken_when_it_is_entered(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    field = explorer.get_by_label("Input size", exact=True)
    for leave in ("Enter", "Tab"):
        field.select_text()
        fresh_page.keyboard.type("1")
        assert state(explorer)["size"] == [9, 9], "taken while it was typed"
        fresh_page.keyboard.type("0")
        assert state(explorer)["size"] == [9, 9], "taken while it was typed"
        fresh_page.keyboard.press(leave)
        assert state(explorer)["size"] == [10, 10]
        grid = np.array(state(explorer)["input"]).reshape(10, 10)
        assert grid[:9, :9].ravel().tolist() == COUNT
        explorer.locator(".ce-undo").click()
    field.focus()
    for key, size in (("ArrowUp", 10), ("ArrowDown", 9), ("ArrowDown", 8), ("ArrowUp", 9)):
        fresh_page.keyboard.press(key)
        assert state(explorer)["size"] == [size, size], "an arrow acts at once"
    assert state(explorer)["input"] == COUNT
    field.fill("")
    field.blur()
    expect(field).to_have_value("9")
    field.fill("12")
    field.press("Escape")
    expect(field).to_have_value("9")
    assert state(explorer)["size"] == [9, 9]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_beyond_a_limit_the_field_says_so(site: Served, fresh_page: Page, language: str) -> None:
    """Every field of the panel, below and above its limits and with no whole number."""
    explorer = play(fresh_page, site, SitePage("play/", language), NINE + "&padding=1")
    before = state(explorer)
    fields = explorer.locator(".ce-panel input[type=number]")
    words = {"zh": ("最多 {}", "最少 {}", "{} 到 {} 的整数"), "en": ("at most {}", "at least {}")}
    seen = 0
    for field in fields.all():
        least, most = (int(field.get_attribute(each) or "") for each in ("min", "max"))
        value = field.input_value()
        for typed, word in ((str(most + 12), 0), (str(least - 1), 1), ("2.5", 2)):
            enter_here(field, typed)
            expect(field).to_have_value(typed)
            expect(field).to_have_attribute("aria-invalid", "true")
            told = explorer.locator(f"#{field.get_attribute('aria-describedby')}")
            expect(told).to_be_visible()
            expect(told).to_contain_text(value)
            bound = (most, least, least)[word]
            if word < 2:
                expect(told).to_contain_text(words[language][word].format(bound))
            else:
                expect(told).to_contain_text(re.compile(rf"{least}\D+{most}"))
            says(fresh_page, told.text_content() or "")
            assert state(explorer) == before, "computed from something else than was entered"
            seen += 1
        field.press("Escape")
        expect(field).to_have_value(value)
        expect(field).not_to_have_attribute("aria-invalid", "true")
        expect(told).to_be_hidden()
    assert seen == 3 * 8


def enter_here(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def test_numbers_come_back(site: Served, fresh_page: Page) -> None:
    """Whatever shrinks and grows again: sizes, channels, groups, axes, kinds, the bias."""
    plain = "kind=2d&channels=2&outputs=4&size=4,5&kernel=2,3&padding=1,0,2,1&mode=reflect"
    numbers = random.Random(3)
    counts = {"input": 40, "weight": 48, "bias": 4}
    query = plain + "".join(
        f"&{name}={','.join(str(numbers.randrange(100)) for _ in range(count))}"
        for name, count in counts.items()
    )
    explorer = play(fresh_page, site, query=query)
    before = state(explorer)
    panel = {
        "Input size H": ("1", "4"),
        "Input size W": ("2", "5"),
        "Kernel size W": ("1", "3"),
        "In channels": ("1", "2"),
        "Out channels": ("2", "4"),
        "Groups": ("2", "1"),
    }
    for label, (small, old) in panel.items():
        enter(explorer, label, small)
        assert state(explorer) != before, label
        enter(explorer, label, old)
        assert state(explorer) == before, label
    for label, (small, _) in panel.items():
        enter(explorer, label, small)
    for label, (_, old) in reversed(panel.items()):
        enter(explorer, label, old)
    assert state(explorer) == before, "all of them"
    for way in (["1d"], ["transposed"], ["1d", "transposed"], ["transposed", "1d"]):
        for kind in [*way, "2d"]:
            explorer.locator(f"[data-kind='{kind}']").click()
        assert state(explorer) == before, way
    bias = explorer.locator(".ce-checks input").first
    bias.uncheck()
    assert state(explorer)["bias"] is None
    bias.check()
    assert state(explorer) == before
    expect(explorer.locator(".ce-notice")).to_be_empty()


def test_a_number_that_nobody_gave_is_marked(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    notice = explorer.locator(".ce-notice")
    expect(notice).to_be_hidden()
    enter(explorer, "Input size", "10")
    expect(notice).to_contain_text("made up: 19 numbers of the input")
    marked = explorer.locator(".ce-in .is-made")
    expect(marked).to_have_count(19)
    expect(marked.first).to_have_attribute("aria-label", re.compile("row 0, column 9, made up: "))
    expect(explorer.locator(".ce-in")).to_have_attribute(
        "aria-describedby", notice.get_attribute("id") or ""
    )
    marked.first.focus()
    fresh_page.keyboard.type("3")
    fresh_page.keyboard.press("Enter")
    expect(notice).to_contain_text("made up: 18 numbers")
    enter(explorer, "Input size", "9")
    expect(notice).to_be_hidden()
    enter(explorer, "Input size", "10")
    expect(marked).to_have_count(18)
    explorer.locator(".ce-flip").click()
    expect(marked).to_have_count(18)
    explorer.locator(".ce-random").click()
    expect(marked).to_have_count(0)
    expect(notice).to_be_hidden()
    enter(explorer, "Kernel size", "4")
    expect(notice).to_contain_text("7 numbers of the kernel")
    explorer.locator(".ce-flip").click()
    cells = explorer.locator(".ce-w [role=gridcell]")
    made = [i for i in range(16) if "is-made" in (cells.nth(i).get_attribute("class") or "")]
    assert made == [0, 1, 2, 3, 4, 8, 12], "the marks turn with the numbers"


# Links --------------------------------------------------------------------------------------------

ONE = "kind=2d&size=2,2&kernel=1,1&input=1,2,3,4&weight=5"
DAMAGED = {
    "cut short": (
        "kind=2d&size=5,5&kernel=3,3&padding=1,1,1,1&input=1,1,1",
        ["Input: 22 of 25 numbers", "Kernel: 9 of 9", "22 numbers of the input"],
    ),
    "size": (ONE.replace("size=2,2", "size=28,28"), ["Input size 28: at most 16"]),
    "size 0": (
        ONE.replace("size=2,2", "size=0,2"),
        ["Input size 0: at least 1", "Input: 2 numbers too many"],
    ),
    "half": (ONE + "&stride=1.5,1", ["Stride 1.5: rounded to 2"]),
    "junk": (ONE + "&padding=x", ["Padding “x”: no number"]),
    "empty": (ONE + "&stride=", ["Stride “”: no number"]),
    "three sides": (ONE + "&padding=1,1,1", ["Padding: only 3 of 4 numbers"]),
    "three sizes": (ONE.replace("size=2,2", "size=2,2,2"), ["Input size: 1 number too many"]),
    "a number": (ONE.replace("input=1,2", "input=1,1e5"), ["Input: 1 of 4 numbers"]),
    "numbers": (ONE.replace("weight=5", "weight=5,6,7"), ["Kernel: 2 numbers too many"]),
    "mode": (ONE + "&mode=mirror", ["Padding mode “mirror”: unknown"]),
    "name": (ONE + "&strde=2,2", ["“strde”: unknown"]),
    "channels": (ONE + "&channels=9", ["In channels 9: at most 8", "Input: 28 of 32 numbers"]),
    "groups": (ONE + "&groups=a", ["Groups “a”: no number"]),
    "bias": (ONE + "&bias=1&outputs=2&weight=1,2", ["Bias: 1 of 2 numbers"]),
    "cell": (ONE + "&at=0,7,7", ["Output cell (0, 7, 7): does not exist; (0, 1, 1) is shown"]),
    "uneven": (ONE.replace("2d", "transposed") + "&padding=0,1,0,0", ["Padding: does not go"]),
    "no mode": (ONE.replace("2d", "transposed") + "&mode=reflect", ["Padding mode: does not go"]),
    "extra": (ONE + "&extra=1,1", ["Output padding: does not go"]),
    "kind": (ONE.replace("2d", "3d"), ["could not be read"]),
    "beginning": (ONE.partition("&")[2], ["could not be read"]),
}


@pytest.mark.parametrize(("query", "words"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_link_says_what_is_missing(
    site: Served, fresh_page: Page, query: str, words: list[str]
) -> None:
    explorer = play(fresh_page, site, query=query)
    notice = explorer.locator(".ce-notice")
    for each in words:
        expect(notice).to_contain_text(each)
    expect(notice).to_have_attribute("role", "status")
    lines = (notice.text_content() or "").splitlines()
    lead = 0 if "could not be read" in words[0] else 1
    made = sum("made up" in line for line in lines)
    missing = sum("of" in line and "numbers are missing" in line for line in lines)
    assert bool(made) == bool(missing)
    assert len(lines) <= lead + len(words) + 2 * bool(made), lines
    explorer.locator(".ce-out [role=gridcell]").first.hover()
    fresh_page.wait_for_timeout(400)
    assert fresh_page.url.endswith(f"#{query}"), "read again, it would seem to be whole"


def test_whole_links_say_nothing(site: Served, fresh_page: Page) -> None:
    """What the build and the explorer itself write is whole."""
    explorer = play(fresh_page, site)
    queries = [NINE, ONE, ONE + "&padding=1", ONE.replace("size=2,2", "size=2")]
    queries += [explorer.get_attribute("state") or ""]
    for number in range(2, explorer.locator(".ce-preset option").count()):
        explorer.locator(".ce-preset").select_option(index=number)
        queries.append(explorer.evaluate("(e) => e.query"))
        expect(explorer.locator(".ce-notice")).to_be_empty()
    for query in queries:
        follow(fresh_page, query)
        expect(explorer.locator(".ce-notice")).to_be_empty()


def test_a_link_beyond_the_limits_keeps_numbers_in_their_places(
    site: Served, fresh_page: Page
) -> None:
    picture = np.arange(28 * 28).reshape(28, 28)
    query = f"kind=2d&size=28,28&kernel=1,1&weight=1&input={','.join(map(str, picture.ravel()))}"
    explorer = play(fresh_page, site, query=query)
    assert state(explorer)["input"] == picture[:16, :16].ravel().tolist()
    field = explorer.get_by_label("Input size", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(explorer.locator(f"#{field.get_attribute('aria-describedby')}")).to_have_text(
        "28: at most 16."
    )


# Undo, redo, reset --------------------------------------------------------------------------------


def test_undo_and_redo_of_everything(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    cell = explorer.locator(".ce-in [role=gridcell]").nth(4)

    def number() -> None:
        cell.focus()
        fresh_page.keyboard.type("-7")
        fresh_page.keyboard.press("Enter")

    def grid_paste() -> None:
        cell.focus()
        paste(fresh_page, "1\t2\n3\t4")

    def pick(name: str, index: int) -> None:
        explorer.locator(name).select_option(index=index)

    actions: dict[str, Callable[[], object]] = {
        "number": number,
        "size": lambda: enter(explorer, "Input size", "6"),
        "kernel": lambda: enter(explorer, "Kernel size", "2"),
        "stride": lambda: enter(explorer, "Stride", "2"),
        "channels": lambda: enter(explorer, "In channels", "3"),
        "paste": grid_paste,
        "mode": lambda: explorer.get_by_label("Padding mode").select_option("reflect"),
        "same": lambda: explorer.get_by_label("Padding by").select_option("same"),
        "bias": lambda: explorer.locator(".ce-checks input").first.check(),
        "bias number": lambda: enter_here(explorer.locator(".ce-bias"), "5"),
        "fill": lambda: pick(".ce-part-in .ce-fill", 2),
        "flip": lambda: explorer.locator(".ce-flip").click(),
        "random": lambda: explorer.locator(".ce-random").click(),
        "kind": lambda: explorer.locator("[data-kind=transposed]").click(),
        "example": lambda: pick(".ce-preset", 3),
        "reset": lambda: explorer.locator(".ce-reset").click(),
    }
    states = [state(explorer)]
    for name, action in actions.items():
        action()
        states.append(state(explorer))
        assert states[-1] != states[-2], name
        explorer.locator(".ce-in [role=gridcell]").last.hover()  # looking changes nothing
    undo, redo = explorer.locator(".ce-undo"), explorer.locator(".ce-redo")
    expect(redo).to_have_attribute("aria-disabled", "true")
    for due, name in zip(states[-2::-1], reversed(actions), strict=True):
        undo.click()
        assert state(explorer) == due, f"undo of {name}"
    expect(undo).to_have_attribute("aria-disabled", "true")
    undo.click(force=True)
    says(fresh_page, "nothing to undo")
    assert state(explorer) == states[0]
    cell.focus()
    for i, (due, name) in enumerate(zip(states[1:], actions, strict=True)):
        fresh_page.keyboard.press(("Control+y", "Control+Shift+z", "Meta+Shift+z")[i % 3])
        assert state(explorer) == due, f"redo of {name}"
        inside = "document.querySelector('conv-explorer').contains(document.activeElement)"
        assert fresh_page.evaluate(inside), f"the focus is lost after {name}"
    for due in states[-2:-6:-1]:
        fresh_page.keyboard.press("Control+z")
        assert state(explorer) == due
    says(fresh_page, "Undone.")
    number()
    expect(redo).to_have_attribute("aria-disabled", "true")


def test_undo_leaves_what_is_being_typed_to_the_field(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    enter(explorer, "Stride", "2")
    field = explorer.get_by_label("Kernel size", exact=True)
    field.select_text()
    fresh_page.keyboard.type("2")
    fresh_page.keyboard.press("Control+z")
    assert state(explorer)["stride"] == [2, 2]
    expect(field).to_have_value("3")
    fresh_page.keyboard.press("Control+z")
    assert state(explorer)["stride"] == [1, 1]


def test_reset_returns_to_what_was_loaded(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    loaded = state(explorer)
    explorer.locator(".ce-random").click()
    enter(explorer, "Input size", "4")
    explorer.locator(".ce-reset").click()
    assert state(explorer) == loaded
    explorer.locator(".ce-random").click()
    changed = state(explorer)
    fresh_page.wait_for_timeout(400)
    fresh_page.reload()
    assert state(explorer) == changed, "the address keeps what was changed"
    explorer.locator(".ce-reset").click()
    assert state(explorer) == loaded, "and Reset still knows what was loaded"
    fresh_page.evaluate("(query) => { location.hash = query; }", ONE)
    expect(explorer.locator(".ce-part-in .ce-size")).to_have_text("2×2")
    other = state(explorer)
    explorer.locator(".ce-random").click()
    explorer.locator(".ce-reset").click()
    assert state(explorer) == other
    play(fresh_page, site)
    own = state(explorer)
    explorer.locator(".ce-random").click()
    fresh_page.wait_for_timeout(400)
    fresh_page.reload()
    explorer.locator(".ce-reset").click()
    assert state(explorer) == own


# Keys, and the visit ------------------------------------------------------------------------------


def test_keys_do_not_reach_the_page(site: Served, fresh_page: Page) -> None:
    """Material turns pages with n, p, the comma and the dot, and searches with f, s and /."""
    explorer = play(fresh_page, site, LESSON)
    heard = "window.heard = []; addEventListener('keydown', (e) => heard.push(e.key))"
    fresh_page.evaluate(heard)
    focusable = "button, select, a, input, [role=gridcell], [tabindex='0']"
    for fold in explorer.locator(".ce-fold").all():
        fold.click()
    places = [each for each in explorer.locator(focusable).all() if each.is_visible()]
    kinds = set()
    for place in places:
        kind = place.evaluate("e => `${e.tagName} ${e.className} ${e.type}`")
        if kind in kinds:
            continue
        kinds.add(kind)
        for key in ("n", "p", ",", ".", "f", "s", "/"):
            place.focus()
            fresh_page.keyboard.press(key)
        fresh_page.keyboard.press("Escape")
    assert len(kinds) > 12
    assert set(fresh_page.evaluate("heard")) <= {"Escape"}
    expect(fresh_page).to_have_url(site.url(LESSON))
    assert not fresh_page.locator("[data-md-toggle=search]").is_checked()


def test_a_comma_begins_a_number(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    cell = explorer.locator(".ce-in [role=gridcell]").first
    for typed, due in ((",5", 0.5), ("1,5", 1.5), (".25", 0.25), ("0,125", 0.125), ("-,5", -0.5)):
        cell.focus()
        fresh_page.keyboard.type(typed)
        fresh_page.keyboard.press("Enter")
        assert state(explorer)["input"][0] == due
    for typed, due in (("１２", 12), ("－３．５", -3.5), ("−4", -4)):
        cell.focus()
        fresh_page.keyboard.press("Enter")
        fresh_page.keyboard.insert_text(typed)
        fresh_page.keyboard.press("Enter")
        assert state(explorer)["input"][0] == due
    for typed in ("1,000", "abc", "1234567", "1.23456", "1,2,3"):
        cell.focus()
        fresh_page.keyboard.press("Enter")
        fresh_page.keyboard.insert_text(typed)
        explorer.locator(".ce-sum").focus()  # leaving it drops nothing either
        field = explorer.locator(".ce-edit")
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        told = explorer.locator(f"#{field.get_attribute('aria-describedby')}")
        expect(told).to_contain_text("at most 6 digits")
        assert state(explorer)["input"][0] == -4
        field.press("Escape")
        expect(told).to_be_hidden()


def test_small_explorers_keep_their_state_for_the_visit(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, LESSON)
    own = state(explorer)
    cell = explorer.locator(".ce-in [role=gridcell]:not(.is-padding)").first
    cell.focus()
    fresh_page.keyboard.type("7")
    fresh_page.keyboard.press("Enter")
    edited = state(explorer)
    assert edited["input"][0] == 7
    fresh_page.goto(site.url(SitePage("learn/stride/", "en")))  # at once: nothing may wait
    assert state(explorer)["input"] != edited["input"], "another page, another explorer"
    fresh_page.go_back()
    assert state(explorer) == edited
    play(fresh_page, site, LESSON)
    assert state(explorer) == edited
    explorer.locator(".ce-reset").click()
    assert state(explorer) == own
    fresh_page.reload()
    assert state(explorer) == own


def test_without_a_store_explorers_work(site: Served, fresh_page: Page) -> None:
    errors: list[str] = []
    fresh_page.on("pageerror", lambda error: errors.append(str(error)))
    fresh_page.add_init_script(
        """Object.defineProperty(window, "sessionStorage", {
          get() { throw new DOMException("denied", "SecurityError"); },
        });"""
    )
    explorer = play(fresh_page, site, LESSON)
    explorer.locator(".ce-random").click()
    fresh_page.wait_for_timeout(400)
    assert not [each for each in errors if "explorer" in each], errors
    expect(explorer.locator(".ce-live")).to_have_text("Random numbers, seed 1.")


# Pasting and filling ------------------------------------------------------------------------------

READ = """async ([base, texts]) => {
  const { matrix } = await import(`${base}modules/matrix.js`);
  return texts.map(matrix);
}"""


def test_matrices_are_read_as_they_are_printed(site: Served, fresh_page: Page) -> None:
    """NumPy's and torch's own prints of random arrays, and what spreadsheets and people write."""
    import torch

    with_modules(fresh_page)
    fresh_page.goto(site.url(LESSON))
    draw = random.Random(5)
    texts: list[str] = []
    due: list[np.ndarray] = []
    for _ in range(60):
        shape = [draw.randint(1, 5) for _ in range(draw.randint(1, 4))]
        shape[-1] += 1
        whole = np.array([draw.randint(-99, 999) for _ in range(int(np.prod(shape)))])
        array = (whole / draw.choice([1, 4])).reshape(shape)
        if draw.random() < 0.5:
            array = whole.reshape(shape)
        tensor = torch.from_numpy(array)
        for text in (str(array), repr(array), json.dumps(array.tolist()), str(tensor)):
            texts.append(text)
            due.append(array)
        if len(shape) == 2:
            for mark in ("\t", ",", ";", ", ", "  "):
                end = draw.choice(["\n", "\r\n"])
                texts.append(end.join(mark.join(map(str, row)) for row in array.tolist()) + end)
                due.append(array)
    plain = {
        "１，２\n３，４": [[1, 2], [3, 4]],
        "1,5\t2\n-3\t,5": [[1.5, 2], [-3, 0.5]],
        "[1 2; 3 4]": [[1, 2], [3, 4]],
        "((1, 2), (3, 4))": [[1, 2], [3, 4]],
        "1, 2,\n3, 4,": [[1, 2], [3, 4]],
        "[[1, 2],\n [3, 4],]": [[1, 2], [3, 4]],
        "x = torch.tensor([[1., 2.]], dtype=torch.float64)": [[1, 2]],
        "Parameter containing:\ntensor([[1., 2.]], requires_grad=True)": [[1, 2]],
        "tensor([[1., 2.]], grad_fn=<ViewBackward0>)": [[1, 2]],
        "tensor([[True, False]])": [[1, 0]],
        "−1 2": [[-1, 2]],
        "[1.0000e+00, 2.5000e-01]": [1, 0.25],
        "5": [[5]],
    }
    texts += plain
    due += [np.array(each) for each in plain.values()]
    found = fresh_page.evaluate(READ, [site.address, texts])
    for text, array, told in zip(texts, due, found, strict=True):
        assert told.get("shape") == list(array.shape), (text, told)
        assert told["values"] == array.ravel().tolist() and told["rounded"] == 0, (text, told)
    bad = {
        "1 2\n3": "ragged",
        "[[1, 2], [3]]": "ragged",
        "[[1], 2]": "ragged",
        "[1, [2]]": "ragged",
        "[[1, 2]": "ragged",
        "[]": "ragged",
        "[1][2]": "ragged",
        "[[[[[1]]]]]": "deep",
        "[" * 100_000 + "]" * 100_000: "deep",
        "1 x": "number",
        "1\t\t2": "number",
        "nan 1": "number",
        "[[0 1 ... 8 9]]": "number",
        "1e3 * [1, 2]": "number",
        "1e6 1": "number",
        "<img src=x onerror=alert(1)>": "number",
    }
    told = fresh_page.evaluate(READ, [site.address, list(bad)])
    assert [each["problem"] for each in told] == list(bad.values())
    [rounded] = fresh_page.evaluate(READ, [site.address, ["0.123456 1234.567 2"]])
    assert rounded == {"shape": [1, 3], "values": [0.1235, 1234.57, 2], "rounded": 2}


def test_a_pasted_matrix_fills_the_grid(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    cells = explorer.locator(".ce-in [role=gridcell]")
    cells.nth(10).focus()
    paste(fresh_page, "100\t101\r\n102\t103\r\n")
    says(fresh_page, "4 numbers pasted.")
    grid = np.array(COUNT).reshape(9, 9)
    grid[1:3, 1:3] = [[100, 101], [102, 103]]
    assert state(explorer)["input"] == grid.ravel().tolist()
    expect(cells.nth(10)).to_be_focused()
    cells.nth(80).focus()
    paste(fresh_page, "[[1, 2, 3],\n [4, 5, 6]]")
    grown = np.array(state(explorer)["input"]).reshape(10, 11)
    assert grown[8:, 8:].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert grown[:8, :8].tolist() == grid[:8, :8].tolist()
    expect(explorer.locator(".ce-notice")).to_contain_text("24 numbers of the input")
    before = state(explorer)
    for text, words in (
        ("1 2\n3", "differ in length"),
        ("a b", "“a” is no number"),
        ("\n".join(["1 2"] * 20), "Input size would be"),
        ("[[[[1]]], [[[2]]]]", "batch"),
    ):
        paste(fresh_page, text)
        expect(explorer.locator(".ce-note")).to_contain_text(words)
        says(fresh_page, words)
        assert state(explorer) == before
    explorer.locator(".ce-out [role=gridcell]").first.focus()
    paste(fresh_page, "1 2")
    says(fresh_page, "the output is computed")
    assert state(explorer) == before
    kernel = explorer.locator(".ce-w [role=gridcell]")
    kernel.first.focus()
    fresh_page.keyboard.press("Enter")  # pasted while a number is being edited
    paste(fresh_page, "1 2 3 4\n5 6 7 8")
    assert state(explorer)["kernel"] == [3, 4]
    assert np.array(state(explorer)["weight"]).reshape(3, 4)[:2].ravel().tolist() == [*range(1, 9)]
    kernel.first.focus()
    fresh_page.keyboard.press("Enter")
    paste(fresh_page, "12")
    fresh_page.keyboard.press("Enter")
    assert state(explorer)["weight"][0] == 12, "one number is the field's"


def test_a_pasted_array_brings_its_channels(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    explorer.locator(".ce-in [role=gridcell]").first.focus()  # of the padding
    array = np.arange(2 * 3 * 4).reshape(1, 2, 3, 4)
    paste(fresh_page, repr(array))
    now = state(explorer)
    assert (now["channels"], now["size"]) == (2, [3, 4])
    assert now["input"] == array.ravel().tolist()
    explorer.locator(".ce-w [role=gridcell]").first.focus()
    weight = np.arange(3 * 2 * 2 * 2).reshape(3, 2, 2, 2)
    paste(fresh_page, repr(weight))
    now = state(explorer)
    assert (now["channels"], now["outputs"], now["kernel"]) == (2, 3, [2, 2])
    assert now["weight"] == weight.ravel().tolist()
    assert now["input"] == array.ravel().tolist()
    explorer.locator("[data-kind='1d']").click()
    explorer.locator(".ce-in [role=gridcell]").nth(2).focus()
    paste(fresh_page, "7\n8\n9")
    assert state(explorer)["input"][1:4] == [7, 8, 9], "a column is a row where there is one axis"


@pytest.mark.parametrize(("index", "numbers"), [(1, [0] * 9), (2, [1] * 9), (3, list(range(9)))])
def test_a_grid_can_be_filled(
    site: Served, fresh_page: Page, index: int, numbers: list[int]
) -> None:
    query = "kind=2d&channels=2&size=3,3&kernel=3,3&padding=1"
    explorer = play(fresh_page, site, query=query)
    other = state(explorer)
    for part, name in (("in", "input"), ("w", "weight")):
        select = explorer.locator(f".ce-part-{part} .ce-fill")
        select.focus()
        select.select_option(index=index)
        says(fresh_page, "9 cells filled.")
        assert state(explorer)[name] == [*numbers, *other[name][9:]], "only what is shown"
        expect(explorer.locator(f".ce-{part} .is-made")).to_have_count(0)
    expect(explorer.locator(".ce-notice")).to_contain_text("9 numbers of the input, 9 numbers of")


def test_a_grid_that_grows_under_a_resting_mouse_is_not_pointed_at(
    site: Served, fresh_page: Page
) -> None:
    """What was just said stays: nobody has pointed at anything since."""
    explorer = play(fresh_page, site, query="kind=2d&size=3,3&kernel=1,1&input=1&weight=2")
    last = explorer.locator(".ce-in [role=gridcell]").last
    box = last.bounding_box()
    assert box
    explorer.locator(".ce-in [role=gridcell]").first.focus()
    middle, row3 = box["x"] + box["width"] / 2, box["y"] + 1.7 * box["height"]
    fresh_page.mouse.move(middle, row3)  # below the grid as yet
    paste(fresh_page, "1 2 3\n" * 4)
    fresh_page.wait_for_timeout(600)
    says(fresh_page, "12 numbers pasted.")
    expect(explorer.locator(".ce-note")).to_have_text("12 numbers pasted.")
    explorer.locator(".ce-in [role=gridcell]").nth(4).hover()
    expect(explorer.locator(".ce-note")).to_contain_text("Input (1, 1) feeds")


# Copying ------------------------------------------------------------------------------------------

COPYING = {
    "missing": "Object.defineProperty(navigator, 'clipboard', { value: undefined });",
    "denied": """if (navigator.clipboard) {
        navigator.clipboard.writeText = () => Promise.reject(new DOMException("denied"));
    }""",
}


@pytest.mark.parametrize("way", COPYING)
@pytest.mark.parametrize("older", [True, False])
def test_copying_works_or_says_that_it_does_not(
    site: Served, fresh_page: Page, way: str, older: bool
) -> None:
    errors: list[str] = []
    fresh_page.on("pageerror", lambda error: errors.append(str(error)))
    fresh_page.add_init_script(
        "window.read = navigator.clipboard?.readText.bind(navigator.clipboard);" + COPYING[way]
    )
    if not older:
        fresh_page.add_init_script("document.execCommand = () => false;")
    explorer = play(fresh_page, site)
    for button, text in (
        (".ce-link", explorer.evaluate("(e) => e.address()")),
        (".ce-copy", explorer.locator(".ce-listing").text_content()),
    ):
        explorer.locator(button).click()
        field = explorer.locator(".ce-to-copy textarea")
        if older:
            says(fresh_page, "opied.")
            assert fresh_page.evaluate("read()") == text
            expect(explorer.locator(button)).to_be_focused()
            expect(field).to_be_hidden()
        else:
            says(fresh_page, "does not let this page copy")
            expect(field).to_be_focused()
            assert fresh_page.evaluate("getSelection().toString()") == text
    assert not errors


# Of the link and of the code; then of a link that asked for more; then of one where all is well.
CAUTIONS = {
    "zh": (
        (
            "打开链接的人也会看到标记：输入 6 个、卷积核 2 个",
            "代码里看不出来：输入 6 个、卷积核 2 个",
        ),
        "不是原来那个链接的全部内容",
        "链接已复制。",
    ),
    "en": (
        (
            "made up, and marked as such: 6 numbers of the input, 2 numbers of the kernel",
            "not show which numbers are made up: 6 numbers of the input, 2 numbers of the kernel",
        ),
        "not all that the opened link asked for",
        "The link is copied.",
    ),
}


@pytest.mark.parametrize("language", CAUTIONS)
@pytest.mark.parametrize("able", [True, False])
def test_a_copy_of_what_nobody_gave_says_so(
    site: Served, fresh_page: Page, language: str, able: bool
) -> None:
    """Heard and seen, with the link and with the code; once all is given, nothing is said of it."""
    if not able:
        fresh_page.add_init_script(COPYING["missing"] + "document.execCommand = () => false;")
    made, changed, copied = CAUTIONS[language]
    page = SitePage("play/", language)
    beyond = f"kind=1d&size=20&kernel=1&weight=1&input={','.join('1' * 16)}"
    for query, cautions in ((SHORT, made), (beyond, (changed, changed))):
        explorer = play(fresh_page, site, page, query)
        for button, caution in zip((".ce-link", ".ce-copy"), cautions, strict=True):
            explorer.locator(button).click()
            says(fresh_page, caution)
            expect(explorer.locator(".ce-note")).to_contain_text(caution)
            expect(explorer.locator(".ce-live")).not_to_contain_text(re.compile(r"。\s+\S"))
    explorer = play(fresh_page, site, page, SHORT)
    for part in ("in", "w"):
        explorer.locator(f".ce-part-{part} .ce-fill").select_option("ones")
    explorer.locator(".ce-link").click()
    if able:
        expect(explorer.locator(".ce-live")).to_have_text(copied)
    else:
        says(fresh_page, "Ctrl+C")
        expect(explorer.locator(".ce-live")).not_to_contain_text(made[0])


def test_made_up_numbers_stay_known_as_such(site: Served, fresh_page: Page) -> None:
    """In a link that is passed on, in one that is loaded again, and in a small explorer's visit."""
    explorer = play(fresh_page, site, query=SHORT)
    notice = explorer.locator(".ce-notice")
    before = state(explorer)
    explorer.locator(".ce-link").click()
    says(fresh_page, "marked as such")
    link = fresh_page.evaluate("navigator.clipboard.readText()")
    play(fresh_page, site, query=link.partition("#")[2])
    assert state(explorer) == before
    expect(explorer.locator(".ce-in .is-made")).to_have_count(6)
    expect(explorer.locator(".ce-w .is-made")).to_have_count(2)
    expect(notice).to_have_text(re.compile("^Underlined with dots.*6 numbers of the input, 2 num"))
    play(fresh_page, site, query=NINE)
    enter(explorer, "Input size", "10")
    fresh_page.wait_for_timeout(400)
    fresh_page.reload()
    expect(explorer.locator(".ce-in .is-made")).to_have_count(19)
    play(fresh_page, site, LESSON)
    explorer.evaluate("(e) => e.update({ size: [6, 6] })")
    fresh_page.wait_for_timeout(400)
    fresh_page.reload()
    expect(explorer.locator(".ce-in .is-made")).to_have_count(11)
    expect(notice).to_contain_text("11 numbers of the input")


# What is shown and said ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_saved_picture_says_what_the_screen_says(
    site: Served, fresh_page: Page, language: str
) -> None:
    query = "kind=2d&channels=2&outputs=2&size=5,4&kernel=3,2&padding=1,1,2,2&bias=3,4&at=1,0,0"
    explorer = play(fresh_page, site, SitePage("play/", language), query)
    with fresh_page.expect_download() as waiting:
        explorer.locator(".ce-svg").click()
    picture = ElementTree.parse(waiting.value.path())
    texts = ["".join(each.itertext()) for each in picture.iter() if each.tag.endswith("}text")]
    for part in ("in", "w", "out"):
        name, size = (
            explorer.locator(f".ce-part-{part} {each}").text_content()
            for each in (".ce-name", ".ce-size")
        )
        assert f"{name} {size}" in texts
    words = {"zh": ("通道 {}", "+ 偏置 4", "填充"), "en": ("Channel {}", "+ Bias 4", "Padding")}
    channel, bias, padding = words[language]
    assert channel.format(0) in texts and channel.format(1) in texts and bias in texts
    joined = "\n".join(texts)
    assert f"{padding} (1, 1, 2, 2)" in joined
    for fact in explorer.locator(".ce-facts dd").all_text_contents():
        assert fact in joined
    sizes = [explorer.locator(f".ce-part-{part} .ce-size").text_content() for part in ("in", "w")]
    assert sizes == ["5×4", "3×2"]


IN_VIEW = """(e) => {
  const inside = (what, box) => {
    const [one, all] = [what.getBoundingClientRect(), box.getBoundingClientRect()];
    const [width, height] = [box.clientWidth, box.clientHeight];
    return one.left >= all.left - 1 && one.right <= all.left + width + 1
      && one.top >= all.top - 1 && one.bottom <= all.top + height + 1;
  };
  const box = (name) => e.querySelector(`.ce-part-${name} .ce-scroll`);
  return [
    inside(e.querySelector(".ce-out .is-now"), box("out")),
    inside(e.querySelector(".ce-part-in .ce-window"), box("in")),
    scrollY,
  ];
}"""


@pytest.mark.parametrize("outputs", [1, 2])
def test_on_a_phone_the_cell_in_play_stays_in_view(
    site: Served, browser: Browser, outputs: int
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce"
    )
    tab = context.new_page()
    query = f"kind=2d&size=16,16&kernel=3,3&outputs={outputs}&at=0,0,9"
    explorer = play(tab, site, query=query)
    step = explorer.get_by_label("Next output cell")
    step.scroll_into_view_if_needed()
    where = tab.evaluate("scrollY")
    for by in (1, 1, 1, 1, 14, 14, 80, 40, 30, 5, 3, 1, 14):
        explorer.evaluate("(e, by) => e.step(by)", by)
        assert explorer.evaluate(IN_VIEW) == [True, True, where], by
    context.close()


def test_a_new_output_size_is_said(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site, query=NINE)
    for label, value, size in (
        ("Stride", "2", "4×4"),
        ("Padding", "1", "5×5"),
        ("Kernel size", "5", "4×4"),
        ("Input size", "12", "5×5"),
    ):
        enter(explorer, label, value)
        says(fresh_page, f"Output size {size}.")
        says(fresh_page, "Output (0, 0) = ")


@pytest.mark.parametrize(
    ("language", "padding", "cell", "flat"),
    [
        ("zh", "填充, 行 -1，列 0: 0", "行 1，列 2: 2", "位置 2: 2"),
        ("en", "padding, row -1, column 0: 0", "row 1, column 2: 2", "position 2: 2"),
    ],
)
def test_cells_are_named(
    site: Served, fresh_page: Page, language: str, padding: str, cell: str, flat: str
) -> None:
    query = "kind=2d&size=3,3&kernel=1,1&padding=1&input=0,0,2,0,0,2,0,0,0&weight=1"
    explorer = play(fresh_page, site, SitePage("play/", language), query)
    grid = explorer.locator(".ce-in")
    expect(grid.get_by_role("gridcell", name=padding, exact=True)).to_have_count(1)
    for name in (".ce-in", ".ce-out"):
        at = cell if name == ".ce-in" else cell.replace("1", "2").replace("列 2", "列 3")
        at = at.replace("column 2", "column 3") if name == ".ce-out" else at
        named = explorer.locator(name).get_by_role("gridcell", name=at, exact=True)
        expect(named).to_have_count(1)
    expect(explorer.locator(".ce-grid [role=gridcell]:not([aria-label])")).to_have_count(0)
    query = "kind=1d&size=3&kernel=1&input=0,0,2&weight=1"
    explorer = play(fresh_page, site, SitePage("play/", language), query)
    expect(grid.get_by_role("gridcell", name=flat, exact=True)).to_have_count(1)


def test_playing_walks_all_channels_and_ends(site: Served, fresh_page: Page) -> None:
    query = "kind=2d&outputs=3&size=2,2&kernel=1,1&input=1,2,3,4&weight=1,10,100"
    explorer = play(fresh_page, site, query=query)
    explorer.locator(".ce-player select").select_option("4")
    explorer.evaluate(
        """(e) => {
          window.notes = [];
          const note = e.querySelector(".ce-note");
          const look = () => notes.push(note.textContent);
          new MutationObserver(look).observe(note, { childList: true });
          look();
        }"""
    )
    explorer.locator(".ce-play").click()
    expect(explorer.locator(".ce-note")).to_have_text("Output (2, 1, 1) = 400")
    expect(explorer.locator(".ce-play")).to_have_text("Play")
    walked = [re.findall(r"\d+", each)[:3] for each in fresh_page.evaluate("notes")]
    assert walked == [[str(i) for i in index] for index in np.ndindex(3, 2, 2)]
    explorer.locator(".ce-play").click()
    expect(explorer.locator(".ce-note")).to_have_text("Output (0, 0, 1) = 2")


def test_whoever_wants_no_motion_has_no_play(site: Served, browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    tab = context.new_page()
    explorer = play(tab, site)
    expect(explorer.locator(".ce-play")).to_be_hidden()
    explorer.locator(".ce-out [role=gridcell]").first.focus()
    tab.keyboard.press(" ")
    assert not explorer.evaluate("(e) => Boolean(e.timer)")
    explorer.get_by_label("Next output cell").click()
    expect(explorer.locator(".ce-note")).to_have_text("Output (0, 1) = 3")
    tab.emulate_media(reduced_motion="no-preference")
    expect(explorer.locator(".ce-play")).to_be_visible()
    context.close()
