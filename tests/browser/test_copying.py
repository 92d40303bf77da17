"""What a copy button gives is the block's code, and prints what the page shows, pasted alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import ROOT, Served, SitePage, text_pages
from verify.pages import elsewhere
from verify.pages.compare import compare
from verify.pages.notebooks import as_page
from website.source import parse

NAMES = sorted({page.name for page in text_pages()})
# Material takes this comment for an annotation, shows a marker instead, and does not copy it.
ANNOTATION = re.compile(r"[ \t]*#[ \t]*\(\d+\)!$", re.M)

# Blocks in page order. An output is the next block after its code, or after the code's tab set.
BLOCKS = """(page) => [...page.querySelectorAll("main article div.highlight")].map((block) => {
  const language = (e) => [...e.classList].find((c) => c.startsWith("language-"))?.slice(9) ?? "";
  const shown = (e) => {
    let next = e.nextElementSibling;
    while (next?.matches("ol")) next = next.nextElementSibling;
    return next?.matches("div.highlight.language-text") ? next : null;
  };
  const tab = block.parentElement.closest(".tabbed-block");
  const output = shown(block) ?? (tab && shown(tab.closest(".tabbed-set")));
  const text = (e) => e.querySelector("pre > code").textContent;
  return {
    language: language(block),
    runs: language(block) === "python" && !block.matches(".quoted, .doc-signature")
      && !block.closest(".mkdocstrings-source"),  // an excerpt of a module
    code: text(block),
    output: output && text(output),
  };
})"""
# The page as it was written, before any script has touched it.
WRITTEN = """async () => {
  const html = await (await fetch(location.href)).text();
  return new DOMParser().parseFromString(html, "text/html");
}"""


BUTTON = "[data-clipboard-target]"

# What buttons give, from one block to another in page order: their tabs are opened first; null
# without a button that a mouse could reach. A button comes when its block is seen.
COPIES = """async ([BUTTON, start, end]) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let given = null;
  addEventListener("copy", () => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    given = value.slice(selectionStart, selectionEnd);
  });
  const blocks = [...document.querySelectorAll("main article div.highlight")];
  const copies = [];
  for (const block of blocks.slice(start, end)) {
    for (let e = block; (e = e.parentElement.closest("details")); ) e.open = true;
    for (let tab = block; (tab = tab.parentElement.closest(".tabbed-block")); ) {
      const place = [...tab.parentElement.children].indexOf(tab);
      tab.closest(".tabbed-set").querySelector(".tabbed-labels").children[place].click();
    }
    block.scrollIntoView({ block: "start", behavior: "instant" });
    for (let i = 0; i < 20 && !block.querySelector(BUTTON); i++) await frame();
    const button = block.querySelector(BUTTON);
    button?.scrollIntoView({ block: "center", behavior: "instant" });
    const box = button?.getBoundingClientRect();
    const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    given = hit && button.contains(hit) ? "nothing was copied" : null;
    if (given) button.click();
    copies.push(given);
  }
  return copies;
}"""
AT_ONCE = 10  # browsers let a page copy for some seconds after a key or a click


@dataclass(frozen=True)
class Block:
    language: str
    runs: bool
    code: str
    output: str | None

    def copied(self) -> str:
        """What its button must give: the code, without a last newline or a console's prompts."""
        code = self.code.rstrip("\n")
        if self.language == "console":
            code = re.sub(r"^\$ ", "", code, flags=re.M)
        return ANNOTATION.sub("", code)


@dataclass(frozen=True)
class Ran:
    printed: str
    complaint: str


def written(tab: Page) -> list[Block]:
    return [
        Block(**found) for found in tab.evaluate(f"async () => ({BLOCKS})(await ({WRITTEN})())")
    ]


def shown(tab: Page) -> list[Block]:
    return [Block(**found) for found in tab.evaluate(f"() => ({BLOCKS})(document)")]


def source(page: SitePage) -> Path:
    stem = ROOT / "docs" / page.language / (page.name.rstrip("/") or "index")
    files = (stem.with_suffix(".ipynb"), stem.with_suffix(".md"), stem / "index.md")
    return next(file for file in files if file.exists())


def examples(page: SitePage) -> int:
    """How many blocks of the page's source are run."""
    return len(parse(as_page(source(page))).blocks)


def together(copies: list[tuple[Block, str]]) -> list[tuple[Block, str]]:
    """The cells of a notebook as one block: they share their names, and run in order."""
    code = "".join(block.code for block, _ in copies)
    output = "".join(block.output or "" for block, _ in copies)
    return [(Block("python", True, code, output), "\n".join(copied for _, copied in copies))]


