"""Differential fuzzing: the same call in PyTorch and in convref, over and over.

    python -m verify.fuzz [calls] [--start i] [--seed s] [--jobs n]      (make fuzz N=1000000)

Call number i of a seed is always the same one, so that a run can be interrupted, repeated, and
continued with --start. One call in five is spoiled on purpose. A difference prints a snippet to
paste; what `convref.divergences` lists is no difference.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

from verify.fuzz import convolutions, pads, patches
from verify.fuzz.calls import Call, difference

Values = frozenset[tuple[str, Any]]

CHUNK = 500  # calls of one process at a time: a second or two
# Of 20 calls in a row, how many are of which family; every fifth is spoiled.
FAMILIES = [convolutions] * 15 + [pads] * 3 + [patches] * 2


def draw(seed: int, number: int) -> Call:
    """Call `number` of a seed: one that PyTorch takes, and spoiled in every fifth."""
    rng = random.Random(f"{seed}:{number}")
    family = rng.choice(FAMILIES)
    call: Call = family.draw(rng)
    if number % 5 == 4:
        call.spoiled = rng.choice(family.slips(call))
        family.SPOILED[call.spoiled](call)
        call.theirs = None
    return call


@dataclass
class Report:
    """What a run has seen."""

    valid: Counter[str] = field(default_factory=Counter)  # by function
    spoiled: int = 0
    differences: list[str] = field(default_factory=list)
    pairs: Counter[Values] = field(default_factory=Counter)

    def missing(self) -> list[Values]:
        """Pairs of option values that could occur and did not."""
        return [pair for pair in wanted() if pair not in self.pairs]

    def __iadd__(self, other: Report) -> Report:
        self.valid += other.valid
        self.spoiled += other.spoiled
        self.differences += other.differences
        self.pairs += other.pairs
        return self

    def calls(self) -> int:
        return self.valid.total() + self.spoiled

    def __str__(self) -> str:
        return (
            f"{self.calls():,} calls: {self.valid.total():,} valid, {self.spoiled:,} spoiled, "
            f"{len(self.differences):,} differences"
        )


def wanted() -> Iterator[Values]:
    """Every pair of values of two options that can occur, of each family."""
    for family in dict.fromkeys(FAMILIES):
        for a, b in itertools.combinations(family.OPTIONS, 2):
            for x, y in itertools.product(family.OPTIONS[a], family.OPTIONS[b]):
                pair = frozenset({(a, x), (b, y)})
                if set(pair) not in family.IMPOSSIBLE:
                    yield pair | {("family", family.__name__)}


def run(calls: int, start: int = 0, seed: int = 0) -> Report:
    """Compare the calls of a range of numbers."""
    torch.set_num_threads(1)
    report = Report()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's of even 'same' kernels
        for number in range(start, start + calls):
            call = draw(seed, number)
            if call.spoiled is None:
                report.valid[call.options["function"]] += 1
                family = ("family", type(call).__module__)
                for pair in itertools.combinations(call.options.items(), 2):
                    report.pairs[frozenset((*pair, family))] += 1
            else:
                report.spoiled += 1
            if found := difference(call):
                report.differences.append(f"call {number} of seed {seed}\n{call}\n{found}")
    return report


def run_everywhere(calls: int, start: int, seed: int, jobs: int) -> Report:
    """The same in several processes, with progress; Ctrl-C ends it with what it has."""
    report, began, done = Report(), time.monotonic(), start
    firsts = range(start, start + calls, CHUNK)
    counts = [min(CHUNK, start + calls - first) for first in firsts]
    with ProcessPoolExecutor(jobs, initializer=ignore_interrupts) as pool:
        try:
            for part in pool.map(run, counts, firsts, [seed] * len(counts)):
                report += part
                done = start + report.calls()
                rate = report.calls() / (time.monotonic() - began)
                left = (start + calls - done) / rate / 60
                told = f"{report}, {rate:,.0f} a second, {left:.0f} min left"
                print(f"\r{told}", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            print(f"\ninterrupted: go on with --start {done}", file=sys.stderr)
    return report


def ignore_interrupts() -> None:
    """Ctrl-C is for the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def record(report: Report, seed: int) -> dict[str, Any]:
    """What a page can say of a run."""
    return {
        "date": date.today().isoformat(),
        "seed": seed,
        "calls": report.calls(),
        "valid": report.valid.total(),
        "spoiled": report.spoiled,
        "differences": len(report.differences),
        "functions": dict(sorted(report.valid.items())),
        "pytorch": torch.__version__.partition("+")[0],
        "numpy": np.__version__,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="?", type=int, default=25_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--record", type=Path, help="write the counts there, for the site")
    given = parser.parse_args()
    report = run_everywhere(given.calls, given.start, given.seed, given.jobs)
    print(f"\n{report}")
    print(", ".join(f"{count:,} {name}" for name, count in sorted(report.valid.items())))
    for found in report.differences[:5]:
        print(f"\n{found}")
    if given.record:
        given.record.write_text(json.dumps(record(report, given.seed), indent=2) + "\n", "utf-8")
    return 1 if report.differences else 0
