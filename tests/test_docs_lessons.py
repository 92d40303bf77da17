"""Lessons come in order, have exercises, and are mostly text."""

import re
from pathlib import Path
from typing import Any

import pytest

from verify.pages import lessons
from verify.pages.lessons import (
    FOLDER,
    OVERVIEW,
    check_exercises,
    check_length,
    check_next,
    check_share,
    later,
    taught,
)
from verify.pages.rules import DOCS, LINK, check_terms, glossary
from website.source import front_matter

ALL = [(language, lesson) for language in DOCS for lesson in lessons.lessons()]


def text_of(language: str, lesson: str) -> str:
    return (DOCS[language] / lesson).read_text("utf-8")


def problems_of(language: str, lesson: str) -> list[str]:
    path, text = f"docs/{language}/{lesson}", text_of(language, lesson)
    return [
        *check_exercises(path, text),
        *check_length(path, text, language),
        *check_share(path, text),
        *check_next(path, text, lesson),
    ]


@pytest.mark.parametrize(("language", "lesson"), ALL, ids=[*map("/".join, ALL)])
def test_a_lesson_is_one(language: str, lesson: str) -> None:
    problems = problems_of(language, lesson)
    assert not problems, "\n".join(problems)


def test_every_page_of_the_folder_is_a_lesson() -> None:
    for language, folder in DOCS.items():
        files = {str(path.relative_to(folder)) for path in (folder / FOLDER).rglob("*.md")}
        assert files - {OVERVIEW} == set(lessons.lessons()), language


@pytest.mark.parametrize("language", DOCS)
def test_the_overview_has_a_line_for_each_lesson_in_order(language: Any) -> None:
    rows = re.findall(r"^\| \[.*\|$", text_of(language, OVERVIEW), re.M)
    assert [FOLDER + LINK.findall(row)[0][1] for row in rows] == lessons.lessons()
    for row in rows:
        _, _, question, minutes, _ = row.split("|")
        assert question.strip()[-1] in "?？"
        assert re.match(r" \d+<!--= minutes", minutes)


def test_minutes_are_those_of_the_slower_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lessons, "DOCS", {"zh": tmp_path / "zh", "en": tmp_path / "en"})
    block = "```python\n" + "print(1)\n" * 50 + "```\n"
    for language, text in {"zh": "字" * 2250, "en": "word " * 1500}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.md").write_text(text + "\n\n" + block, "utf-8")
    assert lessons.minutes("a.md") == 15
    (tmp_path / "zh/a.md").write_text("字" * 3250 + "\n\n" + block, "utf-8")
    assert lessons.minutes("a.md") == 20


def test_each_term_is_taught_once_in_both_languages() -> None:
    for lesson in lessons.lessons():
        zh, en = (front_matter(text_of(x, lesson)).get("teaches") or [] for x in DOCS)
        assert zh == en, lesson
        assert set(zh) <= set(glossary("zh")), lesson
        assert all(taught("zh")[term] == lesson for term in zh), lesson


def test_what_comes_later_is_linked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "lessons", lambda: ["learn/bias.md", "learn/stride.md"])
    monkeypatch.setattr(lessons, "taught", lambda language: {"stride": "learn/stride.md"})
    assert later("learn/stride.md", "en") == {} == later("reference/api.md", "en")
    known = later("learn/bias.md", "en")
    assert known == {"stride": "stride.md"}
    entry = "../reference/glossary.md#stride"
    assert check_terms("p", "The [stride](stride.md#by-hand) and the stride.", "en", known) == []
    assert check_terms("p", f"The [stride]({entry}).", "en") == []
    for wrong in (f"The [stride]({entry}).", "The stride."):
        (said,) = check_terms("p", wrong, "en", known)
        assert "link to it here, [stride](stride.md)" in said


ANSWER = """
### One {#one}

How many?

??? success "Answer"

    ```python
    print(1)
    ```

    ```text
    1
    ```

    ```conv-open
    input: [1]
    weight: [1]
    ```
"""
SECTION = (
    "## Exercises {#exercises}\n"
    + ANSWER
    + "".join(ANSWER.replace("One {#one}", f"{n} {{#{n}}}") for n in ("two", "three"))
)
WRONG: dict[str, tuple[str, str]] = {
    "none": ("# Title {#title}", "has a section"),
    "too few": (SECTION[: SECTION.index("### three")], "2 exercises"),
    "unfolded": (SECTION.replace('??? success "Answer"', '!!! success "Answer"', 1), "one answer"),
    "uncomputed": (SECTION.replace("```python", "```yaml", 1), "computes what its answer says"),
    "unopened": (SECTION.replace("```conv-open", "```conv-figure"), "opens the explorer"),
}


def test_good_exercises() -> None:
    assert check_exercises("p", SECTION + "\n## Next {#next}\n") == []


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_exercises_that_are_none(text: str, said: str) -> None:
    assert any(said in problem for problem in check_exercises("p", text))


def test_the_last_section_leads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "lessons", lambda: ["learn/bias.md", "learn/stride.md"])
    led = "# A\n\n## Next {#next}\n\nSee [stride](stride.md#by-hand).\n"
    assert check_next("p", led, "learn/bias.md") == []
    assert check_next("p", led.replace("stride.md", "bias.md"), "learn/stride.md") == []
    (said,) = check_next("p", led.replace("stride.md", "bias.md"), "learn/bias.md")
    assert said == "p:2: no link to learn/stride.md"


@pytest.mark.parametrize(("language", "word"), [("zh", "字"), ("en", "word ")])
def test_a_lesson_has_its_length(language: str, word: str) -> None:
    least, most = lessons.LENGTH[language]
    counts = {least - 1: 1, least: 0, most: 0, most + 1: 1}
    found = {n: len(check_length("p", word * n, language)) for n in counts}
    assert found == counts


def test_code_is_at_most_half_of_what_is_seen() -> None:
    block = "```python\na = 1\nb = 2\n```\n\n"
    tab = '=== "{}"\n\n    ```python\n    a\n    b\n    ```\n\n'
    pair = tab.format("PyTorch") + tab.format("convref")
    folded = '??? success "x"\n\n    ```python\n    a = 1\n    ```\n'
    for text, problems in {
        "line\n\nline\n\n" + block: 0,
        "line\n\n" + block: 1,
        "字" * 41 + "\n\n" + block: 0,
        "line\n\nline\n\n" + pair: 0,
        "line\n\n" + folded + block + "line\n": 0,
    }.items():
        assert len(check_share("p", text)) == problems, text