def copy_first(tab: Page) -> None:
    """With the mouse, as a reader does: the button shows when the mouse is over its block."""
    runs = "main article div.highlight.language-python:not(.quoted, .doc-signature):visible"
    block = tab.locator(runs).first
    block.hover()
    button = block.locator(BUTTON)
    expect(button).to_be_visible()
    tab.evaluate("navigator.clipboard.writeText('nothing was copied')")
    button.click()
    tab.wait_for_function(
        "async () => await navigator.clipboard.readText() !== 'nothing was copied'"
    )


def copies(tab: Page, count: int) -> list[str | None]:
    """What the buttons of so many blocks give, in large portions: each question takes time."""
    given = []
    for start in range(0, count, AT_ONCE):
        tab.keyboard.press("Shift")
        given += tab.evaluate(COPIES, [BUTTON, start, start + AT_ONCE])
    return given


@pytest.fixture(scope="session")
def run() -> Iterator[Callable[[str], Ran]]:
    """Each distinct text once, in an interpreter that knows nothing of this project's folder."""
    with subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", ROOT / "tests/browser/fresh.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"OMP_NUM_THREADS": "1"},  # a fork has none of its parent's threads
    ) as interpreter:

        @cache
        def run(code: str) -> Ran:
            assert interpreter.stdin and interpreter.stdout
            print(json.dumps(code), file=interpreter.stdin, flush=True)
            done = json.loads(interpreter.stdout.readline())
            if done["status"] == 0:
                return Ran(done["printed"], done["errors"])
            # After the frames, which are indented; a message may have indented lines of its own.
            last = done["errors"].rpartition("Traceback (most recent call last):\n")[2]
            error = re.search(r"^\S.*", last, re.M | re.S)
            assert error, f"status {done['status']}, and no error ends this:\n{done['errors']}"
            return Ran(done["printed"] + error[0], "")

        yield run


def differences(page: SitePage, block: Block, ran: Ran) -> list[str]:
    output = (block.output or "").rstrip("\n")
    difference = compare(output, ran.printed.rstrip("\n"))
    where = f"{page}, the block\n{block.code}"
    problems = []
    if difference is not None:
        problems.append(f"{where}prints something else than the page shows:\n{difference}")
    if ran.complaint:
        problems.append(f"{where}says on stderr what the page does not show:\n{ran.complaint}")
    return problems


def given(tab: Page, site: Served, page: SitePage) -> tuple[list[Block], list[str | None]]:
    """The blocks of a page as it was written, and what their buttons give."""
    tab.goto(site.url(page), wait_until="load")
    blocks = written(tab)
    if any(block.runs for block in blocks):
        copy_first(tab)
    texts = copies(tab, len(blocks))
    scripted = [block.output for block in shown(tab)]
    assert scripted == [block.output for block in blocks], f"{page}: scripts change an output"
    return blocks, texts


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name or "index")
def test_copy_buttons(name: str, site: Served, fresh_page: Page, run: Callable[[str], Ran]) -> None:
    """On the page of one language: what is written in both is the same, as other tests prove."""
    problems: list[str] = []
    to_run: list[tuple[SitePage, Block, str]] = []
    page = SitePage(name, "zh")
    blocks, texts = given(fresh_page, site, page)
    if (count := sum(block.runs for block in blocks)) != examples(page):
        problems.append(f"{page}: {count} blocks to run, its source has {examples(page)}")
    good: list[tuple[Block, str]] = []
    for block, copied in zip(blocks, texts, strict=True):
        if copied is None:
            if block.runs:
                problems.append(f"{page}: no copy button at the block\n{block.code}")
        elif copied != block.copied():
            problems.append(f"{page}: copied {copied!r}, the block is {block.copied()!r}")
        elif block.runs and elsewhere.folder(copied) is None:
            good.append((block, copied))
    good = together(good) if source(page).suffix == ".ipynb" else good
    to_run += [(page, *each) for each in good]
    for page, block, text in to_run:
        problems += differences(page, block, run(text))
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


@pytest.mark.parametrize("name", ["", "learn/stride/", "notebooks/padding-and-groups/"])
def test_copy_button_in_english(name: str, site: Served, fresh_page: Page) -> None:
    """With the mouse, and the same blocks as on the page in Chinese."""
    page = SitePage(name, "zh")
    fresh_page.goto(site.url(page), wait_until="load")
    blocks = written(fresh_page)
    fresh_page.goto(site.url(page.other), wait_until="load")
    assert written(fresh_page) == blocks
    copy_first(fresh_page)
