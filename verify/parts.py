"""The parts of `make test`, and how long each took.

    python -m verify.parts part other+third ...      (make test)

Parts joined by + run side by side: each has work for one core. The first that fails ends it, and
what was made once is not made again. Each part with tests names its slowest ten.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time

SLOWEST = "--durations=10 --durations-min=1"


def run(steps: list[str]) -> int:
    """Make one step after the other; gives the exit status, and tells the times in any case."""
    took: dict[str, float] = {}
    made: list[str] = []
    status = 0
    started = time.monotonic()
    for step in steps:
        status = beside(step.split("+"), made, took)
        if status:
            break
        made += step.split("+")
    print(table(took, time.monotonic() - started, failed=list(took)[-1] if status else ""))
    return status


def beside(parts: list[str], made: list[str], took: dict[str, float]) -> int:
    """Make parts side by side; the first is seen at work, the others when they are done."""
    options = f"{os.environ.get('PYTEST_ADDOPTS', '')} {SLOWEST}".strip()
    known = [option for part in made for option in ("-o", part)]
    started = time.monotonic()
    print(f"\n=== {' and '.join(parts)}", flush=True)
    with contextlib.ExitStack() as files:
        logs = [None, *(files.enter_context(tempfile.TemporaryFile()) for _ in parts[1:])]
        running = [
            subprocess.Popen(
                ["make", *known, part],
                env=os.environ | {"PYTEST_ADDOPTS": options},
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
            )
            for part, log in zip(parts, logs, strict=True)
        ]
        ended: dict[str, int] = {}
        while len(ended) < len(parts):
            for part, process in zip(parts, running, strict=True):
                if part not in ended and process.poll() is not None:
                    ended[part] = process.returncode
                    took[part] = time.monotonic() - started
            time.sleep(0.1)
        for part, log in zip(parts, logs, strict=True):
            if log:
                log.seek(0)
                print(f"\n=== {part}\n{log.read().decode(errors='replace')}", flush=True)
    failed = [part for part in parts if ended[part]]
    if failed:
        took[failed[0]] = took.pop(failed[0])  # last, as the one to look at
        return ended[failed[0]]
    return 0


def table(took: dict[str, float], together: float, failed: str) -> str:
    """Minutes and seconds of each part, and of all."""
    rows = [*took.items(), ("together", together)]
    lines = [f"{name:<12}{int(s) // 60:>4}:{int(s) % 60:02}" for name, s in rows]
    last = f"failed: {failed}" if failed else "all parts passed"
    return "\n".join(["", *lines, f"make test: {last}"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
