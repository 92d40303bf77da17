"""conv1d/2d/3d_backward: gradients of input, weight and bias.

With G the gradient of the output, each is a convolution again: of the input's gradient the
transposed one of G with the weight; of the weight's the windows of the input against G.
"""

import numpy as np

from convref import checks
from convref.checks import Array, Ints, Padding, PaddingMode
from convref.engine import collect, windows
from convref.geometry import leftover
from convref.padding import extend, fold_back
from convref.transposed import spread


def backward(rank: int, grad_output: object, *arguments: object) -> tuple[Array, Array, Array]:
    """Check and differentiate; `arguments` are those of `conv2d_backward`, in its order."""
    call, grad = checks.backward(rank, grad_output, *arguments)  # grad (N, O, *out)
    axes, groups, dtype = call.axes, call.groups, call.input.dtype
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in axes)]
    wide = np.float32 if dtype == np.float16 else dtype
    input, weight, grad = (
        np.ascontiguousarray(each, wide) for each in (call.input, call.weight, grad)
    )
    with np.errstate(over="ignore", invalid="ignore"):  # inf and nan as quietly as in PyTorch
        # Zeros have no gradient: with them, padding is what a transposed convolution crops.
        zeros = call.padding_mode == "zeros"
        back = [
            axis._replace(size=n) if zeros else axis._replace(size=n, before=0, after=0)
            for axis, n in zip(axes, grad.shape[2:], strict=True)
        ]
        extra = [leftover(axis) for axis in axes]
        grad_input = spread(grad, weight.conj(), back, extra, groups)  # (N, C, *sizes or *padded)
        if not zeros:
            grad_input = fold_back(grad_input, pairs, call.padding_mode)  # (N, C, *sizes)
        view = windows(extend(input, pairs, call.padding_mode).conj(), axes)
        grad_weight = collect(view, grad, groups)  # (O, C / groups, *kernel)
        grad_bias = grad.sum((0, *range(2, grad.ndim)))  # (O,)
        return (
            np.ascontiguousarray(grad_input if call.batched else grad_input[0], dtype),
            np.ascontiguousarray(grad_weight, dtype),
            grad_bias.astype(dtype),
        )


def conv1d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
) -> tuple[Array, Array, Array]:
    """Gradients of `conv1d`; everything is as in `conv2d_backward`, with one spatial axis.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv1d`
    input, weight, stride, padding, dilation, groups, padding_mode
        As given to `conv1d`.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv2d_backward`.

    Raises
    ------
    TypeError, ValueError
        See `conv2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv1d_backward
    >>> x, w = np.array([[1, 2, 3]]), np.array([[[1, 10]]])
    >>> conv1d_backward(np.array([[1, 1]]), x, w)
    (array([[ 1, 11, 10]]), array([[[3, 5]]]), array([2]))
    """
    return backward(1, grad_output, input, weight, stride, padding, dilation, groups, padding_mode)


def conv2d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
) -> tuple[Array, Array, Array]:
    """Gradients of `conv2d` for its input, weight and bias.

    Given the gradient of some loss for the output, returns that of the loss for each operand, as
    `torch.autograd` does (PyTorch 2.13); for complex dtypes with PyTorch's conjugates.

    Parameters
    ----------
    grad_output : ndarray of shape (N, O, H_out, W_out) or (O, H_out, W_out)
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    weight : ndarray of shape (O, C / groups, kH, kW)
    stride, padding, dilation, groups, padding_mode
        As given to `conv2d`; every padding mode has its gradient.

    Returns
    -------
    grad_input : ndarray of shape of `input`
        A cell that the padding repeats receives the gradients of all its copies.
    grad_weight : ndarray of shape of `weight`
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `conv2d` does; and if grad_output is not of the output's shape.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv2d_backward
    >>> x, w = np.array([[[1, 2], [3, 4]]]), np.array([[[[1, 10]]]])
    >>> grads = conv2d_backward(np.ones((1, 2, 1), int), x, w)
    >>> [g.tolist() for g in grads]
    [[[[1, 10], [1, 10]]], [[[[4, 6]]]], [2]]
    """
    return backward(2, grad_output, input, weight, stride, padding, dilation, groups, padding_mode)


def conv3d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
) -> tuple[Array, Array, Array]:
    """Gradients of `conv3d`; everything is as in `conv2d_backward`, with three spatial axes.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv3d`
    input, weight, stride, padding, dilation, groups, padding_mode
        As given to `conv3d`.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv2d_backward`.

    Raises
    ------
    TypeError, ValueError
        See `conv2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv3d_backward
    >>> x = np.ones((1, 2, 2, 2), int)
    >>> [g.shape for g in conv3d_backward(x, x, np.ones((1, 1, 1, 1, 1), int))]
    [(1, 2, 2, 2), (1, 1, 1, 1, 1), (1,)]
    """
    return backward(3, grad_output, input, weight, stride, padding, dilation, groups, padding_mode)
