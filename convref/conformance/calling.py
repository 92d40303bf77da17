"""One call of somebody else's function, here or in a process of its own, and what comes of it."""

import importlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any, Final, TypeAlias

import numpy as np

from convref.conformance.suite import Case
from convref.messages import refuse_command
from convref.types import Array

__all__: list[str] = []

Function: TypeAlias = Callable[..., Any]
Adapter: TypeAlias = Callable[[Function, list[Any], dict[str, Any]], Any]
Outcome: TypeAlias = tuple[Array | None, str]  # what came, and what was wrong beside its numbers
Caller: TypeAlias = Callable[[Case], Outcome]

START: Final = "from convref.conformance.calling import main; main()"
WORDS: Final = 300  # characters of an error that are told


def here(
    function: Function, adapter: Adapter | None, array: Callable[[Array], Any] | None
) -> Caller:
    """Calls of the function in this process."""

    def call(case: Case) -> Outcome:
        arrays, options = case.arguments()
        kept = [None if each is None else each.copy() for each in arrays]
        given = [each if each is None or array is None else array(each) for each in arrays]
        try:
            if adapter is None:
                got = as_array(function(*given, **options))
            else:
                got = as_array(adapter(function, given, options))
        except Exception as error:  # whatever a function raises is what is told of it
            words = " ".join(f"raised {type(error).__name__}: {error}".split())
            return None, words if len(words) < WORDS else f"{words[:WORDS]} ..."
        for name, now, before in zip(("input", "weight", "bias"), arrays, kept, strict=True):
            if now is not None and not np.array_equal(now, before, equal_nan=True):  # type: ignore[arg-type]
                return got, f"overwrote its {name}"
        return got, ""

    return call


def as_array(result: Any) -> Array:
    """A result as a NumPy array of its own."""
    if hasattr(result, "detach"):
        result = result.detach()
    if hasattr(result, "__dlpack__") and not isinstance(result, np.ndarray):
        result = np.from_dlpack(result)
    return np.array(result)


def loaded(name: str) -> Function:
    """'package.module:function'."""
    module, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception as error:  # a module may raise anything
        refuse_command("function", received=name, problem=f"{type(error).__name__}: {error}")
    if not callable(found):
        refuse_command("function", received=name, problem="it cannot be called")
    return found  # type: ignore[no-any-return]


# In a process of its own --------------------------------------------------------------------------


class Apart:
    """Calls of a function that may end its process, or never come back."""

    def __init__(self, function: str, array: str | None, seconds: float) -> None:
        self.names, self.seconds = (function, array), seconds
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self, case: Case) -> Outcome:
        if self.process is None:
            self.start()
        assert self.process is not None and self.process.stdin is not None
        with suppress(OSError):  # it may have ended: what is read says how
            pickle.dump(case, self.process.stdin)
            self.process.stdin.flush()
        try:
            outcome: Outcome | None = self.answers.get(timeout=self.seconds)
        except queue.Empty:
            self.close()
            return None, f"did not come back within {self.seconds:g} seconds"
        return outcome or (None, f"ended its process, with exit code {self.close()}")

    def start(self) -> None:
        """Begin the process, and wait until the function has been loaded."""
        path = os.pathsep.join(each or os.getcwd() for each in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, self.names)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.answers: queue.Queue[Any] = queue.Queue()
        self.reader = threading.Thread(target=read, args=(self.process.stdout, self.answers))
        self.reader.start()
        loaded = self.answers.get()
        if loaded is None:
            code = self.close()
            problem = f"its process ended while it was loaded, with exit code {code}"
            refuse_command("function", received=self.names[0], problem=problem)
        if isinstance(loaded, Exception):
            self.close()
            raise loaded

    def close(self) -> int | None:
        """End the process, if there is one; its exit code if it had ended by itself."""
        if self.process is None:
            return None
        with suppress(OSError):
            self.process.stdin.close()  # type: ignore[union-attr]
        with suppress(subprocess.TimeoutExpired):  # one that hangs does not see its questions end
            self.process.wait(timeout=2)
        self.process.kill()
        code = self.process.wait()
        self.reader.join()
        self.process.stdout.close()  # type: ignore[union-attr]
        self.process = None
        return code


def read(stream: IO[bytes], answers: "queue.Queue[Any]") -> None:
    """All answers of a process; None at its end."""
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            answers.put(pickle.load(stream))
    answers.put(None)


def serve(names: Sequence[str], questions: IO[bytes], answers: IO[bytes]) -> None:
    """The other side: whether the function could be loaded, then calls until no more cases come."""

    def answer(what: object) -> None:
        pickle.dump(what, answers)
        answers.flush()

    function, array = names
    try:
        call = here(loaded(function), None, None if array == "None" else loaded(array))
    except ValueError as error:
        return answer(error)
    answer("")
    with suppress(EOFError):
        while True:
            answer(call(pickle.load(questions)))


def main() -> None:
    """What the function prints must not come between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.argv[1:], sys.stdin.buffer, answers)
