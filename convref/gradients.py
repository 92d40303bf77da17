"""Gradients of convolutions and of transposed ones, for their input, weight and bias.

With G the gradient of the output, each is a convolution again:

==========  =======================================  =====================================
forward     gradient of the input                    gradient of the weight
==========  =======================================  =====================================
conv        the transposed one of G with the weight  the windows of the input against G
transposed  the convolution of G with the weight     the windows of G against the input
==========  =======================================  =====================================
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from convref import checks
from convref.checks import Call, TransposedCall
from convref.engine import collect, contract, windows
from convref.geometry import bounded, dropped_cells, gathered
from convref.messages import refuse
from convref.padding import fold_back, pad_checked
from convref.transposed import transposed_sums
from convref.types import Array, Ints, Padding, PaddingMode

__all__ = [
    "conv1d_backward",
    "conv2d_backward",
    "conv3d_backward",
    "conv_transpose1d_backward",
    "conv_transpose2d_backward",
    "conv_transpose3d_backward",
]

Gradients: TypeAlias = tuple[Array, Array, Array]


def gradient(grad_output: Array, input: Array, call: Call | TransposedCall) -> Array:
    """The output's gradient with a batch axis, in the dtype of the sums.

    `input` is what the caller gave, of whose dtype the gradient has to be.
    """
    grad, data = (
        checks.number_array("grad_output", grad_output),
        checks.number_array("input", input),
    )
    if grad.dtype != data.dtype:
        checks.mixed("grad_output", grad, data, ("input", "weight"))
    due = call.output() if call.batched else call.output()[1:]
    if grad.shape != due:
        refuse("shape", name="grad_output", expected=due, received=grad.shape)
    return (grad if call.batched else grad[None]).astype(call.input.dtype, copy=False)


def backward(call: Call, grad: Array) -> Gradients:
    """Differentiate a checked convolution; the gradient of its output is (N, O, *out)."""
    axes, groups = list(map(bounded, call.axes)), call.groups
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in axes)]
    input, weight, grad = in_sum_dtype(call, grad)
    with np.errstate(over="ignore", invalid="ignore"):  # inf and nan as quietly as in PyTorch
        # Zeros have no gradient: with them, padding is what a transposed convolution crops.
        zeros = call.padding_mode == "zeros"
        back = [
            axis._replace(size=n) if zeros else axis._replace(size=n, before=0, after=0)
            for axis, n in zip(axes, grad.shape[2:], strict=True)
        ]
        extra = [dropped_cells(axis) for axis in axes]
        grad_input = transposed_sums(
            grad, weight.conj(), back, extra, groups
        )  # (N, C, *sizes or *padded)
        if not zeros:
            grad_input = fold_back(grad_input, pairs, call.padding_mode)  # (N, C, *sizes)
        view = windows(pad_checked(input, pairs, call.padding_mode).conj(), axes)
        return results(call, grad_input, collect(view, grad, groups), grad)


def backward_transposed(call: TransposedCall, grad: Array) -> Gradients:
    """The same for a transposed one."""
    axes = [bounded(gathered(*each)) for each in zip(call.axes, call.extra, strict=True)]
    pairs = [(0, 0), (0, 0), *((axis.before, axis.after) for axis in axes)]
    input, weight, grad = in_sum_dtype(call, grad)
    with np.errstate(over="ignore", invalid="ignore"):  # as above
        view = windows(pad_checked(grad, pairs, "zeros"), axes)  # (N, O, *sizes, *kernel)
        grad_input = contract(view, weight.conj(), axes, call.groups)  # (N, C, *sizes)
        return results(call, grad_input, collect(view, input.conj(), call.groups), grad)


def in_sum_dtype(call: Call | TransposedCall, grad: Array) -> Gradients:
    """Input, weight and gradient in the dtype in which they are summed."""
    dtype = call.input.dtype
    wide = np.float32 if dtype == np.float16 else dtype
    input, weight, grad = (
        np.ascontiguousarray(each, wide) for each in (call.input, call.weight, grad)
    )
    return input, weight, grad


def results(
    call: Call | TransposedCall, grad_input: Array, grad_weight: Array, grad: Array
) -> Gradients:
    """The three results: contiguous, in their dtype, and without a batch axis that was added."""
    dtype = call.input.dtype
    return (
        np.ascontiguousarray(grad_input if call.batched else grad_input[0], dtype),
        np.ascontiguousarray(grad_weight, dtype),
        grad.sum((0, *range(2, grad.ndim))).astype(dtype),  # (O,)
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
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv1d`; everything is as in `conv2d_backward`, with one spatial axis.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv1d`
    input, weight, stride, padding, dilation, groups, padding_mode, accumulate
        As given to `conv1d`.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv2d_backward`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv1d_backward
    >>> x, w = np.array([[1, 2, 3]]), np.array([[[1, 10]]])
    >>> conv1d_backward(np.array([[1, 1]]), x, w)
    (array([[ 1, 11, 10]]), array([[[3, 5]]]), array([2]))
    """
    call = checks.convolution(
        1,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return backward(call, gradient(grad_output, input, call))


def conv2d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv2d` for its input, weight and bias.

    Given the gradient of some loss for the output, returns that of the loss for each operand, as
    `torch.autograd` does (PyTorch 2.13); for complex dtypes with PyTorch's conjugates.

    Parameters
    ----------
    grad_output : ndarray of shape (N, O, H_out, W_out) or (O, H_out, W_out)
        Dtype as `input`.
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    weight : ndarray of shape (O, C / groups, kH, kW)
    stride, padding, dilation, groups, padding_mode
        As given to `conv2d`; every padding mode has its gradient.
    accumulate : dtype, optional
        A wider dtype for the sums and the results, as in `conv2d`.

    Returns
    -------
    grad_input : ndarray of shape of `input`
        A cell that the padding repeats receives the gradients of all its copies.
    grad_weight : ndarray of shape of `weight`
    grad_bias : ndarray of shape (O,)
        All three are new arrays of the input's dtype, or of `accumulate`; integers wrap around.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv2d` does; and if grad_output is not of the output's shape or dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv2d_backward
    >>> x, w = np.array([[[1, 2], [3, 4]]]), np.array([[[[1, 10]]]])
    >>> grads = conv2d_backward(np.ones((1, 2, 1), int), x, w)
    >>> [g.tolist() for g in grads]
    [[[[1, 10], [1, 10]]], [[[[4, 6]]]], [2]]
    """
    call = checks.convolution(
        2,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return backward(call, gradient(grad_output, input, call))


def conv3d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv3d`; everything is as in `conv2d_backward`, with three spatial axes.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv3d`
    input, weight, stride, padding, dilation, groups, padding_mode, accumulate
        As given to `conv3d`.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv2d_backward`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv3d_backward
    >>> x = np.ones((1, 2, 2, 2), int)
    >>> [g.shape for g in conv3d_backward(x, x, np.ones((1, 1, 1, 1, 1), int))]
    [(1, 2, 2, 2), (1, 1, 1, 1, 1), (1,)]
    """
    call = checks.convolution(
        3,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    return backward(call, gradient(grad_output, input, call))


def conv_transpose1d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv_transpose1d`, as in `conv_transpose2d_backward`, with one spatial axis.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv_transpose1d`
    input, weight, stride, padding, output_padding, groups, dilation, accumulate
        As given to `conv_transpose1d`, in its order.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv_transpose2d_backward`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv_transpose2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose1d_backward
    >>> x, w = np.array([[1, 2]]), np.array([[[1, 10, 100]]])
    >>> conv_transpose1d_backward(np.array([[1, 1, 1, 2, 1]]), x, w, stride=2)
    (array([[111, 121]]), array([[[3, 5, 3]]]), array([6]))
    """
    call = checks.transposed(
        1,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return backward_transposed(call, gradient(grad_output, input, call))


def conv_transpose2d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv_transpose2d` for its input, weight and bias.

    Given the gradient of some loss for the output, returns that of the loss for each operand, as
    `torch.autograd` does (PyTorch 2.13); for complex dtypes with PyTorch's conjugates.

    Parameters
    ----------
    grad_output : ndarray of shape (N, O, H_out, W_out) or (O, H_out, W_out)
        Dtype as `input`.
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    weight : ndarray of shape (C, O / groups, kH, kW)
    stride, padding, output_padding, groups, dilation
        As given to `conv_transpose2d`, in its order.
    accumulate : dtype, optional
        A wider dtype for the sums and the results, as in `conv2d`.

    Returns
    -------
    grad_input : ndarray of shape of `input`
        The convolution of `grad_output` with `weight`, of the same parameters.
    grad_weight : ndarray of shape of `weight`
    grad_bias : ndarray of shape (O,)
        All three are new arrays of the input's dtype, or of `accumulate`; integers wrap around.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As `conv_transpose2d` does; and if grad_output is not of the output's shape or dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose2d_backward
    >>> x, w = np.array([[[1, 2]]]), np.array([[[[1, 10]]]])
    >>> grads = conv_transpose2d_backward(np.array([[[1, 0, 3]]]), x, w)
    >>> [g.tolist() for g in grads]
    [[[[1, 30]]], [[[[1, 6]]]], [4]]
    """
    call = checks.transposed(
        2,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return backward_transposed(call, gradient(grad_output, input, call))


def conv_transpose3d_backward(
    grad_output: Array,
    input: Array,
    weight: Array,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    accumulate: npt.DTypeLike | None = None,
) -> Gradients:
    """Gradients of `conv_transpose3d`, as in `conv_transpose2d_backward`, with three spatial axes.

    Parameters
    ----------
    grad_output : ndarray of shape of the output of `conv_transpose3d`
    input, weight, stride, padding, output_padding, groups, dilation, accumulate
        As given to `conv_transpose3d`, in its order.

    Returns
    -------
    grad_input, grad_weight, grad_bias : ndarray
        See `conv_transpose2d_backward`.

    Raises
    ------
    TypeError, ValueError, MemoryError
        See `conv_transpose2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import conv_transpose3d_backward
    >>> x, w = np.ones((1, 2, 2, 2), int), np.ones((1, 3, 1, 1, 1), int)
    >>> grad = np.ones((3, 2, 2, 2), int)
    >>> [g.shape for g in conv_transpose3d_backward(grad, x, w)]
    [(1, 2, 2, 2), (1, 3, 1, 1, 1), (3,)]
    """
    call = checks.transposed(
        3,
        input,
        weight,
        None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    return backward_transposed(call, gradient(grad_output, input, call))
