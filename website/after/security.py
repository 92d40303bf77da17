"""A strict content policy in every page: nothing from elsewhere, inline code only by its hash."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from hashlib import sha256

from website.after import AfterError

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
        raise AfterError(f"{name}: the content policy forbids {blocked[0][:200]!r}")
    if page.count(CHARSET) != 1:
        raise AfterError(f"{name}: no place for the content policy")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
    return page.replace(CHARSET, CHARSET + meta)
