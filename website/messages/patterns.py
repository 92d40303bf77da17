"""A message with names in it, and where it stands in a text; for Python and JavaScript alike."""

from __future__ import annotations

import re
from typing import TypeAlias

Value: TypeAlias = "int | str | list[int]"

PLACE = re.compile(r"\{(?P<many>\*?)(?P<name>\w+)(?:![rs])?\}|…")
NUMBER = re.compile(r"-?\d+")
QUOTES = {"'": "['‘’]", '"': '["“”]'}

# What may stand in a place; no lookaround and no flag, so that JavaScript reads it alike.
ANYTHING = r"[\s\S]{0,400}?"
NUMBERS = r"([\d\s,.x-]{0,400}?)"  # 3, 12 or 3 x 12
WORDS = r"([\s\S]{1,400}?)"
ONE_WORD = r"([\w.:\x27<>-]*[\w>])"  # at the edge of a message, without the sign that ends it


def pieces(reads: str) -> tuple[list[str], list[str]]:
    """What a message has of its own and expressions for what differs, by turns; and their names."""
    parts, names, at = [], [], 0
    for place in PLACE.finditer(reads):
        parts.append(reads[at : place.start()])
        at = place.end()
        outside = len("".join(parts)) == 0 or at == len(reads)
        if place["name"] is None:
            parts.append(ANYTHING)
            continue
        names.append(("*" if place["many"] else "") + place["name"])
        parts.append(NUMBERS if place["many"] else ONE_WORD if outside else WORDS)
    return [*parts, reads[at:]], names


def pattern(parts: list[str]) -> re.Pattern[str]:
    """The pieces as one expression; patterns.js does the same."""
    return re.compile("".join(part if at % 2 else loose(part) for at, part in enumerate(parts)))


def loose(text: str) -> str:
    """A text between any two letters of which a line may end: terminals break where they want."""
    # Other quotes come by copying from a chat or a document.
    signs = [QUOTES.get(each) or re.escape(each) for each in text if not each.isspace()]
    if not signs:
        return r"\s+" if text else ""
    start, end = (r"\s+" if edge.isspace() else r"\s*" for edge in (text[0], text[-1]))
    return start + r"\s*".join(signs) + end


def letters(reads: str) -> int:
    """How many letters of a pattern are its own: of several that fit, the longest is meant."""
    return sum(each.isalnum() for each in PLACE.sub("", reads))


def value(name: str, text: str) -> Value:
    """What stands in the place of a name."""
    if name.startswith("*"):
        return [int(each) for each in NUMBER.findall(text)]
    text = " ".join(text.split())
    return int(text) if NUMBER.fullmatch(text) and len(text) < 16 else text
