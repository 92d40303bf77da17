"""`stride` and `dilation`: how far it is from window to window, and from tap to tap."""

from collections.abc import Mapping, Sequence
from itertools import product

from convref import checks
from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import FRAMES, Plan, lengths, plan, refuse_more_than, switch
from convref.figures.svg import CELL, GAP, SMALL, Box, Canvas, Grid, Index, as_text
from convref.geometry import reach
from convref.types import Ints, Padding

__all__ = ["dilation", "stride"]

ROW = 18  # from one window to the next, of one dimension


@kind
def stride(
    *,
    size: Ints,
    kernel: Ints = 3,
    stride: Ints = 2,
    padding: Padding = 0,
    dilation: Ints = 1,
    animate: bool = False,
) -> Canvas:
    """Where each window starts, and the cells that no window reads; in one axis or two."""
    the = plan("stride", size, kernel, stride, padding, dilation, animate=animate)
    canvas = parts.canvas_of(the)
    (staircase if len(the.axes) == 1 else starts)(canvas, the)
    return canvas


def read(the: Plan) -> set[Index]:
    """Every position that some tap of some window reads."""
    return {where for _, window in parts.all_windows(the) for where in window}


def strided_input(canvas: Canvas, field: Grid, the: Plan, labels: Mapping[Index, object]) -> None:
    """The input with its padding; what is never read is crossed out."""
    touched = read(the)
    for where in field.indices():
        box = field.cell(where)
        canvas.rectangle(
            box,
            f"cf-{the.role(where)}",
            data_position=where,
            data_unread=None if where in touched else 1,
        )
        if where not in touched:
            cross(canvas, box)
    if the.animate:
        for at in canvas.each(the.moments()):
            parts.lit_window(canvas, field, the, the.window(at))
    for where, label in labels.items():
        canvas.text(*field.cell(where).middle, as_text(label))


def cross(canvas: Canvas, box: Box) -> None:
    """A cross over a cell that is left over."""
    x, y, width, height = box.grown(-6)
    canvas.path(box, ("M", x, y, "l", width, height, "m", -width, 0, "l", width, -height), "cf-cut")


def staircase(canvas: Canvas, the: Plan) -> None:
    """1-D: a line for each window under the input, with a square at each tap."""
    field = Grid(0, 0, the.padded())
    inside = [where for where in field.indices() if the.role(where) == "input"]
    strided_input(canvas, field, the, {where: where for where in inside if where in read(the)})
    for (at,), window in parts.all_windows(the):
        y = CELL + 16 + at * ROW
        cells = [field.cell(where) for where in window]
        canvas.line((cells[0].middle[0], y), (cells[-1].middle[0], y), "cf-tie", data_window=at)
        canvas.text(cells[0].middle[0] - 16, y, as_text(at), "cf-muted")
        for tap, cell in enumerate(cells):
            square = Box(cell.middle[0] - 5, y - 5, 10, 10)
            canvas.rectangle(square, "cf-dot" if tap else "cf-head", data_square=(at, tap))
    (count,) = lengths(the.outputs())
    left = (field.box().width - CELL * count) / 2
    result = Grid(left, CELL + 22 + ROW * count, the.outputs())
    parts.outputs(canvas, result, None)
    for (at,) in result.indices():
        canvas.text(*result.cell((at,)).middle, as_text(at))
    if the.animate:
        for one in canvas.each(the.moments()):
            canvas.rectangle(field.span(*the.ends(one)), "cf-window", data_frame_window=one)
            parts.now(canvas, result, one)


def starts(canvas: Canvas, the: Plan) -> None:
    """2-D: the first cell of each window carries the number of its output cell."""
    numbered = {at: i for i, at in enumerate(product(*the.outputs()))}
    first = {the.ends(at)[0]: i for at, i in numbered.items()}
    field = Grid(0, 0, the.padded())
    strided_input(canvas, field, the, first)
    for where in first:
        canvas.rectangle(field.cell(where).grown(-3), "cf-mark", rx=3, data_start=where)
    middle = field.box().middle[1]
    result = Grid(field.box().width + GAP, middle - CELL * len(the.outputs()[0]) / 2, the.outputs())
    parts.outputs(canvas, result, None)
    for at, i in numbered.items():
        canvas.text(*result.cell(at).middle, as_text(i))
    canvas.text(result.x - GAP / 2, middle, "→", "cf-sign")
    parts.sizes(canvas, field.box(), [axis.size for axis in the.axes])
    parts.sizes(canvas, result.box(), lengths(the.outputs()))
    if not the.animate:
        for beside in ((0, 1), (1, 0)):
            if beside in numbered:
                box = field.span(*the.ends(beside)).grown(-2)
                canvas.rectangle(box, "cf-window cf-later", data_window=beside)
    for at in canvas.each(the.moments()):
        canvas.rectangle(field.span(*the.ends(at)), "cf-window", data_window=at)
        if the.animate:
            parts.now(canvas, result, at)


@kind
def dilation(
    *,
    size: Ints,
    kernel: Ints = 3,
    dilations: Sequence[int] = (1, 2, 3),
    animate: bool = False,
) -> Canvas:
    """The taps of one kernel, further and further apart; in one axis or two.

    With `animate` every window visits its output cells, and the one with the most goes furthest.
    """
    if not isinstance(dilations, list | tuple) or not dilations:
        checks.no_integer("dilations", "a list of integers", dilations)
    steps = [checks.integer("dilations", each, 1) for each in dilations]
    plans = [plan("dilation", size, kernel, 1, 0, step) for step in steps]
    visits = [list(product(*the.outputs())) for the in plans]
    frames = max(map(len, visits)) if switch("animate", animate) else 1
    refuse_more_than(frames, FRAMES, "frames")
    canvas = Canvas(range(frames), 0)
    x, y = 0.0, 0.0
    for step, the, cells in zip(steps, plans, visits, strict=True):
        flat = len(the.axes) == 1
        side = CELL if flat else SMALL
        field = Grid(x, y, the.padded(), side, side)
        parts.padded_input(canvas, field, the, None, lit=False)
        for frame in canvas.each(range(frames)):
            at = cells[min(frame, len(cells) - 1)]
            parts.lit_window(canvas, field, the, the.window(at), (step,))
            canvas.rectangle(field.span(*the.ends(at)), "cf-window", data_window=(step, *at))
        first = field.span(*the.ends(cells[0]))
        label = (x - 30, y + CELL / 2) if flat else (field.box().middle[0], y - 14)
        canvas.text(*label, f"d={step}", "cf-muted")
        measure(canvas, field.box()._replace(width=first.width), reach(the.axes[-1].kernel, step))
        if flat:
            y += CELL + 42
        else:
            x += field.box().width + 24
    return canvas


def measure(canvas: Canvas, box: Box, length: int) -> None:
    """A dimension line under a box."""
    y, right = box.y + box.height + 9, box.x + box.width
    d = ("M", box.x, y - 4, "v", 8, "M", box.x, y, "H", right, "M", right, y - 4, "v", 8)
    canvas.path(box, d, "cf-measure")  # the text reaches further down
    canvas.text(box.middle[0], y + 13, as_text(length), "cf-muted")
