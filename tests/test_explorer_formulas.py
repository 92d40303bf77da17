"""What is computed on both sides, in the explorer's scripts and in Python, gives the same.

Every function that geometry.js exports is named here with its counterpart, and so is what other
scripts compute of what Python computes, too. All calls are made by one process of Node.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest

from convref import geometry, trace
from convref.checks import MODES
from convref.geometry import Axis
from tests.browser.explored import Case, drawn
from website import node
from website.before import facts
from website.markdown import explorer
from website.settings import ROOT

SCRIPTS = ROOT / "theme/assets/explorer"
CASES = 150
# Makes all calls, [module, function, arguments], and says what geometry.js has.
CALL = """
import { readFileSync } from "node:fs";
const told = [];
for (const [module, name, given] of JSON.parse(readFileSync(0, "utf8"))) {
  const functions = await import(`./${module}.js`);
  told.push(given.map((each) => functions[name](...each)));
}
const there = Object.entries(await import("./geometry.js"));
const names = there.filter(([, each]) => typeof each === "function").map(([name]) => name);
process.stdout.write(JSON.stringify({ told, names }));
"""

Calls = Iterable[tuple[Sequence[Any], object]]  # arguments, and what convref makes of them


class Formula(NamedTuple):
    module: str
    name: str
    calls: Callable[[], Calls]
    read: Callable[[Any], object] = lambda told: told


# Arguments ----------------------------------------------------------------------------------------

AXES = [Axis(*each) for each in product((1, 2, 5), (1, 2, 3), (1, 2, 3), (1, 2), (0, 2), (0, 1))]
SHAPES = [[3], [1, 4], [2, 3], [2, 1, 3], [2, 2, 2, 3]]
LISTS = [[1, 2], [3], [4, 5, 6]]
CHANNELS = [(g * a, g * b, g) for g, a, b in product((1, 2, 3), (1, 2), (1, 3))]


@cache
def cases() -> list[Case]:
    """States that convref takes."""
    found = []
    for seed in range(CASES):
        case = drawn(seed)
        try:
            case.output()
        except ValueError:
            continue
        found.append(case)
    return found


def layer(case: Case) -> dict[str, Any]:
    """A state as checks.js makes it a layer."""
    axes = [axis._asdict() for axis in case.axes()]
    return state(case) | {"axes": axes, "transposed": case.transposed}


def state(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in Case.__dataclass_fields__}


def of_axis(function: Callable[[Axis], object]) -> Callable[[], Calls]:
    return lambda: [([axis._asdict()], function(axis)) for axis in AXES]


def of_extra(function: Callable[[Axis, int], object]) -> Callable[[], Calls]:
    pairs = list(product(AXES, (0, 1, 2)))
    return lambda: [([axis._asdict(), extra], function(axis, extra)) for axis, extra in pairs]


def of_shape(function: Callable[[list[int]], object]) -> Callable[[], Calls]:
    return lambda: [([shape], function(shape)) for shape in SHAPES]


def of_index(function: Callable[[Any, Any], Sequence[Any]]) -> Callable[[], Calls]:
    def calls() -> Calls:
        for shape in SHAPES:
            for at, index in enumerate(np.ndindex(*shape)):
                *given, due = function(list(index), at)
                yield [shape, *given], due

    return calls


def of_case(function: Callable[[Case], object]) -> Callable[[], Calls]:
    return lambda: [([layer(case)], function(case)) for case in cases()]


def of_state(function: Callable[[Case], object]) -> Callable[[], Calls]:
    return lambda: [([state(case)], function(case)) for case in cases()]


def of_cells(function: Callable[[Case, tuple[int, ...]], object]) -> Callable[[], Calls]:
    """Two output cells of each state."""

    def calls() -> Calls:
        for case in cases():
            shape = case.output().shape[1:]
            for cell in {(0,) * len(shape), tuple(n - 1 for n in shape)}:
                yield [layer(case), list(cell)], function(case, cell)

    return calls


# What convref makes of them -----------------------------------------------------------------------


def positions() -> Calls:
    for axis, output, tap in product(AXES, (0, 1, 3), (0, 2)):
        yield [axis._asdict(), output, tap], geometry.position(axis, output, tap)


def sources() -> Calls:
    """As far beyond the input as each mode can see."""
    for size, mode in product((1, 2, 5), MODES):
        most = {"reflect": size - 1, "circular": size}.get(mode, 9)
        for at in range(-most, size + most):
            yield [at, size, mode], geometry.source(at, size, mode)


def fed_cells() -> Calls:
    """convref's also lie outside the input, where nothing is fed."""
    for axis, output in product(AXES, range(5)):
        pairs = geometry.feeds(axis, output)
        yield [axis._asdict(), output], [pair for pair in pairs if 0 <= pair[0] < axis.size]


