"""Pieces that several figures share: inputs, windows, kernels, outputs, sizes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product

from convref.figures.plan import Plan, Values
from convref.figures.svg import Box, Canvas, Grid, Index, as_text

__all__: list[str] = []


def canvas_of(the: Plan) -> Canvas:
    """A canvas with a frame for each output cell that is shown."""
    return Canvas(the.moments(), the.at)


def padded_input(
    canvas: Canvas,
    grid: Grid,
    the: Plan,
    values: Values | None,
    lit: bool = True,
    zeros: bool = True,
) -> None:
    """The input with its padding; cells under a tap stand out."""
    for where in grid.indices():
        role, cell = the.role(where), the.shows(where)
        canvas.rectangle(
            grid.cell(where),
            f"cf-{role}",
            data_position=where,
            data_input=cell if role == "input" else None,
            data_source=(cell or "") if role == "padding" else None,
        )
    if lit:
        for at in canvas.each(the.moments()):
            lit_window(canvas, grid, the, the.window(at))
    if values is not None:
        for where in grid.indices():
            cell = the.shows(where)
            if cell is not None or zeros:
                text = as_text(values[cell] if cell is not None else Decimal(0))
                muted = None if the.role(where) == "input" else "cf-muted"
                canvas.text(*grid.cell(where).middle, text, muted)


def lit_window(
    canvas: Canvas,
    grid: Grid,
    the: Plan,
    window: Mapping[Index, Index],
    leading: Index = (),
) -> None:
    """The cells that one output cell reads; with gaps between them each has an outline too."""
    for where, tap in window.items():
        box, class_ = grid.cell(where), lit(the.role(where[-len(the.axes) :]))
        canvas.rectangle(box, class_, data_tap=(*leading, *tap), data_reads=(*leading, *where))
        if any(axis.dilation > 1 for axis in the.axes):
            # Between gaps a colour alone would tell what is read.
            canvas.rectangle(box.grown(-3), "cf-mark", rx=3)


def lit(role: str) -> str:
    """The class of a cell that is read: what is no input keeps its dashes."""
    return "cf-tap" if role == "input" else f"cf-{role} cf-tap"


def weights(canvas: Canvas, grid: Grid, the: Plan, values: Values | None) -> None:
    """A kernel; its cells have round corners."""
    for tap in grid.indices():
        weight_cell(canvas, grid.cell(tap), the.weight(tap), values, the.gathers is not None)


def weight_cell(
    canvas: Canvas, box: Box, weight: Index, values: Values | None, output: bool = False
) -> None:
    """One number of a kernel; where an output's gradient takes its place, in that colour."""
    if output:
        canvas.rectangle(box, "cf-output", data_weight=weight)
    else:
        canvas.rectangle(box.grown(-1), "cf-weight", rx=5, data_weight=weight)
    if values is not None:
        canvas.text(*box.middle, as_text(values[weight]))


def outputs(canvas: Canvas, grid: Grid, values: Values | None, kernel: bool = False) -> None:
    """The output, or a kernel that is computed."""
    for index in grid.indices():
        if kernel:
            canvas.rectangle(grid.cell(index).grown(-1), "cf-weight", rx=5, data_output=index)
        else:
            canvas.rectangle(grid.cell(index), "cf-output", data_output=index)
    if values is not None:
        for index in grid.indices():
            canvas.text(*grid.cell(index).middle, as_text(values[index]))


def now(canvas: Canvas, grid: Grid, at: Index) -> None:
    """The output cell in question has a thick outline."""
    canvas.rectangle(grid.cell(at), "cf-now", data_now=at)


def sizes(canvas: Canvas, box: Box, shape: Sequence[int]) -> None:
    """The size of a grid, under it."""
    canvas.text(box.middle[0], box.y + box.height + 16, "×".join(map(str, shape)), "cf-muted")


def slices(canvas: Canvas, plane: Grid, leading: Index) -> None:
    """One 2-D slice of a kernel, cells without numbers."""
    for tap in plane.indices():
        canvas.rectangle(plane.cell(tap), "cf-weight", rx=4, data_weight=(*leading, *tap))


def flat_outputs(canvas: Canvas, plane: Grid, at: Index | None, leading: Index) -> None:
    """One output plane, cells without numbers."""
    for index in plane.indices():
        canvas.rectangle(plane.cell(index), "cf-output", data_output=(*leading, *index))
    if at is not None:
        canvas.rectangle(plane.cell(at), "cf-now", data_now=(*leading, *at))


def all_windows(the: Plan) -> Iterator[tuple[Index, dict[Index, Index]]]:
    """Every output cell with its window."""
    for at in product(*the.outputs()):
        yield at, the.window(at)
