"""The blocks of pages that import Paddle or MindSpore print what the pages show."""

import pytest

from verify.pages import elsewhere


def test_every_block(subtests: pytest.Subtests) -> None:
    for block in elsewhere.blocks("compare"):
        with subtests.test(str(block)):
            assert block.problem is None, block.problem
