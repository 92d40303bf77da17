"""Arrays as they come: however they lie in memory, with a batch, without, or with an empty one."""

import inspect
from typing import Any

import numpy as np
import pytest

import convref
from convref import checks, pad
from tests.numpy_only.calls import BATCHED, CALLS, B, W, X, arrays, function, numbers


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


def results(name: Any, **given: Any) -> Any:
    """What the call returns, always as a tuple, with other arrays in place of its own."""
    out = function(name)(**CALLS[name] | given)
    return out if isinstance(out, tuple) else (out,)


def batch(name: Any, part: Any) -> Any:
    """What it returns for a part of the batch."""
    return results(name, **{n: a[part] for n, a in arrays(name).items() if n in BATCHED})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CALLS)
def test_the_result_is_the_same_and_the_arrays_stay_as_they_are(name: Any, layout: Any) -> None:
    given = {n: LAYOUTS[layout](array) for n, array in arrays(name).items()}
    before = [(a.tobytes(), a.dtype, a.shape, a.strides) for a in given.values()]
    got = results(name, **given)
    assert [(a.tobytes(), a.dtype, a.shape, a.strides) for a in given.values()] == before
    for out, expected in zip(got, results(name), strict=True):
        np.testing.assert_array_equal(out, expected)
        assert type(out) is np.ndarray
        # pad moves cells of any dtype, and leaves the order of their bytes alone.
        assert out.dtype == (given["input"].dtype if function(name) is pad else np.float64)
        assert out.flags.c_contiguous
        assert out.flags.writeable
        assert not any(np.shares_memory(out, array) for array in given.values())


@pytest.mark.parametrize("name", CALLS)
def test_without_a_batch_it_is_as_with_a_batch_of_one(name: Any) -> None:
    unbatched, batched = batch(name, 0), batch(name, slice(1))
    np.testing.assert_array_equal(unbatched[0], batched[0][0])
    for out, expected in zip(unbatched[1:], batched[1:], strict=True):
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", CALLS)
def test_an_empty_batch_gives_an_empty_one_and_no_gradients(name: Any) -> None:
    empty, full = batch(name, slice(0)), results(name)
    assert empty[0].shape == (0, *full[0].shape[1:])
    for out, some in zip(empty[1:], full[1:], strict=True):
        np.testing.assert_array_equal(out, np.zeros_like(some))


@pytest.mark.parametrize("dtype", checks.DTYPES, ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_the_result_has_the_dtype_of_the_arrays(name: Any, dtype: Any) -> None:
    given = {n: array.astype(dtype) for n, array in arrays(name).items()}
    assert all(out.dtype == dtype for out in results(name, **given))


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
@pytest.mark.parametrize("name", [name for name in CALLS if "weight" in arrays(name)])
@pytest.mark.parametrize("value", [300, np.inf, -np.inf])
def test_overflow_and_nan_come_quietly(name: Any, value: Any) -> None:
    given = {n: np.full(a.shape, value, "f2") for n, a in arrays(name).items()}
    given[list(given)[-1]] *= -1
    for zeros in (0, 1):
        given["input"][:, :zeros] = 0  # infinity less infinity is nan, as is zero times infinity
        assert not all(np.isfinite(out).all() for out in results(name, **given))


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
