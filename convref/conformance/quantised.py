"""Calls in 8 bits: whole numbers with zero points and scales, in which every mistake shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from convref.conformance import rounding, suite
from convref.conformance.rounding import Rounding, Scale
from convref.conformance.suite import Case
from convref.types import Array

__all__ = ["INT8_USES"]

# What a function in 8 bits may do without, beside what any convolution may.
INT8_USES = (
    *(use for use in suite.USES if "float" not in use),
    *("input_zero_point", "weight_zero_point", "output_zero_point", "per_channel"),
)


@dataclass(frozen=True, kw_only=True)
class Quantised(Case):
    """A call in 8 bits. Real numbers are (whole number - zero point) · scale."""

    input_zero_point: int
    weight_zero_point: Array  # one, or one for each output channel
    output_zero_point: int
    input_scale: float
    weight_scale: Array  # one, or one for each output channel
    output_scale: float

    @property
    def uses(self) -> frozenset[str]:
        given = {
            "input_zero_point": self.input_zero_point != 0,
            "weight_zero_point": bool(self.weight_zero_point.any()),
            "output_zero_point": self.output_zero_point != 0,
            "per_channel": len(self.weight_scale) > 1,
        }
        return super().uses | {name for name, has in given.items() if has}

    @property
    def scale(self) -> Scale:
        """What accumulators are multiplied with, for each output channel."""
        weight = np.broadcast_to(self.weight_scale, self.outputs)
        return rounding.scale(self.input_scale, weight, self.output_scale, self.output_zero_point)

    def limits(self) -> tuple[int, int]:
        """The least and the greatest number of 8 bits."""
        info = np.iinfo(self.input.dtype)
        return int(info.min), int(info.max)

    def arguments(self) -> tuple[list[Array | None], dict[str, Any]]:
        """As of any case; besides, everything about zero points and scales."""
        arrays, options = super().arguments()
        for name in [field.name for field in fields(self) if field.kw_only]:
            value = getattr(self, name)
            options[name] = value.copy() if isinstance(value, np.ndarray) else value
        scale = self.scale
        options["multiplier"] = scale.multiplier.astype(np.int32)
        options["shift"] = scale.shift.astype(np.int32)
        return arrays, options


def centred(case: Quantised) -> Quantised:
    """The whole numbers without their zero points, wide enough for every sum."""
    zero = case.weight_zero_point.astype(np.int64)
    if case.transposed:  # (in, out / groups, *kernel): groups along the first axis
        each = np.broadcast_to(zero, case.outputs).reshape(case.groups, 1, -1)
        zeros = np.repeat(each, len(case.weight) // case.groups, axis=1)
        zeros = zeros.reshape(*case.weight.shape[:2], *[1] * case.rank)
    else:
        zeros = zero.reshape(-1, *[1] * (case.rank + 1))
    return replace(
        case,
        input=case.input.astype(np.int64) - case.input_zero_point,
        weight=case.weight.astype(np.int64) - zeros,
        bias=None if case.bias is None else case.bias.astype(np.int64),
    )


def accumulators(case: Quantised) -> Array:
    """The exact sums, whose padding is the input's zero point: a real 0."""
    return suite.answer(centred(case))


def output(case: Quantised, rule: Rounding) -> Array:
    """The sums scaled, rounded, moved by the zero point, and held within 8 bits."""
    rounded = rule(accumulators(case), case.scale.by_channel(case.rank))
    out: Array = (rounded + case.output_zero_point).clip(*case.limits())
    return out.astype(case.input.dtype)


# The calls ----------------------------------------------------------------------------------------


def drawn(dice: np.random.Generator, shape: Sequence[int], dtype: str) -> Array:
    """Numbers from the whole range of 8 bits."""
    info = np.iinfo(dtype)
    return dice.integers(info.min, info.max, shape, endpoint=True).astype(dtype)


