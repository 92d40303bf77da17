"""An output that shows a message is marked as such: its long lines may wrap."""

from __future__ import annotations

import html
import re

from markdown.postprocessors import Postprocessor

from website.source import RAISED

LONG = 48  # characters, as a phone holds; a longer line of so many words is no matrix
WORDS = 6
# Columns: lines below each other with three gaps each. Wrapped, they could not be read.
COLUMNS = re.compile(r"(?:^.*\S {2,}\S+ {2,}\S+ {2,}\S.*\n?){2,}", re.M)
OUTPUT = re.compile(
    r'<div class="language-text(?! raised)(?P<more>[^"]*)">(?P<code>.*?<code>(?P<text>.*?)</code>)',
    re.S,
)


def message(line: str) -> bool:
    """Whether a line of output is an error, a warning or another long sentence."""
    return bool(RAISED.match(line)) or (
        len(line) > LONG and len(re.findall(r"[A-Za-z]{2,}", line)) >= WORDS
    )


class ErrorOutputs(Postprocessor):
    def run(self, text: str) -> str:
        return OUTPUT.sub(marked, text)


def marked(output: re.Match[str]) -> str:
    text = html.unescape(re.sub(r"<[^>]*>", "", output["text"])).rstrip("\n")
    if not any(map(message, text.split("\n"))) or COLUMNS.search(text):
        return output[0]
    return f'<div class="language-text raised{output["more"]}">{output["code"]}'
