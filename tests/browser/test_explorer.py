"""The explorer shows what convref computes, and can be used by everybody."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import random
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explored import Case, drawn, with_modules
from tests.browser.served import PALETTES, Served, SitePage, site_directory, text_pages
from tests.browser.test_sweep import COLOURS, OVERFLOW, accessibility
from website.before import facts

CASES = 2200
CODES = 120
PLAY = SitePage("play/", "en")

# All that the browser's modules say about states, without the element.
DESCRIBE = """async ([base, states]) => {
  const load = (name) => import(`${base}modules/${name}.js`);
  const [{ model }, { explain }, { written, areFloats }, code, { toQuery, fromQuery }] =
    await Promise.all(["model", "trace", "numbers", "code", "state"].map(load));
  return states.map(({ state, cells }) => {
    const told = model(state);
    const round = toQuery(fromQuery(toQuery(state)));
    const common = {
      refusal: told.refusal,
      torch: code.torchCode(state),
      convref: code.convrefCode(state),
      query: [toQuery(state), round],
    };
    if (told.refusal) return common;
    return {
      ...common,
      sizes: told.sizes,
      formulas: told.formulas.map((each) => each[1]),
      results: told.formulas.map((each) => each[2]),
      counts: [told.parameters, told.products],
      values: Array.from({ length: state.outputs }, (_, o) => told.channel(o)),
      texts: told.channel(0).map((each) => written(each, areFloats(state))),
      explained: cells.map((at) => explain(told.layer, at)),
    };
  });
}"""


@pytest.fixture(scope="module")
def module(site: Served, browser: Browser) -> Iterator[Page]:
    """A page of the site, in which its modules can be asked."""
    context = browser.new_context()
    page = context.new_page()
    with_modules(page)
    page.goto(site.url(PLAY))
    yield page
    context.close()


def described(module: Page, site: Served, asked: list[tuple[Case, list[tuple[int, ...]]]]) -> Any:
    states = [
        {"state": dataclasses.asdict(case), "cells": [list(cell) for cell in cells]}
        for case, cells in asked
    ]
    return module.evaluate(DESCRIBE, [site.address, states])


@cache
def answer(case_seed: int) -> tuple[Case, np.ndarray | None, str | None]:
    """A case and what convref makes of it: an output or the text of its error."""
    case = drawn(case_seed)
    try:
        return case, case.output(), None
    except (TypeError, ValueError) as error:
        return case, None, f"{type(error).__name__}: {error}"


def chosen_cells(case_seed: int, output: np.ndarray | None) -> list[tuple[int, ...]]:
    """Corners and a few cells between."""
    if output is None:
        return []
    shape = output.shape[1:]
    draw = random.Random(case_seed)
    cells = {tuple(0 for _ in shape), tuple(n - 1 for n in shape)}
    cells |= {tuple(draw.randrange(n) for n in shape) for _ in range(3)}
    return sorted(cells)


def compare(
    case: Any, seed: Any, output: Any, error: Any, told: Any
) -> Iterator[tuple[str, object, object]]:
    """(what, convref's, the browser's) of all that a state shows."""
    yield "a link and back", *told["query"]
    refused = told["refusal"]
    yield "refusal", error, refused and f"{refused['type']}: {refused['message']}"
    if output is None or refused:
        return
    yield "sizes", list(output.shape[2:]), told["sizes"]
    yield "sizes of the formulas", list(output.shape[2:]), told["results"]
    yield "formulas", case.formulas(), told["formulas"]
    yield "counts", list(case.counts(output)), told["counts"]
    values = np.array(told["values"]).reshape(output.shape[1:])
    if output.dtype == np.int64:
        yield "integers", output[0].tolist(), values.tolist()
    else:
        yield "floats", case.summed()[0].tolist(), values.tolist()
        # A matrix product adds in another order.
        close = np.allclose(values, output[0], rtol=1e-12, atol=1e-9 * abs(output).max())
        yield "floats of conv", True, bool(close)
    for cell, shown in zip(chosen_cells(seed, output), told["explained"], strict=True):
        due = case.explained(cell)
        yield f"sum at {cell}", str(due), shown["sum"]
        yield f"table at {cell}", due.table(), shown["table"]
        yield f"total at {cell}", due.total.item(), shown["total"]
        yield f"grid at {cell}", due.total.item(), values[cell].item()
        if cell[0] == 0:
            at = np.ravel_multi_index(cell[1:], output.shape[2:])
            yield f"text at {cell}", str(due).rpartition("= ")[2], told["texts"][at]


def test_everything_shown_equals_convref(module: Page, site: Served) -> None:
    problems, refused, rules, kinds = [], 0, set(), set()
    for start in range(0, CASES, 200):
        seeds = range(start, min(CASES, start + 200))
        asked = [(answer(seed)[0], chosen_cells(seed, answer(seed)[1])) for seed in seeds]
        for seed, told in zip(seeds, described(module, site, asked), strict=True):
            case, output, error = answer(seed)
            kinds.add((case.kind, case.mode, output is None))
            refused += error is not None
            rules |= {told["refusal"]["rule"]} if told["refusal"] else set()
            for what, due, shown in compare(case, seed, output, error, told):
                if due != shown:
                    problems.append(
                        f"{what}:\n  convref {due!r}\n  browser {shown!r}\n  drawn({seed})"
                    )
                    break
    assert not problems, f"{len(problems)} of {CASES} differ:\n" + "\n".join(problems[:5])
    assert 0.15 < refused / CASES < 0.35, f"{refused} of {CASES} are refused"
    assert rules == set(facts.RULES), "a rule that no case meets"
    assert len(kinds) == 18, "a kind or mode is missing, or is never refused"


def printed(code: str) -> str:
    """What a block prints, or the line with which Python ends."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "<explorer>", "exec", dont_inherit=True), {"__name__": "__main__"})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
