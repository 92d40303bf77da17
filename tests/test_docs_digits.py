"""How many slips of one digit the rules for pages notice, and that the measure counts rightly."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.test_docs_numerals import PAGE
from verify.pages.compare import unit
from verify.pages.digits import RECORD, draw, in_marks, in_outputs, in_prose, measure, site
from verify.pages.rules import compare_structure
from website.source import line_of, parse

TEXTS = site()
DRAWN = 1000
BAR = 0.75


def test_three_of_four_slips_in_prose_are_noticed() -> None:
    """One digit of one numeral without a mark, drawn from all pages, is changed at random."""
    missed = [
        f"{name}:{line_of(TEXTS[name], each.at)}: {each.numeral} could become {change}"
        for name, each, change in draw(TEXTS, seed=1, count=DRAWN)
        if not each.notices(change)
    ]
    share = 1 - len(missed) / DRAWN
    assert share >= BAR, f"only {share:.1%} are noticed, so mark some of\n" + "\n".join(missed)


def test_the_record() -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    prose, drawn = record["prose"], record["drawn"]
    assert min(prose["noticed"] / prose["changes"], prose["each"]) >= BAR
    assert drawn["noticed"] / drawn["changes"] >= BAR
    assert record["marked"]["noticed"] == record["marked"]["changes"]


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("docs/en")])
def test_what_passes_in_an_output_is_a_unit_of_its_last_digit(name: Any) -> None:
    """And the other language, which has the same output to the byte, tells of that as well."""
    text = TEXTS[name]
    slips = [each for each in in_outputs(text) if each.missed]
    for each in slips:
        for change in each.missed:
            step = unit(each.numeral)
            assert abs(Decimal(change) - Decimal(each.numeral)) == step <= Decimal("0.001")
    if slips:
        outputs = (b.output for b in parse(text).blocks if b.output)
        output = next(each for each in outputs if each.body_start == slips[0].at)
        old, new = slips[0].numeral, slips[0].missed[0]
        spoiled = text[: output.start] + text[output.start :].replace(old, new, 1)
        assert compare_structure("page", spoiled, text)


def test_the_measure() -> None:
    """63 can become 60 ... 69, or 13 ... 93, and only 50 is near; an unmarked formula's pass."""
    marked = "$n - 1$<!--= size(n, 2) --> 12<!--= 3 * 4 -->"
    text = PAGE.format(prose="There are 63 of them.").replace("99 999", f"$n + 1$ {marked}")
    assert [(x.numeral, len(x.missed), len(x.all)) for x in in_prose(text)] == [
        ("63", 0, 18),
        ("1", 9, 9),
    ]
    assert [(x.numeral, x.missed) for x in in_marks(text)] == [("$n - 1$", []), ("12", [])]
    assert measure({"page": text})["prose"] == {
        "numerals": 2,
        "changes": 27,
        "noticed": 18,
        "each": 0.5,
    }


def test_the_measure_of_outputs() -> None:
    text = "```python\nprint(0.1234, 5)\n```\n\n```text\n0.1234 5\n```\n"
    assert [(x.numeral, x.missed) for x in in_outputs(text)] == [
        ("0.1234", ["0.1233", "0.1235"]),
        ("5", []),
    ]


def test_a_draw_repeats_and_takes_every_numeral() -> None:
    texts = {"page": PAGE.format(prose="There are 63 of them, not 50.")}
    first, again = ([*draw(texts, 0, 50)] for _ in range(2))
    assert first == again != [*draw(texts, 1, 50)]
    assert {each.numeral for _, each, _ in first} == {"99", "999", "63", "50"}
