"""Figures of convolution as plain SVG, language-free, drawn from `convref.geometry`.

No figure works out by itself which cell goes where: it asks `position`, `source` and `output_size`,
and writes the answer into the drawing twice, for eyes and as ``data-`` attributes for tests.
Colours are classes (``cf-...``) that a stylesheet fills in; without one the figure is monochrome.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final, NamedTuple, NoReturn, TypeAlias

from convref import checks
from convref.drawing import CELL, CHARACTER, Box, Canvas, Grid, Index, shown
from convref.geometry import Axis, group_channels, output_size, position, reach, resolve, source

Values: TypeAlias = Mapping[Index, Decimal]

SMALL: Final = 16  # side of a cell without one
GAP: Final = 28  # between two grids, with a sign in the middle
LINE: Final = 20  # from one line of text to the next
MOST: Final = 600  # cells of one grid; more could not be read


def draw(kind: str, *, label: str = "", described_by: str = "", **parameters: object) -> str:
    """Draw a figure.

    Parameters
    ----------
    kind : str
        One of `KINDS`, such as 'window'.
    label, described_by : str
        Accessible name of the drawing, and the id of the element that describes it.
    **parameters
        What the kind takes, as plain numbers, words and lists.

    Returns
    -------
    str
        One ``<svg>`` element; the same bytes for the same arguments.

    Raises
    ------
    TypeError, ValueError
        An unknown kind or parameter, or parameters that a convolution refuses too.

    Examples
    --------
    >>> from convref.figures import draw
    >>> svg = draw("window", input=[1, 2, 3, 4], weight=[1, 0, 2], padding=1, at=1)
    >>> svg.count("data-tap="), svg.count("data-output=")
    (3, 4)
    """
    function = KINDS[checks.word("figure", kind, tuple(KINDS))]
    known = inspect.signature(function).parameters
    for name in parameters:
        checks.word(f"a parameter of figure {kind!r}", name, tuple(known))
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in parameters:
            refuse(f"figure {kind!r} needs {name}: give it.")
    return function(**parameters).svg(kind, label, described_by)


def refuse(message: str) -> NoReturn:
    """Raise the error of a rule that only figures have."""
    raise ValueError(message)


# Parameters ------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """One convolution's axes, and the output cell that the figure is about."""

    axes: tuple[Axis, ...]
    mode: str
    at: Index

    def padded(self) -> tuple[range, ...]:
        """Positions along each axis, padding included."""
        return tuple(range(-a.before, a.size + a.after) for a in self.axes)

    def outputs(self) -> tuple[range, ...]:
        """Output cells along each axis."""
        return tuple(range(output_size(a)) for a in self.axes)

    def taps(self) -> tuple[range, ...]:
        """Taps along each axis."""
        return tuple(range(a.kernel) for a in self.axes)

    def where(self, at: Index, tap: Index) -> Index:
        """Position of a tap of one output cell's window."""
        return tuple(position(*each) for each in zip(self.axes, at, tap, strict=True))

    def window(self, at: Index) -> dict[Index, Index]:
        """Position -> tap for one output cell."""
        return {self.where(at, tap): tap for tap in product(*self.taps())}

    def ends(self, at: Index) -> tuple[Index, Index]:
        """Positions of the first and the last tap of one output cell."""
        return self.where(at, (0,) * len(at)), self.where(
            at, tuple(a.kernel - 1 for a in self.axes)
        )

    def shows(self, where: Index) -> Index | None:
        """The input cell shown at a position, or None for a constant."""
        cells = [source(p, a.size, self.mode) for p, a in zip(where, self.axes, strict=True)]
        known = tuple(cell for cell in cells if cell is not None)
        return known if len(known) == len(cells) else None

    def inside(self, where: Index) -> bool:
        """Whether a position is an input cell itself."""
        return self.shows(where) == where


