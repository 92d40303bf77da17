"""Every mistake is named, rightly and alone, in hosts that know nothing of the catalogue."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import convref
from convref.conformance import MISTAKES, OPS, USES, check
from convref.conformance.floats import alike
from convref.conformance.suite import answer, cases, smoke
from tests.numpy_only.hosts import (
    HOSTS,
    TRANSPOSED_HOSTS,
    Columns,
    Fourier,
    Scatter,
    Stuffed,
    Tiles,
    with_mistake,
)

CONV = [name for name, mistake in MISTAKES.items() if "conv" in mistake.kinds]
TRANSPOSED = [name for name, mistake in MISTAKES.items() if "transposed" in mistake.kinds]
# In one dimension these change nothing, or what another does: there are no two axes to confuse.
FLAT = {
    *("kernel-flipped-first", "kernel-flipped-last", "kernel-by-columns", "input-by-columns"),
    *("stride-exchanged", "padding-exchanged", "dilation-exchanged", "last-column-missing"),
    *("stride-first-for-all", "padding-first-for-all", "dilation-first-for-all", "edge-of-memory"),
}


def names(report: Any) -> list[str]:
    return [mistake.name for mistake in report.mistakes]


@pytest.mark.parametrize("op", [op for op in OPS if "transpose" not in op])
@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.__name__)
def test_a_right_host_passes(host: Any, op: str) -> None:
    report = check(host(), op, level="smoke" if op == "conv3d" else "full")
    assert report, str(report)


@pytest.mark.parametrize("op", OPS)
def test_convref_passes(op: str) -> None:
    report = check(getattr(convref, op), op, without=["sides"] if "transpose" in op else [])
    assert report, str(report)


@pytest.mark.parametrize("name", CONV)
def test_a_mistake_is_named_alone(name: str) -> None:
    assert names(check(with_mistake(Columns, name), "conv2d")) == [name]


@pytest.mark.parametrize("host", [Fourier, Tiles], ids=lambda host: host.__name__)
@pytest.mark.parametrize("name", CONV)
def test_three_cases_suffice_to_name_it(name: str, host: Any) -> None:
    assert names(check(with_mistake(host, name), "conv2d", level="smoke")) == [name]


@pytest.mark.parametrize("name", CONV)
@pytest.mark.parametrize("op", ["conv1d", "conv3d"])
def test_in_other_dimensions(name: str, op: str) -> None:
    if op == "conv1d" and name in FLAT:
        report = check(lambda *given, **options: answer_of(name, op, *given, **options), op)
        assert report or "kernel-flipped" in name
        return
    host = with_mistake(Columns, name, rank=OPS[op])
    assert names(check(host, op, level="full" if op == "conv1d" else "smoke")) == [name]


def answer_of(name: str, op: str, *given: Any, **options: Any) -> Any:
    """What the mistake makes of the case with these arrays."""
    for case in cases(op):
        if alike(case.input, given[0]) and alike(case.weight, given[1]):
            return MISTAKES[name].answer(case)
    raise AssertionError("no such case")


@pytest.mark.parametrize("op", [op for op in OPS if "transpose" in op])
@pytest.mark.parametrize("host", TRANSPOSED_HOSTS, ids=lambda host: host.__name__)
def test_a_right_transposed_host_passes(host: Any, op: str) -> None:
    report = check(host(), op, level="smoke" if OPS[op] == 3 else "full")
    assert report, str(report)


@pytest.mark.parametrize("host", TRANSPOSED_HOSTS, ids=lambda host: host.__name__)
@pytest.mark.parametrize("name", TRANSPOSED)
def test_a_mistake_in_a_transposed_host(name: str, host: Any) -> None:
    assert names(check(with_mistake(host, name), "conv_transpose2d", level="smoke")) == [name]


@pytest.mark.parametrize("op", ["conv_transpose1d", "conv_transpose3d"])
@pytest.mark.parametrize("name", TRANSPOSED)
def test_in_other_dimensions_transposed(name: str, op: str) -> None:
    if op == "conv_transpose1d" and name in FLAT:
        return
    assert names(check(with_mistake(Stuffed, name, rank=OPS[op]), op, level="smoke")) == [name]


PAIRS = random.Random(14).sample(
    list(combinations([n for n in CONV if n not in ("zeros", "nan", "input-returned")], 2)), 150
)


@pytest.mark.parametrize("first", range(0, 150, 15))
def test_pairs_are_named(first: int) -> None:
    """Also at ends of the list that a pair of processes takes apart, nine in ten of each part."""
    missed = []
    for one, other in PAIRS[first : first + 15]:
        report = check(with_mistake(Columns, one, other), "conv2d", level="smoke")
        told = {frozenset(name.split(" + ")) for name in names(report)}
        if not told & {frozenset({one, other}), frozenset({one}), frozenset({other})}:
            missed.append((one, other))
    assert len(missed) < 2, missed


def test_pairs_are_named_in_a_transposed_host() -> None:
    usable = [n for n in TRANSPOSED if n not in ("zeros", "nan", "input-returned")]
    chosen = random.Random(15).sample(list(combinations(usable, 2)), 20)
    missed = []
    for one, other in chosen:
        report = check(with_mistake(Scatter, one, other), "conv_transpose2d", level="smoke")
        told = {frozenset(name.split(" + ")) for name in names(report)}
        if not told & {frozenset({one, other}), frozenset({one}), frozenset({other})}:
            missed.append((one, other))
    assert len(missed) < 3, missed


@pytest.mark.parametrize("op", OPS)
def test_every_mistake_shows_in_three_small_cases(op: str) -> None:
    three = smoke(op)
    right = [answer(case) for case in three]
    blind = []
    for name, mistake in MISTAKES.items():
        results = [mistake.answer(case) for case in three]
        if any(result is not None for result in results) and all(map(alike, results, right)):
            blind.append(name)
    assert set(blind) <= (FLAT if OPS[op] == 1 else set())
    if OPS[op] < 3:
        arrays = [a for case in three for a in (case.input, case.weight, case.bias)]
        assert sum(a.nbytes for a in [*arrays, *right] if a is not None) < 10_000


@pytest.mark.parametrize("missing", USES)
def test_what_is_declared_missing_is_not_asked_for(missing: str) -> None:
    for op in OPS:
        for case in cases(op, [missing]):
            assert missing not in case.uses
            assert answer(case).shape[2:] == case.sizes()
            assert np.isfinite(answer(case)).all()


def test_a_mistake_that_has_no_result_to_give() -> None:
    """Three cells cannot be reflected into nine, and a transposed convolution has no fill."""
    case = smoke("conv2d")[0].but(padding=((9, 9), (0, 0)))
    assert MISTAKES["padding-reflect"].answer(case) is None
    assert MISTAKES["padding-ones"].answer(smoke("conv_transpose2d")[0]) is None
