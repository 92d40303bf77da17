"""Figures as text and pixels: the same bytes every time, small, well-formed, free of style."""

import gzip
import hashlib
import inspect
import json
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from convref import __main__ as command
from convref import conv2d, figures
from convref.figures import KINDS, Figure, draw, style
from convref.figures.figure import kind
from convref.figures.files import png, save
from convref.figures.plan import number
from convref.figures.svg import CHARACTER, Box, Canvas

SMALL_INPUT = [[1, 2, 0, 3], [0, 1, -2, 3], [1, 2, 1, 0]]
SMALL_WEIGHT = [[1, 0.5], [-1, 2]]

# What tests/golden holds, as a page gets it: these, each a kind with its parameters, and all that
# the page of figures shows. For drawings that are new or meant to change,
# `python -m tests.test_figures_files` writes what is drawn now, and a page that shows each of them
# before and after.
GOLDEN: list[tuple[str, dict[str, Any]]] = [
    ("window", {"input": SMALL_INPUT, "weight": SMALL_WEIGHT, "at": [1, 2]}),
    (
        "window",
        {
            "input": SMALL_INPUT,
            "weight": SMALL_WEIGHT,
            "padding": 1,
            "stride": 2,
            "dilation": 2,
            "bias": -3,
            "animate": True,
        },
    ),
    (
        "window",
        {
            "input": [1, 2, 3, 4],
            "weight": [1, 10, 100],
            "padding": "same",
            "mode": "reflect",
            "animate": True,
        },
    ),
    ("window", {"size": [4, 3], "kernel": [1, 2], "at": 1}),
    ("window", {"size": 5, "kernel": 2, "dilation": 3, "padding": 1, "at": 2}),
    ("padding", {"input": SMALL_INPUT, "padding": 2, "mode": "reflect"}),
    (
        "padding",
        {"size": [3, 3], "padding": [1, 2], "mode": "circular", "at": [1, -2]},
    ),
    ("padding", {"size": 4, "padding": 2, "mode": "replicate"}),
    ("padding-modes", {"input": [1, 2, 3, 4], "padding": 3}),
    ("stride", {"size": [6, 5], "kernel": 2, "stride": [3, 2], "padding": 1}),
    ("stride", {"size": [6, 6], "stride": 2, "animate": True}),
    ("stride", {"size": 7, "kernel": 3, "stride": 3, "padding": 1, "dilation": 2}),
    ("stride", {"size": 6, "kernel": 2, "animate": True}),
    ("dilation", {"size": [7, 8]}),
    ("dilation", {"size": 6, "kernel": 2, "dilations": [1, 4], "animate": True}),
    ("groups", {"in_channels": 4, "out_channels": 6, "groups": 2, "at": 3}),
    ("groups", {"in_channels": 3, "out_channels": 3, "groups": 3}),
    ("channels", {"in_channels": 2, "out_channels": 3, "at": [1, 2]}),
    (
        "channels",
        {"in_channels": 3, "out_channels": 1, "size": [6, 4], "kernel": 2, "stride": 2},
    ),
    (
        "sentence",
        {"length": 4, "channels": 3, "out_channels": 2, "padding": 1, "at": 2},
    ),
    (
        "sentence",
        {"length": 6, "channels": 2, "kernel": 2, "dilation": 2, "stride": 2, "animate": True},
    ),
    ("volume", {"size": [4, 5, 5], "kernel": [2, 3, 3], "at": [1, 0, 2]}),
    ("volume", {"size": [2, 3, 4], "kernel": 2, "padding": 1, "stride": 2}),
    (
        "transposed",
        {
            "input": [1, 2, 3],
            "weight": [1, 10, 100],
            "stride": 2,
            "padding": 1,
            "output_padding": 1,
        },
    ),
    (
        "transposed",
        {"size": 3, "kernel": 2, "dilation": 2, "at": 1, "animate": True},
    ),
    (
        "transposed",
        {"input": SMALL_INPUT, "weight": SMALL_WEIGHT, "stride": 2, "padding": 1, "at": [1, 1]},
    ),
    (
        "transposed",
        {"size": [2, 2], "kernel": 2, "dilation": 2, "stride": 2, "animate": True},
    ),
    (
        "transposed",
        {
            "input": SMALL_INPUT,
            "weight": SMALL_WEIGHT,
            "view": "zero-stuffing",
            "stride": 2,
            "at": [1, 1],
        },
    ),
    (
        "transposed",
        {
            "input": [1, 2, 3],
            "weight": [1, 10],
            "view": "zero-stuffing",
            "stride": 3,
            "animate": True,
        },
    ),
    (
        "receptive-field",
        {"size": 11, "kernels": [3, 3, 2], "strides": [2, 1, 1], "paddings": [1, 0, 1]},
    ),
    (
        "receptive-field",
        {"size": [9, 8], "kernels": [3, 2], "dilations": [1, 3], "at": [0, 2]},
    ),
    (
        "gradient",
        {
            "input": SMALL_INPUT,
            "weight": SMALL_WEIGHT,
            "grad": [[1, 10, 100], [-1, -10, -100]],
            "at": [1, 0],
        },
    ),
    (
        "gradient",
        {
            "input": SMALL_INPUT,
            "kernel": 2,
            "grad": [[1, 10], [100, 1000]],
            "view": "weight",
            "stride": 2,
            "padding": [1, 0],
            "animate": True,
        },
    ),
    (
        "gradient",
        {
            "size": 6,
            "weight": [1, 10, 100],
            "grad": [1, -2, 3],
            "stride": 2,
            "padding": 1,
            "animate": True,
        },
    ),
    (
        "gradient",
        {
            "input": [1, 2, 3, 4, 5],
            "kernel": 3,
            "grad": [1, 10, 100],
            "view": "weight",
            "stride": 2,
            "padding": 1,
            "at": 2,
        },
    ),
    ("gradient", {"size": 4, "kernel": 2}),
    ("gradient", {"size": [4, 3], "kernel": 2, "view": "weight", "dilation": 2}),
    ("gradient", {"size": 4, "kernel": 2, "padding": "same"}),
    ("im2col", {"input": SMALL_INPUT, "weight": SMALL_WEIGHT, "at": [1, 2]}),
    (
        "im2col",
        {"size": [3, 3], "kernel": 2, "padding": 1, "out_channels": 2, "animate": True},
    ),
    ("im2col", {"size": 6, "kernel": 3, "dilation": 2}),
    ("layouts", {"input": [1, 3, 2, 2], "at": [0, 2, 1, 0]}),
    ("layouts", {"weight": [3, 2, 1, 3]}),
    ("layouts", {"input": [2, 4, 2, 2]}),
    ("window", {"size": 4, "kernel": 2}),
    ("padding", {"size": [2, 3]}),
    ("padding-modes", {"size": 3}),
    ("stride", {"size": 6}),
    ("groups", {"in_channels": 2, "out_channels": 3}),
    ("channels", {}),
    ("sentence", {"length": 5, "channels": 2}),
    ("volume", {"size": [3, 4, 5]}),
    ("transposed", {"size": [2, 3], "kernel": 2}),
    ("receptive-field", {"size": 6}),
    ("field-position", {"size": 6}),
    ("im2col", {"size": [3, 3], "kernel": 2}),
    ("im2col", {"size": [4, 3], "kernel": 3}),
    # Values of one operand alone, or of several kernels.
    ("window", {"input": [1, -200.25, 3], "kernel": 1}),
    ("window", {"size": 4, "weight": [1, 2000]}),
    ("window", {"size": [3, 4], "input": SMALL_INPUT, "kernel": 2}),
    ("window", {"size": [3, 3], "weight": [[1, -2000]]}),
    ("im2col", {"input": [[1, 2], [3, 4]], "kernel": 1}),
    ("im2col", {"size": 3, "weight": [1, -12.5]}),
    ("im2col", {"input": SMALL_INPUT, "weight": SMALL_WEIGHT, "out_channels": 2}),
    ("transposed", {"input": [1, -200.25], "kernel": 2}),
    ("transposed", {"size": 2, "weight": [1, 2000]}),
    # A product, and an input, wider than every sum.
    ("transposed", {"input": [1, 100, 100, 1], "weight": [1, 100, -100, 1]}),
    ("transposed", {"input": [[1, -2000]], "weight": [[0, 0]]}),
    ("transposed", {"input": SMALL_INPUT, "kernel": 2}),
    ("transposed", {"size": 2, "kernel": 2, "stride": 3, "output_padding": 2}),
    ("transposed", {"input": [1, 50, 50], "weight": [1, 1]}),
    ("transposed", {"input": [[50, 50]], "weight": [[1, 1]]}),
    ("transposed", {"size": [1, 6], "kernel": [1, 2]}),
    ("transposed", {"size": [2, 1], "kernel": [1, 4]}),
    ("window", {"input": [50, 50], "weight": [1, 1]}),
    ("window", {"input": [-0.0, 2], "weight": [1]}),
    ("window", {"size": 1, "input": [1], "kernel": 1}),
    ("dilation", {"size": 9}),
    ("dilation", {"size": [3, 3], "dilations": [1]}),
    ("window", {"input": [[1, -2000]], "weight": [[0]]}),
    ("window", {"input": [1, 2, 3], "weight": [-1, -2.5, -3], "bias": 100}),
    ("transposed", {"size": 1, "kernel": 1}),
    ("transposed", {"size": [2, 3], "weight": [[1, -2000]]}),
    (
        "transposed",
        {"size": [2, 3], "weight": [[1, -2000]], "view": "zero-stuffing"},
    ),
    ("im2col", {"input": [1, 2000.25], "kernel": 2, "padding": 1}),
    ("im2col", {"input": [[1, 2]], "weight": [[1000.5]], "out_channels": 2}),
    # A kernel higher than the input, a box of its own width each way.
    ("sentence", {"length": 3, "channels": 1, "kernel": 1, "out_channels": 8}),
    ("volume", {"size": [4, 4, 5], "kernel": [1, 3, 2], "at": [1, 1, 0]}),
    (
        "volume",
        {"size": [5, 3, 3], "kernel": [3, 1, 2], "stride": [2, 1, 1], "at": [1, 2, 0]},
    ),
    ("padding", {"input": [1, -200.25, 3], "padding": 1, "mode": "circular"}),
    ("padding", {"input": [[1000.5, 2]], "padding": 1, "mode": "replicate"}),
    ("padding", {"size": [1, 1], "padding": "same"}),
    ("padding-modes", {"size": 1, "padding": 0}),
    ("receptive-field", {"size": 12, "kernels": [2, 2, 4]}),
    (
        "receptive-field",
        {
            "size": 5,
            "kernels": [2, 2],
            "paddings": [[[1, 0]], [[2, 0]]],
            "dilations": [1, 2],
            "at": 4,
            "align": "end",
        },
    ),
    ("receptive-field", {"size": [5, 5], "paddings": [0, 1], "at": [0, 1]}),
    # A single window, no padding, a window in the padding alone.
    ("stride", {"size": [3, 4], "kernel": 3}),
    ("stride", {"size": 3, "animate": True}),
    ("padding", {"size": 3, "padding": 0}),
    (
        "padding",
        {"size": [2, 3], "padding": [0, 2], "mode": "replicate", "at": [0, 3]},
    ),
    (
        "receptive-field",
        {"size": [1, 2], "kernels": [1, 1], "paddings": [0, 1], "at": [0, 1]},
    ),
    (
        "receptive-field",
        {"size": 1, "kernels": [1, 1], "paddings": [0, 1], "at": 0},
    ),
    ("dilation", {"size": [7, 9], "animate": True}),
    # Fields beyond both ends, one with its middle there; a single cell; cells that nobody reads.
    ("field-position", {"size": 4, "kernels": [3, 3], "paddings": 2, "animate": True}),
    ("field-position", {"size": 3, "kernels": [1], "paddings": 1, "at": 0}),
    (
        "field-position",
        {"size": 12, "kernels": [2, 2], "strides": [3, 1], "dilations": [1, 2], "at": 1},
    ),
    ("picture", {"input": SMALL_INPUT, "weight": SMALL_WEIGHT, "at": [1, 2]}),
    ("picture", {"input": SMALL_INPUT, "weight": [SMALL_WEIGHT, [[0, -200.25], [0, 1]]]}),
    ("picture", {"input": [[0, 2, 2, 0]], "weight": [[1, 1], [1, 1]][:1]}),
    ("picture", {"input": SMALL_INPUT}),
    ("picture", {"input": [[[1, 2]], [[-3, 0]], [[-2, -2]]]}),
    ("picture", {"input": [[[1] * 24] * 24] * 4}),
    ("picture", {"input": [[[0] * 40]] * 8}),
    ("picture", {"input": [[0]], "weight": [[5]]}),
    ("picture", {"input": [[-1]] * 100}),
    ("block", {}),
    ("block", {"in_channels": 1, "size": [4, 6], "stride": [1, 3], "at": 1}),
    ("block", {"in_channels": 5, "size": [3, 4], "kernel": [2, 1], "animate": True}),
    ("block", {"in_channels": 6, "size": [4, 4], "kernel": 2, "at": [1, 1]}),
    ("stack", {"input": [1, 9, 12], "layers": ["Conv2d(1, 4, 3, 2)", "AvgPool2d((4, 5))"]}),
    ("stack", {"input": [3, 40], "layers": ["Conv1d(3, 8, 5, 2, 2)"], "linear": [32, 10]}),
    ("stack", {"input": [2, 1], "layers": [], "linear": [1]}),
]


