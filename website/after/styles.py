"""One stylesheet instead of eight: the browser waits for one request before it paints."""

from __future__ import annotations

import re
from pathlib import Path

from convref.figures.style import RULES, variables
from website.after import only

API_STYLES = "assets/_mkdocstrings.css"
OURS = ("tokens", "type", "code", "figures", "page", "home", "messages", "print")


def figures() -> str:
    """The inside of figures. Dark values hold on screens only, so that paper is always light."""
    return (
        f"[data-md-color-scheme] {{ {variables('light')} }}\n"
        f'@media screen {{ [data-md-color-scheme="slate"] {{ {variables("dark")} }} }}\n{RULES}'
    )


def one_sheet(site: Path) -> None:
    assets = site / "assets"
    sheets = [only(assets, f"stylesheets/{name}.*.css") for name in ("main", "palette")]
    sheets.append(site / API_STYLES)
    sheets += [assets / f"styles/{name}.css" for name in OURS]
    text = "\n".join([*(sheet.read_text("utf-8") for sheet in sheets), figures()])
    # Comments go, and with them the pointers to source maps that are no longer true.
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\n\s*\n+", "\n", text)
    (assets / "styles/site.css").write_text(text, "utf-8")
    for sheet in (*sheets, *assets.glob("stylesheets/*.map")):
        sheet.unlink()
