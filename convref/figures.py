"""Figures of convolution as plain SVG, language-free, drawn from `convref.geometry`.

No figure works out by itself which cell goes where: it asks `position`, `source` and `output_size`,
and writes the answer into the drawing twice, for eyes and as ``data-`` attributes for tests.
Colours are classes (``cf-...``) that a stylesheet fills in; without one the figure is monochrome.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from itertools import product
from typing import Final, NamedTuple, NoReturn, TypeAlias

from convref import checks
from convref.geometry import Axis, output_size, position, resolve, source

Index: TypeAlias = tuple[int, ...]
Values: TypeAlias = Mapping[Index, Decimal]

CELL: Final = 28  # side of a cell that holds a number
SMALL: Final = 16  # side of a cell without one
GAP: Final = 36  # between two grids, with a sign in the middle
LINE: Final = 20  # from one line of text to the next
CHARACTER: Final = 7.9  # advance of the monospaced digits at 13 px
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


# Drawing ---------------------------------------------------------------------------------------


class Box(NamedTuple):
    """A rectangle on the drawing."""

    x: float
    y: float
    width: float
    height: float

    def grown(self, by: float) -> "Box":
        """The same rectangle with a margin."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def around(self, other: "Box") -> "Box":
        """The smallest rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y)

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class Canvas:
    """SVG elements in drawing order, and the rectangle that they fill."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.extent: Box | None = None

    def add(self, tag: str, box: Box, content: str | None, **attributes: object) -> None:
        """Append one element; `box` is where it lies."""
        self.extent = self.extent.around(box) if self.extent else box
        written = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{escape(shown(value))}"'
            for name, value in attributes.items()
            if value is not None
        )
        end = "/>" if content is None else f">{escape(content)}</{tag}>"
        self.parts.append(f"<{tag}{written}{end}")

    def rectangle(self, box: Box, class_: str, **data: object) -> None:
        """A rectangle; extra attributes say what it stands for."""
        self.add(
            "rect",
            box,
            None,
            class_=class_,
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            **data,
        )

    def text(self, x: float, y: float, text: str, class_: str | None = None) -> None:
        """Text centred at a point."""
        width = CHARACTER * len(text)
        self.add("text", Box(x - width / 2, y - 8, width, 16), text, class_=class_, x=x, y=y)

    def path(self, box: Box, d: Sequence[object], class_: str, **data: object) -> None:
        """A path from its commands and numbers."""
        written = " ".join(each if isinstance(each, str) else shown(each) for each in d)
        self.add("path", box, None, class_=class_, d=written, **data)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], class_: str, **data: object
    ) -> None:
        """A straight line."""
        box = Box(*start, 0, 0).around(Box(*end, 0, 0))
        self.path(box, ("M", *start, "L", *end), class_, **data)

    def svg(self, kind: str, label: str, described_by: str) -> str:
        """The whole drawing."""
        assert self.extent is not None
        # Half a pixel aside, lines one pixel wide are sharp at the natural size.
        box = self.extent.grown(3.5)
        view = " ".join(map(shown, box))
        names = f' aria-label="{escape(label)}"' if label else ""
        names += f' aria-describedby="{escape(described_by)}"' if described_by else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cf" role="img"{names}'
            f' data-figure="{kind}" viewBox="{view}" width="{shown(box.width)}"'
            f' height="{shown(box.height)}" font-size="13" text-anchor="middle"'
            f' dominant-baseline="central">{"".join(self.parts)}</svg>'
        )


def shown(value: object) -> str:
    """Numbers without needless zeros, indices with commas."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain.replace("-", "−")
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)


class Grid(NamedTuple):
    """Cells in rows and columns; `ranges` holds the indices along one axis or two."""

    x: float
    y: float
    ranges: tuple[range, ...]
    width: float = CELL
    height: float = CELL

    def indices(self) -> Iterator[Index]:
        """Every index, row by row."""
        return product(*self.ranges)

    def cell(self, index: Index) -> Box:
        """The rectangle of one cell."""
        steps = [i - along.start for i, along in zip(index, self.ranges, strict=True)]
        row, column = (0, *steps)[-2:]
        return Box(
            self.x + column * self.width, self.y + row * self.height, self.width, self.height
        )

    def box(self) -> Box:
        """The rectangle of all cells."""
        return self.span([along.start for along in self.ranges], [a[-1] for a in self.ranges])

    def span(self, first: Sequence[int], last: Sequence[int]) -> Box:
        """The rectangle from one cell to another."""
        return self.cell(tuple(first)).around(self.cell(tuple(last)))


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
    step = CELL + GAP - 4
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
    lines.append("= " + shown(total(products, offset)))
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
        canvas.rectangle(field.cell(where), "cf-window", data_from=where)
        canvas.rectangle(field.cell(cell), "cf-window", data_to=cell)
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
    deep = min(wide / 2, 22)
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


KINDS: Final[dict[str, Callable[..., Canvas]]] = {
    "window": window,
    "padding": padding,
    "padding-modes": padding_modes,
}
