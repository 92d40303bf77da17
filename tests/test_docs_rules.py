"""Every page keeps the rules of prose and structure, in both languages."""

import re
from pathlib import Path
from typing import Any

import pytest

from verify import ROOT
from verify.pages.lessons import later
from verify.pages.numerals import check_numerals
from verify.pages.rules import (
    DOCS,
    GLOSSARY,
    check_headings,
    check_marks,
    check_pairs,
    check_parity,
    check_pasting,
    check_terms,
    check_words,
    headings,
    instead,
    pages,
)
from verify.pages.run import stops_at
from website.source import front_matter

NAMES = sorted({*pages("zh"), *pages("en")})
PAGES = [path for x in DOCS for path in pages(x).values() if path.suffix == ".md"]
TEXTS = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each_page(test: Any) -> Any:
    return pytest.mark.parametrize("path", PAGES, ids=name)(test)


def test_there_are_pages() -> None:
    assert len(PAGES) == 2 * sum(name.endswith(".md") for name in NAMES) >= 12


@pytest.mark.parametrize("page", NAMES)
def test_both_languages_are_in_step(page: Any) -> None:
    problems = check_parity(page)
    assert not problems, "\n".join(problems)


@each_page
def test_every_numeral_is_checked(path: Any) -> None:
    problems = check_numerals(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@each_page
def test_marks_compute(path: Any) -> None:
    problems = check_marks(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("mark", "problems"),
    [
        ("3<!--= 3 -->", 1),
        ("−3<!--= -3 -->", 1),
        ("`a`<!--= 'a' -->", 1),
        ("3<!--= n -->", 1),
        ("3<!--= m -->", 0),
        ("3<!--= 2 + 1 -->", 0),
    ],
)
def test_a_mark_that_repeats_its_number(mark: Any, problems: Any) -> None:
    text = f"---\nnames:\n  n: 3\n  m: size(5, kernel=3)\n---\n{mark}\n"
    assert len(check_marks("page", text)) == problems


@each_page
def test_headings_have_ids(path: Any) -> None:
    problems = check_headings(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@each_page
def test_first_use_of_a_term_links_to_the_glossary(path: Any) -> None:
    if path.name == "glossary.md":
        return  # the entries themselves
    language = path.relative_to(ROOT / "docs").parts[0]
    lesson = path.relative_to(ROOT / "docs" / language).as_posix()
    problems = check_terms(name(path), path.read_text("utf-8"), language, later(lesson, language))
    assert not problems, "\n".join(problems)


@each_page
def test_one_word_for_one_thing(path: Any) -> None:
    language = path.relative_to(ROOT / "docs").parts[0]
    problems = check_words(name(path), path.read_text("utf-8"), language)
    assert not problems, "\n".join(problems)


CHINESE = [
    ROOT / "README.zh-CN.md",
    ROOT / "website/api/zh.yaml",
    ROOT / "theme/assets/explorer/words.js",
    ROOT / "theme/assets/explorer/presets.js",
    *(path for path in pages("zh").values() if path.suffix == ".ipynb"),
]


@pytest.mark.parametrize("path", CHINESE, ids=name)
def test_one_word_for_one_thing_beside_the_pages(path: Any) -> None:
    problems = check_words(name(path), path.read_text("utf-8"), "zh")
    assert not problems, "\n".join(problems)


# A sentence that misuses each of the words, and one that does not.
MISUSED = """
两段印出的结果相同。/两段打印的结果相同。
这一层的参数有几个？/这个函数有几个参数没有默认值？
这一层有 28 个参数。/调用时写六个参数。
每个词的嵌入是 6 个数。/每个词的词向量有 6 个分量。
每个输出通道有一叠乘数。/两个因数的乘积。
MACs 是乘法次数。/MACs 是乘加次数。
这是 3 格的卷积核。/卷积核大小是 3。
卷积核有奇数格时总能平分。/卷积核大小是奇数时总能平分。
核大小为 1 的卷积。/卷积核大小是 1 的卷积。
沿三个轴移动。/沿三条轴移动。
就地改写权重。/原地修改权重。
它就是核跨度。/它就是有效卷积核大小。
组卷积分成几组。/分组卷积分成几组。
每个词有一个词号。/每个词有一个词元编号。
步长为 2。/步幅（stride，也叫步长）为 2。
把输入转成小数。/保留四位小数。
镜面那一格不再抄一遍。/镜面那一格不再重复。
"""


@pytest.mark.parametrize("pair", MISUSED.strip().split("\n"))
def test_a_misused_word_is_found(pair: Any) -> None:
    wrong, right = pair.split("/")
    assert len(check_words("page", wrong, "zh")) == 1
    assert check_words("page", right, "zh") == []


def test_each_word_has_its_example() -> None:
    found = [p for line in MISUSED.split("\n") for p in check_words("", line.split("/")[0], "zh")]
    assert len(found) == len(MISUSED.strip().split("\n"))
    assert all(any(better in problem for problem in found) for better in instead("zh").values())


@each_page
def test_pairs_run_both(path: Any) -> None:
    problems = check_pairs(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", [*PAGES, *TEXTS], ids=name)
def test_blocks_can_be_pasted(path: Any) -> None:
    problems = check_pasting(name(path), path.read_text("utf-8"))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a = 1\nfor i in range(2):\n    print(i)\n\nprint(a)", None),
        ("a = 1\nfor i in range(2):\n    print(i)\nprint(a)", 4),
        ("with open('a') as f:\n    pass", None),
        ("def f():\n    a = 1\n\n    return a", 4),
        ("a = [\n\n    1,\n]", None),
        ("a = [\n    1,", 3),
    ],
)
def test_where_the_prompt_stops(source: Any, line: Any) -> None:
    assert stops_at(source) == line
    report = [] if line is None else [f"page:{line + 2}: Python's prompt stops here"]
    problems = check_pasting("page", f"text\n```python\n{source}\n```\n")
    assert [problem.partition(": an")[0] for problem in problems] == report


def test_what_people_type_instead_leads_to_sections() -> None:
    given = front_matter((DOCS["zh"] / GLOSSARY).read_text("utf-8"))["synonyms"]
    wrong = []
    for place in given:
        page, _, identifier = place.rpartition("#") if "#" in place else (place, "", "")
        file = DOCS["zh"] / (f"{page}.md" if "/" in page else GLOSSARY)
        found = {m["id"]: len(m["level"]) for m in headings(file.read_text("utf-8"))}
        wanted = identifier or ("" if "/" in place else place)
        if wanted and found.get(wanted, 1) == 1:
            wrong.append(f"{place} is no section: a page as a whole is written without #")
    assert not wrong, "\n".join(wrong)


@each_page
def test_tables_have_whole_heads(path: Any) -> None:
    """A screen reader reads the head of a column with each of its cells."""
    heads = re.findall(r"^[ \t]*(\|.*\|)\n[ \t]*\|[-:| ]+\|$", path.read_text("utf-8"), re.M)
    assert not [head for head in heads if re.search(r"\|\s*\|", head)]


@each_page
def test_front_matter(path: Any) -> None:
    text = path.read_text("utf-8")
    data = front_matter(text)
    assert set(data) <= {
        *("description", "names", "forms", "instead", "synonyms", "hide", "teaches")
    }
    assert data["description"].strip()
