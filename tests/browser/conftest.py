"""One server and one browser for the session, a context for each visit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.served import ROOT, Served, serve

# Without these, Chromium calls home at every start; as root it needs --no-sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site() -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or subprocess.check_output(
        [sys.executable, "-m", "website.chromium"], cwd=ROOT, text=True
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path.strip(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A first visit: nothing stored, nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tables that tests recorded, row by row, shown whether or not they passed."""
    tables: dict[str, list[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name.startswith("table: ") and report.when == "call":
                    tables.setdefault(name.removeprefix("table: "), []).append(value)
    for name, rows in tables.items():
        terminalreporter.section(name)
        terminalreporter.write_line("\n".join(rows))
