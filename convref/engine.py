"""Windows of a padded input, and their contraction with the weights."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convref.checks import Array
from convref.geometry import Axis, reach


def windows(padded: Array, axes: Sequence[Axis]) -> Array:
    """View (N, C, *padded) as (N, C, *out, *kernel): every window, no cell copied."""
    rank = len(axes)
    spatial = tuple(range(2, 2 + rank))
    view = sliding_window_view(padded, [reach(a.kernel, a.dilation) for a in axes], spatial)
    starts = [slice(None, None, a.stride) for a in axes]
    taps = [slice(None, None, a.dilation) for a in axes]
    return view[:, :, *starts, *taps]  # (N, C, *out, *kernel)


def contract(view: Array, weight: Array, groups: int) -> Array:
    """Sum (N, C, *out, *kernel) times (O, C / groups, *kernel) over channels and taps.

    Returns
    -------
    ndarray, shape (N, O, *out), in the dtype of `view`
        Each group is one tensor product. float16 is summed in float32, as PyTorch does on a CPU.
    """
    rank = weight.ndim - 2
    wide = np.float32 if view.dtype == np.float16 else view.dtype
    of_view = (1, *range(2 + rank, 2 + 2 * rank))
    of_weight = tuple(range(1, 2 + rank))
    parts = [
        np.tensordot(v.astype(wide, copy=False), w.astype(wide, copy=False), (of_view, of_weight))
        for v, w in zip(np.split(view, groups, 1), np.split(weight, groups), strict=True)
    ]  # groups times (N, *out, O / groups)
    return np.moveaxis(np.concatenate(parts, -1), -1, 1)


def turn(weight: Array, groups: int) -> Array:
    """(C, O / groups, *kernel) <-> (O, C / groups, *kernel), each slice turned by 180 degrees."""
    channels, per_group, *kernel = weight.shape
    split = weight.reshape(groups, channels // groups, per_group, *kernel)
    swapped = split.swapaxes(1, 2).reshape(groups * per_group, channels // groups, *kernel)
    return np.flip(swapped, tuple(range(2, swapped.ndim)))
