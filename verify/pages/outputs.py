"""Rewrite outputs, marked numbers and templates of messages in place: `make outputs`.

    python -m verify.pages.outputs [page ...]

An output that still agrees is left alone, and so is that of a block whose framework is not
installed here. Read the difference before you commit it: this makes the page say what the code
does, and does not ask whether that is right.
"""

import os
import sys
from pathlib import Path

import torch

from verify import ROOT
from verify.pages import elsewhere
from verify.pages.errors_page import PAGE
from verify.pages.errors_page import rewritten as with_messages
from verify.pages.marks import check_mark, marks, names, written
from verify.pages.notebooks import refresh
from verify.pages.run import check_block, printed_by
from website.source import line_of, parse


def rewritten(path: str, text: str) -> str:
    """The page's text with every output and marked number as the code gives them now."""
    text = elsewhere.rewritten(path, text)
    changes: dict[tuple[int, int], str] = {}
    for block in parse(text).blocks:
        output = block.output
        if elsewhere.folder(block.source) is not None or output is None:
            continue
        if check_block(block, path, text) is None:
            continue
        # A pair's output is the first block's; the second is only held to it by the tests.
        if (output.body_start, output.body_end) not in changes:
            changes[output.body_start, output.body_end] = printed_by(path, text, block)
    namespace = names(text)
    for found in marks(text):
        problem = check_mark(found["shown"], found["expression"], namespace)
        if problem is not None and found["shown"].startswith("$"):
            print(f"{path}:{line_of(text, found.start())}: {problem}")
        elif problem is not None:
            value = eval(found["expression"], dict(namespace))
            changes[found.span("shown")] = written(value, found["shown"].replace("−", "-"))
    for (start, end), new in sorted(changes.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def main(arguments: list[str]) -> None:
    given = [Path(argument).resolve() for argument in arguments]
    pages = [
        path for kind in ("md", "ipynb") for path in sorted((ROOT / "docs").rglob(f"*.{kind}"))
    ]
    for path in given or [*pages, *sorted(ROOT.glob("README*.md"))]:
        name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
        if path.suffix == ".ipynb":
            if refresh(path, name):
                print(f"rewritten: {name}")
            continue
        new = rewritten(name, with_messages(text) if path.match(PAGE) else text)
        if new != text:
            path.write_text(new, "utf-8")
            print(f"rewritten: {name}")
        for block in parse(new).blocks:
            if elsewhere.folder(block.source) and elsewhere.missing(block.source):
                continue
            if problem := check_block(block, name, new):
                print(f"{name}:{line_of(new, block.start)}: still differs:\n{problem}")


if __name__ == "__main__":
    os.environ.update(elsewhere.ENVIRONMENT)
    torch.set_warn_always(True)  # as in the tests: what a block prints must not depend on others
    main(sys.argv[1:])
