"""Figures of convolution as plain SVG, language-free, drawn from `convref.geometry`.

No figure works out by itself which cell goes where: it asks `position`, `source` and `output_size`,
and writes the answer into the drawing twice, for eyes and as ``data-`` attributes for tests.
Colours are classes (``cf-...``); their values are in `convref.figures.style`.
"""

from collections.abc import Callable
from typing import Final

from convref import checks
from convref.figures.backward import gradient
from convref.figures.block import block
from convref.figures.channels import channels, groups
from convref.figures.columns import im2col
from convref.figures.dimensions import sentence, volume
from convref.figures.fields import receptive_field
from convref.figures.figure import Figure
from convref.figures.memory import layouts
from convref.figures.networks import stack
from convref.figures.pads import padding, padding_modes
from convref.figures.picture import picture
from convref.figures.positions import field_position
from convref.figures.spreading import transposed
from convref.figures.steps import dilation, stride
from convref.figures.windows import window

__all__ = [
    "KINDS",
    "Figure",
    "block",
    "channels",
    "dilation",
    "draw",
    "field_position",
    "gradient",
    "groups",
    "im2col",
    "layouts",
    "padding",
    "padding_modes",
    "picture",
    "receptive_field",
    "sentence",
    "stack",
    "stride",
    "transposed",
    "volume",
    "window",
]

KINDS: Final[dict[str, Callable[..., Figure]]] = {
    "window": window,
    "picture": picture,
    "padding": padding,
    "padding-modes": padding_modes,
    "stride": stride,
    "dilation": dilation,
    "groups": groups,
    "channels": channels,
    "block": block,
    "sentence": sentence,
    "volume": volume,
    "transposed": transposed,
    "gradient": gradient,
    "receptive-field": receptive_field,
    "field-position": field_position,
    "im2col": im2col,
    "layouts": layouts,
    "stack": stack,
}


def draw(kind: str, **parameters: object) -> Figure:
    """Draw a figure.

    Parameters
    ----------
    kind : str
        One of `KINDS`, such as 'window'. Each is a function of this module too.
    **parameters
        What the kind takes, as plain numbers, words, lists and arrays.

    Returns
    -------
    Figure
        A notebook shows it. ``svg`` holds one ``<svg>`` element for a page, ``standalone()`` the
        text of a file; the same bytes for the same arguments.

    Raises
    ------
    TypeError, ValueError
        An unknown kind or parameter, or parameters that a convolution refuses too.

    Examples
    --------
    >>> from convref.figures import draw
    >>> figure = draw("window", input=[1, 2, 3, 4], weight=[1, 0, 2], padding=1, at=1)
    >>> figure.svg.count("data-tap="), figure.svg.count("data-output=")
    (3, 4)
    >>> draw("window", size=[5, 5], kernel=3, animate=True).frames
    9
    """
    return KINDS[checks.word("figure", kind, tuple(KINDS))](**parameters)
