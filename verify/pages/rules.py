"""What a page's prose has to keep: marks, headings, terms, and two languages in step.

Each rule takes a page's path and text and returns its problems, each as `path:line: what`.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from verify import ROOT
from verify.pages.marks import marks
from verify.pages.run import stops_at
from website import messages
from website.settings import CONFIGS
from website.source import Fence, front_matter, line_of, parse

DOCS = {language: ROOT / "docs" / language for language in CONFIGS}
GLOSSARY = "reference/glossary.md"


def pages(language: str) -> dict[str, Path]:
    """Every source file of a language, by its path below the language's folder."""
    root = DOCS[language]
    return {str(p.relative_to(root)): p for p in sorted(root.rglob("*")) if p.is_file()}


# Prose ----------------------------------------------------------------------------------------

HIDDEN = (
    re.compile(r"<!--.*?-->", re.S),  # comments, marks included
    re.compile(r"(?<=\])\([^)\s]*\)"),  # the targets of links
    re.compile(r"(?<=\])\[[^\]]*\]|^\[[^\]]+\]: .*$", re.M),  # references, footnotes
    re.compile(r"\{ ?[#.:][^}]*\}"),  # attribute lists
    re.compile(r"</?[a-zA-Z][^>]*>"),  # tags
    re.compile(r"^::: .*(?:\n {4}.*)*", re.M),  # mkdocstrings
    re.compile(r"https?://\S+"),
    re.compile(r"^[ \t]*\d+\.(?= )", re.M),  # the markers of ordered lists
)


def blank(text: str, start: int, end: int) -> str:
    """Spaces in place of a span, so that every other offset stays."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def prose(text: str) -> str:
    """The text that a reader reads as prose, at its old offsets; the rest is blank."""
    out = text
    for fence in parse(text).fences:
        out = blank(out, fence.start, fence.end)
    if found := re.match(r"---\n.*?\n---\n", out, re.S):
        head = re.search(r"^description:.*$", found[0], re.M)
        kept = head.span() if head else (0, 0)
        out = blank(out, 0, kept[0])
        out = blank(out, kept[1], found.end())
    for pattern in HIDDEN:
        for match in list(pattern.finditer(out)):
            out = blank(out, *match.span())
    return out


# Marks ----------------------------------------------------------------------------------------


def check_marks(path: str, text: str) -> list[str]:
    """A mark computes its number, and does not say it again: neither `3<!--= 3 -->` nor a name."""
    declared = front_matter(text).get("names") or {}

    def repeats(expression: str) -> bool:
        try:
            ast.literal_eval(str(declared.get(expression, expression)))
        except (ValueError, SyntaxError):
            return False
        return True

    return [
        f"{path}:{line_of(text, found.start())}: the mark {found['expression']} only repeats its "
        "number: compute it from what it follows from"
        for found in marks(text)
        if repeats(found["expression"])
    ]


# Headings -------------------------------------------------------------------------------------

HEADING = re.compile(
    r"^(?P<level>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]*\{#(?P<id>[^}]*)\})?[ \t]*$", re.M
)
ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def headings(text: str) -> Iterator[re.Match[str]]:
    hidden = text
    for fence in parse(text).fences:
        hidden = blank(hidden, fence.start, fence.end)
    return HEADING.finditer(hidden)


def check_headings(path: str, text: str) -> list[str]:
    """Every heading has its own explicit id, English, short and lower-case; one title a page."""
    problems, seen, levels = [], set(), []
    for match in headings(text):
        at = f"{path}:{line_of(text, match.start())}"
        levels.append(len(match["level"]))
        if match["id"] is None or not ID.fullmatch(match["id"]):
            problems.append(f"{at}: the heading {match['title']!r} needs an id such as {{#stride}}")
        elif match["id"] in seen:
            problems.append(f"{at}: the id {match['id']!r} is taken on this page")
        seen.add(match["id"])
    if levels.count(1) != 1 or levels[0] != 1:
        problems.append(f"{path}:1: a page begins with its one '# ' heading")
    problems += [
        f"{path}:1: heading levels jump from {a} to {b}"
        for a, b in itertools.pairwise(levels)
        if b > a + 1
    ]
    return problems


# Terms ----------------------------------------------------------------------------------------

LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\[]*)\]\((?P<target>[^)\s]*)\)")
TITLE = re.compile(r"^[ \t]*(?:#{1,6} .*|(?:===|!!!|\?\?\?)\+? .*|\|[ |:-]+)$", re.M)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\$\$.*?\$\$|\$[^$\n]+\$", re.S)


@cache
def glossary(language: str) -> dict[str, list[str]]:
    """Term id -> the forms under which it occurs: the heading, and the page's `forms:`."""
    text = (DOCS[language] / GLOSSARY).read_text("utf-8")
    more = front_matter(text).get("forms") or {}
    terms = {}
    for match in headings(text):
        if len(match["level"]) == 3 and match["id"]:
            title = re.sub(r"[（(].*?[）)]", "", match["title"]).strip()
            terms[match["id"]] = [title, *more.get(match["id"], [])]
    return terms


