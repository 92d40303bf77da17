"""unfold and fold: windows as columns, and columns added back into place."""

import math

import numpy as np

from convref import checks, geometry
from convref.checks import Array, Ints
from convref.engine import add_windows, windows
from convref.geometry import padded_size
from convref.padding import extend


def unfold(
    input: Array, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Array:
    """Write every window as a column, as `torch.nn.functional.unfold` does (PyTorch 2.13).

    A convolution is then a product of matrices (im2col): ``weight.reshape(O, -1) @ unfold(input)``.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    kernel_size, dilation, padding, stride : int or pair of int
        Of the windows, as in `conv2d`; padding is zeros.

    Returns
    -------
    ndarray of shape (N, C · kH · kW, H_out · W_out) or without N
        A new array: rows go through channels, then taps; columns through output cells, row by row.

    Raises
    ------
    TypeError, ValueError
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
    """
    call = checks.patches(input, kernel_size, dilation, padding, stride)
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in call.axes)]
    view = windows(extend(call.input, pairs, "zeros"), call.axes)  # (N, C, *out, *kernel)
    C, (kH, kW) = view.shape[1], view.shape[4:]
    cells = view.shape[2] * view.shape[3]
    out = view.transpose(0, 1, 4, 5, 2, 3).reshape(len(view), C * kH * kW, cells).copy()
    return out if call.batched else out[0]


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

    Raises
    ------
    TypeError, ValueError
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
    call = checks.columns(input, output_size, kernel_size, dilation, padding, stride)
    axes = call.axes
    kernel = [axis.kernel for axis in axes]
    out_sizes = [geometry.output_size(axis) for axis in axes]
    channels = call.input.shape[1] // math.prod(kernel)
    columns = call.input.reshape(len(call.input), channels, *kernel, *out_sizes)
    padded = np.zeros((len(columns), channels, *map(padded_size, axes)), columns.dtype)
    part, place = ([slice(0, n) for n in sizes] for sizes in ((channels, *kernel), out_sizes))
    add_windows(columns[:, None], padded[:, None], axes, part, place)
    inner = [slice(axis.before, axis.before + axis.size) for axis in axes]
    out = padded[:, :, *inner].copy()
    return out if call.batched else out[0]
