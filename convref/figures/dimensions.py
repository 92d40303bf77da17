"""`sentence` and `volume`: convolution in one dimension and in three."""

from convref.figures import parts
from convref.figures.figure import kind
from convref.figures.plan import count, lengths, plan
from convref.figures.svg import GAP, Canvas, Grid, Stack
from convref.types import Ints, Padding

__all__ = ["sentence", "volume"]


@kind
def sentence(
    *,
    length: int,
    channels: int,
    kernel: int = 3,
    out_channels: int = 1,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
    at: Ints = 0,
    animate: bool = False,
) -> Canvas:
    """Conv1d on words: a column for each word; the window slides along the words alone."""
    the = plan(
        "sentence", length, kernel, stride, padding, dilation, at=at, animate=animate, ranks=(1,),
        called="length",
    )  # fmt: skip
    C, outs = count("channels", channels, 12), count("out_channels", out_channels, 8)
    canvas = parts.canvas_of(the)
    side = 20
    rows = range(C)
    field = Grid(0, 0, (rows, *the.padded()), side, side)
    for c, where in field.indices():
        role = the.role((where,))
        canvas.rectangle(
            field.cell((c, where)),
            f"cf-{role}",
            data_position=(c, where),
            data_input=(c, where) if role == "input" else None,
        )
    for where in the.padded()[0]:
        if the.role((where,)) == "input":
            canvas.text(field.cell((0, where)).middle[0], -12, str(where), "cf-muted")
    middle = field.box().middle[1]
    kernels = Stack(field.box().width + GAP, 0, outs, (rows, *the.taps()), 8).centred(middle)
    for o in reversed(range(outs)):
        parts.slices(canvas, kernels.plane(o), (o,))
    left = kernels.box().x + kernels.box().width + GAP
    result = Grid(left, middle - outs * side / 2, (range(outs), *the.outputs()), side, side)
    parts.flat_outputs(canvas, result, None, ())
    canvas.text(kernels.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(left - GAP / 2, middle, "=", "cf-sign")
    bottom = canvas.extent or field.box()
    for at in canvas.each(the.moments()):
        reads = {(c, *where): (c, *tap) for where, tap in the.window(at).items() for c in rows}
        parts.lit_window(canvas, field, the, reads)
        canvas.rectangle(field.around(reads), "cf-window", data_window=at)
        canvas.rectangle(result.around((o, *at) for o in range(outs)), "cf-now", data_now=at)
    for box, shape in (
        (field.box(), (C, the.axes[0].size)),
        (kernels.box(), (outs, C, the.axes[0].kernel)),
        (result.box(), (outs, *lengths(the.outputs()))),
    ):
        parts.sizes(canvas, box._replace(y=bottom.y, height=bottom.height), shape)
    return canvas


@kind
def volume(
    *,
    size: Ints,
    kernel: Ints = 3,
    stride: Ints = 1,
    padding: Padding = 0,
    at: Ints = 0,
) -> Canvas:
    """Conv3d: the kernel is a box that covers several frames."""
    the = plan("volume", size, kernel, stride, padding, at=at, ranks=(3,))
    canvas = Canvas()
    first, last = the.ends(the.at)
    covered = the.window(the.at)
    frames, taps, out = (each[0] for each in (the.padded(), the.taps(), the.outputs()))
    shift = 22
    field = Stack(0, 0, len(frames), the.padded()[1:], shift)
    middle = field.box().middle[1]
    planes = {d: field.plane(place) for place, d in enumerate(frames)}
    for d in reversed(frames):
        plane = planes[d]
        for where in plane.indices():
            role = the.role((d, *where))
            inside = (d, *where) if role == "input" else None
            canvas.rectangle(
                plane.cell(where), f"cf-{role}", data_position=(d, *where), data_input=inside
            )
        for where, tap in covered.items():
            if where[0] == d:
                cell = plane.cell(where[1:])
                role = parts.lit(the.role(where))
                canvas.rectangle(cell, role, data_tap=tap, data_reads=where)
        if first[0] <= d <= last[0]:
            box = plane.span(first[1:], last[1:])
            canvas.rectangle(box, "cf-window", data_window=(d, *the.at[1:]))
        if d == first[0]:
            # Now, so that nearer frames hide what they should.
            far = planes[last[0]].span(first[1:], last[1:])
            for right, down in ((0, 0), (1, 0), (1, 1)):
                start, end = ((b.x + right * b.width, b.y + down * b.height) for b in (box, far))
                canvas.line(start, end, "cf-tie")
    kernels = Stack(field.box().width + GAP, 0, len(taps), the.taps()[1:], shift).centred(middle)
    for t in reversed(taps):
        parts.slices(canvas, kernels.plane(t), (t,))
    left = kernels.x + kernels.box().width + GAP
    result = Stack(left, 0, len(out), the.outputs()[1:], shift).centred(middle)
    for o in reversed(out):
        now = the.at[1:] if o == the.at[0] else None
        parts.flat_outputs(canvas, result.plane(o), now, (o,))
    canvas.text(kernels.x - GAP / 2, middle, "∗", "cf-sign")
    canvas.text(left - GAP / 2, middle, "=", "cf-sign")
    height = field.box().height
    input_size = [axis.size for axis in the.axes]
    for stack, shape in (
        (field, input_size),
        (kernels, lengths(the.taps())),
        (result, lengths(the.outputs())),
    ):
        parts.sizes(canvas, stack.box()._replace(y=0, height=height), shape)
    return canvas