def same_paddings() -> Calls:
    for kernel, dilation in product(range(1, 8), range(1, 5)):
        yield [kernel, dilation], geometry.same_padding(kernel, dilation)


def group_channels() -> Calls:
    for channels, outputs, groups in CHANNELS:
        for output in range(outputs):
            due = list(geometry.group_channels(output, channels, outputs, groups))
            yield [output, channels, outputs, groups], due


def channels_seeing() -> Calls:
    for channels, outputs, groups in CHANNELS:
        split = {"channels": channels, "outputs": outputs, "groups": groups}
        sees = [geometry.group_channels(o, channels, outputs, groups) for o in range(outputs)]
        for channel in range(channels):
            yield [split, channel], [o for o, seen in enumerate(sees) if channel in seen]


def weight_slices() -> Calls:
    """By the terms of the first output cell of each channel."""
    for case in cases():
        for output in range(case.outputs):
            for term in case.explained((output, *[0] * len(case.size))).terms:
                yield [layer(case), output, term.position[0]], term.weight[:2]


def place_of(term: Any) -> dict[str, object]:
    read = None if term.input is None else list(term.input[1:])  # without the batch axis
    return {"position": list(term.position), "input": read, "weight": list(term.weight)}


def places(case: Case, cell: tuple[int, ...]) -> list[dict[str, object]]:
    return [place_of(term) for term in case.explained(cell).terms]


def terms(case: Case, cell: tuple[int, ...]) -> dict[str, object]:
    told = case.explained(cell)
    numbers = ("x", "w", "product", "sum")
    rows = [
        {
            **place_of(term),
            "padding": term.padding,
            **{name: getattr(term, name).item() for name in numbers},
        }
        for term in told.terms
    ]
    bias = None if told.bias is None else told.bias.item()
    return {"list": rows, "bias": bias, "total": told.total.item()}


def explained(case: Case, cell: tuple[int, ...]) -> dict[str, object]:
    told = case.explained(cell)
    return {"sum": str(told), "table": told.table(), "total": told.total.item()}


def channels() -> Calls:
    for case in cases():
        for output, values in enumerate(case.summed()[0]):
            yield [layer(case), output], values.ravel().tolist()


def fed(index_of: Callable[[Any], object]) -> Callable[[], Calls]:
    """Every output cell with a term that reads an index, for a few indices of each small state."""

    def calls() -> Calls:
        for case, terms in small_cases():
            readers: dict[Any, list[list[int]]] = {}
            for cell, told in terms.items():
                for index in {index_of(term) for term in told} - {None}:
                    readers.setdefault(index, []).append(list(cell))
            for index in sorted(readers)[::7]:
                yield [layer(case), list(index)], readers[index]

    return calls


@cache
def small_cases() -> list[tuple[Case, dict[tuple[int, ...], tuple[Any, ...]]]]:
    """States of few output cells, with the terms of each."""
    small = [case for case in cases() if case.output().size <= 40]
    return [
        (case, {cell: case.explained(cell).terms for cell in np.ndindex(*case.output().shape[1:])})
        for case in small
    ]


def pasted_weights() -> Calls:
    """The weight of a state, pasted into it, changes no shape."""
    for case in cases():
        weight = {"shape": case.arrays()[1].shape, "values": case.weight}
        start = [0] * len(case.size)
        yield [state(case), "weight", [0, 0], start, weight], parts(state(case))


def parts(state: dict[str, Any]) -> list[object]:
    return [state[name] for name in ("channels", "outputs", "kernel", "weight")]


def refusals() -> Calls:
    """Of every state the message, or none."""
    for seed in range(CASES):
        case = drawn(seed)
        due = None
        try:
            case.output()
        except ValueError as error:
            due = str(error)
        yield [state(case)], due


NUMBERS = [0.5, -2.25, 0.0, 1e6, 999999.5, 1e-5, 0.0001, 123456.5, 123455.5, 12345.75, 1 / 3]
INTEGERS = [0, 1, -1, 999999, -999999, 1000000]


def numbers(function: Callable[[Any], object]) -> Callable[[], Calls]:
    """Of numbers and whether they are floats."""
    floats: Calls = [([each, True], function(np.float64(each))) for each in NUMBERS]
    integers: Calls = [([each, False], function(np.int64(each))) for each in INTEGERS]
    return lambda: [*floats, *integers]


def held(value: float) -> float | None:
    """A number that a fence may give to a cell."""
    try:
        explorer.parsed(f"input: [{value!r}]\nweight: [1]")
    except ValueError:
        return None
    return value


def typed() -> Calls:
    for value in (0, 7, -999999, 1000000, 0.25, 0.1234, 0.12345, 12.3456, 123.4567, -99999.5):
        yield [str(value)], held(value)


# Both sides ---------------------------------------------------------------------------------------

