"""What the explorer must show, computed by convref; and seeded parameter sets to compare by."""

from __future__ import annotations

import math
import random
import urllib.parse
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route

import convref
from convref import checks, geometry
from convref.engine import windows
from convref.geometry import Axis, reach
from convref.padding import pad_checked
from convref.trace import Explanation, explain, explain_transposed
from website.before import facts
from website.settings import ROOT

Cell = tuple[int, ...]


def with_modules(page: Page) -> None:
    """Let a page import the explorer's modules one by one, as `modules/NAME.js` of the site: the
    published script is one of all of them."""

    def answer(route: Route) -> None:
        name = urllib.parse.urlsplit(route.request.url).path.rpartition("/")[2]
        source = ROOT / "theme/assets/explorer" / name
        text = facts.script() if name == "facts.js" else source.read_text("utf-8")
        route.fulfill(body=text, content_type="text/javascript")

    page.route("**/modules/*.js", answer)


@dataclass(frozen=True)
class Case:
    """One state of an explorer, as plain numbers."""

    kind: str
    channels: int
    outputs: int
    groups: int
    size: list[int]
    kernel: list[int]
    stride: list[int]
    dilation: list[int]
    padding: Any
    mode: Any
    extra: list[int]
    input: list[float]
    weight: list[float]
    bias: list[float] | None
    at: list[int]

    @property
    def transposed(self) -> bool:
        return self.kind == "transposed"

    @property
    def splits(self) -> bool:
        return self.groups < 1 or self.channels % self.groups == self.outputs % self.groups == 0

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Integers as int64, and float64 as soon as one number is none."""
        given = [*self.input, *self.weight, *(self.bias or [])]
        dtype = np.int64 if all(isinstance(each, int) for each in given) else np.float64
        part = max(1, self.groups)
        shape = [self.outputs, max(1, self.channels // part), *self.kernel]
        if self.transposed:
            shape = [self.channels, max(1, self.outputs // part), *self.kernel]
        return (
            np.array(self.input, dtype).reshape(1, self.channels, *self.size),
            np.array(self.weight, dtype).reshape(shape),
            None if self.bias is None else np.array(self.bias, dtype),
        )

    def output(self) -> np.ndarray:
        """The layer's output, or convref's own error."""
        if not self.splits:
            layer = convref.ConvTranspose2d if self.transposed else convref.Conv2d
            layer(self.channels, self.outputs, 1, groups=self.groups)
        x, w, b = self.arrays()
        if self.transposed:
            padding: Any = [before for before, _ in self.padding]
            options = (self.extra, self.groups, self.dilation)
            return convref.conv_transpose2d(x, w, b, self.stride, padding, *options)
        function = convref.conv1d if self.kind == "1d" else convref.conv2d
        window = (self.stride, self.padding, self.dilation)
        return function(x, w, b, *window, self.groups, self.mode)

    def summed(self) -> np.ndarray:
        """The output term by term in the definition's order, which decides a float's last bits."""
        x, w, b = self.arrays()
        axes, inner = self.axes(), self.weight_channels()
        if self.transposed:
            sizes = [geometry.output_size(geometry.as_convolution(a, e)) for a, e in self.ends()]
            whole = [a.before + n + a.after for a, n in zip(axes, sizes, strict=True)]
            out = np.zeros((1, self.outputs, *whole), x.dtype)
            for c, *p in np.ndindex(x.shape[1:]):
                first = c // (self.channels // self.groups) * inner
                at = [
                    slice(i * a.stride, i * a.stride + reach(a.kernel, a.dilation), a.dilation)
                    for i, a in zip(p, axes, strict=True)
                ]
                out[:, first : first + inner, *at] += w[c] * x[:, c, *p]
            kept = [slice(a.before, a.before + n) for a, n in zip(axes, sizes, strict=True)]
            out = out[:, :, *kept].copy()
        else:
            pairs = [(0, 0), (0, 0), *((a.before, a.after) for a in axes)]
            view = windows(pad_checked(x, pairs, self.mode), axes)
            out = np.zeros((1, self.outputs, *view.shape[2 : 2 + len(axes)]), x.dtype)
            for o, c, *t in np.ndindex(w.shape):
                first = o // (self.outputs // self.groups) * inner
                out[:, o] += w[o, c, *t] * view[:, first + c, ..., *t]
        return out if b is None else out + b.reshape(-1, *[1] * len(axes))

    def weight_channels(self) -> int:
        """What one channel of the weight's first axis meets of the other side."""
        return (self.outputs if self.transposed else self.channels) // self.groups

    def ends(self) -> list[tuple[Axis, int]]:
        """Each axis with its output padding."""
        return list(zip(self.axes(), self.extra, strict=True))

    def axes(self) -> tuple[Axis, ...]:
        return geometry.resolve(self.size, self.kernel, self.stride, self.padding, self.dilation)

    def explained(self, at: Cell) -> Explanation:
        x, w, b = self.arrays()
        if self.transposed:
            padding: Any = [before for before, _ in self.padding]
            options = (self.stride, padding, self.extra, self.groups, self.dilation)
            return explain_transposed(x, w, b, *options, at=(0, *at))
        window = (self.stride, self.padding, self.dilation)
        return explain(x, w, b, *window, self.groups, self.mode, at=(0, *at))

    def formulas(self) -> list[str]:
        axes = self.axes()
        if self.transposed:
            return [geometry.written_transposed_size(*end) for end in self.ends()]
        return [geometry.written_size(axis) for axis in axes]

    def counts(self, output: np.ndarray) -> tuple[int, int]:
        """Parameters and multiplications."""
        weight = self.arrays()[1].shape
        windows = self.size if self.transposed else output.shape[2:]
        bias = len(self.bias or [])
        return geometry.parameters(weight, bias), geometry.products(weight, windows)


