"""`make test` makes its parts, some side by side, stops at a failure, and tells the times."""

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
after: good
\t@echo after
left:
\t@touch left; for i in 1 2 3 4 5; do test -e right && exit 0; sleep 1; done; exit 1
right:
\t@touch right; for i in 1 2 3 4 5; do test -e left && echo met && exit 0; sleep 1; done; exit 1
.PHONY: good
"""


@pytest.mark.parametrize(
    ("parts", "status", "shown"),
    [
        (["good", "after"], 0, ["good", "after"]),
        (["good", "bad", "after"], 2, ["good"]),
        (["bad+good", "after"], 2, ["good"]),
        (["good+bad", "after"], 2, ["good"]),
        (["left+right"], 0, ["met"]),
    ],
    ids=["in turn", "failed", "first failed", "second failed", "side by side"],
)
def test_the_first_that_fails_is_the_last(
    tmp_path: Path, parts: list[str], status: int, shown: list[str]
) -> None:
    """And what was made is not made again: `after` needs `good`."""
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
    said = done.stdout.replace(" --durations=10 --durations-min=1", "").splitlines()
    assert [line for line in said if line in ("good", "after", "met")] == shown
    last = done.stdout.splitlines()[-1]
    assert last == ("make test: failed: bad" if status else "make test: all parts passed")


def test_times_are_told() -> None:
    assert table({"lint": 9.9, "unit": 125.2}, 130, failed="") == (
        "\nlint           0:09\nunit           2:05\ntogether       2:10\n"
        "make test: all parts passed"
    )
