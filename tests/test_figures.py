"""What a figure shows is what the definition computes: every relation drawn is read back."""

import json
import random
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from convref import checks, definition, explain
from convref.figures import Figure, draw
from convref.figures.plan import FRAMES
from convref.geometry import Axis, same_padding
from tests.drawings import elements, index, labels, parts, sources, texts
from tests.numpy_only.cases import NUMPYS, allowed

CASES = 200


def random_case(seed: int, ranks: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Parameters that are legal by construction, sizes first."""
    pick = random.Random(seed)
    rank = pick.choice(ranks)
    mode = pick.choice(checks.MODES)
    kernel = [pick.randint(1, 3) for _ in range(rank)]
    dilation = [pick.randint(1, 3) for _ in range(rank)]
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [pick.randint(r, r + 4) for r in reach]
    limit: Any = allowed(mode, min(size))
    padding: Any = pick.randint(0, min(3, limit))
    stride = [pick.randint(1, 3) for _ in range(rank)]
    total = max(r - 1 - (r - 1) // 2 for r in reach)
    if pick.random() < 0.2 and total <= limit:
        padding, stride = "same", [1] * rank
    elif pick.random() < 0.3:
        padding = [[pick.randint(0, min(3, limit)) for _ in range(2)] for _ in range(rank)]
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
        pads = (case["padding"],) * 2
        if not isinstance(case["padding"], int):
            pads = same_padding(k, d) if case["padding"] == "same" else tuple(case["padding"][i])
        found.append(Axis(n, k, case["stride"][i], d, *pads))
    return found


def convolved(case: dict[str, Any], data: np.ndarray, weight: np.ndarray) -> np.ndarray:
    out: np.ndarray = definition.convolution(
        data[None, None], weight[None, None], None, axes(case), 1, case["mode"]
    )[0, 0]
    return out


def reads(case: dict[str, Any], at: tuple[int, ...]) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Tap -> input cell of one output cell, asked of the definition alone."""
    found = {}
    for tap, answer in answers(json.dumps(case)).items():
        if answer[at]:
            cell = np.unravel_index(int(answer[at]).bit_length() - 1, case["size"])
            found[tap] = tuple(map(int, cell))
    return found


@lru_cache(4)
def answers(text: str) -> dict[tuple[int, ...], np.ndarray]:
    """The output of each tap by itself, over an input of powers of two, which name its cells."""
    case = json.loads(text)
    data = 2 ** np.arange(np.prod(case["size"]), dtype=object).reshape(case["size"])
    found = {}
    for tap in product(*map(range, case["kernel"])):
        weight = np.zeros(case["kernel"], object)
        weight[tap] = 1
        found[tap] = convolved(case, data, weight)
    return found


@pytest.mark.parametrize("seed", range(CASES))
def test_window_shows_the_cells_that_the_definition_reads(seed: int) -> None:
    case = random_case(seed)
    pick = random.Random(seed)
    zeros = np.zeros(case["size"], int), np.zeros(case["kernel"], int)
    shape = convolved(case, *zeros).shape
    at = tuple(pick.randrange(n) for n in shape)
    figure = draw("window", **case, at=list(at))
    window_is_right(figure, case, at, None)
    assert set(elements(figure, "output")) == set(product(*map(range, shape)))
    assert set(elements(figure, "input")) == set(product(*map(range, case["size"])))
    for name in ("position", "output"):
        cells = elements(figure, name)
        first = min(cells)
        for cell, box in cells.items():
            row, column = (0, *(c - f for c, f in zip(cell, first, strict=True)))[-2:]
            assert left_top(box, cells[first]) == (column, row)
    if len(at) == 1:
        under = {tap: cell["x"] for tap, cell in elements(figure, "tap").items()}
        assert {tap: str(int(w["x"]) - 1) for tap, w in elements(figure, "weight").items()} == under


def window_is_right(
    figure: Figure, case: dict[str, Any], at: tuple[int, ...], frame: int | None
) -> None:
    """One frame shows the window of one output cell: taps, outlines, weights."""
    taps = elements(figure, "tap", frame)
    assert sources(figure, frame) == reads(case, at)
    weights = set(elements(figure, "weight", frame))
    assert set(taps) == weights == set(product(*map(range, case["kernel"])))
    for tap, overlay in taps.items():
        cell = elements(figure, "position", frame)[index(overlay["data-reads"]) or ()]
        assert corners([overlay]) == corners([cell]), tap
    window, now = elements(figure, "window", frame), elements(figure, "now", frame)
    assert list(now) == list(window) == [at]
    assert corners([window[at]]) == corners(taps.values())
    assert corners([now[at]]) == corners([elements(figure, "output", frame)[at]])


@pytest.mark.parametrize("seed", range(CASES))
def test_animated_window_visits_every_output_cell(seed: int) -> None:
    case = random_case(seed)
    zeros = np.zeros(case["size"], int), np.zeros(case["kernel"], int)
    cells = list(np.ndindex(convolved(case, *zeros).shape))
    if len(cells) > FRAMES:
        with pytest.raises(ValueError, match=f"at most {FRAMES} frames"):
            draw("window", **case, animate=True)
        return
    figure = draw("window", **case, animate=True)
    assert figure.frames == len(cells)
    for frame, at in enumerate(cells):
        window_is_right(figure, case, at, frame)


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
    expected = convolved(case, data, weight)
    at = list(np.ndindex(expected.shape))[-1]
    svg = draw("window", **parameters, input=data, weight=weight, at=at)
    for name, values in (("input", data), ("weight", weight), ("output", expected)):
        found = labels(svg, name)
        assert found == {cell: int(values[cell]) for cell in np.ndindex(values.shape)}
    # The written sum, evaluated, is the cell; it is written as `explain` does.
    lines = [line for line in texts(svg) if "·" in line or line.startswith("= ")]
    written = " ".join(lines).replace("−", "-")
    terms, total = written.translate(str.maketrans("[·]", "(*)")).split("=")
    assert eval(terms) == int(total) == expected[at]
    options = {"padding_mode" if k == "mode" else k: v for k, v in parameters.items()}
    told = explain(data[None, None], weight[None, None], at=(0, 0, *at), **options)
    assert written.split() == str(told).split()


@pytest.mark.parametrize("seed", range(CASES))
def test_padding_shows_what_a_kernel_of_one_cell_reads(seed: int) -> None:
    pick = random.Random(seed)
    rank, mode = pick.choice((1, 2)), pick.choice(checks.MODES)
    size = [pick.randint(1, 6) for _ in range(rank)]
    limit: Any = allowed(mode, min(size))
    padding = [pick.randint(0, min(3, limit)) for _ in range(rank)]
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
    for arc in (e.attrib for e in parts(svg) if e.get("data-to")):
        start = index(arc["data-from"])
        assert start is not None
        assert drawn[start]["data-source"] == arc["data-to"]


def test_padding_modes_are_numpys() -> None:
    """S4: zeros, reflect (edge not repeated), replicate, circular."""
    drawn = [int(t) for t in texts(draw("padding-modes", input=[1, 2, 3, 4])) if t.isdigit()]
    rows = [np.pad([1, 2, 3, 4], 2, NUMPYS[mode]) for mode in checks.MODES]
    assert drawn == np.concatenate(rows).tolist()


@pytest.mark.parametrize("seed", range(CASES))
def test_stride_marks_what_no_window_reads(seed: int) -> None:
    case = random_case(seed)
    case.pop("mode")
    case["padding"] = case["padding"] if isinstance(case["padding"], int) else 0
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
    figure = draw("dilation", size=size, kernel=kernel)
    rank = len(size) if isinstance(size, list) else 1
    kernels = kernel if isinstance(kernel, list) else [kernel] * rank
    taps = {tap: index(e["data-reads"]) for tap, e in elements(figure, "tap").items()}
    assert taps == {
        (d, *tap): (d, *(t * d for t in tap))
        for d in (1, 2, 3)
        for tap in product(*map(range, kernels))
    }
    shown = [t for t in texts(figure) if t.isdigit()]
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
    case |= {"mode": "zeros", "padding": pick.choice((0, 1)) if kind != "channels" else 0}
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
    if kind == "volume":
        given["padding"] = case["padding"]
    if kind == "channels":
        given |= {"in_channels": channels, "out_channels": out}
    svg = draw(kind, **given)
    planes = range(1) if kind == "volume" else range(channels)
    leading = [()] if kind == "volume" else [(c,) for c in planes]
    inputs = set(elements(svg, "input"))
    assert inputs == {(*lead, *i) for lead in leading for i in product(*map(range, case["size"]))}
    taps = {tap: index(e["data-reads"]) for tap, e in elements(svg, "tap").items()}
    assert {tap: cell for tap, cell in taps.items() if cell in inputs} == {
        (*lead, *tap): (*lead, *cell) for lead in leading for tap, cell in reads(case, at).items()
    }
    assert set(taps) == {
        (*lead, *t) for lead in leading for t in product(*map(range, case["kernel"]))
    }
    kernels = product(*map(range, case["kernel"]))
    heads: Any = {
        "channels": list(product(range(out), planes)),
        "sentence": list(product(range(out), planes)),
        "volume": [()],
    }[kind]
    assert set(elements(svg, "weight")) == {(*h, *t) for t in kernels for h in heads}
    ahead = [()] if kind == "volume" else [(o,) for o in range(out)]
    assert set(elements(svg, "output")) == {
        (*a, *p) for a in ahead for p in product(*map(range, shape))
    }


MOVING: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    (
        "window",
        {"input": np.arange(20).reshape(4, 5), "weight": [[1, 2], [3, -4]], "bias": 7},
        list(np.ndindex(3, 4)),
    ),
    (
        "window",
        {"input": [1, 2, 3, 4, 5], "weight": [2, 3], "dilation": 2, "padding": 1},
        list(np.ndindex(5)),
    ),
    ("sentence", {"length": 7, "channels": 2, "stride": 2, "dilation": 2}, list(np.ndindex(2))),
    ("im2col", {"size": [4, 3], "kernel": 2, "padding": 1}, list(np.ndindex(5, 4))),
    (
        "transposed",
        {"input": [[1, 2, 3], [4, 5, 6]], "weight": [[1, 2]], "dilation": 2, "stride": 2},
        list(np.ndindex(2, 3)),
    ),
    ("transposed", {"input": [1, 2, 3], "weight": [1, 2], "padding": 1}, list(np.ndindex(3))),
    (
        "transposed",
        {"input": [1, 2, 3], "weight": [1, 2], "stride": 2, "view": "zero-stuffing"},
        list(np.ndindex(6)),
    ),
    (
        "gradient",
        {"size": [3, 4], "weight": [[1, 2], [3, 4]], "grad": [[1, 2, 3], [4, 5, 6]]},
        list(np.ndindex(2, 3)),
    ),
    (
        "gradient",
        {"input": [1, 2, 3, 4], "kernel": 2, "grad": [1, 2, 3], "view": "weight"},
        list(np.ndindex(2)),
    ),
]


