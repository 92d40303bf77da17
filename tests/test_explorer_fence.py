"""A `conv-explorer` fence: what it becomes, and how a wrong one fails the build."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from convref import checks, messages
from website.before import facts
from website.markdown import explorer
from website.markdown.fences import FenceError
from website.markdown.page import signed
from website.settings import converter

SCRIPTS = Path(__file__).resolve().parent.parent / "theme/assets/explorer"
BODY = """input: [[1, 2, 0], [0, 1, 2], [1, 2, 1]]
weight: [[1, 2], [3, -1]]
"""
GOOD = f"Before.\n\n```conv-explorer\n{BODY}```\n\nAfter.\n"


def rendered(page: str) -> str:
    return converter("en").convert(signed(page, "docs/page.md"))


def test_a_fence_becomes_an_element() -> None:
    html = rendered(GOOD)
    state = re.search(r'<conv-explorer state="([^"]*)">', html)
    assert state
    fields = parse_qs(unescape(state[1]))
    assert fields["input"] == ["1,2,0,0,1,2,1,2,1"]
    assert fields["weight"] == ["1,2,3,-1"]
    assert fields["size"] == ["3,3"] and fields["kernel"] == ["2,2"]
    still = re.search(r"<noscript>.*<svg.*</svg>.*JavaScript.*</noscript>", html, re.S)
    assert still, "no picture for want of a script"
    assert "style=" not in html, "the content policy forbids it"


FILLED = {
    "1-D": ("input: [1, 2, 3]\nweight: [1, 10]", "kind=1d"),
    "channels": ("input: [[[1, 2]], [[3, 4]]]\nweight: [[[[1]], [[1]]]]", "channels=2"),
    "transposed": (
        "kind: transposed\ninput: [[1, 2]]\nweight: [[1, 1]]\nstride: 2\noutput_padding: 1",
        "extra=1,1",
    ),
    "padding by axis": (BODY + "padding: [1, 2]", "padding=1,1,2,2"),
    "padding by side": (BODY + "padding: [[1, 0], [2, 1]]", "padding=1,0,2,1"),
    "same": (BODY + "padding: same", "padding=same"),
    "decimals": ("input: [0.5, -0.1234]\nweight: [2]", "input=0.5,-0.1234"),
    "bias": (BODY + "bias: [3]", "bias=3"),
}


@pytest.mark.parametrize(("body", "part"), FILLED.values(), ids=FILLED)
def test_parameters_are_carried(body: str, part: str) -> None:
    assert f"&{part}&" in f"&{explorer.parsed(body).query()}&"


TWO = "input: [[[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 1, 0]]]\n"
WORDS = "kind: 1d\ninput: [[1, 2, 0, 1], [0, 1, 1, 0]]\nweight: [[[1, 0, -1], [0, 1, 0]]]\n"
STILL = {
    "1-D": ("input: [1, 2, 3]\nweight: [1, 10]\nat: [0, 1]", "window", 'data-now="1"'),
    "uneven": (BODY + "padding: [[1, 0], [2, 1]]\nmode: circular", "window", ">3×5<"),
    "transposed": (
        BODY + "kind: transposed\nstride: 2\noutput_padding: 1\nat: [0, 0, 2]",
        "transposed",
        'data-now="0,2"',
    ),
    "words": (WORDS + "stride: 2\npadding: 1\nat: [0, 1]", "sentence", 'data-now="1"'),
    "words, uneven": (WORDS + "padding: [[2, 0]]", "sentence", ">1×4<"),
    "channels": (
        TWO + "weight: [[[[1, 1]], [[1, 1]]]]\nat: [0, 1, 1]",
        "channels",
        'data-window="0,1,1"',
    ),
    "channels, padded": (TWO + "weight: [[[[1]], [[1]]]]\npadding: 1", "groups", 'data-now="0"'),
    "channels, dilated": (
        TWO + "weight: [[[[1, 1]], [[1, 1]]]]\ndilation: 2",
        "groups",
        'data-now="0"',
    ),
    "many kernels": (f"{TWO}weight: {[[[[1]], [[1]]]] * 8}", "groups", 'data-output="7"'),
    "groups": (
        TWO + "weight: [[[[1]]], [[[2]]]]\ngroups: 2\nat: [1, 0, 0]",
        "groups",
        'data-now="1"',
    ),
    "transposed channels": (
        TWO + "kind: transposed\nweight: [[[[1, 2, 3, 4]]], [[[1, 2, 3, 4]]]]",
        "groups",
        'data-wire="1,0"',
    ),
}


@pytest.mark.parametrize(("body", "kind", "part"), STILL.values(), ids=STILL)
def test_the_still_picture_is_of_this_state(body: str, kind: str, part: str) -> None:
    svg = explorer.still(explorer.parsed(body)).svg
    assert f'data-figure="{kind}"' in svg
    assert part in svg


def test_a_wide_still_picture_scrolls() -> None:
    drawing = '<div class="conv-figure-drawing"'
    assert f"{drawing}>" in rendered(GOOD)
    wide = rendered(GOOD.replace(BODY, BODY + "padding: 5\n"))
    assert f'{drawing} tabindex="0" role="group" aria-label="Convolution explorer">' in wide


WRONG = {
    "no yaml": ("input: [1", "not `key: value` lines"),
    "no mapping": ("- 1", "the body must be `key: value` lines"),
    "unknown key": (BODY + "strides: 2", "a parameter of conv-explorer must be one of"),
    "no weight": ("input: [1, 2]", "an explorer needs weight"),
    "convref refuses": (BODY + "dilation: 4", "H: the kernel reaches over dilation"),
    "uneven and refused": (
        BODY + "padding: [[3, 1], [0, 0]]\nmode: reflect",
        "H: padding with",
    ),
    "groups": (BODY + "groups: 2", "weight.shape[0] must be divisible by groups"),
    "at": (BODY + "at: [0, 2, 0]", "at[1] must be at least 0 and less than 2"),
    "too large": (f"input: {list(range(17))}\nweight: [1]", "an explorer takes size from 1 to 16"),
    "too exact": ("input: [1.23456]\nweight: [1]", "a cell holds at most 6 digits"),
    "too many digits": ("input: [1234567]\nweight: [1]", "a cell holds at most 6 digits"),
}


@pytest.mark.parametrize(("body", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_fence_fails_with_page_and_line(body: str, message: str) -> None:
    with pytest.raises(FenceError) as error:
        rendered(f"Before.\n\n```conv-explorer\n{body}\n```\n")
    assert str(error.value).startswith("docs/page.md:3: conv-explorer: ")
    assert message in str(error.value)


def test_options_of_a_fence_are_refused() -> None:
    with pytest.raises(FenceError, match="takes no options"):
        rendered(GOOD.replace("```conv-explorer", '```{.conv-explorer title="x"}'))


def test_numerals_of_an_explorer_are_known() -> None:
    known = explorer.numbers(BODY)
    assert "10" in known, "an output cell"
    assert "3" in known, "a weight"
    assert "99" not in known


def test_facts_are_convrefs() -> None:
    """What the scripts get is JSON, name by name."""
    lines = re.findall(r"^export const (\w+) = (.*);$", facts.script(), re.M)
    told = {name: json.loads(value) for name, value in lines}
    assert " ".join(told) == "KINDS LETTERS LIMITS MODES SPARE MESSAGES WIDTH HEAD"
    assert told["MODES"] == list(checks.MODES) and told["HEAD"][0] == "position"
    assert told["LIMITS"]["kernel"] == [1, 7] and told["LETTERS"]["2"] == ["H", "W"]
    for rule, (error, message) in told["MESSAGES"].items():
        assert (messages.MESSAGES[rule][0].__name__, messages.MESSAGES[rule][1]) == (error, message)
        # checks.js fills in plain names only.
        assert re.findall(r"\{[^}]*\}", message) == re.findall(r"\{\w+\}", message)


def test_no_script_has_a_second_copy_of_a_fact() -> None:
    """Only facts.js says what a fact is, and each fact is used."""
    sources = {path.name: path.read_text("utf-8") for path in SCRIPTS.glob("*.js")}
    assert "facts.js" not in sources, "it is written at build"
    text = "".join(sources.values())
    for name in facts.facts():
        assert not re.search(rf"\b(?:const|let) {name}\b", text), name
        assert re.search(rf"import {{[^}}]*\b{name}\b[^}}]*}} from \"./facts.js\"", text), name


OPENED = f"Before.\n\n```conv-open\n{BODY}padding: 1\n```\n\nAfter.\n"
PLACES = {
    "docs/en/index.md": "play/",
    "docs/en/play/index.md": "../play/",
    "docs/en/learn/stride.md": "../../play/",
    "docs/zh/notebooks/digits.ipynb": "../../play/",
}


@pytest.mark.parametrize(("path", "address"), PLACES.items(), ids=PLACES)
def test_a_link_opens_the_explorer_in_a_state(path: str, address: str) -> None:
    html = converter("en").convert(signed(OPENED, path))
    link = re.search(r'<p class="conv-open"[^>]*><a href="([^"]*)">', html)
    assert link
    page, _, state = unescape(link[1]).partition("#")
    assert (page, state) == (address, explorer.parsed(BODY + "padding: 1").query())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("input: [1]\nweight: [1, 2]", "the kernel reaches over"),
        (BODY + "full: true", "full belongs to"),
    ],
    ids=["refused", "full"],
)
def test_a_wrong_link_fails_with_page_and_line(body: str, message: str) -> None:
    with pytest.raises(FenceError, match=f"docs/page.md:3: conv-open: .*{message}"):
        rendered(f"Before.\n\n```conv-open\n{body}\n```\n")
