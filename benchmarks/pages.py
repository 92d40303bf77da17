"""What a new page costs the tests: every lesson twice, in both languages, in a copy.

    make bench-pages

Each part of `make test` that looks at pages is timed in the repository and in a copy in which every
lesson has a twin; the difference, divided by the twins, is what a page in both languages adds. The
search's tests are left out of both: twins take each other's place among the first three results.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.machine import cpu
from verify import ROOT
from verify.pages.lessons import lessons
from website.settings import CONFIGS

RESULTS = ROOT / "benchmarks/pages.json"
PARTS = ("unit", "site", "second", "browser")
WITHOUT = "--deselect=tests/browser/test_search.py"


def copy(folder: Path, twins: list[str]) -> None:
    """The tracked files, and for each lesson one more of other name and with other ids."""
    tracked = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split("\n")
    for name in filter(None, tracked):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(ROOT / ".cache/node", folder / ".cache/node", symlinks=True)
    nav = (folder / "mkdocs.yml").read_text("utf-8")
    for lesson in twins:
        twin = lesson.replace(".md", "-twin.md")
        nav = nav.replace(f"      - {lesson}\n", f"      - {lesson}\n      - {twin}\n")
        for language in CONFIGS:
            text = (folder / "docs" / language / lesson).read_text("utf-8")
            text = re.sub(r"^teaches: .*\n", "", text, count=1, flags=re.M)
            (folder / "docs" / language / twin).write_text(text, "utf-8")
    (folder / "mkdocs.yml").write_text(nav, "utf-8")


def timed(folder: Path) -> dict[str, float]:
    """Seconds of each part; a failed test, such as that of the order of lessons, takes its time."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTEST_ADDOPTS": f"-q {WITHOUT}"}
    took = {}
    made = [".venv/.ready"]
    for part in PARTS:
        known = [option for name in made for option in ("-o", name)]
        started = time.monotonic()
        done = subprocess.run(
            ["make", *known, part], cwd=folder, env=environment, capture_output=True, text=True
        )
        took[part] = round(time.monotonic() - started, 1)
        made.append(part)
        tail = (done.stdout + done.stderr).strip().split("\n")[-1]
        print(f"{folder.name:>12} {part:<8} {took[part]:7.1f} s  {tail[:70]}", flush=True)
    return took


def main() -> int:
    twins = lessons()
    with tempfile.TemporaryDirectory() as temporary:
        once, twice = Path(temporary) / "as-it-is", Path(temporary) / "with-twins"
        copy(once, [])
        copy(twice, twins)
        before, after = timed(once), timed(twice)
    each = {part: round((after[part] - before[part]) / len(twins), 2) for part in PARTS}
    total = round(sum(each.values()), 2)
    print(f"{len(twins)} pages more: {total} s each, {each}")
    found = {"twins": len(twins), "before": before, "after": after, "each": each, "total": total}
    found |= {"date": f"{date.today()}", "cpu": cpu(), "cores": os.cpu_count()}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
