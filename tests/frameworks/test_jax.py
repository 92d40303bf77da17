"""jax.lax and Flax compute what convref does, after conversion by convref.layouts."""

from typing import Any

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from convref import conv1d
from convref.layouts import convert_activation, convert_linear
from tests.frameworks.cases import LAYERS, conv, depthwise, gaps, integers, ported, transposed

PADDING = pytest.mark.parametrize("padding", ["VALID", "SAME"])
LETTERS = {1: "H", 2: "HW", 3: "DHW"}


def by_flax(module: nn.Module, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """What a Flax layer with this kernel makes of an input in PyTorch's order."""
    last = convert_activation(x, "torch", "flax")
    out = module.apply({"params": {"kernel": kernel}}, last)  # refuses any other shape
    return convert_activation(np.asarray(out), "flax", "torch")


def by_lax(
    function: Any, x: np.ndarray, kernel: np.ndarray, *arguments: Any, **options: Any
) -> np.ndarray:
    letters = LETTERS[x.ndim - 2]
    order = (f"N{letters}C", f"{letters}IO", f"N{letters}C")
    last = convert_activation(x, "torch", "jax")
    out = function(last, kernel, *arguments, dimension_numbers=order, **options)
    return convert_activation(np.asarray(out), "jax", "torch")


@PADDING
@pytest.mark.parametrize("layer", LAYERS)
def test_conv(layer: Any, padding: Any) -> None:
    x, weight, expected = conv(layer, padding == "SAME")
    kernel = ported(weight, "flax", groups=layer.groups)
    module = nn.Conv(
        6,
        layer.kernel,
        layer.stride,
        padding,
        kernel_dilation=layer.dilation,
        feature_group_count=layer.groups,
        use_bias=False,
    )
    np.testing.assert_array_equal(by_flax(module, x, kernel), expected)
    out = by_lax(
        lax.conv_general_dilated,
        x,
        ported(weight, "jax", groups=layer.groups),
        layer.stride,
        padding,
        rhs_dilation=layer.dilation,
        feature_group_count=layer.groups,
    )
    np.testing.assert_array_equal(out, expected)


@PADDING
@pytest.mark.parametrize("layer", LAYERS)
def test_depthwise(layer: Any, padding: Any) -> None:
    x, weight, expected = depthwise(layer, padding == "SAME")
    module = nn.Conv(
        8,
        layer.kernel,
        layer.stride,
        padding,
        kernel_dilation=layer.dilation,
        feature_group_count=4,
        use_bias=False,
    )
    kernel = ported(weight, "flax", "depthwise", groups=4)
    np.testing.assert_array_equal(by_flax(module, x, kernel), expected)


@PADDING
@pytest.mark.parametrize("layer", [each for each in LAYERS if each.groups == 1])
def test_transposed(layer: Any, padding: Any) -> None:
    x, weight, expected = transposed(layer, padding == "SAME")
    kernel = ported(weight, "flax", "transposed")
    options = {"kernel_dilation": layer.dilation, "use_bias": False}
    module = nn.ConvTranspose(6, layer.kernel, layer.stride, padding, **options)
    np.testing.assert_array_equal(by_flax(module, x, kernel), expected)
    out = by_lax(
        lax.conv_transpose,
        x,
        ported(weight, "jax", "transposed"),
        layer.stride,
        padding,
        rhs_dilation=layer.dilation,
    )
    np.testing.assert_array_equal(out, expected)
    # Told to turn and to swap by itself, Flax takes Keras's order.
    module = nn.ConvTranspose(
        6, layer.kernel, layer.stride, padding, transpose_kernel=True, **options
    )
    kernel = ported(weight, "keras", "transposed")
    np.testing.assert_array_equal(by_flax(module, x, kernel), expected)


@pytest.mark.parametrize("layer", LAYERS)
def test_transposed_with_groups(layer: Any) -> None:
    """Only a convolution of the zero-stuffed input takes groups in JAX."""
    x, weight, expected = transposed(layer)
    edges = [d * (k - 1) for k, d in zip(layer.kernel, layer.dilation, strict=True)]
    out = by_lax(
        lax.conv_general_dilated,
        x,
        ported(weight, "jax", "transposed", groups=layer.groups),
        [1] * layer.rank,
        [(edge, edge + more) for edge, more in zip(edges, gaps(layer), strict=True)],
        lhs_dilation=layer.stride,
        rhs_dilation=layer.dilation,
        feature_group_count=layer.groups,
    )
    np.testing.assert_array_equal(out, expected)


def test_dense_after_flatten() -> None:
    x, weight = integers(3, 2, 4, 5), integers(7, 2 * 4 * 5)
    kernel = convert_linear(weight, "torch", "flax", flattened=(2, 4, 5))
    flat = convert_activation(x, "torch", "flax").reshape(3, -1)
    out = nn.Dense(7, use_bias=False).apply({"params": {"kernel": kernel}}, flat)
    np.testing.assert_array_equal(np.asarray(out), x.reshape(3, -1) @ weight.T)


def test_bfloat16_is_refused_and_converts() -> None:
    x = np.asarray(jnp.ones((1, 1, 2), jnp.bfloat16))
    with pytest.raises(TypeError, match=r"bfloat16.*input\.astype\(numpy\.float32\)"):
        conv1d(x, x)
    wide = x.astype(np.float32)
    np.testing.assert_array_equal(conv1d(wide, wide), [[[2]]])
