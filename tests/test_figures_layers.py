"""Transposed, receptive field, im2col, layouts: read back, and compared with plain loops."""

import random
import re
from collections import defaultdict
from itertools import product
from typing import Any

import numpy as np
import pytest

from convref import conv1d, conv1d_backward, conv2d, conv2d_backward
from convref.figures import draw
from convref.figures.plan import FRAMES
from tests.drawings import Index, elements, index, labels, parts, sources, texts

CASES = 200


def transposed_case(seed: int) -> dict[str, Any]:
    """Legal by construction: padding leaves at least one output cell."""
    pick = random.Random(seed)
    rank = pick.choice((1, 2))
    size = [pick.randint(1, 4 - rank // 2) for _ in range(rank)]
    kernel = [pick.randint(1, 3) for _ in range(rank)]
    stride, dilation = [[pick.randint(1, 3) for _ in range(rank)] for _ in range(2)]
    full = [
        (n - 1) * s + d * (k - 1) + 1
        for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)
    ]
    padding = [pick.randint(0, min(2, (n - 1) // 2)) for n in full]
    extra = [pick.randrange(max(s, d)) for s, d in zip(stride, dilation, strict=True)]
    return {
        "size": size,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "output_padding": extra,
        "dilation": dilation,
    }


def into(case: dict[str, Any], cell: Index, tap: Index) -> Index:
    """Where one input cell adds at one tap."""
    keys = ("stride", "dilation", "padding")
    each = zip(cell, tap, *(case[key] for key in keys), strict=True)
    return tuple(c * s + t * d - p for c, t, s, d, p in each)


def output_shape(case: dict[str, Any]) -> Index:
    keys = ("size", "kernel", "stride", "dilation", "padding", "output_padding")
    return tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, k, s, d, p, e in zip(*(case[key] for key in keys), strict=True)
    )


def cells(shape: list[int]) -> list[Index]:
    return list(product(*map(range, shape)))


@pytest.mark.parametrize("seed", range(CASES))
def test_scatter_adds_where_the_definition_adds(seed: int) -> None:
    case = transposed_case(seed)
    numbers = np.random.default_rng(seed)
    data = numbers.integers(-9, 10, case["size"])
    weight = numbers.integers(-3, 4, case["kernel"])
    given = {key: value for key, value in case.items() if key not in ("size", "kernel")}
    figure = draw("transposed", **given, input=data, weight=weight, animate=True)
    outputs = cells(list(output_shape(case)))
    inputs = cells(case["size"])
    assert figure.frames == len(inputs)
    assert figure.canvas.shown == len(inputs) - 1
    sums: dict[Index, int] = defaultdict(int)
    for frame, cell in enumerate(inputs):
        stamp = {tap: into(case, cell, tap) for tap in cells(case["kernel"])}
        for tap, where in stamp.items():
            sums[where] += int(data[cell] * weight[tap])
        shown = elements(figure, "tap", frame)
        assert {tap: index(e["data-into"]) for tap, e in shown.items()} == stamp
        for overlay in shown.values():
            where = index(overlay["data-into"]) or ()
            kind = "output" if where in outputs else "cropped"
            box = elements(figure, kind, frame)[where]
            assert [box[k] for k in ("x", "y")] == [overlay[k] for k in ("x", "y")]
        assert list(elements(figure, "from", frame)) == [cell]
        assert list(elements(figure, "window", frame)) == [cell]
        expected = {where: sums[where] for where in outputs}
        assert labels(figure, "output", frame) == expected
    # Sums done by loops over whole arrays, output cell by output cell.
    assert labels(figure, "input") == {cell: data[cell] for cell in inputs}
    assert labels(figure, "weight") == {tap: weight[tap] for tap in cells(case["kernel"])}
    assert set(elements(figure, "output")) == set(outputs)
    added = {into(case, cell, tap) for cell in inputs for tap in cells(case["kernel"])}
    assert set(elements(figure, "cropped")) >= added - set(outputs)
    assert not set(elements(figure, "cropped")) & set(outputs)
    if len(case["size"]) == 1:
        lines = elements(figure, "product")
        assert {key: index(e["data-into"]) for key, e in lines.items()} == {
            (*cell, *tap): into(case, cell, tap) for cell in inputs for tap in cells(case["kernel"])
        }
        assert labels(figure, "product") == {
            (*cell, *tap): data[cell] * weight[tap]
            for cell in inputs
            for tap in cells(case["kernel"])
        }


@pytest.mark.parametrize("seed", range(CASES))
def test_gradients_go_back_as_they_are_computed(seed: int) -> None:
    pick, numbers = random.Random(seed), np.random.default_rng(seed)
    rank = pick.choice((1, 2))
    stride, dilation, padding = (
        [pick.randint(least, most) for _ in range(rank)] for least, most in ((1, 3), (1, 2), (0, 2))
    )
    kernel = [pick.randint(1, 3) for _ in range(rank)]
    size = [d * (k - 1) + pick.randint(1, 3) for k, d in zip(kernel, dilation, strict=True)]
    call: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation}
    data, weight = numbers.integers(-9, 10, size), numbers.integers(-3, 4, kernel)
    forward, backward = [(conv1d, conv1d_backward), (conv2d, conv2d_backward)][rank - 1]
    shape = forward(data[None], weight[None, None], **call)[0].shape
    grad = numbers.integers(-9, 10, shape)
    to_input, to_weight, _ = backward(grad[None], data[None], weight[None, None], **call)
    figure = draw("gradient", weight=weight, size=size, grad=grad, **call)
    cropped = set(elements(figure, "cropped"))
    assert labels(figure, "output") == dict(np.ndenumerate(to_input[0]))
    assert all(any(not 0 <= p < n for p, n in zip(c, size, strict=True)) for c in cropped)
    assert labels(figure, "input") == dict(np.ndenumerate(grad))
    tap = tuple(pick.randrange(k) for k in kernel)
    figure = draw("gradient", input=data, kernel=kernel, grad=grad, view="weight", at=tap, **call)
    assert labels(figure, "output") == dict(np.ndenumerate(to_weight[0, 0]))
    assert list(elements(figure, "now")) == [tap]
    assert {at: index(e["data-reads"]) for at, e in elements(figure, "tap").items()} == {
        at: into(call, at, tap) for at in cells(list(shape))
    }
    assert texts(figure)[-1].endswith(f"= {to_weight[0, 0][tap]}".replace("-", "−"))


@pytest.mark.parametrize("seed", range(CASES))
def test_zero_stuffing_reads_the_cells_that_scattering_adds(seed: int) -> None:
    case = transposed_case(seed)
    outputs = cells(list(output_shape(case)))
    given = {**case, "view": "zero-stuffing"}
    expected: dict[Index, dict[Index, Index]] = defaultdict(dict)
    for cell, tap in product(cells(case["size"]), cells(case["kernel"])):
        expected[into(case, cell, tap)][tap] = cell
    shown = outputs[seed % len(outputs)]
    moving = len(outputs) <= FRAMES
    figure = draw("transposed", **given, at=shown, animate=moving)
    frames = outputs if moving and len(outputs) > 1 else [shown]
    for frame, at in enumerate(frames):
        # Taps of the turned kernel stand where weights do: by place, from the last to the first.
        turned = {
            tuple(k - 1 - t for t, k in zip(tap, case["kernel"], strict=True)): cell
            for tap, cell in sources(figure, frame).items()
        }
        assert turned == expected[at]
        assert list(elements(figure, "now", frame)) == [at]
    assert set(elements(figure, "output")) == set(outputs)
    first = [elements(figure, "weight", 0)[w] for w in cells(case["kernel"])]
    places = [(float(e["y"]), float(e["x"])) for e in first]
    assert places == sorted(places, reverse=True)
    # With values: the zeros stand in brackets in the sum, and nothing else does.
    values = np.arange(1, np.prod(case["size"]) + 1).reshape(case["size"])
    written = draw(
        "transposed",
        **{key: value for key, value in given.items() if key not in ("size", "kernel")},
        at=shown,
        input=values,
        weight=np.ones(case["kernel"], int),
    )
    factors = re.findall(r"(\S+)·1", " ".join(texts(written)))
    read = sorted(int(values[cell]) for cell in expected[shown].values())
    assert sorted(int(each) for each in factors if each != "[0]") == read
    assert len(factors) == np.prod(case["kernel"])


def test_zero_stuffing_computes_what_scattering_computes() -> None:
    given = {"input": [[1, 2], [3, 4]], "weight": [[1, -2, 3], [4, 5, 6]], "stride": 2}
    scattered = draw("transposed", **given)
    stuffed = draw("transposed", **given, view="zero-stuffing", animate=True)
    assert labels(stuffed, "output") == labels(scattered, "output")
    for frame, value in enumerate(labels(scattered, "output").values()):
        assert texts(stuffed, frame)[-1] == f"= {value}".replace("-", "−")


@pytest.mark.parametrize("seed", range(CASES))
def test_receptive_field_is_what_the_loops_reach(seed: int) -> None:
    pick = random.Random(seed)
    rank, count = pick.choice((1, 2)), pick.randint(1, 3)
    kernels = [pick.randint(1, 3) for _ in range(count)]
    strides = [pick.randint(1, 2) for _ in range(count)]
    dilations = [pick.randint(1, 2) for _ in range(count)]
    paddings = [pick.randint(0, 1) for _ in range(count)]
    # From the output back, so that everything fits.
    size = pick.randint(1, 3)
    for k, s, d, p in zip(*(x[::-1] for x in (kernels, strides, dilations, paddings)), strict=True):
        size = max(1, (size - 1) * s + d * (k - 1) + 1 - 2 * p)
    lengths = [size]
    for k, s, d, p in zip(kernels, strides, dilations, paddings, strict=True):
        lengths.append((lengths[-1] + 2 * p - d * (k - 1) - 1) // s + 1)
    at = pick.randrange(lengths[-1])
    figure = draw(
        "receptive-field",
        size=[size] * rank,
        kernels=kernels,
        strides=strides,
        dilations=dilations,
        paddings=paddings,
        at=at,
    )
    wanted = {at}
    expected: dict[int, set[int]] = {count: wanted}
    for layer in reversed(range(count)):
        inside = {i for i in wanted if 0 <= i < lengths[layer + 1]}
        wanted = {
            i * strides[layer] + t * dilations[layer] - paddings[layer]
            for i in inside
            for t in range(kernels[layer])
        }
        expected[layer] = wanted
    drawn = elements(figure, "cell")
    lit = {cell for cell, e in drawn.items() if "data-depended" in e}
    assert lit == {
        (layer, *cell) for layer, each in expected.items() for cell in product(each, repeat=rank)
    }
    for layer in range(count + 1):
        pad = paddings[layer] if layer < count else 0
        along = range(-pad, lengths[layer] + pad)
        assert {c[1:] for c in drawn if c[0] == layer} == set(product(along, repeat=rank))
    if rank == 1:
        assert set(elements(figure, "wire")) == {
            (layer, i * strides[layer] + t * dilations[layer] - paddings[layer], i)
            for layer in range(count)
            for i in expected[layer + 1]
            if 0 <= i < lengths[layer + 1]
            for t in range(kernels[layer])
        }


@pytest.mark.parametrize("seed", range(CASES))
def test_fields_lie_where_impulses_arrive(seed: int) -> None:
    pick = random.Random(seed)
    count, size = pick.randint(1, 3), pick.randint(4, 12)
    chain = []
    lengths = [size]
    for _ in range(count):
        k, d = pick.randint(1, 3), pick.randint(1, 2)
        s, p = pick.randint(1, 3 if count < 3 else 2), pick.randint(0, 2 if count < 3 else 1)
        k = k if d * (k - 1) < lengths[-1] + 2 * p else 1
        chain.append((k, s, p, d))
        lengths.append((lengths[-1] + 2 * p - d * (k - 1) - 1) // s + 1)
    names = ("kernels", "strides", "paddings", "dilations")
    given = {name: list(each) for name, each in zip(names, zip(*chain, strict=True), strict=True)}
    figure = draw("field-position", size=size, **given, animate=True)
    assert figure.frames == lengths[-1]
    values = np.eye(size, dtype=int).reshape(size, 1, size)
    for k, s, p, d in chain:
        values = conv1d(values, np.ones((1, 1, k), int), stride=s, padding=p, dilation=d)
    read = {(t, i) for i, _, t in np.argwhere(values).tolist()}
    assert set(elements(figure, "reads")) == read
    # From the first tap of all layers to the last, as if no layer had an end.
    first = list(range(lengths[-1]))
    last = list(first)
    for k, s, p, d in chain[::-1]:
        first = [t * s - p for t in first]
        last = [t * s - p + d * (k - 1) for t in last]
    drawn = set(elements(figure, "position"))
    assert drawn == {(i,) for i in range(min(0, first[0]), max(size, last[-1] + 1))}
    middles = elements(figure, "middle")
    assert set(middles) == {(t, a + b) for t, (a, b) in enumerate(zip(first, last, strict=True))}
    box = elements(figure, "position")
    for t, (a, b) in enumerate(zip(first, last, strict=True)):
        (frame,) = elements(figure, "window", t).values()
        assert float(frame["x"]) == float(box[(a,)]["x"])
        assert float(frame["width"]) == 26 * (b - a + 1)
        centre = float(middles[t, a + b]["x"]) + 4
        assert centre == 13 + (float(box[(a,)]["x"]) + float(box[(b,)]["x"])) / 2
    dashed = re.findall(r'class="cf-tie cf-later"[^>]*data-line="([^"]+)"', figure.svg)
    out = [(min(b, 0) > a) + (b > max(a, size - 1)) for a, b in zip(first, last, strict=True)]
    assert len(dashed) == sum(out)


@pytest.mark.parametrize("seed", range(CASES))
def test_columns_hold_the_windows(seed: int) -> None:
    pick = random.Random(seed)
    rank = pick.choice((1, 2))
    kernel = [pick.randint(1, 3) for _ in range(rank)]
    stride = [pick.randint(1, 2) for _ in range(rank)]
    dilation = [pick.randint(1, 2) for _ in range(rank)]
    padding = pick.randint(0, 1)
    shape = [pick.randint(1, 4) for _ in range(rank)]
    size = [
        max(1, (n - 1) * s + d * (k - 1) + 1 - 2 * padding)
        for n, s, d, k in zip(shape, stride, dilation, kernel, strict=True)
    ]
    shape = [
        (n + 2 * padding - d * (k - 1) - 1) // s + 1
        for n, s, d, k in zip(size, stride, dilation, kernel, strict=True)
    ]
    data = np.random.default_rng(seed).integers(-9, 10, size)
    weight = np.random.default_rng(seed).integers(-3, 4, kernel)
    figure = draw(
        "im2col",
        input=data,
        weight=weight,
        stride=stride,
        dilation=dilation,
        padding=padding,
        animate=True,
    )
    held, value, result = {}, {}, {}
    for at in cells(shape):
        result[(0, *at)] = 0
        for tap in cells(kernel):
            where = tuple(
                i * s + t * d - padding
                for i, t, s, d in zip(at, tap, stride, dilation, strict=True)
            )
            inside = all(0 <= p < n for p, n in zip(where, size, strict=True))
            held[(*tap, *at)] = where if inside else None
            value[(*tap, *at)] = int(data[where]) if inside else 0
            result[(0, *at)] += value[(*tap, *at)] * int(weight[tap])
    entries = elements(figure, "entry")
    assert {entry: index(e["data-holds"]) for entry, e in entries.items()} == held
    assert labels(figure, "entry") == value
    assert labels(figure, "output") == result
    assert labels(figure, "weight") == {(0, *tap): weight[tap] for tap in cells(kernel)}
    for frame, at in enumerate(cells(shape)):
        assert sources(figure, frame) == {
            tap: held[(*tap, *at)] for tap in cells(kernel) if held[(*tap, *at)]
        }
        (column,) = elements(figure, "column", frame).items()
        boxes = [entries[(*tap, *at)] for tap in cells(kernel)]
        assert column[0] == at
        assert {box["x"] for box in boxes} == {column[1]["x"]}
        rows = [float(box["y"]) for box in boxes]
        assert rows == sorted(rows) and rows[0] == float(column[1]["y"])
        now = elements(figure, "now", frame)[at]
        assert now["x"] == column[1]["x"] == elements(figure, "output")[(0, *at)]["x"]


@pytest.mark.parametrize("seed", range(60))
def test_layouts_keep_each_number_where_the_framework_does(seed: int) -> None:
    pick = random.Random(seed)
    name = pick.choice(("input", "weight"))
    shape = [pick.randint(1, 2), pick.randint(1, 4), pick.randint(1, 3), pick.randint(1, 2)]
    at = [pick.randrange(n) for n in shape]
    figure = draw("layouts", **{name: shape}, at=at)
    first, second = ("NCHW", "NHWC") if name == "input" else ("OIHW", "HWIO")
    letters = "NCHW" if name == "input" else "OIHW"
    sizes = dict(zip(letters, shape, strict=True))
    found: dict[str, list[tuple[Index, int]]] = {first: [], second: []}
    for box, text in boxes_with_text(figure):
        order, place = box["data-place"].split(",")
        assert int(place) == len(found[order])
        found[order].append((index(box["data-index"]) or (), int(text)))
    number: dict[Index, int] = {}
    for order, places in found.items():
        # Loops over the axes in the order of the letters, the last the fastest.
        walk = [
            tuple(dict(zip(order, step, strict=True))[letter] for letter in letters)
            for step in product(*(range(sizes[letter]) for letter in order))
        ]
        number = number or {i: place for place, i in enumerate(walk)}
        assert places == [(i, number[i]) for i in walk]
    assert list(elements(figure, "link")) == [tuple(at)]


def boxes_with_text(figure: Any) -> list[tuple[dict[str, str], str]]:
    """Cells of the strips, each with the number written into it."""
    found, box = [], None
    for element in parts(figure):
        if "data-place" in element.attrib:
            box = dict(element.attrib)
        elif box is not None and element.tag.endswith("text"):
            found.append((box, element.text or ""))
            box = None
    return found


STACK: dict[str, Any] = {
    "input": [1, 12, 8],
    "layers": ["Conv2d(1, 4, 3, padding=1)", "MaxPool2d(2)", "Conv2d(4, 16, (1, 3))"],
    "linear": [32, 10],
}


def test_a_stack_shows_the_shapes_that_layers_give() -> None:
    import torch

    x, shapes = torch.zeros(STACK["input"]), [tuple(STACK["input"])]
    for layer in STACK["layers"]:
        x = eval(f"nn.{layer}", {"nn": torch.nn})(x)
        shapes.append(tuple(x.shape))
    shapes += [(x.numel(),), (32,), (10,)]
    figure = draw("stack", **STACK)
    found = elements(figure, "stage")
    assert [index(found[i,]["data-shape"]) for i in range(7)] == shapes
    counts = [f"= {np.prod(shape)}" for shape in shapes[:4]]
    sizes = ["×".join(map(str, shape)) for shape in shapes]
    names = [*STACK["layers"], "Flatten()", "Linear(192, 32)", "Linear(32, 10)"]
    shown = texts(figure)
    assert set(shown) == {*counts, *sizes, *names, "↓"}
    assert [text for text in shown if text in names] == names


def test_a_stack_is_in_proportion() -> None:
    found = elements(draw("stack", **STACK), "stage")
    faces = [tuple(float(found[i,][side]) for side in ("height", "width")) for i in range(7)]
    assert [faces[i] for i in (0, 2, 5)] == [(64, 42.67), (32, 21.33), (5.33, 5.33)]
    tiny = elements(draw("stack", input=[1, 99], layers=[]), "stage")[0,]
    assert (tiny["height"], tiny["width"]) == ("5", "64")
