"""What people type into the search, and where the answer stands: read from the pages themselves."""

from __future__ import annotations

import inspect
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import torch

import convref
from tests.browser.served import text_pages
from verify import ROOT
from website.after.search import address as section_address
from website.before.notebooks import as_markdown
from website.source import RAISED, front_matter, parse

CUT = 60
TYPE = re.compile(r"^[\w.]*(?:Error|Exception|Warning): ")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)|\b\d+(?=x\d)|(?<=\dx)\d+\b")
SENTENCE = re.compile(r"(?:\b[a-z_]+ ){3}[a-z]", re.I)
HEADING = re.compile(r"^(#+)\s+(?P<title>.+?)\s*\{#(?P<id>[\w-]+)\}\s*$", re.M)
ROW = re.compile(r"^\| (?P<codes>`[^|]*`) \| (?P<cure>[^|]*) \|$", re.M)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
NAMES = re.compile(
    r"(?:Lazy)?Conv(?:Transpose)?[123]d|(?:Un)?[fF]old|\w+Pad[123]d|conv(?:_transpose)?[123]d|pad"
)


@dataclass(frozen=True)
class Query:
    """Words, and the addresses any of which is right: a section, or with `pages` a page."""

    kind: str
    language: str
    words: str
    wanted: frozenset[str]
    pages: bool = False  # any section of the page will do

    def finds(self, sections: list[str]) -> bool:
        """Whether one of these sections is right."""
        if self.pages:
            sections = [section.split("#")[0] for section in sections]
        return not self.wanted.isdisjoint(sections)


def sources(language: str) -> Iterator[tuple[str, str]]:
    """Address and text of each Markdown page that was built."""
    for page in text_pages():
        path = ROOT / "docs" / language / (page.name.rstrip("/") or "index")
        for file in (path.with_suffix(".md"), path / "index.md"):
            if page.language == language and file.exists():
                yield page.name, file.read_text("utf-8")


def seen(text: str) -> str:
    """What a reader sees of a page: no front matter, no expressions, no parameters of drawings."""
    for fence in reversed(parse(text).fences):
        if fence.info.startswith("conv-"):
            text = text[: fence.start] + text[fence.end :]
    return re.sub(r"\A---\n.*?\n---\n|<!--.*?-->", "", text, flags=re.S)


def section(text: str, at: int) -> str:
    """The id of the section in which a place of the page is; the page's title has none."""
    *_, last = [(0, ""), *((len(m[1]), m["id"]) for m in HEADING.finditer(text, 0, at))]
    return f"#{last[1]}" if last[0] > 1 else ""


def notebooks(language: str) -> Iterator[tuple[str, str]]:
    """The same of each notebook, with its outputs."""
    for page in text_pages():
        path = (ROOT / "docs" / language / (page.name.rstrip("/") or "index")).with_suffix(".ipynb")
        if page.language == language and path.exists():
            yield page.name, as_markdown(nbformat.read(path, as_version=4))


def messages(language: str) -> dict[str, set[str]]:
    """Every message on a page -> the sections that show it, and where a row of a table leads."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, text in [*sources(language), *notebooks(language)]:
        code = ""
        for fence in parse(text).fences:
            code = fence.source if fence.role == "python" else code
            if fence.role == "text":
                caught = "print(error)" in code  # which shows the message without its type
                for line in fence.source.split("\n"):
                    raised = RAISED.match(line) and " " in line.partition(": ")[2]
                    raised = raised and not line.startswith("AssertionError")
                    if raised or (caught and SENTENCE.search(line)):
                        found[line].add(name + section(text, fence.start))
        for row in ROW.finditer(text):
            targets = LINK.findall(row["cure"])
            for message in CODE.findall(row["codes"]):
                if message.count(" ") > 1 and targets:
                    found[message] |= {address(name, target) for target in targets}
    return found


def address(page: str, link: str) -> str:
    """Where a link of a page leads: learn/channels.md#x on the home page is learn/channels/#x."""
    index = (ROOT / "docs/zh" / page / "index.md").exists()
    folder = page if index else page.rstrip("/").rpartition("/")[0] + "/"
    path, _, anchor = link.partition("#")
    target = urljoin(folder, path).removesuffix(".md").removesuffix("index")
    return f"{target}/#{anchor}".lstrip("/")


def masked(message: str) -> str:
    """What a message is the same by, whatever its type and numbers."""
    return NUMBER.sub("0", TYPE.sub("", message))


def changed(message: str, chance: random.Random) -> str:
    """The message with other numbers, from 0 to 9,999; … stands for a number too."""
    text = re.sub(r"\[…\]", "[0, 0, 0, 0]", message).replace("conv…", "conv2d").replace("…", "0")
    return NUMBER.sub(lambda _: str(chance.randint(0, 9999)), text)


def of_messages(language: str, chance: random.Random) -> Iterator[Query]:
    shown = messages(language)
    same: dict[str, set[str]] = defaultdict(set)
    for message, places in shown.items():
        same[masked(message)] |= places
    for message in shown:
        whole = changed(message, chance)
        yield Query("message", language, whole, frozenset(same[masked(message)]))
        begun = masked(whole[:CUT])  # as several messages may begin
        alike = (places for other, places in same.items() if other.startswith(begun))
        yield Query(
            "message, cut", language, whole[:CUT], frozenset(same[masked(message)].union(*alike))
        )


def of_people(language: str, kind: str, file: str) -> Iterator[Query]:
    """The rows of a file for which there is a page."""
    names = [page.name for page in text_pages() if page.language == language]
    for line in (Path(__file__).parent / file).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        of, words, pattern = line.split("\t")
        wanted = frozenset(name for name in names if re.match(pattern, name))
        if of == language and wanted:
            yield Query(kind, language, words, wanted, pages=True)


def public_names() -> list[str]:
    """What torch has of convolutions and pads, and all of convref."""
    modules = {"torch.nn": torch.nn, "torch.nn.functional": torch.nn.functional}
    theirs = [name for module in modules.values() for name in dir(module) if NAMES.fullmatch(name)]
    ours = [name for name in convref.__all__ if not inspect.ismodule(getattr(convref, name))]
    return sorted({*theirs, *ours})


def of_names(language: str) -> Iterator[Query]:
    """Every public name on a page: its entry on the API page is right, else any page with it."""
    texts = {
        page: re.sub(r"\A---.*?\n---", "", text, flags=re.S) for page, text in sources(language)
    }
    entries = set(re.findall(r"^::: convref\.(?:\w+\.)*(\w+)", texts["reference/api/"], re.M))
    for name in public_names():
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        pages = {page for page, text in texts.items() if word.search(text)}
        if wanted := {"reference/api/"} if name in entries else pages:
            yield Query("name", language, name, frozenset(wanted), pages=True)


def of_terms(language: str) -> Iterator[Query]:
    """Each term of the glossary and each synonym: its entry is right."""
    texts = {each: dict(sources(each))["reference/glossary/"] for each in ("zh", "en")}
    given = front_matter(texts["zh"]).get("synonyms") or {}
    for match in HEADING.finditer(texts[language]):
        if len(match[1]) == 3:
            words = [match["title"].partition("（")[0], *given.pop(match["id"], [])]
            for word in words:
                entry = f"reference/glossary/#{match['id']}"
                yield Query("term", language, str(word), frozenset([entry]))
    for place, words in given.items():
        for word in words:
            section = frozenset([section_address(place)])
            yield Query("term", language, str(word), section, pages="#" not in place)