def test_code_is_this_state(module: Page, site: Served) -> None:
    """Run, both codes print the output shown; of a refused state, convref's raises the message."""
    seeds = range(CASES, CASES + CODES)
    asked: list[tuple[Any, list[Any]]] = [(answer(seed)[0], []) for seed in seeds]
    refused = 0
    for seed, told in zip(seeds, described(module, site, asked), strict=True):
        case, output, error = answer(seed)
        ours = printed(told["convref"])
        if error is not None:
            refused += 1
            assert ours == error, told["convref"]
            continue
        assert output is not None
        assert ours == printed(told["torch"]), f"{told['convref']}\n\n{told['torch']}"
        shown = np.array(eval(ours))
        assert shown.shape == output.shape
        assert np.allclose(shown, output, rtol=1e-9, atol=1e-8), f"{case}"
        if output.dtype == np.int64:
            assert shown.tolist() == output.tolist()
    assert 5 < refused < CODES / 2


NUMBERS = [0.5, 1e6, 999999.5, 1e-5, 0.0001, 123456.5, 123455.5, 100000.5, 12345.25, 12345.75]
NUMBERS += [-0.0, 0.0, 1e21, 1.5e300, 5e-324, 2.0**53, -1234565.0, 0.1 + 0.2, 1 / 3, -2.5]


def test_numbers_are_written_as_python_does(module: Page, site: Served) -> None:
    draw = random.Random(1)
    numbers = [*NUMBERS, *(draw.uniform(-10, 10) * 10 ** draw.randint(-8, 12) for _ in range(2000))]
    numbers += [draw.randrange(10**6, 10**8) / 2 ** draw.randint(0, 9) for _ in range(2000)]
    told = module.evaluate(
        """async ([base, list]) => {
          const { written } = await import(`${base}modules/numbers.js`);
          return list.map((each) => written(each, true));
        }""",
        [site.address, numbers],
    )
    assert told == [format(number, ".6g") for number in numbers]


