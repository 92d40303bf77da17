"""The API page shows every public name, under a heading and a sentence of its own, and no other."""

import inspect
import re

import pytest
from docrules import DOCS

import convref
from convref.figures import KINDS

ENTRY = re.compile(
    r"^### (?P<name>\w+) \{#[\w-]+\}\n\n(?P<sentence>\S.+)\n\n::: (?P<path>\S+)$", re.M
)


@pytest.mark.parametrize("language", DOCS)
def test_every_public_name_has_its_entry(language):
    text = (DOCS[language] / "reference/api.md").read_text("utf-8")
    entries = list(ENTRY.finditer(text))
    assert len(entries) == text.count("\n::: ")
    assert all(entry["path"].endswith(f".{entry['name']}") for entry in entries)
    public = [entry["name"] for entry in entries if entry["path"].count(".") == 1]
    assert sorted(public) == sorted(convref.__all__)


@pytest.mark.parametrize("language", DOCS)
def test_every_kind_of_figure_has_its_parameters(language):
    text = (DOCS[language] / "reference/api.md").read_text("utf-8")
    section = text.partition("{#figures}")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]{2,} \| ([^|]+) \|$", section, re.M)
    assert {kind: re.findall(r"`(\w+)`", names) for kind, names in rows} == {
        kind: list(inspect.signature(function).parameters) for kind, function in KINDS.items()
    }
