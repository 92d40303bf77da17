"""A convolution in 8 bits, number by number as C would have it, with places for mistakes.

Sums come from a host of `hosts.py`, so that it can have their mistakes, too; what follows is in
Python's whole numbers. Written from published rules and from what the words of a mistake say, not
from `convref.conformance`.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from tests.numpy_only.hosts import Columns, Host

# Roundings: an accumulator, scale in float32, multiplier, shift and zero point --------------------


def tflite_double(x: int, m: int, shift: int) -> int:
    """gemmlowp's fixedpoint.h, as TFLite's common.h puts it together."""
    left, right = max(shift, 0), max(-shift, 0)
    ab = (x << left) * m
    nudge = 1 << 30 if ab >= 0 else 1 - (1 << 30)
    high = c_divide(ab + nudge, 1 << 31)
    mask = (1 << right) - 1
    threshold = (mask >> 1) + (1 if high < 0 else 0)
    return (high >> right) + (1 if high & mask > threshold else 0)


def tflite_single(x: int, m: int, shift: int) -> int:
    total = 31 - shift
    return (x * m + (1 << (total - 1))) >> total


def avx512(x: int, m: int, shift: int) -> int:
    """ruy's kernel: a half added before each of the two shifts."""
    left, right = max(shift, 0), max(-shift, 0)
    high = ((x << left) * m + (1 << 30)) >> 31
    return (high + (1 << (right - 1)) >> right) if right else high


def tosa(x: int, m: int, shift: int, double_round: bool) -> int:
    """apply_scale_32 of TOSA 1.0, whose shift is counted from the other end."""
    right = 31 - shift
    half = 1 << (right - 1)
    if double_round and right > 31:
        half += 1 << 30 if x >= 0 else -(1 << 30)
    return (x * m + half) >> right


def cmsis(x: int, m: int, shift: int) -> int:
    """arm_nn_requantize: arm_nn_doubling_high_mult_no_sat, arm_nn_divide_by_power_of_two."""
    high = ((x << max(shift, 0)) * m + (1 << 30)) >> 31
    exponent = max(-shift, 0)
    mask = (1 << exponent) - 1
    remainder = mask & high
    result = high >> exponent
    threshold = mask >> 1
    if result < 0:
        threshold += 1
    return result + (remainder > threshold)


def c_divide(a: int, b: int) -> int:
    """C's division: toward zero."""
    return abs(a) // b * (1 if a >= 0 else -1)


def nearest(x: int, m: int, shift: int, tie: str) -> int:
    """The exact product, halves away from zero or to the even number."""
    down, rest = divmod(x * m, 1 << (31 - shift))
    half = 1 << (30 - shift)
    if rest == half:
        up = x > 0 if tie == "away" else down % 2 == 1
        return down + up
    return down + (rest > half)


def in_single(x: int, scale: Any) -> float:
    return float(np.float32(x) * np.float32(scale))


def to_away(value: float) -> int:
    """C's round, which knows of no 0.49999997 + 0.5."""
    down = math.floor(abs(value))
    return int(math.copysign(down + (abs(value) - down >= 0.5), value))


RULES: dict[str, Any] = {
    "tflite-double": lambda x, s, m, e, z: tflite_double(x, m, e),
    "tflite-single": lambda x, s, m, e, z: tflite_single(x, m, e),
    "double-half-up": lambda x, s, m, e, z: avx512(x, m, e),
    "onnx": lambda x, s, m, e, z: round(in_single(x, s)),  # Python rounds halves to even
    "onnx-reference": lambda x, s, m, e, z: round(x * float(s) + z) - z,
    "half-away": lambda x, s, m, e, z: nearest(x, m, e, "away"),
    "half-even": lambda x, s, m, e, z: nearest(x, m, e, "even"),
    "truncate": lambda x, s, m, e, z: c_divide(x * m, 1 << (31 - e)),
    "floor": lambda x, s, m, e, z: x * m >> (31 - e),
    "float32-half-away": lambda x, s, m, e, z: to_away(in_single(x, s)),
    "float32-half-up": lambda x, s, m, e, z: math.floor(
        np.float32(in_single(x, s)) + np.float32(0.5)
    ),
    "float32-truncate": lambda x, s, m, e, z: math.trunc(in_single(x, s)),
}


# The host -----------------------------------------------------------------------------------------


