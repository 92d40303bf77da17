"""MindSpore has PyTorch's order of axes, with one more in the layers of one spatial axis."""

from typing import Any

import numpy as np
import pytest
from mindspore import Tensor, nn

from convref.layouts import Kind, convert_activation, convert_linear
from tests.frameworks.cases import LAYERS, Layer, conv, depthwise, integers, ported, transposed

PADDING = pytest.mark.parametrize("pad_mode", ["valid", "same"])


def by_mindspore(
    name: str, x: Any, weight: Any, layer: Layer, kind: Kind, out: int, pad_mode: str
) -> Any:
    """What a layer with this weight makes of an input in PyTorch's order."""
    one = layer.rank == 1  # a number, not a tuple
    kernel, stride, dilation = (each[0] if one else each for each in layer[1:4])
    module = getattr(nn, name)(
        4,
        out,
        kernel,
        stride=stride,
        pad_mode=pad_mode,
        dilation=dilation,
        group=layer.groups,
        has_bias=False,
    )
    there = ported(weight, "mindspore", kind=kind, groups=layer.groups)
    if one:
        there = there[:, :, None]
    assert module.weight.shape == there.shape
    module.weight.set_data(Tensor(there))
    last = module(Tensor(convert_activation(x, "torch", "mindspore")))
    return convert_activation(last.asnumpy(), "mindspore", "torch")


@PADDING
@pytest.mark.parametrize("layer", LAYERS)
def test_conv(layer: Any, pad_mode: Any) -> None:
    x, weight, expected = conv(layer, pad_mode == "same")
    out = by_mindspore(f"Conv{layer.rank}d", x, weight, layer, "conv", 6, pad_mode)
    np.testing.assert_array_equal(out, expected)


@PADDING
@pytest.mark.parametrize("layer", LAYERS)
def test_depthwise(layer: Any, pad_mode: Any) -> None:
    layer = layer._replace(groups=4)
    x, weight, expected = depthwise(layer, pad_mode == "same")
    out = by_mindspore(f"Conv{layer.rank}d", x, weight, layer, "depthwise", 8, pad_mode)
    np.testing.assert_array_equal(out, expected)


@PADDING
@pytest.mark.parametrize(
    # MindSpore refuses a dilated depth in transposed layers of three axes.
    "layer",
    [each for each in LAYERS if each.rank < 3 or each.dilation[0] == 1],
)
def test_transposed(layer: Any, pad_mode: Any) -> None:
    x, weight, expected = transposed(layer, pad_mode == "same")
    name = f"Conv{layer.rank}dTranspose"
    out = by_mindspore(name, x, weight, layer, "transposed", 6, pad_mode)
    np.testing.assert_array_equal(out, expected)


def test_dense_after_flatten() -> None:
    x, weight = integers(3, 2, 4, 5), integers(7, 2 * 4 * 5)
    keras = convert_linear(weight, "torch", "keras", flattened=(2, 4, 5))
    there = convert_linear(keras, "keras", "mindspore", flattened=(2, 4, 5))
    layer = nn.Dense(2 * 4 * 5, 7, has_bias=False)
    assert layer.weight.shape == there.shape
    layer.weight.set_data(Tensor(there))
    out = layer(nn.Flatten()(Tensor(x))).asnumpy()
    np.testing.assert_array_equal(out, x.reshape(3, -1) @ weight.T)
