"""A `conv-explorer` fence becomes a <conv-explorer> element, with a picture for want of a script.

    ```conv-explorer
    input: [[1, 2, 0], [0, 1, 2], [1, 2, 1]]
    weight: [[1, 2], [3, -1]]
    padding: 1
    ```

The parameters are those of convref's functions, and are checked by calling them. A `conv-open`
fence takes the same, and becomes a link that opens the explorer's own page in that state.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import convref
from convref import checks
from convref.figures import Figure, draw
from convref.types import Array
from website.markdown.fences import fence, parameters
from website.markdown.figures import scrolled
from website.markdown.page import Page

KINDS = ("1d", "2d", "transposed")
# The least and the most of each parameter: an explorer is for the eye, and shows small ones.
LIMITS = {
    "size": (1, 16),
    "kernel": (1, 7),
    "stride": (0, 8),
    "dilation": (0, 4),
    "padding": (0, 8),
    "extra": (0, 7),
    "channels": (1, 8),
    "outputs": (1, 8),
    "groups": (0, 8),
}
KEYS = (
    *("kind", "input", "weight", "bias", "stride", "padding", "dilation", "groups", "mode"),
    *("output_padding", "at", "full"),
)
WORDS = {
    "zh": (
        "动手试卷积",
        "这里本来是可以动手操作的演示，需要开启 JavaScript。"
        "不开启时，不能换别的输出格，也不能改数和参数。",
    ),
    "en": (
        "Convolution explorer",
        "Here is an interactive explorer, which needs JavaScript. Without it you cannot choose "
        "other cells, nor change numbers and parameters.",
    ),
}
OPEN = {"zh": "在“动手试”里打开", "en": "Open it in the explorer"}


class State(NamedTuple):
    """What an explorer starts with, checked."""

    kind: str
    input: Array  # (1, C, *sizes)
    weight: Array
    bias: Array | None
    groups: int
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str | list[tuple[int, int]]
    extra: tuple[int, ...]
    mode: str
    at: tuple[int, ...]
    full: bool

    @property
    def rank(self) -> int:
        return len(self.input.shape) - 2

    @property
    def plain(self) -> bool:
        """Whether windows are whole and lie within the input, as in the figure `channels`."""
        within = self.padding == "valid" or all(pair == (0, 0) for pair in self.padding)
        return within and set(self.dilation) == {1}

    @property
    def outputs(self) -> int:
        axis, times = (1, self.groups) if self.transposed else (0, 1)
        return int(self.weight.shape[axis]) * times

    @property
    def transposed(self) -> bool:
        return self.kind == "transposed"

    def sides(self) -> Any:
        """The padding as a function takes it: a transposed one knows no difference of sides."""
        if self.transposed and not isinstance(self.padding, str):
            return [before for before, _ in self.padding]
        return self.padding

    def output(self) -> Array:
        """What convref makes of it; raises convref's own errors."""
        operands = (self.input, self.weight, self.bias)
        if self.transposed:
            options = (self.extra, self.groups, self.dilation)
            return convref.conv_transpose2d(*operands, self.stride, self.sides(), *options)
        function: Callable[..., Array] = (convref.conv1d, convref.conv2d)[self.rank - 1]
        window = (self.stride, self.sides(), self.dilation)
        return function(*operands, *window, self.groups, self.mode)

    def query(self) -> str:
        """As the text of a link, which theme/assets/explorer/state.js reads."""
        padding = self.padding
        if not isinstance(padding, str):
            padding = ",".join(f"{before},{after}" for before, after in padding)
        fields: dict[str, Any] = {
            "channels": [self.input.shape[1]],
            "outputs": [self.outputs],
            "groups": [self.groups],
            "size": self.input.shape[2:],
            "kernel": self.weight.shape[2:],
            "stride": self.stride,
            "dilation": self.dilation,
            "extra": self.extra,
            "input": self.input.ravel().tolist(),
            "weight": self.weight.ravel().tolist(),
            "at": self.at,
        }
        if self.bias is not None:
            fields["bias"] = self.bias.tolist()
        texts = {name: ",".join(f"{each:.6g}" for each in value) for name, value in fields.items()}
        texts |= {"kind": self.kind, "padding": padding, "mode": self.mode}
        return "&".join(f"{name}={text}" for name, text in texts.items())


