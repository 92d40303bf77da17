"""How many mistakes of the catalogue pass a set of tests: convref's own cases, and others'.

Others' tests are calls with a tolerance, after their published definitions:

- ONNX's tests of the node Conv (onnx/backend/test/case/node/conv.py), with kernels of ones;
- its models from PyTorch's tests of that time (onnx/backend/test/data/pytorch-converted);
- PyTorch's samples, from its file (torch/testing/_internal/common_methods_invocations.py);
- what many write themselves: one call with random normal numbers, or one with ones.

tests/frameworks holds the first two equal to the installed package.
"""

import ast
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from convref.conformance.diagnosis import Tried
from convref.conformance.floats import NUMBERS as PRECISIONS
from convref.conformance.mistakes import MISTAKES, Mistake
from convref.conformance.suite import OPS, Case, answer, cases, floats, smoke
from convref.geometry import same_padding
from convref.types import Array

CATALOGUE = {**MISTAKES, **PRECISIONS}
Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], Array]


def normal(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.standard_normal(shape)


def uniform(rng: np.random.Generator, shape: Shape) -> Array:
    """As PyTorch's samples are drawn."""
    return rng.uniform(-9, 9, shape)


def counted(rng: np.random.Generator, shape: Shape) -> Array:
    return np.arange(np.prod(shape)).reshape(shape)


def ones(rng: np.random.Generator, shape: Shape) -> Array:
    return np.ones(shape)


# What stands in the input, and what in weight and bias.
NUMBERS: dict[str, tuple[Draw, Draw]] = {
    "normal": (normal, normal),
    "uniform": (uniform, uniform),
    "counted": (counted, ones),
    "ones": (ones, ones),
}


class Call(NamedTuple):
    """One test of somebody's: shapes, options, and the numbers in it."""

    input: Shape
    weight: Shape
    bias: bool = True
    options: Mapping[str, Any] = MappingProxyType({})
    numbers: str = "normal"

    def case(self, op: str, seed: int) -> Case:
        rank = OPS[op]
        rng = np.random.default_rng(seed)
        options = {key: each(value, rank) for key, value in self.options.items() if key != "groups"}
        groups = self.options.get("groups", 1)
        dilation = options.get("dilation", (1,) * rank)
        outputs = self.weight[1] * groups if "transpose" in op else self.weight[0]
        draw, weigh = NUMBERS[self.numbers]
        return Case(
            op=op,
            name="",
            input=draw(rng, self.input).astype(np.float32),
            weight=weigh(rng, self.weight).astype(np.float32),
            bias=weigh(rng, (outputs,)).astype(np.float32) if self.bias else None,
            stride=options.get("stride", (1,) * rank),
            padding=pairs(options.get("padding", (0,) * rank), self.weight[2:], dilation),
            dilation=dilation,
            groups=groups,
            output_padding=options.get("output_padding", (0,) * rank if "transpose" in op else ()),
        )


def each(value: Any, rank: int) -> Any:
    """An option with a number for each axis."""
    return (value,) * rank if isinstance(value, int) else value


def pairs(padding: Any, kernel: Shape, dilation: Shape) -> tuple[tuple[int, int], ...]:
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same":
        return tuple(map(same_padding, kernel, dilation))
    return tuple((p, p) for p in padding)


class Suite(NamedTuple):
    """Calls and the tolerance that they are compared with."""

    calls: tuple[Call, ...]
    rtol: float
    atol: float


def nodes(*given: tuple[Shape, dict[str, Any]]) -> tuple[Call, ...]:
    return tuple(Call(shape, (1, 1, 3, 3), False, each, "counted") for shape, each in given)


# The last is SAME_LOWER, which is one cell on each side here.
NODES = nodes(
    ((1, 1, 5, 5), {"padding": 1}),
    ((1, 1, 5, 5), {}),
    ((1, 1, 7, 5), {"stride": 2, "padding": 1}),
    ((1, 1, 7, 5), {"stride": 2}),
    ((1, 1, 7, 5), {"stride": 2, "padding": (1, 0)}),
    ((1, 1, 5, 5), {"stride": 2, "padding": 1}),
)
CONVERTED = {
    "test_Conv2d": Call((2, 3, 7, 5), (4, 3, 3, 2)),
    "test_Conv2d_depthwise": Call((2, 4, 6, 6), (4, 1, 3, 3), True, {"groups": 4}),
    "test_Conv2d_depthwise_padded": Call(
        (2, 4, 6, 6), (4, 1, 3, 3), True, {"groups": 4, "padding": 1}
    ),
    "test_Conv2d_depthwise_strided": Call(
        (2, 4, 6, 6), (4, 1, 3, 3), True, {"groups": 4, "stride": 2}
    ),
    "test_Conv2d_depthwise_with_multiplier": Call((2, 4, 6, 6), (8, 1, 3, 3), True, {"groups": 4}),
    "test_Conv2d_dilated": Call(
        (2, 3, 8, 8), (2, 3, 3, 3), True, {"dilation": 2, "padding": 1, "stride": 2}
    ),
    "test_Conv2d_groups": Call((2, 4, 6, 5), (6, 2, 3, 2), True, {"groups": 2}),
    "test_Conv2d_groups_thnn": Call((2, 4, 6, 5), (6, 2, 3, 2), True, {"groups": 2}),
    "test_Conv2d_no_bias": Call((2, 3, 6, 5), (4, 3, 3, 2), False),
    "test_Conv2d_padding": Call((2, 3, 6, 6), (4, 3, 3, 3), True, {"padding": 1, "stride": 2}),
    "test_Conv2d_strided": Call((2, 3, 6, 6), (4, 3, 3, 3), True, {"stride": 2}),
}


def samples(op: str) -> tuple[Call, ...]:
    """PyTorch's samples for an operator, each of which it also calls without a batch."""
    for node in pytorchs().body:
        if isinstance(node, ast.FunctionDef) and node.name == f"sample_inputs_{op}":
            (rows,) = (line.value for line in node.body if isinstance(line, ast.AnnAssign))
            assert rows is not None
            return tuple(
                Call(input, weight, bias is not None, options, "uniform")
                for input, weight, bias, options in ast.literal_eval(rows)
            )
    raise LookupError(op)


@cache
def pytorchs() -> ast.Module:
    """The file with the samples: to import it would need more than PyTorch brings along."""
    found = find_spec("torch")
    assert found is not None and found.origin is not None
    path = Path(found.origin).parent / "testing/_internal/common_methods_invocations.py"
    return ast.parse(path.read_text("utf-8"))


# Tolerances: ONNX's runner, torch.testing for float32, numpy.allclose.
SQUARE = (2, 3, 8, 8), (4, 3, 3, 3)
OTHERS = {
    "ones": Suite((Call(*SQUARE, True, {"padding": 1}, "ones"),), 1e-5, 1e-8),
    "normal": Suite((Call(*SQUARE, True, {"padding": 1}),), 1e-5, 1e-8),
    "onnx": Suite(NODES, 1e-3, 1e-7),
    "converted": Suite(tuple(CONVERTED.values()), 1e-3, 1e-7),
    "pytorch": Suite(samples("conv2d"), 1.3e-6, 1e-5),
}


def near(case: Case, mistake: Mistake, suite: Suite) -> bool:
    got, right = mistake.answer(case), answer(case)
    return (
        got is not None
        and got.shape == right.shape
        and np.allclose(got, right, suite.rtol, suite.atol)
    )


@cache
def possible(op: str) -> tuple[str, ...]:
    """The mistakes that a function of this name can have."""
    kind = "transposed" if "transpose" in op else "conv"
    return tuple(name for name, mistake in MISTAKES.items() if kind in mistake.kinds)


@cache
def passing(name: str, op: str = "conv2d") -> tuple[str, ...]:
    """The mistakes that pass every call of somebody's tests."""
    suite = Suite(samples(op), 1.3e-6, 1e-5) if name == "pytorch" else OTHERS[name]
    given = [call.case(op, seed) for seed, call in enumerate(suite.calls)]
    return tuple(
        mistake
        for mistake in possible(op)
        if all(near(case, MISTAKES[mistake], suite) for case in given)
    )


@cache
def hidden(level: str, op: str = "conv2d") -> tuple[str, ...]:
    """The mistakes that pass convref's own cases."""
    given = [(case, answer(case)) for case in (smoke if level == "smoke" else cases)(op)]
    return tuple(
        name
        for name in possible(op)
        if all(Tried(case, right, MISTAKES[name].answer(case)).good for case, right in given)
    )


@cache
def smallest(name: str) -> str:
    """The case with the fewest numbers that shows a mistake: of conv2d, or else transposed."""
    mistake, given = CATALOGUE[name], floats if name in PRECISIONS else cases
    op = "conv2d" if "conv" in mistake.kinds else "conv_transpose2d"
    found = [case for case in given(op) if not Tried(case, answer(case), mistake.answer(case)).good]
    return min(found, key=lambda case: case.input.size + case.weight.size).name


def through(name: str) -> str:
    """The tests of others that a mistake passes, by their short names."""
    return " ".join(other for other in OTHERS if name in passing(other)) or "-"
