"""PyTorch passes `convref.conformance.check` at every level, as what it claims to compute."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from convref.conformance import OPS, check


@pytest.mark.parametrize("op", OPS)
def test_pytorch_passes(op: str) -> None:
    def function(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return getattr(F, op)(input, weight, bias, **options)

    report = check(function, op, without=["sides"], array=torch.from_numpy, level="floats")
    assert report, str(report)


def test_the_command_takes_pytorch_by_name() -> None:
    name, array = "torch.nn.functional:conv2d", "torch:from_numpy"
    assert check(name, without=["sides"], array=array, level="smoke", seconds=120)
