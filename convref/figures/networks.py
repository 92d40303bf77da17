"""`stack`: a network as one block for each shape that passes between its layers."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from convref import checks
from convref.cost import chain
from convref.figures.figure import kind
from convref.figures.plan import rank_of, refuse_more_than, wrong_axes
from convref.figures.svg import CHARACTER, Box, Canvas
from convref.types import Ints

__all__ = ["stack"]

LAYERS: Final = 16  # of one figure
SIDE: Final = 64.0  # of the largest size
LEAST: Final = 5.0  # of the smallest
BETWEEN: Final = 34  # rows, for the layer


@kind
def stack(*, input: Ints, layers: Sequence[str], linear: Sequence[int] = ()) -> Canvas:
    """The shape before and after every layer; the size is a block's face, channels its depth.

    `input` is the shape (C, L) or (C, H, W). `layers` are written as for `convref.cost.chain`.
    With `linear`, the last output is flattened and goes through linear layers, each with so many
    outputs. Faces are in proportion, down to a least size; depths grow by the logarithm.
    """
    rank = rank_of("stack", "input", input, (2, 3))
    shape = checks.integers("input", input, rank, 1)
    steps = chain(shape, layers)
    for step in steps:
        if len(step.axes) + 1 != rank:  # the chain takes the first axis for a batch
            wrong_axes("stack", "input", len(step.axes) + 1, input)
    if not isinstance(linear, list | tuple):
        checks.no_integer("linear", "a list of integers, one for each layer", linear)
    widths = [checks.integer("linear", each, 1) for each in linear]
    refuse_more_than(len(steps) + len(widths), LAYERS, "layers")
    shapes = [shape, *(step.output for step in steps)]
    names = [step.layer for step in steps]
    for name, features in flattened(math.prod(shapes[-1]), widths):
        names.append(name)
        shapes.append(features)
    largest = max(size for each in shapes for size in each[1:])
    blocks = [Face(each, largest) for each in shapes]
    wide = max(block.width + block.depth for block in blocks)
    canvas = Canvas()
    y = 0.0
    for number, block in enumerate(blocks):
        if number:
            canvas.text(wide / 2, y - BETWEEN / 2, "↓", "cf-sign")
            canvas.line_of_text(wide + 16, y - BETWEEN / 2, names[number - 1], "cf-muted")
        left = (wide - block.width - block.depth) / 2
        block.draw(canvas, left, y, "cf-output" if number else "cf-input", number)
        text = "×".join(map(str, block.shape))
        middle = y + (block.height + block.depth) / 2
        canvas.line_of_text(wide + 16, middle, text, "cf-strong")
        if len(block.shape) > 1:
            x = wide + 16 + CHARACTER * (len(text) + 1)
            canvas.line_of_text(x, middle, f"= {math.prod(block.shape)}", "cf-muted")
        y += block.height + block.depth + BETWEEN
    return canvas


def flattened(features: int, widths: Sequence[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The layers behind the last map, and what comes out of each."""
    if widths:
        yield "Flatten()", (features,)
    for before, after in zip([features, *widths], widths, strict=False):
        yield f"Linear({before}, {after})", (after,)


class Face:
    """How one shape is drawn: a row is one cell high, a list of features one cell alone."""

    def __init__(self, shape: tuple[int, ...], largest: int) -> None:
        self.shape = shape
        height, width = (1, 1, *shape[1:])[-2:]
        self.height, self.width = (max(LEAST, SIDE * n / largest) for n in (height, width))
        self.depth = 4 + 4 * math.log2(shape[0])

    def draw(self, canvas: Canvas, x: float, y: float, class_: str, number: int) -> None:
        """The block: its face in front, its depth to the right and up."""
        front = Box(x, y + self.depth, self.width, self.height)
        right, low, far = front.x + self.width, front.y + self.height, self.depth
        reach = front._replace(y=y)  # on the right stands text, further out
        top = ("M", x, front.y, "L", x + far, y, "L", right + far, y, "L", right, front.y, "Z")
        side = (
            *("M", right, front.y, "L", right + far, y),
            *("L", right + far, low - far, "L", right, low, "Z"),
        )
        for face in (top, side):
            canvas.path(reach, face, f"{class_} cf-wire")
        canvas.rectangle(front, class_, data_stage=number, data_shape=self.shape)
