"""Convolution written out as the textbook's sum: slow, short, and the oracle of everything else."""

from collections.abc import Sequence

import numpy as np

from convref.checks import Array
from convref.geometry import Axis, output_size, position, source


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
            if None not in cell:
                out[:, o, *p] += weight[o, c, *t] * input[:, first + c, *cell]
        if bias is not None:
            out[:, o, *p] += bias[o]
    return out
