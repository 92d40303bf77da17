"""A formula with a mark is worked out, for many values of its letters, and compared.

`$2 d + 1$<!--= 99 - size(99, 3, dilation=d) + 1 -->`: the expression has the same letters, and has
to give the same numbers. After an equals sign stands what is worked out. A letter with an index,
`d_i`, is one number for each of two layers, `d` in the expression.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from math import ceil, floor, prod
from typing import Any

# What the letters stand for on the pages, and values for which all of it exists.
VALUES: dict[str, Any] = {
    "a": (0, 1),  # output_padding
    "d": (1, 2),  # dilation
    "k": (2, 3),  # taps
    "m": (5, 6),  # cells of the output
    "n": (5, 6),  # cells
    "o": range(6),  # an output channel
    "p": (0, 1, 2),  # padding
    "q": (6, 7, 8),  # a position behind the cells
    "r": (2, 3),  # taps and gaps
    "s": (1, 2, 3),  # stride
}
PYTHON = (
    (r"\\[,;]|\\left(?=\\)|\\right(?=\\)|\s+", ""),
    (r"\\lceil(.*?)\\rceil", r"⌈(\1)"),
    (r"\\max", "↑"),
    (r"\\lfloor", "⌊"),
    (r"\\rfloor", "⌋"),
    (r"\\frac\{([^}]*)\}\{([^}]*)\}", r"((\1)/(\2))"),
    (r"\\sum_i", "Σ"),
    (r"\\prod_\{j<i\}", "Π"),
    (r"(?<=[a-z0-9)⌋])(?=[a-z(⌊⌈ΣΠ])", "*"),
    (r"([a-z])_([a-z])", r"\1[\2]"),
    (r"Π(.*)", r"prod([\1 for j in range(i)])"),
    (r"Σ(.*)", r"sum([\1 for i in range(2)])"),
    (r"⌊(.*)⌋", r"floor(\1)"),
    (r"⌈", "ceil"),
    (r"↑", "max"),
)


def python(formula: str) -> str:
    """A formula of TeX as an expression of Python."""
    code = formula.strip("$").rpartition("=")[2]
    for pattern, text in PYTHON:
        code = re.sub(pattern, text, code)
    return code


def letters(code: str) -> Iterator[dict[str, Any]]:
    """Values for the letters of an expression, in every combination."""
    layered = set(re.findall(r"\b([a-z])\[[ij]\]", code))
    names = sorted(layered | set(re.findall(r"\b[a-z]\b", code)) - {"i", "j"})
    choices = [
        itertools.product(VALUES[name], repeat=2) if name in layered else VALUES[name]
        for name in names
    ]
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def check_formula(formula: str, expression: str, namespace: dict[str, Any]) -> str | None:
    """Compare a formula with its mark's expression."""
    code = python(formula)
    for values in letters(code):
        try:
            shown = eval(code, {"ceil": ceil, "floor": floor, "prod": prod} | values)
        except ZeroDivisionError:
            shown = "nothing"
        due = eval(expression, namespace | values)
        if shown != due:
            given = ", ".join(f"{name} = {value}" for name, value in values.items())
            return f"{code} is {shown} where {given}, but {expression} is {due}"
    return None
