"""conv1d, conv2d, conv3d against the definition: exactly on integers, scaled on floats."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import convref
from convref import definition
from tests.numpy_only.cases import Case, cases, output_shape

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64", "complex64", "complex128"]
# Two channels a group, distinct sizes, an even kernel: every axis and option differs.
MIXED = Case((2, 4, 7, 9), (6, 2, 3, 2), True, (2, 1), (1, 2), (1, 3), 2, "reflect")


def call(case: Case, input: Any, weight: Any, bias: Any) -> Any:
    return getattr(convref, f"conv{case.rank}d")(input, weight, bias, **case.options)


def defined(case: Case, input: Any, weight: Any, bias: Any) -> Any:
    batched = input if input.ndim == case.rank + 2 else input[None]
    out = definition.convolution(batched, weight, bias, case.axes(), case.groups, case.padding_mode)
    return out if input.ndim == case.rank + 2 else out[0]


@given(cases(), st.sampled_from(INTEGERS))
@example(MIXED, "int8")
@example(MIXED, "int64")
def test_integers_equal_the_definition(case: Any, dtype: Any) -> None:
    arrays = case.arrays(dtype)
    got = call(case, *arrays)
    assert got.dtype == dtype
    assert got.shape == output_shape(case)
    np.testing.assert_array_equal(got, defined(case, *arrays))


@given(cases(), st.sampled_from(FLOATS), st.integers(0, 2**32 - 1))
@example(MIXED, "float16", 0)
def test_floats_agree_with_the_definition_in_double_precision(
    case: Any, dtype: Any, seed: Any
) -> None:
    random = np.random.default_rng(seed)
    exact = [None if a is None else random.standard_normal(a.shape) for a in case.arrays()]
    if np.dtype(dtype).kind == "c":
        exact = [None if a is None else a + 1j * random.standard_normal(a.shape) for a in exact]
    arrays = [None if a is None else a.astype(dtype) for a in exact]
    wide = [None if a is None else a.astype(np.result_type(a, np.float64)) for a in arrays]
    got = call(case, *arrays)
    assert got.dtype == dtype
    # Every product and every partial sum is rounded once.
    terms = np.prod(case.weight[1:]) + 1
    bound = call(case, *[None if a is None else abs(a) for a in wide])
    step = np.finfo(dtype).eps * bound + np.finfo(dtype).smallest_subnormal
    assert np.all(abs(got - defined(case, *wide)) <= 2 * terms * step)


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_inputs_stay_unchanged_and_outputs_own_their_memory(dtype: Any) -> None:
    arrays = MIXED.arrays(dtype)
    before = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    out = call(MIXED, *arrays)
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.shares_memory(out, a)
    assert out.flags.c_contiguous
    assert out.flags.writeable


def test_any_memory_layout_gives_the_same() -> None:
    input, weight, bias = MIXED.arrays("float64")
    expected = call(MIXED, input, weight, bias)
    for layout in (
        np.asfortranarray,
        lambda a: a[..., ::-1].copy()[..., ::-1],
        lambda a: a.astype(">f8"),
    ):
        got = call(MIXED, layout(input), layout(weight), bias)
        np.testing.assert_array_equal(got, expected)
        assert got.dtype == np.float64


def test_same_pads_an_even_kernel_at_the_end() -> None:
    out = convref.conv1d(np.array([[1, 2, 3]]), np.array([[[1, 10, 100, 1000]]]), padding="same")
    # 0123 1230 2300: one cell in front, two behind
    assert out.tolist() == [[3210, 321, 32]]


def test_depthwise_with_a_multiplier() -> None:
    input = np.arange(1, 3).reshape(2, 1)
    out = convref.conv1d(input, np.arange(1, 7).reshape(6, 1, 1), groups=2)
    assert out.ravel().tolist() == [1, 2, 3, 8, 10, 12]


def test_no_channels_sum_to_the_bias() -> None:
    out = convref.conv1d(np.ones((1, 0, 3)), np.ones((2, 0, 2)), np.array([5.0, 6.0]))
    assert out.tolist() == [[[5, 5], [6, 6]]]
