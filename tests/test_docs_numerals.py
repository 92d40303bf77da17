"""The rules for numerals in prose: what settles one, and what a changed digit does to it."""

from importlib.metadata import version
from typing import Any

import pytest

from verify.pages.numerals import changes, check_numerals, holds

PYTORCH = ".".join(version("torch").split(".")[:2])
PAGE = """# Title {{#title}}

99 999

## Section {{#section}}

{prose}

```conv-figure
figure: window
size: 6
kernel: 2
stride: 2
at: 1
```

```python
from convref import size

print(size(50, kernel=3, padding=(7, 8)), [[1, 2, 3], [4, 5, 6]])
```

```text
63 [[1, 2, 3], [4, 5, 6]]
```

## Other {{#other}}

```python
print(77, "depth=6")
```

```text
77 depth=6
```
"""


def wrong(sentence: str) -> list[str]:
    problems = check_numerals("page", PAGE.format(prose=sentence))
    return [problem.split()[3] for problem in problems if problem.startswith("page:7:")]


@pytest.mark.parametrize(
    "sentence",
    [
        "There are 63 of them.",
        "3 · 4 + 2 = 14",
        "(9 − 1) × 2 = 16",
        "⌊7 / 2⌋ = 3",
        "20 / 3 = 6.667",
        "Write `padding=(7, 8)`.",
        "It says `depth=6`.",
        "A 6×6 input.",
        "The row 4, 5, 6.",
        "With a stride of 2.",
        "步幅是 2。",
        "步幅 1 是默认值。",
        "Cells are counted from 0.",
        "A dilation above 1, and `groups` is 1.",
        "步幅和空洞率都是 1，`groups` 是 1。",
        f"In 2019, in PyTorch {PYTORCH}, under CC BY 4.0.",
        "A 2-D layer, `Conv2d`.",
        "A [1-D convolution](conv1d.md) of `(N, C, L)`, which is 3-D.",
        "The array `(O, C / groups, kH, kW)` is 4-D.",
        "$n - 1$<!--= size(n, 2) --> and $n$.",
        "Here 12<!--= 3 * 4 --> is marked, and 3 · 4 = 12<!--= 3 * 4 --> is worked out.",
        "The formula $n + 77$ is nobody's.",
    ],
)
def test_a_numeral_with_a_source(sentence: Any) -> None:
    assert wrong(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "numerals"),
    [
        ("There are 64 of them.", ["64"]),
        ("There are 77 of them, in another section.", ["77"]),
        ("3 · 4 + 2 = 15", ["3", "4", "2", "15"]),
        ("⌊7 / 2⌋ = 4", ["7", "2", "4"]),
        ("20 / 3 = 6.668", ["20", "3", "6.668"]),
        ("Write `padding=(7, 9)`.", ["7", "9"]),
        ("A 6×7 input.", ["6", "7"]),
        ("With a stride of 3.", ["3"]),
        ("步幅是 3。", ["3"]),
        ("Cells are counted from 9.", ["9"]),
        ("In PyTorch 1.13, under CC BY 4.1 or 63.0.", ["1.13", "4.1"]),
        ("It was CC BY 63.0.", ["63.0"]),
        ("A 3-D layer, `Conv2d`.", ["3"]),
        ("A [2-D convolution](conv1d.md).", ["2"]),
        ("The array `(N, C, L)` is 4-D.", ["4"]),
        ("A 3-D array, of which nothing is said.", ["3"]),
        ("A dilation above 9, and `groups` is 9.", ["9", "9"]),
        ("3 of them.", ["3"]),  # near, but so are most numerals that a slip makes of it
        ("Here 3 · 5 = 12<!--= 3 * 4 --> is worked out.", ["3", "5", "12"]),
    ],
)
def test_a_numeral_from_nowhere(sentence: Any, numerals: Any) -> None:
    assert wrong(sentence) == numerals


def test_a_numeral_hidden_in_a_word() -> None:
    assert "hides a numeral" in check_numerals("page", PAGE.format(prose="3x3"))[-1]


def test_every_change_of_a_digit() -> None:
    assert sorted(map(int, changes("10"))) == [0, *range(11, 20), *range(20, 100, 10)]


def test_what_is_no_equation() -> None:
    assert holds("3", "3") is None
    assert holds("3 + ", "3") is None
    assert holds("3 / 0", "3") is None
