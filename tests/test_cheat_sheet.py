"""The cheat sheet: every argument of the layer, its shapes, errors where they stand."""

import inspect
import re
from typing import Any

import numpy as np
import pytest
import torch

import convref
from tests.test_errors_index import ROWS, message, section
from verify.pages.rules import DOCS, LINK

SHEET = "reference/cheat-sheet.md"
SIZES = {"N": 2, "C": 6, "O": 4, "D": 9, "H": 8, "W": 7, "L": 5, "kD": 5, "kH": 4, "kW": 3, "kL": 2}
GROUPS = 2


def part(language: str, identifier: str) -> str:
    text = (DOCS[language] / SHEET).read_text("utf-8")
    return text.partition(f"{{#{identifier}}}")[2].partition("\n## ")[0]


@pytest.mark.parametrize("language", DOCS)
def test_the_first_table_has_every_argument_in_order(language: Any) -> None:
    rows = re.findall(r"^\| (\[`.*?) \|", part(language, "arguments"), re.M)
    named = [name for row in rows for name in re.findall(r"\[`(\w+)`\]", row)]
    given = list(inspect.signature(torch.nn.Conv2d).parameters)
    assert sorted(named) == sorted(given)
    assert named[:4] == given[:4]


def evaluated(shape: str, sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(map(int, eval(shape, sizes | {"groups": GROUPS})))


@pytest.mark.parametrize("language", DOCS)
def test_shapes_are_those_of_the_layers(language: Any) -> None:
    rows = re.findall(r"^\| (`Conv\dd`.*) \|$", part(language, "shapes"), re.M)
    assert len(rows) == 3
    for row in rows:
        plain, back, input, *weights, output = re.findall(r"`([^`]+)`", row)
        axes = input.strip("()").split(", ")[2:]
        kernel = [SIZES[f"k{axis}"] for axis in axes]
        for layer, weight in zip((plain, back), weights, strict=True):
            made = getattr(convref, layer)(SIZES["C"], SIZES["O"], kernel, groups=GROUPS)
            given = np.zeros(evaluated(input, SIZES), np.float32)
            result = made(given).shape
            out = {f"{axis}_out": n for axis, n in zip(axes, result[2:], strict=True)}
            assert made.weight.shape == evaluated(weight, SIZES)
            assert result == evaluated(output, SIZES | out)


@pytest.mark.parametrize("language", DOCS)
def test_each_error_stands_where_its_row_leads(language: Any) -> None:
    rows = ROWS.findall(part(language, "errors"))
    assert len(rows) == 5
    for words, causes in rows:
        # From reference/ as from errors/, where section begins: both lie one folder deep.
        sections = [section(language, link["target"]) for link in LINK.finditer(causes)]
        assert any(message(words.strip("`")).search(text) for text in sections), words
