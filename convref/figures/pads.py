"""`padding` and `padding-modes`: which cell of the input each cell around it shows."""

from itertools import product

from convref import checks
from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import Plan, Values, cell_width, counted, input_cells, plan, sized
from convref.figures.svg import CELL, Box, Canvas, Grid, Index
from convref.messages import refuse
from convref.types import Ints, Numbers, Padding, PaddingMode

__all__ = ["padding", "padding_modes"]


@kind
def padding(
    *,
    size: Ints | None = None,
    padding: Padding = 1,
    mode: PaddingMode = "zeros",
    at: Ints | None = None,
    input: Numbers | None = None,
) -> Canvas:
    """An input of one axis or two and its padding, tied to the cells that it shows.

    In two axes one position is tied, `at`, such as [-1, 2]. Without `input` cells are numbered.
    """
    size, data = sized("padding", "size", size, input)
    rank = len(size) if isinstance(size, list | tuple) else 1
    the = plan("padding", size, [1] * rank, padding=padding, mode=mode)
    canvas = Canvas()
    if rank == 1:
        padded_row(canvas, the, 0, data)
        return canvas
    where = tuple(along[0] for along in the.padded())
    if at is not None:
        where = padded_position(at, the)
    values = data or counted(input_cells(the))
    field = Grid(0, 0, the.padded(), cell_width(values))
    parts.padded_input(canvas, field, the, values, lit=False)
    canvas.rectangle(field.around(product(*input_cells(the))), "cf-edge")
    cell = the.shows(where)
    if cell is not None and the.role(where) == "padding":
        canvas.rectangle(field.cell(where), "cf-window")
        canvas.rectangle(field.cell(cell), "cf-window", data_from=where, data_to=cell)
    return canvas


def padded_position(at: object, the: Plan) -> Index:
    """A position inside the padded input; negative ones lie in front of it."""
    along = the.padded()
    where = checks.integers("at", at, len(along), -(2**63))
    for place, (index, positions) in enumerate(zip(where, along, strict=True)):
        if index not in positions:
            least, most = positions[0], positions[-1]
            refuse("figure position", place=place, least=least, most=most, received=index)
    return where


def padded_row(canvas: Canvas, the: Plan, top: float, data: Values | None) -> float:
    """One padded 1-D input, an arc from each padding cell to what it shows; its lower edge."""
    values = data or counted(input_cells(the))
    field = Grid(0, top, the.padded(), cell_width(values))
    parts.padded_input(canvas, field, the, values, lit=False)
    canvas.rectangle(field.around(product(*input_cells(the))), "cf-edge")
    for where in field.indices():
        cell = the.shows(where)
        if cell is not None and the.role(where) == "padding":
            start, end = field.cell(where).middle[0], field.cell(cell).middle[0]
            arc(canvas, start, end, top + CELL + 3, data_from=where, data_to=cell)
    return top + CELL


def arc(canvas: Canvas, start: float, end: float, y: float, **data: object) -> None:
    """Half an ellipse below a row, with an arrowhead at its end."""
    left, wide = min(start, end), abs(end - start)
    deep = 5 + wide / 6
    box = Box(left, y, wide, deep + 1)  # the head is narrower than a cell
    sweep = 0 if end > start else 1
    canvas.path(box, ("M", start, y, "A", wide / 2, deep, 0, 0, sweep, end, y), "cf-arc", **data)
    canvas.path(box, ("M", end, y - 2, "l", -3, 6, "h", 6, "z"), "cf-head")


@kind
def padding_modes(
    *, size: Ints | None = None, padding: Padding = 2, input: Numbers | None = None
) -> Canvas:
    """Every mode on one 1-D input, one under the other."""
    size, data = sized("padding-modes", "size", size, input)
    canvas = Canvas()
    top = 0.0
    for mode in checks.MODES:
        the = plan("padding-modes", size, 1, padding=padding, mode=mode, ranks=(1,))
        canvas.line_of_text(0, top + 8, mode, "cf-muted")
        top = padded_row(canvas, the, top + 22, data) + (14 if mode == "zeros" else 42)
    return canvas