def shown() -> Iterator[tuple[str, dict[str, Any]]]:
    """The commands of the page of figures, on which each kind has one."""
    page = Path(__file__).parents[1] / "docs/en/reference/figures.md"
    for words in re.findall(r"^\$ convref (draw .*)$", page.read_text("utf-8"), re.M):
        chosen = command.parse(shlex.split(words))
        yield chosen.kind, command.parameters(chosen)


SHOWN = list(shown())
FOLDER = Path(__file__).parent / "golden"
DIGESTS = FOLDER / "digests.json"


def cases() -> dict[str, tuple[str, dict[str, Any]]]:
    """What is drawn into each file."""
    counts: Counter[str] = Counter()
    found = {}
    for prefix, drawings in (("", GOLDEN), ("page-", SHOWN)):
        for each, parameters in drawings:
            counts[prefix + each] += 1
            found[f"{prefix}{each}-{counts[prefix + each]}.svg"] = each, parameters
    return found


CASES = cases()


def digests() -> dict[str, str]:
    """Of what surrounds a drawing in its other forms, and of the style that they bring along."""
    forms = "\n".join(around(draw(each, **given)) for each, given in CASES.values())
    return {"forms": digest(forms), "style": digest(style.standing())}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def around(figure: Figure) -> str:
    """What the forms for files and notebooks add to the drawing and the style."""
    forms = (figure.standalone(), figure.standalone(loop=True), figure._repr_svg_())
    return "\n".join(
        form.replace(figure.canvas.content(), "").replace(style.standing(), "") for form in forms
    )


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_every_time(name: str) -> None:
    kind, parameters = CASES[name]
    assert draw(kind, **parameters).svg + "\n" == (FOLDER / name).read_text("utf-8"), (
        "`python -m tests.test_figures_files` shows it before and after"
    )


