"""`transposed`: scattered cell by cell, or a convolution over the zero-stuffed input."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Literal, NamedTuple

from convref import checks
from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import (
    FRAMES,
    Values,
    cell_width,
    lengths,
    one_of,
    operands,
    refuse_more_than,
    switch,
    transposed_plan,
    with_cell,
)
from convref.figures.svg import CELL, GAP, Canvas, Grid, Index, as_text
from convref.figures.windows import draw_window
from convref.geometry import Axis, position
from convref.types import Ints, Numbers

__all__ = ["transposed"]

VIEWS = ("scatter", "zero-stuffing")


@kind
def transposed(
    *,
    size: Ints | None = None,
    kernel: Ints | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    dilation: Ints = 1,
    view: Literal["scatter", "zero-stuffing"] = "scatter",
    at: Ints | None = None,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    animate: bool = False,
) -> Canvas:
    """A transposed convolution of one axis or two.

    In the view 'scatter' the input cell `at` times the kernel is added into the output, after all
    cells before it; the last one by default. In the view 'zero-stuffing' the output cell `at` is an
    ordinary convolution, with the turned kernel, over an input with zeros between its cells, which
    stand in brackets in its sum.
    """
    size, kernel, data, taps = operands("transposed", size, kernel, input, weight)
    axes, dense = transposed_plan(
        "transposed", size, kernel, stride, padding, output_padding, dilation
    )
    moving = switch("animate", animate)
    if checks.word("view", view, VIEWS) == "zero-stuffing":
        return draw_window(with_cell(dense._replace(animate=moving), at or 0), data, taps, None)
    inputs = [range(axis.size) for axis in axes]
    last = tuple(along[-1] for along in inputs)
    cell = last if at is None else one_of(at, inputs)
    moments = list(product(*inputs)) if moving else [cell]
    refuse_more_than(len(moments), FRAMES, "frames")
    return scattered(Scatter(axes, dense.outputs(), data, taps), moments, cell)


def scattered(the: "Scatter", moments: Sequence[Index], shown: Index) -> Canvas:
    """What is added where, after each of the moments."""
    canvas = Canvas(moments, shown)
    (multiplied if len(the.axes) == 1 else draw_scattered)(canvas, the, moments)
    return canvas


class Scatter(NamedTuple):
    """Where a transposed convolution adds what."""

    axes: tuple[Axis, ...]
    outputs: tuple[range, ...]
    data: Values | None
    taps: Values | None
    backward: bool = False  # whether gradients of an output go back to its input

    def colours(self) -> tuple[str, str]:
        """Classes of the cells that are scattered, and of those into which they are added."""
        pair = ("cf-input", "cf-output")
        return pair[::-1] if self.backward else pair

    def inputs(self) -> list[range]:
        """Input cells along each axis."""
        return [range(axis.size) for axis in self.axes]

    def kernel(self) -> list[range]:
        """Taps along each axis."""
        return [range(axis.kernel) for axis in self.axes]

    def stamp(self, cell: Index) -> dict[Index, Index]:
        """Position in the output -> tap for one input cell; some positions may be cropped."""
        return {
            tuple(position(*each) for each in zip(self.axes, cell, tap, strict=True)): tap
            for tap in product(*self.kernel())
        }

    def field(self) -> tuple[range, ...]:
        """Every position that is added to, and every output cell."""
        ends = [(position(a, 0, 0), position(a, a.size - 1, a.kernel - 1)) for a in self.axes]
        return tuple(
            range(first, max(last, out[-1]) + 1)
            for (first, last), out in zip(ends, self.outputs, strict=True)
        )

    def kept(self, where: Index) -> bool:
        """Whether a position is an output cell, not cropped by the padding."""
        return all(p in out for p, out in zip(where, self.outputs, strict=True))

    def product(self, cell: Index, tap: Index) -> Decimal | None:
        """What one input cell adds at one tap."""
        if self.data is None or self.taps is None:
            return None
        return self.data[cell] * self.taps[tap]

    def sums(self, upto: Index) -> Values | None:
        """The outputs after all cells up to one, row by row."""
        if self.data is None or self.taps is None:
            return None
        found = {where: Decimal(0) for where in product(*self.field())}
        for cell in product(*self.inputs()):
            if cell <= upto:
                for where, tap in self.stamp(cell).items():
                    found[where] += self.data[cell] * self.taps[tap]
        return found

    def products(self) -> Values | None:
        """Every product there is, to know how wide they are."""
        if self.data is None or self.taps is None:
            return None
        pairs = product(self.data.items(), self.taps.items())
        return {(*cell, *tap): x * w for (cell, x), (tap, w) in pairs}


def multiplied(canvas: Canvas, the: Scatter, moments: Sequence[Index]) -> None:
    """1-D: like a long multiplication, a line for each input cell, the output below."""
    (cells,) = the.inputs()
    wide = cell_width(the.data, the.taps, the.products(), the.sums((cells[-1],)))
    row, left = CELL + 6, wide + GAP
    kernel = Grid(left, 0, tuple(the.kernel()), wide)
    lines: dict[Index, Grid] = {
        (i,): Grid(left, (i + 1) * row + 8, the.field(), wide) for i in cells
    }
    result = Grid(left, (len(cells) + 1) * row + 14, the.field(), wide)
    for tap in kernel.indices():
        parts.weight_cell(canvas, kernel.cell(tap), tap, the.taps)
    canvas.text(wide / 2, kernel.box().middle[1], "·", "cf-sign")
    for cell, grid in lines.items():
        source = grid.box()._replace(x=0, width=wide)
        canvas.rectangle(source, the.colours()[0], data_input=cell)
        for where, tap in the.stamp(cell).items():
            kept = the.kept(where)
            canvas.rectangle(
                grid.cell(where),
                "cf-zero" if kept else "cf-padding",
                data_product=(*cell, *tap),
                data_into=where,
            )
            value = the.product(cell, tap)
            if value is not None:
                canvas.text(*grid.cell(where).middle, as_text(value), None if kept else "cf-muted")
        if the.data is not None:
            canvas.text(*source.middle, as_text(the.data[cell]))
    rule = result.y - 4
    canvas.line((left, rule), (left + result.box().width, rule), "cf-measure")
    output(canvas, the, result)
    for cell in canvas.each(moments):
        box = lines[cell].around(the.stamp(cell))
        canvas.rectangle(lines[cell].box()._replace(x=0, width=wide), "cf-window", data_from=cell)
        canvas.rectangle(box, "cf-window", data_window=cell)
        added(canvas, the, result, cell)


def draw_scattered(canvas: Canvas, the: Scatter, moments: Sequence[Index]) -> None:
    """2-D: input, kernel and output in a row."""
    last = tuple(along[-1] for along in the.inputs())
    wide = cell_width(the.data, the.taps, the.sums(last))
    inputs, taps = tuple(the.inputs()), tuple(the.kernel())
    middle = CELL * max(map(len, (inputs[0], taps[0], the.field()[0]))) / 2
    field = Grid(0, middle - CELL * len(inputs[0]) / 2, inputs, wide)
    kernel = Grid(field.box().width + GAP, middle - CELL * len(taps[0]) / 2, taps, wide)
    x = kernel.x + kernel.box().width + GAP
    result = Grid(x, middle - CELL * len(the.field()[0]) / 2, the.field(), wide)
    for cell in field.indices():
        canvas.rectangle(field.cell(cell), the.colours()[0], data_input=cell)
    for cell in canvas.each(moments):
        canvas.rectangle(field.cell(cell), "cf-tap")
        canvas.rectangle(field.cell(cell), "cf-window", data_from=cell)
    if the.data is not None:
        for cell in field.indices():
            canvas.text(*field.cell(cell).middle, as_text(the.data[cell]))
    for tap in kernel.indices():
        parts.weight_cell(canvas, kernel.cell(tap), tap, the.taps)
    output(canvas, the, result)
    canvas.text(kernel.x - GAP / 2, middle, "·", "cf-sign")
    canvas.text(result.x - GAP / 2, middle, "→", "cf-sign")
    parts.sizes(canvas, field.box(), lengths(inputs))
    parts.sizes(canvas, kernel.box(), lengths(taps))
    parts.sizes(canvas, result.box(), lengths(the.outputs))
    for cell in canvas.each(moments):
        added(canvas, the, result, cell)
    canvas.rectangle(result.around(product(*the.outputs)), "cf-edge")
    for cell in canvas.each(moments):
        canvas.rectangle(result.around(the.stamp(cell)), "cf-window", data_window=cell)


def output(canvas: Canvas, the: Scatter, grid: Grid) -> None:
    """Output cells, and dashed around them what the padding crops."""
    for where in grid.indices():
        kept = the.kept(where)
        canvas.rectangle(
            grid.cell(where),
            the.colours()[1] if kept else "cf-padding",
            data_output=where if kept else None,
            data_cropped=None if kept else where,
        )


def added(canvas: Canvas, the: Scatter, grid: Grid, cell: Index) -> None:
    """One input cell's products go into the output; the sums so far."""
    for where, tap in the.stamp(cell).items():
        box = grid.cell(where)
        canvas.rectangle(box, "cf-tap", data_tap=tap, data_into=where)
        if any(axis.dilation > 1 for axis in the.axes):
            canvas.rectangle(box.grown(-3), "cf-mark", rx=3)
    sums = the.sums(cell)
    if sums is not None:
        for where, value in sums.items():
            muted = None if the.kept(where) else "cf-muted"
            canvas.text(*grid.cell(where).middle, as_text(value), muted)
