"""The sums of products that every convolution comes down to, as matrix products of cache size.

==========  ================================================  ================================
function    sum                                               for
==========  ================================================  ================================
`contract`  out[o, p] = Σ weight[o, c, t] · window[c, p, t]   convolution
`scatter`   out[o, at(p, t)] += weight[c, o, t] · in[c, p]    transposed, gradient of the input
`collect`   out[o, c, t] = Σ grad[o, p] · window[c, p, t]     gradient of the weight
==========  ================================================  ================================

How `contract` goes about it:

============  ================================  ==============================================
strategy      when                              what it copies
============  ================================  ==============================================
`by_bands`    depthwise, 2-D and 3-D, no inf    rows, once for each tap along the other axes
`by_columns`  else                              every window; none if the kernel is one cell,
                                                as the input then is the matrix already
============  ================================  ==============================================

Work is cut into blocks, so that what is copied beside input and result stays below 4 MiB. Arrays
come here checked, padded, and in the dtype in which they are summed (`sum_dtype`).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from convref.geometry import Axis, cells_read, position, reach
from convref.types import Array

__all__: list[str] = []

Slices: TypeAlias = tuple[slice, ...]

# What moving them costs is measured by `make bench-thresholds`.
BLOCK: Final = 2**20  # bytes copied at a time: fewer cost calls, more outgrow common caches
CELLS: Final = 96  # cells in a block, however long its windows: products of fewer are slow
BAND: Final = 8  # rows of output in a band: taller ones multiply by more zeros


def sum_dtype(input: Array, weight: Array, terms: int) -> np.dtype[Any]:
    """The dtype in which sums of so many products are formed.

    float16 is summed in float32, as PyTorch does on a CPU. Integers travel as floats, for which
    there are fast matrix products, where every sum is exact in them; else they stay, and wrap.
    """
    if input.dtype == np.float16:
        return np.dtype(np.float32)
    if input.dtype.kind in "iu":
        largest = terms * magnitude(input) * magnitude(weight)
        for wide in (np.float32, np.float64):
            if largest <= 2 ** (np.finfo(wide).nmant + 1):
                return np.dtype(wide)
    return input.dtype


def magnitude(integers: Array) -> int:
    """The largest absolute value, as a Python integer: NumPy's abs(int8(-128)) is -128."""
    return max(-int(integers.min()), int(integers.max())) if integers.size else 0


def add_bias_and_cast(out: Array, bias: Array | None, dtype: np.dtype[Any]) -> Array:
    """The result: with the bias, contiguous, and in its dtype, in which integers wrap around."""
    if dtype.kind in "iu" and out.dtype.kind == "f":
        out = out.astype(np.int64)  # exact, and then wraps; floats out of range would not
    if bias is not None:
        out += bias.reshape(-1, *[1] * (out.ndim - 2)).astype(out.dtype, copy=False)
    return np.ascontiguousarray(out, dtype)


def windows(padded: Array, axes: Sequence[Axis]) -> Array:
    """View (N, C, *padded) as (N, C, *out, *kernel): every window, no cell copied."""
    spans = [reach(axis.kernel, axis.dilation) for axis in axes]
    dense = sliding_window_view(padded, spans, tuple(range(2, padded.ndim)))
    starts = (slice(None, None, axis.stride) for axis in axes)
    taps = (slice(None, None, axis.dilation) for axis in axes)
    return dense[:, :, *starts, *taps]


def contract(view: Array, weight: Array, axes: Sequence[Axis], groups: int) -> Array:
    """Sum (N, C, *out, *kernel) times (O, C / groups, *kernel) over channels and taps.

    Returns
    -------
    ndarray, shape (N, O, *out), in the dtype of the operands
    """
    N, C, *rest = view.shape
    kernels = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
    # Without channels there is no block of work, so nothing else would write the zeros.
    fresh = np.empty if C else np.zeros
    out = fresh((N, len(weight), *rest[: len(axes)]), view.dtype)
    if groups == C == len(weight) and len(axes) > 1 and view.dtype.kind in "fc" and out.size:
        by_bands(view, kernels, axes[0], out)
        if np.isfinite(out.sum()):
            return out  # else the zeros of a band may have met inf, which makes nan
    by_columns(view, kernels, out.reshape(N, *kernels.shape[:2], *rest[: len(axes)]))
    return out


def by_columns(view: Array, kernels: Array, out: Array) -> None:
    """Write windows as columns of a matrix (im2col), block by block, and multiply.

    Windows (N, C, *cells, *taps) and kernels (groups, O / groups, C / groups, *taps) give `out`
    (N, groups, O / groups, *cells), which is written to.
    """
    N, groups, _, *cells = out.shape
    taps = kernels.shape[2:]  # of all channels of a group
    columns = as_columns(view, groups, len(cells))
    rows = kernels.reshape(*kernels.shape[:2], math.prod(taps))
    flat = out.reshape(*out.shape[:3], math.prod(cells))
    for some, part, (images, *place) in schedule(groups, taps, (N, *cells), view.itemsize):
        t, p = flattened(part, taps), flattened(place, cells)
        target = flat[images, some, :, p]
        matrix = columns[images, some, *part, *place].reshape(
            *(len(target), target.shape[1], t.stop - t.start, p.stop - p.start)
        )
        if t.start == 0:
            np.matmul(rows[some, :, t], matrix, out=target)
        else:
            target += rows[some, :, t] @ matrix
        del matrix  # before the next one is made


