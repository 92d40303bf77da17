"""Paddle has PyTorch's order of axes; linear layers, and SAME together with dilation, differ."""

from typing import Any

import numpy as np
import paddle
import pytest
from paddle.nn import functional as F

from convref.layouts import Kind, convert_activation, convert_linear, tensorflow_same
from tests.frameworks.cases import (
    LAYERS,
    conv,
    convref_conv,
    depthwise,
    gaps,
    integers,
    ported,
    transposed,
)


def by_paddle(
    name: str, x: Any, weight: Any, layer: Any, kind: Kind = "conv", **options: Any
) -> np.ndarray:
    """What a function makes of an input in PyTorch's order, and of a weight."""
    out = getattr(F, name)(
        paddle.to_tensor(convert_activation(x, "torch", "paddle")),
        paddle.to_tensor(ported(weight, "paddle", kind=kind, groups=layer.groups)),
        **layer.options,
        **options,
    )
    return convert_activation(out.numpy(), "paddle", "torch")


@pytest.mark.parametrize("layer", LAYERS)
def test_conv(layer: Any) -> None:
    x, weight, expected = conv(layer)
    out = by_paddle(f"conv{layer.rank}d", x, weight, layer)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("layer", LAYERS)
def test_conv_with_explicit_same(layer: Any) -> None:
    """Paddle lists before and after of each axis, the first axis first."""
    x, weight, expected = conv(layer, same=True)
    pads = np.reshape(tensorflow_same(*layer[:4]), (-1, 2))[::-1].reshape(-1).tolist()
    out = by_paddle(f"conv{layer.rank}d", x, weight, layer, padding=pads)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("layer", LAYERS)
def test_same_forgets_the_dilation(layer: Any) -> None:
    """Paddle 3.3 computes SAME as if dilation were 1, without a word."""
    x, weight, _ = conv(layer)
    out = by_paddle(f"conv{layer.rank}d", x, weight, layer, padding="SAME")
    undilated = layer._replace(dilation=(1,) * layer.rank)
    np.testing.assert_array_equal(out, convref_conv(undilated, x, weight, same=True))


@pytest.mark.parametrize("layer", LAYERS)
def test_depthwise(layer: Any) -> None:
    layer = layer._replace(groups=4)
    x, weight, expected = depthwise(layer)
    out = by_paddle(f"conv{layer.rank}d", x, weight, layer, "depthwise")
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("layer", LAYERS)
def test_transposed(layer: Any) -> None:
    x, weight, expected = transposed(layer)
    name = f"conv{layer.rank}d_transpose"
    out = by_paddle(name, x, weight, layer, "transposed", output_padding=gaps(layer))
    np.testing.assert_array_equal(out, expected)


def test_linear_after_flatten() -> None:
    x, weight = integers(3, 2, 4, 5), integers(7, 2 * 4 * 5)
    flat = paddle.nn.Flatten()(paddle.to_tensor(x))
    layer = paddle.nn.Linear(2 * 4 * 5, 7, bias_attr=False)
    for kernel in (
        convert_linear(weight, "torch", "paddle"),
        convert_linear(
            convert_linear(weight, "torch", "keras", flattened=(2, 4, 5)),
            "keras",
            "paddle",
            flattened=(2, 4, 5),
        ),
    ):
        layer.weight.set_value(kernel)  # refuses any other shape
        np.testing.assert_array_equal(layer(flat).numpy(), x.reshape(3, -1) @ weight.T)
