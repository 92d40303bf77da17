"""`gradient`: one output cell's gradient goes back to its window, or one tap's is collected."""

from itertools import product
from typing import Literal

from convref import checks
from convref.figures.figure import kind
from convref.figures.plan import (
    FRAMES,
    lengths,
    one_of,
    operands,
    plan,
    refuse_more_than,
    switch,
    table,
    with_cell,
)
from convref.figures.spreading import Scatter, scattered
from convref.figures.svg import Canvas
from convref.figures.windows import draw_window
from convref.messages import refuse
from convref.types import Ints, Numbers, Padding

__all__ = ["gradient"]

VIEWS = ("input", "weight")


@kind
def gradient(
    *,
    size: Ints | None = None,
    kernel: Ints | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    view: Literal["input", "weight"] = "input",
    at: Ints | None = None,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    grad: Numbers | None = None,
    animate: bool = False,
) -> Canvas:
    """The gradients of a convolution of one axis or two; `grad` has the values of its output's.

    In the view 'input' the gradient of the output cell `at` times the kernel is added into the
    gradient of the input, after all cells before it; the last one by default. In the view 'weight'
    the tap `at` collects its gradient: each input cell that it meets times the gradient of the
    output cell for which it meets it.
    """
    size, kernel, data, taps = operands("gradient", size, kernel, input, weight)
    moving = switch("animate", animate)
    the = plan("gradient", size, kernel, stride, padding, dilation)
    outputs = the.outputs()
    values = None
    if grad is not None:
        shape, values = table("grad", grad)
        if shape != tuple(lengths(outputs)):
            refuse("shape", name="grad", expected=tuple(lengths(outputs)), received=shape)
    if checks.word("view", view, VIEWS) == "weight":
        # What the window of a tap is: as many cells as there are outputs, one stride apart.
        turned = [
            axis._replace(kernel=len(cells), stride=axis.dilation, dilation=axis.stride)
            for axis, cells in zip(the.axes, outputs, strict=True)
        ]
        dual = the._replace(axes=tuple(turned), gathers=the.taps(), animate=moving)
        return draw_window(with_cell(dual, at or 0), data, values, None)
    last = tuple(along[-1] for along in outputs)
    cell = last if at is None else one_of(at, outputs)
    moments = list(product(*outputs)) if moving else [cell]
    refuse_more_than(len(moments), FRAMES, "frames")
    back = [axis._replace(size=len(cells)) for axis, cells in zip(the.axes, outputs, strict=True)]
    fields = tuple(range(axis.size) for axis in the.axes)
    return scattered(Scatter(tuple(back), fields, values, taps, True), moments, cell)