# The element --------------------------------------------------------------------------------------

SHOWN = """() => {
  const root = document.querySelector("conv-explorer");
  const text = (selector) => root.querySelector(selector)?.textContent ?? "";
  const cells = (name) =>
    [...root.querySelectorAll(`.ce-${name} [role=gridcell]`)].map((each) => each.textContent);
  return {
    refused: root.classList.contains("is-refused"),
    error: text(".ce-error"),
    link: root.querySelector(".ce-refusal a")?.href,
    values: cells("out"),
    input: cells("in"),
    sum: text(".ce-sum"),
    facts: text(".ce-facts"),
    code: text(".ce-listing"),
    live: text(".ce-live"),
  };
}"""
TO_QUERY = """async ([base, state]) =>
  (await import(`${base}modules/state.js`)).toQuery(state)"""


def play(tab: Page, site: Served, page: SitePage = PLAY, query: str = "") -> Locator:
    tab.goto("about:blank")
    tab.goto(site.url(page) + (f"#{query}" if query else ""))
    explorer = tab.locator("conv-explorer")
    expect(explorer.locator(".ce-in [role=gridcell]").first).to_be_visible()
    return explorer


def enter(explorer: Locator, label: str, value: str) -> None:
    """A number into a field of the panel, with Enter."""
    field = explorer.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")


def follow(tab: Page, query: str) -> None:
    """A link to another state, on the page that is open."""
    tab.evaluate(
        """(query) => new Promise((resolve) => {
          addEventListener("hashchange", () => requestAnimationFrame(resolve), { once: true });
          location.hash = query;
        })""",
        query,
    )


def settled(tab: Page, expression: str, value: object) -> None:
    """Wait until an expression has a value; what is told to screen readers comes a little later."""
    tab.wait_for_function(f"(value) => ({expression}) === value", arg=value, timeout=5000)


