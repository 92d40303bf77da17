"""What the foot of a page says of versions is what runs here."""

import json
import re
import sys
from pathlib import Path

import numpy
import pytest
import torch

from verify import ROOT, releases
from website import build
from website.before import versions
from website.settings import CONFIGS, settings


def test_the_versions_are_those_that_run() -> None:
    assert versions.installed()[:2] == [
        f"PyTorch {torch.__version__}",
        f"NumPy {numpy.__version__}",
    ]
    assert versions.installed()[3] == f"Python {sys.version.split()[0]}"


def test_both_languages_tell_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in build.variables("zh", Path("docs")).items():
        monkeypatch.setenv(name, value)
    for language in CONFIGS:
        told = settings(language)["extra"]["versions"]
        assert told == ", ".join(versions.installed()), language
    assert "config.extra.versions" in (ROOT / "theme/main.html").read_text("utf-8")


def test_other_releases_are_told_where_nothing_differed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = torch.__version__.partition("+")[0]
    record = {
        "9.1.0": {"different": []},
        "9.2.0": {"different": ["docs/zh/index.md::line:1"]},
        here: {"different": []},
    }
    (tmp_path / "releases.json").write_text(json.dumps(record), "utf-8")
    monkeypatch.setattr(versions, "RELEASES", tmp_path / "releases.json")
    assert versions.also() == ["PyTorch 9.1.0"]


@pytest.mark.parametrize("language", CONFIGS)
def test_the_page_on_verification_has_a_row_for_each_release(language: str) -> None:
    record = json.loads((ROOT / "verify/releases.json").read_text("utf-8"))
    page = (ROOT / f"docs/{language}/reference/verified.md").read_text("utf-8")
    rows = re.findall(r'len\(releases\["([^"]+)"\]\["different"\]\)', page)
    assert rows == list(record) and rows
    table = releases.table(record)
    assert all(f"| {release} |" in table for release in rows)


def test_a_table_of_releases_names_what_differed() -> None:
    found = {"numpy": "2.4.6", "date": "2026-11-30", "tests": 5, "different": ["a::b", "c::d"]}
    lines = releases.table({"9.2.0": found}).splitlines()
    assert lines[2] == "| 9.2.0 | 2.4.6 | 2026-11-30 | 5 | 2 |"
    assert lines[4:] == ["- 9.2.0: `a::b`", "- 9.2.0: `c::d`"]