def form_pattern(form: str) -> str:
    """English forms end at word boundaries and may be plural; Chinese has no boundaries."""
    escaped = re.escape(form)
    return rf"(?<![\w-]){escaped}(?:s|es)?(?![\w-])" if form.isascii() else escaped


def check_terms(
    path: str, text: str, language: str, later: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """The first use of a glossary term in prose links to its entry.

    Or to the lesson that introduces it, if that comes `later`: term -> its file.
    """
    forms = {form.lower(): key for key, all_ in glossary(language).items() for form in all_}
    if not forms:
        return []
    shown = prose_for_terms(text)
    longest_first = sorted(forms, key=len, reverse=True)
    pattern = re.compile("|".join(form_pattern(form) for form in longest_first), re.I)
    links = list(LINK.finditer(text))
    first: dict[str, str] = {}
    for match in pattern.finditer(shown):
        found = match[0].lower()
        key = next(
            forms[form] for form in longest_first if re.fullmatch(form_pattern(form), found, re.I)
        )
        link = next((x for x in links if x.start() <= match.start() < x.end()), None)
        target = link["target"] if link else ""
        file = target.partition("#")[0]
        if key in first or (link and not file.endswith(GLOSSARY) and file != later.get(key)):
            continue  # text of a link that leads elsewhere is neither a use nor a definition
        first[key] = ""
        if key in later:
            if file != later[key]:
                first[key] = (
                    f"{path}:{line_of(text, match.start())}: {later[key]} introduces {match[0]!r} "
                    f"later: link to it here, [{match[0]}]({later[key]})"
                )
        elif not target.endswith(f"{GLOSSARY}#{key}"):
            first[key] = (
                f"{path}:{line_of(text, match.start())}: the first {match[0]!r} must link to "
                f"the glossary: [{match[0]}](…/{GLOSSARY}#{key})"
            )
    return [problem for problem in first.values() if problem]


@cache
def instead(language: str) -> dict[str, str]:
    """Words that would give a term a second name or a second meaning -> what to write instead."""
    return front_matter((DOCS[language] / GLOSSARY).read_text("utf-8")).get("instead") or {}


OTHER_NAMES = re.compile(r"(?:别处|也叫)[^。]*。?|(?:Also|also|Elsewhere)[^.]*\.?")


def check_words(path: str, text: str, language: str) -> list[str]:
    """One word for one thing: none that the glossary's `instead:` replaces, but as another name."""
    shown = prose(text)
    for pattern in (CODE, OTHER_NAMES):
        for match in list(pattern.finditer(shown)):
            shown = blank(shown, *match.span())
    return [
        f"{path}:{line_of(text, match.start())}: write {better} instead of {match[0]!r}"
        for word, better in instead(language).items()
        for match in re.finditer(word, shown)
    ]


def prose_for_terms(text: str) -> str:
    """Prose without headings, titles, code and formulas."""
    shown = prose(text)
    if found := re.match(r"---\n.*?\n---\n", text, re.S):
        shown = blank(shown, 0, found.end())
    for pattern in (CODE, TITLE):
        for match in list(pattern.finditer(shown)):
            shown = blank(shown, *match.span())
    return shown


# Two languages --------------------------------------------------------------------------------


def structure(text: str) -> dict[str, list[tuple[str, int]]]:
    """What both languages share, each item with its line."""
    page = parse(text)
    fences = [(f, line_of(text, f.start)) for f in page.fences]
    return {
        "heading ids": [
            (f"{m['level']} {{#{m['id']}}}", line_of(text, m.start())) for m in headings(text)
        ],
        "blocks and figures": [(f"{f.role}: {shared(f)}", line) for f, line in fences],
        "tabs": [
            (f.tab or "-", line) for f, line in fences if f.role in ("python", "text", "quoted")
        ],
        "admonitions": [
            (m[1], line_of(text, m.start()))
            for m in re.finditer(r"^[ \t]*(?:!!!|\?\?\?\+?) (\w+)", prose(text), re.M)
        ],
        "directives": [
            (m[0], line_of(text, m.start())) for m in re.finditer(r"^::: \S+", text, re.M)
        ],
    }


def shared(fence: Fence) -> str:
    """What both languages have of a fence: of a message its pattern and its conditions."""
    if fence.role != messages.NAME:
        return fence.source
    message, example = messages.given(fence.source)
    return f"{message.reads} {[each.when for each in message.says]} {example}"


def counts(text: str) -> dict[str, Counter[str]]:
    """What both languages share in whatever order their sentences want."""
    hidden = text
    for fence in parse(text).fences:
        hidden = blank(hidden, fence.start, fence.end)
    targets = [m["target"] for m in LINK.finditer(hidden)]
    return {
        "marked numbers": Counter(f"{m['shown']} = {m['expression']}" for m in marks(text)),
        "links": Counter(t for t in targets if GLOSSARY not in t and not t.startswith("#")),
    }


def check_parity(name: str) -> list[str]:
    """One page in both languages."""
    paths = {language: DOCS[language] / name for language in DOCS}
    missing = [
        f"docs/{x}/{name}:1: this page is missing" for x, p in paths.items() if not p.exists()
    ]
    if missing or not name.endswith(".md"):
        return missing
    zh, en = (path.read_text("utf-8") for path in paths.values())
    return compare_structure(name, zh, en)


def compare_structure(name: str, zh: str, en: str) -> list[str]:
    problems = []
    first, second = structure(zh), structure(en)
    for what in first:
        a, b = first[what], second[what]
        if [x for x, _ in a] == [x for x, _ in b]:
            continue
        at = next(
            (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x[0] != y[0]),
            min(len(a), len(b)),
        )
        here, there = (side[at] if at < len(side) else ("nothing", 1) for side in (a, b))
        problems.append(
            f"docs/zh/{name}:{here[1]} and docs/en/{name}:{there[1]}: {what} differ:\n"
            f"  zh {here[0]!r}\n  en {there[0]!r}"
        )
    for what, ours in counts(zh).items():
        theirs = counts(en)[what]
        if ours != theirs:
            problems.append(
                f"docs/zh/{name}:1 and docs/en/{name}:1: {what} differ: only zh "
                f"{dict(ours - theirs)}, only en {dict(theirs - ours)}"
            )
    return problems


def check_pairs(path: str, text: str) -> list[str]:
    """A PyTorch tab runs PyTorch, a convref tab runs convref, and a pair has both."""
    problems = []
    for tabs in parse(text).tab_sets:
        named = {"PyTorch", "convref"} & set(tabs.titles)
        if not named:
            continue
        line = line_of(text, tabs.blocks[0].start) if tabs.blocks else 1
        if named != {"PyTorch", "convref"} or len(tabs.titles) != 2:
            problems.append(f"{path}:{line}: a pair has the tabs PyTorch and convref")
        for block in tabs.blocks:
            module = "torch" if block.tab == "PyTorch" else "convref"
            if not re.search(rf"^(?:import|from) {module}\b", block.source, re.M):
                at = line_of(text, block.start)
                problems.append(f"{path}:{at}: the tab {block.tab} does not import {module}")
    return problems


def check_pasting(path: str, text: str) -> list[str]:
    """Every block works pasted line by line into Python's own prompt."""
    return [
        f"{path}:{line_of(text, block.body_start) + stop - 1}: Python's prompt stops here: "
        "an empty line ends the body of a loop"
        for block in parse(text).blocks
        if (stop := stops_at(block.source)) is not None
    ]
