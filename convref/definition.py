"""Convolution written out as the textbook's sum: slow, short, and the oracle of everything else."""

from collections.abc import Sequence

import numpy as np

from convref.geometry import Axis, as_convolution, output_size, position, source
from convref.types import Array

__all__ = ["convolution", "transposed"]


def convolution(
    input: Array,
    weight: Array,
    bias: Array | None,
    axes: Sequence[Axis],
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """Convolve by the definition, one product at a time.

    ``out[n, o, p] = bias[o] + sum over c, t of weight[o, c, t] * input[n, first + c, at(p, t)]``
    where ``first`` is the first input channel of o's group, ``at`` is `convref.geometry.position`,
    and a position in the padding shows the cell that `convref.geometry.source` names (zero if it
    names none).

    Parameters
    ----------
    input : ndarray of shape (N, C, ...)
        Always with its batch axis. Nothing is checked here.
    weight : ndarray of shape (O, C / groups, ...)
        O kernels, one for each output channel.
    bias : ndarray of shape (O,), or None
        Added once to every cell of its output channel.
    axes : sequence of Axis
        One for each spatial axis, from `convref.geometry.resolve`.
    groups : int
        As in `convref.conv2d`.
    padding_mode : str
        As in `convref.conv2d`.

    Returns
    -------
    ndarray of shape (N, O, ...)
        Summed in the input's own dtype, in the order of the loops.
    """
    kernels, channels = weight.shape[:2]
    out = np.zeros((len(input), kernels, *map(output_size, axes)), input.dtype)
    for o, *p in np.ndindex(out.shape[1:]):
        first = o // (kernels // groups) * channels
        for c, *t in np.ndindex(weight.shape[1:]):
            where = [position(*at) for at in zip(axes, p, t, strict=True)]
            cell = [source(q, axis.size, padding_mode) for q, axis in zip(where, axes, strict=True)]
            shown = 0 if None in cell else input[:, first + c, *cell]
            out[:, o, *p] += weight[o, c, *t] * shown
        if bias is not None:
            out[:, o, *p] += bias[o]
    return out


def transposed(
    input: Array,
    weight: Array,
    bias: Array | None,
    axes: Sequence[Axis],
    extra: Sequence[int],
    groups: int = 1,
) -> Array:
    """Convolve transposed by the definition: every cell adds its products into the output.

    ``out[n, o, at(p, t)] += weight[c, o - first, t] * input[n, c, p]`` for every input channel c,
    output channel o of its group, cell p and tap t, where ``first`` is the group's first output
    channel and ``at`` is `convref.geometry.position`; what falls outside is dropped, and the bias
    is added at the end.

    Parameters
    ----------
    input : ndarray of shape (N, C, *sizes)
    weight : ndarray of shape (C, O / groups, *kernel)
    bias : ndarray of shape (O,), or None
    axes : sequence of Axis
        `size` is the input's, padding is what the output loses.
    extra : sequence of int
        Output padding of each axis.
    groups : int
        As in `convref.conv_transpose2d`. Nothing is checked here.

    Returns
    -------
    ndarray of shape (N, O, *output sizes)
    """
    per_group = weight.shape[1]
    sizes = [
        output_size(as_convolution(axis, more)) for axis, more in zip(axes, extra, strict=True)
    ]
    out = np.zeros((len(input), per_group * groups, *sizes), input.dtype)
    for c, *p in np.ndindex(input.shape[1:]):
        first = c // (len(weight) // groups) * per_group
        for o, *t in np.ndindex(weight.shape[1:]):
            cell = [position(*at) for at in zip(axes, p, t, strict=True)]
            if all(0 <= q < size for q, size in zip(cell, sizes, strict=True)):
                out[:, first + o, *cell] += weight[c, o, *t] * input[:, c, *p]
    if bias is not None:
        out += bias.reshape(-1, *[1] * len(axes))
    return out
