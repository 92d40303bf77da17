"""Differential fuzzing: the same call in PyTorch and in convref, over and over.

    python tests/fuzz.py [calls] [--start i] [--seed s]      (make fuzz N=1000000)

Call number i of a seed is always the same one, so that a run can be interrupted, repeated, and
continued with --start. One call in five is spoiled on purpose. A difference prints a snippet to
paste; what `convref.divergences` lists is no difference.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from fuzzing import convolutions, pads, patches
from fuzzing.calls import Call, difference

Values = frozenset[tuple[str, Any]]

# Of 20 calls in a row, how many are of which family; every fifth is spoiled.
FAMILIES = [convolutions] * 15 + [pads] * 3 + [patches] * 2


def draw(seed: int, number: int) -> Call:
    """Call `number` of a seed: valid by construction, and spoiled in every fifth."""
    rng = random.Random(f"{seed}:{number}")
    family = rng.choice(FAMILIES)
    call = family.draw(rng)
    if number % 5 == 4:
        call.spoiled = rng.choice(family.slips(call))
        family.SPOILED[call.spoiled](call)
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

    def __str__(self) -> str:
        valid = self.valid.total()
        return (
            f"{valid + self.spoiled:,} calls: {valid:,} valid, {self.spoiled:,} spoiled, "
            f"{len(self.differences):,} differences"
        )


def wanted() -> Iterator[Values]:
    """Every pair of values of two options that can occur, of each family."""
    for family in (convolutions, pads, patches):
        for a, b in itertools.combinations(family.OPTIONS, 2):
            for x, y in itertools.product(family.OPTIONS[a], family.OPTIONS[b]):
                pair = frozenset({(a, x), (b, y)})
                if set(pair) not in family.IMPOSSIBLE:
                    yield pair | {("family", family.__name__)}


def run(calls: int, start: int = 0, seed: int = 0, progress: float = 3.0) -> Report:
    """Compare `calls` calls; stops early, with what it has, when interrupted."""
    torch.set_num_threads(1)
    report, told_at, began = Report(), time.monotonic(), time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's of even 'same' kernels
        try:
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
                if progress and time.monotonic() - told_at > progress:
                    told_at = time.monotonic()
                    rate = (number + 1 - start) / (told_at - began)
                    print(f"\r{report}, {rate:,.0f} a second", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print(f"\ninterrupted: go on with --start {number}", file=sys.stderr)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="?", type=int, default=25_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report = run(arguments.calls, arguments.start, arguments.seed)
    print(f"\n{report}")
    print(", ".join(f"{count:,} {name}" for name, count in sorted(report.valid.items())))
    for found in report.differences[:5]:
        print(f"\n{found}")
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