def test_no_drawing_is_kept_that_nobody_draws() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == set(CASES)


def test_the_style_and_the_other_forms_add_the_same() -> None:
    assert digests() == json.loads(DIGESTS.read_text("utf-8"))


def test_a_line_takes_no_more_room_than_its_ends() -> None:
    canvas = Canvas()
    canvas.line((1, 2), (4, 2), "cf-measure")
    assert canvas.extent == (1, 2, 3, 0)


def test_every_kind_is_among_them() -> None:
    assert {kind for kind, _ in SHOWN} == set(KINDS)


# The most that a page might well ask for, animated where the kind can be; and what the page shows.
LARGEST: list[tuple[str, dict[str, Any]]] = [
    (
        "window",
        {
            "input": [[10 * i + j for j in range(9)] for i in range(9)],
            "weight": [[1, -2, 3]] * 3,
            "padding": 3,
            "mode": "reflect",
        },
    ),
    (
        "window",
        {
            "input": [[10 * i + j for j in range(9)] for i in range(9)],
            "weight": [[1, -2, 3]] * 3,
            "padding": 3,
            "stride": 2,
            "animate": True,
        },
    ),
    ("window", {"size": [12, 12], "kernel": 5, "animate": True}),
    ("padding", {"size": [12, 12], "padding": 5, "mode": "circular"}),
    ("padding-modes", {"size": 12, "padding": 6}),
    ("stride", {"size": [16, 16], "padding": 2}),
    ("stride", {"size": [16, 16], "padding": 1, "animate": True}),
    ("dilation", {"size": [16, 16]}),
    ("dilation", {"size": [10, 10], "animate": True}),
    ("groups", {"in_channels": 24, "out_channels": 24}),
    ("channels", {"in_channels": 8, "out_channels": 6, "size": [8, 8]}),
    ("sentence", {"length": 20, "channels": 12, "out_channels": 8, "animate": True}),
    ("volume", {"size": [4, 8, 8], "padding": 1}),
    (
        "transposed",
        {
            "input": [[10 * i + j for j in range(5)] for i in range(5)],
            "weight": [[1, -2, 3]] * 3,
            "stride": 2,
            "padding": 1,
            "animate": True,
        },
    ),
    ("transposed", {"size": [4, 4], "kernel": 3, "stride": 2, "padding": 1, "animate": True,
                    "view": "zero-stuffing"}),
    ("gradient", {"size": [8, 8], "weight": [[1, -2, 3]] * 3, "padding": 1, "animate": True,
                  "grad": [[10 * i + j for j in range(8)] for i in range(8)]}),
    ("gradient", {"input": [[10 * i + j for j in range(9)] for i in range(9)], "kernel": 3,
                  "grad": [[1, -2, 3, 4]] * 4, "stride": 2, "view": "weight", "animate": True}),
    ("receptive-field", {"size": [20, 20], "kernels": [3] * 6}),
    ("receptive-field", {"size": 40, "kernels": [3] * 4, "dilations": [1, 2, 4, 8]}),
    ("field-position", {"size": 24, "kernels": [3] * 8, "paddings": 1, "animate": True}),
    ("im2col", {"size": [6, 6], "kernel": 3, "padding": 1, "animate": True}),
    ("layouts", {"weight": [4, 3, 2, 2], "at": [1, 2, 0, 1]}),
    ("picture", {"input": [[i * j % 19 - 9 for i in range(24)] for j in range(24)],
                 "weight": [[[-1, 0, 1]] * 3, [[1, 0.5], [0, -1], [1, 1]]][:1], "at": [1, 2]}),
    ("picture", {"input": [[[i * j % 19 - 9 for i in range(24)] for j in range(24)]] * 2}),
    ("block", {"in_channels": 8, "size": [8, 8], "animate": True}),
    ("stack", {"input": [1, 224, 224], "layers": ["Conv2d(1, 512, 1)", "Conv2d(512, 1, 1)"] * 4}),
    *SHOWN,
]  # fmt: skip


@pytest.mark.parametrize(("kind", "parameters"), LARGEST)
def test_large_figures_stay_small_plain_and_the_same(kind: str, parameters: dict[str, Any]) -> None:
    figure = draw(kind, **parameters)
    assert figure.svg == str(figure) == draw(kind, **parameters).svg
    for text in (figure.svg, figure.standalone(loop=True), figure._repr_svg_()):
        assert len(gzip.compress(text.encode())) < 15_000
    assert not re.search(r"style|<script|href|\bon\w+=| id=|#|url\(", figure.svg)


