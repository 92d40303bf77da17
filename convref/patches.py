"""unfold and fold: windows as columns, and columns added back into place.

`unfold` and `fold` are PyTorch's, for two spatial axes; `unfold1d` to `fold3d` are the same for one
and three.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convref import checks, geometry
from convref.engine import add_windows, as_columns, windows
from convref.geometry import Axis, bounded, output_size, padded_size, resolve
from convref.messages import refuse
from convref.padding import pad_checked
from convref.types import Array, Ints

__all__ = ["fold", "fold1d", "fold3d", "unfold", "unfold1d", "unfold3d"]


class Patches(NamedTuple):
    """The arguments of `unfold` after all checks, in one normal form."""

    input: Array  # (N, C, *sizes)
    axes: tuple[Axis, ...]
    batched: bool


class Columns(NamedTuple):
    """Those of `fold`, whose axes are the output's."""

    input: Array  # (N, rows, windows)
    axes: tuple[Axis, ...]
    batched: bool


class Window(NamedTuple):
    """The windows' parameters of the two families above, for each axis."""

    kernel: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]
    stride: tuple[int, ...]


def unfolded(call: Patches) -> Array:
    """Unfold what has been checked."""
    axes = list(map(bounded, call.axes))
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in axes)]
    view = windows(pad_checked(call.input, pairs, "zeros"), axes)  # (N, C, *out, *kernel)
    columns = as_columns(view, 1, len(axes)).copy()  # (N, 1, C, *kernel, *out)
    N, _, *rows_and_cells = columns.shape
    rows = math.prod(rows_and_cells[: 1 + len(axes)])
    out = columns.reshape(N, rows, math.prod(rows_and_cells[1 + len(axes) :]))
    return out if call.batched else out[0]


def folded(call: Columns) -> Array:
    """Fold what has been checked."""
    axes = call.axes
    kernel = [axis.kernel for axis in axes]
    out_sizes = [output_size(axis) for axis in axes]
    channels = call.input.shape[1] // math.prod(kernel)
    columns = call.input.reshape(len(call.input), channels, *kernel, *out_sizes)
    padded = np.zeros((len(columns), channels, *map(padded_size, axes)), columns.dtype)
    part, place = ([slice(0, n) for n in sizes] for sizes in ((channels, *kernel), out_sizes))
    add_windows(columns[:, None], padded[:, None], axes, part, place)
    inner = [slice(axis.before, axis.before + axis.size) for axis in axes]
    out = padded[:, :, *inner].copy()
    return out if call.batched else out[0]


