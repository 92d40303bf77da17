"""An output that shows a message is marked as such: its long lines may wrap."""

from __future__ import annotations

import html
import re
from typing import Any

# The line with which Python ends when something is raised: `ErrorType: message`.
RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)(?:: .*)?$")
LONG = 48  # characters, as a phone holds; a longer line of so many words is no matrix
WORDS = 6
OUTPUT = re.compile(
    r'<div class="language-text(?P<more>[^"]*)">(?P<code>.*?<code>(?P<text>.*?)</code>)', re.S
)


def message(line: str) -> bool:
    """Whether a line of output is an error, a warning or another long sentence."""
    return bool(RAISED.match(line)) or (
        len(line) > LONG and len(re.findall(r"[A-Za-z]{2,}", line)) >= WORDS
    )


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:
    def mark(match: re.Match[str]) -> str:
        text = html.unescape(re.sub(r"<[^>]*>", "", match["text"])).rstrip("\n")
        if not any(map(message, text.split("\n"))):
            return match[0]
        return f'<div class="language-text raised{match["more"]}">{match["code"]}'

    return OUTPUT.sub(mark, content)
