"""The differential fuzzer, for as many calls as fit into every run; `make fuzz` goes on."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convref import geometry
from verify.fuzz import convolutions, pads, patches
from verify.fuzz import run as fuzz

CALLS = 25_000  # 20,000 valid ones and 5,000 spoiled


@pytest.fixture(scope="module")
def report() -> Any:
    return fuzz.run_everywhere(CALLS, 0, 0, 2)


def test_pytorch_and_convref_agree(report: Any) -> None:
    assert not report.differences, "\n\n".join(report.differences[:3])
    assert (report.valid.total(), report.spoiled) == (20_000, 5_000)


def test_every_pair_of_option_values_occurs(report: Any) -> None:
    assert not report.missing()


def test_a_wrong_mode_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = geometry.source

    def wrong(position: Any, size: Any, mode: Any) -> Any:
        return right(position, size, "replicate" if mode == "reflect" else mode)

    monkeypatch.setattr("convref.geometry.source", wrong)
    (first, *_) = fuzz.run(300).differences
    assert "mode='reflect'" in first
    assert "import convref" in first  # ready to paste


def test_a_call_is_the_same_one_again() -> None:
    for number in range(20):
        first, again = fuzz.draw(3, number), fuzz.draw(3, number)
        assert str(first) == str(again)
        for name, array in first.arrays.items():
            np.testing.assert_array_equal(array, again.arrays[name])


def test_the_run_that_the_site_tells_of_was_long_and_found_nothing() -> None:
    run = json.loads(Path("verify/fuzz/last_run.json").read_text("utf-8"))
    assert run["calls"] >= 1_000_000
    assert run["differences"] == 0
    assert sum(run["functions"].values()) == run["valid"] == run["calls"] - run["spoiled"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_site_tells_of_every_function_that_the_run_called(language: str) -> None:
    run = json.loads(Path("verify/fuzz/last_run.json").read_text("utf-8"))
    page = Path(f"docs/{language}/reference/verified.md").read_text("utf-8")
    told = set(re.findall(r'run\["functions"\]\["([^"]+)"\]', page))
    families: tuple[Any, ...] = (convolutions, pads, patches)
    drawn = {function for family in families for function in family.OPTIONS["function"]}
    assert told == set(run["functions"]) == drawn
