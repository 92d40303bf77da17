"""unfold and fold along one, two and three axes: loops over channels, taps and windows."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import convref
from tests.numpy_only.cases import cases

layers = cases(modes=["zeros"], paddings=["numbers"], largest=2)
NAMES = {1: "{}1d", 2: "{}", 3: "{}3d"}


def function(name: Any, rank: Any) -> Any:
    return getattr(convref, NAMES[rank].format(name))


def window(case: Any) -> Any:
    return case.weight[2:], case.dilation, case.padding, case.stride


def places(case: Any) -> Iterator[Any]:
    """(row without its channel, column, cell) of every tap of every window, in order."""
    taps = list(product(*map(range, case.weight[2:])))
    counts = []
    for size, kernel, stride, dilation, pad in zip(
        case.input[-case.rank :],
        case.weight[2:],
        case.stride,
        case.dilation,
        case.padding,
        strict=True,
    ):
        count = 0
        while count * stride + dilation * (kernel - 1) + 1 <= size + 2 * pad:
            count += 1
        counts.append(count)
    windows = list(product(*map(range, counts)))
    for row, tap in enumerate(taps):
        for column, at in enumerate(windows):
            cell = tuple(
                a * stride + t * dilation - pad
                for a, t, stride, dilation, pad in zip(
                    at, tap, case.stride, case.dilation, case.padding, strict=True
                )
            )
            yield row, column, cell
    assert taps and windows


def inside(cell: Any, sizes: Any) -> Any:
    return all(0 <= at < size for at, size in zip(cell, sizes, strict=True))


@given(layers)
def test_every_tap_of_every_window_stands_in_its_column(case: Any) -> None:
    x, _, _ = case.arrays()
    got = function("unfold", case.rank)(x, *window(case))
    *batch, channels = case.input[: -case.rank]
    found = list(places(case))
    taps, count = found[-1][0] + 1, found[-1][1] + 1
    due = np.zeros((*batch, channels, taps, count), int)
    for row, column, cell in found:
        if inside(cell, case.input[-case.rank :]):
            due[..., row, column] = x[(..., *cell)]
    np.testing.assert_array_equal(got, due.reshape(*batch, channels * taps, count))
    assert got.flags.c_contiguous and not np.shares_memory(got, x)


@given(layers)
def test_every_row_of_a_column_is_added_to_its_cell(case: Any) -> None:
    *batch, channels = case.input[: -case.rank]
    found = list(places(case))
    taps, count = found[-1][0] + 1, found[-1][1] + 1
    columns = np.arange(np.prod([*batch, channels, taps, count]))
    columns = columns.reshape(*batch, channels * taps, count) % 97
    got = function("fold", case.rank)(columns, case.input[-case.rank :], *window(case))
    due = np.zeros(case.input, int)
    for row, column, cell in found:
        if inside(cell, case.input[-case.rank :]):
            due[(..., *cell)] += columns.reshape(*batch, channels, taps, count)[..., row, column]
    np.testing.assert_array_equal(got, due)
    assert got.flags.c_contiguous and not np.shares_memory(got, columns)


@pytest.mark.parametrize("rank", NAMES)
@pytest.mark.parametrize("dtype", ["int8", "uint64", "float16", "complex64", ">i4"])
def test_the_dtype_stays(rank: Any, dtype: Any) -> None:
    x = np.full((2, *(3,) * rank), 100, dtype)
    columns = function("unfold", rank)(x, 1)
    assert columns.dtype == np.dtype(dtype).newbyteorder("=")
    assert (columns == x.reshape(2, -1)).all()
    back = function("fold", rank)(columns, 3, 1)
    assert back.dtype == columns.dtype and (back == x).all()
    wrapped = function("fold", rank)(
        np.full((3, 3), 100, "i1"), (*(1,) * (rank - 1), 5), KERNEL[rank]
    )
    assert wrapped.ravel().tolist() == [100, -56, 44, -56, 100]


KERNEL = {1: 3, 2: (1, 3), 3: (1, 1, 3)}


def test_three_axes_are_one_image_to_unfold_and_a_batch_to_unfold1d() -> None:
    x = np.arange(60).reshape(2, 3, 10)
    assert convref.unfold(x, 3).shape == (18, 8)
    assert convref.unfold1d(x, 3).shape == (2, 9, 8)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_what_is_left_out_is_one_step_and_no_padding(rank: int) -> None:
    x = np.arange(2 * 4**rank).reshape(1, 2, *[4] * rank)
    function = {1: convref.unfold1d, 2: convref.unfold, 3: convref.unfold3d}[rank]
    back = {1: convref.fold1d, 2: convref.fold, 3: convref.fold3d}[rank]
    columns = function(x, 2, 1, 0, 1)
    np.testing.assert_array_equal(function(x, 2), columns)
    size = (4,) * rank
    np.testing.assert_array_equal(back(columns, size, 2), back(columns, size, 2, 1, 0, 1))
