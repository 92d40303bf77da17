"""`size`: the size formula for one axis, with its arguments checked."""

from collections.abc import Sequence

from convref import checks
from convref.geometry import Pads, output_size, resolve
from convref.types import Padding

__all__ = ["size"]


def size(n: int, kernel: int, stride: int = 1, padding: Padding = 0, dilation: int = 1) -> int:
    """Output size of a convolution along one axis.

    Parameters
    ----------
    n : int
        Input size, at least 0.
    kernel : int
        Kernel size, at least 1.
    stride : int
        Cells from one window to the next, at least 1.
    padding : int, pair of int, 'same' or 'valid'
        Cells on each side; a pair (before, after) where the sides differ, or as in `conv1d`
        ``[(before, after)]``.
    dilation : int
        Cells from one tap of the kernel to the next, at least 1, which leaves none out.

    Returns
    -------
    int
        The number of windows:
        ``floor((before + n + after - dilation * (kernel - 1) - 1) / stride) + 1``, the formula of
        `torch.nn.Conv2d` (PyTorch 2.13).

    Raises
    ------
    TypeError
        An argument is no whole number.
    ValueError
        An argument is too small, or no window fits.

    Examples
    --------
    >>> from convref import size
    >>> size(224, 7, stride=2, padding=3)
    112
    >>> size(5, 3, stride=3, padding=1)
    2
    """
    cells, taps = checks.integer("n", n, 0), checks.integer("kernel", kernel, 1)
    strides = checks.integers("stride", stride, 1, 1)
    dilations = checks.integers("dilation", dilation, 1, 1)
    (axis,) = resolve([cells], [taps], strides, sides(padding, strides), dilations)
    checks.kernel_fits("n", axis)
    return output_size(axis)


def sides(value: object, stride: Sequence[int]) -> Pads:
    """Padding of a single axis, where (before, after) may stand without a list around it."""
    value = checks.listed(value)
    if isinstance(value, tuple | list) and len(value) == 2:
        before, after = (checks.integer("padding", each, 0) for each in value)
        return [(before, after)]
    return checks.pads(value, stride)