def unfold1d(
    input: Array, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Array:
    """Write every window of a sequence as a column: `unfold` for one spatial axis.

    PyTorch has no function of this kind, and its `unfold` takes (N, C, L) for (C, H, W).

    Parameters
    ----------
    input : ndarray of shape (N, C, L) or (C, L)
    kernel_size, dilation, padding, stride : int
        Of the windows, as in `conv1d`; padding is zeros.

    Returns
    -------
    ndarray of shape (N, C · kL, L_out) or (C · kL, L_out)
        A new array of the input's dtype: rows go through channels, then taps; columns through
        output cells.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv1d` does.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import unfold1d
    >>> unfold1d(np.arange(5)[None], 3, stride=2)
    array([[0, 2],
           [1, 3],
           [2, 4]])
    """
    call = unfold_call(
        1,
        input,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return unfolded(call)


def unfold(
    input: Array, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Array:
    """Write every window as a column, as `torch.nn.functional.unfold` does (PyTorch 2.13).

    A convolution is then a product of matrices (im2col): ``weight.reshape(O, -1) @ unfold(input)``.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
        Three axes are (C, H, W), as in PyTorch: sequences (N, C, L) belong into `unfold1d`, whose
        batch and channels would be taken for channels and height here, without a word. Volumes
        belong into `unfold3d`.
    kernel_size, dilation, padding, stride : int or pair of int
        Of the windows, as in `conv2d`; padding is zeros.

    Returns
    -------
    ndarray of shape (N, C · kH · kW, H_out · W_out) or (C · kH · kW, H_out · W_out)
        A new array of the input's dtype: rows go through channels, then taps; columns through
        output cells, row by row.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv2d` does.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import unfold
    >>> unfold(np.arange(6).reshape(1, 2, 3), 2)
    array([[0, 1],
           [1, 2],
           [3, 4],
           [4, 5]])
    >>> unfold(np.ones((2, 3, 10)), 3).shape  # 2 channels, 3 by 10
    (18, 8)
    """
    call = unfold_call(
        2,
        input,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return unfolded(call)


def unfold3d(
    input: Array, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Array:
    """Write every window of a volume as a column: `unfold` for three spatial axes.

    PyTorch has no function of this kind.

    Parameters
    ----------
    input : ndarray of shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size, dilation, padding, stride : int or three of them
        Of the windows, as in `conv3d`; padding is zeros.

    Returns
    -------
    ndarray of shape (N, C · kD · kH · kW, D_out · H_out · W_out), or without N
        A new array of the input's dtype: rows go through channels, then taps; columns through
        output cells, plane by plane and row by row.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv3d` does.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import unfold3d
    >>> unfold3d(np.arange(8).reshape(1, 2, 2, 2), (1, 1, 2))
    array([[0, 2, 4, 6],
           [1, 3, 5, 7]])
    """
    call = unfold_call(
        3,
        input,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return unfolded(call)


def fold1d(
    input: Array,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints = 1,
    padding: Ints = 0,
    stride: Ints = 1,
) -> Array:
    """Add columns back where `unfold1d` read them: `fold` for one spatial axis.

    Parameters
    ----------
    input : ndarray of shape (N, C · kL, windows) or (C · kL, windows)
    output_size : int
        L of the result.
    kernel_size, dilation, padding, stride : int
        Those with which `unfold1d` made the columns.

    Returns
    -------
    ndarray of shape (N, C, L) or (C, L)
        A new array of the input's dtype; integers wrap around.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv1d` does; and if the rows or columns do not fit the windows.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import fold1d
    >>> fold1d(np.array([[1, 2], [10, 20], [100, 200]]), 5, 3, stride=2)
    array([[  1,  10, 102,  20, 200]])
    """
    call = fold_call(
        1,
        input,
        output_size=output_size,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return folded(call)


def fold(
    input: Array,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints = 1,
    padding: Ints = 0,
    stride: Ints = 1,
) -> Array:
    """Add columns back where `unfold` read them, as `torch.nn.functional.fold` does (2.13).

    Cells that several windows cover receive the sum, so ``fold(unfold(x))`` is x multiplied by
    the number of windows that cover each cell.

    Parameters
    ----------
    input : ndarray of shape (N, C · kH · kW, windows) or (C · kH · kW, windows)
    output_size : int or pair of int
        H and W of the result.
    kernel_size, dilation, padding, stride : int or pair of int
        Those with which `unfold` made the columns.

    Returns
    -------
    ndarray of shape (N, C, H, W) or (C, H, W)
        A new array of the input's dtype; integers wrap around.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv2d` does; and if the rows or columns do not fit the windows.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import fold, unfold
    >>> fold(unfold(np.ones((1, 3, 3), int), 2), 3, 2)
    array([[[1, 2, 1],
            [2, 4, 2],
            [1, 2, 1]]])
    """
    call = fold_call(
        2,
        input,
        output_size=output_size,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return folded(call)


def fold3d(
    input: Array,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints = 1,
    padding: Ints = 0,
    stride: Ints = 1,
) -> Array:
    """Add columns back where `unfold3d` read them: `fold` for three spatial axes.

    Parameters
    ----------
    input : ndarray of shape (N, C · kD · kH · kW, windows) or (C · kD · kH · kW, windows)
    output_size : int or three of them
        D, H and W of the result.
    kernel_size, dilation, padding, stride : int or three of them
        Those with which `unfold3d` made the columns.

    Returns
    -------
    ndarray of shape (N, C, D, H, W) or (C, D, H, W)
        A new array of the input's dtype; integers wrap around.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv3d` does; and if the rows or columns do not fit the windows.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import fold3d, unfold3d
    >>> fold3d(unfold3d(np.ones((1, 1, 2, 3), int), (1, 1, 2)), (1, 2, 3), (1, 1, 2))
    array([[[[1, 2, 1],
             [1, 2, 1]]]])
    """
    call = fold_call(
        3,
        input,
        output_size=output_size,
        kernel_size=kernel_size,
        dilation=dilation,
        padding=padding,
        stride=stride,
    )
    return folded(call)


# Checks -----------------------------------------------------------------------------------------


def unfold_call(
    rank: int, input: Array, *, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints
) -> Patches:
    """Check every argument of `unfold1d`, `unfold` (of two axes) or `unfold3d`."""
    data = checks.number_array("input", input, "unfold", checks.PAD_DTYPES)
    checks.rank_fits(data, rank)
    window = window_arguments(
        rank, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    if 0 in data.shape[-rank:]:
        checks.no_cell("input", f"({checks.LAYOUT[rank]})", data)
    batch, batched = checks.with_batch(data, rank)
    N, C, *sizes = batch.shape
    axes = windowed(sizes, window)
    checks.fits_memory("the padded input", (N, C, *map(padded_size, axes)), data.dtype)
    checks.fits_memory("the output", (N, C, *window.kernel, *map(output_size, axes)), data.dtype)
    return Patches(batch, axes, batched)


def fold_call(
    rank: int,
    input: Array,
    *,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints,
    padding: Ints,
    stride: Ints,
) -> Columns:
    """Check every argument of `fold1d`, `fold` (of two axes) or `fold3d`."""
    data = checks.number_array("input", input, "fold", checks.PAD_DTYPES)
    names = {
        "layout": checks.kernel_layout(rank).replace(",", " *"),
        "unfold": "unfold" if rank == 2 else f"unfold{rank}d",
    }
    if data.ndim not in (2, 3):
        refuse("columns rank", received=data.shape, axes=data.ndim, **names)
    sizes = checks.integers("output_size", output_size, rank, 1, single=False)
    window = window_arguments(
        rank, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    axes = windowed(sizes, window)
    (rows, cells), taps = data.shape[-2:], math.prod(window.kernel)
    if rows % taps:
        refuse("rows", kernel=window.kernel, taps=taps, received=rows, rest=rows % taps, **names)
    out = tuple(map(geometry.output_size, axes))
    if cells != math.prod(out):
        product = f"{' * '.join(map(str, out))} = " if rank > 1 else ""
        refuse("windows", expected=f"{product}{math.prod(out)}", received=cells, **names)
    batch = data if data.ndim == 3 else data[None]
    shape = (len(batch), rows // taps, *map(padded_size, axes))
    checks.fits_memory("the padded output", shape, data.dtype)
    return Columns(batch, axes, data.ndim == 3)


def window_arguments(
    rank: int, *, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints
) -> Window:
    """Check them; a sequence of a single number is not for all axes, as in PyTorch."""
    cells = checks.integers("padding", padding, rank, 0, single=False)
    return Window(
        kernel=checks.integers("kernel_size", kernel_size, rank, 1, single=False),
        dilation=checks.integers("dilation", dilation, rank, 1, single=False),
        padding=cells,
        stride=checks.integers("stride", stride, rank, 1, single=False),
    )


def windowed(sizes: Sequence[int], window: Window) -> tuple[Axis, ...]:
    """One axis for each size, on which at least one window fits."""
    pairs = [(p, p) for p in window.padding]
    axes = resolve(sizes, window.kernel, window.stride, pairs, window.dilation)
    for letter, axis in checks.named(axes):
        checks.kernel_fits(letter, axis)
    return axes
