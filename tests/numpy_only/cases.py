"""Convolutions that are valid by construction, with a paste-ready reproduction of each."""

import math
import os
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st

from convref import checks
from convref.geometry import output_size, reach, resolve

# In CI every run tries the same cases; elsewhere each run tries new ones. For each of thousands of
# mutants (verify/mutation) fewer will do, and nobody reads how one failed.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.register_profile(
    "mutants", settings.get_profile("ci"), max_examples=30, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile(os.environ.get("PROFILE") or ("ci" if os.environ.get("CI") else "local"))


@dataclass(frozen=True, repr=False)
class Case:
    """The shapes and options of one call of conv1d, conv2d or conv3d."""

    input: tuple[int, ...]
    weight: tuple[int, ...]
    bias: bool
    stride: tuple[int, ...]
    padding: Any
    dilation: tuple[int, ...]
    groups: int
    padding_mode: str

    @property
    def rank(self) -> int:
        return len(self.weight) - 2

    @property
    def options(self) -> dict[str, Any]:
        names = ("stride", "padding", "dilation", "groups", "padding_mode")
        return {name: getattr(self, name) for name in names}

    def axes(self) -> Any:
        """One Axis for each spatial axis."""
        sizes = self.input[-self.rank :]
        return resolve(sizes, self.weight[2:], self.stride, pairs(self.padding), self.dilation)

    def arrays(self, dtype: Any = "int64") -> Any:
        """Input, weight and bias in which a wrong cell shows: every value is another one."""
        input = np.arange(np.prod(self.input)).reshape(self.input) - 5
        weight = 3 - np.arange(np.prod(self.weight)).reshape(self.weight)
        bias = 100 * (1 + np.arange(self.weight[0])) if self.bias else None
        return [None if each is None else each.astype(dtype) for each in (input, weight, bias)]

    def __repr__(self) -> str:
        bias = f"100 * (1 + np.arange({self.weight[0]}))" if self.bias else "None"
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return (
            "\nimport numpy as np\nimport convref\n"
            f"input = np.arange({np.prod(self.input)}).reshape{self.input} - 5\n"
            f"weight = 3 - np.arange({np.prod(self.weight)}).reshape{self.weight}\n"
            f"print(convref.conv{self.rank}d(input, weight, {bias}, {options}))\n"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would print the fields


# The oracle of each mode: what numpy.pad calls it.
NUMPYS: dict[str, Any] = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}
# PyTorch's own rules: padding is at most the size less this, and what negative pads do first.
SPARE = {"reflect": 1, "circular": 0}
CROPPED_FIRST = {"circular"}
BATCHES = ((), (0,), (1,), (2,))


def pairs(padding: Any) -> Any:
    """(before, after) for each axis, or the word."""
    if isinstance(padding, str):
        return padding
    return [each if isinstance(each, tuple) else (each, each) for each in padding]


def allowed(mode: str, size: int) -> float:
    """How much padding PyTorch takes on one side."""
    return size - SPARE[mode] if mode in SPARE else math.inf


@st.composite
def cases(
    draw: Any,
    ranks: Any = (1, 2, 3),
    largest: Any = 3,
    modes: Any = checks.MODES,
    paddings: Any = ("same", "valid", "numbers", "sides"),
    batches: Any = BATCHES,
) -> Case:
    """Draw groups first and then multiples, the kernel first and then an input that it fits."""
    rank = draw(st.sampled_from(ranks))
    few = st.integers(1, largest)
    groups, per_group, multiplier = draw(few), draw(few), draw(few)
    kernel = [draw(st.integers(1, 4)) for _ in range(rank)]
    dilation = [draw(few) for _ in range(rank)]
    mode = draw(st.sampled_from(modes))
    padding: Any = draw(st.sampled_from(paddings))
    stride = [1 if padding == "same" else draw(few) for _ in range(rank)]
    if padding == "numbers":
        padding = tuple(draw(st.integers(0, 3)) for _ in range(rank))
    if padding == "sides":
        padding = [(draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(rank)]
    sizes = []
    for axis in resolve([0] * rank, kernel, stride, pairs(padding), dilation):
        pad = max(axis.before, axis.after)
        least = reach(axis.kernel, axis.dilation) - axis.before - axis.after
        least = next(n for n in count(max(1, least)) if pad <= allowed(mode, n))
        sizes.append(least + draw(st.integers(0, 3)))
    batch = draw(st.sampled_from(batches))
    return Case(
        (*batch, groups * per_group, *sizes),
        (groups * multiplier, per_group, *kernel),
        draw(st.booleans()),
        tuple(stride),
        padding,
        tuple(dilation),
        groups,
        mode,
    )


def output_shape(case: Case) -> tuple[int, ...]:
    batch = case.input[: len(case.input) - case.rank - 1]
    return (*batch, case.weight[0], *map(output_size, case.axes()))
