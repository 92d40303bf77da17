"""The blocks of pages that import TensorFlow, JAX or ONNX print what the pages show."""

import pytest

from verify.pages import elsewhere


def test_every_block(subtests: pytest.Subtests) -> None:
    for block in elsewhere.blocks("frameworks"):
        with subtests.test(str(block)):
            assert block.problem is None, block.problem
