"""The type check of the site's scripts, seen to fail; and facts.js as it is declared to it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from website import node
from website.before import facts
from website.settings import ROOT

EXPLORER = Path("theme/assets/explorer")
FAULT = re.compile(r"^(\S+\.[jt]s)\(\d+,\d+\): error (TS\d+)", re.M)
# A fault in each of these scripts: what stands there, what is put in its place, the error.
SPOILED = {
    # Swapped arguments.
    "theme/assets/explorer/trace.js": (
        "factor(bias, floats)",
        "factor(floats, bias)",
        "TS2345",
    ),
    # A field that a state does not have.
    "theme/assets/explorer/code.js": ("state.dilation", "state.dilatation", "TS2551"),
    # An axis without what stands behind the input.
    "theme/assets/explorer/checks.js": ("    after,\n", "", "TS2322"),
    # Something that may be missing.
    "search/engine.js": (
        'this.topics.get(page) ?? ""',
        "this.topics.get(page)",
        "TS2345",
    ),
}


def faults(folder: Path, *arguments: str) -> tuple[set[tuple[str, str]], str]:
    """File and error of each fault in a folder, and all that the check says."""
    try:
        said = node.run(node.modules() / "typescript/bin/tsc", *arguments, cwd=folder)
    except node.NodeError as error:
        said = str(error)
    return set(FAULT.findall(said)), said


def test_spoiled_scripts_turn_red(tmp_path: Path) -> None:
    node.name(node.modules())
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache/node").symlink_to(node.CACHE)
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    for part in ("search", "theme/assets"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for name, (old, new, _) in SPOILED.items():
        text = (tmp_path / name).read_text("utf-8")
        assert old in text, f"{name} has no {old!r} any more"
        (tmp_path / name).write_text(text.replace(old, new, 1), "utf-8")
    found, said = faults(tmp_path)
    assert found == {(name, error) for name, (_, _, error) in SPOILED.items()}, said


@pytest.mark.parametrize("change", ["none", "one less", "another kind"])
def test_facts_are_as_declared(tmp_path: Path, change: str) -> None:
    """The scripts are checked before facts.js is written, against its declaration."""
    shutil.copy(ROOT / EXPLORER / "facts.d.ts", tmp_path)
    written = facts.facts()
    if change == "one less":
        del written["HEAD"]
    elif change == "another kind":
        written["KINDS"] = [*written["KINDS"], "3d"]
    text = f'const written: typeof import("./facts.js") = {json.dumps(written)};'
    (tmp_path / "check.ts").write_text(f"{text}\nexport default written;\n", "utf-8")
    found, said = faults(tmp_path, "--noEmit", "--strict", "--types", "", "check.ts")
    assert bool(found) == (change != "none"), said
