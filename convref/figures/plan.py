"""Parameters of a figure, checked as a convolution checks them, and all that is asked of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final, NamedTuple, NoReturn, TypeAlias

from convref import checks
from convref.figures.svg import CELL, CHARACTER, Index, as_text
from convref.geometry import Axis, as_convolution, output_size, position, resolve, source
from convref.messages import quoted, refuse
from convref.types import Ints, Numbers

__all__: list[str] = []

Values: TypeAlias = Mapping[Index, Decimal]

MOST: Final = 600  # cells of one grid
FRAMES: Final = 64  # of one animation


class Plan(NamedTuple):
    """One convolution's axes, and the output cell that the figure is about."""

    axes: tuple[Axis, ...]
    mode: str = "zeros"
    at: Index = ()
    animate: bool = False
    # Of a zero-stuffed input: the cell that stands at a position; its kernel is turned.
    cells: tuple[Mapping[int, int], ...] | None = None
    # Of a gradient of the weight: its taps, which are what is computed here.
    gathers: tuple[range, ...] | None = None

    def padded(self) -> tuple[range, ...]:
        """Positions along each axis, padding included."""
        return tuple(range(-a.before, a.size + a.after) for a in self.axes)

    def outputs(self) -> tuple[range, ...]:
        """Output cells along each axis."""
        if self.gathers is not None:
            return self.gathers
        return tuple(range(output_size(a)) for a in self.axes)

    def taps(self) -> tuple[range, ...]:
        """Taps along each axis."""
        return tuple(range(a.kernel) for a in self.axes)

    def moments(self) -> tuple[Index, ...]:
        """The output cells that are shown one after the other, or the one that is."""
        return tuple(product(*self.outputs())) if self.animate else (self.at,)

    def where(self, at: Index, tap: Index) -> Index:
        """Position of a tap of one output cell's window."""
        return tuple(position(*each) for each in zip(self.axes, at, tap, strict=True))

    def window(self, at: Index) -> dict[Index, Index]:
        """Position -> tap for one output cell."""
        return {self.where(at, tap): tap for tap in product(*self.taps())}

    def ends(self, at: Index) -> tuple[Index, Index]:
        """Positions of the first and the last tap of one output cell."""
        taps = self.taps()
        return self.where(at, tuple(t[0] for t in taps)), self.where(at, tuple(t[-1] for t in taps))

    def shows(self, where: Index) -> Index | None:
        """The input cell shown at a position, or None for a constant."""
        if self.cells is None:
            cells = [source(p, a.size, self.mode) for p, a in zip(where, self.axes, strict=True)]
        else:
            cells = [along.get(p) for p, along in zip(where, self.cells, strict=True)]
        known = tuple(cell for cell in cells if cell is not None)
        return known if len(known) == len(cells) else None

    def role(self, where: Index) -> str:
        """'input', 'padding', or 'zero' between the cells of a zero-stuffed input."""
        if not all(p in range(a.size) for p, a in zip(where, self.axes, strict=True)):
            return "padding"
        return "zero" if self.shows(where) is None else "input"

    def weight(self, tap: Index) -> Index:
        """Index of the weight that a tap holds: its own, or in a turned kernel the opposite one."""
        if self.cells is None:
            return tap
        return tuple(along[::-1][t] for along, t in zip(self.taps(), tap, strict=True))


def plan(
    kind: str,
    size: object,
    kernel: object,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    mode: object = "zeros",
    at: object = 0,
    animate: object = False,
    ranks: Sequence[int] = (1, 2),
    called: str = "size",
) -> Plan:
    """Check parameters as a convolution does, and resolve them."""
    rank = rank_of(kind, called, size, ranks)
    sizes = checks.integers(called, size, rank, 1)
    kernels = checks.integers("kernel", kernel, rank, 1)
    strides = checks.integers("stride", stride, rank, 1)
    dilations = checks.integers("dilation", dilation, rank, 1)
    pads = checks.pads(padding, strides)
    name = checks.word("mode", mode, checks.MODES)
    axes = resolve(sizes, kernels, strides, pads, dilations)
    for letter, axis in checks.named(axes):
        checks.kernel_fits(letter, axis)
        checks.padding_limits(letter, axis.size, (axis.before, axis.after), name)
    return with_cell(Plan(axes, name, animate=switch("animate", animate)), at)


def transposed_plan(
    kind: str,
    size: object,
    kernel: object,
    stride: object,
    padding: object,
    output_padding: object,
    dilation: object,
) -> tuple[tuple[Axis, ...], Plan]:
    """The axes of a transposed convolution, and the ordinary one over its zero-stuffed input."""
    rank = rank_of(kind, "size", size, (1, 2))
    sizes = checks.integers("size", size, rank, 1)
    kernels = checks.integers("kernel", kernel, rank, 1)
    strides = checks.integers("stride", stride, rank, 1)
    pairs = [(p, p) for p in checks.integers("padding", padding, rank, 0)]
    extra = checks.integers("output_padding", output_padding, rank, 0)
    axes = resolve(sizes, kernels, strides, pairs, checks.integers("dilation", dilation, rank, 1))
    checks.transposed_fits(axes, extra)
    dense = tuple(as_convolution(axis, more) for axis, more in zip(axes, extra, strict=True))
    # Where an input cell's first tap adds without padding, the cell itself stands.
    bare = [axis._replace(before=0) for axis in axes]
    cells = tuple({position(a, cell, 0): cell for cell in range(a.size)} for a in bare)
    return axes, with_cell(Plan(dense, cells=cells), 0)


