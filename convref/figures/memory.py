"""`layouts`: in which order frameworks keep the same numbers in memory."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from convref import checks
from convref.figures.figure import kind
from convref.figures.plan import refuse_more_than, wrong_axes
from convref.figures.svg import CELL, Box, Canvas, Grid, Index, as_text
from convref.layouts import Framework, convert_activation, convert_weight
from convref.messages import refuse
from convref.types import Array

__all__ = ["layouts"]

LONG = 48  # cells of one strip
WIDE = 24  # a strip of more is broken
FILLS = ("input", "weight", "output", "tap")


@kind
def layouts(
    *,
    input: Sequence[int] | None = None,
    weight: Sequence[int] | None = None,
    at: Sequence[int] | None = None,
) -> Canvas:
    """The cells of an array in PyTorch's order and in TensorFlow's.

    `input` is a size (N, C, H, W), drawn as NCHW and NHWC; `weight` a size (O, C, H, W), drawn as
    OIHW and HWIO. Each cell bears its place in the first order; colours tell the channels apart,
    and so does the number of marks in a cell's corner. `at` is an index, whose cell is marked.
    """
    if (input is None) == (weight is None):
        refuse("figure needs", kind="layouts", name="either input or weight")
    name, size = ("input", input) if weight is None else ("weight", weight)
    if not isinstance(size, list | tuple) or len(size) != 4:
        wrong_axes("layouts", name, 4, size)
    shape = tuple(checks.integer(name, each, 1) for each in size)
    refuse_more_than(int(np.prod(shape)), LONG, "cells")
    refuse_more_than(shape[1], len(FILLS), "channels")
    chosen = None if at is None else checks.cell(at, shape, True)
    first = np.arange(np.prod(shape)).reshape(shape)
    second = converted(name, first)
    indices = list(product(*map(range, shape)))
    canvas = Canvas()
    spots: list[Box] = []
    y = 0.0
    for letters, array in zip(ORDERS[name], (first, second), strict=True):
        canvas.line_of_text(-44, y + CELL / 2, letters, "cf-muted")
        grid = strip(canvas, letters, array, indices, y)
        canvas.line_of_text(-44, y + CELL + 14, "×".join(map(str, array.shape)), "cf-muted")
        if chosen is not None:
            place = list(array.ravel()).index(first[chosen])
            spots.append(grid.cell(divmod(place, WIDE)))
        y = grid.box().y + grid.box().height + 52
    if spots:
        above, below = spots
        canvas.line(
            (above.middle[0], above.y + CELL), (below.middle[0], below.y), "cf-tie",
            data_link=chosen,
        )  # fmt: skip
        for box in spots:
            canvas.rectangle(box, "cf-window")
    return canvas


ORDERS = {"input": ("NCHW", "NHWC"), "weight": ("OIHW", "HWIO")}


def converted(name: str, array: Array) -> Array:
    """The same numbers as TensorFlow has them."""
    source: Framework = "torch"
    if name == "input":
        return convert_activation(array, source, "tensorflow")
    return convert_weight(array, source, "tensorflow")


def strip(canvas: Canvas, letters: str, array: Array, indices: list[Index], y: float) -> Grid:
    """Memory from its first cell to its last, broken into rows where it is long."""
    flat = [int(each) for each in array.ravel()]
    rows = -(-len(flat) // WIDE)
    grid = Grid(0, y, (range(rows), range(WIDE)), 20)
    for place, number in enumerate(flat):
        index = indices[number]
        box = grid.cell(divmod(place, WIDE))
        canvas.rectangle(
            box, f"cf-{FILLS[index[1]]}", data_place=f"{letters},{place}", data_index=index
        )
        canvas.text(box.middle[0], box.middle[1] + 3, as_text(number))
        for mark in range(index[1]):
            canvas.rectangle(Box(box.x + 3 + 5 * mark, box.y + 3, 3, 3), "cf-dot")
    return grid
