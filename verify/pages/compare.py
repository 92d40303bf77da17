"""Whether what was printed is what a page shows."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal

from website.source import RAISED

NUMBER = re.compile(r"(?<![A-Za-z0-9_])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![A-Za-z0-9_])")
SPACES = re.compile(r"[ ]+")


def unit(number: str) -> Decimal:
    """One unit of the last printed digit: 0.001 for 1.250, 1 for 3 and for 3."""
    exponent = Decimal(number).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)


def same_number(expected: str, got: str) -> bool:
    """Integers and whole floats exactly; other floats within a unit of the finer last digit.

    That digit has to be the third decimal or a later one: two libraries never differ by 0.1.
    """
    if expected == got:
        return True
    if not any(set(number) & set(".e") for number in (expected, got)):
        return False
    first, second = Decimal(expected), Decimal(got)
    if first == first.to_integral_value() and second == second.to_integral_value():
        return first == second
    step = min(unit(expected), unit(got))
    return abs(first - second) <= step and step <= Decimal("0.001")


def same_line(expected: str, got: str) -> bool:
    """The text around the numbers exactly, but for the width of NumPy's columns."""
    texts = [NUMBER.split(line) for line in (expected, got)]
    numbers = [NUMBER.findall(line) for line in (expected, got)]
    if len(numbers[0]) != len(numbers[1]):
        return False
    if expected == got:
        return True
    plain = [[SPACES.sub(" ", part).strip() for part in line] for line in texts]
    return plain[0] == plain[1] and all(map(same_number, *numbers))


def compare(expected: str, got: str) -> str | None:
    """None if what was printed is what the page shows, else the difference."""
    page, printed = expected.rstrip("\n").split("\n"), got.rstrip("\n").split("\n")
    exact = [RAISED.match(line) is not None for line in page]
    if len(page) == len(printed) and all(
        a == b if whole else same_line(a, b)
        for a, b, whole in zip(page, printed, exact, strict=True)
    ):
        return None
    return "\n".join(difflib.unified_diff(page, printed, "on the page", "printed", lineterm=""))
