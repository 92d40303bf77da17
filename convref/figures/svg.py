"""SVG by hand: boxes, a canvas that grows with what is drawn, and grids of cells. No geometry."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import groupby, product
from typing import Final, NamedTuple, TypeAlias, TypeVar

__all__: list[str] = []

Index: TypeAlias = tuple[int, ...]
T = TypeVar("T")

CELL: Final = 26  # side of a cell that holds a number
CHARACTER: Final = 7.9  # advance of the monospaced digits at 13 px
GAP: Final = 28  # between two grids, with a sign in the middle
SMALL: Final = 16  # side of a cell without a number


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


class Part(NamedTuple):
    """One element, and the frame of the animation that it belongs to; None: to all of them."""

    frame: int | None
    text: str


class Canvas:
    """SVG elements in drawing order, and the rectangle that they fill.

    An animation has a frame for each of its `moments`; a drawing that stands still has one moment.
    """

    def __init__(self, moments: Sequence[object] = (None,), shown: object = None) -> None:
        self.frames = len(moments)
        self.shown = moments.index(shown)
        self.parts: list[Part] = []
        self.extent: Box | None = None
        self.frame: int | None = None

    def each(self, moments: Sequence[T]) -> Iterator[T]:
        """One moment after the other; what is drawn meanwhile belongs to its frame alone."""
        for number, moment in enumerate(moments):
            self.frame = number if self.frames > 1 else None
            yield moment
        self.frame = None

    def add(self, tag: str, box: Box, content: str | None, **attributes: object) -> None:
        """Append one element; `box` is where it lies."""
        if tag == "text":
            attributes |= {"fill": "currentColor", "stroke": "none"}
        self.extent = self.extent.around(box) if self.extent else box
        end = "/>" if content is None else f">{escape(content)}</{tag}>"
        self.parts.append(Part(self.frame, f"<{tag}{attribute_text(attributes)}{end}"))

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

    def line_of_text(self, x: float, y: float, text: str, class_: str | None) -> None:
        """Text that starts at a point."""
        box = Box(x, y - 8, CHARACTER * len(text), 16)
        self.add("text", box, text, class_=class_, x=x, y=y, text_anchor="start")

    def path(self, box: Box, d: Sequence[object], class_: str, **data: object) -> None:
        """A path from its commands and numbers."""
        text = " ".join(map(as_text, d))
        self.add("path", box, None, class_=class_, d=text, **data)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], class_: str, **data: object
    ) -> None:
        """A straight line."""
        box = Box(*start, 0, 0).around(Box(*end, 0, 0))
        self.path(box, ("M", *start, "L", *end), class_, **data)

    def content(self) -> str:
        """All elements; each frame in groups, which are hidden unless the frame is shown."""
        return "".join(
            "".join(part.text for part in parts)
            if frame is None
            else f"<g{attribute_text({'data_frame': frame, 'display': self.display(frame)})}>"
            f"{''.join(part.text for part in parts)}</g>"
            for frame, parts in groupby(self.parts, key=lambda part: part.frame)
        )

    def display(self, frame: int) -> str | None:
        """The attribute that hides a frame without any style sheet."""
        return None if frame == self.shown else "none"

    def still(self, frame: int) -> str:
        """The elements of one frame, without groups."""
        return "".join(part.text for part in self.parts if part.frame in (None, frame))


def attribute_text(attributes: dict[str, object]) -> str:
    """Attributes of an element; those that are None are left out."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(as_text(value))}"'
        for name, value in attributes.items()
        if value is not None
    )


def as_text(value: object) -> str:
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

    def around(self, cells: Iterable[Index]) -> Box:
        """The smallest rectangle that holds some cells."""
        boxes = [self.cell(each) for each in cells]
        box = boxes[0]
        for each in boxes:
            box = box.around(each)
        return box


class Stack(NamedTuple):
    """Planes one behind the other, seen from the front, left and above."""

    x: float
    y: float
    planes: int
    ranges: tuple[range, ...]
    shift: int = 11
    side: float = SMALL

    def plane(self, index: int) -> Grid:
        """One plane; the first is in front."""
        aside = index * self.shift
        up = (self.planes - 1 - index) * self.shift
        return Grid(self.x + aside, self.y + up, self.ranges, self.side, self.side)

    def box(self) -> Box:
        """The rectangle around all planes."""
        return self.plane(0).box().around(self.plane(self.planes - 1).box())

    def centred(self, middle: float) -> "Stack":
        """The same stack at another height."""
        return self._replace(y=self.y + middle - self.box().middle[1])
