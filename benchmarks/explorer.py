"""How long one update of the explorer takes: script and layout, at 16×16 with a 7×7 kernel.

    make bench-explorer

Medians in milliseconds, in Chromium without a screen; painting is not included.
"""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.served import ROOT, SitePage, serve

ROUNDS = 200
STATE = "kind=2d&size=16,16&kernel=7,7&padding=3,3,3,3&mode=reflect"
STRIDES = "(e, i) => e.update({ stride: i % 2 ? [1, 1] : [2, 2] })"
UPDATES = {
    "another output cell": "(e) => e.step(1)",
    "another input cell pointed at": "(e, i) => e.point('in', i % 484)",
    "a number changed": "(e, i) => e.edit('w', i % 49, String(i % 9))",
    "a parameter changed, cells kept": "(e, i) => e.update({ mode: i % 2 ? 'zeros' : 'reflect' })",
    "a parameter changed, cells made anew": STRIDES,
}
# Reading a box makes the browser do the layout that it would otherwise do before painting.
MEASURE = """([update, rounds]) => {
  const explorer = document.querySelector("conv-explorer");
  const act = eval(update);
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    act(explorer, i);
    explorer.getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds / 2];
}"""


def main() -> None:
    path = os.environ.get("CHROMIUM") or subprocess.check_output(
        [sys.executable, "-m", "website.chromium"], cwd=ROOT, text=True
    )
    with serve() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path.strip(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        tab = context.new_page()
        tab.goto(site.url(SitePage("play/", "en")) + f"#{STATE}")
        tab.locator("conv-explorer .is-now").wait_for()
        for name, update in UPDATES.items():
            print(f"{tab.evaluate(MEASURE, [update, ROUNDS]):7.2f} ms  {name}")
        browser.close()


if __name__ == "__main__":
    main()
