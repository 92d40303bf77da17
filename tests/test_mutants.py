"""What the mutation run changes, what comes of a change, and what it says of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verify import ROOT
from verify.mutation import run as mutants
from verify.mutation.changes import changes

SOURCE = '''\
"""Text."""
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

__all__ = ["A"]
Number: TypeAlias = int | None
T = TypeVar("T")
MOST: int = 2 - 1
END = max(3, 4)


@dataclass(frozen=True)
class A:
    """Text."""

    size: int = 8

    @property
    def f(self) -> int | None:
        return 6


def f(a, b=(1,)):
    return max(a - 1, 0) if a and b else a.min()
'''


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    Path("convref").mkdir()
    Path("convref/f.py").write_text(SOURCE, "utf-8")
    return list(changes(Path("convref/f.py")))


def test_smaller_numbers_the_other_end_and_or_for_and_are_tried(tried: Any) -> None:
    becomes = {each.lines[1]: each.kind for each in tried if each.where == "f"}
    assert (
        becomes.items()
        >= {
            "return max(a - 0, 0) if a and b else a.min()": "smaller",
            "return max(a - 1, (-1)) if a and b else a.min()": "smaller",
            "def f(a, b=(0,)):": "smaller",
            "return min(a - 1, 0) if a and b else a.min()": "other end",
            "return max(a - 1, 0) if a and b else a.max()": "other end",
            "return max(a - 1, 0) if a or b else a.min()": "mutmut",
            "def f(a, b=(2,)):": "mutmut",
        }.items()
    )
    assert sum(kind != "mutmut" for kind in becomes.values()) == 5


def test_what_a_decorator_changes_is_tried_and_no_type(tried: Any) -> None:
    assert [each.lines for each in tried if each.where == "A.f"] == [
        ("return 6", "return 7"),
        ("return 6", "return 5"),
    ]


def test_values_outside_functions_are_tried_and_no_types(tried: Any) -> None:
    values = {each.lines for each in tried if each.kind == "values"}
    assert values >= {
        ("MOST: int = 2 - 1", "MOST: int = None"),
        ("MOST: int = 2 - 1", "MOST: int = 2 + 1"),
        ("MOST: int = 2 - 1", "MOST: int = 3 - 1"),
        ("MOST: int = 2 - 1", "MOST: int = 1 - 1"),
        ("END = max(3, 4)", "END = min(3, 4)"),
        ("@dataclass(frozen=True)", "@dataclass(frozen=False)"),
        ("size: int = 8", "size: int = None"),
        ("size: int = 8", "size: int = 9"),
        ("size: int = 8", "size: int = 7"),
    }
    assert {was for was, _ in values} == {
        "MOST: int = 2 - 1",
        "END = max(3, 4)",
        "@dataclass(frozen=True)",
        "size: int = 8",
    }


def test_each_change_has_a_name_of_its_own_that_changes_with_the_code(tried: Any) -> None:
    names = {each.name for each in tried}
    assert len(names) == len(tried)
    Path("convref/f.py").write_text(SOURCE.replace("return 6", "return 5"), "utf-8")
    again = {each.name for each in changes(Path("convref/f.py"))}
    assert {each.name for each in tried if each.where in ("f", "MOST")} <= again
    assert not {each.name for each in tried if each.where == "A.f"} & again


def test_what_is_put_into_a_table_is_named_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("convref").mkdir()
    Path("convref/f.py").write_text('TABLE: dict[str, int] = {}\nTABLE["a"] = 5\n', "utf-8")
    found = [each for each in changes(Path("convref/f.py")) if each.lines[0] == 'TABLE["a"] = 5']
    assert {each.where for each in found} == {"TABLE"} and not any(each.table for each in found)
    assert all(each.name.startswith("f.TABLE:values:") and "\n" not in each.name for each in found)


PACKAGE = """\
from functools import wraps

SEEN = 3
UNSEEN = 4
TABLE = {"a": 5, "b": 6}

def passed(function):
    @wraps(function)
    def inner(*args):
        return function(*args)
    return inner

class A:
    @property
    def double(self):
        return 2 * SEEN

    @passed
    def add(self, b=1):
        return b + TABLE["a"]

def uncalled():
    return 7

def endless(n):
    while n: n -= 1

def told():
    return 8
"""
TESTS = {
    "test_first.py": "import convref\n\ndef test():\n    assert convref.UNSEEN != 0\n",
    "test_second.py": """\
from convref import A, endless

def test_double():
    assert A().double == 6

def test_add():
    assert A().add() == 6

def test_endless():
    assert endless(3) is None
""",
    "test_third.py": """\
import subprocess
import sys

def test_program():
    program = [sys.executable, "-c", "import convref; print(convref.told())"]
    assert subprocess.check_output(program) == b"8\\n"
""",
}
TRY = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from verify.mutation import functions, run as mutants
functions.LEAST = 1
mutants.ROOT, mutants.WORK = Path.cwd(), Path("work")
mutants.VERDICTS = mutants.WORK / "verdicts.tsv"
mutants.TESTS = ["tests/numpy_only"]
mutants.prepare(anew=True)
found = list(mutants.changes(Path("convref/__init__.py")))
mutants.run(found, 2)
came = mutants.verdicts()
for each in found:
    print(each.where, *each.lines, came.get(each.name), sep=" | ")
"""


def attempt(folder: Path, tests: dict[str, str]) -> list[str]:
    """What a process of its own prints, which tries all changes of a small package."""
    for name in ("convref", "tests/numpy_only", "verify/mutation"):
        (folder / name).mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "convref/__init__.py").write_text(PACKAGE, "utf-8")
    for name, text in tests.items():
        (folder / "tests/numpy_only" / name).write_text(text, "utf-8")
    program = TRY.format(root=str(ROOT))
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).splitlines()


