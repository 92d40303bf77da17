"""Formulas with marks: what is compared, and that a wrong digit is found."""

from typing import Any

import pytest

from verify.pages.formulas import VALUES, letters, python
from verify.pages.marks import check_mark, marks, names
from verify.pages.numerals import changes
from verify.pages.rules import DOCS, pages

NAMES = names("")
PAGES = {
    f"{language}/{name}": text
    for language in DOCS
    for name, path in pages(language).items()
    if path.suffix == ".md" and "$<!--=" in (text := path.read_text("utf-8"))
}


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("$2 d + 1$", "2*d+1"),
        ("$d (k - 1) / 2$", "d*(k-1)/2"),
        ("$$\nr = d \\, (k - 1) + 1\n$$", "d*(k-1)+1"),
        ("$$\n\\left\\lfloor \\frac{n + 2 p}{s} \\right\\rfloor + 1\n$$", "floor(((n+2*p)/(s)))+1"),
        ("$\\lfloor o / 2 \\rfloor$", "floor(o/2)"),
        ("$\\max (\\lceil n/s \\rceil s - n,\\; 0)$", "max(ceil(n/s)*s-n,0)"),
        ("$1 + \\sum_i d_i (k_i - 1)$", "1+sum([d[i]*(k[i]-1) for i in range(2)])"),
        (
            "$\\sum_i k_i \\prod_{j<i} s_j$",
            "sum([k[i]*prod([s[j] for j in range(i)]) for i in range(2)])",
        ),
    ],
)
def test_a_formula_as_code(formula: Any, code: Any) -> None:
    assert python(formula) == code


def test_letters_take_all_values() -> None:
    assert list(letters("n + n")) == [{"n": n} for n in VALUES["n"]]
    assert list(letters("k[i] + d")) == [
        {"d": d, "k": (a, b)} for d in VALUES["d"] for a in VALUES["k"] for b in VALUES["k"]
    ]
    assert list(letters("3")) == [{}]


@pytest.mark.parametrize(
    ("formula", "expression", "right"),
    [
        ("$2 d + 1$", "99 - size(99, 3, dilation=d) + 1", True),
        ("$2 d + 1$", "99 - size(99, 3, dilation=d)", False),
        ("$n - 1$", "size(n, 2)", True),
        ("$n - d$", "size(n, 2)", False),  # equal where d is 1
        ("$n / 0$", "size(n, 2)", False),
    ],
)
def test_a_formula_is_worked_out(formula: Any, expression: Any, right: Any) -> None:
    assert (check_mark(formula, expression, NAMES) is None) == right


def test_the_message_names_the_case() -> None:
    assert check_mark("$n$", "size(n, 2)", NAMES) == "n is 5 where n = 5, but size(n, 2) is 4"


def formulas(text: Any) -> Any:
    return [mark for mark in marks(text) if mark["shown"].startswith("$")]


def test_there_are_formulas() -> None:
    assert sum(len(formulas(text)) for text in PAGES.values()) >= 40


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_each_changed_digit_of_a_formula_is_found(text: Any) -> None:
    namespace = names(text)
    for mark in formulas(text):
        assert check_mark(mark["shown"], mark["expression"], namespace) is None
        for changed in changes(mark["shown"]):
            assert check_mark(changed, mark["expression"], namespace) is not None, changed
