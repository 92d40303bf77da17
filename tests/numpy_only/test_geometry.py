"""Sizes and positions against a walk along the axis, one step at a time."""

from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convref import checks, geometry, size
from convref.geometry import (
    Axis,
    cells_read,
    dropped_cells,
    output_size,
    position,
    reach,
    resolve,
    same_padding,
    source,
)
from tests.numpy_only.cases import NUMPYS

small = st.integers(1, 6)
axes = st.builds(
    Axis, st.integers(0, 12), small, small, small, st.integers(0, 5), st.integers(0, 5)
)


def windows_by_walking(axis: Axis) -> int:
    """Step a window from the first padded cell until its last tap leaves the padded axis."""
    cells = axis.before + axis.size + axis.after
    for steps in count():
        taps = [steps * axis.stride + tap * axis.dilation for tap in range(axis.kernel)]
        if taps[-1] >= cells:
            return steps
    raise AssertionError


@given(axes)
def test_output_size_counts_the_windows(axis: Any) -> None:
    if windows_by_walking(axis) > 0:  # what does not fit at all is refused before
        assert output_size(axis) == windows_by_walking(axis)


@given(axes)
def test_positions_start_in_the_padding_and_step_by_stride_and_dilation(axis: Any) -> None:
    assert position(axis, 0, 0) == -axis.before
    assert position(axis, 1, 0) - position(axis, 0, 0) == axis.stride
    assert position(axis, 0, 1) - position(axis, 0, 0) == axis.dilation
    assert position(axis, 0, axis.kernel - 1) + axis.before + 1 == reach(axis.kernel, axis.dilation)


@given(axes, st.integers(1, 5))
def test_windows_span_from_the_first_tap_to_the_last(axis: Any, outputs: Any) -> None:
    places = [
        o * axis.stride + t * axis.dilation for o in range(outputs) for t in range(axis.kernel)
    ]
    assert cells_read(axis, outputs) == max(places) - min(places) + 1


@pytest.mark.parametrize("mode", checks.MODES)
def test_source_continues_the_row_as_numpy_does(mode: Any) -> None:
    """As far as each mode's limit allows."""
    cells = [source(at, 4, mode) for at in range(-3, 7)]
    padded = np.pad([1, 2, 3, 4], 3, NUMPYS[mode]).tolist()
    assert [0 if cell is None else cell + 1 for cell in cells] == padded


@given(small, small, st.integers(0, 12))
def test_same_keeps_the_size_with_the_extra_cell_at_the_end(
    kernel: Any, dilation: Any, cells: Any
) -> None:
    before, after = same_padding(kernel, dilation)
    assert after - before in (0, 1)
    assert output_size(Axis(cells, kernel, 1, dilation, before, after)) == cells


def test_resolve_gives_one_axis_for_each() -> None:
    assert resolve((5, 7), (3, 2), (2, 1), [(1, 1), (0, 2)], (1, 3)) == (
        Axis(5, 3, 2, 1, 1, 1),
        Axis(7, 2, 1, 3, 0, 2),
    )
    assert resolve((5,), (4,), (1,), "same", (1,)) == (Axis(5, 4, 1, 1, 1, 2),)
    assert resolve((5,), (4,), (2,), "valid", (1,)) == (Axis(5, 4, 2, 1, 0, 0),)


@pytest.mark.parametrize("padding", ["same", "valid", [(0, 0), (0, 0)]])
@pytest.mark.parametrize("short", range(4))
def test_resolve_wants_as_many_of_each(padding: Any, short: Any) -> None:
    sizes = [(9, 9), (3, 3), (1, 1), (2, 2)]
    sizes[short] = sizes[short][:1]
    n, kernel, stride, dilation = sizes
    with pytest.raises(ValueError, match="zip"):
        resolve(n, kernel, stride, padding, dilation)


def test_resolve_wants_a_pair_for_each_axis() -> None:
    with pytest.raises(ValueError, match="zip"):
        resolve((9, 9), (3, 3), (1, 1), [(0, 0)], (2, 2))


def test_size() -> None:
    assert size(224, 7, stride=2, padding=3) == 112
    assert size(5, 4, padding="same") == 5
    assert size(5, 4, padding=(1, 2)) == size(5, 4, padding=[(1, 2)]) == 5
    assert size(5, 4, padding=(0, 1)) == 3
    assert size(7, 3, dilation=3, padding="valid") == 1
    assert size(0, 3, padding=2) == 2


def test_what_is_left_out_of_an_axis_neither_steps_nor_pads() -> None:
    assert Axis(5, 3)._asdict() == {
        "size": 5,
        "kernel": 3,
        "stride": 1,
        "dilation": 1,
        "before": 0,
        "after": 0,
    }


@given(axes)
def test_what_the_last_whole_window_does_not_touch_is_left_over(axis: Any) -> None:
    windows = windows_by_walking(axis)
    if windows > 0:
        last = (windows - 1) * axis.stride + (axis.kernel - 1) * axis.dilation
        assert dropped_cells(axis) == axis.before + axis.size + axis.after - 1 - last


def test_no_step_is_longer_than_the_padded_axis() -> None:
    (axis,) = geometry.resolve([5], [1], [2**62], [(1, 2)], [2**61])
    assert geometry.bounded(axis) == axis._replace(stride=8, dilation=8)
    (short,) = geometry.resolve([5], [2], [2], [(1, 2)], [3])
    assert geometry.bounded(short) == short


@pytest.mark.parametrize("first", [False, True])
def test_nothing_is_cut_where_same_is_what_comes(first: bool) -> None:
    (axis,) = geometry.resolve([5], [2], [2], [(0, 0)], [1])
    assert geometry.same_cut(axis, 0, 10, first) == (0, 0)
    assert geometry.same_cut(axis, 0, 9, first) == ((-1, 0) if first else (0, -1))
