"""What was last read in both languages side by side: `make read` records it.

    python -m verify.pages.reading

read.json has a line for each section of each page, with a digest of its prose in each
language. A section of which only one language has changed since then fails the tests. One that has
changed in both passes: that is what a correction looks like, and whether both say the same only a
reader can tell, who then records it.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

from verify import ROOT
from verify.pages.notebooks import read as read_notebook
from verify.pages.rules import DOCS, headings, pages, prose
from website.before.notebooks import as_markdown
from website.markdown.marks import MARK

RECORD = ROOT / "verify/pages/read.json"
Record = dict[str, dict[str, str]]  # page#section -> language -> digest


def digests(text: str) -> dict[str, str]:
    """A digest of the words of each section, by its heading's id.

    Code, outputs, what marks compute with, and the targets of links are no words.
    """
    text = MARK.sub(r"\g<shown>", text)
    shown, found = prose(text), list(headings(text))
    places = [0, *(heading.start() for heading in found[1:]), len(text)]
    return {
        heading["id"]: hashlib.sha256(" ".join(shown[start:end].split()).encode()).hexdigest()[:12]
        for heading, (start, end) in zip(found, pairwise(places), strict=True)
    }


def page(path: Path) -> str:
    text = path.read_text("utf-8")
    return as_markdown(read_notebook(text)) if path.suffix == ".ipynb" else text


def site() -> Record:
    """All sections as they are now."""
    record: Record = {}
    for language in DOCS:
        for name, path in pages(language).items():
            if path.suffix in (".md", ".ipynb"):
                for section, digest in digests(page(path)).items():
                    record.setdefault(f"{name}#{section}", {})[language] = digest
    return record


def problems(now: Record, record: Record) -> list[str]:
    """The sections of which one language was left behind, or that nobody has read."""
    found = []
    for section, languages in now.items():
        changed = [x for x, digest in languages.items() if record.get(section, {}).get(x) != digest]
        if section not in record:
            found.append(f"{section}: read it in both languages, side by side, then `make read`")
        elif len(changed) == 1:
            (other,) = set(DOCS) - set(changed)
            found.append(
                f"docs/{changed[0]}/{section} has changed, docs/{other} has not: read both, "
                "side by side, correct the other one if it says something else, then `make read`"
            )
    return found


def main() -> None:
    """Record all sections, and name those that have changed since the last time."""
    now, record = site(), json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    for section in sorted(now.keys() | record.keys()):
        if now.get(section) != record.get(section):
            print(f"recorded as read: {section}")
    lines = (f"  {json.dumps(section)}: {json.dumps(now[section])}" for section in sorted(now))
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
