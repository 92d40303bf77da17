"""What a copy button gives is the block's code, and prints what the page shows, pasted alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from docblocks import compare, front_matter
from playwright.sync_api import Browser, Page
from served import ROOT, Served, SitePage, text_pages

NAMES = sorted({page.name for page in text_pages()})
# Material takes this comment for an annotation, shows a marker instead, and does not copy it.
ANNOTATION = re.compile(r"[ \t]*#[ \t]*\(\d+\)!$", re.M)
SECONDS = 120

# Blocks in page order. An output is the next block after its code, or after the code's tab set.
BLOCKS = """() => [...document.querySelectorAll("main article div.highlight")].map((block) => {
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


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """Pages as they were written, before any script has touched them."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def blocks_of(tab: Page) -> list[Block]:
    return [Block(**found) for found in tab.evaluate(BLOCKS)]


def source(page: SitePage) -> Path:
    stem = ROOT / "docs" / page.language / (page.name.rstrip("/") or "index")
    files = (stem.with_suffix(".ipynb"), stem.with_suffix(".md"), stem / "index.md")
    return next(file for file in files if file.exists())


def examples(page: SitePage) -> int:
    """How many blocks the page's source says are run."""
    file = source(page)
    text = file.read_text("utf-8")
    if file.suffix == ".ipynb":
        return int(json.loads(text)["metadata"]["convref"]["examples"])
    return int(front_matter(text)["examples"])


def together(copies: list[tuple[Block, str]]) -> list[tuple[Block, str]]:
    """The cells of a notebook as one block: they share their names, and run in order."""
    code = "".join(block.code for block, _ in copies)
    output = "".join(block.output or "" for block, _ in copies)
    return [(Block("python", True, code, output), "\n".join(copied for _, copied in copies))]


def copy(tab: Page, number: int) -> str | None:
    """Click the button of a block, as a reader would: its tab first."""
    block = tab.locator("main article div.highlight").nth(number)
    button = block.locator("[data-clipboard-target]")
    if button.count() == 0:
        return None
    block.evaluate("block => block.closest('details')?.setAttribute('open', '')")
    if not block.is_visible():
        block.evaluate(
            """(block) => {
              const tab = block.closest(".tabbed-block");
              const place = [...tab.parentElement.children].indexOf(tab);
              tab.closest(".tabbed-set").querySelector(".tabbed-labels").children[place].click();
            }"""
        )
    block.hover()
    if not button.is_visible():
        return None
    tab.evaluate("navigator.clipboard.writeText('nothing was copied')")
    button.click()
    return str(tab.evaluate("navigator.clipboard.readText()"))


@cache
def run(code: str) -> Ran:
    """Each distinct text once, in an interpreter that knows nothing of this project's folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env=environment | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
    if done.returncode == 0:
        return Ran(done.stdout, done.stderr)
    # After the frames, which are indented; a message may have indented lines of its own.
    last = done.stderr.rpartition("Traceback (most recent call last):\n")[2]
    error = re.search(r"^\S.*", last, re.M | re.S)
    assert error, f"no error ends this:\n{done.stderr}"
    return Ran(done.stdout + error[0], "")


def differences(page: SitePage, block: Block, ran: Ran) -> list[str]:
    shown = (block.output or "").rstrip("\n")
    difference = compare(shown, ran.printed.rstrip("\n"))
    where = f"{page}, the block\n{block.code}"
    problems = []
    if difference is not None:
        problems.append(f"{where}prints something else than the page shows:\n{difference}")
    if ran.complaint:
        problems.append(f"{where}says on stderr what the page does not show:\n{ran.complaint}")
    return problems


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name or "index")
def test_copy_buttons(name: str, site: Served, fresh_page: Page, plain: Page) -> None:
    problems: list[str] = []
    to_run: list[tuple[SitePage, Block, str]] = []
    for page in (SitePage(name, "zh"), SitePage(name, "en")):
        plain.goto(site.url(page))
        fresh_page.goto(site.url(page), wait_until="load")
        blocks = blocks_of(plain)
        if any(block.runs for block in blocks):
            fresh_page.locator("[data-clipboard-target]").first.wait_for(state="attached")
        scripted = [block.output for block in blocks_of(fresh_page)]
        assert scripted == [block.output for block in blocks], f"{page}: scripts change an output"
        count = sum(block.runs for block in blocks)
        if count != examples(page):
            problems.append(f"{page}: {count} blocks to run, front matter says {examples(page)}")
        copies: list[tuple[Block, str]] = []
        for number, block in enumerate(blocks):
            copied = copy(fresh_page, number)
            if copied is None:
                if block.runs:
                    problems.append(f"{page}: no copy button at the block\n{block.code}")
            elif copied != block.copied():
                problems.append(f"{page}: copied {copied!r}, the block is {block.copied()!r}")
            elif block.runs:
                copies.append((block, copied))
        copies = together(copies) if source(page).suffix == ".ipynb" else copies
        to_run += [(page, *each) for each in copies]
    with ThreadPoolExecutor(2) as pool:
        texts = list(dict.fromkeys(text for _, _, text in to_run))
        ran = dict(zip(texts, pool.map(run, texts), strict=True))
    for page, block, text in to_run:
        problems += differences(page, block, ran[text])
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)