def parsed(body: str) -> State:
    """The state that the body of a fence describes."""
    given = parameters(body)
    for key in given:
        checks.word("a parameter of conv-explorer", key, KEYS)
    for key in ("input", "weight"):
        if key not in given:
            raise ValueError(f"an explorer needs {key}: give its numbers")
    kind = given.get("kind", "1d" if np.ndim(given["input"]) == 1 else "2d")
    checks.word("kind", kind, KINDS)
    rank = 1 if kind == "1d" else 2
    operands = [given["input"], given["weight"], given.get("bias")]
    floats = any(np.asarray(each).dtype.kind == "f" for each in operands if each is not None)
    input, weight, bias = (
        None if each is None else np.array(each, float if floats else np.int64) for each in operands
    )
    assert input is not None and weight is not None
    stride = checks.integers("stride", given.get("stride", 1), rank, 1)
    extra = checks.integers("output_padding", given.get("output_padding", 0), rank, 0)
    padding = given.get("padding", 0)
    pairs: Any = padding if isinstance(padding, str) else paddings(padding, rank)
    state = State(
        kind=kind,
        input=input.reshape((1,) * (rank + 2 - input.ndim) + input.shape),
        weight=weight.reshape((1,) * (rank + 2 - weight.ndim) + weight.shape),
        bias=bias,
        groups=checks.integer("groups", given.get("groups", 1), 1),
        stride=stride,
        dilation=checks.integers("dilation", given.get("dilation", 1), rank, 1),
        padding=pairs,
        extra=extra,
        mode=checks.word("mode", given.get("mode", "zeros"), checks.MODES),
        at=tuple(given.get("at", (0,) * (rank + 1))),
        full=bool(given.get("full", False)),
    )
    checks.cell(state.at, state.output().shape[1:], batched=True)
    within_limits(state)
    return state


def paddings(value: Any, rank: int) -> list[tuple[int, int]]:
    """One number, one for each axis, or before and after for each axis."""
    if isinstance(value, list) and all(isinstance(each, list) for each in value):
        return [(before, after) for before, after in value]
    return [(each, each) for each in checks.integers("padding", value, rank, 0)]


def within_limits(state: State) -> None:
    """Refuse what an explorer cannot show."""
    pairs = [] if isinstance(state.padding, str) else state.padding
    given = {
        "size": state.input.shape[2:],
        "kernel": state.weight.shape[2:],
        "stride": state.stride,
        "dilation": state.dilation,
        "extra": state.extra,
        "padding": tuple(each for pair in pairs for each in pair),
        "channels": (state.input.shape[1],),
        "outputs": (state.outputs,),
        "groups": (state.groups,),
    }
    assert set(given) == set(LIMITS)
    operands = [each for each in (state.input, state.weight, state.bias) if each is not None]
    for value in np.concatenate([each.ravel() for each in operands]).tolist():
        text = f"{value:.6g}"
        if float(text) != value or abs(value) > 999_999 or len(text.partition(".")[2]) > 4:
            raise ValueError(f"a cell holds at most 6 digits, 4 of them decimals, received {value}")
    for name, values in given.items():
        low, high = LIMITS[name]
        if not all(low <= value <= high for value in values):
            raise ValueError(f"an explorer takes {name} from {low} to {high}, received {values}")


def numbers(body: str) -> set[str]:
    """The numerals that an explorer shows at first, without signs."""
    state = parsed(body)
    texts = [state.query().replace("=", " "), str(state.output().tolist())]
    return set(re.findall(r"\d+(?:\.\d+)?", " ".join(texts)))


def still(state: State) -> Figure:
    """A picture of the start: what a figure can show of it, at least which channels meet."""
    input, padding = state.input, state.sides()
    channels, size, kernel = input.shape[1], list(input.shape[2:]), list(state.weight.shape[2:])
    first, *at = state.at
    window: dict[str, Any] = {
        "stride": list(state.stride),
        "padding": padding,
        "dilation": list(state.dilation),
        "at": at,
    }
    if channels * state.outputs == 1:
        window |= {"input": input[0, 0], "weight": state.weight[0, 0]}
        if state.transposed:
            window |= {"view": "zero-stuffing", "output_padding": list(state.extra)}
            return draw("transposed", **window)
        bias = None if state.bias is None else state.bias[0].item()
        return draw("window", **window, bias=bias, mode=state.mode)
    if state.rank == state.groups == 1:
        several = {"channels": channels, "out_channels": state.outputs}
        return draw("sentence", length=size, kernel=kernel, **several, **window)
    several = {"in_channels": channels, "out_channels": state.outputs}
    if state.groups == 1 and not state.transposed and state.plain and state.outputs <= 6:
        del window["padding"], window["dilation"]
        return draw("channels", size=size, kernel=kernel, **several, **window)
    return draw("groups", groups=state.groups, at=first, **several)


@fence
def explorer(body: str, page: Page) -> str:
    """The element of a fence."""
    name, missing = WORDS[page.language]
    state = parsed(body)
    figure = still(state)
    svg, scroll = figure.named(name, "").svg, scrolled(figure, name)
    full = " full" if state.full else ""
    return (
        f'<div class="conv-explorer" data-search-exclude>'
        f'<conv-explorer state="{html.escape(state.query())}"{full}>'
        f'<noscript><div class="conv-figure-drawing"{scroll}>{svg}</div>'
        f"<p>{missing}</p></noscript></conv-explorer></div>"
    )


@fence
def opening(body: str, page: Page) -> str:
    """A link to the explorer's own page, in the state of a fence."""
    state = parsed(body)
    if state.full:
        raise ValueError("full belongs to an explorer, not to a link to one")
    address = html.escape(f"{page.up}play/#{state.query()}")
    link = f'<a href="{address}">{OPEN[page.language]}</a>'
    return f'<p class="conv-open" data-search-exclude>{link}</p>'
