"""`picture`: numbers as an image, and what kernels make of it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby, product

from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import (
    MOST,
    Values,
    cell_width,
    lengths,
    plan,
    refuse_more_than,
    table,
    wrong_axes,
)
from convref.figures.svg import GAP, Box, Canvas, Grid, as_text
from convref.figures.windows import terms, total
from convref.messages import refuse
from convref.types import Ints, Numbers

__all__ = ["picture"]

PLANES = 8
KERNELS = 4
WIDE = 440  # a row of planes is at most as wide
NEXT = 14  # between two planes
LINE = 20


@kind
def picture(
    *,
    input: Numbers | Sequence[Numbers],
    weight: Numbers | Sequence[Numbers] | None = None,
    at: Ints | None = None,
) -> Canvas:
    """Numbers as an image: the further from 0, the stronger; negative ones small and coloured.

    `input` is one plane or several. With a `weight`, one kernel or several, the input is a single
    plane; each kernel stands beside what it makes of it. `at` marks an output cell, and its window.
    """
    planes = all_planes("input", input, PLANES)
    canvas = Canvas()
    if weight is None:
        if at is not None:
            refuse("figure needs", kind="picture", name="weight beside at")
        in_rows(canvas, planes)
    else:
        if len(planes) > 1:
            wrong_axes("picture", "input beside weight", 2, input)
        convolved(canvas, planes[0], all_planes("weight", weight, KERNELS), at)
    return canvas


def all_planes(name: str, given: object, most: int) -> list[Values]:
    """The planes of a list that is nested twice, or three times; all of one shape."""
    deep = isinstance(given, list | tuple) and bool(given)
    deep = deep and isinstance(given[0], list | tuple) and bool(given[0])  # type: ignore[index]
    deep = deep and isinstance(given[0][0], list | tuple)  # type: ignore[index]
    each = list(given) if deep else [given]  # type: ignore[call-overload]
    refuse_more_than(len(each), most, f"planes of {name}")
    shapes, planes = zip(*(table(name, rows) for rows in each), strict=True)
    if len(shapes[0]) != 2:
        wrong_axes("picture", name, "2 or 3", given)
    for shape in shapes:
        if shape != shapes[0]:
            refuse("shape", name=f"each plane of {name}", expected=shapes[0], received=shape)
    refuse_more_than(len(planes[0]), MOST, "cells of one plane")
    return list(planes)


def in_rows(canvas: Canvas, planes: Sequence[Values]) -> None:
    """Planes side by side, as many as fit."""
    ranges = ranges_of(planes[0])
    first = Grid(0, 0, ranges, *side(ranges))
    width, height = (length + NEXT for length in first.box()[2:])
    row = max(1, int((WIDE + NEXT) // width))
    for place, plane in enumerate(planes):
        down, right = divmod(place, row)
        pixels(canvas, first._replace(x=right * width, y=down * height), plane, (place,), planes)
    assert canvas.extent is not None
    box = canvas.extent
    shape = lengths(ranges) if len(planes) == 1 else [len(planes), *lengths(ranges)]
    parts.sizes(canvas, box, shape)
    legend(canvas, box, planes)


def convolved(canvas: Canvas, data: Values, kernels: Sequence[Values], at: Ints | None) -> None:
    """The input, and in a row for each kernel the kernel and its output."""
    size, taps_size = (lengths(ranges_of(values)) for values in (data, kernels[0]))
    the = plan("picture", size, taps_size, at=0 if at is None else at)
    results = [
        {o: total(terms(the, o, data, taps), None) for o in product(*the.outputs())}
        for taps in kernels
    ]
    cell = side(the.padded())
    kernel, result = (Grid(0, 0, r, cell_width(*kernels)) for r in (the.taps(), the.outputs()))
    result = result._replace(width=cell[0], height=cell[1])
    row = max(kernel.box().height, result.box().height) + NEXT
    field = Grid(0, 0, the.padded(), *cell)
    high = max(field.box().height, len(kernels) * row - NEXT)
    field = field._replace(y=(high - field.box().height) / 2)
    pixels(canvas, field, data, ("input",), [data])
    x = field.box().width + GAP
    left = x + kernel.box().width + GAP
    top = (high - len(kernels) * row + NEXT) / 2
    kernel, result = kernel._replace(x=x), result._replace(x=left)
    for o, (taps, values) in enumerate(zip(kernels, results, strict=True)):
        middle = top + o * row + (row - NEXT) / 2
        stamped(canvas, kernel._replace(y=middle - kernel.box().height / 2), taps, o, kernels)
        place = result._replace(y=middle - result.box().height / 2)
        pixels(canvas, place, values, (o,), results)
        canvas.text(x - GAP / 2, middle, "∗", "cf-sign")
        canvas.text(left - GAP / 2, middle, "=", "cf-sign")
        if at is not None:
            canvas.rectangle(place.cell(the.at).grown(1), "cf-now", data_now=(o, *the.at))
    if at is not None:
        canvas.rectangle(field.span(*the.ends(the.at)), "cf-window", data_window=the.at)
    many = [len(kernels)] if len(kernels) > 1 else []
    below = [Box(g.x, 0, g.box().width, high) for g in (field, kernel, result)]
    parts.sizes(canvas, below[0], size)
    parts.sizes(canvas, below[1], [*many, *taps_size])
    parts.sizes(canvas, below[2], [*many, *lengths(the.outputs())])
    legend(canvas, below[0], [data])
    legend(canvas, below[2], results)


def ranges_of(plane: Values) -> tuple[range, ...]:
    """The indices of a plane along both axes."""
    return tuple(range(last + 1) for last in max(plane))


def side(ranges: Sequence[range]) -> tuple[int, int]:
    """Width and height of a pixel: large planes have small ones."""
    pixel = max(4, min(16, 144 // max(lengths(ranges))))
    return pixel, pixel


def strongest(planes: Sequence[Values]) -> Decimal:
    """The largest magnitude, which is drawn in full; 1 where all is 0."""
    return max(abs(value) for plane in planes for value in plane.values()) or Decimal(1)


def ink(value: Decimal, planes: Sequence[Values]) -> dict[str, object]:
    """How a value looks among the others of its planes."""
    sign = "cf-minus" if value < 0 else "cf-plus"
    return {"class_": sign, "fill_opacity": round(float(abs(value) / strongest(planes)), 3)}


def pixels(
    canvas: Canvas,
    grid: Grid,
    values: Values,
    name: tuple[object, ...],
    planes: Sequence[Values],
) -> None:
    """A plane: one path for all cells of one value, and a net over them."""
    box = grid.box()
    canvas.rectangle(box, "cf-plane", data_plane=name)
    for value in sorted({*values.values()} - {Decimal(0)}):
        shapes = [shape for row in rows_of(grid, values, value) for shape in row]
        look = ink(value, planes)
        canvas.path(box, shapes, **look, data_value=value, data_of=name)  # type: ignore[arg-type]
    rows, columns = grid.ranges
    net: list[object] = []
    for i in rows[1:]:
        net += ["M", box.x, grid.cell((i, 0)).y, "h", box.width]
    for j in columns[1:]:
        net += ["M", grid.cell((0, j)).x, box.y, "v", box.height]
    if net:
        canvas.path(box, net, "cf-net")


def rows_of(grid: Grid, values: Values, value: Decimal) -> list[list[object]]:
    """The cells of one value: runs of a row if it is positive, single small ones if not."""
    found = []
    for i in grid.ranges[0]:
        for same, run in groupby(grid.ranges[1], key=lambda j: values[i, j] == value):
            cells = [grid.cell((i, j)) for j in run] if same else []
            if value > 0:
                cells = [cells[0].around(cells[-1])] if cells else []
            else:
                cells = [small(cell) for cell in cells]
            found += [["M", x, y, "h", w, "v", h, "h", -w, "z"] for x, y, w, h in cells]
    return found


def small(cell: Box) -> Box:
    """A negative number does not fill its cell, so that colour is not the only difference."""
    return cell.grown(-cell.width / 4)


def swatch(canvas: Canvas, cell: Box, value: Decimal, planes: Sequence[Values]) -> None:
    """One cell by itself."""
    canvas.rectangle(cell, "cf-plane")
    if value:
        look = ink(value, planes)
        canvas.rectangle(small(cell) if value < 0 else cell, **look)  # type: ignore[arg-type]


def stamped(canvas: Canvas, grid: Grid, taps: Values, o: int, kernels: Sequence[Values]) -> None:
    """A kernel as an image, with its numbers on it."""
    for tap in grid.indices():
        cell, text = grid.cell(tap), as_text(taps[tap])
        canvas.rectangle(cell, "cf-plane", data_weight=(o, *tap))
        if taps[tap]:
            look = ink(taps[tap], kernels)
            canvas.rectangle(cell.grown(-1), **look)  # type: ignore[arg-type]
        width = 8 * len(text) + 2
        label = Box(cell.middle[0] - width / 2, cell.middle[1] - 8, width, 16)
        canvas.rectangle(label, "cf-label", rx=4)
        canvas.text(*cell.middle, text)


def legend(canvas: Canvas, box: Box, planes: Sequence[Values]) -> None:
    """The least value, 0 and the greatest, each with its look, below the size of a grid."""
    seen = [value for plane in planes for value in plane.values()]
    marks = sorted({min(seen), max(seen)} | ({Decimal(0)} if min(seen) < 0 < max(seen) else set()))
    widths = [14 + 8 * len(as_text(mark)) + 8 for mark in marks]
    x, y = box.middle[0] - (sum(widths) - 8) / 2, box.y + box.height + 16 + LINE
    for mark, width in zip(marks, widths, strict=True):
        swatch(canvas, Box(x, y - 5, 10, 10), mark, planes)
        canvas.line_of_text(x + 14, y, as_text(mark), "cf-muted")
        x += width
