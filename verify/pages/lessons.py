"""What a lesson has to keep: its place among the others, its exercises, its length.

A lesson names in its front matter the terms of the glossary that it `teaches:`. An earlier one may
use them only by a link to it. Each rule returns its problems, as those of `rules` do.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from verify.pages.rules import DOCS, LINK, blank, headings, prose, prose_for_terms
from website.settings import settings
from website.source import Fence, front_matter, line_of, parse

FOLDER = "learn/"
OVERVIEW = FOLDER + "index.md"
EXERCISES = "exercises"
ANSWER = re.compile(r'^\?\?\? success "[^"]+"$', re.M)
COUNT = (3, 5)
# "About 1,000 to 1,800 characters, 700 to 1,200 words": a fifth more or less.
LENGTH = {"zh": (800, 2160), "en": (560, 1440)}
PACE = {"zh": 250, "en": 150}  # characters or words in a minute of reading
LINES = 10  # of code in a minute
WIDTH = 80  # columns of a line; a Chinese character takes two


@cache
def lessons() -> list[str]:
    """The lessons in the order in which they are read."""
    pages = [
        page for section in settings("zh")["nav"] for each in section.values() for page in each
    ]
    return [page for page in pages if page.startswith(FOLDER) and page != OVERVIEW]


@cache
def taught(language: str) -> dict[str, str]:
    """Term of the glossary -> the lesson that introduces it."""
    return {
        term: lesson
        for lesson in reversed(lessons())
        for term in front_matter((DOCS[language] / lesson).read_text("utf-8")).get("teaches") or ()
    }


def later(lesson: str, language: str) -> dict[str, str]:
    """Term -> the file of the lesson that introduces it after this one."""
    order = lessons()
    if lesson not in order:
        return {}
    return {
        term: teacher.removeprefix(FOLDER)
        for term, teacher in taught(language).items()
        if order.index(teacher) > order.index(lesson)
    }


def check_exercises(path: str, text: str) -> list[str]:
    """Some exercises, each with a folded answer that a block computes, or that is seen at work."""
    found = list(headings(text))
    start = next((m for m in found if m["id"] == EXERCISES and len(m["level"]) == 2), None)
    if start is None:
        return [f"{path}:1: a lesson has a section {{#{EXERCISES}}}"]
    after = [m for m in found if m.start() > start.start()]
    end = next((m.start() for m in after if len(m["level"]) == 2), len(text))
    each = [m for m in after if m.start() < end]
    problems = []
    if not COUNT[0] <= len(each) <= COUNT[1]:
        problems.append(
            f"{path}:{line_of(text, start.start())}: {len(each)} exercises, not {COUNT}"
        )
    for match, stop in zip(each, [*(m.start() for m in each[1:]), end], strict=True):
        part = blank(text, 0, match.start())[:stop]
        fences = [f for f in parse(part).fences if f.indent]
        at = f"{path}:{line_of(text, match.start())}: the exercise {match['title']!r}"
        if len(ANSWER.findall(part)) != 1:
            problems.append(f'{at} has one answer, folded: ??? success "…"')
        if not any(f.role == "python" for f in fences):
            problems.append(f"{at}: a block computes what its answer says")
    if not any(f.role == "conv-open" for f in parse(text[start.start() : end]).fences):
        problems.append(f"{path}:{line_of(text, start.start())}: no answer opens the explorer")
    return problems


def check_next(path: str, text: str, lesson: str) -> list[str]:
    """The last section leads to the lesson that follows."""
    order = lessons()
    following = order[order.index(lesson) + 1 :][:1]
    last = text[text.rindex("\n## ") :]
    targets = [match["target"].partition("#")[0] for match in LINK.finditer(last)]
    missing = [each for each in following if each.removeprefix(FOLDER) not in targets]
    return [f"{path}:{line_of(text, text.rindex(last))}: no link to {each}" for each in missing]


def words(text: str, language: str) -> int:
    """Of the sentences, captions and cells of tables: Chinese characters, or English words."""
    pattern = r"[\u4e00-\u9fff]" if language == "zh" else r"[A-Za-z][A-Za-z'’-]*"
    return len(re.findall(pattern, prose_for_terms(text)))


def check_length(path: str, text: str, language: str) -> list[str]:
    count, (least, most) = words(text, language), LENGTH[language]
    if least <= count <= most:
        return []
    return [f"{path}:1: {count} words or characters of prose, not {least} to {most}"]


def columns(line: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


def shown_code(text: str) -> Iterator[Fence]:
    """Blocks and outputs as a reader sees them at first: of a pair, one tab; no folded answer."""
    page = parse(text)
    second = {id(f) for tabs in page.tab_sets for f in page.fences if f.tab in tabs.titles[1:]}
    for fence in page.fences:
        folded = fence.indent and fence.tab is None
        if fence.role in ("python", "text", "quoted") and id(fence) not in second and not folded:
            yield fence


def lines_of_code(text: str) -> int:
    return sum(len([x for x in f.source.split("\n") if x.strip()]) for f in shown_code(text))


def minutes(lesson: str) -> int:
    """How long a lesson takes to read, to five minutes, in the language that takes longer."""
    texts = {language: (folder / lesson).read_text("utf-8") for language, folder in DOCS.items()}
    return 5 * round(
        max(
            words(text, language) / PACE[language] + lines_of_code(text) / LINES
            for language, text in texts.items()
        )
        / 5
    )


def check_share(path: str, text: str) -> list[str]:
    """Code is at most half of the lines that a reader sees."""
    code = lines_of_code(text)
    lines = prose(text).split("\n")
    written = sum(math.ceil(columns(line) / WIDTH) for line in lines if line.strip())
    if code <= written:
        return []
    return [f"{path}:1: {code} lines of code and output, {written} of text: at most half is code"]
