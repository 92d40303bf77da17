"""What a message says to the one who got it: a pattern, and sentences with his own numbers in them.

A `conv-message` fence in a section of docs/*/errors/ has both, in YAML:

    reads: "weight of size [{*weight}], … to have {expected} channels, but got {got} channels"
    says:
      - 输入的通道轴有 {got} 个通道，权重要 {expected} 个。
      - when: input[-1] == expected
        text: "最后一轴恰好是 {expected}：通道放在了最后。"

A `{name}` in `reads` stands for a number or a few words, a `{*name}` for a list of numbers, `…` for
anything. In `says`, braces hold an expression of these names; a sentence whose expression has no
value, for want of an axis say, is left out. All of it becomes plain data, which the page's script
reads as `Message.filled` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from convref.messages import MESSAGES
from website.messages.expressions import NoValue, Tree, evaluate, names, shown, tree
from website.messages.patterns import Value, letters, pattern, pieces, value
from website.settings import ROOT
from website.source import Fence, parse

FOLDER = "errors"
OWN = "reference/errors"  # where convref's own are explained
NAME = "conv-message"
ROWS = "assets/messages.json"  # of a language, below its home page

BRACES = re.compile(r"\{([^{}]*)\}")
HEADING = re.compile(r"^(?P<level>#{2,4}) +(?P<title>.+?) *\{#(?P<id>[\w-]+)\} *$", re.M)


@dataclass(frozen=True)
class Sentence:
    """A sentence in pieces, texts and expressions by turns, and when it is said."""

    pieces: list[str | Tree]
    when: Tree | None = None

    @classmethod
    def of(cls, written: str | dict[str, str]) -> Sentence:
        if isinstance(written, str):
            written = {"text": written}
        if not {"text"} <= set(written) <= {"text", "when"}:
            raise ValueError(f"a sentence has text and perhaps when, received {list(written)}")
        parts = BRACES.split(written["text"])
        pieces: list[str | Tree] = [tree(each) if at % 2 else each for at, each in enumerate(parts)]
        return cls(pieces, tree(written["when"]) if "when" in written else None)

    def filled(self, values: Mapping[str, Value]) -> str | None:
        """The sentence with these numbers, or None where it does not hold."""
        try:
            if self.when is not None and not evaluate(self.when, values):
                return None
            return "".join(
                each if isinstance(each, str) else shown(evaluate(each, values))
                for each in self.pieces
            )
        except NoValue:
            return None


@dataclass(frozen=True)
class Message:
    """A message, the section that explains it, and what is said with the numbers of its reader."""

    reads: str
    title: str = ""
    address: str = ""  # of the section, from the home page
    says: list[Sentence] = field(default_factory=list)

    def values(self, text: str) -> dict[str, Value] | None:
        """What stands at the names in the last message of its kind in a text."""
        parts, groups = pieces(self.reads)
        found = list(pattern(parts).finditer(text))
        if not found:
            return None
        given = zip(groups, found[-1].groups(), strict=True)
        return {name.lstrip("*"): value(name, each) for name, each in given}

    def filled(self, text: str) -> list[str]:
        values = self.values(text)
        assert values is not None, self.reads
        said = (sentence.filled(values) for sentence in self.says)
        return [sentence for sentence in said if sentence is not None]

    def data(self) -> dict[str, Any]:
        """All that a script needs of it."""
        parts, groups = pieces(self.reads)
        says = [[each.when, *each.pieces] for each in self.says]
        return {"parts": parts, "names": groups, "letters": letters(self.reads), "says": says}

    def row(self) -> dict[str, Any]:
        """The same, with where it leads."""
        return self.data() | {"title": self.title, "address": self.address}


def given(body: str) -> tuple[Message, str]:
    """The message of a fence, and the example that it brings where no block raises it."""
    read = yaml.safe_load(body)
    if not isinstance(read, dict) or not {"reads", "says"} <= set(read) <= {
        "reads",
        "says",
        "example",
    }:
        raise ValueError("the body has reads, says and perhaps example")
    says = read["says"] if isinstance(read["says"], list) else [read["says"]]
    message = Message(read["reads"], says=[Sentence.of(each) for each in says])
    known = {name.lstrip("*") for name in pieces(message.reads)[1]}
    for sentence in message.says:
        for piece in [sentence.when, *sentence.pieces]:
            for name in names(piece):
                if name not in known:
                    raise ValueError(f"{name!r} does not stand in reads, which has {sorted(known)}")
    if letters(message.reads) < 12:
        raise ValueError("reads needs at least 12 letters of its own: others would be taken for it")
    return message, read.get("example", "")


def example(text: str, fence: Fence, message: Message) -> str:
    """The output of the fence's own section which has the message."""
    headings = list(HEADING.finditer(text))
    start = max((each.start() for each in headings if each.start() < fence.start), default=0)
    end = min((each.start() for each in headings if each.start() > fence.start), default=len(text))
    for each in parse(text).fences:
        inside = start < each.start < end and each.role in ("text", "quoted")
        if inside and message.values(each.source) is not None:
            return each.source
    raise ValueError(f"no output of its section has the message {message.reads!r}")


def of_page(text: str, address: str) -> Iterator[Message]:
    """The messages that a page explains."""
    headings = list(HEADING.finditer(text))
    for fence in parse(text).fences:
        if fence.role == NAME:
            message, _ = given(fence.source)
            here = [each for each in headings if each.start() < fence.start][-1]
            title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", here["title"]).replace("`", "")
            yield Message(message.reads, title, f"{address}/#{here['id']}", message.says)


def own(language: str) -> Iterator[Message]:
    """convref's messages, which say all themselves: what remains is where to read more."""
    text = (ROOT / "docs" / language / f"{OWN}.md").read_text("utf-8")
    titles = {each["id"]: each["title"] for each in HEADING.finditer(text)}
    for rule, (_, template) in MESSAGES.items():
        name = rule.replace(" ", "-")
        yield Message(template, titles[name], f"{OWN}/#{name}")


def of_language(language: str) -> list[Message]:
    """All messages of a language's pages, PyTorch's first."""
    found: list[Message] = []
    for path in sorted((ROOT / "docs" / language / FOLDER).glob("*.md")):
        if path.stem != "index":
            found += of_page(path.read_text("utf-8"), f"{FOLDER}/{path.stem}")
    return [*found, *own(language)]


def rows(language: str) -> str:
    """All that the box looks up, as JSON: it is asked for when somebody uses the box."""
    return json.dumps([each.row() for each in of_language(language)], ensure_ascii=False)
