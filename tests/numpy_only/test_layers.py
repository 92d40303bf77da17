"""The layers: shapes of parameters, initialisation, and the way to the functions."""

import inspect
from typing import Any

import numpy as np
import pytest

import convref
from convref import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    checks,
    conv2d,
    conv_transpose2d,
)
from convref.cost import chain
from tests.numpy_only.cases import NUMPYS

ONE = np.ones((1, 1, 1, 1))
# Pairs may be lists, too, though the types name tuples alone.
MIXED: Any = [(1, 2), [0, 0]]
LAYERS = [
    (
        lambda: Conv1d(4, 6, 3, groups=2),
        (6, 2, 3),
        "Conv1d(4, 6, kernel_size=(3,), stride=(1,), groups=2)",
    ),
    (
        lambda: Conv2d(1, 2, (3, 2), 2, (1, 0), 2, 1, False, "reflect"),
        (2, 1, 3, 2),
        "Conv2d(1, 2, kernel_size=(3, 2), stride=(2, 2), padding=(1, 0), dilation=(2, 2), "
        "bias=False, padding_mode=reflect)",
    ),
    (
        lambda: Conv3d(2, 4, (1, 2, 3), padding="same"),
        (4, 2, 1, 2, 3),
        "Conv3d(2, 4, kernel_size=(1, 2, 3), stride=(1, 1, 1), padding=same)",
    ),
    (
        lambda: Conv2d(1, 2, 3, padding=MIXED),
        (2, 1, 3, 3),
        "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=((1, 2), (0, 0)))",
    ),
    (
        lambda: Conv2d(1, 2, 3, padding=[(1, 1), (2, 2)]),
        (2, 1, 3, 3),
        "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 2))",
    ),
    (
        lambda: ConvTranspose1d(4, 6, 3),
        (4, 6, 3),
        "ConvTranspose1d(4, 6, kernel_size=(3,), stride=(1,))",
    ),
    (
        lambda: ConvTranspose2d(4, 6, 3, 2, 1, (1, 0), 2, False, (1, 2)),
        (4, 3, 3, 3),
        "ConvTranspose2d(4, 6, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(1, 2), "
        "output_padding=(1, 0), groups=2, bias=False)",
    ),
]


@pytest.mark.parametrize(("make", "weight", "text"), LAYERS)
def test_weight_and_repr(make: Any, weight: Any, text: Any) -> None:
    layer = make()
    assert layer.weight.shape == weight
    assert repr(layer) == text


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_parameters_fill_their_interval_and_have_the_dtype(dtype: Any) -> None:
    layer = Conv2d(8, 64, 3, groups=2, dtype=dtype, seed=1)
    bound = 1 / np.sqrt(4 * 3 * 3)
    for parameter in (layer.weight, layer.bias):
        assert parameter is not None
        assert parameter.dtype == dtype
        real = np.abs(parameter.real.astype(float))
        assert 0.9 * bound < real.max() <= bound * (1 + np.finfo(dtype).eps)
        assert abs(parameter.real.astype(float).mean()) < 0.25 * bound


@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
def test_a_seed_repeats_and_another_one_differs(kind: Any) -> None:
    first, again, other = (kind(3, 4, 3, seed=seed).weight for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    shared = np.random.default_rng(7)
    np.testing.assert_array_equal(kind(3, 4, 3, seed=shared).weight, first)
    assert not np.array_equal(kind(3, 4, 3, seed=shared).weight, first)


@pytest.mark.parametrize("bias", [True, False])
def test_calling_a_layer_is_the_function_with_its_arguments(bias: Any) -> None:
    layer = Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 3), 2, bias, "circular", seed=0)
    input = np.random.default_rng(0).standard_normal((2, 4, 7, 9)).astype(np.float32)
    expected = conv2d(input, layer.weight, layer.bias, (2, 1), (1, 2), (1, 3), 2, "circular")
    np.testing.assert_array_equal(layer(input), expected)
    np.testing.assert_array_equal(layer(input[0]), expected[0])


