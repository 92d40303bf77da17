"""What the theme and its plugins put into every page, and this site wants otherwise."""

from __future__ import annotations

import re

from website.after.styles import API_STYLES

GENERATOR = re.compile(r'<meta name="generator"[^>]*>')
# Its rules are in site.css.
SHEET = re.compile(rf'\n *<link rel="stylesheet" href="[^"]*{re.escape(API_STYLES)}">\n *')


def lean(html: str) -> str:
    """A page without what names versions or makes the browser wait."""
    html = GENERATOR.sub("", html)
    html = SHEET.sub("", html)
    return html.replace('<script src="', '<script defer src="')
