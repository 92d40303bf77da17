"""One stylesheet instead of eight: the browser waits for one request before it paints."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

from convref.figures.style import RULES, variables

API_STYLES = "assets/_mkdocstrings.css"
OURS = ("tokens", "type", "code", "figures", "page", "home", "print")


@event_priority(-100)  # after mkdocstrings has added its own
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.extra_css = [path for path in config.extra_css if str(path) != API_STYLES]
    return config


def figures() -> str:
    """The inside of figures. Dark values hold on screens only, so that paper is always light."""
    return (
        f"[data-md-color-scheme] {{ {variables('light')} }}\n"
        f'@media screen {{ [data-md-color-scheme="slate"] {{ {variables("dark")} }} }}\n{RULES}'
    )


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    assets = Path(config.site_dir) / "assets"
    sheets = [next(assets.glob(f"stylesheets/{name}.*.css")) for name in ("main", "palette")]
    sheets.append(assets.parent / API_STYLES)
    sheets += [assets / f"styles/{name}.css" for name in OURS]
    text = "\n".join([*(sheet.read_text("utf-8") for sheet in sheets), figures()])
    # Comments go, and with them the pointers to source maps that are no longer true.
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\n\s*\n+", "\n", text)
    (assets / "styles/site.css").write_text(text, "utf-8")
    for sheet in (*sheets, *assets.glob("stylesheets/*.map")):
        sheet.unlink()
