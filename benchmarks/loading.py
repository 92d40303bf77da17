"""How long a phone's processor is blocked while long pages open, beside a short one.

    make bench-loading

Blocking time is Lighthouse's: what the main thread's tasks take beyond 50 ms, after the first
paint, on a processor four times slower. Here it is four times the processor's own time, so that
other work on the machine lengthens it less. Each round opens every page anew.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.served import ROOT, SitePage, serve
from tests.browser.test_loading import PHONE, REST, Trace

ROUNDS = 5
SLOWER = 4
PAGES = ("learn/stride/", "reference/api/", "reference/errors/")  # the first is the short one
DRAWING = {"ParseHTML", "UpdateLayoutTree", "Layout"}


def blocked(events: list[dict[str, Any]]) -> float:
    """Milliseconds, from a trace."""
    timed = [event for event in events if event.get("ph") == "X"]
    busy: dict[tuple[int, int], int] = {}
    for event in timed:
        if event["name"] in DRAWING:
            thread = event["pid"], event["tid"]
            busy[thread] = busy.get(thread, 0) + event.get("dur", 0)
    main = max(busy, key=lambda thread: busy[thread])
    painted = min(
        event["ts"]
        for event in events
        if event["name"] == "firstContentfulPaint" and event["pid"] == main[0]
    )
    tasks = (
        event["tdur"] * SLOWER / 1000
        for event in timed
        if event["name"] == "RunTask"
        and (event["pid"], event["tid"]) == main
        and event["ts"] + event["dur"] > painted
    )
    return float(sum(max(0.0, task - 50) for task in tasks))


def main() -> None:
    path = os.environ.get("CHROMIUM") or subprocess.check_output(
        [sys.executable, "-m", "website.chromium"], cwd=ROOT, text=True
    )
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    with serve() as site, sync_playwright() as playwright:
        for _ in range(ROUNDS):
            for name in PAGES:
                browser = playwright.chromium.launch(executable_path=path.strip(), args=FLAGS)
                context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
                tab = context.new_page()
                trace = Trace(context.new_cdp_session(tab))
                trace.start("disabled-by-default-devtools.timeline", "loading")
                tab.goto(site.url(SitePage(name, "en")), wait_until="load")
                tab.evaluate(REST)
                times[name].append(blocked(trace.end(tab)))
                browser.close()
    short = statistics.median(times[PAGES[0]])
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("  least  median   ratio")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{min(found):7.0f} {median:7.0f} {median / short:7.2f}  {name}")


if __name__ == "__main__":
    main()
