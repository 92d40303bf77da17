"""Mutation testing: mutmut changes convref in thousands of small ways, and a test must notice each.

    python tests/mutants.py [--jobs n] [--survivors] [--record] [module ...]     (make mutants)

A run that was interrupted goes on where it stopped, as long as the package and its tests are the
same; otherwise it starts anew. What no input can tell from the original is listed, with reasons, in
equivalent_mutants.toml. To work on one module, name it: `geometry`, or `figures` for all of them;
after writing tests for what survived, `--survivors` tries that alone. `--record` writes the counts
of a complete run to mutants.json.

The exit code is 1 if a mutant survives that is not listed, if an entry of the list is no survivor
any more, or if a function that computes got no mutants.
"""

import argparse
import ast
import hashlib
import json
import os
import platform
import re
import resource
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
WORK = ROOT / "mutants"  # mutmut's own choice
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
RECORD = ROOT / "tests" / "mutants.json"
MEMORY = 6 * 2**30  # bytes: a mutant without the limit on sizes must not take the machine along
KILLED = {"killed", "timeout", "segfault"}
UNTRIED = "not checked"
TRANSPARENT = {"kind", "property", "wraps"}  # decorators that call what they decorate
COMPUTES = ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Subscript


@dataclass(frozen=True)
class Mutant:
    """One change, and what came of it."""

    name: str  # mutmut's: convref.geometry.x_reach__mutmut_1
    status: str

    @property
    def survived(self) -> bool:
        return self.status not in KILLED and self.status != UNTRIED

    @property
    def module(self) -> str:
        return self.name.partition(".")[2].rpartition(".")[0]

    @property
    def path(self) -> Path:
        place = Path("convref", *self.module.split("."))
        return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")

    @property
    def function(self) -> str:
        return readable(self.name.rpartition(".")[2].partition("__mutmut_")[0])

    @cached_property
    def lines(self) -> tuple[str, str]:
        """The changed lines, before and after; how they are indented and broken does not count."""
        from mutmut.mutation.diff_apply import get_diff_for_mutant

        diff = get_diff_for_mutant(self.name, path=self.path).splitlines()[2:]
        was, becomes = (
            " ".join(" ".join(line[1:] for line in diff if line[0] == sign).split())
            for sign in "-+"
        )
        return was, becomes


def readable(mangled: str) -> str:
    """x_reach -> reach, xǁAxisǁreach -> Axis.reach"""
    return mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


@dataclass(frozen=True)
class Equivalent:
    """An entry of the list: one change of one line, or what may change in any line."""

    because: str
    module: str = ""
    function: str = ""
    was: str = ""
    becomes: str = ""
    anywhere: str = ""  # a pattern: without it, both lines are equal

    def __contains__(self, mutant: Mutant) -> bool:
        if self.anywhere:
            was, becomes = (re.sub(self.anywhere, "", line) for line in mutant.lines)
            return was == becomes
        return (self.module, self.function, (self.was, self.becomes)) == (
            mutant.module,
            mutant.function,
            mutant.lines,
        )


def module_name(path: Path) -> str:
    """convref/figures/svg.py -> figures.svg, convref/figures/__init__.py -> figures"""
    parts = path.relative_to(ROOT / "convref").with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def equivalents() -> list[Equivalent]:
    return [Equivalent(**row) for row in tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]]


# Running mutmut --------------------------------------------------------------------------------


def fingerprint() -> str:
    """Of everything that can change a verdict."""
    digest = hashlib.sha256()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    for place in ("convref", *settings["mutmut"]["pytest_add_cli_args_test_selection"]):
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    packages = [version(name) for name in ("mutmut", "numpy", "pytest", "hypothesis")]
    digest.update(repr((platform.python_version(), packages, settings["mutmut"])).encode())
    return digest.hexdigest()


def prepare(anew: bool) -> None:
    """Forget what was found for another state of the package, or of its tests."""
    seal, now = WORK / "fingerprint", fingerprint()
    if seal.exists() and seal.read_text() == now:
        return
    if anew:
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir()
        seal.write_text(now)
    else:  # the verdicts are of different states now: a complete run starts anew
        for stale in ("fingerprint", "mutmut-stats.json"):
            (WORK / stale).unlink(missing_ok=True)
        shutil.rmtree(WORK / "tests", ignore_errors=True)