@pytest.mark.parametrize(("kind", "given", "cells"), MOVING)
def test_every_frame_is_the_still_figure_of_its_cell(
    kind: str, given: dict[str, Any], cells: list[tuple[int, ...]]
) -> None:
    start = len(cells) // 2
    figure = draw(kind, **given, animate=True, at=cells[start])
    assert (figure.frames, figure.canvas.shown) == (len(cells), start)
    for frame, at in enumerate(cells):
        still = draw(kind, **given, at=list(at))
        assert figure.canvas.still(frame) == still.canvas.content()
        same = [(e.tag, e.attrib, e.text) for e in parts(still)]
        assert [(e.tag, e.attrib, e.text) for e in parts(figure, frame)] == same


@pytest.mark.parametrize("seed", range(CASES))
def test_animated_stride_visits_every_window(seed: int) -> None:
    case = random_case(seed)
    del case["mode"]
    case["padding"] = case["padding"] if isinstance(case["padding"], int) else 0
    zeros = np.zeros(case["size"], int), np.zeros(case["kernel"], int)
    whole = {**case, "mode": "zeros"}
    cells = list(np.ndindex(convolved(whole, *zeros).shape))
    if len(cells) > FRAMES:
        with pytest.raises(ValueError, match=f"at most {FRAMES} frames"):
            draw("stride", **case, animate=True)
        return
    figure = draw("stride", **case, animate=True)
    assert figure.frames == len(cells)
    for frame, at in enumerate(cells):
        now = elements(figure, "now", frame) if len(cells) > 1 else {at: {}}
        assert list(now) == [at]
        taps = {tap: index(e["data-reads"]) for tap, e in elements(figure, "tap", frame).items()}
        positions = {
            tap: tuple(
                i * s + t * d - case["padding"]
                for i, t, s, d in zip(at, tap, case["stride"], case["dilation"], strict=True)
            )
            for tap in product(*map(range, case["kernel"]))
        }
        assert taps == positions


@pytest.mark.parametrize("size", [9, [8, 9]])
def test_animated_dilation_visits_the_cells_of_each_window(size: Any) -> None:
    figure = draw("dilation", size=size, kernel=3, animate=True)
    sizes = size if isinstance(size, list) else [size]
    visits = {d: list(np.ndindex(*(n - 2 * d for n in sizes))) for d in (1, 2, 3)}
    assert figure.frames == len(visits[1])
    for frame in range(figure.frames):
        at = {d: cells[min(frame, len(cells) - 1)] for d, cells in visits.items()}
        taps = {tap: index(e["data-reads"]) for tap, e in elements(figure, "tap", frame).items()}
        assert taps == {
            (d, *tap): (d, *(i + t * d for i, t in zip(at[d], tap, strict=True)))
            for d in at
            for tap in product(*(range(3) for _ in sizes))
        }
        assert set(elements(figure, "window", frame)) == {(d, *cell) for d, cell in at.items()}
