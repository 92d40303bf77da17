"""`make test` runs its parts in turn, stops at the first that fails, and tells the times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verify import ROOT
from verify.parts import table

MAKEFILE = """
good:
\t@echo good $(PYTEST_ADDOPTS)
bad:
\t@exit 3
"""


@pytest.mark.parametrize(
    ("parts", "status", "ran"), [(["good", "good"], 0, 2), (["good", "bad", "good"], 2, 1)]
)
def test_the_first_that_fails_is_the_last(
    tmp_path: Path, parts: list[str], status: int, ran: int
) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE, "utf-8")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "verify.parts", *parts],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    assert done.stdout.count("good --durations=10") == ran
    last = done.stdout.splitlines()[-1]
    assert last == ("make test: failed: bad" if status else "make test: all parts passed")


def test_times_are_told() -> None:
    assert table({"lint": 9.9, "unit": 125.2}, failed=False) == (
        "\nlint           0:09\nunit           2:05\ntogether       2:15\n"
        "make test: all parts passed"
    )
