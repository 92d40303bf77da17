"""What convolution is, as equations that hold for every valid case, exactly on integers."""

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import convref
from convref import definition
from convref.geometry import as_convolution, dropped_cells, output_size
from tests.numpy_only.cases import BATCHES, Case, cases

batched = cases(batches=BATCHES[1:])
# Padding that is the same on both sides, and zeros: what a transposed convolution undoes.
even = cases(batches=BATCHES[1:], modes=["zeros"], paddings=["valid", "numbers"])
shifted = cases(batches=BATCHES[1:], modes=["circular"], paddings=["same"])
filled = cases(ranks=(1, 2), largest=2, batches=[(1,), (2,)])
planes = cases(ranks=(2,), modes=["zeros"], paddings=["valid", "numbers"], batches=BATCHES[1:])


def call(case: Case, input: Any, weight: Any, bias: Any = None, **changed: Any) -> Any:
    return getattr(convref, f"conv{case.rank}d")(input, weight, bias, **case.options | changed)


def transposed(case: Case, grad: Any, weight: Any, extra: Any) -> Any:
    """The adjoint of `case`: same parameters, zeros as padding."""
    before = [axis.before for axis in case.axes()]
    return getattr(convref, f"conv_transpose{case.rank}d")(
        grad, weight, None, case.stride, before, extra, case.groups, case.dilation
    )


@given(even)
def test_transposed_is_the_adjoint(case: Any) -> None:
    """⟨conv x, y⟩ = ⟨x, convᵀ y⟩."""
    x, w, _ = case.arrays()
    forward = call(case, x, w)
    y = np.arange(forward.size).reshape(forward.shape) % 7 - 3
    extra = [dropped_cells(axis) for axis in case.axes()]
    back = transposed(case, y, w, extra)
    assert back.shape == x.shape
    assert (forward * y).sum() == (x * back).sum()


@given(batched)
def test_linearity(case: Any) -> None:
    x, w, _ = case.arrays()
    other = x[::-1, ::-1] * 2 + 1
    np.testing.assert_array_equal(
        call(case, 3 * x - other, w), 3 * call(case, x, w) - call(case, other, w)
    )
    np.testing.assert_array_equal(
        call(case, x, 3 * w - w[::-1]), 3 * call(case, x, w) - call(case, x, w[::-1])
    )


@given(batched)
def test_groups_are_separate_convolutions_concatenated(case: Any) -> None:
    x, w, b = case.arrays()
    parts = zip(
        np.split(x, case.groups, 1),
        np.split(w, case.groups),
        [None] * case.groups if b is None else np.split(b, case.groups),
        strict=True,
    )
    alone = [call(case, *part, groups=1) for part in parts]
    np.testing.assert_array_equal(call(case, x, w, b), np.concatenate(alone, 1))


@given(batched)
def test_dilation_is_a_kernel_stuffed_with_zeros(case: Any) -> None:
    x, w, b = case.arrays()
    sizes = [d * (k - 1) + 1 for d, k in zip(case.dilation, w.shape[2:], strict=True)]
    dense = np.zeros((*w.shape[:2], *sizes), w.dtype)
    dense[:, :, *(slice(None, None, d) for d in case.dilation)] = w
    np.testing.assert_array_equal(call(case, x, w, b), call(case, x, dense, b, dilation=1))


@given(batched)
def test_stride_is_subsampling(case: Any) -> None:
    x, w, b = case.arrays()
    every = call(case, x, w, b, stride=1)
    kept = every[:, :, *(slice(None, None, s) for s in case.stride)]
    np.testing.assert_array_equal(call(case, x, w, b), kept)


@given(shifted, st.integers(-5, 5))
def test_circular_padding_commutes_with_shifts(case: Any, shift: Any) -> None:
    x, w, b = case.arrays()
    axes = tuple(range(2, x.ndim))
    rolled = call(case, np.roll(x, shift, axes), w, b)
    np.testing.assert_array_equal(rolled, np.roll(call(case, x, w, b), shift, axes))


