"""Files that are named after their content: what a browser kept of an older one is never taken."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from website.after import only

# The digest takes the place of the star: the theme has one there, of what the file was.
NAMED = {
    "assets/explorer/explorer.js": "explorer.*.js",
    "assets/javascripts/bundle.*.min.js": "bundle.*.min.js",
    "assets/javascripts/workers/search.*.min.js": "search.*.min.js",
}


def after_contents(site: Path) -> dict[str, str]:
    """Rename the files; old names -> new ones, as they end addresses in pages."""
    renamed = {}
    for pattern, form in NAMED.items():
        file = only(site, pattern)
        digest = sha256(file.read_bytes()).hexdigest()[:8]
        fresh = file.rename(file.with_name(form.replace("*", digest)))
        renamed[file.relative_to(site).as_posix()] = fresh.relative_to(site).as_posix()
    return renamed


def in_page(html: str, renamed: dict[str, str]) -> str:
    for old, new in renamed.items():
        html = html.replace(old, new)
    return html
