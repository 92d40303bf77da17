"""The results as figures of the site: `figure: speed` and `figure: scaling` of a page."""

import math
from itertools import pairwise
from typing import Final

from benchmarks.results import Results
from convref.figures.figure import kind
from convref.figures.svg import Box, Canvas

WIDTH: Final = 340  # of a whole drawing, as a phone shows it without scrolling
ROW: Final = 22
TRACK: Final = 38  # a layer's name, and its marks below it
STEP: Final = 34  # from one size to the next
PANEL: Final = 96  # height of a small diagram
GAP: Final = 60  # between two of them
RADIUS: Final = 5
RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

# Shape and class of a peer's mark: colour is never the only difference.
MARKS: Final = {
    "PyTorch": ("disc", "cf-head"),
    "onnxruntime": ("diamond", "cf-output cf-measure"),
    "np.einsum": ("square", "cf-weight cf-measure"),
    "onnx.reference": ("triangle", "cf-input cf-measure"),
    "scipy.signal": ("cross", "cf-cut"),
    "convref.definition": ("ring", "cf-cut"),
}


@kind
def speed() -> Canvas:
    """How many times convref's time each peer needs, forward, on every layer."""
    of = Results.load()
    canvas = Canvas()
    rows = {
        **{
            name: {peer: pair["ratio"] for peer, pair in layer["forward"].items()}
            for name, layer in of.data["layers"].items()
        },
        # The geometric mean, without a word.
        "ⁿ√∏": {peer: of.mean("forward", peer) for peer in MARKS},
    }
    times = [1 / ratio for row in rows.values() for ratio in row.values()]
    first, last = math.log10(min(times)) - 0.2, math.log10(max(times)) + 0.2

    def across(time: float) -> float:
        return (math.log10(time) - first) / (last - first) * WIDTH

    for exponent in range(math.ceil(first), math.floor(last) + 1):
        x = across(10.0**exponent)
        ours = exponent == 0
        canvas.text(x, 0, "convref" if ours else power(exponent), None if ours else "cf-muted")
        for row in range(len(rows)):  # broken by the names
            y = (row + 1) * TRACK
            canvas.line((x, y - 9), (x, y + 9), "cf-edge" if ours else "cf-link")
    for row, (name, ratios) in enumerate(rows.items()):
        y = (row + 1) * TRACK
        canvas.line_of_text(0, y - TRACK / 2, name, None if name == "ⁿ√∏" else "cf-muted")
        for peer, ratio in reversed(ratios.items()):  # PyTorch on top
            mark(canvas, peer, across(1 / ratio), y, data_layer=name, data_ratio=str(ratio))
    legend(canvas, RADIUS, len(rows) * TRACK + 34)
    return canvas


def power(exponent: int) -> str:
    """A power of ten: 0.1×, 100×, 10⁴×."""
    if exponent < 4:
        return f"{10.0**exponent:g}×"
    return f"10{str(exponent).translate(RAISED)}×"


@kind
def scaling() -> Canvas:
    """convref's time over PyTorch's as a layer grows: one small diagram for each way to grow."""
    of = Results.load()
    canvas = Canvas()
    families = {name: of.sizes(name) for name in of.data["scaling"]}
    top = max(2, math.ceil(max(max(each.values()) for each in families.values())))
    x = y = 0.0
    for name, ratios in families.items():
        width = (len(ratios) - 1) * STEP
        if x + width > WIDTH:
            x, y = 0.0, y + PANEL + 74
        panel(canvas, x, y, name, ratios, top)
        x += width + GAP
    return canvas


LETTERS: Final = {
    "batch": "N",
    "channels": "C = O",
    "side": "H = W",
    "kernel": "kH = kW",
    "kernel, depthwise": "kH = kW, C = O = groups",
}


def panel(
    canvas: Canvas, x: float, y: float, name: str, ratios: dict[str, float], top: int
) -> None:
    """Ratios by size, from 0 below; a line at 1, where PyTorch is."""
    width = (len(ratios) - 1) * STEP

    def up(ratio: float) -> float:
        return y + PANEL - ratio / top * PANEL

    for level in sorted({0, 1, top}):
        line = "cf-edge" if level == 1 else "cf-link"
        canvas.line((x - 8, up(level)), (x + width + 8, up(level)), line)
        canvas.text(x - 20, up(level), f"{level}×", "cf-muted")
    points = [(x + i * STEP, up(ratio)) for i, ratio in enumerate(ratios.values())]
    for start, end in pairwise(points):
        canvas.line(start, end, "cf-tie")
    for point, (size, ratio) in zip(points, ratios.items(), strict=True):
        disc(canvas, *point, "cf-dot", data_size=size, data_family=name, data_ratio=str(ratio))
        canvas.text(point[0], y + PANEL + 14, size, "cf-muted")
    canvas.text(x + width / 2, y + PANEL + 34, LETTERS[name])


def legend(canvas: Canvas, x: float, y: float) -> None:
    """Marks and names of the peers, in two columns."""
    for i, peer in enumerate(MARKS):
        at = x + i % 2 * 176, y + i // 2 * ROW
        mark(canvas, peer, *at)
        canvas.line_of_text(at[0] + 12, at[1], peer, None)


def mark(canvas: Canvas, peer: str, x: float, y: float, **data: object) -> None:
    """The mark of a peer around a point."""
    shape, class_ = MARKS[peer]
    data["data_peer"] = peer
    if shape in ("disc", "ring"):
        disc(canvas, x, y, class_, **data)
        return
    r = RADIUS
    corners = {
        "diamond": ("M", x, y - r, "L", x + r, y, "L", x, y + r, "L", x - r, y, "Z"),
        "square": ("M", x - 4, y - 4, "h", 8, "v", 8, "h", -8, "Z"),
        "triangle": ("M", x, y - r, "L", x + r, y + 4, "L", x - r, y + 4, "Z"),
        "cross": ("M", x - 4, y - 4, "l", 8, 8, "M", x - 4, y + 4, "l", 8, -8),
    }[shape]
    canvas.path(Box(x - r, y - r, 2 * r, 2 * r), corners, class_, **data)


def disc(canvas: Canvas, x: float, y: float, class_: str, **data: object) -> None:
    r = 4
    d = ("M", x - r, y, "a", r, r, 0, 1, 0, 2 * r, 0, "a", r, r, 0, 1, 0, -2 * r, 0, "Z")
    canvas.path(Box(x - r, y - r, 2 * r, 2 * r), d, class_, **data)
