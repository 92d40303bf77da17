"""Docstrings for the API page: in Chinese those of zh.yaml, and in both languages name by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import griffe
import yaml

CATALOGUE = Path(__file__).parent / "zh.yaml"
EXAMPLES = re.compile(r"\n+Examples\n-+\n.*?(?=\n+\w+\n-+\n|\Z)", re.S)
TOGETHER = re.compile(r"^(?P<names>\w+(?:, \w+)+)(?P<type> : .*)?\n(?P<text>(?: {4}.*\n?)+)", re.M)


@cache
def catalogue() -> dict[str, str]:
    """Path of an object -> its docstring in Chinese, without examples."""
    found: dict[str, str] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    return found


def translated(path: str, english: str) -> str:
    """The Chinese docstring with the English one's examples; without an entry, the English one."""
    if path not in catalogue():
        return english
    examples = EXAMPLES.search(english)
    return catalogue()[path] + (examples[0] if examples else "")


def apart(docstring: str) -> str:
    """`a, b : int` as two entries: as one, b would be shown with the default of a."""

    def entries(match: re.Match[str]) -> str:
        text = match["text"].rstrip("\n") + "\n"
        names = match["names"].split(", ")
        return "".join(f"{name}{match['type'] or ''}\n{text}" for name in names)

    return TOGETHER.sub(entries, docstring)


class Docstrings(griffe.Extension):
    """For `extensions:` of mkdocstrings."""

    def __init__(self, language: str) -> None:
        self.language = language

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring:
            text = obj.docstring.value
            obj.docstring.value = apart(
                translated(obj.path, text) if self.language == "zh" else text
            )
