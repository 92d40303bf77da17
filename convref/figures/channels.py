"""`groups` and `channels`: which planes go into which."""

from convref import checks
from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import count, lengths, one_of, plan
from convref.figures.svg import CELL, GAP, SMALL, Box, Canvas, Grid, Stack, as_text
from convref.geometry import group_channels
from convref.types import Ints

__all__ = ["channels", "groups"]


@kind
def groups(
    *, in_channels: int, out_channels: int, groups: int = 1, at: Ints | None = None
) -> Canvas:
    """Which input channels each output channel sees; `at` marks one output channel."""
    C, outs = count("in_channels", in_channels, 24), count("out_channels", out_channels, 24)
    G = checks.integer("groups", groups, 1)
    checks.divisible("in_channels", C, G)
    checks.divisible("out_channels", outs, G)
    marked = None if at is None else one_of(at, [range(outs)])[0]
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
        canvas.text(*box.middle, as_text(c))
    for o, box in results.items():
        canvas.rectangle(box, "cf-output", data_output=o)
        canvas.text(*box.middle, as_text(o))
        if o == marked:
            canvas.rectangle(box, "cf-now", data_now=o)
    return canvas


@kind
def channels(
    *,
    in_channels: int = 3,
    out_channels: int = 2,
    size: Ints = (5, 5),
    kernel: Ints = 3,
    stride: Ints = 1,
    at: Ints = 0,
) -> Canvas:
    """Every kernel has a slice for each input plane; all products and one bias give one cell."""
    C, outs = count("in_channels", in_channels, 8), count("out_channels", out_channels, 6)
    the = plan("channels", size, kernel, stride, at=at, ranks=(2,))
    canvas = Canvas()
    kernel_stack = Stack(0, 0, C, the.taps())
    output_plane = Grid(0, 0, the.outputs(), SMALL, SMALL)
    row = max(kernel_stack.box().height, output_plane.box().height) + 22
    middle = max(Stack(0, 0, C, the.padded()).box().height, outs * row - 22) / 2
    field = Stack(0, 0, C, the.padded()).centred(middle)
    for c in reversed(range(C)):
        plane = field.plane(c)
        for where in plane.indices():
            canvas.rectangle(plane.cell(where), "cf-input", data_input=(c, *where))
        parts.lit_window(canvas, plane, the, the.window(the.at), (c,))
        canvas.rectangle(plane.span(*the.ends(the.at)), "cf-window", data_window=(c, *the.at))
    x = field.box().width + GAP
    top = middle - (outs * row - 22) / 2
    for o in range(outs):
        centre = top + o * row + (row - 22) / 2
        kernels = kernel_stack._replace(x=x).centred(centre)
        for c in reversed(range(C)):
            parts.slices(canvas, kernels.plane(c), (o, c))
        bias = Box(x + kernels.box().width + 30, centre - 11, 22, 22)
        canvas.text(bias.x - 15, centre, "+", "cf-sign")
        canvas.rectangle(bias, "cf-weight", rx=11, data_bias=o)
        canvas.text(*bias.middle, "b")
        left = bias.x + bias.width + GAP
        result = output_plane._replace(x=left, y=centre - output_plane.box().middle[1])
        canvas.text(left - GAP / 2, centre, "=", "cf-sign")
        parts.flat_outputs(canvas, result, the.at, (o,))
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
        parts.sizes(canvas, box._replace(y=0, height=bottom), shape)
    return canvas
