"""conv1d, conv2d, conv3d in six steps: check → geometry → pad → windows → contract → bias."""

import numpy as np
import numpy.typing as npt

from convref import checks
from convref.checks import Call
from convref.engine import add_bias_and_cast, contract, sum_dtype, windows
from convref.geometry import bounded
from convref.padding import pad_checked
from convref.types import Array, Ints, Padding, PaddingMode

__all__ = ["conv1d", "conv2d", "conv3d"]


def convolve(call: Call) -> Array:
    """Convolve what has been checked."""
    axes = list(map(bounded, call.axes))  # geometry: one Axis for each spatial axis
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in axes)]
    wide = sum_dtype(call.input, call.weight, call.weight[0].size)
    padded = pad_checked(call.input, pairs, call.padding_mode).astype(wide, copy=False)
    view = windows(padded, axes)  # (N, C, *out, *kernel)
    with np.errstate(over="ignore", invalid="ignore"):  # inf and nan come as quietly as in PyTorch
        out = contract(view, call.weight.astype(wide, copy=False), axes, call.groups)
        out = add_bias_and_cast(out, call.bias, call.input.dtype)  # (N, O, *out)
    return out if call.batched else out[0]


def conv1d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Slide kernels along one axis, as `torch.nn.functional.conv1d` does (PyTorch 2.13).

    What is not listed here is as in `conv2d`, with one spatial axis instead of two.

    Parameters
    ----------
    input : ndarray of shape (N, C, L) or (C, L)
        C channels of L cells; for a sentence, C is the embedding and L counts the words.
    weight : ndarray of shape (O, C / groups, kL)
        O kernels, one for each output channel; dtype as `input`.

    Returns
    -------
    ndarray of shape (N, O, L_out) or (O, L_out)
        A new array of the input's dtype, or of `accumulate`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv1d
    >>> conv1d(np.array([[1, 2, 3, 4]]), np.array([[[1, 10]]]))
    array([[21, 32, 43]])
    >>> conv1d(np.array([[1, 2, 3, 4]]), np.array([[[1, 10]]]), padding=[(1, 0)])  # causal
    array([[10, 21, 32, 43]])
    """
    call = checks.convolution(
        1,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return convolve(call)


def conv2d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Slide kernels over a plane, as `torch.nn.functional.conv2d` does (PyTorch 2.13).

    The kernel is not flipped: in mathematics this is called a cross-correlation.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
        N inputs of C channels; without N, a single one. Dtypes: float16, float32, float64,
        complex64, complex128 and all integers; bool is refused.
    weight : ndarray of shape (O, C / groups, kH, kW)
        O kernels, one for each output channel; dtype as `input`.
    bias : ndarray of shape (O,), or None
        Added to every cell of its output channel; dtype as `input`.
    stride : int or pair of int
        Cells from one window to the next, at least 1.
    padding : int, pair of int, pairs for both axes, 'same' or 'valid'
        Cells added on each side of an axis. Where the sides differ, ``[(before, after), ...]``, a
        pair for each axis, which PyTorch does not take. 'valid' adds none. 'same' adds
        ``dilation * (k - 1)`` in total, the odd one at the end, so that the size stays; it needs
        stride 1.
    dilation : int or pair of int
        Cells from one tap of the kernel to the next, at least 1, which leaves none out.
    groups : int
        Splits input and output channels into so many independent convolutions.
    padding_mode : one of 'zeros', 'reflect', 'replicate', 'circular'
        What the padding cells show, as in `torch.nn.Conv2d`. 'reflect' needs padding < size,
        'circular' needs padding <= size.
    accumulate : dtype, optional
        A wider dtype in which products are formed and summed, and which the result then has: int32
        for int8, as accelerators do, or float64 for float32.

    Returns
    -------
    ndarray of shape (N, O, H_out, W_out) or (O, H_out, W_out)
        A new array of the input's dtype, or of `accumulate`; integers wrap around as in PyTorch.
        Along each axis the size is
        ``floor((before + size + after - dilation * (kernel - 1) - 1) / stride) + 1``.

    Raises
    ------
    TypeError
        An operand is no NumPy array, its dtype is refused or differs, or something else stands
        where an integer must.
    ValueError
        Shapes, groups, sizes or modes do not fit; the message shows the arithmetic.
    MemoryError
        The machine has no room for an array that the call needs.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv2d
    >>> image = np.arange(9).reshape(1, 3, 3)
    >>> conv2d(image, np.ones((1, 1, 2, 2), int))
    array([[[ 8, 12],
            [20, 24]]])
    >>> kernel = np.ones((1, 1, 3, 3), int)
    >>> conv2d(image, kernel, padding="same", padding_mode="circular")
    array([[[36, 36, 36],
            [36, 36, 36],
            [36, 36, 36]]])
    >>> conv2d(image, kernel, padding=[(2, 0), (0, 1)])
    array([[[ 3,  3],
            [15, 12],
            [36, 27]]])
    """
    call = checks.convolution(
        2,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return convolve(call)


def conv3d(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Array:
    """Slide kernels through a volume or a video, as `torch.nn.functional.conv3d` does.

    What is not listed here is as in `conv2d`, with three spatial axes instead of two.

    Parameters
    ----------
    input : ndarray of shape (N, C, D, H, W) or (C, D, H, W)
        D is the depth of a volume, or the frames of a video.
    weight : ndarray of shape (O, C / groups, kD, kH, kW)
        O kernels, one for each output channel; dtype as `input`.

    Returns
    -------
    ndarray of shape (N, O, D_out, H_out, W_out) or (O, D_out, H_out, W_out)
        A new array of the input's dtype, or of `accumulate`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv3d
    >>> video = np.arange(8).reshape(1, 2, 2, 2)
    >>> conv3d(video, np.ones((1, 1, 2, 1, 1), int))
    array([[[[ 4,  6],
             [ 8, 10]]]])
    """
    call = checks.convolution(
        3,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return convolve(call)
