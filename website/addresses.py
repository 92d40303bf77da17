"""Where the site stands, and where each of its pages."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from website.settings import folders


def public() -> str:
    """The address of the whole site, from the environment; it ends with a slash."""
    return os.environ.get("SITE_URL", "http://127.0.0.1:8000/").rstrip("/") + "/"


def of_language(language: str) -> str:
    return public() + folders()[language]


def of_page(name: str) -> str:
    """`learn/stride.md` as the site's address of it below a language's own: `learn/stride/`."""
    path = PurePosixPath(name).with_suffix("")
    path = path.parent if path.name == "index" else path
    return "" if path == PurePosixPath() else f"{path}/"
