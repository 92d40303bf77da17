"""Gradients of transposed convolutions: loops over cells and taps, and differences."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import convref
from convref.geometry import Axis, as_convolution, gathered, output_size, padded_size
from tests.numpy_only.cases import BATCHES, cases

layers = cases(largest=2, modes=["zeros"], paddings=["numbers"])
small = cases(ranks=(1, 2), largest=2, modes=["zeros"], paddings=["numbers"], batches=[(1,), (2,)])


def drawn(data: Any, case: Any) -> Any:
    """Input (N, C, *sizes), weight (C, O / groups, *kernel), and the options of the call."""
    extra = tuple(
        data.draw(st.integers(0, max(s, d) - 1))
        for s, d in zip(case.stride, case.dilation, strict=True)
    )
    axes = [
        Axis(size, kernel, stride, dilation, pad, pad)
        for size, kernel, stride, dilation, pad in zip(
            case.input[-case.rank :],
            case.weight[2:],
            case.stride,
            case.dilation,
            case.padding,
            strict=True,
        )
    ]
    assume(all(output_size(as_convolution(a, e)) > 0 for a, e in zip(axes, extra, strict=True)))
    channels = case.input[-case.rank - 1]
    x = np.arange(np.prod(case.input)).reshape(case.input) % 11 - 5
    shape = (channels, case.weight[0] // case.groups, *case.weight[2:])
    w = 3 - np.arange(np.prod(shape)).reshape(shape) % 7
    options = {
        "stride": case.stride,
        "padding": case.padding,
        "output_padding": extra,
        "groups": case.groups,
        "dilation": case.dilation,
    }
    return x, w, options


def forward(case: Any, *arrays: Any, **options: Any) -> Any:
    return getattr(convref, f"conv_transpose{case.rank}d")(*arrays, **options)


def backward(case: Any, *arrays: Any, **options: Any) -> Any:
    return getattr(convref, f"conv_transpose{case.rank}d_backward")(*arrays, **options)


def by_loops(y: Any, x: Any, w: Any, options: Any) -> Any:
    """Every product w[c, o, t] * x[n, c, p] of the sum at `cell`, differentiated."""
    grads = np.zeros(x.shape, int), np.zeros(w.shape, int), y.sum((0, *range(2, y.ndim)))
    width = len(w) // options["groups"]
    steps = list(zip(options["stride"], options["dilation"], options["padding"], strict=True))
    for c, *p in np.ndindex(x.shape[1:]):
        for o, *t in np.ndindex(w.shape[1:]):
            cell = [
                i * stride + k * dilation - pad
                for i, k, (stride, dilation, pad) in zip(p, t, steps, strict=True)
            ]
            if all(0 <= at < size for at, size in zip(cell, y.shape[2:], strict=True)):
                due = y[:, c // width * w.shape[1] + o, *cell]
                grads[0][:, c, *p] += w[c, o, *t] * due
                grads[1][c, o, *t] += (x[:, c, *p] * due).sum()
    return grads


@given(st.data(), layers)
def test_every_product_of_the_definition_is_differentiated(data: Any, case: Any) -> None:
    x, w, options = drawn(data, case)
    out = forward(case, x, w, None, **options)
    y = np.arange(out.size).reshape(out.shape) % 7 - 3
    got = backward(case, y, x, w, **options)
    if len(case.input) == case.rank + 1:  # unbatched
        due_x, *due = by_loops(y[None], x[None], w, options)
        due = [due_x[0], *due]
    else:
        due = by_loops(y, x, w, options)
    for a, b in zip(got, due, strict=True):
        assert a.shape == b.shape
        np.testing.assert_array_equal(a, b)


@given(st.data(), small)
def test_gradients_are_differences(data: Any, case: Any) -> None:
    """The output is linear in each operand, so that one step of 1 gives the gradient exactly."""
    x, w, options = drawn(data, case)
    b = np.zeros(case.weight[0], int)
    out = forward(case, x, w, b, **options)
    y = np.arange(out.size).reshape(out.shape) % 7 - 3
    for operand, grad in zip((x, w, b), backward(case, y, x, w, **options), strict=True):
        assert grad.shape == operand.shape
        for at in np.ndindex(operand.shape):
            operand[at] += 1
            assert ((forward(case, x, w, b, **options) - out) * y).sum() == grad[at]
            operand[at] -= 1


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.data())
def test_what_was_written_is_read_again(
    size: Any, kernel: Any, stride: Any, dilation: Any, data: Any
) -> None:
    """As many windows as cells, from the first one written to the last, and no cell more."""
    pad, extra = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 5))
    axis = Axis(size, kernel, stride, dilation, pad, pad)
    assume(output_size(as_convolution(axis, extra)) > 0)
    back = gathered(axis, extra)
    assert output_size(back) == size
    assert padded_size(back) == (size - 1) * stride + dilation * (kernel - 1) + 1


def test_complex_operands_are_conjugated_as_by_pytorch() -> None:
    x, w = np.array([[[1 + 2j, 3j]]]), np.array([[[2 - 1j]]])
    y = np.array([[[1j, 1 + 1j]]])
    grad_input, grad_weight, grad_bias = convref.conv_transpose1d_backward(y, x, w)
    np.testing.assert_array_equal(grad_input, y * (2 + 1j))
    np.testing.assert_array_equal(grad_weight, [[[1j * (1 - 2j) + (1 + 1j) * -3j]]])
    np.testing.assert_array_equal(grad_bias, [1 + 2j])


NAMES = [f"conv{kind}{rank}d_backward" for kind in ("", "_transpose") for rank in (1, 2, 3)]


def ones(name: Any, dtype: Any) -> Any:
    """A gradient, an input and a weight of one cell along each axis, all 100."""
    rank = int(name.partition("d_")[0][-1])
    return [np.full((1,) * (rank + 2), 100, dtype)] * 3


@pytest.mark.parametrize("name", NAMES)
def test_accumulate_gives_the_dtype_of_sums_and_results(name: Any) -> None:
    function = getattr(convref, name)
    narrow, wide = (function(*ones(name, "i1"), accumulate=a) for a in (None, "i4"))
    assert [(g.dtype.name, g.item()) for g in narrow] == [("int8", 16), ("int8", 16), ("int8", 100)]
    assert [(g.dtype.name, g.item()) for g in wide] == [
        ("int32", 10_000),
        ("int32", 10_000),
        ("int32", 100),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_float16_is_summed_in_float32(name: Any) -> None:
    """4,000 ones, of which float16 counts 2,048."""
    rank = int(name.partition("d_")[0][-1])
    grad = np.ones((1, 1, *(1,) * (rank - 1), 4000), "f2")
    grads = getattr(convref, name)(grad, grad, np.ones((1,) * (rank + 2), "f2"))
    assert [g.dtype.name for g in grads] == ["float16"] * 3
    assert grads[1].item() == grads[2].item() == 4000


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_batch_and_none(name: Any, batch: Any) -> None:
    rank = int(name.partition("d_")[0][-1])
    x, w = np.ones((*batch, 4, *(3,) * rank)), np.ones((4, 1, *(2,) * rank))
    options = {"groups": 4, "stride": 2, "padding": 1}
    out = getattr(convref, name.removesuffix("_backward"))(x, w, **options)
    grads = getattr(convref, name)(np.ones_like(out), x, w, **options)
    assert [g.shape for g in grads] == [x.shape, w.shape, (4,)]
    count = out.size / 4
    np.testing.assert_array_equal(grads[2], [count] * 4)
