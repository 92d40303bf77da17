"""What PyTorch says to mistakes: every text that its convolutions and their neighbours raise.

    python -m verify.messages [--calls n] [--json path]

Two sources provoke them: `mistakes.toml`, written by hand, and the fuzzer's spoiled calls, which
are to find nothing that the file lacks. What is only warned of counts too. Two messages are the
same text if they differ in numbers, names, dtypes and dimensions alone.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from verify import ROOT
from verify.fuzz.calls import outcome
from verify.fuzz.run import draw
from verify.pages.rules import DOCS
from verify.pages.run import run
from website.markdown.error_outputs import RAISED
from website.source import parse

MISTAKES = ROOT / "verify/mistakes.toml"
PAGES = "errors"  # the folder of pages that explain the texts
CALLS = 5_000  # of the fuzzer: 1,000 spoiled ones
IMPORTS = {
    r"\bnp\.": "import numpy as np",
    r"\btorch\.": "import torch",
    r"\bF\.": "import torch.nn.functional as F",
    r"(?<!torch\.)\bnn\.": "from torch import nn",
}
STRICT = 'import warnings\n\nwarnings.simplefilter("error")'  # then a warning is raised
# What the fuzzer itself raises, where it stands in for PyTorch.
FUZZERS = {"an empty axis", "reflect-negative-size", "length", "rank", "shape"}

TYPE = re.compile(r"^[\w.]*(?:Error|Exception|Warning):\s*")
# Where in PyTorch's code a warning is, and what a call could have been.
AFTER = re.compile(r"\(Triggered internally at | - got \(")
# A name, a set (in another order in every process), a type, an address.
NAMED = re.compile(r"<[^<>]+>|\{[^{}]*\}|'[^'\s]*'|`[\w.]+`|\"[\w.]+\"(?! not implemented)")
NAMES = re.compile(r"…(?:(?:,| and) …)+")
# The layer of a state, its parameter, what is no layer, and the like.
OWNER = re.compile(
    r"(?<=state_dict for )[\w#]+|(?<=size mismatch for )[\w.]+|[\w.]+(?= is not a Module)|"
    r"(?<=Module \[)\w+|(?<=padding mode )\w+|(?<=ints,but got )\w+|\bnumpy\.\w+|"
    r", which is output \d+ of \w+,|(?<=positional )arguments?"
)
RANK = re.compile(r"(?<=[a-z])[123](?=d\b|d_|D\b)")
CELL = re.compile(r"^\| ?`([^`]+)` ?\|", re.M)
DIGIT = re.compile(r"\d")
# Words that stand for a dtype, a type or an axis.
VARY = re.compile(
    r"Bool|Byte|Char|Short|Int|Long|Half|Float|Double|BFloat16|Complex(?:Half|Float|Double)|"
    r"CPUComplex\w+|torch\.\w+Tensor|bool|(?:un)?signed|char|short|int|long|float|double|complex|"
    r"str|list|tuple|NoneType|numpy\.ndarray|[x*…DHW]|k[THW]|"
)


@dataclass(frozen=True)
class Mistake:
    """A call that somebody gets wrong."""

    name: str
    family: str  # the page that explains its message
    call: str
    rare: bool

    def block(self) -> str:
        """All that has to be pasted."""
        needed = [line for name, line in IMPORTS.items() if re.search(name, self.call)]
        return "\n".join([*needed, "", self.call] if needed else [self.call])


@dataclass(frozen=True)
class Text:
    """A text, as the smallest call that was found raises it."""

    key: str
    family: str
    message: str
    call: str
    rare: bool
    names: tuple[str, ...]  # of all mistakes that raise it


def mistakes() -> list[Mistake]:
    """What is written in the file."""
    listed = tomllib.loads(MISTAKES.read_text("utf-8"))
    rare = listed.pop("rare")
    return [
        Mistake(name, family, call.strip("\n"), families is rare)
        for families in (listed, rare)
        for family, calls in families.items()
        for name, call in calls.items()
    ]


def key(message: str) -> str:
    """What a message is the same by: its words, without what can be another one."""
    text = AFTER.split(TYPE.sub("", message))[0]
    text = NAMES.sub("…", NAMED.sub("…", text))
    text = OWNER.sub("…", RANK.sub("#", text))
    words = (word for word in text.split() if not varies(word))
    return " ".join(words).rstrip(" .,:")


def varies(word: str) -> bool:
    return (
        (DIGIT.search(word) is not None and not word.startswith('"'))  # a kernel's name in C++
        or VARY.fullmatch(word.strip("()[].,:!")) is not None
        or word.rstrip(":").endswith(("()", "_depth"))
    )


@contextmanager
def everything_raised() -> Iterator[None]:
    """Warnings are raised, each of them every time, and nothing is left changed."""
    always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        torch.set_warn_always(always)


def raised(mistake: Mistake) -> str:
    """`ErrorType: message`, with which a mistake ends; empty if it passes."""
    with everything_raised():
        return run(mistake.block()).last


def provoked(listed: Iterable[Mistake]) -> list[Text]:
    """Every text of these mistakes, once, with the shortest call of the first one's family."""
    found: dict[str, list[tuple[Mistake, str]]] = {}
    for mistake in listed:
        message = raised(mistake)
        found.setdefault(key(message), []).append((mistake, message))
    return [text_of(name, cases) for name, cases in found.items()]


