"""The explorer shows what convref computes, and can be used by everybody."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from explored import Case, drawn
from playwright.sync_api import Browser, Locator, Page, expect
from served import Served, SitePage, pages, site_directory

CASES = 2200
CODES = 120
PLAY = SitePage("play/", "en")

# All that the browser's modules say about states, without the element.
DESCRIBE = """async ([base, states]) => {
  const load = (name) => import(`${base}assets/explorer/${name}.js`);
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
    page.goto(site.url(PLAY))
    yield page
    context.close()


def described(module: Page, site: Served, asked: list[tuple[Case, list[tuple[int, ...]]]]):
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


def compare(case, seed, output, error, told, monkeypatch) -> Iterator[tuple[str, object, object]]:
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
        # A matrix product adds in another order; the order of the definition is compared below.
        close = np.allclose(values, output[0], rtol=1e-12, atol=1e-9 * abs(output).max())
        yield "floats", True, bool(close)
    for cell, shown in zip(chosen_cells(seed, output), told["explained"], strict=True):
        due = case.explained(cell, monkeypatch)
        yield f"sum at {cell}", str(due), shown["sum"]
        yield f"table at {cell}", due.table(), shown["table"]
        yield f"total at {cell}", due.total.item(), shown["total"]
        yield f"grid at {cell}", due.total.item(), values[cell].item()
        if cell[0] == 0:
            at = np.ravel_multi_index(cell[1:], output.shape[2:])
            yield f"text at {cell}", str(due).rpartition("= ")[2], told["texts"][at]


def test_everything_shown_equals_convref(
    module: Page, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems, refused, rules, kinds = [], 0, set(), set()
    for start in range(0, CASES, 200):
        seeds = range(start, min(CASES, start + 200))
        asked = [(answer(seed)[0], chosen_cells(seed, answer(seed)[1])) for seed in seeds]
        for seed, told in zip(seeds, described(module, site, asked), strict=True):
            case, output, error = answer(seed)
            kinds.add((case.kind, case.mode, output is None))
            refused += error is not None
            rules |= {told["refusal"]["rule"]} if told["refusal"] else set()
            for what, due, shown in compare(case, seed, output, error, told, monkeypatch):
                if due != shown:
                    problems.append(f"{what}:\n  convref {due!r}\n  browser {shown!r}\n  drawn({seed})")
                    break
    assert not problems, f"{len(problems)} of {CASES} differ:\n" + "\n".join(problems[:5])
    assert 0.15 < refused / CASES < 0.35, f"{refused} of {CASES} are refused"
    exported = (site_directory() / "assets/explorer/messages.js").read_text("utf-8")
    assert rules == set(re.findall(r'"([a-z ]+)": \["', exported)), "a rule that no case meets"
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
    asked = [(answer(seed)[0], []) for seed in seeds]
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
          const { written } = await import(`${base}assets/explorer/numbers.js`);
          return list.map((each) => written(each, true));
        }""",
        [site.address, numbers],
    )
    assert told == [format(number, ".6g") for number in numbers]
