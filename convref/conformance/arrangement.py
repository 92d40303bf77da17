"""Arrays in the order in which other libraries, compilers and accelerators keep them."""

from typing import Final

import numpy as np

from convref.conformance.suite import Case
from convref.types import Array

__all__: list[str] = []

# Channels in a block; 0 where they are not cut into blocks.
LAYOUTS: Final = {
    "nchw": 0,  # PyTorch and ONNX: input NCHW, weight OIHW
    "nhwc": 0,  # TensorFlow and Keras: input NHWC, weight HWIO
    "nhwc-ohwi": 0,  # TFLite and CUTLASS: input NHWC, weight OHWI
    "nchw4c": 4,  # oneDNN, TVM and accelerators: input NCHW4c, weight OIHW4i4o
    "nchw8c": 8,
    "nchw16c": 16,
}
LETTERS: Final = {1: "L", 2: "HW", 3: "DHW"}


def arranged(name: str, array: Array, case: Case, layout: str) -> tuple[Array, str]:
    """One of a case's arrays in a layout, and what its axes are; channels are padded with zeros."""
    if name == "weight":
        out, axes = weight(array, case, layout)
    elif name == "bias":
        out, axes = whole_blocks(array, 0, LAYOUTS[layout]), "O"
    elif name == "columns":
        out, axes = columns(array, layout)
    else:
        out, axes = activation(array, layout)
    return np.ascontiguousarray(out), axes


def whole_blocks(array: Array, axis: int, block: int) -> Array:
    """As many zeros more as a last block needs."""
    missing = -array.shape[axis] % block if block else 0
    sides = [(0, missing if each == axis else 0) for each in range(array.ndim)]
    return np.pad(array, sides)


def activation(array: Array, layout: str) -> tuple[Array, str]:
    """(N, C, ...) with the channels last, or in blocks that stand last."""
    letters, block = LETTERS[array.ndim - 2], LAYOUTS[layout]
    if block:
        full = whole_blocks(array, 1, block)
        N, C, *sizes = full.shape
        cut = full.reshape(N, C // block, block, *sizes)
        return np.moveaxis(cut, 2, -1), f"NC{letters}{block}c"
    if layout == "nchw":
        return array, f"NC{letters}"
    return np.moveaxis(array, 1, -1), f"N{letters}C"


def restored(array: Array, layout: str, channels: int) -> tuple[Array, Array]:
    """(N, C, ...) from what `activation` gives, and the channels that only fill a block."""
    if LAYOUTS[layout]:
        cut = np.moveaxis(array, -1, 2)
        N, blocks, block, *sizes = cut.shape
        full = cut.reshape(N, blocks * block, *sizes)
        return full[:, :channels], full[:, channels:]
    out = array if layout == "nchw" else np.moveaxis(array, -1, 1)
    return out, out[:, channels:]


def weight(array: Array, case: Case, layout: str) -> tuple[Array, str]:
    """PyTorch's OIHW, or IOHW of a transposed convolution; I or O is of one group there."""
    letters, block, groups = LETTERS[case.rank], LAYOUTS[layout], case.groups
    named = ("IO" if case.transposed else "OI") + letters
    spatial = range(2, array.ndim)
    if block:
        first, second, *kernel = array.shape
        grouped = array.reshape(groups, first // groups, second, *kernel)
        if case.transposed:
            grouped = np.swapaxes(grouped, 1, 2)
        full = whole_blocks(whole_blocks(grouped, 1, block), 2, block)
        outs, ins = (n // block for n in full.shape[1:3])
        cut = full.reshape(groups, outs, block, ins, block, *kernel)
        out = np.moveaxis(cut, (2, 4), (-1, -2))  # (groups, O / c, I / c, *kernel, i, o)
        axes = f"OI{letters}{block}i{block}o"
        return (out, f"g{axes}") if groups > 1 else (out[0], axes)
    if layout == "nchw":
        order = tuple(range(array.ndim))
    elif layout == "nhwc":
        order = (*spatial, 1, 0)
    else:
        order = (1, *spatial, 0) if case.transposed else (0, *spatial, 1)
    return array.transpose(order), "".join(named[axis] for axis in order)


def columns(array: Array, layout: str) -> tuple[Array, str]:
    """(N, C, taps, cells) as the matrix by which the weight of the same layout is multiplied."""
    N, C, taps, cells = array.shape
    block = LAYOUTS[layout]
    if block:
        full = whole_blocks(array, 1, block)
        cut = full.reshape(N, -1, block, taps, cells).swapaxes(2, 3)
        return cut.reshape(N, -1, cells), f"N, (C / {block}, taps, {block}c), cells"
    if layout == "nchw":
        return array.reshape(N, C * taps, cells), "N, (C, taps), cells"
    return array.transpose(0, 3, 2, 1).reshape(N, cells, taps * C), "N, cells, (taps, C)"
