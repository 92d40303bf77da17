"""The page on performance shows all that `make bench` found. Its marks hold each number equal."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import plot
from benchmarks.layers import LAYERS, SCALING
from benchmarks.pads import INPUTS, MODES
from benchmarks.report import Goal, goals, shown
from benchmarks.results import OPERATIONS, Results, rough
from verify.pages.marks import check_mark, marks, names
from verify.pages.rules import DOCS
from website.markdown.figures import MEASURED, scrolled

RESULTS = Results.load()
POINT = re.compile(r"M (?P<x>[-\d.]+) (?P<y>[-\d.]+)")


def points(svg: str, key: str) -> list[dict[str, str]]:
    """The attributes of every drawn number."""
    return [e.attrib for e in ElementTree.fromstring(svg).iter() if key in e.attrib]


def test_the_results_are_of_the_layers_that_would_be_measured_now() -> None:
    assert RESULTS.layers == [str(layer) for layer in LAYERS]
    assert {family: list(sizes) for family, sizes in RESULTS.data["scaling"].items()} == {
        family: [str(size) for size in sizes] for family, sizes in SCALING.items()
    }
    assert list(RESULTS.pads()) == list(INPUTS)
    assert all(list(modes) == list(MODES) for modes in RESULTS.pads().values())


@pytest.mark.parametrize("language", DOCS)
def test_every_layer_and_mean_is_on_the_page(language: Any) -> None:
    text = (DOCS[language] / "reference/performance.md").read_text("utf-8")
    expressions = {found["expression"] for found in marks(text)}
    due = {f"bench.layers[{i}]" for i in range(len(LAYERS))}
    for operation in OPERATIONS:
        due |= {f'bench.ratio("{operation}", "PyTorch", {i})' for i in range(len(LAYERS))}
        due |= {f'bench.mean("{operation}", "PyTorch")', f'bench.memory("{operation}")'}
    due |= {f'bench.slower("{peer}")' for peer in plot.MARKS}
    due |= {f'bench.growth("{family}")' for family in SCALING}
    due |= {f'bench.pad("{mode}", {i})' for mode in MODES for i in range(len(INPUTS))}
    due |= {f"list(bench.pads())[{i}]" for i in range(len(INPUTS))} | {"bench.worst_pad()"}
    due |= {f'bench.data["{key}"]' for key in ("date", "cpu", "system")} | {"bench.error()"}
    assert due <= expressions


def test_a_mark_can_hold_a_text() -> None:
    assert check_mark("`2.4.6`", '"2.4" + ".6"', names("")) is None
    told = check_mark("`2.4.5`", '"2.4.6"', names(""))
    assert told is not None and "is `2.4.6`" in told


def left_end(element: dict[str, str]) -> float:
    point = POINT.match(element["d"])
    assert point, element["d"]
    return float(point["x"])


def test_the_drawing_shows_every_pair_where_it_belongs() -> None:
    drawn = points(plot.speed().svg, "data-ratio")
    pairs = list(RESULTS.times("forward"))
    assert len(drawn) == len(pairs) + len(plot.MARKS)  # and the means
    found = {(each["data-layer"], each["data-peer"]): each for each in drawn}
    assert all(found[layer, peer]["data-ratio"] == str(it["ratio"]) for layer, peer, it in pairs)
    peer = [each for each in drawn if each["data-peer"] == "PyTorch"]  # a disc: x is its left end
    placed = sorted(peer, key=left_end)
    assert placed == sorted(peer, key=lambda each: -float(each["data-ratio"]))


def test_the_drawing_of_scaling_shows_every_size() -> None:
    drawn = points(plot.scaling().svg, "data-family")
    assert [(e["data-family"], e["data-size"], e["data-ratio"]) for e in drawn] == [
        (family, size, str(ratio))
        for family in SCALING
        for size, ratio in RESULTS.sizes(family).items()
    ]


@pytest.mark.parametrize("drawing", MEASURED)
def test_a_drawing_fits_a_phone(drawing: Any) -> None:
    """Its caption compares what stands at both ends: nothing may be out of sight."""
    assert 'tabindex="0"' not in scrolled(MEASURED[drawing](), drawing)


@pytest.mark.parametrize(
    ("number", "two"), [(1.749, 1.7), (9.94, 9.9), (9.96, 10), (234.0, 230), (41300.0, 41000)]
)
def test_rough(number: Any, two: Any) -> None:
    assert repr(rough(number)) == repr(two)


def test_goals_compare() -> None:
    assert Goal("", 2.0, 2.0).met and not Goal("", 2.0, 2.1).met
    (worst,) = (goal for goal in goals(RESULTS) if goal.what == "forward / PyTorch, worst layer")
    assert worst.measured == max(RESULTS.ratio("forward", "PyTorch", i) for i in range(len(LAYERS)))
    assert (shown(1 / 4.5), shown(12.345)) == ("0.222", "12.35")


def test_means_are_geometric() -> None:
    pairs = {"forward": {"PyTorch": {"ratio": 1.0}}}, {"forward": {"PyTorch": {"ratio": 4.0}}}
    few = Results({"layers": dict(zip("ab", pairs, strict=True))})
    assert few.mean("forward", "PyTorch") == 2 and few.slower("PyTorch") == 0.5
