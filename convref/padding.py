"""`pad`: the four ways to continue an array beyond its edge."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np

from convref import checks
from convref.checks import Array
from convref.geometry import Pair, runs

Slices: TypeAlias = tuple[slice, ...]


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
    pairs = checks.pad(input, pad, mode, value)
    out = extend(input, pairs, mode, 0 if value is None else value)
    return out.copy() if out is input else out


def extend(array: Array, pairs: Sequence[Pair], mode: str, value: float = 0) -> Array:
    """Pad by checked (before, after) pairs, one for each axis in order; negative ones crop.

    Without any padding the array comes back as it is.
    """
    if not any(before or after for before, after in pairs):
        return array
    sizes = [before + n + after for n, (before, after) in zip(array.shape, pairs, strict=True)]
    out = np.empty(sizes, array.dtype)
    if mode in ("constant", "zeros") and any(max(pair) > 0 for pair in pairs):
        out.fill(value)
    for target, cells in blocks(array.shape, pairs, mode):
        out[target] = array[cells]
    return out


def fold_back(padded: Array, pairs: Sequence[Pair], mode: str) -> Array:
    """The adjoint of `extend`: every padding cell is added to the cell that it shows."""
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
