"""What the box on the pages of errors makes of a pasted text: Python and its script agree.

Every message of the pages and every one of convref's is put into tracebacks, logs and quotes with
other numbers; all texts go through the script in one process of Node.
"""

from __future__ import annotations

import json
import random
import re
from types import SimpleNamespace
from typing import Any

import pytest

from convref.messages import MESSAGES
from website import node
from website.markdown.messages import box
from website.messages import Message, Sentence, given, of_language
from website.messages.expressions import NoValue, evaluate, tree
from website.messages.patterns import PLACE, letters, pieces
from website.settings import CONFIGS, ROOT

SCRIPT = ROOT / "theme/assets/scripts/patterns.js"
FIND = """
import { readFileSync } from "node:fs";
import { filled, find } from "%s";
const { rows, texts } = JSON.parse(readFileSync(0, "utf8"));
const found = texts.map((text) => find(text, rows).map(({ row, values }) => ({
  address: row.address, title: row.title, values, said: filled(row, values) })));
process.stdout.write(JSON.stringify(found));
"""
TIMES = 3  # for each message, each time with other numbers and other words around it


def asked(rows: list[Message], texts: list[str], folder: Any) -> list[list[dict[str, Any]]]:
    """What the script finds in each text."""
    script = folder / "find.mjs"
    script.write_text(FIND % SCRIPT.as_uri(), "utf-8")
    given = json.dumps({"rows": [row.row() for row in rows], "texts": texts})
    found: list[list[dict[str, Any]]] = json.loads(node.run(script, given=given))
    return found


# Any text around a message: what people copy.

FRAMES = """Traceback (most recent call last):
  File "/home/me/train.py", line {a}, in <module>
    loss = step(model, batch[{b}])
  File "/home/me/net.py", line {a}, in forward
    return self.head(x)  # expected 3, got 4
           ^^^^^^^^^^^^
  File "/site-packages/torch/nn/modules/conv.py", line {a}, in _conv_forward
    return F.conv2d(
RuntimeError: {message}
"""
AROUND = {
    "alone": "{message}",
    "typed": "RuntimeError: {message}",
    "traceback": FRAMES,
    "prompt": ">>> y = layer(x)\n" + FRAMES + ">>> ",
    "notebook": "-----\nRuntimeError      Traceback (most recent call last)\n"
    "Cell In[{a}], line {b}\n----> {b} layer(x)\n\nRuntimeError: {message}\n",
    "log": "2026-03-{b} 10:11:12,{a} ERROR [worker-{b}] job {a} failed: RuntimeError: {message}",
    "quoted": "> Hello,\n> it says\n> RuntimeError: {message}\n> What now?",
    "chained": FRAMES + "\nDuring handling of the above exception, another exception occurred:\n\n"
    "Traceback (most recent call last):\n  File \"a.py\", line {b}, in <module>\nKeyError: 'x'\n",
}


def filled_in(reads: str, chance: random.Random) -> str:
    """A message with random numbers in its places."""

    def some(place: re.Match[str]) -> str:
        if place["name"] is None:
            return chance.choice(["torch.FloatTensor", "x", "(2, 3)"])
        numbers = [str(chance.randint(0, 5000)) for _ in range(chance.randint(2, 5))]
        return ", ".join(numbers) if place["many"] else numbers[0]

    return PLACE.sub(some, reads)


def broken(message: str, chance: random.Random) -> str:
    """The message over several lines, as a narrow terminal breaks it: at any letter."""
    cuts = sorted(chance.sample(range(1, len(message)), min(2, len(message) - 1)))
    cuts = [at for at in cuts if not (message[at - 1] + message[at]).isdigit()]
    pieces = [message[a:b] for a, b in zip([0, *cuts], [*cuts, len(message)], strict=True)]
    return "\n".join(pieces)


@pytest.mark.parametrize("language", CONFIGS)
def test_every_message_is_found_whatever_stands_around_it(language: Any, tmp_path: Any) -> None:
    chance = random.Random(20261201)
    rows = of_language(language)
    cases = []
    for row in rows:
        for form in chance.sample(sorted(AROUND.values()), TIMES):
            message = filled_in(row.reads, chance)
            if chance.random() < 0.3:
                message = broken(message, chance)
            values = {"a": chance.randint(1, 999), "b": chance.randint(1, 28)}
            cases.append((row, form.format(message=message, **values)))
    found = asked(rows, [text for _, text in cases], tmp_path)
    lost = []
    for (row, text), answers in zip(cases, found, strict=True):
        same = [each for each in answers if each["address"] == row.address]
        if not same or answers[0]["address"] != row.address:
            lost.append(f"{row.reads!r}: {[a['address'] for a in answers]} in\n{text}")
    assert not lost, f"{len(lost)} of {len(cases)}\n" + "\n\n".join(lost[:20])


@pytest.mark.parametrize("language", CONFIGS)
def test_script_says_what_python_says(language: Any, tmp_path: Any) -> None:
    chance = random.Random(7)
    rows = [row for row in of_language(language) if row.says]
    cases = [(row, filled_in(row.reads, chance)) for row in rows for _ in range(4)]
    found = asked(rows, [text for _, text in cases], tmp_path)
    assert cases
    for (row, text), answers in zip(cases, found, strict=True):
        answer = next(each for each in answers if each["address"] == row.address)
        if answer["title"] == row.title:
            assert answer["values"] == row.values(text), text
            assert answer["said"] == row.filled(text), text


def test_every_rule_of_convref_has_a_row() -> None:
    assert len(of_language("en")) >= len(MESSAGES)


