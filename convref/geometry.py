"""Sizes and positions along one axis: the only home of the size formula.

Pure integers, no arrays. Everything that convref computes, refuses or draws is derived from here.
Arguments are expected to have been checked (`convref.checks` does that at every public door).
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from convref.modes import COPIES

__all__ = [
    "Axis",
    "output_size",
    "padded_size",
    "position",
    "reach",
    "resolve",
    "same_padding",
    "source",
]

Pair: TypeAlias = tuple[int, int]
Pads: TypeAlias = Sequence[Pair] | Literal["same", "valid"]


class Axis(NamedTuple):
    """One spatial axis of a convolution: all that decides its output size.

    Attributes
    ----------
    size : int
        Cells of the input along this axis.
    kernel : int
        Taps of the kernel along this axis.
    stride : int
        Cells from one window to the next.
    dilation : int
        Cells from one tap of a window to the next.
    before : int
        Padding cells in front of the first input cell.
    after : int
        Padding cells behind the last input cell.

    Examples
    --------
    >>> from convref.geometry import Axis, output_size
    >>> output_size(Axis(size=5, kernel=3, stride=2, before=1, after=1))
    3
    """

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0


def reach(kernel: int, dilation: int) -> int:
    """Cells from the first tap to the last, both included: ``dilation * (kernel - 1) + 1``."""
    return dilation * (kernel - 1) + 1


def padded_size(axis: Axis) -> int:
    """Cells after padding: ``before + size + after``."""
    return axis.before + axis.size + axis.after


def output_size(axis: Axis) -> int:
    """Number of windows that fit: ``floor((padded - reach) / stride) + 1``.

    This is the formula of `torch.nn.Conv2d`'s documentation (PyTorch 2.13); floor means that cells
    which the last whole window does not touch are dropped.
    """
    return (padded_size(axis) - reach(axis.kernel, axis.dilation)) // axis.stride + 1


def cells_read(axis: Axis, outputs: int) -> int:
    """Padded cells from the first to the last that so many neighbouring windows read."""
    return (outputs - 1) * axis.stride + reach(axis.kernel, axis.dilation)


def same_padding(kernel: int, dilation: int) -> Pair:
    """Padding that keeps the size at stride 1; an odd total puts the extra cell at the end."""
    total = reach(kernel, dilation) - 1
    return total // 2, total - total // 2


def same_padding_tensorflow(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """TensorFlow's SAME: the least padding with which the output has ``ceil(size / stride)`` cells.

    An odd total puts the extra cell at the end. With stride 1 this is `same_padding`; with a larger
    stride it depends on the size. The formula is in "Notes on padding" of `tf.nn`
    (TensorFlow 2.21), where the filter's size is what is called reach here.
    """
    windows = -(-size // stride)
    total = max(0, (windows - 1) * stride + reach(kernel, dilation) - size)
    return total // 2, total - total // 2


def same_cut(axis: Axis, extra: int, outputs: int, first: bool) -> Pair:
    """What SAME adds to the output of a transposed convolution without padding; negatives crop.

    Of the cells, and of `extra` (output_padding) behind them, as many are cut off as are more than
    `outputs`; an odd number cuts the extra one from the end, or from the beginning if `first`.
    """
    whole = output_size(as_convolution(axis, 0))
    total = max(0, whole + extra - outputs)
    before = min(whole, total - total // 2 if first else total // 2)
    return -before, outputs - whole + before


def resolve(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Pads,
    dilation: Sequence[int],
) -> tuple[Axis, ...]:
    """Turn per-axis parameters into one `Axis` each.

    `padding` is 'same', 'valid', or a pair (before, after) for each axis.
    """
    if padding == "same":
        pads = [same_padding(k, d) for k, d in zip(kernel, dilation, strict=True)]
    elif padding == "valid":
        pads = [(0, 0)] * len(sizes)
    else:
        pads = [(before, after) for before, after in padding]
    return tuple(
        Axis(n, k, s, d, before, after)
        for n, k, s, d, (before, after) in zip(sizes, kernel, stride, dilation, pads, strict=True)
    )


def position(axis: Axis, output: int, tap: int) -> int:
    """Where a tap of one window looks: 0 is the first input cell, negatives lie in the padding."""
    return output * axis.stride + tap * axis.dilation - axis.before


def source(position: int, size: int, mode: str) -> int | None:
    """Index of the input cell shown at a position, or None where the padding is a constant.

    What each mode shows is said in `convref.pad`.
    """
    if mode in COPIES:
        return COPIES[mode].source(position, size)
    return position if 0 <= position < size else None


def runs(size: int, pair: Pair, mode: str) -> list[tuple[slice, slice]]:
    """Where the cells of a padded axis come from: (target, source), each a straight run of cells.

    A source of one cell fills its whole target; where the padding is a constant there is no run.
    Negative pads crop: most modes go on reading by index from the whole input, as PyTorch does,
    others see only what cropping leaves.
    """
    before, after = pair
    first, last = 0, size
    if mode in COPIES and COPIES[mode].cropped:
        first, last = max(0, -before), min(size, size + after)
    ends = [min(max(edge, -before), size + after) for edge in (-before, first, last, size + after)]
    found = []
    for start, stop in pairwise(ends):
        if start < stop:
            cells = [source(at - first, last - first, mode) for at in (start, stop - 1)]
            if None not in cells:
                a, b = (first + cell for cell in cells if cell is not None)
                back = slice(a, b - 1 if b else None, -1)
                read = back if b < a else slice(a, b + 1)
                found.append((slice(start + before, stop + before), read))
    return found


def bounded(axis: Axis) -> Axis:
    """The same windows, with no step longer than the padded axis.

    Of a single window, or a single tap, nobody takes the next step, however long it is.
    """
    cells = padded_size(axis)
    return axis._replace(stride=min(axis.stride, cells), dilation=min(axis.dilation, cells))


def group_channels(output: int, in_channels: int, out_channels: int, groups: int) -> range:
    """Input channels that one output channel sees: those of its group."""
    width = in_channels // groups
    first = output // (out_channels // groups) * width
    return range(first, first + width)


def as_convolution(axis: Axis, extra: int) -> Axis:
    """The axis of a transposed convolution, seen as an ordinary one over a zero-stuffed input.

    Between two cells stand stride - 1 zeros; windows then step by 1. The padding becomes
    reach - 1 - padding on each side, and `extra` (output_padding) cells more at the end; below
    zero it crops. So `output_size` of this axis is the transposed size
    (size - 1) · stride - before - after + reach + extra.
    """
    edge = reach(axis.kernel, axis.dilation) - 1
    size = (axis.size - 1) * axis.stride + 1
    return Axis(size, axis.kernel, 1, axis.dilation, edge - axis.before, edge - axis.after + extra)


def uncropped(axis: Axis, extra: int) -> int:
    """Cells of a transposed convolution's output before the padding is taken away."""
    return axis.before + output_size(as_convolution(axis, extra)) + axis.after


