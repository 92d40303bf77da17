"""What a first visit transfers, every response gzipped at level 6 as hosts do."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence

from tests.browser.served import Answer, SitePage, compressed, site_directory

LIMIT = 120 * 1024
WITH_EXPLORER = 150 * 1024
EXPLORER = 30 * 1024


def weighed(answers: Sequence[Answer], explorer: bool) -> Iterator[str]:
    """What is wrong with all that a first visit was sent; test_sweep visits every page."""
    sizes = {answer.path: compressed(answer.file) for answer in answers}
    limit = WITH_EXPLORER if explorer else LIMIT
    if not any(path.endswith(".css") for path in sizes):
        yield "no styles came"
    if any("/assets/explorer/" in path for path in sizes) != explorer:
        yield "the explorer's scripts belong to pages that have one, and to no others"
    if (total := sum(sizes.values())) > limit:
        largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:6]
        detail = ", ".join(f"{path} {sizes[path] / 1024:.1f} KiB" for path in largest)
        yield f"{total / 1024:.1f} KiB > {limit / 1024:.0f} KiB: {detail}"


def row(page: SitePage, answers: Sequence[Answer]) -> str:
    total = sum(compressed(answer.file) for answer in answers)
    return f"{total / 1024:7.1f} KiB  {len(answers):3} requests  {page}"


def test_what_is_too_heavy_or_missing_is_told() -> None:
    files = {file.suffix: file for file in site_directory().rglob("*") if file.is_file()}
    style = Answer("/a.css", 200, files[".css"])
    script = Answer("/assets/explorer/b.js", 200, files[".js"])
    cards = sorted(site_directory().rglob("*.png"))
    pictures = [Answer(f"/{number}.png", 200, file) for number, file in enumerate(cards)]
    assert list(weighed([style], explorer=False)) == []
    assert list(weighed([style, script], explorer=True)) == []
    (said,) = weighed([style, *pictures], explorer=False)
    assert "> 120 KiB: /" in said
    assert list(weighed([script], explorer=False)) == [
        "no styles came",
        "the explorer's scripts belong to pages that have one, and to no others",
    ]


def test_explorer_is_small(record_property: Callable[[str, object], None]) -> None:
    """Its script and its styles, each compressed by itself as hosts do."""
    files = sorted((site_directory() / "assets/explorer").iterdir())
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    total = sum(sizes.values())
    record_property("table: explorer", f"{total / 1024:7.1f} KiB in {len(files)} files")
    assert {file.suffix for file in files} == {".js", ".css"} and len(files) == 2
    assert total <= EXPLORER, sizes
