"""A right call of each public function of arrays: what holds for all is tried with these."""

from typing import Any

import numpy as np

import convref
from convref.modes import COPIES


def numbers(*shape: int, start: int = 0) -> Any:
    """Every value another one, small enough for sums to be exact in float64."""
    return np.arange(start, start + np.prod(shape)).reshape(shape).astype("f8")


X, W, V = numbers(3, 4, 5, 6), numbers(6, 2, 2, 3, start=-9), numbers(4, 3, 2, 3, start=-9)
B, G = numbers(6, start=1), numbers(3, 6, 2, 4, start=-70)
OPTIONS: dict[str, Any] = {"stride": (2, 1), "padding": (0, 1), "dilation": (2, 1), "groups": 2}
BATCHED = ("input", "grad_output")  # the arrays that may come without a batch

# The function's name, with more behind it where it stands here twice -> its arguments.
CALLS: dict[str, dict[str, Any]] = {
    "conv2d": {"input": X, "weight": W, "bias": B, **OPTIONS, "padding_mode": "reflect"},
    "conv_transpose2d": {"input": X, "weight": V, "bias": B, **OPTIONS},
    "conv2d_backward": {"input": X, "weight": W, "grad_output": G, "stride": (2, 1), "groups": 2},
    "conv_transpose2d_backward": {
        "input": X,
        "weight": V,
        "grad_output": numbers(3, 6, 4, 11, start=-400),
        "stride": (1, 2),
        "padding": 1,
        "groups": 2,
    },
    "unfold1d": {"input": X[0], "kernel_size": 3, "dilation": 2, "padding": 1, "stride": 2},
    "unfold": {"input": X, "kernel_size": (2, 3), "dilation": 2, "padding": 1, "stride": (1, 2)},
    "unfold3d": {"input": X[None], "kernel_size": (2, 3, 1), "padding": 1, "stride": (1, 2, 3)},
    "fold1d": {
        "input": numbers(3, 12, 3),
        "output_size": 5,
        "kernel_size": 3,
        "padding": 1,
        "stride": 2,
    },
    "fold": {
        "input": numbers(3, 12, 6),
        "output_size": (5, 4),
        "kernel_size": (2, 3),
        "padding": 1,
        "stride": 2,
    },
    "fold3d": {
        "input": numbers(3, 6, 12),
        "output_size": (2, 5, 4),
        "kernel_size": (1, 2, 3),
        "padding": 1,
        "stride": 2,
    },
    "pad": {"input": X, "pad": (1, -2, 0, 3), "value": 7},
    **{f"pad {mode}": {"input": X, "pad": (1, -2, 0, 3), "mode": mode} for mode in COPIES},
}


def function(name: str) -> Any:
    """What is called."""
    return getattr(convref, name.partition(" ")[0])


def arrays(name: str) -> dict[str, Any]:
    """The arrays among the arguments."""
    return {n: value for n, value in CALLS[name].items() if isinstance(value, np.ndarray)}
