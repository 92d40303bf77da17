"""`field-position`: where in the input the field of each output cell lies, or beyond it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise, product
from typing import Literal

from convref.figures.fields import chosen, stack, traced
from convref.figures.figure import kind
from convref.figures.plan import Plan, refuse_more_than, switch
from convref.figures.svg import CELL, Box, Canvas, Grid, as_text
from convref.geometry import position
from convref.types import Ints, Padding

__all__ = ["field_position"]

ROW = 18  # from one output cell to the next
OUTPUTS = 24  # of one figure
WIDE = 48  # cells, with those beyond the input


@kind
def field_position(
    *,
    size: int,
    kernels: Sequence[int] = (3, 3),
    strides: int | Sequence[int] = 1,
    paddings: int | Literal["same", "valid"] | Sequence[Padding] = 0,
    dilations: int | Sequence[int] = 1,
    at: Ints | None = None,
    animate: bool = False,
) -> Canvas:
    """The receptive fields of all output cells, one line each, under the cells of the input.

    The parameters are those of `receptive-field`, with a single axis. A square stands at each input
    cell that the output cell depends on, a full one in the middle of the field; where the field
    sticks out of the input, its line is dashed. The field of the output cell `at` is framed.
    """
    layers = stack("field-position", size, kernels, strides, paddings, dilations, ranks=(1,))
    (outputs,) = layers[-1].outputs()
    refuse_more_than(len(outputs), OUTPUTS, "output cells")
    (axis,) = layers[0].axes
    inside = range(axis.size)
    first, last = ends(layers, outputs[0])[0], ends(layers, outputs[-1])[1]
    along = range(first, max(last + 1, len(inside)))
    refuse_more_than(len(along), WIDE, "cells with those beyond the input")
    cell = chosen(layers, at)
    moments = list(product(outputs)) if switch("animate", animate) else [cell]
    canvas = Canvas(moments, cell)
    field = Grid(0, 0, (along,))
    for (i,) in field.indices():
        role = "input" if i in inside else "padding"
        canvas.rectangle(field.cell((i,)), f"cf-{role}", data_position=i)
        canvas.text(
            *field.cell((i,)).middle, as_text(Decimal(i)), None if i in inside else "cf-muted"
        )
    for t in outputs:
        line(canvas, field, layers, t, inside)
    for (t,) in canvas.each(moments):
        box = field.span(*((each,) for each in ends(layers, t)))
        canvas.rectangle(box, "cf-window", data_window=t)
    return canvas


def ends(layers: Sequence[Plan], output: int) -> tuple[int, int]:
    """The first and the last position of a field, whether the input reaches as far or not."""
    first = last = output
    for layer in reversed(layers):
        (axis,) = layer.axes
        first, last = position(axis, first, 0), position(axis, last, axis.kernel - 1)
    return first, last


def line(canvas: Canvas, field: Grid, layers: list[Plan], output: int, inside: range) -> None:
    """One output cell: its number, its field from end to end, what it reads, the middle."""
    y = CELL + 16 + output * ROW
    first, last = ends(layers, output)
    x = [field.cell((each,)).middle[0] for each in (first, last)]
    edges = field.cell((inside[0],)).x, field.cell((inside[-1],)).x + CELL
    stops = [x[0], *(min(max(edge, x[0]), x[1]) for edge in edges), x[1]]
    canvas.text(x[0] - 16, y, as_text(output), "cf-muted")
    for part, (start, end) in enumerate(pairwise(stops)):
        if start < end:
            class_ = "cf-tie" if part == 1 else "cf-tie cf-later"
            canvas.line((start, y), (end, y), class_, data_line=(output, first, last))
    for (read,) in sorted(traced(layers, (output,))[0].depended):
        if read in inside:
            middle = field.cell((read,)).middle[0]
            canvas.rectangle(Box(middle - 5, y - 5, 10, 10), "cf-dot", data_reads=(output, read))
    middle = (x[0] + x[1]) / 2
    canvas.rectangle(Box(middle - 4, y - 4, 8, 8), "cf-head", data_middle=(output, first + last))
