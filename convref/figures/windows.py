"""`window`: one output cell, the cells that it reads, the kernel, the sum."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import Plan, Values, cell_width, lengths, number, operands, plan
from convref.figures.svg import CELL, CHARACTER, GAP, Box, Canvas, Grid, Index, as_text
from convref.messages import refuse
from convref.types import Ints, Numbers, Padding, PaddingMode

__all__ = ["window"]

LINE = 20  # from one line of text to the next


class Term(NamedTuple):
    """One product of a sum."""

    x: Decimal
    w: Decimal
    own: bool  # whether x is a cell of the input: padding stands in brackets, as in `explain`

    def __str__(self) -> str:
        return f"{factor(self.x) if self.own else f'[{as_text(self.x)}]'}·{factor(self.w)}"


@kind
def window(
    *,
    size: Ints | None = None,
    kernel: Ints | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    mode: PaddingMode = "zeros",
    at: Ints = 0,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    bias: float | None = None,
    animate: bool = False,
) -> Canvas:
    """One output cell, its window on the padded input, the kernel and the sum.

    A `size` or an `input` of one axis or two. With the values of `input` and `weight` the outputs
    are computed and the sum of the cell `at` is written out, padding in brackets; with `animate`
    the window visits every output cell.
    """
    size, kernel, data, taps = operands("window", size, kernel, input, weight)
    the = plan("window", size, kernel, stride, padding, dilation, mode, at, animate)
    offset = None if bias is None else number("bias", bias)
    if offset is not None and (data is None or taps is None):
        refuse("figure needs", kind="window", name="input and weight beside bias")
    return draw_window(the, data, taps, offset)


def draw_window(
    the: Plan, data: Values | None, taps: Values | None, offset: Decimal | None
) -> Canvas:
    """The window of a plan on its input, which may be zero-stuffed."""
    results = None
    if data is not None and taps is not None:
        results = {o: total(terms(the, o, data, taps), offset) for o in product(*the.outputs())}
    canvas = parts.canvas_of(the)
    arrange = stacked if len(the.axes) == 1 else side_by_side
    arrange(canvas, the, data, taps, results)
    if data is not None and taps is not None:
        assert canvas.extent is not None
        box = canvas.extent
        for at in canvas.each(the.moments()):
            written_sum(canvas, box, terms(the, at, data, taps), lengths(the.taps())[-1], offset)
    return canvas


def terms(the: Plan, at: Index, data: Values, taps: Values) -> list[Term]:
    """One output cell's products, tap by tap."""
    found = []
    for where, tap in the.window(at).items():
        cell = the.shows(where)
        x = Decimal(0) if cell is None else data[cell]
        found.append(Term(x, taps[the.weight(tap)], the.role(where) == "input"))
    return found


def total(products: Sequence[Term], offset: Decimal | None) -> Decimal:
    """The sum of the products, plus the bias."""
    return sum((each.x * each.w for each in products), offset or Decimal(0))


def stacked(
    canvas: Canvas, the: Plan, data: Values | None, taps: Values | None, results: Values | None
) -> None:
    """A 1-D window: each weight stands under the cell that it meets, the output below."""
    wide = cell_width(data, taps, results)
    step = CELL + 32
    field = Grid(0, 0, the.padded(), wide)
    left = field.box().middle[0] - wide * len(the.outputs()[0]) / 2
    result = Grid(left, 2 * step, the.outputs(), wide)
    parts.padded_input(canvas, field, the, data)
    parts.outputs(canvas, result, results, the.gathers is not None)
    for at in canvas.each(the.moments()):
        frame, target = field.span(*the.ends(at)), result.cell(at)
        for where, tap in the.window(at).items():
            cell = field.cell(where)
            canvas.line((cell.middle[0], CELL + 4), (cell.middle[0], step - 3), "cf-link")
            gathers = the.gathers is not None
            parts.weight_cell(canvas, cell._replace(y=step), the.weight(tap), taps, gathers)
        for x, end in ((frame.x, target.x), (frame.x + frame.width, target.x + target.width)):
            canvas.line((x, step + CELL + 3), (end, target.y - 4), "cf-link")
        parts.now(canvas, result, at)
        canvas.rectangle(frame, "cf-window", data_window=at)


def side_by_side(
    canvas: Canvas, the: Plan, data: Values | None, taps: Values | None, results: Values | None
) -> None:
    """A 2-D window: input, kernel and output in a row."""
    wide = cell_width(data, taps, results)
    kernel_size, result_size = lengths(the.taps()), lengths(the.outputs())
    field = Grid(0, 0, the.padded(), wide)
    middle = field.box().middle[1]
    x = field.box().width + GAP
    kernel = Grid(x, middle - CELL * kernel_size[0] / 2, the.taps(), wide)
    x += kernel.box().width + GAP
    result = Grid(x, middle - CELL * result_size[0] / 2, the.outputs(), wide)
    parts.padded_input(canvas, field, the, data)
    parts.weights(canvas, kernel, the, taps)
    parts.outputs(canvas, result, results, the.gathers is not None)
    canvas.text(kernel.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(result.x - GAP / 2, middle, "=", "cf-sign")
    parts.sizes(canvas, field.box(), [axis.size for axis in the.axes])
    parts.sizes(canvas, kernel.box(), kernel_size)
    parts.sizes(canvas, result.box(), result_size)
    for at in canvas.each(the.moments()):
        canvas.rectangle(field.span(*the.ends(at)), "cf-window", data_window=at)
        parts.now(canvas, result, at)


def written_sum(
    canvas: Canvas,
    box: Box,
    products: Sequence[Term],
    row: int,
    offset: Decimal | None,
) -> None:
    """The sum in numbers under a drawing, a line for each row of the kernel."""
    texts = [str(each) for each in products]
    lines = [" + ".join(texts[i : i + row]) for i in range(0, len(texts), row)]
    if offset is not None:
        lines.append(factor(offset))
    lines = [("+ " if i else "  ") + line for i, line in enumerate(lines)]
    result = "= " + as_text(total(products, offset))
    if len(lines) == 1:
        lines = [f"{lines[0].strip()} {result}"]
    else:
        lines.append(result)
    widest = max(map(len, lines)) * CHARACTER
    left, top = box.middle[0] - widest / 2, box.y + box.height + LINE
    for i, line in enumerate(lines):
        x = left + (len(line) - len(line.lstrip())) * CHARACTER
        strong = "cf-strong" if line.startswith("=") else None
        canvas.line_of_text(x, top + i * LINE, line.strip(), strong)


def factor(value: Decimal) -> str:
    """A number as it stands in a product."""
    return f"({as_text(value)})" if value < 0 else as_text(value)
