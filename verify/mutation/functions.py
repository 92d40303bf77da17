"""Tries changes in functions and in tables, exchanged in a fork of a process that has the tests.

Nothing is imported or collected anew, so that most changes are noticed after some hundredths of a
second. Only tests that call a function are asked about it, or that call one which names a table;
those that noticed its last change come first. Programs that a test starts find the change in a copy
of the package.
"""

import gc
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import libcst
import pytest

from verify.mutation.changes import Change
from verify.mutation.forks import Tell, fork, spread, verdict
from verify.mutation.values import OPTIONS, Copy

LEAST = 10  # seconds of the processor that a change has at least
PATIENCE = 10  # times the processor's time that the tests take without a change
WATCHED = 1.0  # seconds of a test: what it calls later is not seen, so it is asked about everything
PROGRAM = subprocess.Popen.__init__.__code__  # what a program calls is not seen either
# Neither the folder where a program is started goes before the copy, nor is bytecode left there.
ELSEWHERE = {"PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Trial:
    """A plugin of pytest that tries changes with the tests that were collected."""

    def __init__(self, found: list[Change], folder: Path, jobs: int, tell: Tell) -> None:
        self.found, self.folder, self.jobs, self.tell = found, folder.resolve(), jobs, tell
        self.failed = False
        self.noticed: dict[str, list[str]] = defaultdict(list)  # tests, the last one first

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self.functions = functions()
        self.spent, self.callers, self.everywhere = self.learn()
        self.copies = [Copy(Path(), self.folder / f"copy{slot}") for slot in range(self.jobs)]
        for change, slot, status in spread(self.found, self.begin, self.jobs):
            came = verdict(status)
            killer = self.place(slot).with_suffix(".test").read_text("utf-8")
            if killer:
                order = self.noticed[change.where]
                order[:] = [killer, *(each for each in order if each != killer)]
            self.tell(change, came)
        return True

    def place(self, slot: int) -> Path:
        return self.folder / f"output{slot}.txt"

    def learn(self) -> tuple[dict[str, float], dict[str, list[str]], list[str]]:
        """How long each test takes, which tests call a function, and which are asked about all:
        once for one state."""
        known = self.folder / "tests.json"
        if not known.exists():
            _, status = os.waitpid(fork(lambda: self.watch(known), str(self.place(0)), None), 0)
            if status:
                raise RuntimeError(f"a test fails without a change: see {self.place(0)}")
        spent, callers, everywhere = json.loads(known.read_text("utf-8"))
        return spent, callers, everywhere

    def watch(self, known: Path) -> int:
        """Run all tests without a change, and write what they call."""
        spent: dict[str, float] = {}
        callers = defaultdict(list)
        everywhere: list[str] = []
        for name in self.items:
            watcher = Watcher()
            sys.setprofile(watcher)
            failed = self.fails(name)
            sys.setprofile(None)
            if failed:
                print(f"fails without a change: {name}")
                return 1
            spent[name] = time.process_time() - watcher.start
            if spent[name] > WATCHED or PROGRAM in watcher.seen:
                everywhere.append(name)
            for place in {place_of(code) for code in watcher.seen} & self.functions.keys():
                callers[place].append(name)
        known.write_text(json.dumps([spent, callers, everywhere]), "utf-8")
        return 0

    def fails(self, name: str) -> bool:
        self.failed = False
        item = self.items[name]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return self.failed

    def begin(self, change: Change, slot: int) -> int:
        file = str(change.path.resolve())
        places = [f"{file}:{change.where}"] if change.kind != "values" else self.naming(change)
        calling = {name for place in places for name in self.callers.get(place, ())}
        asked = sorted(
            calling.union(self.everywhere) & self.items.keys(), key=self.spent.__getitem__
        )
        last = [name for name in self.noticed[change.where] if name in asked]
        order = list(dict.fromkeys([*last, *asked]))
        told = self.place(slot).with_suffix(".test")
        told.write_text("", "utf-8")

        def work() -> int:
            try:
                self.exchange(change)
            except Broken:
                return 1
            self.copies[slot].change(change)
            os.environ |= {"PYTHONPATH": str(self.copies[slot].place)} | ELSEWHERE
            for name in order:
                if self.fails(name):
                    told.write_text(name, "utf-8")
                    return 1
            return 0

        limit = LEAST + PATIENCE * int(sum(self.spent[name] for name in order))
        child = fork(work, str(self.place(slot)), limit)
        self.copies[slot].changed = change.path  # by the child
        return child

    def exchange(self, change: Change) -> None:
        if change.kind == "values":
            exchange_table(change)
        else:
            for function in self.functions[f"{change.path.resolve()}:{change.where}"]:
                exchange(function, change)

    def naming(self, change: Change) -> list[str]:
        """The places of functions that name a table."""
        return [
            place
            for place, found in self.functions.items()
            if any(change.where in code.co_names for each in found for code in whole(each.__code__))
        ]


class Watcher:
    """Sees what is called, for a while."""

    def __init__(self) -> None:
        self.seen: set[CodeType] = set()
        self.start = time.process_time()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            self.seen.add(frame.f_code)
            if time.process_time() - self.start > WATCHED:
                sys.setprofile(None)


def functions() -> dict[str, list[FunctionType]]:
    """The package's functions by file and name, wherever a decorator has put them."""
    package = str(Path("convref").resolve())
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(package):
            found[place_of(each.__code__)].append(each)
    return found


def place_of(code: CodeType) -> str:
    """Where code stands: its file, and the function or method at the top that holds it."""
    return f"{code.co_filename}:{code.co_qualname.partition('.<locals>')[0]}"


class Broken(Exception):
    """What is changed fails when the module is imported."""


def exchange(function: FunctionType, change: Change) -> None:
    """Give a function the code that it would have after a change, and the defaults."""
    name = function.__code__.co_qualname
    module = compile(change.after, str(change.path.resolve()), "exec")
    (code,) = (code for code in inside(module) if code.co_qualname == name)
    if len(code.co_freevars) == len(function.__code__.co_freevars):  # else it stays as it was
        function.__code__ = code
    if name == change.where:  # what is nested gets its defaults when it is made
        named = vars(sys.modules[function.__module__]).copy()
        run(signature(change), named)
        changed = named[function.__name__]
        function.__defaults__, function.__kwdefaults__ = (
            changed.__defaults__,
            changed.__kwdefaults__,
        )


def exchange_table(change: Change) -> None:
    """Give a dictionary of a module what would be in it after a change."""
    module = sys.modules[f"convref.{change.module}".removesuffix(".__init__")]
    named: dict[str, Any] = {"__name__": module.__name__, "__package__": module.__package__}
    run(change.after, named)
    table: dict[Any, Any] = getattr(module, change.where)
    table.clear()
    table.update(named[change.where])


def run(source: str, named: dict[str, Any]) -> None:
    try:
        exec(source, named)
    except Exception as error:
        raise Broken from error


def whole(code: CodeType) -> Iterator[CodeType]:
    yield code
    yield from inside(code)


def inside(code: CodeType) -> Iterator[CodeType]:
    """The code of functions and of methods."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from whole(each)


def signature(change: Change) -> str:
    """The function after a change, without decorators and body: enough to make its defaults."""
    body: Sequence[Any] = libcst.parse_module(change.after).body
    for name in change.where.split("."):
        (node,) = (
            each
            for each in body
            if isinstance(each, libcst.FunctionDef | libcst.ClassDef) and each.name.value == name
        )
        body = node.body.body
    empty = libcst.parse_statement("def f(): pass").body
    bare = node.with_changes(decorators=(), body=empty, leading_lines=())
    return libcst.Module(body=[bare]).code


def try_functions(
    found: list[Change], folder: Path, jobs: int, selection: Sequence[str], tell: Tell
) -> None:
    """Try changes of functions, and tell what comes of each."""
    folder.mkdir(parents=True, exist_ok=True)
    trial = Trial(found, folder, jobs, tell)
    sys.path.insert(0, str(Path.cwd()))
    if pytest.main([*OPTIONS, "-s", *selection], plugins=[trial]):
        raise RuntimeError("the tests cannot be collected, or one fails without a change")
