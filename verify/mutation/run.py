"""Mutation testing: convref is changed in thousands of small ways, and a test must notice each.

    python -m verify.mutation [--kinds k,...] [--jobs n] [--survivors] [--listed] [--record]
        [module ...]

What is tried stands in `changes.py`, how in `functions.py` and `values.py`. A run
that was interrupted goes on where it stopped, as long as the package and its tests are the same;
otherwise it starts anew. What no input can tell from the original is listed, with reasons, in
equivalent.toml. Such a change costs the time of all tests, so it is not tried before `--listed`
asks for it; that it is still there, is looked at in every run.

To work on one module, name it: `geometry`, or `figures` for all of them; after writing tests for
what survived, `--survivors` tries that alone. `--kinds values,smaller` tries those kinds of change.
`--record` writes the counts to record.json, for each module and kind that was tried completely.

The exit code is 1 if a mutant survives that is not listed, if an entry of the list is no survivor
any more, or if a function that computes got no mutants.
"""

import argparse
import ast
import hashlib
import json
import multiprocessing
import os
import platform
import re
import resource
import shutil
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from verify import ROOT
from verify.mutation.changes import KINDS, Change, changes, functions
from verify.mutation.functions import try_functions
from verify.mutation.values import try_values

TESTS = ["tests/numpy_only", "tests/test_figures_files.py"]  # one of them must notice
WORK = ROOT / ".cache" / "mutants"
VERDICTS = WORK / "verdicts.tsv"
EQUIVALENT = ROOT / "verify/mutation/equivalent.toml"
RECORD = ROOT / "verify/mutation/record.json"
MEMORY = 6 * 2**30  # bytes: a mutant without the limit on sizes must not take the machine along
KILLED = {"killed", "timeout", "segfault"}
UNTRIED = "not tried"
LISTED = "listed"  # as equivalent: not tried
COMPUTES = ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Subscript


@dataclass(frozen=True)
class Mutant:
    """One change, and what came of it."""

    change: Change
    status: str

    @property
    def survived(self) -> bool:
        return self.status in ("survived", LISTED)


@dataclass(frozen=True)
class Equivalent:
    """An entry of the list: one change of one line, or what may change in any line."""

    because: str
    module: str = ""
    function: str = ""  # of a value its class or variable
    was: str = ""
    becomes: str = ""
    anywhere: str = ""  # a pattern: without it, both lines are equal

    def __contains__(self, mutant: Mutant) -> bool:
        change = mutant.change
        if self.anywhere:
            was, becomes = (re.sub(self.anywhere, "", line) for line in change.lines)
            return was == becomes
        return (self.module, self.function) == (change.module, change.where) and (
            self.was,
            self.becomes,
        ) == change.lines


def equivalents() -> list[Equivalent]:
    return [Equivalent(**row) for row in tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]]


def sources() -> list[Path]:
    return [path.relative_to(ROOT) for path in sorted((ROOT / "convref").rglob("*.py"))]


# The run ---------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Of everything that can change a verdict."""
    digest = hashlib.sha256()
    for place in map(ROOT.joinpath, ("convref", "verify/mutation", *TESTS)):
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    packages = [version(name) for name in ("mutmut", "numpy", "pytest", "hypothesis")]
    digest.update(repr((platform.python_version(), packages)).encode())
    return digest.hexdigest()


def prepare(anew: bool) -> None:
    """Forget what was found for another state of the package, or of its tests."""
    seal, now = WORK / "fingerprint", fingerprint()
    if seal.exists() and seal.read_text("utf-8") == now:
        return
    kept = verdicts()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    if anew:
        seal.write_text(now, "utf-8")
    else:  # verdicts of different states from now on: a complete run starts anew
        keep(kept)


def verdicts() -> dict[str, str]:
    """What came of the changes so far, by their names."""
    lines = VERDICTS.read_text("utf-8").splitlines() if VERDICTS.exists() else []
    return dict(line.split("\t") for line in lines)


def keep(found: dict[str, str]) -> None:
    VERDICTS.write_text("".join(f"{name}\t{came}\n" for name, came in found.items()), "utf-8")


