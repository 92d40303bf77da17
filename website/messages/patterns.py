"""A message with names in it, as a regular expression for Python and JavaScript alike."""

from __future__ import annotations

import re
from typing import TypeAlias

Value: TypeAlias = "int | str | list[int]"

PLACE = re.compile(r"\{(?P<many>\*?)(?P<name>\w+)(?:![rs])?\}|…")
NUMBER = re.compile(r"-?\d+")


def pattern(reads: str) -> tuple[str, list[str]]:
    """The expression, and what its groups are called.

    Between any two letters may be space, or the end of a line: terminals break where they want.
    """
    parts, names, at = [], [], 0
    for place in PLACE.finditer(reads):
        parts.append(_literal(reads[at : place.start()]))
        at = place.end()
        first, last = not "".join(parts), at == len(reads)
        if place["name"] is None:
            parts.append(r"[\s\S]{0,400}?")
            continue
        names.append(("*" if place["many"] else "") + place["name"])
        if place["many"]:
            parts.append(r"([\d\s,.x-]{0,400}?)")
        elif first or last:
            parts.append(r"([\w.:\x27<>-]*[\w>])")  # no sign that ends a sentence
        else:
            parts.append(r"([\s\S]{1,400}?)")
    parts.append(_literal(reads[at:]))
    return "".join(parts), names


def _literal(text: str) -> str:
    letters = [
        f"\\{each}" if each in r"\^$.|?*+()[]{}/-" else each for each in text if not each.isspace()
    ]
    # Other quotes come by copying from a chat or a document.
    letters = [r"['‘’]" if each == "'" else '["“”]' if each == '"' else each for each in letters]
    between = r"\s*"
    if not letters:
        return r"\s+" if text else ""
    start, end = (r"\s+" if edge.isspace() else between for edge in (text[0], text[-1]))
    return start + between.join(letters) + end


def letters(reads: str) -> int:
    """How many letters of a pattern are its own: of several that fit, the longest is meant."""
    return sum(each.isalnum() for each in PLACE.sub("", reads))


def value(name: str, text: str) -> Value:
    """What stands in the place of a name."""
    if name.startswith("*"):
        return [int(each) for each in NUMBER.findall(text)]
    text = " ".join(text.split())
    return int(text) if NUMBER.fullmatch(text) and len(text) < 16 else text