def by_bands(view: Array, kernels: Array, axis: Axis, out: Array) -> None:
    """Convolve several rows of output at once, as if they were output channels.

    A product of a matrix with a single line of weights is slow. So a kernel is written into a band
    matrix, one line below the other and shifted by the stride, which gives as many rows of output
    from the rows of input that they share.
    """
    N, C, rows, *rest = view.shape
    others, inner = rest[: len(rest) // 2], rest[len(rest) // 2 + 1 :]
    height = -(-rows // -(-rows // BAND))  # of a band: as equal as can be
    tall = cells_read(axis, height)  # rows of input that a band reads
    shift = height * axis.stride  # rows of input from one band to the next
    room, taps = BLOCK // view.itemsize, math.prod(inner)
    step = view.strides[2] // axis.stride  # bytes from one row of input to the next
    # All whole bands, and where rows are left one more, which overlaps them.
    parts = [(0, rows // height), (rows - height, 1)][: 1 + (rows % height > 0)]
    for (lane,) in blocks((C,), room // (height * tall * taps)):
        band = band_matrix(kernels[lane, 0, 0], axis, height)
        for n, (first, count) in product(range(N), parts):
            target = out[n, lane, first : first + count * height]
            target = target.reshape(len(band), count, height, math.prod(others))
            for place in blocks(others, room // (tall * taps)):
                p = flattened(place, others)
                fresh = shift * taps * (p.stop - p.start)  # cells that another band adds
                for some, bands in blocks(target.shape[:2], room // fresh):
                    start = first + bands.start * height
                    corner = view[n, lane, start, *place, 0][some]  # (lanes, *cells, *inner)
                    tiles = as_tiles(corner, step, bands.stop - bands.start, shift, tall)
                    np.matmul(band[some], tiles, out=target[some, bands, :, p])
                    del tiles


def band_matrix(kernels: Array, axis: Axis, height: int) -> Array:
    """Write (lanes, *kernel) as (lanes, 1, height, tall * taps): a line for each row of output."""
    tall, taps = cells_read(axis, height), math.prod(kernels.shape[2:])
    band = np.zeros((len(kernels), 1, height, tall, taps), kernels.dtype)
    for row in range(height):
        first = row * axis.stride
        at = slice(first, first + reach(axis.kernel, axis.dilation), axis.dilation)
        band[:, 0, row, at] = kernels.reshape(len(kernels), axis.kernel, taps)
    return band.reshape(len(kernels), 1, height, tall * taps)


def as_tiles(corner: Array, step: int, bands: int, shift: int, tall: int) -> Array:
    """Copy the rows that bands read, and view them as (lanes, bands, tall * taps, cells).

    The corner (lanes, *cells, *inner) is in the first of the rows, and `step` bytes lead to the
    next; from one band to the next there are `shift` rows.
    """
    rank = (corner.ndim - 1) // 2
    lanes, *rest = corner.shape
    lane, *steps = corner.strides
    cells, inner, count = rest[:rank], rest[rank:], (bands - 1) * shift + tall
    rows = as_strided(
        corner, (lanes, count, *inner, *cells), (lane, step, *steps[rank:], *steps[:rank])
    )
    taps = math.prod(inner)
    copied = rows.reshape(lanes, count * taps, math.prod(cells))
    lane, line, cell = copied.strides
    return as_strided(
        copied,
        (lanes, bands, tall * taps, math.prod(cells)),
        (lane, shift * taps * line, line, cell),
        writeable=False,
    )


def scatter(
    input: Array, weight: Array, axes: Sequence[Axis], sizes: Sequence[int], groups: int
) -> Array:
    """Add every cell, times the kernel, into the window that it belongs to.

    Cells (N, C, *cells) and weight (C, O / groups, *kernel) give (N, O, *sizes); `sizes` must hold
    the windows of all cells.
    """
    N, C, *cells = input.shape
    taps = weight.shape[1:]
    rows = weight.reshape(groups, C // groups, math.prod(taps)).swapaxes(1, 2)
    flat = input.reshape(N, groups, C // groups, math.prod(cells))
    out = np.zeros((N, groups, taps[0], *sizes), input.dtype)
    for some, (images, *place), part in schedule(groups, (N, *cells), taps, input.itemsize):
        t, p = flattened(part, taps), flattened(place, cells)
        columns = rows[some, t] @ flat[images, some, :, p]
        shape = (each.stop - each.start for each in (*part, *place))
        add_windows(
            columns.reshape(*columns.shape[:2], *shape), out[images, some], axes, part, place
        )
        del columns
    return out.reshape(N, groups * taps[0], *sizes)


def add_windows(
    columns: Array, out: Array, axes: Sequence[Axis], part: Sequence[slice], place: Sequence[slice]
) -> None:
    """Add columns (N, groups, O, *taps, *cells) of some taps and cells into (N, groups, O, *sizes).

    `part` and `place` are where along (O, *taps) and along the cells they begin and end.
    """
    channels, *taps = part
    for tap in product(*(range(each.start, each.stop) for each in taps)):
        at = []
        for axis, t, here in zip(axes, tap, place, strict=True):
            bare = axis._replace(before=0)  # positions count from the edge of the padding
            at.append(
                slice(
                    position(bare, here.start, t), position(bare, here.stop - 1, t) + 1, axis.stride
                )
            )
        those = tuple(t - each.start for t, each in zip(tap, taps, strict=True))
        out[:, :, channels, *at] += columns[:, :, :, *those]


def collect(view: Array, grad: Array, groups: int) -> Array:
    """Sum (N, C, *out, *kernel) times (N, O, *out) over images and cells.

    Returns
    -------
    ndarray, shape (O, C / groups, *kernel), in the dtype of the operands
    """
    N, kernels, *cells = grad.shape
    columns = as_columns(view, groups, len(cells))
    taps = columns.shape[2 : 3 + len(cells)]
    rows = grad.reshape(N, groups, kernels // groups, math.prod(cells))
    out = np.zeros((groups, kernels // groups, math.prod(taps)), grad.dtype)
    for some, place, part in schedule(groups, cells, taps, grad.itemsize, rows.shape[2]):
        t, p = flattened(part, taps), flattened(place, cells)
        for image, grads in zip(columns, rows, strict=True):
            matrix = image[some, *part, *place].reshape(
                *(some.stop - some.start, t.stop - t.start, p.stop - p.start)
            )
            out[some, :, t] += grads[some, :, p] @ matrix.swapaxes(1, 2)
            del matrix
    return out.reshape(kernels, *taps)


def as_columns(view: Array, groups: int, rank: int) -> Array:
    """View (N, C, *cells, *taps) as (N, groups, C / groups, *taps, *cells)."""
    N, C, *rest = view.shape
    split = view.reshape(N, groups, C // groups, *rest)
    cells, taps = range(3, 3 + rank), range(3 + rank, split.ndim)
    return split.transpose(0, 1, 2, *taps, *cells)


# Blocks ----------------------------------------------------------------------------------------


def schedule(
    groups: int, long: Sequence[int], free: Sequence[int], itemsize: int, beside: int = 0
) -> Iterator[tuple[slice, Slices, Slices]]:
    """Cut the work on a matrix of (groups, prod(long), prod(free)) numbers into blocks.

    The long side, and the groups, are cut only where `CELLS` of the free side would not fit.
    `beside` numbers go with each of the free side, too, for the product.
    """
    room = BLOCK // itemsize
    whole = max(1, math.prod(long))
    part = min(whole, max(1, room // CELLS))
    some = max(1, min(groups, room // (part * CELLS)))
    most = max(CELLS, room // (some * max(part, beside)))
    for (group,) in blocks((groups,), some):
        for place in blocks(free, most):
            for piece in blocks(long, part):
                yield group, piece, place


def blocks(sizes: Sequence[int], most: int) -> Iterator[Slices]:
    """Cut an array into blocks of at most so many cells, each contiguous in C order."""
    axis, inner = len(sizes), 1
    while axis and inner * sizes[axis - 1] <= most:
        axis -= 1
        inner *= sizes[axis]
    whole = tuple(slice(0, n) for n in sizes[axis:])
    if axis == 0:
        yield whole
        return
    size = sizes[axis - 1]
    step = -(-size // -(-size // max(1, most // inner)))  # as equal as can be
    for outer in np.ndindex(*sizes[: axis - 1]):
        for first in range(0, size, step):
            yield (*(slice(i, i + 1) for i in outer), slice(first, min(first + step, size)), *whole)


def flattened(block: Sequence[slice], sizes: Sequence[int]) -> slice:
    """Where a block of `blocks` lies in the flattened array."""
    start, count = 0, 1
    for each, size in zip(block, sizes, strict=True):
        start = start * size + each.start
        count *= each.stop - each.start
    return slice(start, start + count)


def swap_channels_and_flip(weight: Array, groups: int) -> Array:
    """(C, O / groups, *kernel) <-> (O, C / groups, *kernel), each slice turned by 180 degrees."""
    channels, per_group, *kernel = weight.shape
    split = weight.reshape(groups, channels // groups, per_group, *kernel)
    swapped = split.swapaxes(1, 2).reshape(groups * per_group, channels // groups, *kernel)
    return np.flip(swapped, tuple(range(2, swapped.ndim)))