@pytest.mark.parametrize(("kind", "parameters"), LARGEST)
def test_everything_lies_inside(kind: str, parameters: dict[str, Any]) -> None:
    figure = draw(kind, **parameters)
    for text in (figure.svg, figure.standalone()):
        root = ElementTree.fromstring(text)
        x, y, width, height = map(float, (root.get("viewBox") or "").split())
        assert (width, height) == (float(root.get("width", 0)), float(root.get("height", 0)))
        assert min(width, height) > 20
        for element in root.iter():
            box = element.attrib
            if element.tag.endswith("rect") and box["class"] != "cf-paper":
                assert x < float(box["x"]) and float(box["x"]) + float(box["width"]) < x + width
                assert y < float(box["y"]) and float(box["y"]) + float(box["height"]) < y + height
            if element.tag.endswith("text") and box.get("text-anchor") != "end":
                half = CHARACTER * len(element.text or "") / 2
                middle = float(box["x"]) + (half if "text-anchor" in box else 0)
                assert x < middle - half and middle + half < x + width
                assert y < float(box["y"]) < y + height


@pytest.mark.parametrize(("kind", "parameters"), LARGEST)
def test_every_class_has_a_rule(kind: str, parameters: dict[str, Any]) -> None:
    names = re.findall(r'class="([^"]+)"', draw(kind, **parameters).svg)
    for name in {each for group in names for each in group.split()}:
        assert re.search(rf"\.{name}\b(?!-)", style.RULES), name


def test_a_page_gets_the_colours_as_variables() -> None:
    pairs = [pair.split(": ") for pair in style.variables("dark").removesuffix(";").split("; ")]
    assert {name.removeprefix("--cf-"): colour for name, colour in pairs} == style.PALETTES["dark"]


def test_every_rule_and_colour_is_used() -> None:
    drawn = "".join(draw(kind, **given).svg for kind, given in CASES.values())
    for name in set(re.findall(r"\.(cf-[\w-]+)", style.RULES)):
        assert re.search(rf'class="[^"]*\b{name}\b(?!-)', drawn), name
    assert {*re.findall(r"var\(--cf-([\w-]+)\)", style.RULES)} == set(style.PALETTES["light"])
    assert style.PALETTES["light"].keys() == style.PALETTES["dark"].keys()


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", style.PALETTES)
def test_colours_can_be_told_apart(palette: str) -> None:
    """WCAG 2.2: 4.5:1 for text on every fill, 3:1 for lines on the paper."""
    colours = style.PALETTES[palette]
    for fill in ("paper", "input", "padding", "window-fill", "weight", "output"):
        assert contrast(colours["text"], colours[fill]) >= 4.5, fill
    for fill in ("paper", "padding"):
        assert contrast(colours["muted"], colours[fill]) >= 4.5, fill
    for line in ("line", "window", "output-line"):
        assert contrast(colours[line], colours["paper"]) >= 3, line


# Forms -----------------------------------------------------------------------------------------

MOVING = {"input": [1, 2, 3, 4], "weight": [1, 0], "at": 1, "animate": True}


def test_a_page_gets_classes_and_one_frame_that_is_seen() -> None:
    root = ElementTree.fromstring(draw("window", **MOVING).named("Figure 1", "figure-1").svg)
    assert (root.get("data-frames"), root.get("data-shown")) == ("3", "1")
    assert (root.get("role"), root.get("aria-label")) == ("img", "Figure 1")
    assert root.get("aria-describedby") == "figure-1"
    groups = [child for child in root if child.tag.endswith("}g")]
    assert {g.attrib["data-frame"] for g in groups} == {"0", "1", "2"}
    seen = {g.attrib["data-frame"] for g in groups if g.get("display") != "none"}
    assert seen == {"1"}
    assert "data-frames" not in draw("window", size=3, kernel=3, animate=True).svg


def test_a_frame_by_itself_is_the_still_figure() -> None:
    moving = draw("window", **MOVING)
    for frame in range(3):
        still = draw("window", **MOVING | {"animate": False, "at": frame})
        assert moving.canvas.still(frame) == still.canvas.content()


def test_a_file_has_style_licence_and_the_command() -> None:
    figure = draw("window", **MOVING)
    text = figure.standalone()
    root = ElementTree.fromstring(text)
    assert root.findtext("{*}title") == "window"
    assert root.findtext("{*}desc") == figure.command()
    assert "CC BY 4.0 · convref" in (root.findtext("{*}metadata") or "")
    assert "CC BY 4.0 · convref" in [e.text for e in root.iter() if e.tag.endswith("}text")]
    css = root.findtext("{*}style") or ""
    assert "var(" not in css and "<" not in css
    for condition in ("prefers-color-scheme: dark", "prefers-reduced-motion: no-preference"):
        assert f"@media screen and ({condition})" in css
    assert " 1; }" in css and "infinite" in figure.standalone(loop=True)
    assert "keyframes" not in draw("window", size=3, kernel=2).standalone()


def test_the_command_draws_the_same(tmp_path: Path) -> None:
    for name, given in CASES.values():
        figure = draw(name, **given)
        assert shlex.split(figure.command())[:3] == ["convref", "draw", name]
        command.main([*shlex.split(figure.command())[1:], "-o", str(tmp_path / "again.svg")])
        assert (tmp_path / "again.svg").read_text("utf-8") == figure.standalone()


def test_a_notebook_gets_the_page_with_its_style() -> None:
    figure = draw("window", **MOVING)
    shown = figure._repr_svg_()
    assert re.sub("<style>.*?</style>", "", shown) == figure.svg
    assert "\n" not in shown


def test_arrays_are_taken_like_lists() -> None:
    lists = draw("window", input=SMALL_INPUT, weight=SMALL_WEIGHT)
    arrays = draw("window", input=np.array(SMALL_INPUT), weight=np.array(SMALL_WEIGHT))
    assert arrays.svg == lists.svg
    assert arrays.parameters == lists.parameters | {"input": SMALL_INPUT}


