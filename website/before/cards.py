"""The picture of a shared link (og:image): the page's first figure, without words."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import resvg_py

from convref.figures import Figure, draw
from convref.figures.style import PALETTES
from website import addresses
from website.markdown.figures import drawn
from website.settings import ROOT
from website.source import parse

WIDTH, HEIGHT = 1200, 630  # what the networks ask for; theme/main.html tells them
MARGIN = 70
FOLDER = "assets/cards"
KEPT = ROOT / ".cache/cards"


def figure(markdown: str) -> Figure:
    """The first of a page; a page without one gets what the home page is about."""
    for fence in parse(markdown).fences:
        if fence.role == "conv-figure":
            return drawn(fence.source)
    return draw("window", size=[5, 5], kernel=[3, 3], at=[0, 1])


def card(shown: Figure) -> str:
    """The figure as large as it fits, on a bar with the name."""
    box, palette = shown.box(), PALETTES["light"]
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN - 60
    scale = min(wide / box.width, high / (box.height + 14))
    size = (box.width * scale, (box.height + 14) * scale)
    place = f'x="{(WIDTH - size[0]) / 2:.1f}" y="{MARGIN + (high - size[1]) / 2:.1f}"'
    inner = re.sub(
        r'width="[\d.]+" height="[\d.]+"',
        f'{place} width="{size[0]:.1f}" height="{size[1]:.1f}"',
        shown.still(shown.canvas.shown, "light"),
        count=1,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette["paper"]}"/>{inner}'
        f'<rect y="{HEIGHT - 80}" width="{WIDTH}" height="80" fill="#1d3557"/>'
        f'<text x="{MARGIN}" y="{HEIGHT - 28}" font-family="DejaVu Sans Mono, monospace" '
        f'font-size="38" fill="#fff">convref</text></svg>'
    )


def picture(svg: str) -> bytes:
    """As pixels; kept, since a page changes more often than its first figure."""
    kept = KEPT / f"{sha256(svg.encode()).hexdigest()[:24]}.png"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg)))
    return kept.read_bytes()


def write(docs: Path) -> None:
    """A card for each page below `docs`, under the name that theme/main.html asks for."""
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(docs.rglob("*.md")):
        url = addresses.of_page(path.relative_to(docs).as_posix())
        name = url.rstrip("/").replace("/", "-") or "index"
        (folder / f"{name}.png").write_bytes(picture(card(figure(path.read_text("utf-8")))))