@pytest.mark.parametrize("mode", checks.MODES)
def test_a_layer_pads_each_side_by_its_own_number(mode: Any) -> None:
    pairs = [(1, 2), (0, 3)]
    layer = Conv2d(4, 6, 3, 2, pairs, groups=2, padding_mode=mode, seed=0)
    input = np.random.default_rng(0).standard_normal((2, 4, 7, 9)).astype(np.float32)
    padded = np.pad(input, [(0, 0), (0, 0), *pairs], NUMPYS[mode])
    expected = conv2d(padded, layer.weight, layer.bias, 2, groups=2)
    np.testing.assert_array_equal(layer(input), expected)
    np.testing.assert_array_equal(layer(input[0]), expected[0])
    assert layer(input[:0]).shape == (0, *expected.shape[1:])
    (step,) = chain(input.shape, [repr(layer)])
    assert step.output == expected.shape


def test_state_goes_out_and_in_as_copies() -> None:
    layer, other = Conv1d(2, 3, 4, seed=0), Conv1d(2, 3, 4, seed=1)
    state = {name: value.astype(float) for name, value in layer.state_dict().items()}
    other.load_state_dict(state)
    np.testing.assert_array_equal(other.weight, layer.weight)
    np.testing.assert_array_equal(other.bias, layer.bias)
    assert other.weight.dtype == np.float32
    state["weight"][:] = 0
    assert np.any(other.weight)
    assert list(Conv1d(2, 3, 4, bias=False).state_dict()) == ["weight"]


@pytest.mark.parametrize("bias", [True, False])
def test_calling_a_transposed_layer_is_the_function_with_its_arguments(bias: Any) -> None:
    layer = ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 2), (1, 2), 2, bias, (1, 3), seed=0)
    input = np.random.default_rng(0).standard_normal((2, 4, 7, 9)).astype(np.float32)
    expected = conv_transpose2d(input, layer.weight, layer.bias, (2, 3), (1, 2), (1, 2), 2, (1, 3))
    np.testing.assert_array_equal(layer(input), expected)
    np.testing.assert_array_equal(layer(input[0]), expected[0])


# For the three outputs that a stride of 3 leaves open: the size asked for, and the one it means.
ASKED = [
    (13, (13, 13)),
    ((13, 14), (13, 14)),
    ([15, 13], (15, 13)),
    ((1, 1, 14, 15), (14, 15)),
    (None, (13, 13)),
]


@pytest.mark.parametrize(("asked", "size"), ASKED)
@pytest.mark.parametrize("batch", [(1,), ()])
def test_a_transposed_layer_gives_the_size_asked_for(asked: Any, size: Any, batch: Any) -> None:
    layer = ConvTranspose2d(1, 1, (3, 5), 3, (1, 2), dtype="float64", seed=0)
    input = np.arange(25.0).reshape(*batch, 1, 5, 5)
    if isinstance(asked, tuple) and len(asked) == 4:
        asked = asked[1 - len(batch) :]
    out = layer(input, asked)
    assert out.shape == (*batch, 1, *size)
    extra = tuple(n - 13 for n in size)
    expected = conv_transpose2d(input, layer.weight, layer.bias, 3, (1, 2), extra)
    np.testing.assert_array_equal(out, expected)


def test_the_smallest_output_has_one_cell() -> None:
    layer = ConvTranspose1d(1, 1, 1, seed=0)
    assert layer(np.ones((1, 1), np.float32), 1).shape == (1, 1)


def test_the_processor_is_the_device() -> None:
    assert Conv1d(1, 1, 1, device="cpu").weight.shape == (1, 1, 1)


