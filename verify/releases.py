"""Pages and comparisons against another release of PyTorch, in an environment of its own.

    python -m verify.releases 2.14.1      (make release TORCH=2.14.1; newest for the newest)
    python -m verify.releases             what came of it so far, as a table

What came of it goes to releases.json, for the site: a difference is told there, and is no failure.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from verify import ROOT

ENVIRONMENTS = ROOT / ".cache/torch"
RECORD = ROOT / "verify/releases.json"
# All that runs PyTorch and says what it does.
COMPARED = (
    *("docs", "README.md", "README.zh-CN.md", "CONTRIBUTING.md"),
    *("tests/test_pytorch.py", "tests/test_divergences.py", "tests/test_fuzz.py"),
)


def requirements() -> Iterator[str]:
    """What the pages and the tests need, but for PyTorch."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra in ("site", "draw", "test"):
        for each in extras["optional-dependencies"][extra]:
            if not re.match(r"torch\b", each):
                yield each


def environment(release: str) -> str:
    """The Python of an environment with this release; made once, but for the newest."""
    folder = ENVIRONMENTS / release
    python = str(folder / "bin/python")
    ready = folder / ".ready"
    if release == "newest" or not ready.exists():
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", folder])
        torch = "torch" if release == "newest" else f"torch=={release}"
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        constraints = ["-c", str(ROOT / "constraints.txt")]
        subprocess.check_call([*pip, torch, *requirements(), "-e", str(ROOT), *constraints])
        ready.touch()
    return python


def run(python: str) -> dict[str, Any]:
    """Run what compares, with progress; gives the counts, and the tests that failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [python, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "--tb=no"]
        done = subprocess.run([*command, f"--junitxml={report}", *COMPARED], cwd=ROOT, check=False)
        if done.returncode not in (0, 1):  # neither passed nor failed: it could not run
            raise SystemExit(done.returncode)
        cases = list(ElementTree.parse(report).iter("testcase"))
    versions = (
        "import json, numpy, torch; print(json.dumps([torch.__version__, numpy.__version__]))"
    )
    torch, numpy = json.loads(subprocess.check_output([python, "-c", versions]))
    return {
        "pytorch": torch.partition("+")[0],
        "numpy": numpy,
        "date": date.today().isoformat(),
        "tests": len(cases),
        "different": sorted(
            f"{case.get('classname')}::{case.get('name')}"
            for case in cases
            if case.find("failure") is not None or case.find("error") is not None
        ),
    }


def table(record: dict[str, dict[str, Any]]) -> str:
    """The releases and what differed with them, in Markdown."""
    rows = ["| PyTorch | NumPy | date | tests | different |", "|---|---|---|--:|--:|"]
    lists = []
    for release, found in record.items():
        different = found["different"]
        row = (release, found["numpy"], found["date"], found["tests"], len(different))
        rows.append(f"| {' | '.join(map(str, row))} |")
        lists += [f"- {release}: `{test}`" for test in different]
    return "\n".join([*rows, *([""] if lists else []), *lists])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("release", nargs="?", help="such as 2.14.1, or newest")
    release = parser.parse_args().release
    record = json.loads(RECORD.read_text("utf-8"))
    if release:
        found = run(environment(release))
        record[found.pop("pytorch")] = found
        RECORD.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    print(table(record))


if __name__ == "__main__":
    main()
