"""Commands that a page shows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile

from verify import ROOT

# `console` fences: commands of ours have to work, others are shown.
OTHERS = ("git", "cd", "sudo", "pip")


def check_console(source: str) -> str | None:
    """Our own commands are run, in an empty folder; a make target is tried dry."""
    for line in source.split("\n"):
        words = line.removeprefix("$ ").split()
        if not line.startswith("$ ") or not words:
            return f"a console line starts with '$ ': {line!r}"
        if words[0] == "make":
            # Not the make that is running now: its flags would silence this one.
            clean = {"PATH": os.environ["PATH"]}
            dry = subprocess.run(
                ["make", "--dry-run", *words[1:]],
                cwd=ROOT,
                env=clean,
                capture_output=True,
                text=True,
            )
            if dry.returncode:
                return f"{line}: {dry.stderr.strip()}"
        elif words[0] == "convref":
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [sys.executable, "-m", *shlex.split(line.removeprefix("$ "))],
                    cwd=folder,
                    env=os.environ | {"PYTHONPATH": str(ROOT)},
                    capture_output=True,
                    text=True,
                )
            if done.returncode:
                return f"{line}: {done.stderr.strip()}"
        elif words[0] not in OTHERS:
            return f"{line}: neither run nor on the list of commands that are only shown"
    return None
