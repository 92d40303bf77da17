"""What a figure shows is what the definition computes: every relation drawn is read back."""

import gzip
import random
import re
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from markdown import Markdown

from convref import checks, definition
from convref.figures import KINDS, draw
from convref.geometry import Axis, same_padding
from hooks import figures as hook

CASES = 200


def elements(svg: str, name: str) -> dict[tuple[int, ...], dict[str, str]]:
    """Elements that carry a data attribute, by its value."""
    found: dict[tuple[int, ...], dict[str, str]] = {}
    for element in ElementTree.fromstring(svg).iter():
        value = element.get(f"data-{name}")
        if value is not None:
            index = tuple(map(int, value.split(","))) if value else ()
            assert index not in found, f"data-{name}={value} twice"
            found[index] = dict(element.attrib)
    return found


def index(text: str | None) -> tuple[int, ...] | None:
    return tuple(map(int, text.split(","))) if text else None


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")]


def random_case(seed: int, ranks: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Parameters that are legal by construction, sizes first."""
    pick = random.Random(seed)
    rank = pick.choice(ranks)
    mode = pick.choice(checks.MODES)
    kernel = [pick.randint(1, 3) for _ in range(rank)]
    dilation = [pick.randint(1, 3) for _ in range(rank)]
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [pick.randint(r, r + 4) for r in reach]
    most = {"reflect": min(size) - 1, "circular": min(size)}.get(mode, 3)
    padding: Any = pick.randint(0, min(3, most))
    stride = [pick.randint(1, 3) for _ in range(rank)]
    total = max(r - 1 - (r - 1) // 2 for r in reach)
    if pick.random() < 0.2 and total <= most:
        padding, stride = "same", [1] * rank
    return {
        "size": size,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "mode": mode,
    }


def axes(case: dict[str, Any]) -> list[Axis]:
    """Written without `resolve`, which the figures use."""
    found = []
    for i, (n, k) in enumerate(zip(case["size"], case["kernel"], strict=True)):
        d = case["dilation"][i]
        pads = same_padding(k, d) if case["padding"] == "same" else (case["padding"],) * 2
        found.append(Axis(n, k, case["stride"][i], d, *pads))
    return found


def convolved(case: dict[str, Any], data: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return definition.convolution(
        data[None, None], weight[None, None], None, axes(case), 1, case["mode"]
    )[0, 0]


def reads(case: dict[str, Any], at: tuple[int, ...]) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Tap -> input cell of one output cell, asked of the definition alone.

    The input holds the powers of two, so that one tap's output names the cell that it read.
    """
    data = 2 ** np.arange(np.prod(case["size"]), dtype=object).reshape(case["size"])
    found = {}
    for tap in product(*map(range, case["kernel"])):
        weight = np.zeros(case["kernel"], object)
        weight[tap] = 1
        value = convolved(case, data, weight)[at]
        if value:
            cell = np.unravel_index(int(value).bit_length() - 1, case["size"])
            found[tap] = tuple(map(int, cell))
    return found


@pytest.mark.parametrize("seed", range(CASES))
def test_window_shows_the_cells_that_the_definition_reads(seed: int) -> None:
    case = random_case(seed)
    pick = random.Random(seed)
    zeros = np.zeros(case["size"], int), np.zeros(case["kernel"], int)
    shape = convolved(case, *zeros).shape
    at = tuple(pick.randrange(n) for n in shape)
    svg = draw("window", **case, at=list(at))
    seen = {}
    for tap, cell in elements(svg, "tap").items():
        shown = index(cell.get("data-input")) or index(cell.get("data-source"))
        if shown is not None:
            seen[tap] = shown
    assert seen == reads(case, at)
    assert set(elements(svg, "tap")) == set(elements(svg, "weight"))
    assert set(elements(svg, "weight")) == set(product(*map(range, case["kernel"])))
    assert set(elements(svg, "output")) == set(product(*map(range, shape)))
    assert set(elements(svg, "input")) == set(product(*map(range, case["size"])))
    assert list(elements(svg, "now")) == list(elements(svg, "window")) == [at]
    assert corners([elements(svg, "window")[at]]) == corners(elements(svg, "tap").values())
    assert corners([elements(svg, "now")[at]]) == corners([elements(svg, "output")[at]])
    for name in ("position", "output"):
        cells = elements(svg, name)
        first = min(cells)
        for cell, box in cells.items():
            row, column = (0, *(c - f for c, f in zip(cell, first, strict=True)))[-2:]
            assert left_top(box, cells[first]) == (column, row)
    if len(at) == 1:
        under = {tap: cell["x"] for tap, cell in elements(svg, "tap").items()}
        assert {tap: str(int(w["x"]) - 1) for tap, w in elements(svg, "weight").items()} == under


def corners(boxes: Iterable[dict[str, str]]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of rectangles together."""
    sides = [[float(box[key]) for key in ("x", "y", "width", "height")] for box in boxes]
    left, top = min(x for x, _, _, _ in sides), min(y for _, y, _, _ in sides)
    right, bottom = max(x + w for x, _, w, _ in sides), max(y + h for _, y, _, h in sides)
    return left, top, right, bottom


def left_top(box: dict[str, str], first: dict[str, str]) -> tuple[float, float]:
    """Columns and rows between two cells."""
    across = (float(box["x"]) - float(first["x"])) / float(box["width"])
    return across, (float(box["y"]) - float(first["y"])) / float(box["height"])


@pytest.mark.parametrize("seed", range(CASES))
def test_window_computes_what_the_definition_computes(seed: int) -> None:
    case = random_case(seed)
    numbers = np.random.default_rng(seed)
    data = numbers.integers(-9, 10, case["size"])
    weight = numbers.integers(-3, 4, case["kernel"])
    parameters = {k: v for k, v in case.items() if k not in ("size", "kernel")}
    svg = draw("window", **parameters, input=data.tolist(), weight=weight.tolist())
    expected = convolved(case, data, weight)
    for name, values in (("input", data), ("weight", weight), ("output", expected)):
        found = labels(svg, name)
        assert found == {cell: int(values[cell]) for cell in np.ndindex(values.shape)}
    # The written sum, evaluated, is the cell.
    lines = [line for line in texts(svg) if "·" in line or line.startswith("= ")]
    terms, total = re.sub("[·−]", lambda sign: {"·": "*"}.get(sign[0], "-"), " ".join(lines)).split(
        "="
    )
    assert eval(terms) == int(total) == expected[(0,) * expected.ndim]


def labels(svg: str, name: str) -> dict[tuple[int, ...], int]:
    """The number in the middle of each cell."""
    at = {}
    for element in ElementTree.fromstring(svg).iter():
        if element.tag.endswith("text"):
            at[float(element.get("x", 0)), float(element.get("y", 0))] = element.text or ""
    found = {}
    for cell, box in elements(svg, name).items():
        x, y, w, h = (float(box[key]) for key in ("x", "y", "width", "height"))
        found[cell] = int(at[round(x + w / 2, 2), round(y + h / 2, 2)].replace("−", "-"))
    return found


@pytest.mark.parametrize("seed", range(CASES))
def test_padding_shows_what_a_kernel_of_one_cell_reads(seed: int) -> None:
    pick = random.Random(seed)
    rank, mode = pick.choice((1, 2)), pick.choice(checks.MODES)
    size = [pick.randint(1, 6) for _ in range(rank)]
    most = {"reflect": min(size) - 1, "circular": min(size)}.get(mode, 3)
    padding = [pick.randint(0, min(3, most)) for _ in range(rank)]
    svg = draw("padding", size=size, padding=padding, mode=mode)
    data = np.arange(1, np.prod(size) + 1).reshape(size)
    padded = definition.convolution(
        data[None, None],
        np.ones((1, 1, *[1] * rank), int),
        None,
        [Axis(n, 1, 1, 1, p, p) for n, p in zip(size, padding, strict=True)],
        1,
        mode,
    )[0, 0]
    drawn = elements(svg, "position")
    assert len(drawn) == padded.size
    for cell, attributes in drawn.items():
        expected = padded[tuple(c + p for c, p in zip(cell, padding, strict=True))]
        shown = index(attributes.get("data-input")) or index(attributes.get("data-source"))
        assert (0 if shown is None else data[shown]) == expected, cell
    for arc in (e.attrib for e in ElementTree.fromstring(svg).iter() if e.get("data-to")):
        assert drawn[index(arc["data-from"])]["data-source"] == arc["data-to"]


def test_padding_modes_are_the_four_of_the_source() -> None:
    """S4: zeros, reflect (edge not repeated), replicate, circular."""
    drawn = [t for t in texts(draw("padding-modes", input=[1, 2, 3, 4])) if t.isdigit()]
    rows = ["".join(drawn[i : i + 8]) for i in range(0, 32, 8)]
    assert rows == ["00123400", "32123432", "11123444", "34123412"]


@pytest.mark.parametrize("seed", range(CASES))
def test_stride_marks_what_no_window_reads(seed: int) -> None:
    case = random_case(seed)
    case.pop("mode")
    case["padding"] = 0 if case["padding"] == "same" else case["padding"]
    svg = draw("stride", **case)
    # Padding is made part of the input; a sum of powers of two names every cell in it.
    pad = case["padding"]
    whole = {**case, "mode": "zeros", "padding": 0, "size": [n + 2 * pad for n in case["size"]]}
    data = 2 ** np.arange(np.prod(whole["size"]), dtype=object).reshape(whole["size"])
    output = convolved(whole, data, np.ones(case["kernel"], object))
    bits = np.bitwise_or.reduce(output, axis=None)
    read = {tuple(c - pad for c in cell) for cell in np.ndindex(data.shape) if bits & data[cell]}
    drawn = elements(svg, "position")
    unread = {cell for cell, attributes in drawn.items() if "data-unread" in attributes}
    assert unread == set(drawn) - read
    assert set(elements(svg, "output")) == set(np.ndindex(output.shape))


@pytest.mark.parametrize("kernel", [1, 2, 3, [2, 3]])
@pytest.mark.parametrize("size", [9, [8, 9]])
def test_dilation_shows_taps_and_reach(size: Any, kernel: Any) -> None:
    if isinstance(kernel, list) and not isinstance(size, list):
        with pytest.raises(ValueError, match="kernel"):
            draw("dilation", size=size, kernel=kernel)
        return
    root = ElementTree.fromstring(draw("dilation", size=size, kernel=kernel))
    rank = len(size) if isinstance(size, list) else 1
    kernels = kernel if isinstance(kernel, list) else [kernel] * rank
    taps = [e for e in root.iter() if e.get("data-tap")]
    expected = [
        (tap, tuple(t * d for t in tap)) for d in (1, 2, 3) for tap in product(*map(range, kernels))
    ]
    assert [(index(e.get("data-tap")), index(e.get("data-position"))) for e in taps] == expected
    shown = [t for t in texts(draw("dilation", size=size, kernel=kernel)) if t.isdigit()]
    assert shown == [str(d * (kernels[-1] - 1) + 1) for d in (1, 2, 3)]


GROUPED = [
    (groups * inner, groups * outer, groups)
    for groups, inner, outer in product(range(1, 5), range(1, 4), range(1, 4))
]


@pytest.mark.parametrize(("channels", "out", "groups"), GROUPED)
def test_groups_wire_what_the_definition_reads(channels: int, out: int, groups: int) -> None:
    svg = draw("groups", in_channels=channels, out_channels=out, groups=groups, at=out - 1)
    weight = np.ones((out, channels // groups, 1), int)
    wires = set()
    for c in range(channels):
        probe = np.zeros((1, channels, 1), int)
        probe[0, c] = 1
        answer = definition.convolution(probe, weight, None, [Axis(1, 1)], groups)
        wires |= {(c, int(o)) for o in np.flatnonzero(answer[0, :, 0])}
    drawn = elements(svg, "wire")
    assert set(drawn) == wires
    marked = {wire for wire, a in drawn.items() if a["class"] == "cf-tie"}
    assert marked == {(c, o) for c, o in wires if o == out - 1}


@pytest.mark.parametrize("seed", range(60))
def test_planes_show_the_cells_that_the_definition_reads(seed: int) -> None:
    """channels, sentence and volume: taps on input cells, sizes of kernel and output."""
    pick = random.Random(seed)
    kind, rank = pick.choice((("channels", 2), ("sentence", 1), ("volume", 3)))
    case = random_case(seed, (rank,))
    case |= {"mode": "zeros", "padding": pick.choice((0, 1)) if kind == "sentence" else 0}
    if kind != "sentence":
        case["dilation"] = [1] * rank
    channels, out = pick.randint(1, 4), pick.randint(1, 3)
    shape = convolved(case, np.zeros(case["size"], int), np.zeros(case["kernel"], int)).shape
    at = tuple(pick.randrange(n) for n in shape)
    given = {"kernel": case["kernel"], "stride": case["stride"], "at": list(at)}
    if kind == "sentence":
        given |= {"length": case["size"], "padding": case["padding"], "dilation": case["dilation"]}
        given |= {"channels": channels, "out_channels": out}
    else:
        given["size"] = case["size"]
    if kind == "channels":
        given |= {"in_channels": channels, "out_channels": out}
    svg = draw(kind, **given)
    planes = range(1) if kind == "volume" else range(channels)
    leading = [()] if kind == "volume" else [(c,) for c in planes]
    taps = {
        cell: index(attributes["data-tap"])
        for cell, attributes in elements(svg, "input").items()
        if "data-tap" in attributes
    }
    expected = {(*lead, *cell): tap for lead in leading for tap, cell in reads(case, at).items()}
    assert taps == expected
    kernels = product(*map(range, case["kernel"]))
    heads = {
        "channels": list(product(range(out), planes)),
        "sentence": list(product(range(out), planes)),
        "volume": [()],
    }[kind]
    assert set(elements(svg, "weight")) == {(*h, *t) for t in kernels for h in heads}
    ahead = [()] if kind == "volume" else [(o,) for o in range(out)]
    assert set(elements(svg, "output")) == {
        (*a, *p) for a in ahead for p in product(*map(range, shape))
    }


LARGEST: dict[str, dict[str, Any]] = {
    "window": {
        "input": [[10 * i + j for j in range(9)] for i in range(9)],
        "weight": [[1, -2, 3]] * 3,
        "padding": 3,
        "mode": "reflect",
    },
    "padding": {"size": [12, 12], "padding": 5, "mode": "circular"},
    "padding-modes": {"size": 12, "padding": 6},
    "stride": {"size": [16, 16], "padding": 2},
    "dilation": {"size": [16, 16]},
    "groups": {"in_channels": 24, "out_channels": 24},
    "channels": {"in_channels": 8, "out_channels": 6, "size": [8, 8]},
    "sentence": {"length": 20, "channels": 12, "out_channels": 8},
    "volume": {"size": [6, 9, 9]},
}


@pytest.mark.parametrize("kind", KINDS)
def test_large_figures_stay_small_plain_and_the_same(kind: str) -> None:
    svg = draw(kind, **LARGEST[kind])
    assert svg == draw(kind, **LARGEST[kind])
    assert len(gzip.compress(svg.encode())) < 15_000
    assert not re.search(r"style|<script|href|\bon\w+=| id=|#|url\(", svg)
    root = ElementTree.fromstring(svg)
    x, y, width, height = map(float, (root.get("viewBox") or "").split())
    assert (width, height) == (float(root.get("width", 0)), float(root.get("height", 0)))
    for box in (e.attrib for e in root.iter() if e.tag.endswith("rect")):
        assert x < float(box["x"]) and float(box["x"]) + float(box["width"]) < x + width
        assert y < float(box["y"]) and float(box["y"]) + float(box["height"]) < y + height


def test_every_class_has_a_style() -> None:
    css = Path("theme/assets/styles/figures.css").read_text("utf-8")
    for kind, parameters in LARGEST.items():
        names = re.findall(r'class="([^"]+)"', draw(kind, **parameters))
        for name in {each for group in names for each in group.split()}:
            assert re.search(rf"\.{name}\b(?!-)", css), name


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("windows", {}, "figure must be one of"),
    ("window", {"size": 5, "kernel": 3, "colour": 1}, "'colour'"),
    ("window", {"kernel": 3}, "size"),
    ("window", {"size": 5}, "kernel"),
    ("window", {"size": 5, "kernel": 6}, "reaches over"),
    ("window", {"size": 5, "kernel": 3, "padding": -1}, "at least 0"),
    ("window", {"size": 5, "kernel": 3, "stride": 0}, "at least 1"),
    ("window", {"size": 5, "kernel": 3, "stride": 2, "padding": "same"}, "stride 1"),
    ("window", {"size": 3, "kernel": 3, "padding": 3, "mode": "reflect"}, "less than the size"),
    ("window", {"size": 3, "kernel": 3, "padding": 4, "mode": "circular"}, "at most the size"),
    ("window", {"size": 5, "kernel": 3, "mode": "symmetric"}, "'symmetric'"),
    ("window", {"size": 5, "kernel": 3, "at": 3}, "less than the output size"),
    ("window", {"size": [5, 5, 5], "kernel": 3}, "1 or 2 axes"),
    ("window", {"size": 4, "kernel": 3, "input": [1, 2, 3]}, "contradicts"),
    ("window", {"input": [[1, 2], [3]], "kernel": 1}, "row 1"),
    ("window", {"input": [1, True], "kernel": 1}, "True"),
    ("window", {"input": [1, float("nan")], "kernel": 1}, "nan"),
    ("window", {"input": [[1, 2], [3, 4]], "weight": [1]}, "as many axes"),
    ("window", {"size": 5, "kernel": 3, "bias": 1}, "bias needs"),
    ("window", {"size": [30, 30], "kernel": 3}, "at most 600"),
    ("padding", {"size": [3, 3], "padding": 1, "at": [4, 0]}, "between -1 and 3"),
    ("padding-modes", {"size": 2, "padding": 2}, "reflect"),
    ("padding-modes", {"size": [4, 4]}, "1 axes"),
    ("stride", {"size": 5, "mode": "zeros"}, "'mode'"),
    ("stride", {}, "needs size"),
    ("dilation", {"size": 5, "dilations": [3]}, "reaches over"),
    ("dilation", {"size": 5, "dilations": 3}, "list"),
    ("groups", {"in_channels": 4, "out_channels": 8, "groups": 3}, "divisible"),
    ("groups", {"in_channels": 4, "out_channels": 6, "groups": 4}, "divisible"),
    ("groups", {"in_channels": 4, "out_channels": 4, "at": 4}, "less than out_channels"),
    ("groups", {"in_channels": 25, "out_channels": 4}, "at most 24"),
    ("volume", {"size": [4, 4]}, "3 axes"),
]


@pytest.mark.parametrize(("kind", "parameters", "message"), REFUSED)
def test_wrong_parameters_are_refused(kind: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        draw(kind, **parameters)


# In a page -------------------------------------------------------------------------------------

GOOD = "```conv-figure\nfigure: window\nsize: 5\nkernel: 3\n```\n\nA *window*.\n"


def rendered(page: str, tmp_path: Path) -> str:
    path = tmp_path / "page.md"
    path.write_text(page, "utf-8")
    figures = hook.Figures("en")
    figures.begin(path, "docs/page.md")
    extensions = ["admonition", "pymdownx.superfences", "pymdownx.tabbed", figures]
    options = {
        "pymdownx.superfences": {"custom_fences": [figures.fence()]},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    return Markdown(extensions=extensions, extension_configs=options).convert(page)


def test_fence_and_paragraph_become_a_figure(tmp_path: Path) -> None:
    indented = "".join(f"    {line}\n" for line in GOOD.splitlines())
    page = f'{GOOD}\n!!! note\n\n{indented}\n=== "A"\n\n{indented}'
    html = rendered(page, tmp_path)
    assert html.count('<figure class="conv-figure"><div class="conv-figure-drawing"') == 3
    for number in (1, 2, 3):
        assert f'aria-label="Figure {number}" aria-describedby="figure-{number}"' in html
        assert f'<figcaption id="figure-{number}">A <em>window</em>.</figcaption>' in html
    assert "conv-figure\n" not in html and "wzxhzdk" not in html


def test_only_wide_drawings_scroll(tmp_path: Path) -> None:
    assert "tabindex" not in rendered(GOOD, tmp_path)
    assert 'tabindex="0" role="group"' in rendered(GOOD.replace("5", "20"), tmp_path)


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        (GOOD.replace("3", "9"), 3, "reaches over"),
        (GOOD.replace("kernel", "kernels"), 3, "'kernels'"),
        (GOOD.replace("figure: ", "name: "), 3, "the first line must be"),
        (GOOD.replace("size: 5", "size: [5"), 3, "not `key: value` lines"),
        (GOOD.replace("A *window*.", ""), 3, "a paragraph must follow"),
        (GOOD.replace("A *window*.", "- A"), 3, "a paragraph must follow"),
        (GOOD.replace("```\n\n", "```\n"), 3, "a paragraph must follow"),
        (GOOD.replace("A *window*.", GOOD), 3, "a paragraph must follow"),
        (GOOD + "\n!!! note\n\n    ```conv-figure\n    figure: x\n    ```\n\n    A\n", 13, "'x'"),
    ],
)
def test_a_wrong_fence_fails_with_page_and_line(
    page: str, line: int, message: str, tmp_path: Path
) -> None:
    with pytest.raises(hook.FigureError, match=re.escape(message)) as error:
        rendered(f"# Title\n\n{page}", tmp_path)
    assert str(error.value).startswith(f"docs/page.md:{line}: conv-figure: ")


def test_options_of_a_fence_are_refused(tmp_path: Path) -> None:
    with pytest.raises(hook.FigureError, match="no options"):
        rendered(GOOD.replace("conv-figure", 'conv-figure title="x"'), tmp_path)


def test_numbers_are_those_that_the_drawing_shows() -> None:
    body = "figure: window\ninput: [7, 8.5, -2]\nweight: [1, 10]"
    assert hook.numbers(body) == {"7", "8.5", "2", "1", "10", "92", "11.5"}
    assert hook.numbers("figure: window\nsize: 5\nkernel: 3") == set()
