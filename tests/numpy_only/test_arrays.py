"""Arrays as they come: however they lie in memory, with a batch, without, or with an empty one."""

import inspect
from typing import Any

import numpy as np
import pytest

import convref
from convref import checks
from convref.modes import COPIES
from convref.padding import PAD_MODES


def numbers(*shape: Any, start: Any = 0) -> Any:
    """Every value another one, small enough for sums to be exact in float64."""
    return np.arange(start, start + np.prod(shape)).reshape(shape).astype("f8")


X, W, V = numbers(3, 4, 5, 6), numbers(6, 2, 2, 3, start=-9), numbers(4, 3, 2, 3, start=-9)
B, G = numbers(6, start=1), numbers(3, 6, 2, 4, start=-70)
OPTIONS: dict[str, Any] = {"stride": (2, 1), "padding": (0, 1), "dilation": (2, 1), "groups": 2}

# Name: a function of arrays, whose first is the one with the batch, and the arrays.
CALLS: dict[str, tuple[Any, Any]] = {
    "conv": (
        lambda x, w, b: convref.conv2d(x, w, b, **OPTIONS, padding_mode="reflect"),
        (X, W, B),
    ),
    "conv transposed": (lambda x, v, b: convref.conv_transpose2d(x, v, b, **OPTIONS), (X, V, B)),
    "backward": (
        lambda x, w, g: convref.conv2d_backward(
            g[: len(x)] if x.ndim == 4 else g[0], x, w, stride=(2, 1), groups=2
        ),
        (X, W, G),
    ),
    "transposed backward": (
        lambda x, v, g: convref.conv_transpose2d_backward(
            g[: len(x)] if x.ndim == 4 else g[0], x, v, stride=(1, 2), padding=1, groups=2
        ),
        (X, V, numbers(3, 6, 4, 11, start=-400)),
    ),
    "unfold1d": (lambda x: convref.unfold1d(x, 3, 2, 1, 2), (X[0],)),
    "unfold": (lambda x: convref.unfold(x, (2, 3), 2, 1, (1, 2)), (X,)),
    "unfold3d": (lambda x: convref.unfold3d(x, (2, 3, 1), 1, 1, (1, 2, 3)), (X[None],)),
    "fold1d": (lambda x: convref.fold1d(x, 5, 3, 1, 1, 2), (numbers(3, 12, 3),)),
    "fold": (lambda x: convref.fold(x, (5, 4), (2, 3), 1, 1, 2), (numbers(3, 12, 6),)),
    "fold3d": (lambda x: convref.fold3d(x, (2, 5, 4), (1, 2, 3), 1, 1, 2), (numbers(3, 6, 12),)),
    "constant": (lambda x: convref.pad(x, (1, -2, 0, 3), value=7), (X,)),
    **{mode: (lambda x, mode=mode: convref.pad(x, (1, -2, 0, 3), mode), (X,)) for mode in COPIES},
}


def read_only(array: Any) -> Any:
    array = array.copy()
    array.flags.writeable = False
    return array


# The same numbers, in another place or order or form.
LAYOUTS: dict[str, Any] = {
    "as it is": lambda a: a,
    "Fortran": np.asfortranarray,
    "negative strides": lambda a: np.flip(np.flip(a).copy()),
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "unaligned": lambda a: np.frombuffer(b"." + a.tobytes(), a.dtype, offset=1).reshape(a.shape),
    "byte-swapped": lambda a: a.astype(a.dtype.newbyteorder("S")),
    "read-only": read_only,
    "subclass": lambda a: a.view(np.recarray),
}


def results(name: Any, *arrays: Any) -> Any:
    """What the call returns, always as a tuple."""
    out = CALLS[name][0](*arrays)
    return out if isinstance(out, tuple) else (out,)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CALLS)
def test_the_result_is_the_same_and_the_arrays_stay_as_they_are(name: Any, layout: Any) -> None:
    plain = CALLS[name][1]
    given = [LAYOUTS[layout](array) for array in plain]
    before = [(a.tobytes(), a.dtype, a.shape, a.strides) for a in given]
    got = results(name, *given)
    assert [(a.tobytes(), a.dtype, a.shape, a.strides) for a in given] == before
    for out, expected in zip(got, results(name, *plain), strict=True):
        np.testing.assert_array_equal(out, expected)
        assert type(out) is np.ndarray
        # pad moves cells of any dtype, and leaves the order of their bytes alone.
        assert out.dtype == (given[0].dtype if name in PAD_MODES else np.float64)
        assert out.flags.c_contiguous
        assert out.flags.writeable
        assert not any(np.shares_memory(out, array) for array in given)


