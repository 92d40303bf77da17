"""What a first visit transfers, every response gzipped at level 6 as hosts do."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from playwright.sync_api import Browser

from tests.browser.served import Served, site_directory, text_pages

LIMIT = 120 * 1024
WITH_EXPLORER = 160 * 1024
EXPLORER = 30 * 1024


def test_first_visit(
    site: Served, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    rows, heavy = [], []
    for page in text_pages():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        start = len(site.answers)
        tab = context.new_page()
        tab.goto(site.url(page), wait_until="networkidle")
        explorer = tab.locator("conv-explorer").count() > 0
        site.wait_until_quiet()
        answers = site.answers[start:]
        context.close()
        total = sum(answer.compressed for answer in answers)
        assert any(answer.path.endswith(".css") for answer in answers), f"{page}: no styles came"
        rows.append(f"{total / 1024:7.1f} KiB  {len(answers):3} requests  {page}")
        limit = WITH_EXPLORER if explorer else LIMIT
        assert any("/assets/explorer/" in answer.path for answer in answers) == explorer, (
            f"{page}: the explorer's scripts belong to pages that have one, and to no others"
        )
        if total > limit:
            largest = sorted(answers, key=lambda answer: -answer.compressed)[:6]
            detail = ", ".join(f"{a.path} {a.compressed / 1024:.1f} KiB" for a in largest)
            heavy.append(f"{page}: {total / 1024:.1f} KiB > {limit / 1024:.0f} KiB: {detail}")
    bounds = f"{LIMIT // 1024} KiB, {WITH_EXPLORER // 1024} KiB with an explorer"
    record_property(f"table: first visit, limit {bounds}", "\n".join(rows))
    assert not heavy, "\n".join(heavy)


def test_explorer_is_small(record_property: Callable[[str, object], None]) -> None:
    """Its script and its styles, each compressed by itself as hosts do."""
    files = sorted((site_directory() / "assets/explorer").iterdir())
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    total = sum(sizes.values())
    record_property("table: explorer", f"{total / 1024:7.1f} KiB in {len(files)} files")
    assert {file.suffix for file in files} == {".js", ".css"} and len(files) == 2
    assert total <= EXPLORER, sizes
