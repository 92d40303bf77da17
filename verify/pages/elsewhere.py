"""Blocks that import a framework which the pages' environment lacks, and where they run instead.

    python -m verify.pages.elsewhere [page ...]

rewrites their outputs, as `make outputs` does, and needs no more than the environment of
`make compare` has. A block whose framework is missing is named, and left as it is.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from verify import ROOT
from verify.pages.run import check_block, printed_by
from website.source import Fence, line_of, parse

# A module, and the folder of tests that runs the blocks which import it: `make frameworks` and
# `make compare`. All other blocks run in their pages' own tests.
FOLDERS = {
    "flax": "frameworks",
    "jax": "frameworks",
    "keras": "frameworks",
    "onnx": "frameworks",
    "onnxruntime": "frameworks",
    "tensorflow": "frameworks",
    "mindspore": "compare",
    "paddle": "compare",
}
# Before anything imports them: no log on stderr, no search for a GPU, kernels that add integers
# exactly.
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "KERAS_BACKEND": "tensorflow",
    "JAX_PLATFORMS": "cpu",
}


class Block(NamedTuple):
    """A block of a page, whose text it is checked with."""

    path: str
    text: str
    fence: Fence

    @property
    def problem(self) -> str | None:
        return check_block(self.fence, self.path, self.text)

    def __str__(self) -> str:
        return f"{self.path}:{line_of(self.text, self.fence.start)}"


def imported(source: str) -> set[str]:
    """The packages that a block imports."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except SyntaxError:  # the page's own tests show it
        return set()
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def folder(source: str) -> str | None:
    """The folder of tests that runs a block; None if its page's own tests do."""
    found = {FOLDERS[name] for name in imported(source) & set(FOLDERS)}
    if len(found) > 1:
        raise ValueError(f"no environment has all that this block imports:\n{source}")
    return found.pop() if found else None


def missing(source: str) -> list[str]:
    """What a block imports and this environment lacks."""
    return sorted(name for name in imported(source) if importlib.util.find_spec(name) is None)


def files() -> list[Path]:
    """All that holds blocks, but for notebooks."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [*pages, *sorted(ROOT.glob("README*.md")), ROOT / "CONTRIBUTING.md"]


def blocks(where: str) -> Iterator[Block]:
    """The blocks that a folder of tests has to run."""
    for path in files():
        text = path.read_text("utf-8")
        for fence in parse(text).blocks:
            if folder(fence.source) == where:
                yield Block(str(path.relative_to(ROOT)), text, fence)


def rewritten(path: str, text: str) -> str:
    """The page's text with these blocks' outputs as the code gives them now."""
    changes = {}
    for fence in parse(text).blocks:
        block = Block(path, text, fence)
        if folder(fence.source) is None:
            continue
        if lacking := missing(fence.source):
            print(f"{block}: left as it is, without {', '.join(lacking)}")
        elif fence.output is not None and block.problem is not None:
            changes[fence.output.body_start] = fence.output.body_end, printed_by(*block)
    for start, (end, new) in sorted(changes.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def main(arguments: list[str]) -> None:
    os.environ.update(ENVIRONMENT)
    for path in [Path(argument).resolve() for argument in arguments] or files():
        name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
        new = rewritten(name, text)
        if new != text:
            path.write_text(new, "utf-8")
            print(f"rewritten: {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
