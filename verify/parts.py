"""The parts of `make test`, one after the other, and how long each took.

    python -m verify.parts part ...      (make test)

The first that fails ends it. Each part with tests names its slowest ten.
"""

import os
import subprocess
import sys
import time

SLOWEST = "--durations=10 --durations-min=1"


def run(parts: list[str]) -> int:
    """Make one part after the other; gives the exit status, and tells the times in any case."""
    options = f"{os.environ.get('PYTEST_ADDOPTS', '')} {SLOWEST}".strip()
    took: dict[str, float] = {}
    status = 0
    for part in parts:
        print(f"\n=== {part}", flush=True)
        started = time.monotonic()
        made = subprocess.run(["make", part], env=os.environ | {"PYTEST_ADDOPTS": options})
        took[part] = time.monotonic() - started
        if made.returncode:
            status = made.returncode
            break
    print(table(took, failed=bool(status)), flush=True)
    return status


def table(took: dict[str, float], failed: bool) -> str:
    """Minutes and seconds of each part, and of all."""
    rows = [*took.items(), ("together", sum(took.values()))]
    lines = [f"{name:<12}{int(s) // 60:>4}:{int(s) % 60:02}" for name, s in rows]
    last = f"failed: {list(took)[-1]}" if failed else "all parts passed"
    return "\n".join(["", *lines, f"make test: {last}"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
