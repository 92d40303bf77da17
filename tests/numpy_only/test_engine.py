"""However the engine cuts and carries its work, the sums are the definition's."""

import math
import tracemalloc
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

import convref
from convref import definition, engine, transposed
from tests.numpy_only.cases import Case, cases

PLANE = Case((1, 2, 9, 7), (2, 1, 3, 2), False, (2, 1), (1, 1), (1, 2), 2, "zeros")
# Rows of output that fill one band, several, or leave some over.
HEIGHTS = (1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 57)


@pytest.fixture(params=[2**6, 2**9, 2**20])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From blocks of a few cells to one of everything."""
    monkeypatch.setattr(engine, "BLOCK", request.param)


def call(case: Case, *arrays: Any) -> Any:
    return getattr(convref, f"conv{case.rank}d")(*arrays, **case.options)


def defined(case: Case, input: Any, weight: Any, bias: Any = None) -> Any:
    return definition.convolution(input, weight, bias, case.axes(), case.groups, case.padding_mode)


batched = cases(batches=[(0,), (1,), (2,)])


@given(case=batched, size=st.sampled_from([2**6, 2**8, 2**11]))
def test_blocks_of_any_size_give_the_same(case: Any, size: Any) -> None:
    input, weight, bias = case.arrays("float64")  # whole numbers: every sum is exact
    with patch.object(engine, "BLOCK", size):
        np.testing.assert_array_equal(
            call(case, input, weight, bias), defined(case, input, weight, bias)
        )
        grads = backward(case, input, weight)
    for small, large in zip(grads, backward(case, input, weight), strict=True):
        np.testing.assert_array_equal(small, large)


def backward(case: Case, input: Any, weight: Any) -> Any:
    out = call(case, input, weight)
    grad = np.arange(out.size).reshape(out.shape) % 7 - 3.0
    return getattr(convref, f"conv{case.rank}d_backward")(grad, input, weight, **case.options)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views by strides, of which NumPy checks nothing, must stay within an array.

    That is the padded input, or the one that is viewed.
    """
    whole = []
    windows = engine.windows

    def padded(array: Any, axes: Any) -> Any:
        whole.append(byte_bounds(array))
        return windows(array, axes)

    def watched(array: Any, *arguments: Any, **options: Any) -> Any:
        whole.append(byte_bounds(array))
        view = as_strided(array, *arguments, **options)
        first, end = byte_bounds(view)
        assert any(low <= first < end <= high for low, high in (whole[0], whole[-1]))
        assert not view.flags.writeable
        return view

    monkeypatch.setattr("convref.convolution.windows", padded)
    monkeypatch.setattr(engine, "as_strided", watched)


