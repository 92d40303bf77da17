"""Two fences of the pages on errors: what a message says with numbers, and the box for a traceback.

`conv-message` (website/messages) becomes sentences, filled from the output of its section; where a
reader has pasted such a message before, theme/assets/scripts/messages.js puts its numbers in.
`conv-messages` becomes the box itself, or, if its body is `list`, every message with a link to its
section.
"""

from __future__ import annotations

import html
import json
import re
from itertools import groupby

from website import messages
from website.markdown.fences import fence
from website.markdown.page import Page
from website.messages.patterns import PLACE
from website.settings import ROOT
from website.source import front_matter, parse

CODE = re.compile(r"`([^`]+)`")
WORDS = {
    "zh": {
        "label": "把报错整段贴进来，带上 Traceback 也行",
        "hint": "RuntimeError: Given groups=1, weight of size [64, 3, 7, 7], …",
        "private": "只在这一页里查找，贴进来的内容不会发送到任何地方。",
        "missing": "这个输入框需要 JavaScript。没有它，可以在下面的清单里找，"
        "或者用浏览器的页内查找。",
        "own": "convref 自己的报错",
        "yours": "下面是你贴进来的那条报错里的数。",
    },
    "en": {
        "label": "Paste the error here, the whole traceback if you like",
        "hint": "RuntimeError: Given groups=1, weight of size [64, 3, 7, 7], …",
        "private": "It is looked up within this page; what you paste is sent nowhere.",
        "missing": "The box needs JavaScript. Without it, look through the list below, or use your "
        "browser's search within the page.",
        "own": "convref's own messages",
        "yours": "The numbers below are those of the message that you pasted.",
    },
}


def inline(sentence: str) -> str:
    """A sentence as HTML; code stands between backticks, as in Markdown."""
    return CODE.sub(r"<code>\1</code>", html.escape(sentence, quote=False))


@fence
def message(body: str, page: Page) -> str:
    """What a message says, with the numbers of its section's own output."""
    told, example = messages.given(body)
    if not example:
        text = "\n".join(page.lines)
        place = next(each for each in parse(text).fences if each.source == body.rstrip("\n"))
        example = messages.example(text, place, told)
    if told.values(example) is None:
        raise ValueError("the example does not fit what reads says")
    said = "".join(f"<p>{inline(each)}</p>" for each in told.filled(example))
    data = html.escape(json.dumps(told.data(), ensure_ascii=False))
    yours = WORDS[page.language]["yours"]
    return f'<div class="conv-message" data-message="{data}" data-yours="{yours}">{said}</div>'


@fence
def box(body: str, page: Page) -> str:
    """The box, or the list of all messages."""
    words = WORDS[page.language]
    rows = messages.of_language(page.language)
    if body.strip() == "list":
        return listed(rows, page)
    if body.strip():
        raise ValueError(f"conv-messages is empty or says list, received {body.strip()!r}")
    return (
        f'<div class="conv-messages" data-up="{page.up}" data-rows="{page.up}{messages.ROWS}" '
        f"data-search-exclude>"
        f'<label for="conv-messages">{words["label"]}</label>'
        f'<textarea id="conv-messages" rows="6" spellcheck="false" autocomplete="off" '
        f'aria-describedby="conv-messages-private" placeholder="{html.escape(words["hint"])}">'
        f'</textarea><p id="conv-messages-private" class="private">{words["private"]}</p>'
        f"<noscript><p>{words['missing']}</p></noscript>"
        f'<div class="found" role="status" aria-live="polite"></div></div>'
    )


def listed(rows: list[messages.Message], page: Page) -> str:
    """Every message below the title of its page, in the order of the pages."""
    parts = []
    for name, of_page in groupby(rows, lambda row: row.address.partition("/#")[0]):
        items = "".join(
            f'<li><a href="{page.up}{html.escape(row.address)}">'
            f"<code>{html.escape(read(row.reads))}</code></a></li>"
            for row in of_page
        )
        parts.append(f"<h3>{title(name, page)}</h3><ul>{items}</ul>")
    return f'<div class="conv-messages-list" data-search-exclude>{"".join(parts)}</div>'


def read(reads: str) -> str:
    """A pattern as people see it: … for what differs."""
    return PLACE.sub("…", reads)


def title(name: str, page: Page) -> str:
    """The title of a page, as its first heading has it."""
    if name == messages.OWN:
        return WORDS[page.language]["own"]
    text = (ROOT / "docs" / page.language / f"{name}.md").read_text("utf-8")
    front = front_matter(text)
    found = re.search(r"^# +(.+?) *\{#", text, re.M)
    return html.escape(found[1] if found else str(front.get("title", name)))
