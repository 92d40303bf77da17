"""A strict content policy in every page: nothing from elsewhere, inline code only by its hash."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority

SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.S)
STYLE = re.compile(r"<style>(?P<code>.*?)</style>", re.S)
# What the policy would block anyway, silently for the author: the build says it instead.
INLINE = re.compile(r"<[a-z][^<>]*\s(?:style|on[a-z]+)=\"[^\"]*\"|<style\s", re.I)
CHARSET = '<meta charset="utf-8">'


def hashes(codes: Iterable[str]) -> str:
    """Sources that allow exactly these."""
    digests = {base64.b64encode(sha256(code.encode()).digest()).decode() for code in codes}
    return " ".join(["'self'", *(f"'sha256-{digest}'" for digest in sorted(digests))])


def policy(page: str) -> str:
    scripts = (
        match["code"]
        for match in SCRIPT.finditer(page)
        if "application/json" not in match["attributes"]
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {hashes(scripts)}",
            f"style-src {hashes(match['code'] for match in STYLE.finditer(page))}",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def secured(page: str, name: str) -> str:
    if blocked := INLINE.search(page):
        raise PluginError(f"{name}: the content policy forbids {blocked[0][:200]!r}")
    if page.count(CHARSET) != 1:
        raise PluginError(f"{name}: no place for the content policy")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
    return page.replace(CHARSET, CHARSET + meta)


@event_priority(-1000)  # last: the hashes are of the scripts as they are published
def on_post_page(output: str, page: Any, config: MkDocsConfig) -> str:
    return secured(output, page.file.src_uri)


@event_priority(-1000)
def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    return secured(output_content, template_name) if template_name == "404.html" else output_content