def drawn(seed: int) -> Case:
    """A random state; about a fifth of them are refused."""
    draw = random.Random(seed)
    kind = draw.choice(["1d", "2d", "2d", "2d", "transposed"])
    rank = 1 if kind == "1d" else 2
    groups = draw.choice([1, 1, 1, 2, 3])
    channels, outputs = (groups * draw.randint(1, 2) for _ in range(2))
    if draw.random() < 0.03:
        groups = draw.choice([0, groups + 1, 5])

    def each(low: int, high: int) -> list[int]:
        return [draw.randint(low, high) for _ in range(rank)]

    size = each(1, 16) if draw.random() < 0.2 else each(4, 9)
    kernel = each(1, 7) if draw.random() < 0.15 else each(1, 3)
    stride = each(0, 3) if draw.random() < 0.05 else [draw.choice([1, 1, 2, 3])] * rank
    dilation = each(0, 3) if draw.random() < 0.05 else [draw.choice([1, 1, 1, 2])] * rank
    mode = "zeros" if kind == "transposed" else draw.choice(checks.MODES)
    most = 8 if draw.random() < 0.1 else 2
    padding: str | list[list[int]] = [[draw.randint(0, most)] * 2 for _ in range(rank)]
    if kind != "transposed":
        if draw.random() < 0.25:
            padding = [[draw.randint(0, most) for _ in range(2)] for _ in range(rank)]
        elif draw.random() < 0.25:
            padding = draw.choice(["same", "valid"])
    extra = [0] * rank
    if kind == "transposed" and draw.random() < 0.5:
        extra = each(0, 2)
    floats = draw.random() < 0.4

    def number(large: bool) -> float:
        if floats and draw.random() < 0.8:
            places = draw.randint(1, 4)
            bound = 99 if large else 3
            return round(draw.uniform(-bound, bound), places) + 0.0 or 0.5
        return draw.randint(-999_999, 999_999) if large else draw.randint(-9, 9)

    large = draw.random() < 0.1
    part = max(1, groups)
    cells = channels * math.prod(size)
    taps = outputs * max(1, channels // part)
    if kind == "transposed":
        taps = channels * max(1, outputs // part)
    taps *= math.prod(kernel)
    bias = [number(large) for _ in range(outputs)] if draw.random() < 0.4 else None
    return Case(
        kind=kind,
        channels=channels,
        outputs=outputs,
        groups=groups,
        size=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        padding=padding,
        mode=mode,
        extra=extra,
        input=[number(large) for _ in range(cells)],
        weight=[number(large) for _ in range(taps)],
        bias=bias,
        at=[0] * (rank + 1),
    )