def forget_survivors() -> None:
    """Let mutmut try again what took too long, and what survived but is not listed."""
    listed = equivalents()
    again = {
        m.name
        for m in mutants()
        if m.status == "timeout" or (m.survived and not any(m in entry for entry in listed))
    }
    for path in (WORK / "convref").rglob("*.py.meta"):
        meta = json.loads(path.read_text("utf-8"))
        meta["exit_code_by_key"] |= dict.fromkeys(again & meta["exit_code_by_key"].keys())
        path.write_text(json.dumps(meta), "utf-8")


def run(names: list[str], jobs: int) -> None:
    """Let mutmut try the mutants of these names, or all that have no verdict yet."""
    # Few cases, the same in every process, and one thread for each.
    os.environ |= {"PROFILE": "mutants", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    os.nice(10)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # mutmut 3.8 reads an attribute that pytest 9.2 no longer has.
    pytest.Item._nodeid = property(lambda item: item.nodeid)  # type: ignore[attr-defined]
    enter_decorated()
    try_more()
    from mutmut.__main__ import cli

    cli(["run", "--max-children", str(jobs), *names], standalone_mode=False)


def enter_decorated() -> None:
    """Let mutmut change decorated functions too, which it passes over otherwise.

    The decorator stays around the function that chooses a mutant; the mutants go without it.
    """
    import libcst
    from mutmut.mutation import file_mutation as mutmut

    skip = mutmut.MutationVisitor._skip_node_and_children
    arrange = mutmut.function_trampoline_arrangement

    def transparent(node: Any) -> bool:
        decorators = [each.decorator for each in node.decorators]
        called = [each.func if isinstance(each, libcst.Call) else each for each in decorators]
        return all(getattr(each, "value", None) in TRANSPARENT for each in called)

    def skips(visitor: Any, node: Any) -> bool:
        if isinstance(node, libcst.FunctionDef) and transparent(node):
            node = node.with_changes(decorators=())
        return skip(visitor, node)

    def arranged(function: Any, changes: Any, class_name: str | None) -> Any:
        before, (chooser, *bodies), *after = arrange(function, changes, class_name)
        if transparent(function):
            bodies = [each.with_changes(decorators=()) for each in bodies]
        return before, [chooser, *bodies], *after

    mutmut.MutationVisitor._skip_node_and_children = skips  # type: ignore[method-assign]
    mutmut.function_trampoline_arrangement = arranged


def try_more() -> None:
    """Let mutmut try what it does not by itself: a smaller number, and max for min."""
    import libcst
    from mutmut.mutation.mutators import mutation_operators

    def smaller(node: Any) -> Iterator[Any]:
        if isinstance(node, libcst.Integer | libcst.Float):
            less = repr(node.evaluated_value - 1)  # bracketed: 2**-1 and x - -1 stay as they are
            yield libcst.parse_expression(f"({less})" if less.startswith("-") else less)

    def other_end(node: Any) -> Iterator[Any]:
        name = getattr(node.func, "attr", node.func)
        other = {"max": "min", "min": "max"}.get(getattr(name, "value", None))
        if other:
            yield node.with_deep_changes(name, value=other)

    mutation_operators += [(libcst.BaseNumber, smaller), (libcst.Call, other_end)]


def mutants() -> list[Mutant]:
    """All of them, with mutmut's verdicts."""
    from mutmut.stats import status_by_exit_code

    found = []
    for path in sorted((WORK / "convref").rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        found += [Mutant(name, status_by_exit_code[code]) for name, code in codes.items()]
    return found


# The report ------------------------------------------------------------------------------------


def functions(module: Path) -> Iterator[tuple[str, ast.AST]]:
    """Functions and methods of a module; what is nested in one belongs to it."""

    def inside(node: Any, prefix: str) -> Iterator[tuple[str, ast.AST]]:
        for each in node.body:
            if isinstance(each, ast.ClassDef):
                yield from inside(each, f"{prefix}{each.name}.")
            elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield prefix + each.name, each

    yield from inside(ast.parse(module.read_text("utf-8")), "")


def without_mutants(found: list[Mutant]) -> dict[str, bool]:
    """Functions that mutmut left alone, and whether they compute something."""
    mutated = {(mutant.module, mutant.function) for mutant in found}
    return {
        f"{module_name(path)}.{name}": any(isinstance(part, COMPUTES) for part in body(node))
        for path in sorted((ROOT / "convref").rglob("*.py"))
        for name, node in functions(path)
        if (module_name(path), name) not in mutated
    }


def body(function: Any) -> Iterator[ast.AST]:
    """Everything in a function but its signature, where types are written with operators."""
    for statement in function.body:
        yield from ast.walk(statement)


def count(found: list[Mutant], excused: set[Mutant]) -> dict[str, dict[str, int]]:
    """How many mutants of each module, and of all, came to what."""
    return {
        module: {
            "mutants": len(chosen),
            "killed": sum(m.status in KILLED for m in chosen),
            "by time": sum(m.status == "timeout" for m in chosen),
            "equivalent": sum(m in excused for m in chosen),
            "survived": sum(m.survived and m not in excused for m in chosen),
        }
        for module in (*sorted({m.module for m in found}), "all")
        if (chosen := [m for m in found if module in (m.module, "all")])
    }


def show(counts: dict[str, dict[str, int]]) -> None:
    """Print the counts as a table."""
    heads = list(counts["all"])
    print(f"\n{'module':<20}" + "".join(f"{head:>12}" for head in heads) + f"{'%':>8}")
    for module, row in counts.items():
        percent = 100 * row["killed"] / max(1, row["killed"] + row["survived"])
        print(f"{module:<20}" + "".join(f"{row[head]:>12}" for head in heads) + f"{percent:>8.1f}")


def report(found: list[Mutant], whole: bool, record: bool) -> bool:
    """Print what was found; True if nothing is left to do."""
    listed = equivalents()
    survived = [m for m in found if m.survived]
    told = {entry: [m for m in survived if m in entry] for entry in listed}
    excused = {m for each in told.values() for m in each}
    counts = count(found, excused)
    show(counts)

    alone = without_mutants(found) if whole else {}
    print(f"\nfunctions without mutants: {', '.join(alone) or 'none'}" if whole else "")
    problems = [f"{name} computes, but got no mutants" for name, does in alone.items() if does]
    for mutant in survived:
        if mutant not in excused:
            was, becomes = mutant.lines
            where = f"{mutant.module}.{mutant.function}"
            problems.append(f"survived ({mutant.status}): {where}\n  - {was}\n  + {becomes}")
    untried = sum(m.status == UNTRIED for m in found)
    if untried:
        problems.append(f"{untried} mutants are not tried yet: the same command goes on")
    elif whole:
        problems += [f"no survivor like this: {entry}" for entry, same in told.items() if not same]
        if record:
            facts = {"date": date.today().isoformat(), "modules": counts}
            RECORD.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    for problem in problems:
        print(problem)
    return not problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="modules of convref; all if none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="tried at a time")
    parser.add_argument(
        "--survivors", action="store_true", help="only what survived last time, or has changed"
    )
    parser.add_argument(
        "--record", action="store_true", help=f"write the counts to {RECORD.name}, if all are tried"
    )
    chosen = parser.parse_args()
    os.chdir(ROOT)
    names = [f"convref.{module}.*" for module in chosen.modules]
    if chosen.survivors:
        forget_survivors()
    prepare(anew=not names and not chosen.survivors)
    run(names, chosen.jobs)
    found = mutants()
    if chosen.modules:
        within = tuple(f"{module}." for module in chosen.modules)
        found = [mutant for mutant in found if f"{mutant.module}.".startswith(within)]
    return 0 if report(found, whole=not chosen.modules, record=chosen.record) else 1


if __name__ == "__main__":
    sys.exit(main())