def test_nothing_is_found_in_other_texts(tmp_path: Any) -> None:
    texts = [
        *("", "hello", "3", "[1, 2, 3]", "expected 3, got 4", "input weight bias stride padding"),
        "KeyError: 'conv1.weight'",
        "ModuleNotFoundError: No module named 'torch'",
        "I have an input of size [1, 3, 224, 224] and a weight of size [64, 3, 7, 7].",
        "RuntimeError: shape '[-1, 400]' is invalid for input of size 44944 x",
    ]
    found = asked(of_language("en"), texts[:-1], tmp_path)
    assert found == [[]] * (len(texts) - 1)


def test_a_margin_may_be_a_sign_of_the_message(tmp_path: Any) -> None:
    row = Message("expected a state_dict, got <class '{kind}'>, of no use", "title", "address")
    whole = "RuntimeError: expected a state_dict, got <class 'list'>, of no use"
    texts = [whole, whole.replace("'>", "'\n>")]
    for answers in asked([row], texts, tmp_path):
        assert [each["values"] for each in answers] == [{"kind": "list"}]


# The pieces ---------------------------------------------------------------------------------------

VALUES: dict[str, Any] = {
    "a": 7,
    "b": -2,
    "zero": 0,
    "sizes": [2, 28, 28, 3],
    "none": [],
    "word": "Half",
}
EXPRESSIONS = {
    "a + b * 2": 3,
    "a // b": -4,
    "a % b": -1,
    "sizes[1]": 28,
    "sizes[-1]": 3,
    "sizes[1:]": [28, 28, 3],
    "product(sizes[1:])": 2352,
    "product(none)": 1,
    "len(sizes)": 4,
    "axis(28, sizes)": 1,
    "3 in sizes[2:]": True,
    "a not in sizes": True,
    "a == 7 and len(none) == 0": True,
    "a < b or a >= 7": True,
    "word == 'Half'": True,
    "word != 7": True,
    "sizes == none": False,
    "a > b": True,
    "a <= b": False,
    "a - b": 9,
}
WITHOUT = [
    "sizes[4]",
    "none[0]",
    "a // zero",
    "a % zero",
    "axis(5, sizes)",
    "len(a)",
    "word + 1",
    "c",
    "word < 1",
]


def test_expressions(tmp_path: Any) -> None:
    """All of them in Python, and as conditions and texts in the script."""
    for expression, wanted in EXPRESSIONS.items():
        assert evaluate(tree(expression), VALUES) == wanted, expression
    for expression in WITHOUT:
        with pytest.raises(NoValue):
            evaluate(tree(expression), VALUES)
    reads = "a message of letters {a} {b} {zero} [{*sizes}] [{*none}] {word}"
    text = "a message of letters 7 -2 0 [2, 28, 28, 3] [] Half"
    lists = [Sentence.of(f"{expression} is {{{expression}}}") for expression in EXPRESSIONS]
    given = Message(
        reads, "title", "address", [*lists, *map(Sentence.of, map("{{{}}}".format, WITHOUT))]
    )
    [[answer]] = asked([given], [text], tmp_path)
    assert answer["values"] == VALUES
    said = [each.lower() for each in given.filled(text)]
    assert [each.lower() for each in answer["said"]] == said and len(said) == len(EXPRESSIONS)


@pytest.mark.parametrize(
    "expression",
    [
        "a.b",
        "f(a)",
        "[1]",
        "a if b else c",
        "lambda: 1",
        "sizes[1:2]",
        "1 < a < 3",
        "not a",
        "a ** b",
        "1.5",
    ],
)
def test_other_expressions_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="not understood in an expression"):
        tree(expression)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("reads: some message of its own", "the body has reads, says"),
        ("- a", "the body has reads, says"),
        ("reads: some message of its own {a}\nsays: got {b}", "'b' does not stand in reads"),
        ("reads: some message {a}\nsays: [{when: b > 1, text: x}]", "'b' does not stand in reads"),
        ("reads: few {a}\nsays: got {a}", "at least 12 letters"),
        ("reads: some message {a}\nsays: [{when: a > 1}]", "a sentence has text"),
    ],
)
def test_a_wrong_fence_is_refused(body: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        given(body)


def test_the_box_and_the_list_are_two_fences() -> None:
    element: Any = box.__wrapped__  # type: ignore[attr-defined]
    page = SimpleNamespace(language="en", up="../../")
    assert [word in element("", page) for word in ("<textarea", "<li>")] == [True, False]
    assert [word in element("list", page) for word in ("<textarea", "<li>")] == [False, True]
    with pytest.raises(ValueError, match="is empty or says list, received 'all'"):
        element("all", page)


def test_sizes_may_be_written_with_an_x(tmp_path: Any) -> None:
    """PyTorch writes (3 x 12) and (512x1x1) as well as (3, 12)."""
    row = Message("size per channel: ({*size}). Kernel", "t", "a", [Sentence.of("{size[1] - 1}")])
    for size in ("3 x 12", "3x12", "3, 12", "3 x\n12"):
        text = f"size per channel: ({size}). Kernel size"
        assert row.values(text) == {"size": [3, 12]}
        [[answer]] = asked([row], [text], tmp_path)
        assert (answer["values"], answer["said"]) == ({"size": [3, 12]}, ["11"])


def test_pattern_counts_its_own_letters() -> None:
    assert letters("got {got} channels, [{*input}] and …") == len("gotchannelsand")
    assert pieces("weight {*w} is {x}")[1] == ["*w", "x"]
