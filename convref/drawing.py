"""SVG by hand: boxes, a canvas that grows with what is drawn, and grids of cells. No geometry."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import product
from typing import Final, NamedTuple, TypeAlias

Index: TypeAlias = tuple[int, ...]

CELL: Final = 26  # side of a cell that holds a number
CHARACTER: Final = 7.9  # advance of the monospaced digits at 13 px


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
        if tag == "text":
            attributes |= {"fill": "currentColor", "stroke": "none"}
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
            ' dominant-baseline="central" fill="none" stroke="currentColor">'
            f"{''.join(self.parts)}</svg>"
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
