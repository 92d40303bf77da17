"""How many changes of one digit the rules for pages notice: `make digits`.

    python -m verify.pages.digits [seed]

Every change is tried, of every digit in the prose, the outputs and the marked numbers of all pages.
Besides, some numerals of the prose are drawn with the seed, each as likely as any other, and one of
their digits is changed at random in the page's text, which is then checked as a whole. The result,
digits.json, is stated on reference/verified.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from verify import ROOT
from verify.pages.compare import NUMBER, compare
from verify.pages.marks import check_mark, marks, names
from verify.pages.notebooks import as_page
from verify.pages.numerals import FORMULA, Passage, changes, check_numerals, numerals, passages
from verify.pages.rules import DOCS, blank, pages, prose
from website.source import parse

RECORD = ROOT / "verify/pages/digits.json"
DRAWN = 500


class Slips(NamedTuple):
    """A numeral, its place, and those changes of one of its digits that nothing notices."""

    at: int
    numeral: str
    missed: list[str]

    @property
    def all(self) -> list[str]:
        return list(changes(self.numeral))


class Unmarked(NamedTuple):
    """A numeral of the prose without a mark; one in a formula has no passage."""

    at: int
    numeral: str
    passage: Passage | None

    def notices(self, change: str) -> bool:
        """Whether the rules report the numeral, or one beside it, when it is changed."""
        if self.passage is None:
            return False
        line, start = self.passage.line, self.at - self.passage.start
        spoiled = line[:start] + change + line[start + len(self.numeral) :]
        return len(self.passage.problems(spoiled)) > len(self.passage.problems(line))


def unmarked(text: str) -> Iterator[Unmarked]:
    for passage in passages(text):
        line = passage.line
        for span in passage.marked:
            line = blank(line, *span)
        for match in numerals(line):
            yield Unmarked(passage.start + match.start(), match[0], passage)
    shown = prose(text)
    for mark in marks(text):
        shown = blank(shown, *mark.span("shown"))
    for formula in FORMULA.finditer(shown):
        for match in numerals(formula[0]):
            yield Unmarked(formula.start() + match.start(), match[0], None)


def in_prose(text: str) -> Iterator[Slips]:
    """The numerals of unmarked prose."""
    for each in unmarked(text):
        missed = [change for change in changes(each.numeral) if not each.notices(change)]
        yield Slips(each.at, each.numeral, missed)


def in_outputs(text: str) -> Iterator[Slips]:
    """The numerals of what blocks print, when the blocks run again."""
    for output in {id(b.output): b.output for b in parse(text).blocks if b.output}.values():
        for shown in output.source.split("\n"):
            for match in NUMBER.finditer(shown):
                spoiled = {
                    change: shown[: match.start()] + change + shown[match.end() :]
                    for change in changes(match[0])
                }
                missed = [x for x, line in spoiled.items() if compare(line, shown) is None]
                yield Slips(output.body_start, match[0], missed)


def in_marks(text: str) -> Iterator[Slips]:
    """Marked numbers, texts and formulas."""
    namespace = names(text)
    for mark in marks(text):
        shown, expression = mark["shown"], mark["expression"]
        missed = [x for x in changes(shown) if check_mark(x, expression, namespace) is None]
        yield Slips(mark.start(), shown, missed)


MEASURED = {"prose": in_prose, "outputs": in_outputs, "marked": in_marks}


def site() -> dict[str, str]:
    """The text of every page and notebook."""
    return {
        f"docs/{language}/{name}": as_page(path)
        for language in DOCS
        for name, path in pages(language).items()
        if path.suffix in (".md", ".ipynb")
    }


def measure(texts: dict[str, str]) -> dict[str, dict[str, float]]:
    """For each kind of numeral, how many changes there are, and how many of them are noticed.

    `each` is the share of a numeral's changes that are noticed, on average over all numerals.
    """
    found = {}
    for kind, slips_of in MEASURED.items():
        slips = [each for text in texts.values() for each in slips_of(text) if each.all]
        shares = [1 - len(each.missed) / len(each.all) for each in slips]
        tried = sum(len(each.all) for each in slips)
        missed = sum(len(each.missed) for each in slips)
        found[kind] = {
            "numerals": len(slips),
            "changes": tried,
            "noticed": tried - missed,
            "each": round(sum(shares) / len(shares), 4),
        }
    return found


def draw(texts: dict[str, str], seed: int, count: int) -> Iterator[tuple[str, Unmarked, str]]:
    """Numerals of the prose, each as likely as any other: the page, the numeral, a change of it."""
    places = [(name, each) for name, text in texts.items() for each in unmarked(text)]
    chance = random.Random(seed)
    for name, each in chance.choices(places, k=count):
        yield name, each, chance.choice(list(changes(each.numeral)))


def main(seed: int) -> None:
    texts = site()
    before = {name: len(check_numerals(name, text)) for name, text in texts.items()}
    noticed = 0
    for name, each, change in draw(texts, seed, DRAWN):
        text = texts[name]
        spoiled = text[: each.at] + change + text[each.at + len(each.numeral) :]
        noticed += len(check_numerals(name, spoiled)) > before[name]
    drawn = {"seed": seed, "changes": DRAWN, "noticed": noticed}
    result = {"date": str(date.today()), **measure(texts), "drawn": drawn}
    RECORD.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
