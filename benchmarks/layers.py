"""What is measured: fourteen layers of well-known networks, and layers that grow along one axis."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from convref.geometry import Axis, dropped_cells, output_size, products, resolve


class Layer(NamedTuple):
    """A 2-D convolution on square images: sizes and parameters."""

    N: int
    C: int
    side: int
    O: int  # noqa: E741
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def __str__(self) -> str:
        """Such as `3×224² → 64, 7×7, s2`; s, g and n are stride, groups and images if not 1."""
        rest = {"s": self.stride, "g": self.groups, "n": self.N}
        more = "".join(f", {letter}{value}" for letter, value in rest.items() if value > 1)
        return f"{self.C}×{self.side}² → {self.O}, {self.kernel}×{self.kernel}{more}"

    @property
    def axis(self) -> Axis:
        """Either spatial axis."""
        pads = [(self.padding, self.padding)]
        return resolve((self.side,), (self.kernel,), (self.stride,), pads, (1,))[0]

    @property
    def input(self) -> tuple[int, ...]:
        return self.N, self.C, self.side, self.side

    @property
    def weight(self) -> tuple[int, ...]:
        return self.O, self.C // self.groups, self.kernel, self.kernel

    @property
    def output(self) -> tuple[int, ...]:
        return self.N, self.O, *[output_size(self.axis)] * 2

    @property
    def output_padding(self) -> int:
        """What gives the input's size back when the layer is transposed."""
        return dropped_cells(self.axis)

    @property
    def products(self) -> int:
        """For one image."""
        return products(self.weight, self.output[2:])

    def part(self, limit: float) -> "Layer":
        """The layer, or where it needs more products, fewer of its kernels and a smaller image."""
        small = self
        if small.products > limit and self.groups == 1:
            small = small._replace(O=max(1, int(limit * self.O // self.products)))
        elif small.products > limit:
            groups = max(1, int(limit * self.groups // self.products))
            C, O = (n // self.groups * groups for n in (self.C, self.O))  # noqa: E741
            small = small._replace(C=C, O=O, groups=groups)
        while small.products > limit and small.side // 2 >= small.kernel:
            small = small._replace(side=small.side // 2)
        return small


class Operands(NamedTuple):
    """The numbers that a layer is given."""

    x: np.ndarray
    weight: np.ndarray
    grad: np.ndarray  # of the output; the input of the transposed layer

    @classmethod
    def of(cls, layer: Layer, seed: int = 0) -> "Operands":
        numbers = np.random.default_rng(seed)
        shapes = layer.input, layer.weight, layer.output
        return cls(*(numbers.standard_normal(shape, np.float32) for shape in shapes))


LAYERS: Final = (
    Layer(1, 3, 224, 64, 7, 2, 3),
    Layer(1, 64, 56, 64, 3, 1, 1),
    Layer(1, 64, 56, 256, 1),
    Layer(1, 128, 28, 128, 3, 1, 1),
    Layer(1, 256, 14, 256, 3, 1, 1),
    Layer(1, 512, 7, 512, 3, 1, 1),
    Layer(1, 256, 56, 512, 1, 2),
    Layer(1, 96, 56, 96, 3, 1, 1, 96),
    Layer(1, 384, 14, 384, 3, 2, 1, 384),
    Layer(1, 128, 56, 128, 7, 1, 3, 128),
    Layer(1, 128, 28, 128, 3, 1, 1, 32),
    Layer(8, 64, 56, 64, 3, 1, 1),
    Layer(16, 1, 28, 32, 3, 1, 0),
    Layer(1, 3, 512, 16, 3, 2, 1),
)

# What grows -> the layers, each named by its number.
SCALING: Final[Mapping[str, Mapping[int, Layer]]] = {
    "batch": {n: Layer(n, 64, 28, 64, 3, 1, 1) for n in (1, 2, 4, 8, 16, 32)},
    "channels": {c: Layer(1, c, 28, c, 3, 1, 1) for c in (8, 32, 128, 512)},
    "side": {s: Layer(1, 3, s, 8, 3, 1, 1) for s in (32, 128, 512, 2048, 4096)},
    "kernel": {k: Layer(1, 16, 64, 16, k, 1, k // 2) for k in (3, 7, 15, 31)},
    "kernel, depthwise": {k: Layer(1, 64, 56, 64, k, 1, k // 2, 64) for k in (3, 7, 15, 31)},
}


def small(layer: Layer) -> Layer:
    """A layer of the same kind that takes no time, to see whether everything works."""
    cut = min(4, layer.groups) / layer.groups if layer.groups > 1 else min(1, 8 / layer.C)
    C, O = (max(1, int(n * cut)) for n in (layer.C, layer.O))  # noqa: E741
    groups = min(4, layer.groups)
    side = max(layer.kernel, min(layer.side, 10))
    return layer._replace(N=min(layer.N, 2), C=C, O=O, groups=groups, side=side)
