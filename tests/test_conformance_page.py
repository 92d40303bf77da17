"""The page of mistakes shows the whole catalogue; its marks hold every number equal."""

import re
from typing import Any

import numpy as np
import pytest

from convref.conformance import OPS
from verify import conformance
from verify.conformance import CATALOGUE, OTHERS, Call, Suite, passing, smallest, through
from verify.pages.marks import marks
from verify.pages.rules import DOCS
from website.markdown.marks import MARK

LINK = re.compile(r"\[(.*?)\]\(.*?\)")
PAGE = "conformance/mistakes.md"
ROW = re.compile(r"^\| `(?P<name>[\w-]+)`\{: #(?P<id>[\w-]+) \} \| (?P<says>.*?) \| ", re.M)


def text(language: str) -> str:
    return (DOCS[language] / PAGE).read_text("utf-8")


def rows(language: str) -> dict[str, str]:
    return {found["name"]: found["says"] for found in ROW.finditer(text(language))}


@pytest.mark.parametrize("language", DOCS)
def test_the_whole_catalogue_is_there_in_its_order(language: Any) -> None:
    found = [(row["name"], row["id"]) for row in ROW.finditer(text(language))]
    assert found == [(name, name) for name in CATALOGUE]


def test_a_row_says_what_a_report_says() -> None:
    said = {name: MARK.sub(r"\g<shown>", says) for name, says in rows("en").items()}
    plain = {name: LINK.sub(r"\1", says).replace("`", "") for name, says in said.items()}
    assert plain == {
        name: mistake.says.replace(" - 1", " minus one") for name, mistake in CATALOGUE.items()
    }


@pytest.mark.parametrize("language", DOCS)
def test_every_number_is_marked(language: Any) -> None:
    expressions = {found["expression"] for found in marks(text(language))}
    due = {f'suites.smallest("{name}")' for name in CATALOGUE}
    due |= {f'suites.through("{name}")' for name in conformance.possible("conv2d")}
    for other in OTHERS:
        due |= {f'len(suites.OTHERS["{other}"].calls)', f'len(suites.passing("{other}"))'}
    for op in OPS:
        due |= {f'len(suites.hidden("{level}", "{op}"))' for level in ("smoke", "full")}
    assert due <= expressions


def test_a_call_with_a_flipped_kernel_is_measured_rightly() -> None:
    """By hand: it passes where the kernel is symmetric, and there alone."""
    assert "kernel-flipped" in passing("onnx")
    assert "kernel-flipped" not in passing("normal")
    assert through("kernel-flipped") == "ones onnx"
    assert smallest("kernel-flipped") == "one channel"


def test_a_tolerance_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call((1, 1, 3, 3), (1, 1, 2, 2))
    monkeypatch.setitem(OTHERS, "wide", Suite((call,), 0, 1e6))
    assert "negated" in passing("wide") and "nan" not in passing("wide")
    assert "one-too-few" not in passing("wide")


def test_a_samples_numbers_are_what_they_are_said_to_be() -> None:
    case = OTHERS["onnx"].calls[0].case("conv2d", 0)
    assert np.array_equal(case.input.ravel(), np.arange(25)) and (case.weight == 1).all()
    same = Call((1, 4, 5, 5), (1, 4, 2, 3), True, {"padding": "same", "dilation": 3}, "uniform")
    assert same.case("conv2d", 0).padding == ((1, 2), (3, 3))
    assert abs(same.case("conv2d", 0).input).max() <= 9


def test_what_passes_in_one_dimension_passes_other_calls_too() -> None:
    """The page says that it changes nothing there."""
    for op in "conv1d", "conv_transpose1d":
        assert set(conformance.hidden("full", op)) <= set(passing("pytorch", op))
        assert conformance.hidden("full", op) == conformance.hidden("smoke", op)
