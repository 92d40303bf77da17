"""Layers for every framework: asymmetric on purpose, so that swapped axes cannot hide."""

import itertools
import math
from typing import Any, NamedTuple

import numpy as np

import convref
from convref.layouts import Framework, Kind, convert_weight, tensorflow_same


class Layer(NamedTuple):
    """A layer, and the sizes of its input."""

    sizes: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def options(self) -> dict[str, object]:
        return {"stride": self.stride, "dilation": self.dilation, "groups": self.groups}


LAYERS = [
    Layer((11,), (4,), (2,), (1,)),
    Layer((11,), (3,), (1,), (3,), 2),
    Layer((7, 10), (3, 2), (1, 1), (1, 1)),
    Layer((8, 11), (3, 4), (2, 3), (1, 1), 2),
    Layer((9, 11), (3, 2), (1, 1), (2, 3)),
    Layer((9, 12), (2, 4), (2, 3), (3, 2), 2),
    Layer((5, 6, 8), (3, 2, 1), (1, 2, 3), (1, 1, 1)),
    Layer((6, 7, 8), (2, 3, 2), (1, 1, 1), (2, 1, 3)),
]


def integers(*shape: int) -> np.ndarray:
    """Small integers as float32, whose sums every framework gets exactly; no two axes alike."""
    seed = math.prod(shape) + 31 * len(shape)
    return np.random.default_rng(seed).integers(-4, 5, shape).astype("f4")


def conv(layer: Layer, same: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Input and weight in PyTorch's order, and what convref makes of them."""
    x = integers(2, 4, *layer.sizes)
    weight = integers(6, 4 // layer.groups, *layer.kernel)
    return x, weight, convref_conv(layer, x, weight, same)


def convref_conv(layer: Layer, x: np.ndarray, weight: np.ndarray, same: bool) -> np.ndarray:
    """A convolution, after TensorFlow's SAME if it is wanted."""
    if same:
        x = convref.pad(x, tensorflow_same(*layer[:4]))
    out: np.ndarray = getattr(convref, f"conv{layer.rank}d")(x, weight, **layer.options)
    return out


def depthwise(layer: Layer, same: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A depthwise layer with multiplier 2."""
    layer = layer._replace(groups=4)
    x, weight = integers(2, 4, *layer.sizes), integers(8, 1, *layer.kernel)
    return x, weight, convref_conv(layer, x, weight, same)


def transposed(layer: Layer, same: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A transposed layer with TensorFlow's SAME, or with VALID as TensorFlow and JAX have it.

    There, VALID leaves no gap behind a kernel that is shorter than the stride.
    """
    x = integers(2, 4, *layer.sizes)
    weight = integers(4, 6 // layer.groups, *layer.kernel)
    if same:
        return x, weight, cut(layer, x, weight, transposed="tensorflow")
    function = getattr(convref, f"conv_transpose{layer.rank}d")
    return x, weight, function(x, weight, output_padding=gaps(layer), **layer.options)


def cut(layer: Layer, x: np.ndarray, weight: np.ndarray, **options: Any) -> np.ndarray:
    """A transposed layer with SAME, as `tensorflow_same` describes it."""
    whole = getattr(convref, f"conv_transpose{layer.rank}d")(x, weight, **layer.options)
    return convref.pad(whole, tensorflow_same(*layer[:4], **options))


def lines(sizes: Any, kernels: Any, strides: Any, dilations: Any) -> list[Layer]:
    """Layers of one axis, all combinations; a kernel of one cell has no dilation."""
    return [
        Layer((n,), (k,), (s,), (d,))
        for n, k, s, d in itertools.product(sizes, kernels, strides, dilations)
        if k > 1 or d == 1
    ]


def gaps(layer: Layer) -> list[int]:
    """Cells that the stride leaves between kernels that are shorter."""
    return [
        max(0, s - d * (k - 1) - 1)
        for k, s, d in zip(layer.kernel, layer.stride, layer.dilation, strict=True)
    ]


def ported(
    weight: np.ndarray, framework: Framework, kind: Kind = "conv", groups: int = 1
) -> np.ndarray:
    """A weight in the framework's order, from which the way back leads to this one."""
    there = convert_weight(weight, "torch", framework, kind=kind, groups=groups)
    back = convert_weight(there, framework, "torch", kind=kind, groups=groups)
    np.testing.assert_array_equal(back, weight)
    return there