class Int8:
    """As it is right; a mistake is a class with other steps."""

    accumulators = False

    def __init__(self, rule: str, sums: Host | None = None) -> None:
        self.rule, self.sums = RULES[rule], sums or Columns()

    def zeros(self, input_zero: int, weight_zero: Any) -> tuple[int, Any]:
        """What is subtracted from input and weight."""
        return input_zero, weight_zero

    def padding(self, input_zero: int) -> int:
        """The number in the padding."""
        return input_zero

    def read(self, x: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
        return x, w, b

    def held(self, total: int) -> int:
        """An accumulator, once it is finished."""
        return total

    def scale(self, o: int, single: Any, multiplier: Any, shift: Any) -> tuple[Any, int, int]:
        return single[o], int(multiplier[o]), int(shift[o])

    def scaled(self, total: int, bias: int, zero: int, by: Any) -> int:
        return int(by(total + bias))

    def moved(self, value: int, zero: int) -> int:
        return value + zero

    def fitted(self, value: int, low: int, high: int, zero: int) -> int:
        return min(max(value, low), high)

    def stored(self, out: Any, x: Any) -> Any:
        return out

    def __call__(self, input: Any, weight: Any, bias: Any, *, padding: Any, **o: Any) -> Any:
        dtype, outputs = input.dtype, len(weight)
        input, weight, bias = self.read(input, weight, bias)
        input_zero, output_zero = o["input_zero_point"], o["output_zero_point"]
        zero, zeros = self.zeros(input_zero, np.resize(o["weight_zero_point"], outputs))
        pairs = [each if isinstance(each, tuple) else (each, each) for each in padding]
        x = self.framed(input.astype(int), pairs, self.padding(input_zero)) - zero
        w = weight.astype(int) - np.reshape(zeros, (-1, *[1] * (weight.ndim - 1)))
        options = {name: o[name] for name in ("stride", "dilation", "groups")}
        totals, bias = self.total(x, w, bias, pairs, options)
        if self.accumulators:
            sums = totals + (0 if bias is None else bias.reshape(-1, *[1] * len(pairs)))
            return np.vectorize(self.held)(sums).astype(np.int32)
        single = (
            np.float32(o["input_scale"])
            * np.resize(o["weight_scale"], outputs)
            / np.float32(o["output_scale"])
        )
        info = np.iinfo(dtype)
        out = np.zeros(totals.shape, int)
        for at in product(*map(range, totals.shape)):
            s, m, e = self.scale(at[1], single, o["multiplier"], o["shift"])
            b = 0 if bias is None else int(bias[at[1]])
            whole = self.held(int(totals[at]) + b)
            value = self.scaled(
                whole - b,
                b,
                output_zero,
                lambda x, s=s, m=m, e=e: self.rule(x, s, m, e, output_zero),
            )
            value = self.moved(value, output_zero)
            out[at] = self.fitted(value, int(info.min), int(info.max), output_zero)
        return self.stored(out.astype(dtype), input)

    def framed(self, x: Any, pairs: Any, number: int) -> Any:
        return np.pad(x, [(0, 0), (0, 0), *pairs], constant_values=number)

    def total(self, x: Any, w: Any, b: Any, pairs: Any, options: Any) -> tuple[Any, Any]:
        """Sums, and the bias that is yet to be added."""
        return self.sums(x, w, None, padding=[0 for _ in pairs], **options), b


class Around(Int8):
    """The host of the sums, which may have a mistake, pads and adds the bias itself."""

    def framed(self, x: Any, pairs: Any, number: int) -> Any:
        return x

    def total(self, x: Any, w: Any, b: Any, pairs: Any, options: Any) -> tuple[Any, Any]:
        return self.sums(x, w, b, padding=pairs, **options), None


# Mistakes -----------------------------------------------------------------------------------------


class PaddingOfZeros(Int8):
    def padding(self, input_zero: int) -> int:
        return 0


class InputZeroPointForgotten(PaddingOfZeros):
    def zeros(self, input_zero: int, weight_zero: Any) -> tuple[int, Any]:
        return 0, weight_zero


class InputZeroPointInPaddingAlone(Int8):
    def zeros(self, input_zero: int, weight_zero: Any) -> tuple[int, Any]:
        return 0, weight_zero


class WeightZeroPointForgotten(Int8):
    def zeros(self, input_zero: int, weight_zero: Any) -> tuple[int, Any]:
        return input_zero, weight_zero * 0


class WeightZeroPointFirstForAll(Int8):
    def zeros(self, input_zero: int, weight_zero: Any) -> tuple[int, Any]:
        return input_zero, [weight_zero[0] for _ in weight_zero]


class InputSign(Int8):
    def read(self, x: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
        wide = x.astype(int)
        return (np.where(wide < 0, wide + 256, wide) if x.dtype == np.int8 else lowest(wide)), w, b


class WeightSign(Int8):
    def read(self, x: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
        return x, w.astype(int) % 256, b


def lowest(wide: Any, bits: int = 8) -> Any:
    """The lowest bits, with a sign."""
    half = 1 << (bits - 1)
    return (wide + half) % (2 * half) - half


class BiasInt16(Int8):
    def read(self, x: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
        return x, w, lowest(b.astype(int), 16)


class Int8Wraps(Int8):
    def held(self, total: int) -> int:
        return int(lowest(total))


class Int8Saturates(Int8):
    def held(self, total: int) -> int:
        return min(max(total, -128), 127)


class Int16Wraps(Int8):
    def held(self, total: int) -> int:
        return int(lowest(total, 16))


class Int16Saturates(Int8):
    def held(self, total: int) -> int:
        return min(max(total, -(1 << 15)), (1 << 15) - 1)


class Int16SaturatesEach(Int16Saturates):
    """A host whose row of products is summed one after the other."""

    class Slow(Columns):
        def correlate(self, x: Any, w: Any, sizes: Any, stride: Any, dilation: Any) -> Any:
            out = np.zeros(sizes, int)
            for p in np.ndindex(*sizes):
                total = 0
                for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
                    at = [
                        q * s + t * d for q, t, s, d in zip(p, tap, stride, dilation, strict=True)
                    ]
                    total += int(w[(c, *tap)]) * int(x[(c, *at)])
                    total = min(max(total, -(1 << 15)), (1 << 15) - 1)
                out[p] = total
            return out

    def __init__(self, rule: str) -> None:
        super().__init__(rule, self.Slow())


class ScaleFirstForAll(Int8):
    def scale(self, o: int, single: Any, multiplier: Any, shift: Any) -> tuple[Any, int, int]:
        return single[0], int(multiplier[0]), int(shift[0])


class ScaleDoubled(Int8):
    def scale(self, o: int, single: Any, multiplier: Any, shift: Any) -> tuple[Any, int, int]:
        return single[o] * 2, int(multiplier[o]), int(shift[o]) + 1


class ScaleHalved(Int8):
    def scale(self, o: int, single: Any, multiplier: Any, shift: Any) -> tuple[Any, int, int]:
        return single[o] / 2, int(multiplier[o]), int(shift[o]) - 1


class Multiplier15Bits(Int8):
    def scale(self, o: int, single: Any, multiplier: Any, shift: Any) -> tuple[Any, int, int]:
        few = (int(multiplier[o]) + 32768) // 65536
        return np.float32(few * 2.0 ** (int(shift[o]) - 15)), few * 65536, int(shift[o])


class BiasScaledTwice(Int8):
    def scaled(self, total: int, bias: int, zero: int, by: Any) -> int:
        return int(by(total + by(bias)))


class BiasAfterScaling(Int8):
    def scaled(self, total: int, bias: int, zero: int, by: Any) -> int:
        return int(by(total)) + bias


class BiasRoundedAlone(Int8):
    def scaled(self, total: int, bias: int, zero: int, by: Any) -> int:
        return int(by(total)) + int(by(bias))


class OutputZeroPointForgotten(Int8):
    def moved(self, value: int, zero: int) -> int:
        return value


class OutputZeroPointSubtracted(Int8):
    def moved(self, value: int, zero: int) -> int:
        return value - zero


class OutputZeroPointBeforeScaling(OutputZeroPointForgotten):
    def scaled(self, total: int, bias: int, zero: int, by: Any) -> int:
        return int(by(total + bias + zero))


class ClampMissing(Int8):
    def fitted(self, value: int, low: int, high: int, zero: int) -> int:
        return wrapped(value, low)


def wrapped(value: int, low: int) -> int:
    return (value - low) % 256 + low


class ClampBeforeZeroPoint(OutputZeroPointForgotten):
    def fitted(self, value: int, low: int, high: int, zero: int) -> int:
        return wrapped(min(max(value, low), high) + zero, low)


class ClampSymmetric(Int8):
    def fitted(self, value: int, low: int, high: int, zero: int) -> int:
        return min(max(value, low + 1), high)


class ClampOfOtherType(Int8):
    def fitted(self, value: int, low: int, high: int, zero: int) -> int:
        least, most = (0, 255) if low else (-128, 127)
        return wrapped(min(max(value, least), most), low)


class Zeros(Int8):
    def stored(self, out: Any, x: Any) -> Any:
        return out * 0


class InputReturned(Int8):
    def stored(self, out: Any, x: Any) -> Any:
        return x


class LastRowMissing(Int8):
    def stored(self, out: Any, x: Any) -> Any:
        out[:, :, out.shape[2] - 1] = 0
        return out


class LastColumnMissing(Int8):
    def stored(self, out: Any, x: Any) -> Any:
        out[..., out.shape[-1] - 1] = 0
        return out


class FirstImageOnly(Int8):
    def stored(self, out: Any, x: Any) -> Any:
        for n in range(1, len(out)):
            out[n] = 0
        return out


def named(name: str) -> type[Int8]:
    """padding-of-zeros -> PaddingOfZeros."""
    found: type[Int8] = globals()["".join(part[0].upper() + part[1:] for part in name.split("-"))]
    return found
