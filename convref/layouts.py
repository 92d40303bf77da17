"""Weights and activations in the order in which other frameworks keep them.

PyTorch's order is the hub: every conversion goes to it and on from it.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import numpy as np

from convref import checks
from convref.engine import swap_channels_and_flip
from convref.geometry import (
    Axis,
    Pair,
    as_convolution,
    output_size,
    reach,
    resolve,
    same_cut,
    same_padding_tensorflow,
)
from convref.messages import quoted, refuse
from convref.types import Array, Ints

__all__ = ["convert_activation", "convert_linear", "convert_weight", "tensorflow_same"]

Framework: TypeAlias = Literal[
    "torch", "tensorflow", "keras", "jax", "flax", "onnx", "paddle", "mindspore"
]
Kind: TypeAlias = Literal["conv", "depthwise", "transposed"]

# Frameworks by the order of their axes; k stands for the kernel's axes, M for the multiplier.
FAMILY: Final = {
    "torch": "torch",
    "onnx": "torch",
    "paddle": "torch",
    "mindspore": "torch",
    "tensorflow": "keras",
    "keras": "keras",
    "jax": "flax",
    "flax": "flax",
}
WEIGHTS: Final = {
    "conv": {
        "torch": "(O, C / groups, k)",
        "keras": "(k, C / groups, O)",
        "flax": "(k, C / groups, O)",
    },
    "depthwise": {"torch": "(C * M, 1, k)", "keras": "(k, C, M)", "flax": "(k, 1, C * M)"},
    "transposed": {
        "torch": "(C, O / groups, k)",
        "keras": "(k, O / groups, C)",
        "flax": "(k, C / groups, O)",
    },
}
SAME_TRANSPOSED: Final = ("tensorflow", "keras", "jax", "flax", "onnx")
FEATURES_FIRST: Final = ("torch", "onnx", "mindspore")  # linear layers: (out, in), not (in, out)


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
    count = framework_weight(weight, source, target, kind, groups)
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
    return (
        swap_channels_and_flip(first, groups) if (kind, family) == ("transposed", "flax") else first
    )


def from_torch(weight: Array, family: str, kind: str, groups: int) -> Array:
    """The inverse of `to_torch`."""
    if family == "torch":
        return weight
    if (kind, family) == ("depthwise", "keras"):
        split = weight.reshape(groups, len(weight) // groups, *weight.shape[2:])
        weight = split.swapaxes(0, 1)  # (M, C, k)
    if (kind, family) == ("transposed", "flax"):
        weight = swap_channels_and_flip(weight, groups)
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
    framework_activation(input, source, target)
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
    image = framework_linear(weight, source, target, flattened)
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
    axes = same_axes(size, kernel_size, stride, dilation)
    first = checks.word("odd", odd, ("end", "beginning")) == "beginning"
    ends = same_outputs(axes, odd, transposed, output_padding, output_size)
    if transposed is None:
        pairs = [same_padding_tensorflow(*axis[:4])[:: -1 if first else 1] for axis in axes]
    else:
        pairs = [same_cut(axis, *end, first) for axis, end in zip(axes, ends, strict=True)]
    return tuple(side for pair in reversed(pairs) for side in pair)


# Checks -----------------------------------------------------------------------------------------


def framework_weight(
    weight: object, source: object, target: object, kind: object, groups: object
) -> int:
    """Check every argument of `convert_weight`; return the groups as a number."""
    data = checks.array("weight", weight)
    framework, other = frameworks(source, target)
    chosen = checks.word("kind", kind, ("conv", "depthwise", "transposed"))
    count = None if groups is None else checks.integer("groups", groups, 1)
    families = (FAMILY[framework], FAMILY[other])
    layout = WEIGHTS[chosen][families[0]]
    # TensorFlow and Keras have no depthwise layer with three spatial axes.
    most = 4 if chosen == "depthwise" and "keras" in families else 5
    if not 3 <= data.ndim <= most:
        refuse(
            "layout",
            name="weight",
            expected="3 or 4" if most == 4 else "3, 4 or 5",
            layout=layout,
            framework=framework,
            kind=f" for kind {chosen!r}",
            received=data.shape,
            axes=data.ndim,
        )
    checks.fits_memory("the converted weight", data.shape, data.dtype)
    if chosen == "depthwise":
        return depthwise_groups(data, framework, count)
    # The axis with all channels of its side; the other one has those of a single group.
    axis = 0 if families[0] == "torch" else data.ndim - 1
    checks.divisible(f"weight.shape[{axis}]", data.shape[axis], count or 1)
    return count or 1


def depthwise_groups(weight: Array, framework: str, groups: int | None) -> int:
    """As many groups as input channels, which only Keras's order shows."""
    family = FAMILY[framework]
    if family == "keras":
        channels = int(weight.shape[-2])
        if groups not in (None, channels):
            refuse(
                "depthwise groups",
                received=groups,
                advice=f"weight.shape[{weight.ndim - 2}] is {channels}",
            )
        return channels
    single, product = (1, 0) if family == "torch" else (weight.ndim - 2, weight.ndim - 1)
    if weight.shape[single] != 1:
        refuse(
            "depthwise",
            axis=single,
            layout=WEIGHTS["depthwise"][family],
            framework=framework,
            received=weight.shape,
        )
    if groups is None:
        cells = weight.shape[product]
        refuse(
            "depthwise groups",
            received=None,
            advice=f"weight.shape[{product}] is {cells}, which is groups times the multiplier",
        )
    checks.divisible(f"weight.shape[{product}]", weight.shape[product], groups)
    return groups


