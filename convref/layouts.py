"""Weights and activations in the order in which other frameworks keep them.

PyTorch's order is the hub: every conversion goes to it and on from it.
"""

from typing import Literal, TypeAlias

import numpy as np

from convref import checks
from convref.checks import FAMILY, FEATURES_FIRST, Array, Ints
from convref.engine import turn
from convref.geometry import same_cut, same_padding_tensorflow

Framework: TypeAlias = Literal[
    "torch", "tensorflow", "keras", "jax", "flax", "onnx", "paddle", "mindspore"
]
Kind: TypeAlias = Literal["conv", "depthwise", "transposed"]


def convert_weight(
    weight: Array,
    source: Framework,
    target: Framework,
    *,
    kind: Kind = "conv",
    groups: int | None = None,
) -> Array:
    """Reorder the weight of a convolution layer, so that both layers compute the same.

    A framework is called by the name under which it is imported. A bias needs no conversion. What
    the layers do at the edge is theirs: where the stride of a transposed layer is larger than the
    kernel's reach, 'valid' of Keras and JAX keeps the gap behind the last cell, which in PyTorch is
    ``output_padding=stride - reach``, with reach ``dilation * (kernel_size - 1) + 1``.

    Parameters
    ----------
    weight : ndarray
        Of a layer with one, two or three spatial axes; any dtype.
    source, target : str
        'torch', 'onnx', 'paddle' and 'mindspore' share one order; so do 'tensorflow' and 'keras',
        and 'jax' and 'flax'. With `jax.lax` pass ``dimension_numbers=('NHWC', 'HWIO', 'NHWC')``.
        MindSpore's layers of one spatial axis keep their weight with one axis more, as
        ``weight[:, :, None]``.
    kind : one of 'conv', 'depthwise', 'transposed'
        'conv' is every ordinary layer, grouped ones included. 'depthwise' is for
        `tf.nn.depthwise_conv2d` and Keras's `DepthwiseConv1D` and `DepthwiseConv2D`, which keep the
        multiplier on an axis of its own. 'transposed' turns each slice by 180 degrees for JAX,
        since `jax.lax.conv_transpose` and `flax.linen.ConvTranspose` slide the kernel as it is;
        with ``transpose_kernel=True`` they take Keras's order.
    groups : int or None
        None is 1. A depthwise layer has as many groups as input channels, and needs the number.

    Returns
    -------
    ndarray
        A new array. k stands for the kernel's axes, M for the multiplier:

        | kind       | torch, ...          | tensorflow, keras  | jax, flax                  |
        |------------|---------------------|--------------------|----------------------------|
        | conv       | (O, C / groups, k)  | (k, C / groups, O) | (k, C / groups, O)         |
        | depthwise  | (C * M, 1, k)       | (k, C, M)          | (k, 1, C * M)              |
        | transposed | (C, O / groups, k)  | (k, O / groups, C) | (k, C / groups, O), turned |

    Raises
    ------
    TypeError
        `weight` is no array, or `groups` no integer.
    ValueError
        An unknown name, or a shape that does not fit kind, framework and groups.
    MemoryError
        The machine has no room for the result.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.layouts import convert_weight
    >>> convert_weight(np.zeros((16, 3, 5, 7)), "torch", "keras").shape
    (5, 7, 3, 16)
    >>> convert_weight(np.zeros((8, 1, 5, 7)), "torch", "keras", kind="depthwise", groups=4).shape
    (5, 7, 4, 2)
    >>> convert_weight(np.array([[[1, 2, 3]]]), "torch", "flax", kind="transposed").ravel()
    array([3, 2, 1])
    """
    count = checks.framework_weight(weight, source, target, kind, groups)
    hub = to_torch(weight, FAMILY[source], kind, count)
    return from_torch(hub, FAMILY[target], kind, count).copy()


def to_torch(weight: Array, family: str, kind: str, groups: int) -> Array:
    """A checked weight in PyTorch's order."""
    if family == "torch":
        return weight
    first = np.moveaxis(weight, (-1, -2), (0, 1))
    if (kind, family) == ("depthwise", "keras"):  # (M, C, k)
        multiplier, channels, *kernel = first.shape
        return first.swapaxes(0, 1).reshape(channels * multiplier, 1, *kernel)
    return turn(first, groups) if (kind, family) == ("transposed", "flax") else first


