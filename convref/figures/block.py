"""`block`: all input channels as one block, with the window running through all of them."""

from itertools import product

from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import Plan, count, lengths, plan
from convref.figures.svg import GAP, Box, Canvas, Grid, Index, as_text
from convref.types import Ints

__all__ = ["block"]

SIDE = 20
DEEP = 48  # a block of many channels is no deeper
SLOPE = 0.75  # how far up a line goes that leads back, for each step to the right


@kind
def block(
    *,
    in_channels: int = 3,
    size: Ints = (5, 5),
    kernel: Ints = 3,
    stride: Ints = 1,
    at: Ints = 0,
    animate: bool = False,
) -> Canvas:
    """A window covers a few cells in height and width, and all channels in depth."""
    C = count("in_channels", in_channels, 8)
    the = plan("block", size, kernel, stride, at=at, animate=animate, ranks=(2,))
    canvas = parts.canvas_of(the)
    step = min(12, DEEP // C)
    field = Grid(0, 0, the.padded(), SIDE, SIDE)
    kernel_grid, result = (field._replace(ranges=r) for r in (the.taps(), the.outputs()))
    middle = outer(field, C, step).middle[1]
    x = outer(field, C, step).width + GAP
    up = outer(kernel_grid, C, step).middle[1]
    kernel_grid = kernel_grid._replace(x=x, y=middle - up)
    left = x + outer(kernel_grid, C, step).width + GAP
    result = result._replace(x=left, y=middle - result.box().middle[1])
    solid(canvas, field, C, step, "input")
    solid(canvas, kernel_grid, C, step, "weight")
    parts.flat_outputs(canvas, result, None, ())
    canvas.text(x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(left - GAP / 2, middle, "=", "cf-sign")
    low = field.box().height
    for box, shape in (
        (outer(field, C, step), (C, *lengths(the.padded()))),
        (outer(kernel_grid, C, step), (C, *lengths(the.taps()))),
        (result.box(), lengths(the.outputs())),
    ):
        parts.sizes(canvas, box._replace(y=0, height=low), shape)
    for each in canvas.each(the.moments()):
        through(canvas, field, the, each, C, step)
        parts.now(canvas, result, each)
    return canvas


def outer(grid: Grid, C: int, step: float) -> Box:
    """The rectangle around a block whose front is a grid."""
    box = grid.box()
    back = box._replace(x=box.x + C * step, y=box.y - C * step * SLOPE)
    return box.around(back)


def solid(canvas: Canvas, front: Grid, C: int, step: float, role: str) -> None:
    """The three sides of a block that are seen, and the numbers of its channels."""
    rows, columns = front.ranges
    for c in range(C):
        for j in columns:
            face(canvas, front.cell((0, j)), c, step, True, f"cf-{role}")
        for i in rows:
            face(canvas, front.cell((i, columns[-1])), c, step, False, f"cf-{role}")
        if step > 8:
            corner = front.cell((rows[-1], columns[-1]))
            x = corner.x + corner.width + (c + 0.5) * step + 5
            y = corner.y + corner.height - (c + 0.5) * step * SLOPE + 8
            canvas.text(x, y, as_text(c), "cf-muted")
    for where in front.indices():
        canvas.rectangle(front.cell(where), f"cf-{role}", data_front=where)


def face(canvas: Canvas, cell: Box, c: int, step: float, top: bool, class_: str) -> None:
    """What one channel shows of a cell on the edge of the front: above it, or to its right."""
    up = step * SLOPE
    x, y = cell.x + c * step, cell.y - c * up
    if top:
        along, box = ("h", cell.width), Box(x, y - up, cell.width + step, up)
    else:
        x += cell.width
        along, box = ("v", cell.height), Box(x, y - up, step, cell.height + up)
    canvas.path(box, ("M", x, y, "l", step, -up, *along, "l", -step, up, "z"), f"{class_} cf-side")


def through(canvas: Canvas, front: Grid, the: Plan, at: Index, C: int, step: float) -> None:
    """The window of one output cell: its cells on the sides that are seen, its edges inside."""
    window = the.window(at)
    for c, where in product(range(C), window):
        if where[0] == front.ranges[0][0]:
            face(canvas, front.cell(where), c, step, True, "cf-tap")
        if where[1] == front.ranges[1][-1]:
            face(canvas, front.cell(where), c, step, False, "cf-tap")
    parts.lit_window(canvas, front, the, window)
    near = front.span(*the.ends(at))
    far = near._replace(x=near.x + C * step, y=near.y - C * step * SLOPE)
    for right, down in product((0, 1), repeat=2):
        start, end = ((b.x + right * b.width, b.y + down * b.height) for b in (near, far))
        canvas.line(start, end, "cf-tie cf-later")
    d = ("M", far.x, far.y, "h", far.width, "v", far.height, "h", -far.width, "z")
    canvas.path(far, d, "cf-tie cf-later", data_back=at)
    canvas.rectangle(near, "cf-window", data_window=at)