def test_a_change_is_noticed_or_survives(tmp_path: Path) -> None:
    printed = attempt(tmp_path, TESTS)
    assert set(printed) >= {
        "SEEN | SEEN = 3 | SEEN = None | killed",
        "SEEN | SEEN = 3 | SEEN = 4 | killed",
        "SEEN | SEEN = 3 | SEEN = 2 | killed",
        "UNSEEN | UNSEEN = 4 | UNSEEN = None | survived",
        "UNSEEN | UNSEEN = 4 | UNSEEN = 5 | survived",
        "UNSEEN | UNSEEN = 4 | UNSEEN = 3 | survived",
        'TABLE | TABLE = {"a": 5, "b": 6} | TABLE = {"a": 6, "b": 6} | killed',
        'TABLE | TABLE = {"a": 5, "b": 6} | TABLE = {"a": 5, "b": 7} | survived',
        "A.double | return 2 * SEEN | return 3 * SEEN | killed",
        "A.double | return 2 * SEEN | return 2 / SEEN | killed",
        'A.add | return b + TABLE["a"] | return b - TABLE["a"] | killed',
        "A.add | def add(self, b=1): | def add(self, b=2): | killed",
        "uncalled | return 7 | return 8 | survived",
        "endless | while n: n -= 1 | while n: n += 1 | timeout",
        "told | return 8 | return 9 | killed",  # in a program that a test starts
    }
    assert not [line for line in printed if line.endswith("None") and " | " in line]
    assert (tmp_path / "convref/__init__.py").read_text("utf-8") == PACKAGE


def test_nothing_is_tried_if_a_test_fails_without_a_change(tmp_path: Path) -> None:
    printed = attempt(tmp_path, {"test_it.py": "def test():\n    assert False\n"})
    assert not [line for line in printed if line.endswith(("killed", "survived", "timeout"))]
    assert [line for line in printed if "a test fails without a change" in line]
    assert [line for line in printed if "test_it.py fails without a change" in line]


def test_a_record_keeps_the_counts_of_what_was_not_tried_again(
    tried: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"date": "2026-01-01", "mutants": 9, "killed": 8, "equivalent": 1, "survived": 0}
    old["untried"] = 0
    path = Path("mutants.json")
    before = dict.fromkeys(("mutmut", "smaller", "values"), old)
    path.write_text(json.dumps({"counts": {"f": before}}), "utf-8")
    monkeypatch.setattr(mutants, "RECORD", path)
    chosen = [each for each in tried if each.kind == "mutmut"][:3]
    statuses = ["killed", "survived", "survived"]
    found = [mutants.Mutant(*each) for each in zip(chosen, statuses, strict=True)]
    partly = [each for each in tried if each.kind == "smaller"][:2]
    statuses = ["killed", mutants.UNTRIED]
    found += [mutants.Mutant(*each) for each in zip(partly, statuses, strict=True)]
    mutants.record(found, excused={found[1]})
    facts = json.loads(path.read_text("utf-8"))
    counted = facts["counts"]["f"]
    assert counted["smaller"] == counted["values"] == old
    assert counted["mutmut"].items() >= {"mutants": 3, "killed": 1, "survived": 1}.items()
    today = counted["mutmut"]["date"]
    sums = {"mutants": 3, "killed": 1, "equivalent": 1, "survived": 1, "untried": 0}
    assert facts["kinds"]["mutmut"] == {"first": today, "last": today, **sums}
    sums = {"mutants": 9, "killed": 8, "equivalent": 1, "survived": 0, "untried": 0}
    for kind in ("smaller", "values"):
        assert facts["kinds"][kind] == {"first": "2026-01-01", "last": "2026-01-01", **sums}


def test_what_was_not_tried_is_told_until_it_is(
    tried: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("mutants.json")
    path.write_text(json.dumps({"counts": {}}), "utf-8")
    monkeypatch.setattr(mutants, "RECORD", path)
    one, two = [each for each in tried if each.kind == "other end"]
    for status, untried in [(mutants.UNTRIED, 1), ("killed", 0), (mutants.UNTRIED, 0)]:
        found = [mutants.Mutant(one, "killed"), mutants.Mutant(two, status)]
        mutants.record(found, excused=set())
        row = json.loads(path.read_text("utf-8"))["kinds"]["other end"]
        assert (row["mutants"], row["killed"], row["untried"]) == (
            2 - untried,
            2 - untried,
            untried,
        )


def test_what_is_listed_is_set_aside_and_nothing_else(
    tried: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = """\
[[mutant]]
module = "f"
function = "A.f"
was = "return 6"
becomes = "return 7"
because = "Nobody asks."
"""
    Path("equivalent.toml").write_text(entry, "utf-8")
    Path("verdicts.tsv").touch()
    monkeypatch.setattr(mutants, "EQUIVALENT", Path("equivalent.toml"))
    monkeypatch.setattr(mutants, "VERDICTS", Path("verdicts.tsv"))
    mutants.set_aside([mutants.Mutant(each, mutants.UNTRIED) for each in tried])
    (aside,) = [each for each in tried if each.lines == ("return 6", "return 7")]
    assert mutants.verdicts() == {aside.name: mutants.LISTED}
    found = [mutants.Mutant(aside, mutants.LISTED)]
    counted = mutants.count(found, excused=set(found))
    assert (counted["equivalent"], counted["survived"], counted["untried"]) == (1, 0, 0)
    assert mutants.count(found, excused=set())["survived"] == 1  # no longer on the list