@pytest.mark.parametrize("name", ["Conv", "ConvTranspose"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_layer_has_as_many_axes_as_its_name_says(name: Any, rank: Any) -> None:
    layer = getattr(convref, f"{name}{rank}d")(1, 1, 2)
    assert layer.kernel_size == (2,) * rank
    assert layer(np.ones((1, *(3,) * rank), np.float32)).ndim == rank + 1


def test_the_least_stride_and_dilation_of_size_are_1() -> None:
    assert convref.size(5, 3, stride=1, dilation=1) == 3
    for name in ("stride", "dilation"):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, received 0"):
            convref.size(5, 3, **{name: 0})


LEAST = {
    "in_channels": 0,
    "out_channels": 1,
    "kernel_size": 1,
    "stride": 1,
    "dilation": 1,
    "groups": 1,
    "padding": 0,
    "output_padding": 0,
}


@pytest.mark.parametrize(("name", "least"), LEAST.items())
@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
def test_the_least_of_each_argument_of_a_layer(kind: Any, name: Any, least: Any) -> None:
    given = {"in_channels": 2, "out_channels": 2, "kernel_size": 3}
    if kind is Conv2d and name == "output_padding":
        return  # it has none
    kind(**given | {name: least})
    with pytest.raises(ValueError, match=f"^{name} must be at least {least}, received"):
        kind(**given | {name: least - 1})


def test_an_integer_is_one_of_64_bits() -> None:
    assert convref.conv1d(np.ones((1, 1, 1)), np.ones((1, 1, 1)), stride=2**63 - 1).size == 1
    for stride, rule in [
        (-(2**63), "stride must be at least 1"),
        (-(2**63) - 1, "stride must lie between"),
        (2**63, "stride must lie between"),
    ]:
        with pytest.raises(ValueError, match=f"^{rule}.*received {stride}"):
            convref.conv1d(np.ones((1, 1, 1)), np.ones((1, 1, 1)), stride=stride)


@pytest.mark.parametrize("padding", [(-1, 0), (0, -1)])
def test_no_side_of_size_has_less_than_no_padding(padding: Any) -> None:
    assert convref.size(5, 3, padding=(0, 0)) == 3
    with pytest.raises(ValueError, match=r"^padding must be at least 0, received -1"):
        convref.size(5, 3, padding=padding)


def test_a_seed_is_no_less_than_0() -> None:
    assert Conv1d(1, 1, 1, seed=0).weight.size == 1
    with pytest.raises(ValueError, match=r"^seed must be at least 0, received -1"):
        Conv1d(1, 1, 1, seed=-1)


FUNCTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "conv2d": (conv2d, {"input": ONE, "weight": ONE}),
    "conv_transpose2d": (conv_transpose2d, {"input": ONE, "weight": ONE}),
    "conv2d_backward": (
        convref.conv2d_backward,
        dict.fromkeys(("grad_output", "input", "weight"), ONE),
    ),
    "conv_transpose2d_backward": (
        convref.conv_transpose2d_backward,
        dict.fromkeys(("grad_output", "input", "weight"), ONE),
    ),
    "unfold": (convref.unfold, {"input": ONE, "kernel_size": 1}),
    "fold": (convref.fold, {"input": ONE[0], "output_size": 1, "kernel_size": 1}),
    "size": (convref.size, {"n": 1, "kernel": 1}),
}
BOUNDS = {
    "n": 0,
    "kernel": 1,
    "kernel_size": 1,
    "output_size": 1,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "output_padding": 0,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_least_of_each_argument_of_a_function(name: Any) -> None:
    function, given = FUNCTIONS[name]
    arguments = inspect.signature(function).parameters
    bounds = {each: least for each, least in BOUNDS.items() if each in arguments}
    assert len(bounds) >= 4
    for argument, least in bounds.items():
        if argument not in ("output_size", "n"):  # as little is refused for another reason
            function(**given | {argument: least})
        with pytest.raises(ValueError, match=f"^{argument} must be at least {least}, received"):
            function(**given | {argument: least - 1})


def test_the_least_output_size_of_a_layer() -> None:
    layer = ConvTranspose2d(1, 1, 1, dtype="float64")
    assert layer(ONE, output_size=(1, 1)).size == 1
    with pytest.raises(ValueError, match=r"^output_size must be at least 1, received 0"):
        layer(ONE, output_size=(1, 0))