def plan(
    size: object,
    kernel: object,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    mode: object = "zeros",
    at: object = 0,
    ranks: Sequence[int] = (1, 2),
) -> Plan:
    """Check parameters as a convolution does, and resolve them."""
    rank = len(size) if isinstance(size, list | tuple) else 1
    if rank not in ranks:
        refuse(f"size must have {' or '.join(map(str, ranks))} axes, received {size!r}.")
    sizes = checks.integers("size", size, rank, 1)
    kernels = checks.integers("kernel", kernel, rank, 1)
    strides = checks.integers("stride", stride, rank, 1)
    dilations = checks.integers("dilation", dilation, rank, 1)
    pads = checks.pads(padding, strides)
    name = checks.word("mode", mode, checks.MODES)
    axes = resolve(sizes, kernels, strides, pads, dilations)
    for letter, axis in zip(checks.LAYOUT[rank].split(", "), axes, strict=True):
        checks.kernel_fits(letter, axis)
        checks.padding_limits(letter, axis.size, (axis.before, axis.after), name)
    cells = 1
    for axis in axes:
        cells *= axis.before + axis.size + axis.after
    if cells > MOST:
        refuse(f"a figure holds at most {MOST} cells with their padding, received {cells}.")
    cell = checks.integers("at", at, rank, 0)
    for index, axis in zip(cell, axes, strict=True):
        if index >= output_size(axis):
            refuse(
                f"at must be less than the output size, received {index} for "
                f"{output_size(axis)} output cells."
            )
    return Plan(axes, name, cell)


def table(name: str, rows: object) -> tuple[Index, Values]:
    """Shape and exact values of a list, or of a list of equally long lists."""
    if not isinstance(rows, list | tuple) or not rows:
        refuse(f"{name} must be a list of numbers, or of rows, received {rows!r}.")
    if not isinstance(rows[0], list | tuple):
        return (len(rows),), {(i,): number(name, each) for i, each in enumerate(rows)}
    values: dict[Index, Decimal] = {}
    for i, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != len(rows[0]) or not row:
            refuse(f"{name} must have rows of equal length, received {row!r} in row {i}.")
        values |= {(i, j): number(name, each) for j, each in enumerate(row)}
    return (len(rows), len(rows[0])), values


def number(name: str, value: object) -> Decimal:
    """A finite number, exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(f"{name} must hold numbers, received {value!r}.")
    exact = Decimal(str(value))
    if not exact.is_finite():
        refuse(f"{name} must hold finite numbers, received {value!r}.")
    return exact


def sized(name: str, size: object, rows: object) -> tuple[object, Values | None]:
    """A size given by itself, by values, or by both alike."""
    if rows is None:
        if size is None:
            refuse(f"a figure needs {name} or its values: give one of them.")
        return size, None
    shape, values = table(name, rows)
    if size is not None and checks.integers(name, size, len(shape), 1) != shape:
        refuse(f"{name} {size!r} contradicts its values, which have shape {shape}.")
    return list(shape), values


def cell_width(*values: Values | None) -> float:
    """Wide enough for the longest number."""
    longest = max((len(shown(v)) for each in values if each for v in each.values()), default=1)
    return max(CELL, round(CHARACTER * longest + 10))


# Pieces ----------------------------------------------------------------------------------------


def padded_input(
    canvas: Canvas, grid: Grid, plan: Plan, values: Values | None, taps: Mapping[Index, Index]
) -> None:
    """The input with its padding; cells under a tap stand out."""
    for where in grid.indices():
        cell, inside, tap = plan.shows(where), plan.inside(where), taps.get(where)
        canvas.rectangle(
            grid.cell(where),
            ("cf-input" if inside else "cf-padding") + ("" if tap is None else " cf-tap"),
            data_position=where,
            data_input=where if inside else None,
            data_source=None if inside else cell or "",
            data_tap=tap,
        )
        if tap is not None and any(axis.dilation > 1 for axis in plan.axes):
            # Between gaps a colour alone would tell what is read.
            canvas.rectangle(grid.cell(where).grown(-3), "cf-mark", rx=3)
        if values is not None:
            text = shown(values[cell] if cell is not None else Decimal(0))
            canvas.text(*grid.cell(where).middle, text, None if inside else "cf-muted")


def weights(canvas: Canvas, grid: Grid, values: Values | None) -> None:
    """A kernel; its cells have round corners."""
    for tap in grid.indices():
        canvas.rectangle(grid.cell(tap).grown(-1), "cf-weight", rx=5, data_weight=tap)
        if values is not None:
            canvas.text(*grid.cell(tap).middle, shown(values[tap]))


def outputs(canvas: Canvas, grid: Grid, at: Index | None, values: Values | None) -> None:
    """The output; the cell in question has a thick outline."""
    for index in grid.indices():
        canvas.rectangle(grid.cell(index), "cf-output", data_output=index)
        if values is not None:
            canvas.text(*grid.cell(index).middle, shown(values[index]))
    if at is not None:
        canvas.rectangle(grid.cell(at), "cf-now", data_now=at)


def sizes(canvas: Canvas, box: Box, shape: Sequence[int]) -> None:
    """The size of a grid, under it."""
    canvas.text(box.middle[0], box.y + box.height + 16, "×".join(map(str, shape)), "cf-muted")


def lengths(ranges: Sequence[range]) -> list[int]:
    """Cells along each axis."""
    return [len(each) for each in ranges]


# Window ----------------------------------------------------------------------------------------


def window(
    *,
    size: object = None,
    kernel: object = None,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    mode: object = "zeros",
    at: object = 0,
    input: object = None,
    weight: object = None,
    bias: object = None,
) -> Canvas:
    """One output cell, its window on the padded input, the kernel and the sum."""
    size, data = sized("size", size, input)
    kernel, taps = sized("kernel", kernel, weight)
    the = plan(size, kernel, stride, padding, dilation, mode, at)
    if taps is not None and len(next(iter(taps))) != len(the.axes):
        refuse(f"weight must have as many axes as input, {len(the.axes)}.")
    offset = None if bias is None else number("bias", bias)
    results = None
    if data is not None and taps is not None:
        results = {o: total(terms(the, o, data, taps), offset) for o in product(*the.outputs())}
    elif offset is not None:
        refuse("bias needs the values of input and weight: give them.")
    canvas = Canvas()
    arrange = stacked if len(the.axes) == 1 else side_by_side
    arrange(canvas, the, data, taps, results)
    if data is not None and taps is not None:
        written_sum(canvas, the, data, taps, offset)
    return canvas


def terms(the: Plan, at: Index, data: Values, taps: Values) -> list[tuple[Decimal, Decimal]]:
    """Factors of one output cell's products, tap by tap."""
    cells = [(the.shows(where), tap) for where, tap in the.window(at).items()]
    return [(Decimal(0) if cell is None else data[cell], taps[tap]) for cell, tap in cells]


