"""What a first visit transfers, every response gzipped at level 6 as hosts do."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser
from served import Served, text_pages

LIMIT = 120 * 1024


def test_first_visit(
    site: Served, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    rows, heavy = [], []
    for page in text_pages():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        start = len(site.answers)
        context.new_page().goto(site.url(page), wait_until="networkidle")
        site.wait_until_quiet()
        answers = site.answers[start:]
        context.close()
        total = sum(answer.compressed for answer in answers)
        assert any(answer.path.endswith(".css") for answer in answers), f"{page}: no styles came"
        rows.append(f"{total / 1024:7.1f} KiB  {len(answers):3} requests  {page}")
        if total > LIMIT:
            largest = sorted(answers, key=lambda answer: -answer.compressed)[:6]
            detail = ", ".join(f"{a.path} {a.compressed / 1024:.1f} KiB" for a in largest)
            heavy.append(f"{page}: {total / 1024:.1f} KiB > {LIMIT / 1024:.0f} KiB: {detail}")
    record_property(f"table: first visit, limit {LIMIT / 1024:.0f} KiB", "\n".join(rows))
    assert not heavy, "\n".join(heavy)
