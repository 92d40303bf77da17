"""How a block is run, and its output held to what the page shows."""

from __future__ import annotations

import codeop
import contextlib
import io
import traceback
from dataclasses import dataclass

import numpy as np

from verify.pages.compare import compare
from website.source import RAISED, Fence, line_of


@dataclass
class Result:
    printed: str  # what was printed, then the last of the traceback if there is one
    raised: BaseException | None
    last: str  # `ErrorType: message`, on more lines if the message has them
    trace: str


def run(source: str, path: str = "<block>", first_line: int = 1) -> Result:
    """Run a block alone, in a fresh namespace, with the page's line numbers."""
    code = compile("\n" * (first_line - 1) + source, path, "exec", dont_inherit=True)
    out = io.StringIO()
    error: BaseException | None = None
    with contextlib.redirect_stdout(out), np.printoptions():
        try:
            exec(code, {"__name__": "__main__"})
        except Exception as raised:
            error = raised
    if error is None:
        return Result(out.getvalue(), None, "", "")
    last = "".join(traceback.format_exception_only(error)).rstrip("\n")
    trace = "".join(traceback.format_exception(error))
    return Result(out.getvalue() + last, error, last, trace)


def check_block(block: Fence, path: str, text: str) -> str | None:
    """Run a block and compare it with its output fence; None if all is well."""
    result = run(block.source, path, line_of(text, block.body_start))
    if block.output is None:
        if result.raised is not None:
            return f"the block raises, and no output fence says so:\n{result.trace}"
        if result.printed:
            return f"the block prints, and no output fence follows it:\n{result.printed}"
        return None
    expected = block.output.source
    announced = RAISED.match(expected.split("\n")[-1]) is not None
    at = f"{path}, line {line_of(text, block.output.body_start)}"
    if result.raised is None and announced:
        return f"{at}: the output ends with an error, but the block raises none"
    if result.raised is not None and not f"\n{expected}".endswith(f"\n{result.last}"):
        return f"{at}: the block raises, but the output does not end with it:\n{result.trace}"
    difference = compare(expected, result.printed)
    if difference is None:
        return None
    return f"{at}: the output differs\n{difference}"


def printed_by(path: str, text: str, block: Fence) -> str:
    """What a block prints, as the body of its output fence."""
    assert block.output is not None
    indent = block.output.indent
    printed = run(block.source, path, line_of(text, block.body_start)).printed
    lines = printed.rstrip("\n").split("\n")
    return "".join(f"{indent}{line}\n" if line else "\n" for line in lines)


def stops_at(source: str) -> int | None:
    """The line at which Python's own prompt stops when a block is pasted; None if at none.

    The prompt reads line by line, and runs a loop or a function only after an empty line.
    """
    waiting: list[str] = []
    for number, line in enumerate([*source.split("\n"), ""], start=1):
        waiting.append(line)
        try:
            complete = codeop.compile_command("\n".join(waiting))
        except SyntaxError:
            return number
        if complete:
            waiting = []
    return number if waiting else None
