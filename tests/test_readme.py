"""The README stands whole in each language, and both show the same code."""

import re
from typing import Any

import pytest

from verify import ROOT
from verify.pages.rules import headings, prose
from website.source import parse

FILES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
TEXTS = {language: path.read_text("utf-8") for language, path in FILES.items()}


def test_both_show_the_same_code() -> None:
    en, zh = ([(f.role, f.source) for f in parse(text).fences] for text in TEXTS.values())
    assert en == zh
    assert len(en) >= 6


def test_both_have_the_same_sections() -> None:
    en, zh = ([m["level"] for m in headings(text)] for text in TEXTS.values())
    assert en == zh


@pytest.mark.parametrize("language", FILES)
def test_the_first_lines_lead_to_the_other_language(language: Any) -> None:
    other = "zh" if language == "en" else "en"
    assert f"]({FILES[other].name})" in TEXTS[language].split("\n")[2]


def test_each_is_in_its_own_language() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert chinese.findall(prose(TEXTS["en"])) == ["中", "文"]  # the link to the other
    foreign = [
        line
        for line in prose(TEXTS["zh"]).split("\n")
        if len(line.split()) > 3 and not chinese.search(line)
    ]
    assert foreign == []
