"""`receptive-field`: what one output cell depends on, through a stack of layers."""

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

from convref import checks, cures
from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import Plan, one_of, plan, refuse_more_than
from convref.figures.svg import CELL, GAP, SMALL, Canvas, Grid, Index, as_text
from convref.geometry import seen
from convref.messages import quoted, refuse
from convref.types import Ints, Padding

__all__ = ["receptive_field"]

DEEP = 8  # layers of one figure


@kind
def receptive_field(
    *,
    size: Ints,
    kernels: Sequence[Ints] = (3, 3),
    strides: int | Sequence[Ints] = 1,
    paddings: int | Literal["same", "valid"] | Sequence[Padding] = 0,
    dilations: int | Sequence[Ints] = 1,
    at: Ints | None = None,
    align: Literal["middle", "end"] = "middle",
) -> Canvas:
    """The cells of each layer that one output cell depends on, the input first.

    `kernels` has one integer for each layer, and so have `strides`, `paddings` and `dilations`,
    unless one integer serves all. `at` is an output cell, by default the one in the middle. The
    rows of a single axis stand in the middle, or all end where the longest does.
    """
    share = {"middle": 2, "end": 1}[checks.word("align", align, ("middle", "end"))]
    layers = stack("receptive-field", size, kernels, strides, paddings, dilations)
    cell = chosen(layers, at)
    stages = traced(layers, cell)
    canvas = Canvas()
    if len(cell) == 1:
        rows(canvas, layers, stages, share)
    else:
        planes(canvas, layers, stages)
    return canvas


def stack(
    kind: str,
    size: object,
    kernels: object,
    strides: object,
    paddings: object,
    dilations: object,
    ranks: Sequence[int] = (1, 2),
) -> list[Plan]:
    """Layers one behind the other, each for the output of the one before."""
    if not isinstance(kernels, list | tuple) or not kernels:
        checks.no_integer("kernels", "a list of integers, one for each layer", kernels)
    count = refuse_more_than(len(kernels), DEEP, "layers")
    given = {"strides": strides, "paddings": paddings, "dilations": dilations}
    lists = [per_layer(kind, name, each, count) for name, each in given.items()]
    layers: list[Plan] = []
    for kernel, stride, padding, dilation in zip(kernels, *lists, strict=True):
        layers.append(plan(kind, size, kernel, stride, padding, dilation, ranks=ranks))
        size = [len(along) for along in layers[-1].outputs()]
    return layers


def per_layer(kind: str, name: str, value: object, count: int) -> list[object]:
    """One value for each layer."""
    if not isinstance(value, list | tuple):
        return [value] * count
    if len(value) != count:
        refuse(
            "figure axes",
            kind=kind,
            name=name,
            expected=cures.count(count, "integer"),
            received=quoted(value),
            advice="one for each layer, or a single one for all",
        )
    return list(value)


def chosen(layers: Sequence[Plan], at: Ints | None) -> Index:
    """An output cell of the last layer; the one in the middle if none is given."""
    outputs = layers[-1].outputs()
    if at is None:
        return tuple(along[len(along) // 2] for along in outputs)
    return one_of(at, outputs)


class Stage(NamedTuple):
    """The positions of one layer's input, or of the output, and those that matter."""

    ranges: tuple[range, ...]
    depended: frozenset[Index]


def traced(layers: list[Plan], cell: Index) -> list[Stage]:
    """From the output cell back to the input; axis by axis, since windows are rectangles."""
    along = [{i} for i in cell]
    stages = [Stage(layers[-1].outputs(), frozenset([cell]))]
    for layer in reversed(layers):
        inside = [
            {i for i in cells if i in out}
            for cells, out in zip(along, layer.outputs(), strict=True)
        ]
        along = [seen(axis, cells, False) for axis, cells in zip(layer.axes, inside, strict=True)]
        stages.append(Stage(layer.padded(), frozenset(product(*along))))
    return stages[::-1]


def role(layers: list[Plan], number: int, where: Index) -> str:
    """The first layer's input, the padding of any layer, or the output of one."""
    if number < len(layers) and layers[number].role(where) == "padding":
        return "padding"
    return "output" if number else "input"


def rows(canvas: Canvas, layers: list[Plan], stages: list[Stage], share: int) -> None:
    """1-D: a row for each layer, with a line from each cell to those that it reads.

    In front of a row stands its share of the room that it leaves: a half, or all of it.
    """
    low = CELL + 44
    wide = max(CELL * len(stage.ranges[0]) for stage in stages)
    grids = [
        Grid((wide - CELL * len(stage.ranges[0])) / share, low * number, stage.ranges)
        for number, stage in enumerate(stages)
    ]
    for number, layer in enumerate(layers):
        for at, window in parts.all_windows(layer):
            if at not in stages[number + 1].depended:
                continue
            below = grids[number + 1].cell(at)
            for where in window:
                above = grids[number].cell(where)
                ends = (above.middle[0], above.y + CELL + 2), (below.middle[0], below.y - 2)
                canvas.line(*ends, "cf-tie", data_wire=(number, *where, *at))
    for number, (grid, stage) in enumerate(zip(grids, stages, strict=True)):
        layer_cells(canvas, layers, number, grid, stage)
        for where in grid.indices():
            if role(layers, number, where) != "padding":
                canvas.text(*grid.cell(where).middle, as_text(where))


def planes(canvas: Canvas, layers: list[Plan], stages: list[Stage]) -> None:
    """2-D: a plane for each layer, one beside the other."""
    x, middle = 0.0, SMALL * max(len(stage.ranges[0]) for stage in stages) / 2
    for number, stage in enumerate(stages):
        grid = Grid(x, middle - SMALL * len(stage.ranges[0]) / 2, stage.ranges, SMALL, SMALL)
        layer_cells(canvas, layers, number, grid, stage)
        if stage.depended:  # a window may lie in the padding alone
            canvas.rectangle(grid.around(stage.depended), "cf-window", data_field=number)
        if number:
            canvas.text(x - GAP / 2, middle, "→", "cf-sign")
        span = [len({i[axis] for i in stage.depended}) for axis in (0, 1)]
        parts.sizes(canvas, grid.box(), span)
        x += grid.box().width + GAP


def layer_cells(canvas: Canvas, layers: list[Plan], number: int, grid: Grid, stage: Stage) -> None:
    """The cells of one layer; those that matter stand out."""
    for where in grid.indices():
        lit = where in stage.depended
        canvas.rectangle(
            grid.cell(where),
            f"cf-{role(layers, number, where)}{' cf-tap' if lit else ''}",
            data_cell=(number, *where),
            data_depended=1 if lit else None,
        )
        if lit:
            canvas.rectangle(grid.cell(where).grown(-2.5), "cf-mark", rx=3)