def gathered(axis: Axis, extra: int) -> Axis:
    """The axis along which a convolution reads what a transposed one has written.

    Its input is the output of the transposed convolution, padded where that was cropped; of the
    `extra` cells at the end no window was written, so none is read. So it gives back the cells
    that the transposed convolution had.
    """
    return axis._replace(size=output_size(as_convolution(axis, extra)), after=axis.after - extra)


def dropped_cells(axis: Axis) -> int:
    """Padded cells behind the last whole window: what floor in the size formula drops."""
    return (padded_size(axis) - reach(axis.kernel, axis.dilation)) % axis.stride


def feeds(axis: Axis, output: int) -> list[Pair]:
    """The (cell, tap) pairs that a transposed convolution adds into one output cell.

    The inverse of `position`: exactly the pairs with ``position(axis, cell, tap) == output``, in
    the order of the cells, some of which may lie outside the input.
    """
    found = []
    for tap in reversed(range(axis.kernel)):
        cell, rest = divmod(output - position(axis, 0, tap), axis.stride)
        if rest == 0:
            found.append((cell, tap))
    return found


def seen(axis: Axis, outputs: Iterable[int], transposed: bool) -> set[int]:
    """Positions of the input that a set of output cells depends on: the receptive field's step."""
    if transposed:
        return {cell for output in outputs for cell, _ in feeds(axis, output)}
    return {position(axis, output, tap) for output in outputs for tap in range(axis.kernel)}


def parameters(weight: Sequence[int], bias: int) -> int:
    """Learnable numbers: the cells of a weight of this shape, and `bias` more."""
    return math.prod(weight) + bias


def products(weight: Sequence[int], windows: Sequence[int]) -> int:
    """Multiplications (MACs): every number of the weight is used once in every window.

    The windows of a convolution are the cells of one output channel; those of a transposed one
    the cells of one input channel. Products with padding, and those cropped away, are counted.
    """
    return math.prod(weight) * math.prod(windows)


def written_size(axis: Axis) -> str:
    """The size formula with the numbers of an axis in it."""
    n = axis
    return (
        f"floor(({n.before} + {n.size} + {n.after} - {n.dilation} * ({n.kernel} - 1) - 1)"
        f" / {n.stride}) + 1"
    )


def written_transposed_size(axis: Axis, extra: int) -> str:
    """The size formula of a transposed convolution with the numbers of an axis in it."""
    n = axis
    return (
        f"({n.size} - 1) * {n.stride} - {n.before} - {n.after}"
        f" + {n.dilation} * ({n.kernel} - 1) + {extra} + 1"
    )
