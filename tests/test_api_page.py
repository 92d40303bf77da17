"""The API page shows every public name, under a heading and a sentence of its own, and no other."""

import re

import pytest
from docrules import DOCS

import convref

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
