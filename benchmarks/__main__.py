"""convref's speed against its peers, pair by pair, on one thread.

    make bench                  some minutes; rewrites benchmarks/results.json
    make bench ARGS=--only=pads one section, beside what the file holds of the others
    make bench ARGS=--quick     small layers, one round: whether it works, and nothing about speed
    python -m benchmarks --show what the file holds

The page on performance shows the file; `make outputs` puts its numbers into the text.
"""

from benchmarks import machine

machine.one_thread()  # before NumPy is imported

import argparse  # noqa: E402
import datetime  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.layers import LAYERS, SCALING, small  # noqa: E402
from benchmarks.results import FILE, OPERATIONS, SECTIONS, Results  # noqa: E402

SECONDS = 1.0  # for one pair
Job = tuple[tuple[str, ...], Callable[[], Any]]


def jobs(quick: bool) -> Iterator[Job]:
    """What is measured, and where in the results it goes."""
    from benchmarks import pads
    from benchmarks.measure import errors, memory, pair
    from benchmarks.peers import PEERS

    seconds = 0 if quick else SECONDS
    for layer in map(small, LAYERS) if quick else LAYERS:
        at = ("layers", str(layer))
        for operation in OPERATIONS:
            for peer in PEERS:
                yield (*at, operation, peer), partial(pair, operation, layer, peer, seconds)
            yield (*at, "memory", operation), partial(memory, operation, layer)
        yield (*at, "error"), partial(errors, layer)
    for family, sizes in SCALING.items():
        for size, layer in list(sizes.items())[: 2 if quick else None]:
            yield (
                ("scaling", family, str(size)),
                partial(pair, "forward", layer, "PyTorch", seconds),
            )
    yield ("pads", "date"), datetime.date.today().isoformat
    yield ("pads", "cpu"), machine.cpu
    for name, shape in pads.INPUTS.items():
        for mode in pads.MODES:
            yield (
                ("pads", "ratios", name, mode),
                partial(pads.pair, pads.small(shape) if quick else shape, mode, 4 * seconds),
            )


def measured(quick: bool, only: str | None = None) -> dict[str, Any]:
    """Run all jobs, or those of one section, with the progress on stderr."""
    results: dict[str, Any] = {"date": datetime.date.today().isoformat(), **machine.described()}
    todo = [(path, job) for path, job in jobs(quick) if only in (None, path[0])]
    start = time.monotonic()
    for done, (path, job) in enumerate(todo, 1):
        clock = f"{(time.monotonic() - start) / 60:.1f} min"
        line = f"{done}/{len(todo)}, {clock}: {', '.join(path[1:])}"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        if (result := job()) is not None:
            inner = results
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = rounded(result)
    print("\r\x1b[K", end="", file=sys.stderr)
    return results


def rounded(result: Any) -> Any:
    """Four digits are more than two runs have in common."""
    if isinstance(result, dict):
        return {key: rounded(value) for key, value in result.items()}
    return float(f"{result:.4g}") if isinstance(result, float) else result


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small layers, one round, no file")
    parser.add_argument("--only", choices=SECTIONS, help="measure one section, keep the others")
    parser.add_argument("--show", action="store_true", help="show the file, measure nothing")
    parser.add_argument("--out", type=Path, help="the file to write")
    given = parser.parse_args()
    if given.show:
        print(report.text(Results.load(given.out or FILE)))
        return
    results = measured(given.quick, given.only)
    if given.only:
        results = Results.load(given.out or FILE).data | {given.only: results[given.only]}
    print(report.text(Results(results)))
    if out := given.out or (None if given.quick else FILE):
        out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"\nwritten: {out}; make outputs brings the pages up to date")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\ninterrupted: nothing was written")
