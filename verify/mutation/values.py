"""Tries changes of values outside functions: the tests import a changed copy of the package.

Values are made when a module is imported, so each change needs a process that has not imported it.
"""

import importlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from verify.mutation.changes import Change
from verify.mutation.forks import Tell, fork, spread, verdict

COPIED = ("convref", "tests", "docs")  # tests draw what the page of figures shows
PATIENCE = 3  # times the processor's time that all tests take without a change
OPTIONS = ["-x", "-q", "--rootdir=.", "--tb=no", "--assert=plain"]
OPTIONS += ["--confcutdir=tests/numpy_only", "-p", "no:cacheprovider"]


class Copy:
    """A copy of the package and its tests, where one value after the other is changed."""

    def __init__(self, source: Path, place: Path) -> None:
        self.source, self.place = source, place.resolve()
        shutil.rmtree(place, ignore_errors=True)
        for folder in COPIED:
            if (source / folder).exists():
                shutil.copytree(source / folder, place / folder)  # with its bytecode
        shutil.copy2(source / "pyproject.toml", place)
        self.changed: Path | None = None

    def spent(self, file: str) -> float:
        """The processor's time of a file's tests without a change, which must pass."""
        _, status, usage = os.wait4(self.ask([file], None), 0)
        if status:
            raise RuntimeError(f"{file} fails without a change: see {self.place}/output.txt")
        print(f"{usage.ru_utime + usage.ru_stime:6.1f} s  {file}", flush=True)
        return usage.ru_utime + usage.ru_stime

    def change(self, change: Change) -> None:
        """Change one file, and no other."""
        if self.changed:
            shutil.copy2(self.source / self.changed, self.place / self.changed)
        self.changed = change.path
        (self.place / change.path).write_text(change.after, "utf-8")

    def ask(self, files: Sequence[str], limit: int | None) -> int:
        """Begin files of tests in a process whose status tells which is the first to fail."""

        def work() -> int:
            if limit:  # bytecode of a change must not outlive it
                sys.dont_write_bytecode = True
                os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            os.chdir(self.place)
            sys.path.insert(0, str(self.place))
            os.environ["PYTHONPATH"] = str(self.place)  # for programs that the tests start
            return next((number for number, file in enumerate(files, 1) if fails(file)), 0)

        return fork(work, str(self.place / "output.txt"), limit)


def fails(file: str) -> bool:
    """Whether a test of a file fails, or the file cannot be read."""
    return pytest.main([*OPTIONS, file]) != pytest.ExitCode.OK


def try_values(
    found: list[Change], folder: Path, jobs: int, selection: Sequence[str], tell: Tell
) -> None:
    """Try changes of values, and tell what comes of each."""
    for name in ("numpy", "hypothesis", "PIL.Image"):  # once for all, since each process is a fork
        importlib.import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    clean = Copy(Path(), folder / "clean")
    known = folder / "files.json"
    if not known.exists():
        spent = {file: clean.spent(file) for file in files(selection)}
        known.write_text(json.dumps(spent), "utf-8")
    spent = json.loads(known.read_text("utf-8"))
    copies = [Copy(clean.place, folder / f"copy{slot}") for slot in range(jobs)]
    orders: dict[Path, list[str]] = {}  # the file that noticed a module's last change comes first
    asked = [[""]] * jobs

    def begin(change: Change, slot: int) -> int:
        first = sorted(spent, key=lambda file: (change.path.stem not in file, spent[file]))
        asked[slot] = list(orders.setdefault(change.path, first))
        copies[slot].change(change)
        return copies[slot].ask(asked[slot], limit=10 + PATIENCE * int(sum(spent.values())))

    for change, slot, status in spread(found, begin, jobs):
        came = verdict(status)
        if came == "killed":
            order, noticed = orders[change.path], asked[slot][os.waitstatus_to_exitcode(status) - 1]
            order.insert(0, order.pop(order.index(noticed)))
        tell(change, came)


def files(selection: Sequence[str]) -> list[str]:
    places = [Path(each) for each in selection]
    return [
        str(file)
        for place in places
        for file in ([place] if place.is_file() else sorted(place.rglob("test_*.py")))
    ]
