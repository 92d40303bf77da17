"""Reads figures back: what stands in one frame of a drawing."""

from collections.abc import Iterator
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from convref.figures import Figure

Index = tuple[int, ...]


def parts(figure: Figure, frame: int | None = None) -> Iterator[Element]:
    """The elements that are seen in a frame; by default in the one that is shown."""
    wanted = figure.canvas.shown if frame is None else frame
    for element in parsed(figure.svg):
        if not element.tag.endswith("}g"):
            yield element
        elif int(element.attrib["data-frame"]) == wanted:
            yield from element


@lru_cache(4)
def parsed(svg: str) -> Element:
    return ElementTree.fromstring(svg)


def elements(figure: Figure, name: str, frame: int | None = None) -> dict[Index, dict[str, str]]:
    """Elements that carry a data attribute, by its value."""
    found: dict[Index, dict[str, str]] = {}
    for element in parts(figure, frame):
        value = element.get(f"data-{name}")
        if value is not None:
            key = index(value) or ()
            assert key not in found, f"data-{name}={value} twice"
            found[key] = dict(element.attrib)
    return found


def index(text: str | None) -> Index | None:
    return tuple(map(int, text.split(","))) if text else None


def texts(figure: Figure, frame: int | None = None) -> list[str]:
    return [e.text or "" for e in parts(figure, frame) if e.tag.endswith("text")]


def labels(figure: Figure, name: str, frame: int | None = None) -> dict[Index, int]:
    """The number in the middle of each cell."""
    at = {}
    for element in parts(figure, frame):
        if element.tag.endswith("text"):
            at[float(element.get("x", 0)), float(element.get("y", 0))] = element.text or ""
    found = {}
    for cell, box in elements(figure, name, frame).items():
        x, y, w, h = (float(box[key]) for key in ("x", "y", "width", "height"))
        text = at.get((round(x + w / 2, 2), round(y + h / 2, 2)))
        if text is not None:
            found[cell] = int(text.replace("−", "-"))
    return found


def sources(figure: Figure, frame: int | None = None) -> dict[Index, Index]:
    """Tap -> the input cell that it reads, as the drawing shows it; constants are left out."""
    cells = elements(figure, "position", frame)
    found = {}
    for tap, overlay in elements(figure, "tap", frame).items():
        cell = cells[index(overlay["data-reads"]) or ()]
        shown = index(cell.get("data-input")) or index(cell.get("data-source"))
        if shown is not None:
            found[tap] = shown
    return found