def test_element_shows_convrefs_numbers(fresh_page: Page, site: Served) -> None:
    """Links to random states, opened one after the other: what stands in the page is convref's."""
    with_modules(fresh_page)
    play(fresh_page, site)
    fresh_page.locator("[data-tab=convref]").click()
    fresh_page.mouse.move(0, 0)  # a grid that grows under the pointer is pointed at
    refused = 0
    for seed in range(5000, 5060):
        case, output, error = answer(seed)
        if output is not None:
            cells = chosen_cells(seed, output)
            at = cells[len(cells) // 2]
            case = dataclasses.replace(case, at=list(at))
        state = [site.address, dataclasses.asdict(case)]
        query = fresh_page.evaluate(TO_QUERY, state)
        follow(fresh_page, query)
        settled(fresh_page, "document.querySelector('conv-explorer').query", query)
        shown = fresh_page.evaluate(SHOWN)
        assert shown["refused"] == (error is not None), f"drawn({seed})"
        if output is None:
            refused += 1
            assert shown["error"] == error
            assert re.fullmatch(r".*/en/reference/errors/#[a-z-]+", shown["link"])
            assert printed(shown["code"]) == error
            continue
        due = case.explained(at)
        assert shown["sum"] == str(due), f"drawn({seed})"
        channel = [case.explained((at[0], *cell)) for cell in np.ndindex(*output.shape[2:])]
        assert shown["values"] == [str(each).rpartition("= ")[2] for each in channel]
        assert all(formula in shown["facts"] for formula in case.formulas())
        assert all(f"{count:,}" in shown["facts"] for count in case.counts(output))
    assert 5 < refused < 30


def fed(case: Case, output: np.ndarray, wanted: Any) -> list[bool]:
    """Which cells of output channel 0 have a term that is wanted."""
    return [
        any(wanted(term) for term in case.explained((0, *cell)).terms)
        for cell in np.ndindex(*output.shape[2:])
    ]


def test_pointing_shows_what_a_cell_feeds(fresh_page: Page, site: Served) -> None:
    with_modules(fresh_page)
    play(fresh_page, site)
    looked = 0
    for seed in range(6000, 6030):
        case, output, _ = answer(seed)
        if output is None or output[0].size > 150:
            continue
        query = fresh_page.evaluate(TO_QUERY, [site.address, dataclasses.asdict(case)])
        follow(fresh_page, query)
        pads = [(0, 0)] * len(case.size)
        if not case.transposed:
            pads = [(axis.before, axis.after) for axis in case.axes()]
        shape = [b + n + a for n, (b, a) in zip(case.size, pads, strict=True)]
        draw = random.Random(seed)
        for name, cells in (("in", shape), ("w", case.kernel)):
            index = tuple(draw.randrange(n) for n in cells)
            if name == "w":
                due = fed(
                    case,
                    output,
                    lambda t, i=index: t.weight[2:] == i and t.position[0] == 0,
                )
            else:
                where = tuple(i - b for i, (b, _) in zip(index, pads, strict=True))
                inside = all(0 <= q < n for q, n in zip(where, case.size, strict=True))

                def reads(term: Any, where: Any = where, inside: Any = inside) -> Any:
                    if inside and term.input is not None:
                        return term.input[1:] == (0, *where)
                    return not inside and term.position == (0, *where)

                due = fed(case, output, reads)
            place = int(np.ravel_multi_index(index, cells))
            fresh_page.locator(f".ce-{name} [role=gridcell]").nth(place).dispatch_event(
                "pointerover", {"pointerType": "mouse"}
            )
            lit = fresh_page.evaluate(
                "() => [...document.querySelectorAll('.ce-out [role=gridcell]')]"
                ".map((each) => each.classList.contains('is-fed'))"
            )
            assert lit == due, f"drawn({seed}), {name} {index}"
            looked += 1
    assert looked > 20


def test_keyboard(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    focused = "document.activeElement.closest('[role=grid]')?.getAttribute('aria-label')"
    order = []
    explorer.locator("button").first.focus()
    for _ in range(16):
        fresh_page.keyboard.press("Tab")
        order.append(fresh_page.evaluate(focused))
    assert [each for each in order if each] == ["Input", "Kernel", "Output"], (
        "one stop for each grid"
    )
    explorer.locator(".ce-out [role=gridcell][tabindex='0']").focus()
    note = explorer.locator(".ce-note")
    for key, cell in (
        ("Home", "(0, 0) = 1"),
        ("ArrowRight", "(0, 1) = 3"),
        ("ArrowDown", "(1, 1) = 10"),
        ("End", "(1, 4) = 6"),
        ("ArrowRight", "(1, 4) = 6"),
        ("Control+End", "(4, 4) = 4"),
        ("Control+Home", "(0, 0) = 1"),
    ):
        fresh_page.keyboard.press(key)
        expect(note).to_have_text(f"Output {cell}")
    settled(
        fresh_page,
        "document.querySelector('.ce-live').textContent",
        "Output (0, 0) = 1: [0]·1 + [0]·2 + [0]·1 + [0]·0 + 1·1 + 2·0 + [0]·2 + 0·1 + 1·0 = 1",
    )
    fresh_page.keyboard.press(" ")
    expect(explorer.locator(".ce-play")).to_have_text("Pause")
    expect(note).to_have_text("Output (0, 1) = 3")
    fresh_page.keyboard.press(" ")
    expect(explorer.locator(".ce-play")).to_have_text("Play")


def test_a_play_ends_where_parameters_are_refused(site: Served, fresh_page: Page) -> None:
    errors: list[str] = []
    fresh_page.on("pageerror", lambda error: errors.append(str(error)))
    explorer = play(fresh_page, site)
    explorer.locator(".ce-play").click()
    enter(explorer, "Stride", "0")
    expect(explorer.locator(".ce-play")).to_have_text("Play")
    assert not errors


def test_numbers_are_changed_by_keyboard(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    first = explorer.locator(".ce-w [role=gridcell]").first
    first.focus()
    fresh_page.keyboard.type("-4")
    expect(explorer.locator(".ce-edit")).to_have_value("-4")
    fresh_page.keyboard.press("Enter")
    expect(first).to_have_text("-4")
    expect(first).to_be_focused()
    expect(explorer.locator(".ce-out [role=gridcell]").nth(6)).to_have_text("5")
    expect(explorer.locator(".ce-listing")).to_contain_text("w = torch.tensor([[[[-4, 2, 1],")
    fresh_page.keyboard.press("Enter")
    fresh_page.keyboard.type("7")
    fresh_page.keyboard.press("Escape")
    expect(first).to_have_text("-4")
    fresh_page.keyboard.press("F2")
    fresh_page.keyboard.type("1.23456")
    fresh_page.keyboard.press("Enter")
    expect(explorer.locator(".ce-edit")).to_have_attribute("aria-invalid", "true")
    expect(explorer.locator(".ce-live")).to_contain_text("at most 6 digits")
    expect(explorer.locator("[id$=-w-problem]")).to_contain_text("at most 6 digits")
    fresh_page.keyboard.press("Escape")
    expect(first).to_be_focused()
    fresh_page.keyboard.type(".5")
    fresh_page.keyboard.press("Enter")
    expect(explorer.locator(".ce-listing")).to_contain_text("dtype=torch.float64")
    explorer.locator(".ce-in .is-padding").first.focus()
    fresh_page.keyboard.type("3")
    expect(explorer.locator(".ce-edit")).to_have_count(0)


def test_touch(site: Served, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tab = context.new_page()
    explorer = play(tab, site)
    explorer.locator(".ce-out [role=gridcell]").nth(7).tap()
    expect(explorer.locator(".ce-note")).to_have_text("Output (1, 2) = 12")
    cell = explorer.locator(".ce-in [role=gridcell]").nth(8)
    cell.tap()
    expect(explorer.locator(".ce-note")).to_have_text("Input (0, 0) feeds 4 output cells.")
    expect(explorer.locator(".ce-edit")).to_have_count(0)
    cell.tap()
    expect(explorer.locator(".ce-edit")).to_be_focused()
    for fold in explorer.locator(".ce-fold").all():
        fold.tap()
    small = explorer.evaluate(
        """(root) => {
          const least = (e) => (e.matches("[role=gridcell], [type=checkbox]") ? 24 : 43);
          const all = "button, select, input:not(.ce-edit), a, [role=gridcell]";
          return [...root.querySelectorAll(all)]
            .filter((e) => e.checkVisibility())
            .map((e) => [e, e.closest("label:not(:has(select))") ?? e])
            .filter(([e, hit]) => {
              const box = (e.matches("[type=checkbox]") ? hit : e).getBoundingClientRect();
              return Math.min(box.width, box.height) < (e.matches("a") ? 24 : least(e));
            })
            .map(([e]) => `${e.outerHTML.slice(0, 90)} ${e.getBoundingClientRect().height}`);
        }"""
    )
    assert not small, "\n".join(small)
    context.close()


def test_link_reproduces_the_view(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    explorer.locator("[data-kind=transposed]").click()
    explorer.locator(".ce-random").click()
    expect(explorer.locator(".ce-live")).to_have_text("Random numbers, seed 1.")
    enter(explorer, "Stride", "2")
    enter(explorer, "Output padding", "1")
    explorer.locator(".ce-out [role=gridcell]").nth(13).click()
    explorer.locator(".ce-link").click()
    expect(explorer.locator(".ce-live")).to_have_text("The link is copied.")
    link = fresh_page.evaluate("navigator.clipboard.readText()")
    before = fresh_page.evaluate(SHOWN)
    assert "stride=2,2" in link and "extra=1,1" in link and not re.search(r"[^\w:/.#=&,-]", link)
    expect(fresh_page).to_have_url(link)
    for address in (link, link.replace("/en/play/", "/play/")):
        fresh_page.goto("about:blank")
        fresh_page.goto(address)
        expect(explorer.locator(".ce-out [role=gridcell]").first).to_be_visible()
        after = fresh_page.evaluate(SHOWN)
        for what in ("values", "input", "sum"):
            assert after[what] == before[what], f"{address}: {what}"


def test_bad_links_open(site: Served, fresh_page: Page) -> None:
    """Whatever stands behind the #, the page works."""
    errors: list[str] = []
    fresh_page.on("pageerror", lambda error: errors.append(str(error)))
    for query in (
        "kind=2d&size=99,-3&kernel=1e9,x&stride=&input=,,1,a&weight=%&bias=1",
        "kind=1d&padding=same&at=77,77&mode=none&groups=3&channels=7",
        "kind=transposed&padding=same&mode=reflect&extra=7,7",
        "kind=4d&size=5,5",
        "keys",
    ):
        explorer = play(fresh_page, site, query=query)
        explorer.locator(".ce-in [role=gridcell]").first.hover()
        for tab in explorer.locator("[role=tab]").all():
            tab.click()
    assert not errors, errors


def test_copied_code_and_saved_picture(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    for name in ("torch", "convref", "terms"):
        explorer.locator(f"[data-tab={name}]").click()
        explorer.locator(".ce-copy").click()
        expect(explorer.locator(".ce-live")).to_have_text("Copied.")
        copied = fresh_page.evaluate("navigator.clipboard.readText()")
        assert copied == explorer.locator(".ce-listing").text_content()
    with fresh_page.expect_download() as waiting:
        explorer.locator(".ce-svg").click()
    picture = ElementTree.parse(waiting.value.path())
    texts = ["".join(each.itertext()) for each in picture.iter() if each.tag.endswith("}text")]
    shown = fresh_page.evaluate(SHOWN)
    assert waiting.value.suggested_filename == "convolution.svg"
    assert texts.count("18") == 1 and set(shown["sum"].splitlines()) <= set(texts)
    assert len(texts) > len(shown["input"]) + len(shown["values"]) + 9
    fills = {each.get("fill") for each in picture.iter()}
    assert "" not in fills and len(fills - {None, "none"}) > 5


def test_parameters(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    explorer.get_by_label("Axes and sides apart").check()
    enter(explorer, "Padding left", "2")
    expect(explorer.locator(".ce-facts")).to_contain_text("W: floor((2 + 5 + 1 - 1 * (3 - 1) - 1)")
    explorer.locator("[data-tab=convref]").click()
    expect(explorer.locator(".ce-listing")).to_contain_text("w, padding=[(1, 1), (2, 1)])")
    explorer.get_by_label("Padding by").select_option("same")
    enter(explorer, "Stride H", "2")
    expect(explorer.locator(".ce-error")).to_have_text(
        "ValueError: padding='same' keeps the size only with stride 1, received stride=(2, 1): "
        "pad explicitly with convref.pad, or give padding as integers."
    )
    expect(explorer.locator(".ce-refusal a")).to_have_attribute(
        "href", site.address + "en/reference/errors/#same"
    )
    explorer.locator(".ce-reset").click()
    expect(explorer.locator(".ce-error")).to_have_count(0)
    weights = explorer.locator(".ce-w")
    explorer.locator(".ce-flip").click()
    expect(weights).to_have_text("012010121")
    explorer.locator(".ce-flip").click()
    expect(weights).to_have_text("121010210")
    for number in range(explorer.locator(".ce-preset option").count() - 1):
        explorer.locator(".ce-preset").select_option(str(number))
        refused = fresh_page.evaluate(SHOWN)["refused"]
        last = number == explorer.locator(".ce-preset option").count() - 2
        assert refused == last, f"example {number}"
    explorer.locator(".ce-preset").select_option(label="three channels")
    expect(explorer.locator(".ce-out")).to_have_text("18")
    explorer.locator(".ce-preset").select_option(label="groups")
    results = []
    for channel in range(8):
        explorer.locator(".ce-part-out select").select_option(str(channel))
        results.append(explorer.locator(".ce-out").text_content())
    assert results == ["3", "7", "11", "15", "19", "23", "27", "31"]


def test_random_is_seeded(site: Served, fresh_page: Page) -> None:
    shown = []
    for _ in range(2):
        explorer = play(fresh_page, site)
        explorer.locator(".ce-random").click()
        shown.append(fresh_page.evaluate(SHOWN)["input"])
    assert shown[0] == shown[1]


# What became of a link's text, read and written again, and what was said of it.
READ_AGAIN = """async ([base, queries]) => {
  const { fromQuery, toQuery } = await import(`${base}modules/state.js`);
  return queries.map((query) => {
    const state = fromQuery(query);
    return [state && toQuery(state), state?.notes ?? []];
  });
}"""


def test_links_of_answers_open_what_they_say(module: Page, site: Served) -> None:
    """What the build wrote for a fence is read as it stands: nothing cut, nothing made up."""
    fields = ("kind", "padding", "mode", "size", "kernel", "stride", "dilation", "extra", "groups")
    queries = []
    for page in text_pages():
        html = (site_directory() / page.path / "index.html").read_text("utf-8")
        for address in re.findall(r'<p class="conv-open"[^>]*><a href="([^"]*)"', html):
            target, _, query = unescape(address).partition("#")
            home = site.url(SitePage("play/", page.language))
            assert urllib.parse.urljoin(site.url(page), target) == home, page
            queries.append(query)
    assert len(queries) > 100
    for query, (told, notes) in zip(
        queries, module.evaluate(READ_AGAIN, [site.address, queries]), strict=True
    ):
        assert not notes, f"{query}: {notes}"
        given, read = (dict(urllib.parse.parse_qsl(each)) for each in (query, told))
        for name in (*fields, "input", "weight", "bias"):
            assert numbers_of(given.get(name)) == numbers_of(read.get(name, given.get(name))), query


def numbers_of(text: str | None) -> list[str]:
    """A field of a link, without the marks of what is made up."""
    return [each.removeprefix("~") for each in (text or "").split(",")]


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves(site: Served, browser: Browser, width: int) -> None:
    """The place is kept before the script comes, and while the output is played through."""
    names = ("", "learn/stride/", "learn/padding-modes/")
    for page in (SitePage("", "zh"), PLAY, *(SitePage(name, "en") for name in names)):
        context = browser.new_context(viewport={"width": width, "height": 900})
        tab = context.new_page()
        tab.add_init_script(
            """window.moved = 0;
            new PerformanceObserver((list) => {
              for (const each of list.getEntries()) window.moved += each.value;
            }).observe({ type: "layout-shift", buffered: true });"""
        )
        tab.goto(site.url(page), wait_until="load")
        tab.locator("conv-explorer .ce-note").first.wait_for()
        height = "() => document.querySelector('conv-explorer').getBoundingClientRect().height"
        hidden = "e => e.scrollHeight - e.clientHeight"
        heights = set()
        for _ in range(9):
            heights.add(tab.evaluate(height))
            assert tab.eval_on_selector(".ce-sum", hidden) <= 0, f"{page} at {width}: a cut sum"
            tab.evaluate("document.querySelector('conv-explorer').step(7)")
        assert len(heights) == 1, f"{page}: {heights}"
        tab.wait_for_timeout(200)
        moved = tab.evaluate("window.moved")
        assert moved < 0.05, f"{page} at {width}: {moved}"
        context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_scripts(site: Served, browser: Browser, language: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    for name in ("", "play/", "learn/stride/"):
        tab.goto(site.url(SitePage(name, language)))
        explorer = tab.locator("conv-explorer")
        expect(explorer.locator("svg")).to_be_visible()
        expect(explorer.locator("p")).to_contain_text("JavaScript")
    context.close()


STATES = (
    "kind=2d&size=4,4&dilation=2,2",
    "kind=2d&channels=4&outputs=4&groups=2&padding=2,1,0,3&mode=circular&bias=1,2,3,4",
    "kind=transposed&size=16,16&kernel=7,7&stride=2,2",
)


@pytest.mark.parametrize(("language", "palette"), [("zh", "light"), ("en", "dark")])
def test_accessible_in_every_state(
    site: Served, browser: Browser, palette: Literal["light", "dark"], language: str
) -> None:
    """Everything unfolded, each kind of state, on a phone: nothing for axe, nothing sticks out.

    In the palette in which the page comes, and in the other.
    """
    context = browser.new_context(
        color_scheme=palette, viewport={"width": 390, "height": 900}, reduced_motion="reduce"
    )
    tab = context.new_page()
    problems = []
    for query in STATES:
        explorer = play(tab, site, SitePage("play/", language), query)
        for fold in explorer.locator(".ce-fold").all():
            fold.click()
        explorer.locator(".ce-panel [type=checkbox]").last.check()
        explorer.locator("[data-tab=terms]").click()
        for only in (), COLOURS:
            explorer.locator(".ce-in [role=gridcell]").first.hover()
            problems += [f"{query}: {each}" for each in accessibility(tab, only)]
            problems += [f"{query}: overflow: {each}" for each in tab.evaluate(OVERFLOW)]
            tab.locator("header [data-md-component=palette] label:visible").click()
    context.close()
    assert not problems, "\n".join(problems)


def test_in_print_and_in_forced_colours(site: Served, fresh_page: Page) -> None:
    explorer = play(fresh_page, site)
    fresh_page.emulate_media(media="print")
    for name in (".ce-bar", ".ce-player", ".ce-panel"):
        expect(explorer.locator(name)).to_be_hidden()
    for name in (".ce-grid.ce-out", ".ce-sum", ".ce-facts"):
        expect(explorer.locator(name)).to_be_visible()
    fresh_page.emulate_media(media="screen", forced_colors="active", reduced_motion="reduce")
    look = "(e, name) => getComputedStyle(e)[name]"
    now = explorer.locator(".is-now")
    plain = explorer.locator(".ce-out [role=gridcell]:not(.is-now)").first
    assert now.evaluate(look, "outlineStyle") == "solid"
    assert plain.evaluate(look, "outlineStyle") == "none"
    tap, cell = explorer.locator(".is-tap").first, explorer.locator(".ce-in :not(.is-tap)").last
    assert tap.evaluate(look, "borderTopWidth") != cell.evaluate(look, "borderTopWidth")
    assert explorer.locator(".ce-part-in .ce-window").evaluate(look, "transitionDuration") == "0s"


CONTRAST = """(button) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((each) => each / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(button);
  const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => x - y);
  return (b + 0.05) / (a + 0.05);
}"""


@pytest.mark.parametrize("palette", PALETTES)
def test_a_button_under_the_pointer_can_be_read(
    browser: Browser, site: Served, palette: Literal["light", "dark"]
) -> None:
    """The chosen one too, on which a pointer rests after the click."""
    page = browser.new_page(color_scheme=palette, reduced_motion="reduce")
    explorer = play(page, site)
    explorer.locator("button[aria-expanded=false]").evaluate_all(
        "all => all.forEach(b => b.click())"
    )
    chosen = ".ce-button:is([aria-pressed=true], [aria-selected=true]):visible"
    assert explorer.locator(chosen).count()
    for button in explorer.locator(".ce-button:visible:not([aria-disabled=true])").all():
        button.hover()
        contrast = button.evaluate(CONTRAST)
        assert contrast >= 4.5, f"{button.inner_text()}: {contrast:.1f}"
    page.close()
