"""How many changes of one digit the rules for pages notice: `make digits`.

    python tests/digits.py [seed]

Every change is tried, of every digit in the prose, the outputs and the marked numbers of all pages.
Besides, some numerals are drawn with the seed, and each changed one is put into its page's text,
which is then checked as a whole. The result, tests/digits.json, is stated on reference/verified.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from docblocks import ROOT, marks
from docnumerals import MEASURED, blank, changes, check_numerals, numerals, prose
from docrules import DOCS, pages

RECORD = ROOT / "tests/digits.json"
DRAWN = 300


def measure(texts: list[str]) -> dict[str, dict[str, int]]:
    """For each kind of numeral, the number of changes, and of those that are noticed."""
    found = {}
    for kind, changed in MEASURED.items():
        noticed = Counter(result for text in texts for result in changed(text))
        found[kind] = {"changes": noticed.total(), "noticed": noticed[True]}
    return found


def draw(texts: list[str], seed: int) -> dict[str, int]:
    """The same for numerals of the prose drawn at random, each in its whole page."""
    places = []
    for text in texts:
        shown = prose(text)
        for mark in marks(text):
            shown = blank(shown, *mark.span("shown"))
        places += [(text, match) for match in numerals(shown)]
    chance = random.Random(seed)
    noticed = 0
    for text, match in chance.choices(places, k=DRAWN):
        change = chance.choice(list(changes(match[0])))
        spoiled = text[: match.start()] + change + text[match.end() :]
        noticed += len(check_numerals("", spoiled)) > len(check_numerals("", text))
    return {"seed": seed, "changes": DRAWN, "noticed": noticed}


def site() -> list[str]:
    paths: list[Path] = [path for language in DOCS for path in pages(language).values()]
    return [path.read_text("utf-8") for path in paths if path.suffix == ".md"]


def main(seed: int) -> None:
    texts = site()
    result = {"date": str(date.today()), **measure(texts), "drawn": draw(texts, seed)}
    RECORD.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