FORMULAS = [
    Formula("geometry", "reach", of_axis(lambda a: geometry.reach(a.kernel, a.dilation))),
    Formula("geometry", "paddedSize", of_axis(geometry.padded_size)),
    Formula("geometry", "outputSize", of_axis(geometry.output_size)),
    Formula("geometry", "samePadding", same_paddings),
    Formula("geometry", "position", positions),
    Formula("geometry", "source", sources),
    Formula(
        "geometry",
        "transposedSize",
        of_extra(lambda a, extra: geometry.output_size(geometry.as_convolution(a, extra))),
    ),
    Formula("geometry", "feeds", fed_cells),
    Formula("geometry", "groupChannels", group_channels),
    Formula("geometry", "seeing", channels_seeing),
    Formula("geometry", "writtenSize", of_axis(geometry.written_size)),
    Formula("geometry", "writtenTransposedSize", of_extra(geometry.written_transposed_size)),
    Formula("geometry", "range", lambda: [([n], list(range(n))) for n in range(5)]),
    Formula("geometry", "volume", of_shape(math.prod)),
    Formula("geometry", "combinations", lambda: [([LISTS], list(product(*LISTS))), ([[]], [()])]),
    Formula("geometry", "indices", of_shape(lambda shape: list(np.ndindex(*shape)))),
    Formula("geometry", "place", of_index(lambda index, at: (index, at))),
    Formula("geometry", "unravel", of_index(lambda index, at: (at, index))),
    Formula("geometry", "weightShape", of_case(lambda case: case.arrays()[1].shape)),
    Formula("geometry", "inputShape", of_case(lambda case: case.arrays()[0].shape[1:])),
    Formula("geometry", "outputSizes", of_case(lambda case: case.output().shape[2:])),
    Formula("geometry", "sliceOf", weight_slices),
    Formula("geometry", "places", of_cells(places)),
    Formula("geometry", "terms", of_cells(terms)),
    Formula("geometry", "channelOf", channels),
    Formula("geometry", "fedByInput", fed(lambda t: t.input and t.input[1:])),
    Formula("geometry", "fedByPosition", fed(lambda t: t.position)),
    Formula("geometry", "fedByWeight", fed(lambda t: t.weight)),
    Formula("geometry", "parameters", of_case(lambda case: case.counts(case.output())[0])),
    Formula("geometry", "products", of_case(lambda case: case.counts(case.output())[1])),
    Formula("checks", "refusal", refusals, lambda told: told and told["message"]),
    Formula("checks", "padsOf", of_state(lambda case: [axis[4:] for axis in case.axes()])),
    Formula("checks", "axesOf", of_state(lambda case: [axis._asdict() for axis in case.axes()])),
    Formula("state", "inputShapeOf", of_state(lambda case: case.arrays()[0].shape[1:])),
    Formula("state", "weightShapeOf", of_state(lambda case: case.arrays()[1].shape)),
    Formula("filling", "pasted", pasted_weights, lambda told: parts(told["state"])),
    Formula("trace", "explain", of_cells(explained)),
    Formula("numbers", "areFloats", of_state(lambda case: case.arrays()[0].dtype == np.float64)),
    Formula("numbers", "written", numbers(lambda number: trace.formatted(number, ""))),
    Formula("numbers", "factor", numbers(lambda number: trace.factor(number, ""))),
    Formula("numbers", "tuple", lambda: [([each], str(tuple(each))) for each in SHAPES]),
    Formula("numbers", "parse", typed),
]


@cache
def calls(number: int) -> list[tuple[Sequence[Any], object]]:
    return list(FORMULAS[number].calls())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Beside the scripts stands what the build writes."""
    folder = tmp_path_factory.mktemp("explorer")
    shutil.copytree(SCRIPTS, folder, dirs_exist_ok=True)
    (folder / "facts.js").write_text(facts.script(), "utf-8")
    (folder / "call.mjs").write_text(CALL, "utf-8")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    asked = [
        [formula.module, formula.name, [given for given, _ in calls(number)]]
        for number, formula in enumerate(FORMULAS)
    ]
    return json.loads(node.run(folder / "call.mjs", given=json.dumps(asked)))


def test_every_formula_is_compared(told: Any) -> None:
    assert sorted(told["names"]) == sorted(f.name for f in FORMULAS if f.module == "geometry")


@pytest.mark.parametrize("number", range(len(FORMULAS)), ids=[f.name for f in FORMULAS])
def test_both_sides_compute_the_same(told: Any, number: int) -> None:
    formula = FORMULAS[number]
    assert len(calls(number)) > 1
    for (given, due), answer in zip(calls(number), told["told"][number], strict=True):
        assert formula.read(answer) == json.loads(json.dumps(due)), f"{formula.name}(*{given})"
