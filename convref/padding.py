"""`pad`: the four ways to continue an array beyond its edge."""

from collections.abc import Sequence

import numpy as np

from convref import checks
from convref.checks import Array
from convref.geometry import Pair, source


def pad(
    input: Array, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Array:
    """Pad an array as `torch.nn.functional.pad` does (PyTorch 2.13).

    Parameters
    ----------
    input : ndarray
        Any rank for 'constant'. The other modes pad the last 1, 2 or 3 axes, behind one or two
        leading axes (channels, or batch and channels), as in PyTorch.
    pad : sequence of int
        (before, after) of the last axis, then of the one in front of it, and so on: for images
        ``(left, right, top, bottom)``. Negative numbers crop, before anything is added.
    mode : one of 'constant', 'reflect', 'replicate', 'circular'
        With two cells on each side: constant ``00 1234 00``, reflect ``32 1234 32`` (pad < size),
        replicate ``11 1234 44``, circular ``34 1234 12`` (pad <= size).
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
        `input` is no array, or a pad is no integer.
    ValueError
        `pad` does not fit the rank, the mode is unknown, or a pad is beyond the mode's limit.

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
    if mode in ("constant", "zeros"):
        return surround(array, pairs, value)
    out = surround(array, [(min(b, 0), min(a, 0)) for b, a in pairs], 0)
    for axis, (n, (before, after)) in enumerate(zip(out.shape, pairs, strict=True)):
        if max(before, after) > 0:
            out = out.take(shown(n, max(before, 0), max(after, 0), mode), axis)
    return out


def surround(array: Array, pairs: Sequence[Pair], value: float) -> Array:
    """A new array of one value, and in it what the pairs leave of the old one."""
    sizes = [before + n + after for n, (before, after) in zip(array.shape, pairs, strict=True)]
    out = np.full(sizes, value, array.dtype)
    kept = [
        (first := max(0, -before), max(first, n + min(0, after)), before)
        for n, (before, after) in zip(array.shape, pairs, strict=True)
    ]
    inner = tuple(slice(first + before, stop + before) for first, stop, before in kept)
    out[inner] = array[tuple(slice(first, stop) for first, stop, _ in kept)]
    return out


def shown(size: int, before: int, after: int, mode: str) -> Array:
    """Index of the cell that each position of a padded axis shows."""
    return np.array([source(at, size, mode) for at in range(-before, size + after)])


def fold_back(padded: Array, pairs: Sequence[Pair], mode: str) -> Array:
    """The adjoint of `extend`: every padding cell is added to the cell that it shows."""
    for axis, (before, after) in enumerate(pairs):
        size = padded.shape[axis] - before - after
        rows = np.moveaxis(padded, axis, 0)
        out = rows[before : before + size].copy()
        cells = shown(size, before, after, mode)
        for at in (*range(before), *range(before + size, len(rows))):
            out[cells[at]] += rows[at]
        padded = np.moveaxis(out, 0, axis)
    return padded
