"""Figures as files: .svg by itself, .png and .gif with the libraries of the extra `draw`."""

import importlib
import io
from numbers import Real
from pathlib import Path
from typing import Any, Final

from convref import checks
from convref.figures.figure import Figure
from convref.figures.style import PALETTES, SECONDS
from convref.messages import refuse

__all__ = ["save"]

SUFFIXES: Final = (".svg", ".png", ".gif")


def save(
    figure: Figure,
    path: str | Path,
    palette: str = "light",
    scale: float = 2,
    loop: bool = False,
) -> None:
    """Write a figure; the suffix of the path decides how.

    Parameters
    ----------
    figure : Figure
        What `convref.figures.draw` gives.
    path : str or Path
        ``.svg``, which holds both palettes, ``.png`` or ``.gif``.
    palette : 'light' or 'dark'
        Of ``.png`` and ``.gif``.
    scale : float
        Pixels of ``.png`` and ``.gif`` for each unit of the drawing.
    loop : bool
        Whether an animation plays for ever instead of once; a ``.png`` is its first picture.

    Raises
    ------
    ValueError
        Another suffix, an unknown palette, or a scale that is not above 0 and at most 16.
    ImportError
        The extra is not installed.
    """
    target = Path(path)
    suffix = checks.word("the suffix of the file", target.suffix.lower(), SUFFIXES)
    name = checks.word("palette", palette, tuple(PALETTES))
    if suffix == ".svg":
        target.write_bytes(figure.standalone(loop).encode())
    elif suffix == ".png":
        target.write_bytes(png(figure, figure.canvas.shown, name, scale))
    else:
        target.write_bytes(gif(figure, name, scale, loop))


def png(figure: Figure, frame: int, palette: str, scale: float) -> bytes:
    """One frame as pixels."""
    given: object = scale
    if not isinstance(given, Real) or not 0 < scale <= 16:
        refuse("figure scale", received=repr(scale))
    resvg = library("resvg_py")
    return bytes(resvg.svg_to_bytes(svg_string=figure.still(frame, palette), zoom=scale))


def gif(figure: Figure, palette: str, scale: float, loop: bool) -> bytes:
    """All frames, from the one that is shown without motion."""
    image = library("PIL.Image")
    order = [(figure.canvas.shown + turn) % figure.frames for turn in range(figure.frames)]
    pictures = [
        image.open(io.BytesIO(png(figure, frame, palette, scale))).convert("RGB").quantize()
        for frame in order
    ]
    out = io.BytesIO()
    options: dict[str, Any] = {"loop": 0} if loop else {}
    pictures[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(SECONDS * 1000),
        **options,
    )
    return out.getvalue()


def library(name: str) -> Any:
    """A library that only pictures made of pixels need."""
    try:
        return importlib.import_module(name)
    except ImportError:
        pass
    refuse("extra")
