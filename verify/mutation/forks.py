"""Changes are tried in forks, as many at a time as there are jobs."""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator

from verify.mutation.changes import Change

FAULT = 255  # the exit status when not the change is to blame
Tell = Callable[[Change, str], None]


def fork(work: Callable[[], int], output: str, limit: int | None) -> int:
    """Let another process work, whose exit status is the result; gives its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = FAULT
    try:
        if limit:  # by the processor's time; by the clock only what waits for ever
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            signal.alarm(60 * limit)
        file = os.open(output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(file, 1)
        os.dup2(file, 2)
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def verdict(status: int) -> str:
    """What came of a change, from the status of its process."""
    if status == FAULT << 8:
        raise RuntimeError("a change could not be tried: see the output of its process")
    if os.WIFSIGNALED(status):
        late = {signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL}
        return "timeout" if os.WTERMSIG(status) in late else "segfault"
    return "killed" if status else "survived"


def spread(
    found: list[Change], begin: Callable[[Change, int], int], jobs: int
) -> Iterator[tuple[Change, int, int]]:
    """Begin a process for each change, each in a free slot; gives the slot and the status."""
    free, running = list(range(jobs)), dict[int, tuple[Change, int]]()
    todo = iter(found)
    while True:
        for change in todo if free else ():
            slot = free.pop()
            running[begin(change, slot)] = change, slot
            if not free:
                break
        if not running:
            return
        process, status = os.wait()
        change, slot = running.pop(process)
        free.append(slot)
        yield change, slot, status
