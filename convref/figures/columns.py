"""`im2col`: windows as columns, kernels as rows, and their matrix product."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import (
    Plan,
    Values,
    cell_width,
    count,
    counted,
    input_cells,
    operands,
    plan,
    refuse_more_than,
)
from convref.figures.svg import CELL, Box, Canvas, Grid, Index, as_text
from convref.figures.windows import terms, total
from convref.types import Ints, Numbers, Padding

__all__ = ["im2col"]

APART = 16  # between matrices
COLUMNS = 36  # windows of one figure


@kind
def im2col(
    *,
    size: Ints | None = None,
    kernel: Ints | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    at: Ints = 0,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    out_channels: int = 1,
    animate: bool = False,
) -> Canvas:
    """Each window, written as a column, times each kernel, written as a row.

    The rows are left of the columns' product, the columns above it. Without values the columns
    hold the numbers of the input cells.
    """
    size, kernel, data, taps = operands("im2col", size, kernel, input, weight)
    the = plan("im2col", size, kernel, stride, padding, dilation, at=at, animate=animate)
    windows = list(parts.all_windows(the))
    refuse_more_than(len(windows), COLUMNS, "columns")
    outs = count("out_channels", out_channels, 4)
    numbers = data or counted(input_cells(the))
    results = None
    if data is not None and taps is not None and outs == 1:
        results = {o: total(terms(the, o, data, taps), None) for o, _ in windows}
    wide = cell_width(numbers, taps if outs == 1 else None, results)
    canvas = parts.canvas_of(the)
    all_taps = list(product(*the.taps()))
    field = Grid(0, 0, the.padded(), wide)
    rows, row_cells = range(len(all_taps)), range(len(windows))
    left = max(field.box().width, wide * len(rows)) + APART
    # Columns stand on the right; below them their products, with the kernels' rows on the left.
    top = max(0.0, (field.box().height - CELL * len(rows)) / 2)
    matrix = Grid(left, top, (rows, row_cells), wide)
    low = max(field.box().height, matrix.box().y + matrix.box().height) + APART
    kernels = Grid(left - APART - wide * len(rows), low, (range(outs), rows), wide)
    result = Grid(left, low, (range(outs), row_cells), wide)
    field = field._replace(x=(left - APART - field.box().width) / 2)
    parts.padded_input(canvas, field, the, numbers, zeros=data is not None)
    columns(canvas, the, matrix, windows)
    for o, place in kernels.indices():
        box = kernels.cell((o, place))
        tap = all_taps[place]
        canvas.rectangle(box.grown(-1), "cf-weight", rx=5, data_weight=(o, *tap))
        if taps is not None and outs == 1:
            canvas.text(*box.middle, as_text(taps[tap]))
    for o, place in result.indices():
        at, box = windows[place][0], result.cell((o, place))
        canvas.rectangle(box, "cf-output", data_output=(o, *at))
        if results is not None:
            canvas.text(*box.middle, as_text(results[at]))
    entries(canvas, the, matrix, windows, numbers, data is not None)
    for at in canvas.each(the.moments()):
        place = [o for o, _ in windows].index(at)
        canvas.rectangle(field.span(*the.ends(at)), "cf-window", data_window=at)
        canvas.rectangle(column(matrix, place), "cf-window", data_column=at)
        canvas.rectangle(column(result, place), "cf-now", data_now=at)
    return canvas


def columns(
    canvas: Canvas, the: Plan, matrix: Grid, windows: Sequence[tuple[Index, dict[Index, Index]]]
) -> None:
    """The matrix of windows; the column in question stands out."""
    for place, (at, window) in enumerate(windows):
        for row, (where, tap) in enumerate(window.items()):
            role = the.role(where)
            canvas.rectangle(
                matrix.cell((row, place)),
                f"cf-{role}",
                data_entry=(*tap, *at),
                data_holds=the.shows(where) if role == "input" else "",
            )
    for at in canvas.each(the.moments()):
        place = [o for o, _ in windows].index(at)
        for row, where in enumerate(the.window(at)):
            canvas.rectangle(matrix.cell((row, place)), parts.lit(the.role(where)))


def entries(
    canvas: Canvas,
    the: Plan,
    matrix: Grid,
    windows: Sequence[tuple[Index, dict[Index, Index]]],
    numbers: Values,
    zeros: bool,
) -> None:
    """The numbers in the matrix."""
    for place, (_, window) in enumerate(windows):
        for row, where in enumerate(window):
            cell = the.shows(where)
            if cell is not None or zeros:
                value = Decimal(0) if cell is None else numbers[cell]
                muted = "cf-muted" if cell is None else None
                canvas.text(*matrix.cell((row, place)).middle, as_text(value), muted)


def column(grid: Grid, place: int) -> Box:
    """One column of a matrix."""
    rows = grid.ranges[0]
    return grid.span((rows[0], place), (rows[-1], place))