def test_a_kind_is_made_of_any_function() -> None:
    @kind
    def two_words(*, size: object, at: object = 0) -> Canvas:
        canvas = Canvas()
        canvas.text(0, 0, f"{size} {at}")
        return canvas

    figure = two_words(size=np.array([1, 2]))
    assert (figure.kind, figure.parameters) == ("two-words", {"size": [1, 2]})
    assert ">[1, 2] 0</text>" in figure.svg
    known = "^a parameter of figure 'two-words' must be one of 'size', 'at', received 'on'"
    with pytest.raises(ValueError, match=known):
        two_words(size=1, on=2)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match=r"^figure 'two-words' needs size, which was not given"):
        two_words(at=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        two_words(1, size=2)  # type: ignore[misc]


def test_kinds_are_functions_with_their_names() -> None:
    for name, function in KINDS.items():
        assert getattr(figures, name.replace("-", "_")) is function
        assert name.replace("-", "_") in figures.__all__
        assert len(function.__doc__ or "") > 20
    assert figures.window(size=5, kernel=3).svg == draw("window", size=5, kernel=3).svg


# Pixels ----------------------------------------------------------------------------------------


def test_a_png_has_the_colours_of_its_palette(tmp_path: Path) -> None:
    figure = draw("window", **MOVING)
    for palette in style.PALETTES:
        path = tmp_path / f"{palette}.png"
        save(figure, path, palette, scale=3)
        with Image.open(path) as image:
            root = ElementTree.fromstring(figure.still(1, palette))
            size = [round(3 * float(root.get(side, 0))) for side in ("width", "height")]
            assert all(abs(a - b) <= 1 for a, b in zip(image.size, size, strict=True))
            assert image.format == "PNG"
            seen = {pixel for _, pixel in image.convert("RGB").getcolors(1_000_000) or []}
        for name in ("paper", "text", "input", "window", "window-fill", "weight", "output"):
            colour = style.PALETTES[palette][name].ljust(7, "f")
            assert tuple(bytes.fromhex(colour[1:])) in seen, (palette, name)


def test_a_gif_holds_every_frame_once(tmp_path: Path) -> None:
    figure = draw("window", **MOVING)
    for loop in (False, True):
        save(figure, tmp_path / "moving.gif", loop=loop, scale=1)
        with Image.open(tmp_path / "moving.gif") as image:
            assert isinstance(image, GifImageFile)
            assert image.n_frames == 3
            assert image.info["duration"] == 1200
            assert image.info.get("loop") == (0 if loop else None)
            frames = []
            for number in range(3):
                image.seek(number)
                frames.append(np.asarray(image.convert("RGB")))
    # It begins with the frame that is shown without motion.
    for number, at in enumerate((1, 2, 0)):
        save(draw("window", **MOVING | {"animate": False, "at": at}), tmp_path / "a.png", scale=1)
        with Image.open(tmp_path / "a.png") as image:
            still = np.asarray(image.convert("RGB"))
        assert [np.array_equal(frame, still) for frame in frames].index(True) == number


def test_pixels_are_light_twice_as_large_and_play_once(tmp_path: Path) -> None:
    figure = draw("window", **MOVING)
    for suffix in ("png", "gif"):
        save(figure, tmp_path / f"a.{suffix}")
        save(figure, tmp_path / f"b.{suffix}", "light", 2, False)
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert len(png(draw("padding", size=1, padding=0), 0, "light", 16)) > 100


def test_an_svg_is_the_standalone_form(tmp_path: Path) -> None:
    figure = draw("window", **MOVING)
    for loop in (False, True):
        save(figure, str(tmp_path / "a.SVG"), loop=loop)
        assert (tmp_path / "a.SVG").read_text("utf-8") == figure.standalone(loop)


@pytest.mark.parametrize(("module", "suffix"), [("resvg_py", "png"), ("PIL.Image", "gif")])
def test_without_the_extra_one_line_names_it(
    module: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"pip install 'convref\[draw\]'") as caught:
        save(draw("window", **MOVING), tmp_path / f"a.{suffix}")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "a.pdf",
            {},
            "^the suffix of the file must be one of '.svg', '.png', '.gif', received '.pdf'",
        ),
        ("a", {}, "received ''"),
        ("a.png", {"palette": "sepia"}, "^palette must be one of 'light', 'dark'"),
        ("a.svg", {"palette": "sepia"}, "palette must be one of 'light', 'dark'"),
        ("a.png", {"scale": 0}, "scale must be more than 0 and at most 16"),
        ("a.gif", {"scale": 16.5}, "received 16.5"),
        ("a.png", {"scale": float("nan")}, "received nan"),
    ],
)
def test_wrong_files_are_refused(
    name: str, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        save(draw("window", **MOVING), tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


# Refusals --------------------------------------------------------------------------------------

NUMBERS = "must be a list of finite numbers, or a list of rows of equal length"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("windows", {}, "figure must be one of"),
    ("window", {"size": 5, "kernel": 3, "colour": 1}, "'colour'"),
    ("window", {"kernel": 3}, "size"),
    ("window", {"size": 5}, "figure 'window' needs kernel or weight"),
    ("window", {"size": 1.5, "input": [1], "kernel": 1}, "size must be an integer"),
    ("window", {"size": [7, 5], "kernel": 6}, "W: the kernel reaches over"),
    ("window", {"size": 5, "kernel": 3, "padding": -1}, "at least 0"),
    ("window", {"size": 5, "kernel": 3, "stride": 0}, "at least 1"),
    ("window", {"size": 5, "kernel": 3, "stride": 2, "padding": "same"}, "stride 1"),
    (
        "window",
        {"size": 3, "kernel": 3, "padding": 3, "mode": "reflect"},
        "L: padding with mode 'reflect' must be less",
    ),
    ("window", {"size": 3, "kernel": 3, "padding": 4, "mode": "circular"}, "at most the size"),
    ("window", {"size": 5, "kernel": 3, "mode": "symmetric"}, "'symmetric'"),
    ("window", {"size": 5, "kernel": 3, "at": 3}, "at[0] must be at least 0 and less than 3"),
    ("window", {"size": [5, 5, 5], "kernel": 3}, "1 or 2 axes"),
    (
        "window",
        {"size": 4, "kernel": 3, "input": [1, 2, 3]},
        "input must have shape (4,), received (3,)",
    ),
    ("window", {"input": [[1, 2], [3]], "kernel": 1}, f"input {NUMBERS}, received [3] in row 1: "),
    ("window", {"input": [[1, "a"]], "kernel": 1}, f"input {NUMBERS}, received 'a': "),
    ("window", {"input": [1, True], "kernel": 1}, f"input {NUMBERS}, received True: "),
    ("window", {"size": 3, "weight": [1, float("nan")]}, f"weight {NUMBERS}, received nan: "),
    ("window", {"size": 3, "weight": []}, f"weight {NUMBERS}, received []: "),
    (
        "window",
        {"input": [[1, 2], [3, 4]], "weight": [1]},
        "weight must have 2 axes in figure 'window', received [1]",
    ),
    ("window", {"size": 5, "kernel": 3, "bias": 1}, "needs input and weight beside bias"),
    ("window", {"input": [1, 2], "kernel": 1, "bias": 1}, "figure 'window' needs input and weight"),
    ("window", {"input": [1, 2], "weight": [1], "bias": "x"}, f"bias {NUMBERS}, received 'x': "),
    ("window", {"size": [30, 30], "kernel": 3}, "at most 600"),
    (
        "padding",
        {"size": [3, 3], "padding": 1, "at": [0, 4]},
        "at[1] must lie between -1 and 3, the positions of the padded input, received 4: choose",
    ),
    ("padding", {"size": [3, 3], "padding": 1, "at": [-200, 0]}, "received -200: choose"),
    (
        "padding",
        {"size": [3, 3], "at": [0, -(2**63) - 1]},
        "at must lie between -2**63 and 2**63 - 1, ",
    ),
    ("padding", {"size": [3, 3], "at": 1.5}, "at must be an integer or a tuple of 2 integers"),
    ("padding-modes", {"size": 2, "padding": 2}, "reflect"),
    ("padding-modes", {"size": [4, 4]}, "1 axis"),
    ("stride", {"size": 5, "mode": "zeros"}, "'mode'"),
    ("stride", {}, "needs size"),
    ("dilation", {"size": 5, "dilations": [3]}, "reaches over"),
    ("dilation", {"size": 5, "dilations": 3}, "dilations must be a list of integers, received 3"),
    ("dilation", {"size": 5, "dilations": [0]}, "dilations must be at least 1"),
    ("groups", {"in_channels": 4, "out_channels": 8, "groups": 3}, "in_channels must be"),
    ("groups", {"in_channels": 4, "out_channels": 6, "groups": 4}, "out_channels must be"),
    (
        "groups",
        {"in_channels": 4, "out_channels": 4, "at": 4},
        "less than 4, since the output has shape (4,)",
    ),
    ("groups", {"in_channels": 25, "out_channels": 4}, "at most 24"),
    ("volume", {"size": [4, 4]}, "3 axes"),
    ("window", {"size": [12, 12], "kernel": 3, "animate": True}, "at most 64 frames"),
    ("window", {"size": 5, "kernel": 3, "animate": "yes"}, "animate must be one of"),
    ("window", {"size": 5, "kernel": 3, "at": [0, 0]}, "at must be one integer, one for each"),
    ("dilation", {"size": [16, 16], "animate": True}, "at most 64 frames"),
    ("transposed", {"size": 3}, "needs kernel or weight"),
    ("transposed", {"size": 3, "kernel": 2, "view": "gather"}, "'scatter', 'zero-stuffing'"),
    ("transposed", {"size": 3, "kernel": 2, "padding": 2}, "2 * 1 - 2 * 2 + 1 * 1 + 0 + 1 = 0"),
    ("transposed", {"size": 3, "kernel": 2, "output_padding": 1}, "max(1, 1), received 1"),
    ("transposed", {"size": 3, "kernel": 2, "at": 3}, "less than 3"),
    ("transposed", {"size": [9, 9], "kernel": 2, "animate": True}, "at most 64 frames"),
    ("transposed", {"size": [3] * 3, "kernel": 2}, "1 or 2 axes"),
    ("transposed", {"size": 3, "kernel": 2, "view": "zero-stuffing", "at": 4}, "less than 4"),
    ("transposed", {"size": [13, 13], "kernel": 2, "stride": 2}, "at most 600 cells"),
    ("gradient", {"size": 3, "kernel": 2, "view": "bias"}, "'input', 'weight'"),
    ("gradient", {"size": 5, "kernel": 2, "grad": [1, 2]}, "grad must have shape (4,), received"),
    ("gradient", {"size": 3, "kernel": 2, "at": 2}, "less than 2"),
    ("gradient", {"size": 3, "kernel": 2, "view": "weight", "at": 2}, "less than 2"),
    ("gradient", {"size": [9, 9], "kernel": 1, "animate": True}, "at most 64 frames"),
    ("receptive-field", {"size": 9, "kernels": 3}, "kernels must be a list of integers"),
    ("receptive-field", {"size": 9, "kernels": []}, "kernels must be a list of integers"),
    *(
        (
            "receptive-field",
            {"size": 9, name: [1]},
            f"{name} must have 2 integers in figure 'receptive-field', received [1]: "
            "give one for each layer, or a single one for all.",
        )
        for name in ("strides", "paddings", "dilations")
    ),
    ("receptive-field", {"size": 9, "kernels": [3, 8]}, "reaches over"),
    ("receptive-field", {"size": 9, "at": 5}, "less than 5"),
    ("receptive-field", {"size": 99, "kernels": [2] * 9}, "at most 8 layers"),
    (
        "field-position",
        {"size": 9, "strides": [1]},
        "strides must have 2 integers in figure 'field-position', received [1]: ",
    ),
    ("field-position", {"size": 9, "at": 5}, "less than 5"),
    ("im2col", {"size": [7, 7], "kernel": 1}, "at most 36 columns"),
    ("im2col", {"size": 4, "kernel": 2, "out_channels": 5}, "at most 4 out_channels"),
    ("layouts", {}, "figure 'layouts' needs either input or weight, which was not given"),
    ("layouts", {"input": [1, 2, 3, 0]}, "input must be at least 1"),
    ("layouts", {"input": [1, 1, 1, 1], "weight": [1, 1, 1, 1]}, "either input or weight"),
    ("layouts", {"input": [1, 2, 3]}, "input must have 4 axes in figure 'layouts', received"),
    ("layouts", {"input": [1, 2, 5, 5]}, "at most 48 cells"),
    ("layouts", {"input": [1, 5, 1, 1]}, "at most 4 channels"),
    ("layouts", {"input": [1, 2, 1, 1], "at": [0, 2, 0, 0]}, "at[1] must be at least 0 and less"),
    ("picture", {"input": [1, 2]}, "input must have 2 or 3 axes in figure 'picture', received [1"),
    ("picture", {"input": [[1]], "weight": [1]}, "weight must have 2 or 3 axes in figure"),
    ("picture", {"input": []}, f"input {NUMBERS}, received []: "),
    ("picture", {"input": [[]]}, f"input {NUMBERS}, received [] in row 0: "),
    ("picture", {"input": [[[1, 2], [3]]]}, f"input {NUMBERS}, received [3] in row 1: "),
    ("picture", {"input": [[[1]], 2]}, f"input {NUMBERS}, received 2: "),
    (
        "picture",
        {"input": [[[1, 2]], [[3]]]},
        "each plane of input must have shape (1, 2), received (1, 1)",
    ),
    ("picture", {"input": [[1]], "at": 0}, "figure 'picture' needs weight beside at"),
    (
        "picture",
        {"input": [[[1]], [[2]]], "weight": [[1]]},
        "input beside weight must have 2 axes in figure 'picture', received [[[1]], [[2]]]",
    ),
    ("picture", {"input": [[1, 2]], "weight": [[1], [2]]}, "H: the kernel reaches over"),
    ("picture", {"input": [[1, 2]], "weight": [[1]], "at": [0, 2]}, "at[1] must be at least 0"),
    ("block", {"size": 4}, "size must have 2 axes"),
    ("block", {"kernel": 6}, "the kernel reaches over"),
    ("block", {"at": [0, 3]}, "at[1] must be at least 0 and less than 3"),
    ("stack", {"input": [1, 28, 28]}, "figure 'stack' needs layers, which was not given: add it."),
    ("stack", {"input": 28, "layers": []}, "input must have 2 or 3 axes in figure 'stack', "),
    ("stack", {"input": [1] * 4, "layers": []}, "input must have 2 or 3 axes in figure 'stack', "),
    ("stack", {"input": [0, 9], "layers": []}, "input must be at least 1, received 0"),
    (
        "stack",
        {"input": [1, 3, 9], "layers": ["MaxPool1d(2)"]},
        "input must have 2 axes in figure 'stack', received [1, 3, 9]",
    ),
    ("stack", {"input": [1, 9], "layers": ["MaxPool1d(8)", "MaxPool1d(2)"]}, "layer 2, MaxPool1d"),
    ("stack", {"input": [1, 9], "layers": [], "linear": 3}, "linear must be a list of integers, "),
    ("stack", {"input": [1, 9], "layers": [], "linear": [3, 0]}, "linear must be at least 1, "),
]


@pytest.mark.parametrize(("kind", "parameters", "message"), REFUSED)
def test_wrong_parameters_are_refused(kind: str, parameters: dict[str, Any], message: str) -> None:
    # A word within a message, or its beginning.
    start = "^" if " must " in message else ""
    with pytest.raises((TypeError, ValueError), match=start + re.escape(message)):
        draw(kind, **parameters)


# The least that a kind needs, and how many axes its size may have; of others, what the page draws.
LEAST: dict[str, tuple[dict[str, Any], str]] = {kind: (given, "") for kind, given in SHOWN} | {
    "window": ({"size": 5, "kernel": 3}, "1 or 2"),
    "padding": ({"size": 4}, "1 or 2"),
    "padding-modes": ({"size": 4}, "1"),
    "stride": ({"size": 6}, "1 or 2"),
    "dilation": ({"size": 7}, "1 or 2"),
    "groups": ({"in_channels": 2, "out_channels": 2}, ""),
    "channels": ({}, "2"),
    "sentence": ({"length": 5, "channels": 2}, "1"),
    "volume": ({"size": [3, 4, 5]}, "3"),
    "transposed": ({"size": 3, "kernel": 2}, "1 or 2"),
    "gradient": ({"size": 5, "kernel": 3}, "1 or 2"),
    "receptive-field": ({"size": 6}, "1 or 2"),
    "field-position": ({"size": 6}, "1"),
    "im2col": ({"size": 4, "kernel": 2}, "1 or 2"),
    "layouts": ({"input": [1, 2, 2, 2]}, ""),
    "picture": ({"input": [[1, 2]], "weight": [[1]]}, ""),
    "block": ({}, "2"),
    "stack": ({"input": [1, 4, 4], "layers": ["Conv2d(1, 2, 3)"]}, ""),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_drawn_is_refused_by_its_name(kind: str) -> None:
    least, axes = LEAST[kind]
    for name in inspect.signature(KINDS[kind]).parameters:
        # Of a list for each layer, one is wrong. An axis alone shows all of its padding.
        if (kind, name) in {("padding", "at"), ("layouts", "weight"), ("window", "bias")}:
            continue
        if (kind, name) == ("stack", "layers"):  # the chain says what a layer is
            continue
        with pytest.raises((TypeError, ValueError), match=rf"^{name}?\b.*received '?1.5\b"):
            draw(kind, **least | {name: 1.5})
    if least:
        with pytest.raises(ValueError, match=rf"^figure {kind!r} needs "):
            draw(kind)
    if axes:
        size = "length" if kind == "sentence" else "size"
        with pytest.raises(ValueError) as caught:
            draw(kind, **least | {size: [3] * 4})
        assert str(caught.value) == (
            f"{size} must have {axes} {'axis' if str(axes) == '1' else 'axes'} in figure {kind!r}, "
            "received [3, 3, 3, 3]: "
            "give an integer for each axis, or values in lists nested as deep."
        )


# Kind, what it has most of, and the message about one more.
FULL: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("groups", {"in_channels": 24, "out_channels": 1}, {"in_channels": 25}, "24 in_channels"),
    ("groups", {"in_channels": 1, "out_channels": 24}, {"out_channels": 25}, "24 out_channels"),
    ("channels", {"in_channels": 8}, {"in_channels": 9}, "8 in_channels"),
    ("channels", {"out_channels": 6}, {"out_channels": 7}, "6 out_channels"),
    ("sentence", {"length": 5, "channels": 12}, {"channels": 13}, "12 channels"),
    ("sentence", {"length": 5, "channels": 1, "out_channels": 8}, {"out_channels": 9},
     "8 out_channels"),
    ("window", {"size": [30, 20], "kernel": 1}, {"padding": [0, 1]}, "600 cells with their"),
    ("window", {"size": 64, "kernel": 1, "animate": True}, {"padding": 1}, "64 frames"),
    ("dilation", {"size": 66, "animate": True}, {"size": 67}, "64 frames"),
    ("transposed", {"size": 64, "kernel": 1, "animate": True}, {"size": 65}, "64 frames"),
    ("gradient", {"size": 64, "kernel": 1, "animate": True}, {"size": 65}, "64 frames"),
    ("gradient", {"size": [30, 20], "kernel": 1}, {"padding": [0, 1]}, "600 cells with their"),
    ("receptive-field", {"size": 20, "kernels": [1] * 8}, {"kernels": [1] * 9}, "8 layers"),
    ("field-position", {"size": 24, "kernels": [1]}, {"size": 25}, "24 output cells"),
    ("field-position", {"size": 48, "kernels": [1], "strides": 2}, {"size": 49, "strides": 3},
     "48 cells with those beyond the input"),
    ("im2col", {"size": 36, "kernel": 1}, {"size": 37}, "36 columns"),
    ("im2col", {"size": 4, "kernel": 1, "out_channels": 4}, {"out_channels": 5}, "4 out_channels"),
    ("layouts", {"input": [1, 1, 48, 1]}, {"input": [1, 1, 49, 1]}, "48 cells"),
    ("layouts", {"input": [1, 4, 1, 1]}, {"input": [1, 5, 1, 1]}, "4 channels"),
    ("picture", {"input": [[1] * 30] * 20}, {"input": [[1] * 601]}, "600 cells of one plane"),
    ("picture", {"input": [[[1]]] * 8}, {"input": [[[1]]] * 9}, "8 planes of input"),
    ("picture", {"input": [[1]], "weight": [[[1]]] * 4}, {"weight": [[[1]]] * 5},
     "4 planes of weight"),
    ("block", {"in_channels": 8}, {"in_channels": 9}, "8 in_channels"),
    ("block", {"size": [10, 10], "animate": True}, {"size": [11, 10]}, "64 frames"),
    ("stack", {"input": [1, 1], "layers": ["MaxPool1d(1)"] * 15, "linear": [1]},
     {"linear": [1, 1]}, "16 layers"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "most", "more", "what"), FULL)
def test_a_figure_is_full(kind: str, most: dict[str, Any], more: dict[str, Any], what: str) -> None:
    draw(kind, **most)
    with pytest.raises(
        ValueError, match=rf"^a figure holds at most {what}.*, since .*received \d+: "
    ):
        draw(kind, **most | more)


@pytest.mark.parametrize(("start", "end"), [((3, 4), (10, 20)), ((10, 20), (3, 4))])
def test_a_line_needs_the_room_between_its_ends(start: Any, end: Any) -> None:
    canvas = Canvas()
    canvas.line(start, end, "cf-tie")
    assert canvas.extent == Box(3, 4, 7, 16)


BOUNDS = dict.fromkeys(("padding", "paddings", "output_padding"), 0)
BOUNDS |= dict.fromkeys(("size", "length", "channels", "in_channels", "out_channels", "groups"), 1)
BOUNDS |= dict.fromkeys(("kernel", "stride", "strides", "dilation"), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_least_of_each_parameter(kind: Any) -> None:
    least, _ = LEAST[kind]
    draw(kind, **least)
    for name in BOUNDS.keys() & inspect.signature(KINDS[kind]).parameters:
        less = BOUNDS[name] - 1
        axes = {"volume": 3, "channels": 2, "block": 2}.get(kind)
        given = [less] * axes if axes and name == "size" else less
        told = rf"^{name.removesuffix('s')}s? must be at least {BOUNDS[name]}, received"
        with pytest.raises(ValueError, match=told):
            draw(kind, **least | {name: given})


def test_no_size_or_place_is_below_the_first() -> None:
    with pytest.raises(ValueError, match="size must be at least 1, received 0"):
        draw("window", size=0, kernel=1, input=[1, 2])
    with pytest.raises(ValueError, match="at must be at least 0, received -1"):
        draw("window", size=5, kernel=3, at=-1)


def test_the_reach_that_is_measured_is_that_of_the_width() -> None:
    drawn = str(draw("dilation", size=[9, 9], kernel=[2, 3], dilations=[2]))
    assert re.findall(r"cf-measure.*?<text[^>]*>(\d+)<", drawn) == ["5"]


def test_a_position_far_in_front_is_none_of_the_padded_input() -> None:
    with pytest.raises(ValueError, match=r"received -4611686018427387905"):
        draw("padding", size=[3, 3], at=[-(2**62) - 1, 0])
    with pytest.raises(ValueError, match=r"^at\[0\] must"):
        draw("padding", size=[3, 3], at=[-(2**63), 0])


def test_a_sum_has_a_line_for_each_row_of_the_kernel() -> None:
    given = {"input": [[1, 1, 1, 1]] * 3, "weight": [[1, 1, 1], [1, 1, 1]]}
    lines = re.findall(r">([^<>]*·[^<>]*)<", str(draw("window", **given)))
    assert [line.count("·") for line in lines] == [3, 3]


def test_a_number_is_drawn_as_it_was_written() -> None:
    assert number("input", 0.1) == Decimal("0.1")
    assert number("input", 10**5000) == 10**5000  # more digits than Python turns into text


def seen(svg: str, name: str, shape: tuple[int, int]) -> np.ndarray[Any, Any]:
    """The numbers of a plane, read from its picture: cells, runs of cells, small cells."""
    root = ElementTree.fromstring(svg)
    (frame,) = (e.attrib for e in root.iter() if e.get("data-plane") == name)
    left, top = float(frame["x"]), float(frame["y"])
    high, wide = float(frame["height"]) / shape[0], float(frame["width"]) / shape[1]
    found = np.zeros(shape)
    for element in root.iter():
        if element.get("data-of") == name:
            value = float(element.attrib["data-value"].replace("−", "-"))
            assert element.get("class") == ("cf-plus" if value > 0 else "cf-minus")
            for part in element.attrib["d"].split(" z")[:-1]:
                x, y, width, height = (float(each) for each in re.findall(r"-?[\d.]+", part)[:4])
                row, column = int((y - top) // high), int((x - left) // wide)
                cells = max(1, round(width / wide))
                assert (width, height) == ((cells * wide, high) if value > 0 else (wide / 2,) * 2)
                assert not found[row, column : column + cells].any()
                found[row, column : column + cells] = value
    return found


def test_a_picture_shows_what_the_kernels_give() -> None:
    rng = np.random.default_rng(1)
    image = rng.integers(-2, 3, (9, 8))
    kernels = rng.integers(-3, 4, (3, 3, 2))
    text = draw("picture", input=image, weight=kernels).svg
    outputs = conv2d(image[None], kernels[:, None])
    assert (seen(text, "input", (9, 8)) == image).all()
    for o, output in enumerate(outputs):
        assert (seen(text, str(o), (7, 7)) == output).all()
    root = ElementTree.fromstring(text)
    drawn = {
        e.get("data-value"): e.get("fill-opacity")
        for e in root.iter()
        if e.get("data-of") == "input"
    }
    assert drawn == {"−2": "1", "−1": "0.5", "1": "0.5", "2": "1"}
    marks = [e.text for e in root.iter() if e.tag.endswith("text")][-3:]
    assert marks == [str(outputs.min()).replace("-", "−"), "0", str(outputs.max())]


def test_a_window_runs_through_the_whole_block() -> None:
    figure = draw("block", in_channels=2, size=[4, 5], kernel=[2, 3], at=[0, 2])
    root = ElementTree.fromstring(figure.svg)
    reads = [e.get("data-reads") for e in root.iter() if e.get("data-reads")]
    assert reads == ["0,2", "0,3", "0,4", "1,2", "1,3", "1,4"]
    # Of each channel three cells are seen from above, and two from the right.
    lit = [e for e in root.iter() if e.get("class") == "cf-tap cf-side"]
    assert len(lit) == 2 * (3 + 2)
    inside = draw("block", in_channels=2, size=[4, 5], kernel=[2, 3], at=[1, 1])
    assert "cf-tap cf-side" not in inside.svg
    (back,) = (e for e in root.iter() if e.get("data-back") == "0,2")
    assert back.get("d") == "M 64 -18 h 60 v 40 h -60 z"


def rewrite() -> None:
    """Write what is drawn now, and show what has changed."""
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for name, (each, parameters) in CASES.items():
        path, after = FOLDER / name, draw(each, **parameters).svg + "\n"
        before = path.read_text("utf-8") if path.exists() else ""
        if after != before:
            rows.append(f"<tr><th>{name}<td>{before}<td>{after}")
            path.write_text(after, "utf-8")
    for path in set(FOLDER.glob("*.svg")) - {FOLDER / name for name in CASES}:
        path.unlink()
    DIGESTS.write_text(json.dumps(digests()) + "\n", "utf-8")
    page = Path(".cache/drawings.html")
    style_sheet = f"<meta charset=utf-8><style>td {{ padding: 1em }} {style.standing()}</style>"
    page.write_text(f"{style_sheet}<table><tr><th><th>before<th>after{''.join(rows)}", "utf-8")
    print(f"{len(rows)} drawings have changed: see {page}")


if __name__ == "__main__":
    rewrite()