def framework_activation(input: object, source: object, target: object) -> None:
    """Check every argument of `convert_activation`."""
    data = checks.array("input", input)
    framework, _ = frameworks(source, target)
    if not 3 <= data.ndim <= 5:
        first = FAMILY[framework] == "torch"
        refuse(
            "layout",
            name="input",
            expected="3, 4 or 5",
            layout="(N, C, sizes)" if first else "(N, sizes, C)",
            framework=framework,
            kind="",
            received=data.shape,
            axes=data.ndim,
        )
    checks.fits_memory("the converted input", data.shape, data.dtype)


def framework_linear(
    weight: object, source: object, target: object, flattened: object
) -> tuple[int, ...]:
    """Check every argument of `convert_linear`; return the image's shape, () if there is none."""
    data = checks.array("weight", weight)
    framework, _ = frameworks(source, target)
    features_first = framework in FEATURES_FIRST
    if data.ndim != 2:
        refuse(
            "layout",
            name="weight",
            expected="2",
            layout="(out, in)" if features_first else "(in, out)",
            framework=framework,
            kind=" for a linear layer",
            received=data.shape,
            axes=data.ndim,
        )
    checks.fits_memory("the converted weight", data.shape, data.dtype)
    if flattened is None:
        return ()
    flattened = checks.listed(flattened)
    given = flattened if isinstance(flattened, tuple | list) else (flattened,)
    image = tuple(checks.integer("flattened", each, 1, "a tuple of integers") for each in given)
    inputs = data.shape[1 if features_first else 0]
    if math.prod(image) != inputs:
        refuse("flattened", expected=inputs, received=image, product=math.prod(image))
    return image


def frameworks(source: object, target: object) -> tuple[str, str]:
    """Two frameworks that `convref.layouts` knows."""
    names = tuple(FAMILY)
    return checks.word("source", source, names), checks.word("target", target, names)


def same_axes(
    size: object, kernel_size: object, stride: object, dilation: object
) -> tuple[Axis, ...]:
    """Check the arguments of `tensorflow_same` that every layer has; one axis for each size."""
    size = checks.listed(size)
    rank = len(size) if isinstance(size, tuple | list) else 1
    if rank not in checks.LAYOUT:
        refuse(
            "length",
            name="size",
            expected="one integer or up to 3 of them",
            layout=checks.LAYOUT[3],
            count=rank,
            received=size,
            cure="",
        )
    return resolve(
        checks.integers("size", size, rank, 1),
        checks.integers("kernel_size", kernel_size, rank, 1),
        checks.integers("stride", stride, rank, 1),
        "valid",
        checks.integers("dilation", dilation, rank, 1),
    )


def same_outputs(
    axes: Sequence[Axis],
    odd: str,
    transposed: object,
    output_padding: object,
    output_size: object,
) -> list[tuple[int, int]]:
    """Check the other ones; (output padding before the cut, output size) of a transposed axis."""
    rank = len(axes)
    extra: Sequence[int | None] = [None] * rank
    sizes = extra
    if output_padding is not None:
        extra = checks.integers("output_padding", output_padding, rank, 0)
    if output_size is not None:
        sizes = checks.integers("output_size", output_size, rank, 1)
    whose = None if transposed is None else checks.word("transposed", transposed, SAME_TRANSPOSED)
    for name, value, owners in (
        ("output_padding", output_padding, ("keras", "onnx")),
        ("output_size", output_size, ("tensorflow", "onnx")),
        ("odd", None if odd == "end" or whose is None else odd, ("onnx",)),
    ):
        if value is not None and whose not in owners:
            refuse(
                "same option",
                name=name,
                owners=" and ".join(owners),
                received=quoted(value),
                whose=repr(whose),
                cure=" or ".join(f"transposed={owner!r}" for owner in owners),
            )
    if whose is None:
        return []
    return [
        same_output(where, axis, whose, more, size)
        for (where, axis), more, size in zip(checks.named(axes), extra, sizes, strict=True)
    ]


def same_output(where: str, axis: Axis, whose: str, padding: int | None, size: int | None) -> Pair:
    """Output padding before the cut, and output size, of one axis of a transposed layer."""
    least, most = (axis.size - 1) * axis.stride + 1, axis.size * axis.stride
    extra, span = padding or 0, reach(axis.kernel, axis.dilation)
    if extra >= axis.stride:
        limits, cure = f"less than the stride, {axis.stride}", f"use at most {axis.stride - 1}"
        refuse("same output padding", where=where, limits=limits, received=extra, cure=cure)
    if whose == "keras" and padding is not None:
        extra, size = 0, least - 1 + span % 2 + padding
        if size < least:
            limits = f"at least 1 in Keras, since the reach, {span}, is even"
            cure = "leave it out" if axis.stride == 1 else "use 1, or leave it out"
            refuse("same output padding", where=where, limits=limits, received=padding, cure=cure)
    size = most if size is None else size
    if whose == "onnx":
        same_gap(where, axis, extra, size)
    elif not least <= size <= most:
        refuse(
            "output size",
            where=where,
            least=least,
            most=most,
            stride=axis.stride,
            size=axis.size,
            received=size,
        )
    return extra, size


def same_gap(where: str, axis: Axis, extra: int, size: int) -> None:
    """Nothing stands behind the kernel and the output padding, since ONNX's two disagree on it."""
    bare = output_size(as_convolution(axis, 0))
    if size > bare + extra:
        cure = f"give an output_size of at most {bare + extra}"
        if size - bare < axis.stride:
            cure = f"let the layer have output_padding {size - bare} there"
        terms = checks.transposed_terms(axis, extra) | {"size": size, "whole": bare + extra}
        refuse("same gap", where=where, extra=extra, cure=cure, **terms)