@pytest.mark.parametrize("name", CALLS)
def test_without_a_batch_it_is_as_with_a_batch_of_one(name: Any) -> None:
    first, *others = CALLS[name][1]
    unbatched, batched = results(name, first[0], *others), results(name, first[:1], *others)
    np.testing.assert_array_equal(unbatched[0], batched[0][0])
    for out, expected in zip(unbatched[1:], batched[1:], strict=True):
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", CALLS)
def test_an_empty_batch_gives_an_empty_one_and_no_gradients(name: Any) -> None:
    first, *others = CALLS[name][1]
    empty, full = results(name, first[:0], *others), results(name, first, *others)
    assert empty[0].shape == (0, *full[0].shape[1:])
    for out, some in zip(empty[1:], full[1:], strict=True):
        np.testing.assert_array_equal(out, np.zeros_like(some))


@pytest.mark.parametrize("dtype", checks.DTYPES, ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_the_result_has_the_dtype_of_the_arrays(name: Any, dtype: Any) -> None:
    arrays = [array.astype(dtype) for array in CALLS[name][1]]
    assert all(out.dtype == dtype for out in results(name, *arrays))


DEFAULTS = {
    "bias": None,
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "padding_mode": "zeros",
    "accumulate": None,
}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "name", ["conv{}d", "conv_transpose{}d", "conv{}d_backward", "conv_transpose{}d_backward"]
)
def test_what_is_left_out_has_its_default(name: Any, rank: Any) -> None:
    function = getattr(convref, name.format(rank))
    x, w = numbers(1, *[5] * rank), numbers(1, 1, *[2] * rank)
    g = numbers(1, *[6 if "transpose" in name else 4] * rank)
    arrays = (g, x, w) if "backward" in name else (x, w)
    options = {n: DEFAULTS[n] for n in inspect.signature(function).parameters if n in DEFAULTS}
    assert len(options) >= 5
    got, expected = function(*arrays), function(*arrays, **options)
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradients_of_integers_are_exact() -> None:
    big = 2**60
    grads = convref.conv1d_backward(
        np.array([[1, big]]), np.array([[big + 1, 3, 5]]), np.array([[[1, big + 1]]])
    )
    # The product of two such numbers wraps around to big.
    expected = [[[1, 2 * big + 1, big]], [[[4 * big + 1, 5 * big + 3]]], [big + 1]]
    for grad, due in zip(grads, expected, strict=True):
        assert grad.tolist() == due


def test_gradients_of_half_precision_are_summed_in_single() -> None:
    """Beyond 2048 float16 has no odd numbers; 70 times 70 is far beyond."""
    ones = np.ones((2, 1, 70, 70), "f2")
    _, weight, bias = convref.conv2d_backward(ones, ones, ones[:1, :, :1, :1])
    assert (weight.item(), bias.item()) == (9800, 9800)
    grad = np.random.default_rng(0).standard_normal((37, 2, 11, 13)).astype("f2")
    *_, bias = convref.conv2d_backward(grad, grad[:, :1], np.ones((2, 1, 1, 1), "f2"))
    assert bias.tolist() == grad.sum((0, 2, 3), float).astype("f2").tolist()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["conv", "conv transposed", "backward", "transposed backward"])
@pytest.mark.parametrize("value", [300, np.inf, -np.inf])
def test_overflow_and_nan_come_quietly(name: Any, value: Any) -> None:
    *first, last = (np.full(a.shape, value, "f2") for a in CALLS[name][1])
    for zeros in (0, 1):
        first[0][:, :zeros] = 0  # infinity less infinity is nan, and so is zero times infinity
        assert not all(np.isfinite(out).all() for out in results(name, *first, -last))


def test_arrays_of_the_right_dtype_are_not_copied() -> None:
    call = checks.convolution(
        2,
        X,
        W,
        B,
        stride=1,
        padding=0,
        dilation=1,
        groups=2,
        padding_mode="zeros",
        accumulate=None,
    )
    for checked, given in zip((call.input, call.weight, call.bias), (X, W, B), strict=True):
        assert np.shares_memory(checked, given)