def from_torch(weight: Array, family: str, kind: str, groups: int) -> Array:
    """The inverse of `to_torch`."""
    if family == "torch":
        return weight
    if (kind, family) == ("depthwise", "keras"):
        split = weight.reshape(groups, len(weight) // groups, *weight.shape[2:])
        weight = split.swapaxes(0, 1)  # (M, C, k)
    if (kind, family) == ("transposed", "flax"):
        weight = turn(weight, groups)
    return np.moveaxis(weight, (0, 1), (-1, -2))


def convert_activation(input: Array, source: Framework, target: Framework) -> Array:
    """Move the channels to where the other framework expects them.

    Parameters
    ----------
    input : ndarray
        With a batch axis, which stays in front, and one, two or three spatial axes; any dtype.
    source, target : str
        'torch', 'onnx', 'paddle' and 'mindspore': (N, C, H, W). 'tensorflow', 'keras', 'jax' and
        'flax': (N, H, W, C). These are the layers' defaults, but for `jax.lax`: there (N, H, W, C)
        is what ``dimension_numbers=('NHWC', 'HWIO', 'NHWC')`` asks for, and without it inputs and
        weights have the order of 'torch'. Where a layer was told otherwise (``data_format``,
        ``dimension_numbers``), name a framework that has its order.

    Returns
    -------
    ndarray
        A new array.

    Raises
    ------
    TypeError, ValueError
        `input` is no array, has no such rank, or a name is unknown.
    MemoryError
        The machine has no room for the result.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.layouts import convert_activation
    >>> convert_activation(np.zeros((2, 3, 224, 160)), "torch", "keras").shape
    (2, 224, 160, 3)
    """
    checks.framework_activation(input, source, target)
    return moved(input, source, target).copy()


def moved(input: Array, source: str, target: str) -> Array:
    """The channels in the target's place; the batch axis stays."""
    first = input if FAMILY[source] == "torch" else np.moveaxis(input, -1, 1)
    return first if FAMILY[target] == "torch" else np.moveaxis(first, 1, -1)


def convert_linear(
    weight: Array,
    source: Framework,
    target: Framework,
    *,
    flattened: Ints | None = None,
) -> Array:
    """Reorder the weight of a linear (dense) layer, also of one that follows Flatten.

    Parameters
    ----------
    weight : ndarray
        (out, in) in 'torch', 'mindspore' and 'onnx' (Gemm with ``transB=1``, as PyTorch exports
        it); (in, out) in 'tensorflow', 'keras', 'jax', 'flax' and 'paddle'. Any dtype.
    source, target : str
        Names as in `convert_weight`.
    flattened : (int, ...) or None
        Shape of one image in front of Flatten, channels first: (C, H, W). Flatten lists the
        channels last in the frameworks that keep them last, so the inputs must be reordered too.
        None if the layer follows no Flatten.

    Returns
    -------
    ndarray
        A new array.

    Raises
    ------
    TypeError, ValueError
        `weight` is no array with two axes, a name is unknown, or `flattened` does not multiply to
        the number of inputs.
    MemoryError
        The machine has no room for the result.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.layouts import convert_linear
    >>> weight = np.array([[1, 2, 3, 10, 20, 30]])
    >>> convert_linear(weight, "torch", "keras", flattened=(2, 1, 3)).ravel()
    array([ 1, 10,  2, 20,  3, 30])
    """
    image = checks.framework_linear(weight, source, target, flattened)
    rows = weight if source in FEATURES_FIRST else weight.T  # (out, in)
    if image:
        order = image if FAMILY[source] == "torch" else (*image[1:], image[0])
        rows = moved(rows.reshape(len(rows), *order), source, target).reshape(rows.shape)
    return (rows if target in FEATURES_FIRST else rows.T).copy()


def tensorflow_same(
    size: Ints,
    kernel_size: Ints,
    stride: Ints = 1,
    dilation: Ints = 1,
    *,
    odd: Literal["end", "beginning"] = "end",
    transposed: Literal["tensorflow", "keras", "jax", "flax", "onnx"] | None = None,
    output_padding: Ints | None = None,
    output_size: Ints | None = None,
) -> tuple[int, ...]:
    """TensorFlow's SAME, written out for `convref.pad` or `torch.nn.functional.pad`.

    JAX's SAME, ONNX's SAME_UPPER and MindSpore's 'same' are this too; ONNX's SAME_LOWER is with
    ``odd='beginning'``. Not every framework takes every layer: PyTorch's 'same' is for stride 1
    only, onnxruntime (1.31) refuses SAME_UPPER and SAME_LOWER of Conv with a dilation above 1,
    Keras (3.15) a stride above 1 together with a dilation above 1 in all but its depthwise layers,
    and Paddle's SAME goes on as if dilation were 1.

    Parameters
    ----------
    size : int or tuple of 1 to 3 int
        Of the input, along each spatial axis.
    kernel_size, stride, dilation : int or tuple of int
        Of the layer, for each spatial axis.
    odd : 'end' or 'beginning'
        Where the extra cell goes if an odd number of them is needed, or is cut off.
    transposed : str or None
        Whose transposed layer it is, since they differ; None for a convolution.
    output_padding : int, tuple of int, or None
        Of the transposed layer in Keras, where it decides the size of the output, or in ONNX,
        where it decides which cells are cut off. None as in the layer; in ONNX this is 0.
    output_size : int, tuple of int, or None
        Along each spatial axis: `output_shape` of `tf.nn.conv2d_transpose` or of ONNX. None is
        ``size * stride``, or in Keras what `output_padding` makes of it.

    Returns
    -------
    tuple of int
        (before, after) of the last axis, then of the one in front of it, and so on. Those of a
        convolution are for its input, and its output has ``ceil(size / stride)`` cells along each
        axis. Those of a transposed one are for its output, from which negative ones cut: compute it
        without padding, output padding and bias, pad, and add the bias.

    Raises
    ------
    TypeError, ValueError
        An argument is no integer, too small, or has the wrong number of them; a word is unknown;
        the framework has no such argument or size, or what it gives depends on who computes it.

    Notes
    -----
    With reach for ``dilation * (kernel_size - 1) + 1``, a transposed convolution has
    ``(size - 1) * stride + reach`` cells. What is more than the output size, SAME cuts off as
    evenly as it can; what is less, TensorFlow adds as zeros at the end. In Keras the output has
    ``(size - 1) * stride + reach % 2 + output_padding`` cells. In ONNX the cells of
    `output_padding` are added before the cut; where too few cells are left even so, ONNX's
    reference (1.23) and onnxruntime (1.31) differ, and the layer is refused here. `output_shape`
    without `auto_pad` is ``odd='beginning'`` in ONNX's specification and in onnxruntime; the
    reference does not compute it.

    The rules are those of `tf.nn.conv2d_transpose` (TensorFlow 2.21), of `Conv2DTranspose`
    (Keras 3.15) and of the operator ConvTranspose (ONNX 1.23).

    Examples
    --------
    >>> from convref.layouts import tensorflow_same
    >>> tensorflow_same((224, 224), 3, stride=2)
    (0, 1, 0, 1)
    >>> tensorflow_same((225, 224), kernel_size=(7, 3), stride=2)
    (0, 1, 3, 3)
    >>> tensorflow_same(224, 3, stride=2, odd="beginning")
    (1, 0)
    >>> tensorflow_same(112, 3, stride=2, transposed="onnx", output_padding=1)
    (-1, 0)

    A transposed layer of Keras, with ``padding='same'``:

    >>> import numpy as np
    >>> from convref import conv_transpose1d, pad
    >>> whole = conv_transpose1d(np.array([[1, 2]]), np.array([[[1, 10, 100]]]), stride=2)
    >>> sides = tensorflow_same(2, 3, stride=2, transposed="keras")
    >>> whole, sides, pad(whole, sides)
    (array([[  1,  10, 102,  20, 200]]), (0, -1), array([[  1,  10, 102,  20]]))
    """
    axes = checks.same_axes(size, kernel_size, stride, dilation)
    first = checks.word("odd", odd, ("end", "beginning")) == "beginning"
    ends = checks.same_outputs(axes, odd, transposed, output_padding, output_size)
    if transposed is None:
        pairs = [same_padding_tensorflow(*axis[:4])[:: -1 if first else 1] for axis in axes]
    else:
        pairs = [same_cut(axis, *end, first) for axis, end in zip(axes, ends, strict=True)]
    return tuple(side for pair in reversed(pairs) for side in pair)