def text_of(name: str, cases: list[tuple[Mistake, str]]) -> Text:
    family = cases[0][0].family
    own = (case for case in cases if case[0].family == family)
    mistake, message = min(own, key=lambda case: len(case[0].call))
    block = mistake.block()
    if TYPE.match(message) and message.partition(":")[0].endswith("Warning"):
        block = f"{STRICT}\n{block}"
    names = tuple(each.name for each, _ in cases)
    rare = all(each.rare for each, _ in cases)
    return Text(name, family, message, block, rare, names)


def fuzzed(calls: int, seed: int = 0) -> dict[str, tuple[str, str]]:
    """What the spoiled ones of these calls raise: key -> message and the shortest call."""
    found: dict[str, tuple[str, str]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(4, calls, 5):
            call = draw(seed, number)
            error = outcome(call.pytorch)
            if not isinstance(error, Exception) or str(error) in FUZZERS:
                continue
            message, name = f"{type(error).__name__}: {error}", key(str(error))
            if name not in found or len(str(call)) < len(found[name][1]):
                found[name] = (message, str(call))
    return found


def printed(text: str) -> set[str]:
    """The keys of all that the outputs of a page print, raised or caught."""
    keys = set()
    for fence in parse(text).fences:
        if fence.role == "text":
            lines = fence.source.split("\n")
            keys |= set(map(key, lines))
            # A message of several lines begins where the type stands.
            begun = (n for n, line in enumerate(lines) if RAISED.match(line))
            keys |= {key("\n".join(lines[n:])) for n in begun}
    return keys


def tabled(text: str) -> set[str]:
    """The keys of what stands as code at the beginning of a table's row."""
    return {key(code) for code in CELL.findall(text)}


def missing(language: str, texts: Iterable[Text]) -> list[Text]:
    """Those of these texts that no page of errors shows; a rare one may stand in a table."""
    outputs: set[str] = set()
    cells: set[str] = set()
    for path in (DOCS[language] / PAGES).glob("**/*.md"):
        page = path.read_text("utf-8")
        outputs |= printed(page)
        cells |= tabled(page)
    return [t for t in texts if t.key not in outputs and not (t.rare and t.key in cells)]


def progress(listed: list[Mistake]) -> Iterator[Mistake]:
    """The same, told one by one."""
    for done, mistake in enumerate(listed, start=1):
        told = f"{done} of {len(listed)} mistakes: {mistake.name}"
        print(f"\r{told:<79}", end="", file=sys.stderr, flush=True)
        yield mistake
    print(file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=CALLS, help="of the fuzzer, spoiled or not")
    parser.add_argument("--json", type=Path, help="write the texts there, with a call for each")
    given = parser.parse_args()
    torch.set_num_threads(1)
    listed = mistakes()
    texts = provoked(progress(listed))
    for text in texts:
        print(f"\n{text.family}: {text.key}\n  {text.message}\n  {text.call.splitlines()[-1]}")
    families = Counter(text.family for text in texts)
    told = ", ".join(f"{count} {family}" for family, count in families.items())
    print(f"\n{len(texts)} texts of {len(listed)} mistakes: {told}")
    if given.json:
        rows = json.dumps([asdict(text) for text in texts], indent=1, ensure_ascii=False)
        given.json.write_text(f"{rows}\n", "utf-8")
    known = {text.key for text in texts}
    print(f"{given.calls:,} calls of the fuzzer ...", file=sys.stderr)
    unknown = {n: case for n, case in fuzzed(given.calls).items() if n not in known}
    for name, (message, call) in unknown.items():
        print(f"\nno mistake has this text of the fuzzer's: {name}\n  {message}\n{call}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
