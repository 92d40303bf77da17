"""Orders of axes: literal cells, and ways there and back. tests/frameworks runs the frameworks."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convref import conv1d, conv_transpose1d, pad
from convref.geometry import Axis, output_size, same_padding, same_padding_tensorflow
from convref.layouts import (
    Framework,
    convert_activation,
    convert_linear,
    convert_weight,
    tensorflow_same,
)

FIRST: list[Framework] = ["torch", "onnx", "paddle", "mindspore"]
LAST: list[Framework] = ["tensorflow", "keras", "jax", "flax"]


def numbered(*shape: Any) -> Any:
    """Every cell holds its own index, one decimal digit for each axis."""
    digits = 10 ** np.arange(len(shape))[::-1]
    return np.tensordot(np.moveaxis(np.indices(shape), 0, -1), digits, 1)


@pytest.mark.parametrize("kernel", [(3,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("source", FIRST)
@pytest.mark.parametrize("target", LAST)
def test_every_cell_of_an_ordinary_weight(kernel: Any, source: Any, target: Any) -> None:
    weight = numbered(7, 5, *kernel)
    out = convert_weight(weight, source, target)
    assert out.shape == (*kernel, 5, 7)
    for o, i, *k in np.ndindex(weight.shape):
        assert out[*k, i, o] == weight[o, i, *k]


@pytest.mark.parametrize("kernel", [(3,), (2, 3)])
def test_every_cell_of_a_depthwise_weight(kernel: Any) -> None:
    weight = numbered(8, 1, *kernel)
    keras = convert_weight(weight, "torch", "keras", kind="depthwise", groups=4)
    flax = convert_weight(weight, "torch", "flax", kind="depthwise", groups=4)
    assert (keras.shape, flax.shape) == ((*kernel, 4, 2), (*kernel, 1, 8))
    for o, _, *k in np.ndindex(weight.shape):
        assert keras[*k, o // 2, o % 2] == flax[*k, 0, o] == weight[o, 0, *k]
    target: Any
    for target, expected in (("torch", weight), ("tensorflow", keras), ("flax", flax)):
        out = convert_weight(keras, "keras", target, kind="depthwise")
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("kernel", [(3,), (2, 3), (2, 3, 4)])
def test_every_cell_of_a_transposed_weight(kernel: Any) -> None:
    weight = numbered(6, 5, *kernel)
    keras = convert_weight(weight, "torch", "keras", kind="transposed")
    flax = convert_weight(weight, "torch", "flax", kind="transposed")
    assert (keras.shape, flax.shape) == ((*kernel, 5, 6), (*kernel, 6, 5))
    for i, o, *k in np.ndindex(weight.shape):
        turned = [size - 1 - tap for size, tap in zip(kernel, k, strict=True)]
        assert keras[*k, o, i] == flax[*turned, i, o] == weight[i, o, *k]


def test_a_stride_of_one_is_the_default() -> None:
    assert tensorflow_same(8, 3) == tensorflow_same(8, 3, 1, 1) == (1, 1)


def test_groups_of_a_transposed_weight() -> None:
    weight = numbered(6, 5, 3)  # 6 channels in two groups of 3, 5 outputs in each
    flax = convert_weight(weight, "torch", "flax", kind="transposed", groups=2)
    assert flax.shape == (3, 3, 10)
    for i, o, k in np.ndindex(weight.shape):
        assert flax[2 - k, i % 3, i // 3 * 5 + o] == weight[i, o, k]
    keras = convert_weight(weight, "torch", "keras", kind="transposed", groups=2)
    np.testing.assert_array_equal(keras, weight.transpose(2, 1, 0))


names = st.sampled_from(FIRST + LAST)
kinds = st.sampled_from(["conv", "depthwise", "transposed"])


@given(names, names, names, kinds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
def test_any_way_round_leads_back(
    one: Any, two: Any, three: Any, kind: Any, groups: Any, factor: Any, rank: Any
) -> None:
    per_group = 1 if kind == "depthwise" else 2
    weight = numbered(groups * factor, per_group, *(3, 2)[:rank])
    options = {"kind": kind, "groups": groups}
    there = convert_weight(weight, "torch", one, **options)
    direct = convert_weight(there, one, two, **options)
    round_about = convert_weight(
        convert_weight(there, one, three, **options), three, two, **options
    )
    np.testing.assert_array_equal(direct, round_about)
    np.testing.assert_array_equal(convert_weight(direct, two, "torch", **options), weight)


def test_a_depthwise_weight_of_keras_shows_its_groups_itself() -> None:
    weight = numbered(3, 2, 4, 2)
    np.testing.assert_array_equal(
        convert_weight(weight, "keras", "torch", kind="depthwise"),
        convert_weight(weight, "tensorflow", "onnx", kind="depthwise", groups=4),
    )


@pytest.mark.parametrize("sizes", [(3,), (3, 4), (3, 4, 5)])
def test_channels_move_and_the_batch_stays(sizes: Any) -> None:
    first = numbered(2, 6, *sizes)
    last = np.moveaxis(first, 1, -1)
    for a in FIRST:
        for b in LAST:
            np.testing.assert_array_equal(convert_activation(first, a, b), last)
            np.testing.assert_array_equal(convert_activation(last, b, a), first)
        np.testing.assert_array_equal(convert_activation(first, a, "torch"), first)
    np.testing.assert_array_equal(convert_activation(last, "jax", "keras"), last)


IN_FIRST = ["tensorflow", "keras", "jax", "flax", "paddle"]


@pytest.mark.parametrize("source", FIRST + LAST)
@pytest.mark.parametrize("target", FIRST + LAST)
@pytest.mark.parametrize("image", [(6,), (2, 3), (2, 3, 4), (2, 3, 2, 5)])
def test_a_linear_layer_after_flatten_sees_the_same_image(
    source: Any, target: Any, image: Any
) -> None:
    pixels = numbered(*image)[None]
    out_in = numbered(4, pixels.size)

    def order(framework: Any) -> Any:
        return np.moveaxis(pixels, 1, -1) if framework in LAST else pixels

    def weight_of(framework: Any) -> Any:
        cells = order(framework).reshape(-1)
        where = np.searchsorted(np.sort(cells), cells)  # which pixel each input is
        chosen = out_in[:, where]
        return chosen.T if framework in IN_FIRST else chosen

    got = convert_linear(weight_of(source), source, target, flattened=image)
    np.testing.assert_array_equal(got, weight_of(target))


def test_a_linear_layer_without_flatten_is_transposed_or_kept() -> None:
    weight = numbered(2, 3)
    np.testing.assert_array_equal(convert_linear(weight, "torch", "keras"), weight.T)
    np.testing.assert_array_equal(convert_linear(weight, "torch", "paddle"), weight.T)
    np.testing.assert_array_equal(convert_linear(weight, "paddle", "flax"), weight)
    np.testing.assert_array_equal(convert_linear(weight, "onnx", "mindspore"), weight)


@pytest.mark.parametrize("target", ["torch", "keras"])
def test_the_result_is_a_new_contiguous_array_of_the_same_dtype(target: Any) -> None:
    weight = np.asfortranarray(np.zeros((2, 3, 4), ">f2"))
    for out in (
        convert_weight(weight, "torch", target),
        convert_activation(weight, "torch", target),
        convert_linear(weight[0], "torch", target),
    ):
        assert out.flags.c_contiguous
        assert out.dtype == weight.dtype
        assert not np.shares_memory(out, weight)


def test_axes_without_cells_stay() -> None:
    torch, keras = np.ones((4, 1, 0)), np.ones((0, 2, 2))
    depthwise: Any = {"kind": "depthwise", "groups": 2}
    assert convert_weight(torch, "torch", "keras", **depthwise).shape == keras.shape
    assert convert_weight(keras, "keras", "torch", **depthwise).shape == torch.shape
    assert convert_weight(np.ones((4, 0, 3)), "torch", "jax", kind="transposed").shape == (3, 4, 0)


# TensorFlow's SAME: size, kernel, stride, dilation -> before, after
SAME = [
    ((5, 3, 1, 1), (1, 1)),
    ((5, 4, 1, 1), (1, 2)),
    ((224, 3, 2, 1), (0, 1)),
    ((224, 7, 2, 1), (2, 3)),
    ((225, 7, 2, 1), (3, 3)),
    ((5, 1, 2, 1), (0, 0)),
    ((8, 2, 3, 1), (0, 0)),
    ((8, 3, 2, 2), (1, 2)),
    ((1, 3, 5, 1), (1, 1)),
]


@pytest.mark.parametrize(("arguments", "expected"), SAME)
def test_literal_pads_of_same(arguments: Any, expected: Any) -> None:
    assert same_padding_tensorflow(*arguments) == expected
    assert tensorflow_same(*arguments) == expected


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 4))
def test_same_is_the_least_padding_for_that_many_windows(
    size: Any, kernel: Any, stride: Any, dilation: Any
) -> None:
    before, after = same_padding_tensorflow(size, kernel, stride, dilation)
    windows = -(-size // stride)
    assert output_size(Axis(size, kernel, stride, dilation, before, after)) == windows
    assert 0 <= after - before <= 1
    if after:
        assert output_size(Axis(size, kernel, stride, dilation, before, after - 1)) < windows
    if stride == 1:
        assert (before, after) == same_padding(kernel, dilation)


def test_the_extra_cell_can_stand_at_the_beginning() -> None:
    for arguments, (before, after) in SAME:
        assert tensorflow_same(*arguments, odd="beginning") == (after, before)
    assert tensorflow_same((224, 7), (3, 4), (2, 1), odd="beginning") == (2, 1, 1, 0)


def test_the_last_axis_comes_first() -> None:
    assert tensorflow_same((224, 7, 6), (3, 1, 5), (2, 1, 1)) == (2, 2, 0, 0, 0, 1)
    assert tensorflow_same([224], 3, stride=[2], dilation=(1,)) == (0, 1)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5), st.integers(1, 3), st.data())
def test_transposed_same_is_the_adjoint_of_same(
    size: Any, kernel: Any, stride: Any, dilation: Any, data: Any
) -> None:
    """Of the convolution with SAME whose input has as many cells as the output, any that can be."""
    x, weight = numbered(1, 1, size), numbered(1, 1, kernel) + 1
    outputs = data.draw(st.integers((size - 1) * stride + 1, size * stride))
    layer = {"stride": stride, "dilation": dilation}
    whole = conv_transpose1d(x, weight, **layer)
    given = data.draw(st.sampled_from(["tensorflow", "onnx"]))
    odd: Any = data.draw(st.sampled_from(["end", "beginning"])) if given == "onnx" else "end"
    options = {"transposed": given, "odd": odd, "output_size": outputs}
    try:
        out = pad(whole, tensorflow_same(size, kernel, **layer, **options))
    except ValueError:
        assert given == "onnx" and outputs > whole.size
        return
    probe = np.arange(outputs)[None, None] ** 2
    assert out.shape == probe.shape
    sides = tensorflow_same(outputs, kernel, **layer, odd=odd)
    assert (out * probe).sum() == (x * conv1d(pad(probe, sides), weight, **layer)).sum()


# size, kernel, stride, dilation, arguments of a transposed layer -> before, after
SAME_TRANSPOSED = [
    ((5, 3, 1, 1), {"transposed": "tensorflow"}, (-1, -1)),
    ((5, 4, 1, 1), {"transposed": "jax"}, (-1, -2)),
    ((5, 4, 1, 1), {"transposed": "onnx"}, (-1, -2)),
    ((5, 4, 1, 1), {"transposed": "onnx", "odd": "beginning"}, (-2, -1)),
    ((5, 3, 2, 1), {"transposed": "flax"}, (0, -1)),
    ((5, 3, 2, 2), {"transposed": "flax"}, (-1, -2)),
    ((5, 3, 2, 1), {"transposed": "tensorflow", "output_size": 9}, (-1, -1)),
    ((5, 1, 3, 1), {"transposed": "tensorflow"}, (0, 2)),
    ((5, 1, 3, 1), {"transposed": "keras"}, (0, 2)),
    ((5, 1, 3, 1), {"transposed": "keras", "output_padding": 0}, (0, 0)),
    ((5, 3, 2, 1), {"transposed": "keras"}, (0, -1)),
    ((5, 3, 2, 1), {"transposed": "keras", "output_padding": 1}, (0, -1)),
    ((5, 3, 2, 1), {"transposed": "keras", "output_padding": 0}, (-1, -1)),
    ((5, 4, 2, 1), {"transposed": "keras", "output_padding": 1}, (-1, -2)),
    ((5, 2, 3, 1), {"transposed": "keras", "output_padding": 2}, (0, 0)),
    ((5, 3, 2, 1), {"transposed": "onnx", "output_padding": 0}, (0, -1)),
    ((5, 3, 2, 1), {"transposed": "onnx", "output_padding": 1}, (-1, 0)),
    ((5, 4, 2, 1), {"transposed": "onnx", "output_padding": 1}, (-1, -1)),
    ((5, 4, 2, 1), {"transposed": "onnx", "output_padding": 1, "odd": "beginning"}, (-2, 0)),
    ((5, 1, 3, 1), {"transposed": "onnx", "output_padding": 2}, (0, 2)),
    ((1, 2, 1, 1), {"transposed": "onnx", "output_size": 1}, (0, -1)),
    ((1, 2, 1, 1), {"transposed": "onnx", "output_size": 2}, (0, 0)),
    # All that is left are zeros of the output padding.
    (
        (1, 1, 4, 1),
        {"transposed": "onnx", "odd": "beginning", "output_padding": 3, "output_size": 1},
        (-1, 1),
    ),
]


@pytest.mark.parametrize(("layer", "options", "expected"), SAME_TRANSPOSED)
def test_literal_pads_of_transposed_same(layer: Any, options: Any, expected: Any) -> None:
    assert tensorflow_same(*layer, **options) == expected


def test_each_axis_of_a_transposed_layer_has_its_own() -> None:
    options: Any = {"transposed": "onnx", "output_padding": (1, 0, 2), "output_size": (9, 4, 5)}
    assert tensorflow_same((5, 4, 2), (3, 1, 5), (2, 1, 3), **options) == (
        *(-2, -1),
        *(0, 0),
        *(-1, -1),
    )
    assert tensorflow_same((5, 4), 3, 2, transposed="keras", output_padding=[0, 1]) == (
        *(0, -1),
        *(-1, -1),
    )
    assert tensorflow_same((5, 4), 3, 3, transposed="onnx", output_padding=2) == (-1, 1, -1, 1)


@pytest.mark.parametrize("framework", FIRST + LAST)
@pytest.mark.parametrize(
    ("kind", "shape"),
    [("conv", (6, 3, 2)), ("depthwise", (6, 1, 2)), ("transposed", (6, 3, 2))],
)
def test_the_order_that_a_refusal_tells_is_the_one_of_the_result(
    framework: Any, kind: Any, shape: Any
) -> None:
    groups = {"groups": 3} if kind == "depthwise" else {}
    converted = convert_weight(np.zeros(shape), "torch", framework, kind=kind, **groups)
    sizes = {"k": 2, "C * M": 6, "M": 2, "C": 6 if kind == "transposed" else 3, "1": 1}
    sizes |= {"O": 6, "C / groups": 3} if kind == "conv" else {"O / groups": 3}
    if (kind, framework) in (("transposed", "jax"), ("transposed", "flax")):
        sizes |= {"C / groups": 6, "O": 3}
    with pytest.raises(ValueError, match=r"^weight") as error:
        convert_weight(np.zeros(2), framework, "torch", kind=kind, **groups)
    told = re.search(r" \(([^()]*\bk\b[^()]*)\)[ ,:]", str(error.value))
    assert told
    assert tuple(sizes[each] for each in told[1].split(", ")) == converted.shape