def filled(case: Case, seed: int, dtype: str) -> Quantised:
    """A call of the suite with numbers from the whole range in place of its own."""
    dice = np.random.default_rng(seed)
    offset = 128 if dtype == "uint8" else 0
    given = {field.name: getattr(case, field.name) for field in fields(Case)}
    given |= {
        "input": drawn(dice, case.input.shape, dtype),
        "weight": drawn(dice, case.weight.shape, "int8"),
        "bias": None
        if case.bias is None
        else dice.integers(-40_000, 40_000, case.outputs).astype(np.int32),
    }
    scales = dice.uniform(0.25, 2, case.outputs)
    products = case.weight.size // case.outputs
    return Quantised(
        **given,
        input_zero_point=int(dice.integers(3, 30)) + offset,
        weight_zero_point=np.array([0], np.int8),
        output_zero_point=-int(dice.integers(2, 15)) * 2 - 1 + offset,  # odd: it moves evenness
        input_scale=float(np.float32(0.017)),
        weight_scale=(scales / products**0.5).astype(np.float32),
        output_scale=float(np.float32(1.1)),  # a few results go beyond 8 bits
    )


def aimed(op: str, dtype: str, missing: Sequence[str]) -> list[Quantised]:
    """One tap, so that accumulators are what is wished for: halves, and close to them."""
    bias = "bias" not in missing
    base = suite.made(
        op, "halves", 0, channels=1, outputs=16, size=(24, 3, 2), kernel=(1, 1, 1), bias=bias
    )
    halves = filled(base, 71, dtype)
    small = np.array([1, -1, 3, -3, 5, -5, 7, -7], np.int8)
    # Scales from 2⁻⁸ to 2⁻¹: every 256th to every second accumulator ends in a half.
    powers = np.ldexp(np.float32(1), np.array([-6, -1, -3, -5, -7, -2, -4, -8]))
    halves = replace(
        halves,
        weight=np.concatenate([small, small]).reshape(halves.weight.shape),
        bias=np.arange(-8, 8, dtype=np.int32) if bias else None,
        input_scale=0.5,
        weight_scale=np.concatenate([powers, powers]),
        output_scale=0.5,
    )
    halves = without(halves, missing)
    if not bias:
        return [halves]
    # Sums of some 28 bits, close to a half or to a whole number: float32 cannot tell.
    dice = np.random.default_rng(83)
    input = halves.input_zero_point + dice.integers(-40, 41, halves.input.shape)
    fine = (dice.uniform(1, 2, len(halves.weight_scale)) * 2.0**-24).astype(np.float32)
    wanted = [2.5, -2.5, 41.5, -39.5, 17.5, -89.5, 65.5, -4.5, 7.5, -60.5, 33.5, -12.5]
    sums = np.rint(np.array([*wanted, 12, -23, 77, -50]) / fine.astype(np.float64))
    near = replace(halves, name="close to halves", weight_scale=fine, input=input.astype(dtype))
    return [halves, replace(near, bias=sums.astype(np.int32))]


def asymmetric(case: Quantised, seed: int) -> Quantised:
    """The same with zero points of the weights."""
    dice = np.random.default_rng(seed)
    zeros = dice.integers(4, 20, len(case.weight_scale)) * dice.choice([-1, 1])
    return replace(case, weight_zero_point=zeros.astype(np.int8))


def without(case: Quantised, missing: Iterable[str]) -> Quantised:
    """The call with what a function in 8 bits lacks as plain as can be."""
    plain: dict[str, dict[str, Any]] = {
        "input_zero_point": {"input_zero_point": 0},
        "weight_zero_point": {"weight_zero_point": np.array([0], np.int8)},
        "output_zero_point": {"output_zero_point": 0},
        "per_channel": {
            "weight_scale": case.weight_scale[:1],
            "weight_zero_point": case.weight_zero_point[:1],
        },
    }
    for name in missing:
        case = replace(case, **plain.get(name, {}))
    return case


def quantised_cases(
    op: str, dtype: str = "int8", missing: Sequence[str] = (), level: str = "full"
) -> list[Quantised]:
    """Everything at once, halves, numbers close to halves; then the levels of the suite."""
    plain = [name for name in missing if name in suite.USES]
    known = (suite.smoke if level == "smoke" else suite.cases)(op, plain)
    every = [filled(case, 1000 + 10 * seed, dtype) for seed, case in enumerate(known)]
    front = [asymmetric(case, seed) for seed, case in enumerate(every[:2])]
    front += [*every[2:3], *aimed(op, dtype, missing)]
    return [without(case, missing) for case in [*front, *every[3:]]]