@given(batched)
def test_transposed_equals_its_definition(case: Any) -> None:
    """The case's output, spread again, with every output padding that the stride leaves open."""
    padding = [min(axis.before, 2) for axis in case.axes()]
    axes = [
        axis._replace(size=size, before=p, after=p)
        for axis, size, p in zip(case.axes(), case.input[2:], padding, strict=True)
    ]
    extra = [max(axis.stride, axis.dilation) - 1 for axis in axes]
    assume(all(output_size(as_convolution(a, e)) > 0 for a, e in zip(axes, extra, strict=True)))
    x, w, _ = case.arrays()
    w = np.moveaxis(w.reshape(case.groups, -1, *w.shape[1:]), 2, 1)
    w = w.reshape(x.shape[1], -1, *case.weight[2:])  # (C, O / groups, *kernel)
    b = 100 * (1 + np.arange(case.weight[0]))
    got = getattr(convref, f"conv_transpose{case.rank}d")(
        x, w, b, case.stride, padding, extra, case.groups, case.dilation
    )
    due = definition.transposed(x, w, b, axes, extra, case.groups)
    np.testing.assert_array_equal(got, due)


def gradients(case: Case, y: Any, x: Any, w: Any) -> Any:
    return getattr(convref, f"conv{case.rank}d_backward")(y, x, w, **case.options)


@given(filled)
def test_gradients_are_differences(case: Any) -> None:
    """The output is linear in each operand, so that one step of 1 gives the gradient exactly."""
    x, w, b = case.arrays()
    b = np.zeros(len(w), int) if b is None else b
    forward = call(case, x, w, b)
    y = np.arange(forward.size).reshape(forward.shape) % 7 - 3
    for operand, grad in zip((x, w, b), gradients(case, y, x, w), strict=True):
        assert grad.shape == operand.shape
        for at in np.ndindex(operand.shape):
            operand[at] += 1
            assert ((call(case, x, w, b) - forward) * y).sum() == grad[at]
            operand[at] -= 1


@given(planes)
def test_fold_after_unfold_multiplies_by_the_cover(case: Any) -> None:
    axes = case.axes()
    window = (case.weight[2:], case.dilation, [axis.before for axis in axes], case.stride)
    x, _, _ = case.arrays()
    cover = np.zeros((axes[0].size, axes[1].size), int)
    for row in range(output_size(axes[0])):
        for column in range(output_size(axes[1])):
            for tap in np.ndindex(*case.weight[2:]):
                cell = [
                    at * axis.stride + t * axis.dilation - axis.before
                    for at, t, axis in zip((row, column), tap, axes, strict=True)
                ]
                if all(0 <= c < axis.size for c, axis in zip(cell, axes, strict=True)):
                    cover[*cell] += 1
    again = convref.fold(convref.unfold(x, *window), x.shape[-2:], *window)
    np.testing.assert_array_equal(again, x * cover)


@given(planes)
def test_unfold_times_weight_is_the_convolution(case: Any) -> None:
    x, w, _ = case.arrays()
    w = w[:, :1].repeat(x.shape[-3], 1)  # all channels, one group
    before = [axis.before for axis in case.axes()]
    columns = convref.unfold(x, w.shape[2:], case.dilation, before, case.stride)
    out = call(case, x, w, groups=1)
    np.testing.assert_array_equal((w.reshape(len(w), -1) @ columns).reshape(out.shape), out)


@given(cases(), st.sampled_from([("int8", "int32"), ("uint8", "int16"), ("float32", "float64")]))
def test_accumulate_sums_in_the_wider_dtype(case: Any, dtypes: Any) -> None:
    narrow, wide = dtypes
    arrays = [None if a is None else (a % 100).astype(narrow) for a in case.arrays()]
    got = call(case, *arrays, accumulate=wide)
    assert got.dtype == wide
    widened = [None if a is None else a.astype(wide) for a in arrays]
    np.testing.assert_array_equal(got, call(case, *widened))
