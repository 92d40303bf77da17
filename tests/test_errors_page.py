"""The page of error messages has every rule of the table as it stands there, and no other."""

from typing import Any

import pytest

from convref import messages
from verify.pages.errors_page import PAGE, anchor, problems, rewritten, sections
from verify.pages.rules import DOCS


def text(language: str) -> str:
    return (DOCS[language] / PAGE).read_text("utf-8")


@pytest.mark.parametrize("language", DOCS)
@pytest.mark.parametrize("rule", messages.MESSAGES)
def test_a_rule_has_its_section(rule: Any, language: Any) -> None:
    found = problems(text(language), rule)
    assert not found, f"docs/{language}/{PAGE}#{anchor(rule)}: " + "; ".join(found)


@pytest.mark.parametrize("language", DOCS)
def test_no_section_is_without_a_rule(language: Any) -> None:
    gone = sections(text(language)).keys() - set(map(anchor, messages.MESSAGES))
    assert not gone, f"docs/{language}/{PAGE}: convref has no rule for {sorted(gone)}: delete them"


def test_what_is_out_of_order_is_found_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    page, (error, template) = text("en"), messages.MESSAGES["reach"]
    monkeypatch.setitem(messages.MESSAGES, "reach", (TypeError, template + " Now."))
    monkeypatch.setitem(messages.MESSAGES, "brand new", (error, "{name} is new."))
    assert "must begin with its line" in problems(page, "reach")[0]
    assert problems(page, "brand new") == [
        "no section: run `make outputs`, which adds a stub, and write it"
    ]
    mended = rewritten(page)
    assert "### brand new {#brand-new}\n\n`ValueError: {name} is new.`\n" in mended
    assert rewritten(mended) == mended
    assert problems(mended, "reach") == []
    assert "raise []" in problems(mended, "brand new")[0]


def test_a_block_that_raises_another_rule_is_found() -> None:
    page = text("en").replace("dilation=3)", "dilation=0)")
    assert page != text("en")
    assert "raise ['least']" in problems(page, "reach")[0]


def test_a_section_without_pytorchs_message_is_found() -> None:
    start, end = sections(text("en"))["reach"]
    section = text("en")[start:end]
    alone = section.partition('=== "PyTorch"')[0] + section[section.index('=== "convref"') :]
    assert "tab of PyTorch's" in problems(text("en").replace(section, alone), "reach")[0]
    quiet = section.replace("F.conv2d(", "F.pad(torch.ones(1, 1), (0, 0)) or (", 1)
    quiet = quiet.replace("torch.ones(1, 1, 5, 9), torch.ones(1, 1, 3, 3), dilation=3)", "1)", 1)
    assert problems(text("en").replace(section, quiet), "reach") == [
        "a tab of PyTorch's raises nothing"
    ]
