"""Every listed difference is one, as it is listed."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import convref
from convref.divergences import DIVERGENCES, known

NAMES = {"np": np, "torch": torch, "F": F, "convref": convref}


def result(source: str) -> tuple[str, str]:
    """What an expression gives, and the message if that is an error."""
    try:
        return repr(eval(source, dict(NAMES))), ""
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("row", DIVERGENCES, ids=lambda row: row.name)
def test_both_libraries_do_what_the_table_says(row: Any) -> None:
    theirs, message = result(row.pytorch)
    assert theirs == row.pytorch_gives
    assert row.message in message
    assert result(row.ours)[0] == row.ours_gives
    assert row.pytorch_gives != row.ours_gives
    assert known(message) == (row.kind in ("backend gap", "argument check"))


def test_names_are_unique() -> None:
    assert len({row.name for row in DIVERGENCES}) == len(DIVERGENCES)
