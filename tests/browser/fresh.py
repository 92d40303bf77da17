"""Runs code as a new interpreter does, without the seconds that loading torch takes.

A program: each line that it reads is a text of code, each line that it writes what came of it, both
as JSON. It has loaded torch and convref; every text runs in a fork of it, in a namespace and a
folder of its own, and finds whatever else it needs as any program would.
"""

import io
import json
import os
import signal
import sys
import tempfile

SECONDS = 120


def run(code: str) -> dict[str, object]:
    """The exit status, and what was printed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.chdir(folder)
            signal.alarm(SECONDS)
            perform(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return {"status": status, "printed": texts[0], "errors": texts[1]}


def perform(code: str) -> None:
    """In the fork: the code as `python -c` runs it. Does not return."""
    sys.stdin = io.StringIO()
    status = 1
    try:
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    import torch  # noqa: F401

    import convref  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
