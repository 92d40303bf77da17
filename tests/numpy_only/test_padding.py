"""pad against literal rows and against an oracle that asks for one cell at a time."""

import tracemalloc
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convref
from convref import checks, pad
from convref.modes import COPIES
from convref.padding import PAD_MODES, fold_back, pad_checked
from tests.numpy_only.cases import CROPPED_FIRST, NUMPYS, SPARE

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
    ("1234", (-1, 2), "reflect", "23432"),
    ("1234", (-2, 3), "reflect", "34321"),  # what was cropped is still mirrored
    ("1234", (-6, 3), "reflect", "1"),
    ("1234", (3, -5), "reflect", "43"),
    ("1234", (-5, 3), "replicate", "44"),  # and repeated
    ("1234", (3, -6), "replicate", "1"),
    ("1234", (-1, 3), "circular", "234234"),  # what is left goes round
    ("1234", (2, -2), "circular", "1212"),
    ("1234", (-5, 1), "circular", ""),
    ("1234", (1, -5), "circular", ""),
    ("1234", (2, -2), "replicate", "1112"),
    ("1234", (-2, -2), "constant", ""),
    ("1234", (0, 0), "reflect", "1234"),
    ("1", (0, 0), "reflect", "1"),
    ("1", (1, 1), "circular", "111"),
]


def cells(row: str) -> np.ndarray:
    return np.array([[0 if cell == "." else int(cell) for cell in row]], int)


@pytest.mark.parametrize(("row", "pads", "mode", "expected"), ROWS)
def test_rows(row: Any, pads: Any, mode: Any, expected: Any) -> None:
    np.testing.assert_array_equal(pad(cells(row), pads, mode), cells(expected))


def shown(position: int, size: int, mode: str) -> int:
    """Look it up in what NumPy makes of a row, however far away."""
    far = abs(position)
    return int(np.pad(np.arange(size), far, NUMPYS[mode])[far + position])


def test_every_mode_has_its_row_and_its_oracle() -> None:
    assert checks.MODES == ("zeros", *COPIES) == tuple(NUMPYS)
    assert {mode for mode, copies in COPIES.items() if copies.cropped is True} == CROPPED_FIRST
    assert {m: copies.spare for m, copies in COPIES.items() if copies.limit != ""} == SPARE
    assert all(isinstance(copies.limit, str) for copies in COPIES.values())
    assert all(copies.cropped in (True, False) for copies in COPIES.values())
    assert all(copies.spare is None for copies in COPIES.values() if not copies.limit)


def test_whoever_asks_for_help_is_told_every_mode() -> None:
    for function, modes in ((convref.conv2d, checks.MODES), (pad, PAD_MODES)):
        assert all(f"'{mode}'" in (function.__doc__ or "") for mode in modes), function.__name__


def index(position: int, size: int, pair: tuple[int, int], mode: str) -> int:
    """Of the cell shown: some modes see only what negative pads leave."""
    if mode not in CROPPED_FIRST:
        return shown(position, size, mode)
    left = list(range(size))[max(0, -pair[0]) : size + min(0, pair[1])]
    return left[shown(position - left[0], len(left), mode)]


@given(st.data(), st.sampled_from(list(COPIES)), st.integers(1, 3), st.booleans())
def test_every_cell_of_every_mode(data: Any, mode: Any, axes: Any, batched: Any) -> None:
    sizes = [data.draw(st.integers(2, 5)) for _ in range(axes)]
    input: Any = np.arange(np.prod(sizes) * 2 * 3).reshape(2, 3, *sizes)
    if not batched:
        input = input[0]
    pairs = []
    for n in sizes:
        before = data.draw(st.integers(1 - n, n - 1))
        left = n + min(before, 0) if mode in CROPPED_FIRST else n
        after = data.draw(st.integers(1 - n, left - 1))
        least = max(before, 0) if mode in CROPPED_FIRST else 1 - n - before
        pairs.append((before, max(after, 1 - n - min(before, 0), least - n)))
    flat = [side for pair in reversed(pairs) for side in pair]
    got = pad(input, flat, mode)
    assert got.shape[-axes:] == tuple(b + n + a for n, (b, a) in zip(sizes, pairs, strict=True))
    for at in np.ndindex(got.shape[-axes:]):
        from_ = [
            index(i - pair[0], n, pair, mode) for i, n, pair in zip(at, sizes, pairs, strict=True)
        ]
        np.testing.assert_array_equal(got[..., *at], input[..., *from_])


