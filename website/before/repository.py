"""The address of the repository, named once when the site is built for hosting: REPO_URL.

With it come the line that installs without a clone and, from the theme's templates, the link in the
header, "edit this page" and "report an error" under every page. Without it there is none of them.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

# Where a page says how convref is installed from a clone, the way without one follows.
INSTALL = "```console\n$ pip install .\n```\n"
WITHOUT_CLONE = {
    "zh": "不克隆仓库，也可以直接从它的地址安装：",
    "en": "Without a clone, from the repository's address:",
}


def repository() -> str:
    """The address from the environment, or nothing."""
    address = os.environ.get("REPO_URL", "").strip().removesuffix("/").removesuffix(".git")
    if address and urlsplit(address).scheme not in ("http", "https"):
        raise ValueError(f"REPO_URL must be an http(s) address, received {address!r}")
    return address


def with_install(text: str, language: str, address: str) -> str:
    """The text of a page with the line for those who have no clone."""
    if not address:
        return text
    line = f"{WITHOUT_CLONE[language]}\n\n```console\n$ pip install git+{address}\n```\n"
    return text.replace(INSTALL, f"{INSTALL}\n{line}")