def total(products: Sequence[tuple[Decimal, Decimal]], offset: Decimal | None) -> Decimal:
    """The sum of the products, plus the bias."""
    return sum((x * w for x, w in products), offset or Decimal(0))


def stacked(
    canvas: Canvas, the: Plan, data: Values | None, taps: Values | None, results: Values | None
) -> None:
    """A 1-D window: each weight stands under the cell that it meets, the output below."""
    wide = cell_width(data, taps, results)
    step = CELL + 32
    field = Grid(0, 0, the.padded(), wide)
    covered = the.window(the.at)
    frame = field.span(*the.ends(the.at))
    left = field.box().middle[0] - wide * len(the.outputs()[0]) / 2
    result = Grid(left, 2 * step, the.outputs(), wide)
    padded_input(canvas, field, the, data, covered)
    for where, tap in covered.items():
        cell = field.cell(where)
        below = Box(cell.x, step, wide, CELL)
        canvas.line((cell.middle[0], CELL + 4), (cell.middle[0], step - 3), "cf-link")
        canvas.rectangle(below.grown(-1), "cf-weight", rx=5, data_weight=tap)
        if taps is not None:
            canvas.text(*below.middle, shown(taps[tap]))
    now = result.cell(the.at)
    for x, end in ((frame.x, now.x), (frame.x + frame.width, now.x + now.width)):
        canvas.line((x, step + CELL + 3), (end, now.y - 4), "cf-link")
    outputs(canvas, result, the.at, results)
    canvas.rectangle(frame, "cf-window", data_window=the.at)


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
    padded_input(canvas, field, the, data, the.window(the.at))
    canvas.rectangle(field.span(*the.ends(the.at)), "cf-window", data_window=the.at)
    weights(canvas, kernel, taps)
    outputs(canvas, result, the.at, results)
    canvas.text(kernel.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(result.x - GAP / 2, middle, "=", "cf-sign")
    sizes(canvas, field.box(), [axis.size for axis in the.axes])
    sizes(canvas, kernel.box(), kernel_size)
    sizes(canvas, result.box(), result_size)


def written_sum(
    canvas: Canvas, the: Plan, data: Values, taps: Values, offset: Decimal | None
) -> None:
    """The sum in numbers, a line for each row of the kernel."""
    products = terms(the, the.at, data, taps)
    row = lengths(the.taps())[-1]
    parts = [f"{factor(x)}·{factor(w)}" for x, w in products]
    lines = [" + ".join(parts[i : i + row]) for i in range(0, len(parts), row)]
    if offset is not None:
        lines.append(factor(offset))
    lines = [("+ " if i else "  ") + line for i, line in enumerate(lines)]
    result = "= " + shown(total(products, offset))
    if len(lines) == 1:
        lines = [f"{lines[0].strip()} {result}"]
    else:
        lines.append(result)
    assert canvas.extent is not None
    box = canvas.extent
    widest = max(map(len, lines)) * CHARACTER
    left, top = box.middle[0] - widest / 2, box.y + box.height + LINE
    for i, line in enumerate(lines):
        y = top + i * LINE
        class_ = "cf-start cf-strong" if line.startswith("=") else "cf-start"
        canvas.add(
            "text",
            Box(left, y - 8, widest, 16),
            line.strip(),
            class_=class_,
            x=left + (len(line) - len(line.lstrip())) * CHARACTER,
            y=y,
            text_anchor="start",
        )


def factor(value: Decimal) -> str:
    """A number as it stands in a product."""
    return f"({shown(value)})" if value < 0 else shown(value)


# Padding ---------------------------------------------------------------------------------------


def padding(
    *,
    size: object = None,
    padding: object = 1,
    mode: object = "zeros",
    at: object = None,
    input: object = None,
) -> Canvas:
    """An input and its padding; one padding cell is tied to the cell that it shows."""
    size, data = sized("size", size, input)
    rank = len(size) if isinstance(size, list | tuple) else 1
    the = plan(size, [1] * rank, 1, padding, 1, mode)
    canvas = Canvas()
    if rank == 1:
        padded_row(canvas, the, 0, data)
        return canvas
    where = tuple(along.start for along in the.padded())
    if at is not None:
        where = padded_position(at, the)
    shown_values = data or counted(the)
    field = Grid(0, 0, the.padded(), cell_width(shown_values))
    padded_input(canvas, field, the, shown_values, {})
    canvas.rectangle(field.span([0] * rank, [axis.size - 1 for axis in the.axes]), "cf-edge")
    cell = the.shows(where)
    if cell is not None and not the.inside(where):
        canvas.rectangle(field.cell(where), "cf-window")
        canvas.rectangle(field.cell(cell), "cf-window", data_from=where, data_to=cell)
    return canvas


def padded_position(at: object, the: Plan) -> Index:
    """A position inside the padded input; negative ones lie in front of it."""
    rank = len(the.axes)
    where = checks.integers("at", at, rank, -MOST)
    for index, along in zip(where, the.padded(), strict=True):
        if index not in along:
            refuse(f"at must be between {along[0]} and {along[-1]}, received {index}.")
    return where


def counted(the: Plan) -> Values:
    """0, 1, 2, ... in the input cells."""
    cells = product(*(range(axis.size) for axis in the.axes))
    return {cell: Decimal(i) for i, cell in enumerate(cells)}


def padded_row(canvas: Canvas, the: Plan, top: float, data: Values | None) -> float:
    """One padded 1-D input, an arc from each padding cell to what it shows; its lower edge."""
    values = data or counted(the)
    field = Grid(0, top, the.padded(), cell_width(values))
    padded_input(canvas, field, the, values, {})
    canvas.rectangle(field.span((0,), (the.axes[0].size - 1,)), "cf-edge")
    for where in field.indices():
        cell = the.shows(where)
        if cell is not None and not the.inside(where):
            start, end = field.cell(where).middle[0], field.cell(cell).middle[0]
            arc(canvas, start, end, top + CELL + 3, data_from=where, data_to=cell)
    return top + CELL


def arc(canvas: Canvas, start: float, end: float, y: float, **data: object) -> None:
    """Half an ellipse below a row, with an arrowhead at its end."""
    left, wide = min(start, end), abs(end - start)
    deep = 5 + wide / 6
    box = Box(left - 3, y, wide + 6, deep + 1)
    sweep = 0 if end > start else 1
    canvas.path(box, ("M", start, y, "A", wide / 2, deep, 0, 0, sweep, end, y), "cf-arc", **data)
    canvas.path(box, ("M", end, y - 2, "l", -3, 6, "h", 6, "z"), "cf-head")


def padding_modes(*, size: object = None, padding: object = 2, input: object = None) -> Canvas:
    """The four modes on one input, one under the other."""
    size, data = sized("size", size, input)
    canvas = Canvas()
    top = 0.0
    for mode in checks.MODES:
        the = plan(size, 1, 1, padding, 1, mode, ranks=(1,))
        canvas.add(
            "text",
            Box(0, top, CHARACTER * len(mode), 16),
            mode,
            class_="cf-muted",
            x=0,
            y=top + 8,
            text_anchor="start",
        )
        top = padded_row(canvas, the, top + 22, data) + (14 if mode == "zeros" else 42)
    return canvas


# Stride and dilation ---------------------------------------------------------------------------


def stride(
    *,
    size: object,
    kernel: object = 3,
    stride: object = 2,
    padding: object = 0,
    dilation: object = 1,
) -> Canvas:
    """Where each window starts, and the cells that no window reads."""
    the = plan(size, kernel, stride, padding, dilation)
    canvas = Canvas()
    (staircase if len(the.axes) == 1 else starts)(canvas, the)
    return canvas


def read(the: Plan) -> set[Index]:
    """Every position that some tap of some window reads."""
    return {where for at in product(*the.outputs()) for where in the.window(at)}


def strided_input(canvas: Canvas, field: Grid, the: Plan, labels: Mapping[Index, int]) -> None:
    """The input with its padding; what is never read is hatched."""
    touched = read(the)
    for where in field.indices():
        box, inside = field.cell(where), the.inside(where)
        canvas.rectangle(
            box,
            ("cf-input" if inside else "cf-padding") + (" cf-tap" if where in labels else ""),
            data_position=where,
            data_unread=None if where in touched else 1,
        )
        if where not in touched:
            hatch(canvas, box)
        elif where in labels:
            canvas.text(*box.middle, shown(labels[where]))


def hatch(canvas: Canvas, box: Box) -> None:
    """A cross over a cell that is left over."""
    x, y, width, height = box.grown(-6)
    canvas.path(box, ("M", x, y, "l", width, height, "m", -width, 0, "l", width, -height), "cf-cut")


def staircase(canvas: Canvas, the: Plan) -> None:
    """1-D: a line for each window under the input, with a square at each tap."""
    field = Grid(0, 0, the.padded())
    strided_input(canvas, field, the, {})
    for (where,) in field.indices():
        if the.inside((where,)) and (where,) in read(the):
            canvas.text(*field.cell((where,)).middle, shown(where))
    for (at,) in product(*the.outputs()):
        y = CELL + 16 + at * 18
        cells = [field.cell(where) for where in the.window((at,))]
        canvas.line((cells[0].middle[0], y), (cells[-1].middle[0], y), "cf-tie", data_window=at)
        canvas.text(cells[0].middle[0] - 16, y, shown(at), "cf-muted")
        for tap, cell in enumerate(cells):
            square = Box(cell.middle[0] - 5, y - 5, 10, 10)
            canvas.rectangle(square, "cf-dot" if tap else "cf-head", data_reads=at, data_tap=tap)
    width = field.box().width
    result = Grid(
        (width - CELL * len(the.outputs()[0])) / 2,
        CELL + 16 + 18 * len(the.outputs()[0]) + 6,
        the.outputs(),
    )
    outputs(canvas, result, None, None)
    for (at,) in result.indices():
        canvas.text(*result.cell((at,)).middle, shown(at))


def starts(canvas: Canvas, the: Plan) -> None:
    """2-D: the first cell of each window carries the number of its output cell."""
    numbered = {at: i for i, at in enumerate(product(*the.outputs()))}
    first = {the.ends(at)[0]: i for at, i in numbered.items()}
    field = Grid(0, 0, the.padded())
    strided_input(canvas, field, the, first)
    for beside in ((0, 1), (1, 0)):
        if beside in numbered:
            box = field.span(*the.ends(beside)).grown(-2)
            canvas.rectangle(box, "cf-window cf-later", data_window=beside)
    canvas.rectangle(field.span(*the.ends((0, 0))), "cf-window", data_window=(0, 0))
    middle = field.box().middle[1]
    result = Grid(field.box().width + GAP, middle - CELL * len(the.outputs()[0]) / 2, the.outputs())
    outputs(canvas, result, None, None)
    for at, i in numbered.items():
        canvas.text(*result.cell(at).middle, shown(i))
    canvas.text(result.x - GAP / 2, middle, "→", "cf-sign")
    sizes(canvas, field.box(), [axis.size for axis in the.axes])
    sizes(canvas, result.box(), lengths(the.outputs()))


def dilation(*, size: object, kernel: object = 3, dilations: object = (1, 2, 3)) -> Canvas:
    """The taps of one kernel, further and further apart."""
    if not isinstance(dilations, list | tuple) or not dilations:
        refuse(f"dilations must be a list of integers, received {dilations!r}.")
    canvas = Canvas()
    x, y = 0.0, 0.0
    for each in dilations:
        step = checks.integer("dilations", each, 1)
        the = plan(size, kernel, 1, 0, step)
        flat = len(the.axes) == 1
        side = CELL if flat else SMALL
        field = Grid(x, y, the.padded(), side, side)
        padded_input(canvas, field, the, None, the.window(the.at))
        frame = field.span(*the.ends(the.at))
        canvas.rectangle(frame, "cf-window", data_window=the.at, data_dilation=step)
        label = (x - 30, y + CELL / 2) if flat else (field.box().middle[0], y - 14)
        canvas.text(*label, f"d={step}", "cf-muted")
        span = frame if flat else field.box()._replace(width=frame.width)
        measure(canvas, span, reach(the.axes[-1].kernel, step))
        if flat:
            y += CELL + 42
        else:
            x += field.box().width + 24
    return canvas


def measure(canvas: Canvas, box: Box, length: int) -> None:
    """A dimension line under a box."""
    y, right = box.y + box.height + 9, box.x + box.width
    outline = Box(box.x, y - 4, box.width, 8)
    d = ("M", box.x, y - 4, "v", 8, "M", box.x, y, "H", right, "M", right, y - 4, "v", 8)
    canvas.path(outline, d, "cf-measure")
    canvas.text(box.middle[0], y + 13, shown(length), "cf-muted")


# Channels --------------------------------------------------------------------------------------


def count(name: str, value: object, most: int) -> int:
    """A number of channels that a figure has room for."""
    number = checks.integer(name, value, 1)
    if number > most:
        refuse(f"a figure shows at most {most} {name}, received {number}.")
    return number


def groups(
    *, in_channels: object, out_channels: object, groups: object = 1, at: object = None
) -> Canvas:
    """Which input channels each output channel sees."""
    C, outs = count("in_channels", in_channels, 24), count("out_channels", out_channels, 24)
    G = checks.integer("groups", groups, 1)
    checks.divisible("in_channels", C, G)
    checks.divisible("out_channels", outs, G)
    marked = None if at is None else checks.integer("at", at, 0)
    if marked is not None and marked >= outs:
        refuse(f"at must be less than out_channels = {outs}, received {marked}.")
    seen = {o: group_channels(o, C, outs, G) for o in range(outs)}
    canvas = Canvas()
    inputs: dict[int, Box] = {}
    results: dict[int, Box] = {}
    step, low, left = CELL + 8, CELL + 74, 0.0
    for channels in dict.fromkeys(seen.values()):
        fed = [o for o in seen if seen[o] == channels]
        wide = max(len(channels), len(fed)) * step - 8
        for boxes, row, y in ((inputs, channels, 0), (results, fed, low)):
            start = left + (wide - len(row) * step + 8) / 2
            for i, channel in enumerate(row):
                boxes[channel] = Box(start + i * step, y, CELL, CELL)
        left += wide + 24
    # Marked wires come last, on top of the others.
    for o in sorted(seen, key=lambda o: o == marked):
        for c in seen[o]:
            ends = (inputs[c].middle[0], CELL + 2), (results[o].middle[0], low - 2)
            canvas.line(*ends, "cf-tie" if o == marked else "cf-wire", data_wire=(c, o))
    for c, box in inputs.items():
        lit = marked is not None and c in seen[marked]
        canvas.rectangle(box, "cf-input cf-tap" if lit else "cf-input", data_channel=c)
        canvas.text(*box.middle, shown(c))
    for o, box in results.items():
        canvas.rectangle(box, "cf-output", data_output=o)
        canvas.text(*box.middle, shown(o))
        if o == marked:
            canvas.rectangle(box, "cf-now", data_now=o)
    return canvas


class Stack(NamedTuple):
    """Planes one behind the other, seen from the front, left and above."""

    x: float
    y: float
    planes: int
    ranges: tuple[range, ...]
    shift: int = 11

    def plane(self, index: int) -> Grid:
        """One plane; the first is in front."""
        aside = index * self.shift
        up = (self.planes - 1 - index) * self.shift
        return Grid(self.x + aside, self.y + up, self.ranges, SMALL, SMALL)

    def box(self) -> Box:
        """The rectangle around all planes."""
        return self.plane(0).box().around(self.plane(self.planes - 1).box())

    def centred(self, middle: float) -> "Stack":
        """The same stack at another height."""
        return self._replace(y=self.y + middle - self.box().middle[1])


def channels(
    *,
    in_channels: object = 3,
    out_channels: object = 2,
    size: object = (5, 5),
    kernel: object = 3,
    stride: object = 1,
    at: object = 0,
) -> Canvas:
    """Every kernel has a slice for each input plane; all products and one bias give one cell."""
    C, outs = count("in_channels", in_channels, 8), count("out_channels", out_channels, 6)
    the = plan(size, kernel, stride, at=at, ranks=(2,))
    canvas = Canvas()
    covered = the.window(the.at)
    kernel_stack = Stack(0, 0, C, the.taps())
    output_plane = Grid(0, 0, the.outputs(), SMALL, SMALL)
    row = max(kernel_stack.box().height, output_plane.box().height) + 22
    middle = max(Stack(0, 0, C, the.padded()).box().height, outs * row - 22) / 2
    field = Stack(0, 0, C, the.padded()).centred(middle)
    for c in reversed(range(C)):
        plane = field.plane(c)
        for where in plane.indices():
            tap = covered.get(where)
            canvas.rectangle(
                plane.cell(where),
                "cf-input" + ("" if tap is None else " cf-tap"),
                data_input=(c, *where),
                data_tap=tap,
            )
        canvas.rectangle(plane.span(*the.ends(the.at)), "cf-window", data_window=(c, *the.at))
    x = field.box().width + GAP
    top = middle - (outs * row - 22) / 2
    lines: list[Box] = []
    for o in range(outs):
        centre = top + o * row + (row - 22) / 2
        kernels = kernel_stack._replace(x=x).centred(centre)
        for c in reversed(range(C)):
            slices(canvas, kernels.plane(c), (o, c))
        bias = Box(x + kernels.box().width + 30, centre - 11, 22, 22)
        canvas.text(bias.x - 15, centre, "+", "cf-sign")
        canvas.rectangle(bias, "cf-weight", rx=11, data_bias=o)
        canvas.text(*bias.middle, "b")
        left = bias.x + bias.width + GAP
        result = output_plane._replace(x=left, y=centre - output_plane.box().middle[1])
        canvas.text(left - GAP / 2, centre, "=", "cf-sign")
        flat_outputs(canvas, result, the.at, (o,))
        lines = [kernels.box(), bias, result.box()]
    canvas.text(x - GAP / 2, middle, "∗", "cf-sign")
    bottom = (canvas.extent or field.box()).height
    for box, shape in zip(
        [field.box(), *lines],
        [
            (C, *lengths(the.padded())),
            (outs, C, *lengths(the.taps())),
            (outs,),
            (outs, *lengths(the.outputs())),
        ],
        strict=True,
    ):
        sizes(canvas, box._replace(y=0, height=bottom), shape)
    return canvas


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


# One and three dimensions ----------------------------------------------------------------------


def sentence(
    *,
    length: object,
    channels: object,
    kernel: object = 3,
    out_channels: object = 1,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    at: object = 0,
) -> Canvas:
    """Conv1d on words: a column for each word; the window slides along the words alone."""
    the = plan(length, kernel, stride, padding, dilation, at=at, ranks=(1,))
    C, outs = count("channels", channels, 12), count("out_channels", out_channels, 8)
    canvas = Canvas()
    side = 20
    rows = range(C)
    field = Grid(0, 0, (rows, *the.padded()), side, side)
    covered = the.window(the.at)
    for c, where in field.indices():
        inside, tap = the.inside((where,)), covered.get((where,))
        canvas.rectangle(
            field.cell((c, where)),
            ("cf-input" if inside else "cf-padding") + ("" if tap is None else " cf-tap"),
            data_position=(c, where),
            data_input=(c, where) if inside else None,
            data_tap=tap,
        )
        if tap is not None and the.axes[0].dilation > 1:
            canvas.rectangle(field.cell((c, where)).grown(-3), "cf-mark", rx=3)
    for where in the.padded()[0]:
        if the.inside((where,)):
            canvas.text(field.cell((0, where)).middle[0], -12, shown(where), "cf-muted")
    first, last = the.ends(the.at)
    canvas.rectangle(field.span((0, *first), (C - 1, *last)), "cf-window", data_window=the.at)
    middle = field.box().middle[1]
    kernels = Stack(field.box().width + GAP, 0, outs, (rows, *the.taps()), 8).centred(middle)
    for o in reversed(range(outs)):
        slices(canvas, kernels.plane(o), (o,))
    left = kernels.box().x + kernels.box().width + GAP
    result = Grid(left, middle - outs * side / 2, (range(outs), *the.outputs()), side, side)
    flat_outputs(canvas, result, None, ())
    canvas.rectangle(result.span((0, *the.at), (outs - 1, *the.at)), "cf-now", data_now=the.at)
    canvas.text(kernels.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(left - GAP / 2, middle, "=", "cf-sign")
    bottom = canvas.extent or field.box()
    for box, shape in (
        (field.box(), (C, the.axes[0].size)),
        (kernels.box(), (outs, C, the.axes[0].kernel)),
        (result.box(), (outs, *lengths(the.outputs()))),
    ):
        sizes(canvas, box._replace(y=bottom.y, height=bottom.height), shape)
    return canvas


def volume(*, size: object, kernel: object = 3, stride: object = 1, at: object = 0) -> Canvas:
    """Conv3d: the kernel is a box that covers several frames."""
    the = plan(size, kernel, stride, at=at, ranks=(3,))
    canvas = Canvas()
    covered = the.window(the.at)
    first, last = the.ends(the.at)
    frames, taps, out = (each[0] for each in (the.padded(), the.taps(), the.outputs()))
    shift = 22
    field = Stack(0, 0, len(frames), the.padded()[1:], shift)
    middle = field.box().middle[1]
    for d in reversed(frames):
        plane = field.plane(d)
        for where in plane.indices():
            tap = covered.get((d, *where))
            canvas.rectangle(
                plane.cell(where),
                "cf-input" + ("" if tap is None else " cf-tap"),
                data_input=(d, *where),
                data_tap=tap,
            )
        if first[0] <= d <= last[0]:
            box = plane.span(first[1:], last[1:])
            canvas.rectangle(box, "cf-window", data_window=(d, *the.at[1:]))
        if d == first[0]:
            # Now, so that nearer frames hide what they should.
            far = field.plane(last[0]).span(first[1:], last[1:])
            for right, down in ((0, 0), (1, 0), (1, 1)):
                start, end = ((b.x + right * b.width, b.y + down * b.height) for b in (box, far))
                canvas.line(start, end, "cf-tie")
    kernels = Stack(field.box().width + GAP, 0, len(taps), the.taps()[1:], shift).centred(middle)
    for t in reversed(taps):
        slices(canvas, kernels.plane(t), (t,))
    left = kernels.x + kernels.box().width + GAP
    result = Stack(left, 0, len(out), the.outputs()[1:], shift).centred(middle)
    for o in reversed(out):
        flat_outputs(canvas, result.plane(o), the.at[1:] if o == the.at[0] else None, (o,))
    canvas.text(kernels.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(left - GAP / 2, middle, "=", "cf-sign")
    height = field.box().height
    for stack, shape in ((field, the.padded()), (kernels, the.taps()), (result, the.outputs())):
        sizes(canvas, stack.box()._replace(y=0, height=height), lengths(shape))
    return canvas


KINDS: Final[dict[str, Callable[..., Canvas]]] = {
    "window": window,
    "padding": padding,
    "padding-modes": padding_modes,
    "stride": stride,
    "dilation": dilation,
    "groups": groups,
    "channels": channels,
    "sentence": sentence,
    "volume": volume,
}
