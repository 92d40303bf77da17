"""`pad`: every way to continue an array beyond its edge."""

import cmath
import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final, TypeAlias, cast

import numpy as np

from convref import checks, cures
from convref.geometry import Pair, runs
from convref.messages import quoted, refuse
from convref.modes import COPIES
from convref.types import Array

__all__ = ["pad"]

Slices: TypeAlias = tuple[slice, ...]

PAD_MODES: Final = ("constant", *COPIES)
COMPLEX: Final = (complex, np.complexfloating)
NUMBERS: Final = (int, float, complex, np.number, np.bool_)


def pad(
    input: Array, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Array:
    """Pad an array as `torch.nn.functional.pad` does (PyTorch 2.13).

    Parameters
    ----------
    input : ndarray
        Any rank for 'constant'. The other modes pad the last 1, 2 or 3 axes, behind one or two
        leading axes (channels, or batch and channels), as in PyTorch. The dtype is one that
        convolution takes, or bool; the byte order is kept.
    pad : sequence of int
        (before, after) of the last axis, then of the one in front of it, and so on: for images
        ``(left, right, top, bottom)``. Negative numbers crop: 'constant' and 'circular' go on from
        what is left, 'reflect' and 'replicate' still read the cells that were cropped.
    mode : one of 'constant', 'reflect', 'replicate', 'circular'
        With two cells on each side: constant ``00 1234 00``, reflect ``32 1234 32`` (pad < size),
        replicate ``11 1234 44``, circular ``34 1234 12`` (pad <= what negative pads leave).
    value : float, optional
        What 'constant' fills in, 0 unless given. It must lie in the range of the input's dtype;
        for integers its decimals are cut off, as in PyTorch.

    Returns
    -------
    ndarray
        Axis i has size ``before + size + after``; always a new array of the input's dtype.

    Raises
    ------
    TypeError
        `input` is no array or of another dtype, or a pad is no integer.
    ValueError
        `pad` does not fit the rank, the mode is unknown, a pad is beyond the mode's limit, more is
        cropped than there is, the dtype cannot hold `value`, or the result would be enormous.
    MemoryError
        The machine has no room for the result.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import pad
    >>> pad(np.array([[1, 2, 3, 4]]), (2, 2), mode="reflect")
    array([[3, 2, 1, 2, 3, 4, 3, 2]])
    >>> pad(np.array([[1, 2], [3, 4]]), (1, 0, 0, 1), value=9)
    array([[9, 1, 2],
           [9, 3, 4],
           [9, 9, 9]])
    >>> pad(np.array([[1, 2, 3, 4]]), (-2, 3), mode="reflect")
    array([[3, 4, 3, 2, 1]])
    """
    pairs = checked_pairs(input, pad, mode, value)
    out = pad_checked(input, pairs, mode, 0 if value is None else value)
    return out.copy() if out is input else out


def pad_checked(array: Array, pairs: Sequence[Pair], mode: str, value: float = 0) -> Array:
    """Pad by checked (before, after) pairs, one for each axis in order; negative ones crop.

    Without any padding the array comes back as it is.
    """
    if not any(before or after for before, after in pairs):
        return array
    sizes = [before + n + after for n, (before, after) in zip(array.shape, pairs, strict=True)]
    out = np.empty(sizes, array.dtype)
    if mode not in COPIES and any(max(pair) > 0 for pair in pairs):
        out.fill(value)
    for target, cells in blocks(array.shape, pairs, mode):
        out[target] = array[cells]
    return out


def fold_back(padded: Array, pairs: Sequence[Pair], mode: str) -> Array:
    """The adjoint of `pad_checked`: every padding cell is added to the cell that it shows."""
    sizes = [n - before - after for n, (before, after) in zip(padded.shape, pairs, strict=True)]
    out = np.zeros(sizes, padded.dtype)
    for target, cells in blocks(sizes, pairs, mode):
        part, into = padded[target], out[cells]
        many = tuple(i for i, n in enumerate(into.shape) if n < part.shape[i])
        into += part.sum(many, dtype=part.dtype, keepdims=True) if many else part
    return out


def blocks(
    sizes: Sequence[int], pairs: Sequence[Pair], mode: str
) -> Iterator[tuple[Slices, Slices]]:
    """The runs of all axes together: (target, source) of each block of a padded array."""
    for some in product(*(runs(n, pair, mode) for n, pair in zip(sizes, pairs, strict=True))):
        yield tuple(target for target, _ in some), tuple(cells for _, cells in some)


# Checks -----------------------------------------------------------------------------------------


def checked_pairs(input: object, pad: object, mode: object, value: object) -> list[Pair]:
    """Check every argument of `pad`; return (before, after) for every axis in order."""
    data = checks.number_array("input", input, "pad", checks.PAD_DTYPES)
    name = checks.word("mode", mode, PAD_MODES)
    pad = checks.listed(pad)
    if not isinstance(pad, tuple | list):
        checks.no_integer("pad", "a tuple of integers such as (1, 1)", pad)
    flat = [checks.integer("pad", each, -math.inf, "a tuple of integers") for each in pad]
    if len(flat) % 2 or len(flat) > 2 * data.ndim:
        refuse(
            "pairs",
            axes=cures.count(data.ndim, "axis"),
            rank=data.ndim,
            most=2 * data.ndim,
            count=len(flat),
            received=tuple(flat),
        )
    given = list(zip(flat[::2], flat[1::2], strict=True))
    if name != "constant":
        pad_rank(data, flat, name)
        if value is not None and not (isinstance(value, NUMBERS) and value == 0):
            refuse("value and mode", received=quoted(value), mode=name)
    elif value is not None:  # where nothing is filled, any number will do
        fill_value(value, data.dtype if max(flat, default=0) > 0 else np.dtype(complex))
    still = data.ndim - len(given)
    pairs = [(0, 0)] * still + given[::-1]
    for axis, (size, pair) in enumerate(zip(data.shape, pairs, strict=True)):
        if axis >= still:
            checks.padding_limits(f"axis {axis}", size, pair, name)
    shape = [n + before + after for n, (before, after) in zip(data.shape, pairs, strict=True)]
    if name in COPIES and not COPIES[name].cropped and not any(shape[still:]):
        refuse("nothing left", mode=name, left=tuple(shape[still:]))
    checks.fits_memory("the padded array", shape, data.dtype)
    return pairs


def pad_rank(data: Array, pad: Sequence[int], mode: str) -> None:
    """The modes that copy cells need one or two axes in front of the 1 to 3 that they pad."""
    axes = len(pad) // 2
    if axes in (1, 2, 3) and data.ndim in (axes + 1, axes + 2):
        return
    refuse(
        "pad rank",
        mode=mode,
        axes=axes,
        low=axes + 1,
        high=axes + 2,
        count=2 * axes,
        received=data.shape,
        cure=cures.pad_rank(data.shape, pad),
    )


def fill_value(value: object, dtype: np.dtype[Any]) -> None:
    """A number, and one that the dtype can hold without overflow."""
    held = isinstance(value, NUMBERS)
    if held and dtype.kind in "iu":
        limits = np.iinfo(dtype)
        held = not isinstance(value, COMPLEX) and limits.min <= cast(int, value) <= limits.max
    elif held:
        held = floats_hold(value, dtype)
    if not held:
        refuse("value", dtype=dtype, received=quoted(value))


def floats_hold(number: Any, dtype: np.dtype[Any]) -> bool:
    """Whether a number stays below the largest one; inf and nan have a place in every float."""
    try:
        whole = complex(number)
    except OverflowError:
        return False
    if isinstance(number, np.number) and np.isfinite(number) > cmath.isfinite(whole):
        return False  # of a wider float
    most = float(np.finfo(float if dtype.kind == "b" else dtype).max)
    parts = (whole.real, whole.imag)
    fits = all(abs(part) <= most or not math.isfinite(part) for part in parts)
    return fits and not (dtype.kind == "f" and isinstance(number, COMPLEX))