def note(change: Change, came: str) -> None:
    """Write what came of one change behind the others."""
    with VERDICTS.open("a", encoding="utf-8") as file:
        file.write(f"{change.name}\t{came}\n")


def run(found: list[Change], jobs: int) -> None:
    """Try changes, and keep what comes of each."""
    exchanged = [each for each in found if each.kind != "values" or each.table]
    imported = [each for each in found if each.kind == "values" and not each.table]
    shares: list[tuple[Callable[..., None], list[Change]]] = [
        (try_functions, exchanged),
        (try_values, imported),
    ]
    for attempt, share in shares:
        if share:  # in a process of its own: the other one must not find the package imported
            tell = Progress(len(share))
            task = (share, WORK / attempt.__name__, jobs, TESTS, tell)
            process = multiprocessing.get_context("fork").Process(target=attempt, args=task)
            process.start()
            process.join()


class Progress:
    """Writes what came of a change, and shows how far it is."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.start = total, 0, time.monotonic()

    def __call__(self, change: Change, came: str) -> None:
        note(change, came)
        self.done += 1
        minutes = (time.monotonic() - self.start) / 60
        print(f"{self.done}/{self.total} {minutes:.1f} min: {change.name} {came}", flush=True)


def set_aside(found: list[Mutant]) -> None:
    """Keep of those that are on the list that they are."""
    entries = equivalents()
    for done, mutant in enumerate(found):
        if done % 1000 == 0:
            print(f"looking for what is listed: {done:,} of {len(found):,} changes", flush=True)
        if any(mutant in each for each in entries):
            note(mutant.change, LISTED)


# The report ------------------------------------------------------------------------------------


def without_mutants(found: list[Mutant]) -> dict[str, bool]:
    """Functions that no change is tried in, and whether they compute something."""
    mutated = {(mutant.change.path, mutant.change.where) for mutant in found}
    return {
        f"{path}: {name}": any(isinstance(part, COMPUTES) for part in body(node))
        for path in sources()
        for name, node in functions(path)
        if (path, name) not in mutated
    }


def body(function: Any) -> Iterator[ast.AST]:
    """Everything in a function but its signature, where types are written with operators."""
    for statement in function.body:
        yield from ast.walk(statement)


def count(found: Iterable[Mutant], excused: set[Mutant]) -> dict[str, int]:
    """How many mutants came to what."""
    chosen = list(found)
    return {
        "mutants": len(chosen),
        "killed": sum(m.status in KILLED for m in chosen),
        "by time": sum(m.status == "timeout" for m in chosen),
        "equivalent": sum(m in excused for m in chosen),
        "survived": sum(m.survived and m not in excused for m in chosen),
        "untried": sum(m.status == UNTRIED for m in chosen),
    }


def show(rows: dict[str, dict[str, int]]) -> None:
    """Print counts as a table."""
    heads = list(next(iter(rows.values()), {}))
    print(f"\n{'':<20}" + "".join(f"{head:>12}" for head in heads) + f"{'%':>8}")
    for name, row in rows.items():
        percent = 100 * row["killed"] / max(1, row["killed"] + row["survived"])
        print(f"{name:<20}" + "".join(f"{row[head]:>12}" for head in heads) + f"{percent:>8.1f}")


def record(found: list[Mutant], excused: set[Mutant]) -> None:
    """Write the counts of each module and kind; what was not tried replaces no complete count."""
    before = json.loads(RECORD.read_text("utf-8"))["counts"]
    today = date.today().isoformat()
    counts: dict[str, dict[str, Any]] = {}
    for module in sorted({m.change.module for m in found} | before.keys()):
        counts[module] = {}
        for kind in KINDS:
            place = (module, kind)
            row = count((m for m in found if (m.change.module, m.change.kind) == place), excused)
            kept = before.get(module, {}).get(kind)
            if kept and (not row["mutants"] or (row["untried"] and not kept["untried"])):
                counts[module][kind] = kept
            elif row["mutants"]:
                row["mutants"] -= row["untried"]
                counts[module][kind] = {"date": today, **row}
    facts = {"kinds": {kind: total(counts, kind) for kind in KINDS}, "counts": counts}
    RECORD.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")


def total(counts: dict[str, dict[str, Any]], kind: str) -> dict[str, Any]:
    """The sum of what was counted of a kind, and when it was first and last counted."""
    rows = [each[kind] for each in counts.values() if kind in each]
    dates = [row["date"] for row in rows if row["mutants"]]
    names = ("mutants", "killed", "equivalent", "survived", "untried")
    sums = {name: sum(row[name] for row in rows) for name in names}
    return {"first": min(dates, default=None), "last": max(dates, default=None), **sums}


def report(found: list[Mutant], whole: bool, records: bool) -> bool:
    """Print what was found; True if nothing is left to do."""
    listed = equivalents()
    survived = [m for m in found if m.survived]
    told = {entry: [m for m in survived if m in entry] for entry in listed}
    excused = {m for each in told.values() for m in each}
    modules = sorted({m.change.module for m in found})
    show({name: count((m for m in found if m.change.module == name), excused) for name in modules})
    kinds = {name: count((m for m in found if m.change.kind == name), excused) for name in KINDS}
    show({**kinds, "all": count(found, excused)})

    alone = without_mutants(found) if whole else {}
    print(f"\nfunctions without mutants: {', '.join(alone) or 'none'}" if whole else "")
    problems = [f"{name} computes, but got no mutants" for name, does in alone.items() if does]
    for mutant in survived:
        if mutant not in excused:
            was, becomes = mutant.change.lines
            where = f"{mutant.change.module}.{mutant.change.where}"
            problems.append(f"survived: {where}\n  - {was}\n  + {becomes}")
    untried = sum(m.status == UNTRIED for m in found)
    if untried:
        problems.append(f"{untried} mutants are not tried yet: the same command goes on")
    elif whole:
        problems += [f"no survivor like this: {entry}" for entry, same in told.items() if not same]
    if records:
        record(found, excused)
    for problem in problems:
        print(problem)
    return not problems


def forget(again: Iterable[Mutant]) -> None:
    """Let these be tried again."""
    names = {mutant.change.name for mutant in again}
    keep({name: came for name, came in verdicts().items() if name not in names})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="modules of convref; all if none is named")
    parser.add_argument("--kinds", default="", help=f"of change, by commas: {', '.join(KINDS)}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="tried at a time")
    parser.add_argument(
        "--survivors", action="store_true", help="only what survived last time, or has changed"
    )
    parser.add_argument("--listed", action="store_true", help="what is listed as equivalent, too")
    parser.add_argument("--record", action="store_true", help=f"write the counts to {RECORD.name}")
    chosen = parser.parse_args()
    kinds = tuple(filter(None, chosen.kinds.split(","))) or KINDS
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no kinds of change: {', '.join(sorted(unknown))}")
    whole = not chosen.modules and kinds == KINDS
    os.chdir(ROOT)
    # Few cases, the same in every process, and one thread for each.
    os.environ |= {"PROFILE": "mutants", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    os.nice(10)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    named = tuple(f"{module}." for module in chosen.modules) or ("",)
    every = [each for path in sources() for each in changes(path)]
    wanted = [e for e in every if e.kind in kinds and f"{e.module}.".startswith(named)]

    def within() -> list[Mutant]:
        found = verdicts()
        return [Mutant(each, found.get(each.name, UNTRIED)) for each in wanted]

    again = bool(chosen.modules) and not chosen.kinds and not chosen.survivors
    prepare(anew=not again and not chosen.survivors)
    if again:
        forget(within())
    elif chosen.survivors:
        listed = equivalents()
        forget(
            m
            for m in within()
            if m.status == "timeout" or (m.survived and not any(m in each for each in listed))
        )
    if chosen.listed:
        forget(m for m in within() if m.status == LISTED)
    else:
        set_aside([m for m in within() if m.status == UNTRIED])
    run([mutant.change for mutant in within() if mutant.status == UNTRIED], chosen.jobs)
    return 0 if report(within(), whole, chosen.record) else 1