def with_cell(the: Plan, at: object) -> Plan:
    """The plan about one output cell, if a reader can take it in."""
    cells = 1
    for along in the.padded():
        cells *= along.stop - along.start
    refuse_more_than(cells, MOST, "cells with their padding")
    chosen = the._replace(at=one_of(at, the.outputs()))
    refuse_more_than(len(chosen.moments()), FRAMES, "frames")
    return chosen


def refuse_more_than(count: int, most: int, what: str) -> int:
    """A number of things that a figure has room for."""
    if count > most:
        refuse("figure limit", what=what, most=most, received=count)
    return count


def count(name: str, value: object, most: int) -> int:
    """A number of channels that a figure has room for."""
    return refuse_more_than(checks.integer(name, value, 1), most, name)


def one_of(at: object, outputs: Sequence[range]) -> Index:
    """An index of an output."""
    cell = checks.integers("at", at, len(outputs), 0)
    return checks.cell(cell, lengths(outputs), True)


def switch(name: str, value: object) -> bool:
    """True or false."""
    return checks.word(name, str(value), ("True", "False")) == "True"


def rank_of(kind: str, name: str, size: object, ranks: Sequence[int]) -> int:
    """How many axes a size has, one of those that a kind can draw."""
    rank = len(size) if isinstance(size, list | tuple) else 1
    if rank not in ranks:
        wrong_axes(kind, name, " or ".join(map(str, ranks)), size)
    return rank


def wrong_axes(kind: str, name: str, axes: object, received: object) -> NoReturn:
    """More or fewer axes than the figure has."""
    refuse(
        "figure axes",
        kind=kind,
        name=name,
        expected="1 axis" if str(axes) == "1" else f"{axes} axes",
        received=quoted(received),
        advice="an integer for each axis, or values in lists nested as deep",
    )


# Values ----------------------------------------------------------------------------------------


def table(name: str, rows: object) -> tuple[Index, Values]:
    """Shape and exact values of a list, or of a list of equally long lists."""
    if not isinstance(rows, list | tuple) or not rows:
        wrong_values(name, rows)
    if not isinstance(rows[0], list | tuple):
        return (len(rows),), {(i,): number(name, each) for i, each in enumerate(rows)}
    values: dict[Index, Decimal] = {}
    for i, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != len(rows[0]) or not row:
            wrong_values(name, row, f" in row {i}")
        values |= {(i, j): number(name, each) for j, each in enumerate(row)}
    return (len(rows), len(rows[0])), values


def number(name: str, value: object) -> Decimal:
    """A finite number, exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong_values(name, value)
    exact = Decimal(value if isinstance(value, int) else str(value))
    if not exact.is_finite():
        wrong_values(name, value)
    return exact


def wrong_values(name: str, received: object, place: str = "") -> NoReturn:
    """Not numbers, or not in rows."""
    refuse("figure values", name=name, received=quoted(received), place=place)


def sized(
    kind: str, name: str, size: Ints | None, rows: Numbers | None
) -> tuple[Ints, Values | None]:
    """A size given by itself, by values, or by both alike."""
    values_name = {"size": "input", "kernel": "weight"}[name]
    if rows is None:
        if size is None:
            refuse("figure needs", kind=kind, name=f"{name} or {values_name}")
        return size, None
    shape, values = table(values_name, rows)
    if size is not None:
        expected = checks.integers(name, size, len(shape), 1)
        if expected != shape:
            refuse("shape", name=values_name, expected=expected, received=shape)
    return list(shape), values


def operands(
    kind: str,
    size: Ints | None,
    kernel: Ints | None,
    input: Numbers | None,
    weight: Numbers | None,
) -> tuple[Ints, Ints, Values | None, Values | None]:
    """Sizes of an input and a kernel, and their values as far as they are given."""
    sizes, data = sized(kind, "size", size, input)
    kernels, taps = sized(kind, "kernel", kernel, weight)
    rank = len(sizes) if isinstance(sizes, list | tuple) else 1
    if taps is not None and len(next(iter(taps))) != rank:
        wrong_axes(kind, "weight", rank, weight)
    return sizes, kernels, data, taps


def counted(ranges: Sequence[range]) -> Values:
    """0, 1, 2, ... in the cells of a grid."""
    return {cell: Decimal(i) for i, cell in enumerate(product(*ranges))}


def input_cells(the: Plan) -> list[range]:
    """The input's cells along each axis, without padding."""
    return [range(axis.size) for axis in the.axes]


def cell_width(*values: Values | None) -> float:
    """Wide enough for the longest number."""
    longest = max((len(as_text(v)) for each in values if each for v in each.values()), default=1)
    return max(CELL, round(CHARACTER * longest + 10))


def lengths(ranges: Sequence[range]) -> list[int]:
    """Cells along each axis."""
    return [len(each) for each in ranges]
