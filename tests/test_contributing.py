"""CONTRIBUTING.md gives a reason for every dependency, and for nothing else."""

import re
import tomllib

from docblocks import ROOT

NAME = re.compile(r"[A-Za-z0-9._-]+")
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<user>[^|]+) \| (?P<reason>[^|]+) \|$", re.M)
USERS = {
    "dependencies": "everything",
    "requires": "installing",
    "site": "site",
    "draw": "drawing",
    "test": "tests",
    "frameworks": "tests",
    "bench": "benchmark",
}


def declared() -> dict[str, str]:
    """Package -> who needs it, from pyproject.toml."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lists = {
        "dependencies": data["project"]["dependencies"],
        "requires": data["build-system"]["requires"],
        **data["project"]["optional-dependencies"],
    }
    return {NAME.match(line)[0]: USERS[key] for key, lines in lists.items() for line in lines}


def test_every_dependency_has_its_reason():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Dependencies")[2]
    rows = list(ROW.finditer(text))
    assert {row["name"]: row["user"] for row in rows} == declared()
    assert len(rows) == len(declared())
    assert all(len(row["reason"]) > 20 for row in rows)
