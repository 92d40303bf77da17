"""pad against literal rows and against an oracle that asks for one cell at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convref import pad

# input, pad, mode -> output, one digit a cell; '.' is the constant.
ROWS = [
    ("1234", (2, 2), "constant", "..1234.."),
    ("1234", (2, 2), "reflect", "32123432"),
    ("1234", (3, 3), "reflect", "4321234321"),  # at the limit: size - 1
    ("1234", (2, 2), "replicate", "11123444"),
    ("12", (5, 4), "replicate", "11111122222"),  # no limit
    ("1234", (2, 2), "circular", "34123412"),
    ("1234", (4, 4), "circular", "123412341234"),  # at the limit: the size
    ("1234", (0, 3), "reflect", "1234321"),
    ("1234", (1, 0), "circular", "41234"),
    ("1234", (-1, 2), "constant", "234.."),
    ("1234", (-1, 2), "reflect", "23432"),  # the crop comes first
    ("1234", (-1, 3), "circular", "234234"),
    ("1234", (2, -2), "replicate", "1112"),
    ("1234", (-2, -2), "constant", ""),
    ("1234", (0, 0), "reflect", "1234"),
    ("1", (0, 0), "reflect", "1"),
    ("1", (1, 1), "circular", "111"),
]


def cells(row: str) -> np.ndarray:
    return np.array([[0 if cell == "." else int(cell) for cell in row]], int)


@pytest.mark.parametrize(("row", "pads", "mode", "expected"), ROWS)
def test_rows(row, pads, mode, expected):
    np.testing.assert_array_equal(pad(cells(row), pads, mode), cells(expected))


def shown(position: int, size: int, mode: str) -> int:
    """Look it up: in the row and its mirror image, again and again, or in the row alone."""
    row = list(range(size))
    if mode == "replicate":
        return sorted([0, position, size - 1])[1]
    if mode == "reflect":
        row += row[-2:0:-1]
    return row[position % len(row)]


modes = st.sampled_from(["reflect", "replicate", "circular"])


@given(st.data(), modes, st.integers(1, 3), st.booleans())
def test_every_cell_of_every_mode(data, mode, axes, batched):
    sizes = [data.draw(st.integers(2, 5)) for _ in range(axes)]
    input = np.arange(np.prod(sizes) * 2 * 3).reshape(2, 3, *sizes)
    if not batched:
        input = input[0]
    pairs = [
        tuple(data.draw(st.integers(0, n - 1 if mode == "reflect" else n)) for _ in range(2))
        for n in sizes
    ]
    flat = [side for pair in reversed(pairs) for side in pair]
    got = pad(input, flat, mode)
    assert got.shape[-axes:] == tuple(b + n + a for n, (b, a) in zip(sizes, pairs, strict=True))
    for at in np.ndindex(got.shape[-axes:]):
        from_ = [shown(i - b, n, mode) for i, n, (b, _) in zip(at, sizes, pairs, strict=True)]
        np.testing.assert_array_equal(got[..., *at], input[..., *from_])


def test_the_last_axis_comes_first():
    assert pad(np.zeros((2, 3, 5), int), (1, 0, 0, 4)).shape == (2, 7, 6)


@pytest.mark.parametrize("dtype", ["bool", "int8", "float16", "complex64"])
def test_constant_keeps_the_dtype_and_fills_the_value(dtype):
    out = pad(np.zeros((2,), dtype), (1, 2), value=1)
    assert out.dtype == dtype
    assert out.tolist() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("value", [-128, 127])
def test_a_value_may_be_the_least_or_the_largest(value):
    assert pad(np.zeros((1,), "i1"), (1, 0), value=value).tolist() == [value, 0]


def test_zero_is_no_value():
    assert pad(np.array([[3, 5, 7]]), (1, 1), "reflect", 0).tolist() == [[5, 3, 5, 7, 5]]


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_the_result_is_always_a_new_array(mode):
    input = np.arange(6).reshape(2, 3)
    for pads in ((0, 0), (1, 1), (-1, 0)):
        out = pad(input, pads, mode)
        assert not np.shares_memory(out, input)
        out[:] = -1
    assert input.tolist() == [[0, 1, 2], [3, 4, 5]]