def test_the_last_axis_comes_first() -> None:
    assert pad(np.zeros((2, 3, 5), int), (1, 0, 0, 4)).shape == (2, 7, 6)


@pytest.mark.parametrize("dtype", ["bool", "int8", "float16", "complex64"])
def test_constant_keeps_the_dtype_and_fills_the_value(dtype: Any) -> None:
    out = pad(np.zeros((2,), dtype), (1, 2), value=1)
    assert out.dtype == dtype
    assert out.tolist() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("value", [-128, 127])
def test_a_value_may_be_the_least_or_the_largest(value: Any) -> None:
    assert pad(np.zeros((1,), "i1"), (1, 0), value=value).tolist() == [value, 0]


def test_zero_is_no_value() -> None:
    assert pad(np.array([[3, 5, 7]]), (1, 1), "reflect", 0).tolist() == [[5, 3, 5, 7, 5]]


@pytest.mark.parametrize("mode", PAD_MODES)
def test_the_result_is_always_a_new_array(mode: Any) -> None:
    input = np.arange(6).reshape(2, 3)
    for pads in ((0, 0), (1, 1), (-1, 0)):
        out = pad(input, pads, mode)
        assert not np.shares_memory(out, input)
        out[:] = -1
    assert input.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("value", [300, -1, float("nan"), 10**400])
def test_what_is_only_cropped_takes_any_number_that_a_float_holds(value: Any) -> None:
    if value == 10**400:
        with pytest.raises(ValueError, match="value must be a number"):
            pad(np.zeros(3, "u1"), (-1, 0), value=value)
    else:
        assert pad(np.ones(3, "u1"), (-1, 0), value=value).tolist() == [1, 1]


@pytest.mark.parametrize(("dtype", "most"), [("f2", 65504.0), ("f4", 3.4028234663852886e38)])
def test_a_float_as_large_as_the_largest_is_filled_in_and_no_larger_one(
    dtype: Any, most: Any
) -> None:
    for value in (most, -most, float("inf"), -float("inf")):
        assert pad(np.ones(1, dtype), (1, 0), value=value).tolist() == [value, 1]
    for value in (most * 1.0001, -most * 1.0001):
        with pytest.raises(ValueError, match="value must be a number"):
            pad(np.ones(1, dtype), (1, 0), value=value)


def test_numbers_of_a_wider_float_are_refused() -> None:
    if np.finfo(np.longdouble).max > np.finfo(float).max:
        wide: Any = np.longdouble(2) ** 2000
        with pytest.raises(ValueError, match="value must be a number"):
            pad(np.ones(1), (1, 0), value=wide)


@pytest.mark.parametrize("mode", COPIES)
@pytest.mark.parametrize("dtype", ["int8", "float32", "complex64"])
def test_folding_back_is_the_adjoint_of_padding(mode: Any, dtype: Any) -> None:
    random = np.random.default_rng(0)
    pairs = [(0, 0), (1, 2), (0, 0), (3, 1)]
    x = random.integers(-3, 4, (2, 3, 1, 4)).astype(dtype)
    padded = pad_checked(x, pairs, mode)
    grad = random.integers(-3, 4, padded.shape).astype(dtype)
    back = fold_back(grad, pairs, mode)
    assert (back.shape, back.dtype) == (x.shape, x.dtype)
    assert np.vdot(padded.astype("c16"), grad) == np.vdot(x.astype("c16"), back)


def test_padding_asks_for_no_memory_beside_the_result() -> None:
    x = np.zeros((1, 1, 10**6))
    tracemalloc.start()
    for mode in COPIES:
        pad_checked(x, [(0, 0), (0, 0), (9, 9)], mode)
        assert tracemalloc.get_traced_memory()[1] < 8.01e6
    tracemalloc.stop()


def test_where_nothing_is_filled_any_number_will_do() -> None:
    x, value = np.arange(3.0), cast(float, 1j)
    for flat, kept in (((), x), ((0, 0), x), ((-1, 0), x[1:])):
        np.testing.assert_array_equal(pad(x, flat, value=value), kept)


@pytest.mark.parametrize("value", [np.float64(2), np.float32(2), np.int8(2), 2])
def test_a_numpy_number_is_filled_in(value: Any) -> None:
    for kind in ("f4", "f8", "i4"):
        assert pad(np.ones(1, kind), (1, 0), value=value).tolist() == [2, 1]
