"""Every public door, attacked with what nobody should pass: it answers, or refuses in own words."""

import inspect
import itertools
import random
import re
import warnings
from typing import Any

import numpy as np
import pytest

from convref import Conv2d, checks, messages
from convref.__main__ import main
from convref.cost import chain
from convref.figures import draw
from convref.padding import checked_pairs
from tests.numpy_only.test_refusals import NAMED, X, layer


class Rude:
    """Not even its own name can be printed."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


class Deaf(Rude):
    """Only as a text of its own."""

    def __str__(self) -> str:
        return "deaf"


class Mute:
    """Only as it stands in a list."""

    def __str__(self) -> str:
        raise RuntimeError("no")


HUGE = (2**31, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**5000, -(10**5000))
ODD: tuple[Any, ...] = (
    *HUGE,
    *(0, -1, True, 1.5, float("nan"), float("inf"), 1e308, 1j, "", "x", "same", None, {}),
    *(Rude(), Deaf(), Mute()),
    *((), (1,), (1, 2), (2**63 - 1,) * 3, (0,) * 2, [10**5000], (Rude(), 1), (1, -1) * 4),
    *(np.zeros(shape, kind) for shape in ((), (0,), (0, 1, 5), (1, 0, 3, 3)) for kind in "f?"),
    *(np.ones((1, 3, 5, 7), kind) for kind in ("?", "e", "g", "O", "U3", "M8[s]", "m8[D]", "V4")),
    *(np.ones((1, 3, 5, 7), kind) for kind in ("u2", ">i8", [("a", "i4"), ("b", "f8")])),
    *(np.full((1, 3, 5, 7), value) for value in (np.inf, np.nan)),
    *(np.broadcast_to(np.ones(()), shape) for shape in ((1, 2**40), (0, 2**50), (2**19,) * 3)),
    *(np.ma.zeros(3), np.float32(1), np.longdouble(2) ** 2000, np.datetime64("now")),
)
ARGUMENTS = [
    (function, name) for function in NAMED for name in inspect.signature(function).parameters
]
OWN = re.compile(
    "(layer [0-9]+, .*: )?("
    + "|".join(
        ".*".join(map(re.escape, re.split(r"\{[^}]*\}", message)))
        for _, message in messages.MESSAGES.values()
    )
    + ")",
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not refused must be small."""
    monkeypatch.setattr(checks, "LIMIT", 2**20)


def attack(call: Any, *arguments: Any, **named: Any) -> None:
    """Call; a refusal has one of two types and one of our messages, and hides no other error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call(*arguments, **named)
        except (TypeError, ValueError) as error:
            assert type(error) in (TypeError, ValueError)
            told = str(error)
            assert OWN.fullmatch(told), told
            assert error.__cause__ is None


@pytest.mark.parametrize(
    ("function", "name"), ARGUMENTS, ids=[f"{i}-{name}" for i, (_, name) in enumerate(ARGUMENTS)]
)
def test_an_odd_argument(function: Any, name: Any) -> None:
    for value in ODD:
        attack(function, **{**NAMED[function], name: value})


@pytest.mark.parametrize("function", NAMED, ids=range(len(NAMED)))
def test_several_odd_arguments(function: Any) -> None:
    draws = random.Random(0)
    names = [name for each, name in ARGUMENTS if each is function]
    for _ in range(200):
        some = {name: draws.choice(ODD) for name in draws.sample(names, min(len(names), 3))}
        attack(function, **{**NAMED[function], **some})


def test_odd_states() -> None:
    made = Conv2d(3, 4, 1)
    for value in ODD:
        attack(made.load_state_dict, value)
        attack(made.load_state_dict, {"weight": value, "bias": value})
        attack(made, value)


WORDS = (
    *("Conv2d({}, 4, 1)", "Conv2d(3, {}, 1)", "Conv2d(3, 4, {})", "Conv2d(3, 4, 1, {})"),
    *("MaxPool2d({})", "ConvTranspose2d(3, 4, 1, output_padding={})", "Conv2d(3, 4, 1, {}={})"),
    *("{}", "Conv2d(3, 4, 1, groups={})", "Conv2d(3, 4, 1, padding={}, stride={})"),
)
TEXTS = (
    "-1",
    "0",
    "2**63",
    "9" * 5000,
    "1e400",
    "(",
    "None",
    "True",
    "'x'",
    "()",
    "(1,)",
    "[1, 2]",
)


@pytest.mark.parametrize("word", WORDS)
def test_odd_words(word: Any) -> None:
    for texts in itertools.product(TEXTS, repeat=word.count("{}")):
        attack(layer, word.format(*texts))
        attack(chain, (3, 5, 7), [word.format(*texts)])
    for value in ODD:
        attack(chain, value, [])
        attack(chain, (3, 5, 7), [], value)
        attack(chain, (3, 5, 7), value)


@pytest.mark.parametrize("name", ["size", "kernel", "stride", "padding", "dilation", "mode", "at"])
def test_odd_figures(name: Any) -> None:
    for value in ODD:
        attack(draw, "window", **{"size": [5, 5], "kernel": 3, name: value})


COMMANDS = (
    ("shape", "--input", "{}", "Conv2d(3, 4, 1)"),
    ("shape", "--input", "3,5,5", "Conv2d(3, 4, {})"),
    ("explain", "--input", "{}", "--weight", "1,1,2,2", "--at", "0,0,0"),
    ("explain", "--input", "1,3,3", "--weight", "{}", "--at", "0,0,0"),
    ("explain", "--input", "1,3,3", "--weight", "1,1,2,2", "--at", "{}"),
    ("explain", "--input", "1,3,3", "--weight", "1,1,2,2", "--at", "0,0,0", "--stride", "{}"),
    ("explain", "--input", "1,3,3", "--weight", "1,1,2,2", "--at", "0,0,0", "--groups", "{}"),
    ("explain", "--input", "1,3,3", "--weight", "1,1,2,2", "--at", "0,0,0", "--padding", "{}"),
    ("explain", "--input", "1,3,3", "--weight", "{}", "--at", "0,0,0", "--dtype", "int8"),
    ("draw", "window", "size={}", "kernel=2"),
)
LINES = (
    *("[1, [2]]", '["a"]', "[[1, null]]", "[1e400]", "[" + "9" * 400 + "]", "[true]", "[", "{}"),
    *("[[[[" + "9" * 30 + "]]]]", "[[[[1e300]]]]", "[[[[NaN]]]]", "[[]]", "[]"),
)
# What NumPy, Python's int and its JSON reader say of such texts.
FOREIGN = (
    "inhomogeneous",
    "string conversion",
    "Exceeds",
    "could not convert",
    "too large",
    "line 1",
)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_odd_commands(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for text in (*TEXTS, *LINES, *map(str, HUGE[:-2])):
        try:
            main([part.replace("{}", text) for part in command])
        except SystemExit as end:
            assert end.code == 2
            told = capsys.readouterr().err
            assert told.count("\n") == 1
            assert not any(words in told for words in FOREIGN), told


def test_an_empty_batch_is_no_way_around_the_limit() -> None:
    with pytest.raises(ValueError, match="counted as one cell"):
        checked_pairs(X[:0, 0], (2**40, 0), "replicate", None)