@pytest.mark.usefixtures("block", "inside")
@pytest.mark.parametrize("rows", HEIGHTS)
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_bands_give_every_row(
    rows: Any, stride: Any, dilation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    height = (rows - 1) * stride + 2 * dilation + 1
    case = Case(
        (2, 3, height, 5), (3, 1, 3, 2), True, (stride, 2), (0, 1), (dilation, 1), 3, "zeros"
    )
    arrays = case.arrays("float64")
    as_tiles, cells = engine.as_tiles, []

    def counted(corner: Any, step: Any, bands: Any, shift: Any, tall: Any) -> Any:
        tiles = as_tiles(corner, step, bands, shift, tall)
        cells.append(tiles[:, :, 0].size * shift // stride)
        return tiles

    monkeypatch.setattr(engine, "as_tiles", counted)
    out = call(case, *arrays)
    assert out.shape == (2, 3, rows, 3)
    np.testing.assert_array_equal(out, defined(case, *arrays))
    # Bands are as equal as can be: only where some rows are left are others done twice.
    assert sum(cells) == out.size if rows in (1, 2, 7, 8, 16, 24) else sum(cells) < 2 * out.size


def test_bands_in_three_dimensions() -> None:
    case = Case(
        (2, 3, 11, 4, 5), (3, 1, 3, 2, 2), False, (1, 1, 2), (1, 0, 1), (1, 1, 2), 3, "reflect"
    )
    input, weight, _ = case.arrays("float32")
    np.testing.assert_array_equal(call(case, input, weight), defined(case, input, weight))


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("where", ["input", "weight"])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_not_finite_stays_in_its_windows(bad: Any, where: Any, channels: Any) -> None:
    case = Case(
        (1, 2, 20, 6), (2, channels, 3, 2), False, (1, 1), (1, 1), (1, 1), 3 - channels, "zeros"
    )
    input, weight, _ = case.arrays("float64")
    (input if where == "input" else weight)[0, 0, 1, 1] = bad
    with np.errstate(invalid="ignore"):
        expected = defined(case, input, weight)
    assert 0 < np.isfinite(expected).sum() < expected.size
    np.testing.assert_array_equal(call(case, input, weight), expected)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("where", ["input", "weight"])
def test_transposed_what_is_not_finite_meets_no_zeros(stride: Any, where: Any) -> None:
    input, weight = np.arange(1.0, 13).reshape(1, 2, 6), np.arange(1.0, 7).reshape(2, 1, 3)
    (input if where == "input" else weight)[0, 0, 1] = np.inf
    axes = convref.geometry.resolve([6], [3], [stride], [(1, 1)], [1])
    expected = definition.transposed(input, weight, None, axes, [0])
    assert np.isinf(expected).any()
    assert not np.isnan(expected).any()
    out = convref.conv_transpose1d(input, weight, stride=stride, padding=1)
    np.testing.assert_array_equal(out, expected)


# Sums that are just exact in a carrier, and just not any more.
LARGE = [2**11, 2**11 + 1, 2**12, 2**26, 2**26 + 1, 2**27, 2**31 + 3, 2**62 + 5]


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32", "uint64"])
@pytest.mark.parametrize("value", LARGE)
@pytest.mark.parametrize("sign", [1, -1])
def test_integers_are_exact_or_wrap_however_large(dtype: Any, value: Any, sign: Any) -> None:
    limits = np.iinfo(dtype)
    number = sign * value
    if not limits.min <= number <= limits.max:
        number = limits.max if sign > 0 else limits.min
    input = np.array([[[number, 3, number - sign, 1]]], dtype)
    weight = np.array([[[number, number - sign, 7]]], dtype)
    exact = [
        sum(int(w) * int(x) for w, x in zip(weight[0, 0], input[0, 0, at:], strict=False))
        for at in (0, 1)
    ]
    bits = 8 * np.dtype(dtype).itemsize
    wrapped = [(e - limits.min) % 2**bits + limits.min for e in exact]
    assert convref.conv1d(input, weight)[0, 0].tolist() == wrapped


def test_transposed_integers_just_beyond_doubles_are_exact() -> None:
    input, weight = np.array([[3]]), np.array([[[(2**53 + 1) // 3]]])
    assert convref.conv_transpose1d(input, weight).item() == 2**53 + 1


def test_carriers_hold_every_sum() -> None:
    ones = np.ones(1, "int64")
    for terms, wide in ((2**24, "f4"), (2**24 + 1, "f8"), (2**53, "f8"), (2**53 + 1, "i8")):
        assert engine.sum_dtype(ones, -ones, terms) == np.dtype(wide)
    assert engine.sum_dtype(np.array([-128], "int8"), ones, 2**17) == np.float32
    assert engine.sum_dtype(np.array([-128], "int8"), ones, 2**17 + 1) == np.float64
    assert engine.sum_dtype(np.empty(0, "int8"), ones, 2**60) == np.float32
    for kept in ("float32", "float64", "complex64", "complex128"):
        assert engine.sum_dtype(np.ones(1, kept), np.ones(1, kept), 9) == kept
    assert engine.sum_dtype(np.ones(1, "f2"), np.ones(1, "f2"), 9) == np.float32


@given(st.lists(st.integers(0, 7), min_size=1, max_size=4), st.integers(1, 40))
def test_blocks_cover_every_cell_once_in_order(sizes: Any, most: Any) -> None:
    cells = np.arange(int(np.prod(sizes))).reshape(sizes)
    blocks = list(engine.blocks(sizes, most))
    for block in blocks:
        flat = engine.flattened(block, sizes)
        assert cells[block].ravel().tolist() == list(range(flat.start, flat.stop))
        assert cells[block].size <= most
    covered = [cell for block in blocks for cell in cells[block].ravel().tolist()]
    assert covered == list(range(cells.size))


def test_gradients_in_half_precision_are_summed_in_single() -> None:
    """2048 + 1 + 1 is 2048 in float16 and 2050 in float32."""
    grad, input = np.ones((3, 1, 4), "f2"), np.ones((3, 1, 12), "f2")
    input[0] = 2048
    weight = np.array([[[2048, 0, 1, 0, 1, 0]]], "f2")
    grads = convref.conv1d_backward(grad, input, weight, stride=2)
    assert grads[0][0, 0].tolist() == [2048, 0, 2048, 0, 2050, 0, 2050, 0, 2, 0, 1, 0]
    np.testing.assert_array_equal(grads[1], np.float16(4 * 2050))


LAYERS = [
    ((1, 64, 56, 56), (64, 64, 3, 3), 1, 1),
    ((1, 512, 20, 20), (512, 512, 3, 3), 1, 1),
    ((1, 64, 56, 56), (64, 1, 7, 7), 3, 64),
    ((1, 4, 64, 64), (4, 4, 31, 31), 15, 1),
    ((1, 1, 160, 160), (1, 1, 101, 101), 0, 1),
    ((1, 2048, 8, 8), (2048, 1, 3, 3), 1, 2048),
    ((2, 16, 12, 20, 20), (16, 16, 3, 3, 3), 1, 1),
]


@pytest.mark.parametrize(("input", "weight", "padding", "groups"), LAYERS)
def test_scratch_stays_below_4_mib(input: Any, weight: Any, padding: Any, groups: Any) -> None:
    x, w = np.ones(input, np.float32), np.ones(weight, np.float32)
    rank = len(weight) - 2
    forward = getattr(convref, f"conv{rank}d")
    out = forward(x, w, None, 1, padding, 1, groups)
    kernel, sizes = weight[2:], input[2:]
    padded = x[0, 0].itemsize * input[0] * input[1] * np.prod([n + 2 * padding for n in sizes])
    # What a transposed convolution of stride 1 pads: the gradient, by reach - 1 - padding.
    around = zip(out.shape[2:], kernel, strict=True)
    spread = 4 * np.prod(out.shape[:2]) * np.prod([n + 2 * (k - 1 - padding) for n, k in around])
    assert peak(forward, x, w, None, 1, padding, 1, groups) < (
        out.nbytes + padded + w.nbytes + 2**22
    )
    backward = getattr(convref, f"conv{rank}d_backward")
    assert peak(backward, out, x, w, 1, padding, 1, groups) < (
        x.nbytes + w.nbytes + max(padded, spread) + w.nbytes + 2**22
    )
    transposed = getattr(convref, f"conv_transpose{rank}d")
    assert peak(transposed, out, w, None, 1, padding, 0, groups) < (
        x.nbytes + spread + w.nbytes + 2**22
    )
    assert peak(transposed, out, w, None, 2, 0, 0, groups) < (
        2
        * 4
        * input[0]
        * input[1]
        * np.prod([2 * n + k for n, k in zip(out.shape[2:], kernel, strict=True)])
        + w.nbytes
        + 2**22
    )


def test_finite_numbers_need_no_second_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "by_columns", None)
    arrays = PLANE.arrays("float64")
    assert (call(PLANE, *arrays) == defined(PLANE, *arrays)).all()


@pytest.mark.parametrize(("kernel", "scattered"), [(5, False), (6, True)])
def test_few_zeros_are_convolved_and_many_scattered(
    monkeypatch: pytest.MonkeyPatch, kernel: Any, scattered: Any
) -> None:
    """4 cells give 8 outputs with the one kernel, twice as many, and 9 with the other."""
    calls = []

    def counted(*given: Any) -> Any:
        calls.append(1)
        return engine.scatter(*given)

    monkeypatch.setattr(transposed, "scatter", counted)
    out = convref.conv_transpose1d(np.ones((1, 1, 4)), np.ones((1, 1, kernel)))
    assert out.size == 3 + kernel
    assert bool(calls) is scattered


def test_blocks_of_doubles_are_no_larger() -> None:
    axes = convref.geometry.resolve([160] * 2, [101] * 2, [1] * 2, [(0, 0)] * 2, [1] * 2)
    view = engine.windows(np.ones((1, 1, 160, 160)), axes)
    grad, kernel = np.ones((1, 1, 60, 60)), np.ones((1, 1, 101, 101))
    block = engine.BLOCK + 2**19
    assert peak(engine.collect, view, grad, 1) < 2 * kernel.nbytes + block
    assert peak(engine.contract, view, kernel, axes, 1) < 2 * grad.nbytes + 2 * block  # band matrix
    assert peak(engine.scatter, grad, kernel, axes, [160] * 2, 1) < 8 * 160 * 160 + block


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("long", [(7,), (1360,), (4, 31, 31), (20, 20, 20)], ids=str)
@pytest.mark.parametrize("free", [(97,), (2, 50, 50)], ids=str)
def test_no_block_is_too_large_and_all_are_there(groups: Any, long: Any, free: Any) -> None:
    room, done = engine.BLOCK // 8, 0
    for group, piece, place in engine.schedule(groups, long, free, 8):
        given = ((groups,), (group,)), (long, piece), (free, place)
        sizes = [engine.flattened(part, whole) for whole, part in given]
        cells = math.prod(size.stop - size.start for size in sizes)
        assert cells <= room
        done += cells
    assert done == groups * math.prod(long) * math.prod(free)


def test_nothing_is_as_large_as_zero() -> None:
    assert engine.magnitude(np.zeros((0, 3), int)) == 0
    assert engine.magnitude(np.array([3, -128], "i1")) == 128


def test_bands_of_many_channels_are_made_in_turn() -> None:
    axes = convref.geometry.resolve([40] * 2, [31] * 2, [1] * 2, [(0, 0)] * 2, [1] * 2)
    view = engine.windows(np.ones((1, 64, 40, 40)), axes)
    out = 8 * 64 * 10 * 10
    assert peak(engine.contract, view, np.ones((64, 1, 31, 31)), axes, 64) < out + 3 * engine.BLOCK


def peak(function: Any, *arguments: Any) -> Any:
    """The most bytes that a call has had at once, beyond its arguments."""
    tracemalloc.start()
    function(*arguments)
    (_, most) = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most
