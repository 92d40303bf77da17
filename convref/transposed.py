"""conv_transpose1d/2d/3d: every cell times the kernel, added into the output.

check → geometry → scatter → crop → bias
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from convref import checks
from convref.checks import TransposedCall
from convref.engine import (
    add_bias_and_cast,
    contract,
    scatter,
    sum_dtype,
    swap_channels_and_flip,
    windows,
)
from convref.geometry import Axis, as_convolution, bounded, output_size, uncropped
from convref.padding import pad_checked
from convref.types import Array, Ints

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def convolve_transposed(call: TransposedCall) -> Array:
    """Convolve transposed what has been checked."""
    wide = sum_dtype(call.input, call.weight, call.weight[:, 0].size // call.groups)
    operands = call.input.astype(wide, copy=False), call.weight.astype(wide, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):  # inf and nan as quietly as in PyTorch
        out = transposed_sums(*operands, call.axes, call.extra, call.groups)  # (N, O, *out)
        out = add_bias_and_cast(out, call.bias, call.input.dtype)
    return out if call.batched else out[0]


def transposed_sums(
    input: Array, weight: Array, axes: Sequence[Axis], extra: Sequence[int], groups: int
) -> Array:
    """Transposed convolution of checked arguments, without bias: (N, C, *sizes) -> (N, O, *out)."""
    dense = [as_convolution(axis, more) for axis, more in zip(axes, extra, strict=True)]  # geometry
    sizes = [output_size(axis) for axis in dense]
    close = math.prod(sizes) <= 2 * math.prod(axis.size for axis in axes)
    if close and all(axis.stride == 1 for axis in axes) and np.isfinite(weight).all():
        # An ordinary convolution is faster, unless it reads more padding than cells; and its
        # padding would meet inf, and make it nan.
        pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in dense)]
        dense = list(map(bounded, dense))
        view = windows(pad_checked(input, pairs, "zeros"), dense)
        return contract(view, swap_channels_and_flip(weight, groups), dense, groups)
    whole = [uncropped(axis, more) for axis, more in zip(axes, extra, strict=True)]
    out = scatter(input, weight, axes, whole, groups)
    inner = [slice(axis.before, n - axis.after) for axis, n in zip(axes, whole, strict=True)]
    return out[:, :, *inner]


def conv_transpose1d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Spread cells along one axis, as `torch.nn.functional.conv_transpose1d` does (PyTorch 2.13).

    All parameters, limits and errors are those of `conv_transpose2d`, with one spatial axis.

    Parameters
    ----------
    input : ndarray of shape (N, C, L) or (C, L)
    weight : ndarray of shape (C, O / groups, kL)
    bias : ndarray of shape (O,), or None
    stride, padding, output_padding, groups, dilation, accumulate
        See `conv_transpose2d`.

    Returns
    -------
    ndarray of shape (N, O, L_out) or (O, L_out)
        A new array of the input's dtype, or of `accumulate`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv_transpose2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose1d
    >>> conv_transpose1d(np.array([[1, 2]]), np.array([[[1, 10, 100]]]), stride=2)
    array([[  1,  10, 102,  20, 200]])
    """
    call = checks.transposed(
        1,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return convolve_transposed(call)


def conv_transpose2d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Spread each cell over a window, as `torch.nn.functional.conv_transpose2d` does (2.13).

    Every input cell is multiplied by the whole kernel and added into the output at the place
    where the convolution of the same parameters reads. This is the adjoint of `conv2d`: it gives
    back the shape from before it, up to the cells that its stride dropped at the end, for which
    there is `output_padding`, and not the values.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    weight : ndarray of shape (C, O / groups, kH, kW)
        The input's channels come first: it is the weight of the convolution from O channels to C.
    bias : ndarray of shape (O,), or None
    stride : int or pair of int
        Cells of the output from one input cell's window to the next one's, at least 1.
    padding : int or pair of int
        Cells that are taken away from each side of the output, where `conv2d` adds them.
    output_padding : int or pair of int
        Cells that the output has more at the end: less than the larger of stride and dilation.
        The first `padding` of them would have been cut off otherwise, and hold what was added
        there; behind those no window reaches, and they hold 0, or the bias.
    groups : int
        Splits input and output channels into so many independent convolutions.
    dilation : int or pair of int
        Cells from one tap of the kernel to the next, at least 1, which leaves none out.
    accumulate : dtype, optional
        A wider dtype for the sums and the result, as in `conv2d`.

    Returns
    -------
    ndarray of shape (N, O, H_out, W_out) or (O, H_out, W_out)
        A new array of the input's dtype, or of `accumulate`. Along each axis the size is
        ``(size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1``.

    Raises
    ------
    TypeError
        An operand is no NumPy array, its dtype is refused or differs, or something else stands
        where an integer must.
    ValueError
        Shapes, groups or sizes do not fit; the message shows the arithmetic.
    MemoryError
        The machine has no room for an array that the call needs.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose2d
    >>> conv_transpose2d(np.array([[[1, 2], [3, 4]]]), np.ones((1, 1, 2, 2), int))
    array([[[ 1,  3,  2],
            [ 4, 10,  6],
            [ 3,  7,  4]]])
    """
    call = checks.transposed(
        2,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return convolve_transposed(call)


def conv_transpose3d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Spread cells through a volume, as `torch.nn.functional.conv_transpose3d` does (2.13).

    All parameters, limits and errors are those of `conv_transpose2d`, with three spatial axes.

    Parameters
    ----------
    input : ndarray of shape (N, C, D, H, W) or (C, D, H, W)
    weight : ndarray of shape (C, O / groups, kD, kH, kW)
    bias : ndarray of shape (O,), or None
    stride, padding, output_padding, groups, dilation, accumulate
        See `conv_transpose2d`.

    Returns
    -------
    ndarray of shape (N, O, D_out, H_out, W_out) or (O, D_out, H_out, W_out)
        A new array of the input's dtype, or of `accumulate`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv_transpose2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose3d
    >>> conv_transpose3d(np.ones((1, 1, 1, 1), int), np.ones((1, 2, 2, 3, 4), int)).shape
    (2, 2, 3, 4)
    """
    call = checks.transposed(
        3,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return convolve_transposed(call)
