"""What convref makes of the calls on which PyTorch differs; PyTorch's half needs PyTorch."""

from typing import Any

import numpy as np
import pytest

import convref
from convref.divergences import DIVERGENCES, Divergence, known

# A call of convref's with one of PyTorch's tensors is for tests/test_divergences.py.
OURS = [row for row in DIVERGENCES if "torch." not in row.ours]


@pytest.mark.parametrize("row", OURS, ids=lambda row: row.name)
def test_convref_does_what_the_table_says(row: Any) -> None:
    try:
        gives = repr(eval(row.ours, {"np": np, "convref": convref}))
    except (TypeError, ValueError) as error:
        gives = type(error).__name__
    assert gives == row.ours_gives


@pytest.mark.parametrize("row", DIVERGENCES, ids=lambda row: row.name)
def test_a_missing_kernel_is_known_by_its_message(row: Any) -> None:
    assert known(f"RuntimeError: {row.message} was expected") == (
        row.kind in ("backend gap", "argument check")
    )


def test_no_message_is_expected_where_none_is_told() -> None:
    assert Divergence("name", "deliberate", "1", "1", "2", "2").message == ""
