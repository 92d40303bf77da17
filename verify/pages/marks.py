"""Marked numbers, texts and formulas: what they are computed from, and how they are written."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from collections.abc import Iterator
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml

import convref
from verify import ROOT
from verify.pages.formulas import check_formula
from website.markdown.marks import MARK
from website.source import Fence, front_matter, parse


def recorded(path: str) -> Any:
    """What a long run has left in a JSON file of this repository."""
    return json.loads((ROOT / path).read_text("utf-8"))


def in_section(text: str, section: str, role: str, number: int) -> Fence:
    """The first block or figure of a section, or a later one."""
    start = text.index(f"{{#{section}}}")
    end = text.find("{#", start + 1) % (len(text) + 1)
    return [f for f in parse(text).fences if start < f.start < end and f.role == role][number]


def ran(text: str, section: str, number: int = 0) -> SimpleNamespace:
    """The variables of a block, when it has run."""
    return variables(in_section(text, section, "python", number).source)


@cache
def variables(source: str) -> SimpleNamespace:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        exec(source, namespace)
    return SimpleNamespace(**namespace)


def drawn(text: str, role: str, section: str, number: int = 0) -> SimpleNamespace:
    """The parameters of a figure or an explorer."""
    return SimpleNamespace(**yaml.safe_load(in_section(text, section, role, number).source))


def names(text: str) -> dict[str, Any]:
    """What an expression in a number's mark can use: convref, NumPy, the page's own names."""
    namespace: dict[str, Any] = {name: getattr(convref, name) for name in convref.__all__}
    namespace |= {"convref": convref, "np": np, "recorded": recorded}
    namespace |= {"ran": partial(ran, text), "figure": partial(drawn, text, "conv-figure")}
    namespace["explorer"] = partial(drawn, text, "conv-explorer")
    for name, expression in (front_matter(text).get("names") or {}).items():
        namespace[name] = eval(str(expression), namespace)
    return namespace


def written(value: object, like: str) -> str:
    """A marked number as it has to be written, with as many decimals as `like` has; or a text."""
    if isinstance(value, str | tuple):
        return f"`{value}`"
    decimals = len(like.partition(".")[2])
    if isinstance(value, bool | np.bool_) or not np.isscalar(value):
        raise TypeError(f"a mark must give one number, or a text, not {value!r}")
    if isinstance(value, int | np.integer):
        return str(int(value))
    return f"{float(value):.{decimals}f}" if decimals else repr(float(value))  # type: ignore[arg-type]


def check_mark(shown: str, expression: str, namespace: dict[str, Any]) -> str | None:
    """Evaluate a number's or a formula's mark and compare."""
    if shown.startswith("$"):
        return check_formula(shown, expression, namespace)
    plain = shown.replace("−", "-").lstrip("+")
    ast.parse(expression, mode="eval")
    due = written(eval(expression, dict(namespace)), plain)
    return None if due == plain else f"the page shows {shown}, but {expression} is {due}"


def marks(text: str) -> Iterator[re.Match[str]]:
    """The marked numbers outside fences."""
    spans = [(fence.start, fence.end) for fence in parse(text).fences]
    for found in MARK.finditer(text):
        if not any(start <= found.start() < end for start, end in spans):
            yield found
