"""A drawn figure, and the forms in which it leaves: for pages, for files, for notebooks."""

import inspect
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from html import escape
from typing import Final, ParamSpec

import numpy as np

from convref import checks
from convref.figures import style
from convref.figures.svg import Box, Canvas, as_text, attribute_text
from convref.messages import refuse

__all__ = ["Figure"]

P = ParamSpec("P")

LICENCE: Final = "CC BY 4.0 · convref"
LARGE: Final = 10_000  # numbers of one array: no figure has room for as many
NARROW: Final = 120  # the line with the licence needs as much
ADDRESS: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Figure:
    """A drawing of a convolution.

    A notebook shows it; `svg` is for pages that bring the style sheet along, `standalone` makes a
    file that needs nothing else.
    """

    kind: str
    parameters: dict[str, object]
    canvas: Canvas
    label: str = ""
    described_by: str = ""

    @property
    def svg(self) -> str:
        """The drawing with classes alone: no style, no id, nothing that a strict policy blocks."""
        names = {"aria-label": self.label or None, "aria-describedby": self.described_by or None}
        return self.element(self.box(), self.canvas.content(), names)

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.element(self.box(), f"<style>{self.css()}</style>{self.canvas.content()}", {})

    @property
    def frames(self) -> int:
        """How many pictures the animation has; 1 if nothing moves."""
        return self.canvas.frames

    def named(self, label: str, described_by: str) -> "Figure":
        """The same figure with an accessible name, and the id of the element that describes it."""
        return replace(self, label=label, described_by=described_by)

    def standalone(self, loop: bool = False) -> str:
        """A file of its own: with its style, light or dark as the screen is, and its licence.

        An animation plays once, or with `loop` for ever, unless the reader wants no motion.
        """
        return self.file(self.canvas.content(), self.css(loop))

    def css(self, loop: bool = False) -> str:
        """The style of a figure that brings its own."""
        motion = style.moving(self.frames, self.canvas.shown, loop) if self.frames > 1 else ""
        return style.standing() + motion

    def still(self, frame: int, palette: str) -> str:
        """A file with one frame in one palette, for programs that know no CSS but its rules."""
        return self.file(self.canvas.still(frame), style.resolved(palette))

    def command(self) -> str:
        """What draws this figure again, in a shell."""
        given = (
            f"{name}={value if isinstance(value, str) else json.dumps(value)}"
            for name, value in self.parameters.items()
        )
        return shlex.join(["convref", "draw", self.kind, *given])

    def box(self) -> Box:
        """What is seen of the plane."""
        assert self.canvas.extent is not None
        # Half a pixel aside, lines one pixel wide are sharp at the natural size.
        return self.canvas.extent.grown(3.5)

    def file(self, content: str, css: str) -> str:
        """The drawing with all that it needs, on paper, and a line of text with the licence."""
        drawn = self.box()
        wide = max(drawn.width, NARROW)
        box = Box(drawn.middle[0] - wide / 2, drawn.y, wide, drawn.height + 14)
        paper = {"class": "cf-paper", **box._asdict()}
        line = {
            "class": "cf-muted",
            "x": box.x + box.width - 4,
            "y": box.y + box.height - 8,
            "font-size": 9,
            "text-anchor": "end",
            "fill": "currentColor",
            "stroke": "none",
        }
        head = (
            f"<title>{escape(self.label or self.kind)}</title><desc>{escape(self.command())}</desc>"
            f"<metadata>{LICENCE} · {ADDRESS}</metadata><style>{css}</style>"
            f"<rect{attribute_text(paper)}/>"
        )
        return self.element(box, f"{head}{content}<text{attribute_text(line)}>{LICENCE}</text>", {})

    def element(self, box: Box, content: str, names: Mapping[str, object]) -> str:
        """The root element."""
        moving = self.frames > 1
        attributes = {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "cf",
            "role": "img",
            **names,
            "data-figure": self.kind,
            "data-frames": self.frames if moving else None,
            "data-shown": self.canvas.shown if moving else None,
            "viewBox": " ".join(map(as_text, box)),
            "width": box.width,
            "height": box.height,
            "font-size": 13,
            "text-anchor": "middle",
            "dominant-baseline": "central",
            "fill": "none",
            "stroke": "currentColor",
        }
        return f"<svg{attribute_text(attributes)}>{content}</svg>"


def kind(function: Callable[P, Canvas]) -> Callable[P, Figure]:
    """What a function draws becomes a `Figure`; unknown and missing parameters are refused."""
    name = function.__name__.replace("_", "-")
    known = inspect.signature(function).parameters

    @wraps(function)
    def made(*args: P.args, **given: P.kwargs) -> Figure:
        parameters = {key: as_lists(key, value) for key, value in given.items()}
        for key in parameters:
            checks.word(f"a parameter of figure {name!r}", key, tuple(known))
        for key, parameter in known.items():
            if parameter.default is parameter.empty and key not in parameters:
                refuse("figure needs", kind=name, name=key)
        return Figure(name, parameters, function(*args, **parameters))  # type: ignore[arg-type]

    return made


def as_lists(name: str, value: object) -> object:
    """An array as nested lists, if it is not too large; anything else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    if value.size > LARGE:
        refuse("figure limit", what=f"numbers in {name}", most=LARGE, received=value.size)
    return value.tolist()
