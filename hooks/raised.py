"""An output that shows an error is marked as such: its long lines may wrap."""

from __future__ import annotations

import html
import re
from typing import Any

# The line with which Python ends when something is raised: `ErrorType: message`.
RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)(?:: .*)?$")
OUTPUT = re.compile(
    r'<div class="language-text(?P<more>[^"]*)">(?P<code>.*?<code>(?P<text>.*?)</code>)', re.S
)


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:
    def mark(match: re.Match[str]) -> str:
        text = html.unescape(re.sub(r"<[^>]*>", "", match["text"])).rstrip("\n")
        if not any(RAISED.match(line) for line in text.split("\n")):
            return match[0]
        return f'<div class="language-text raised{match["more"]}">{match["code"]}'

    return OUTPUT.sub(mark, content)
