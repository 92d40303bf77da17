"""CONTRIBUTING.md gives a reason for every dependency, and the order in which modules import."""

import ast
import json
import re
import tomllib

from verify import ROOT

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


def name_of(requirement: str) -> str:
    name = NAME.match(requirement)
    assert name, requirement
    return name[0]


def declared() -> dict[str, str]:
    """Package -> who needs it, from pyproject.toml."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lists = {
        "dependencies": data["project"]["dependencies"],
        "requires": data["build-system"]["requires"],
        **data["project"]["optional-dependencies"],
    }
    found = {name_of(line): USERS[key] for key, lines in lists.items() for line in lines}
    npm = json.loads((ROOT / "package.json").read_text("utf-8"))
    return found | dict.fromkeys({**npm["dependencies"], **npm["devDependencies"]}, "site (npm)")


def test_lock_file_names_hashes_and_no_host() -> None:
    """What npm installs is what was looked at, from whatever registry it comes."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/minisearch", "node_modules/esbuild"} <= set(packages)
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), f"{name} has no hash"
        assert "resolved" not in entry, f"{name} names a host"


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Dependencies")[2]
    rows = list(ROW.finditer(text))
    assert {row["name"]: row["user"] for row in rows} == declared()
    assert len(rows) == len(declared())
    assert all(len(row["reason"]) > 20 for row in rows)


def imported(source: str) -> set[str]:
    """The modules of convref that a module imports from, each folder as one."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and module == "convref":
            found |= {alias.name for alias in node.names if alias.name != "__version__"}
        elif module.startswith("convref."):
            found.add(module.split(".")[1])
        elif isinstance(node, ast.Import):
            assert not any(alias.name.partition(".")[0] == "convref" for alias in node.names)
    return found


def test_modules_import_from_those_before_them() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    order = re.search(r"imports only from those named before it: ([^|]+) \|", text)
    assert order
    names = order[1].replace("\\", "").split(", ")
    there = {path.stem for path in (ROOT / "convref").glob("*.py")} - {"__init__"}
    folders = {"figures", "conformance"}
    assert sorted(names) == sorted(there | folders)
    for path in (ROOT / "convref").rglob("*.py"):
        name = path.relative_to(ROOT / "convref").parts[0].removesuffix(".py")
        if name != "__init__":
            before = set(names[: names.index(name)]) | ({name} & folders)
            late = imported(path.read_text("utf-8")) - before
            assert not late, f"{path.relative_to(ROOT)} imports {late}, which come after it"
