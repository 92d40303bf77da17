"""From an accumulator of 32 bits to 8: how the frameworks round, each by its published rule.

All of them multiply by one real number, input scale · weight scale / output scale. Fixed point has
it as a whole number of 31 bits and a shift, floating point as a float32. What each does where the
product lies halfway between two whole numbers, or so near that its own arithmetic cannot tell, is
what they differ in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from convref.types import Array

__all__ = ["ALIASES", "ROUNDINGS", "fixed_point"]


@dataclass(frozen=True)
class Scale:
    """The real number with which accumulators are multiplied, one for each output channel.

    `single` is what float32 makes of it, ``multiplier * 2.0 ** (shift - 31)`` fixed point. `zero`
    is the output's zero point, for the one rule that adds it before it rounds.
    """

    single: Array
    multiplier: Array
    shift: Array
    zero: int = 0

    def by_channel(self, rank: int) -> "Scale":
        """The same along the channel axis of accumulators."""
        shape = (-1, *[1] * rank)
        return self.each(lambda array: array.reshape(shape))

    def each(self, change: Callable[[Array], Array]) -> "Scale":
        """The same change to all arrays."""
        return Scale(change(self.single), change(self.multiplier), change(self.shift), self.zero)


def fixed_point(real: Array) -> tuple[Array, Array]:
    """A real number as a multiplier of 31 bits and a shift, as TFLite has it.

    The number is ``multiplier * 2.0 ** (shift - 31)``; TOSA's shift is 31 minus this one.

    Source: `QuantizeMultiplier` in tensorflow/lite/kernels/internal/quantization_util.cc.

    Parameters
    ----------
    real : numpy.ndarray
        Numbers above 0.

    Returns
    -------
    tuple of numpy.ndarray
        Multipliers and shifts, as int32.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.conformance import fixed_point
    >>> multiplier, shift = fixed_point(np.array([0.3]))
    >>> print(multiplier, shift)
    [1288490189] [-1]
    """
    fraction, shift = np.frexp(np.asarray(real, np.float64))
    multiplier = np.floor(fraction * 2.0**31 + 0.5).astype(np.int64)
    over = multiplier == 2**31  # rounded up to one
    return (
        np.where(over, multiplier // 2, multiplier).astype(np.int32),
        (shift + over).astype(np.int32),
    )


def scale(input: float, weight: Array, output: float, zero: int = 0) -> Scale:
    """Both forms of input · weight / output: in float32, and from float64 in fixed point."""
    single = np.float32(input) * weight.astype(np.float32) / np.float32(output)
    double = np.float64(input) * weight.astype(np.float64) / np.float64(output)
    multiplier, shift = fixed_point(double)
    return Scale(single, multiplier.astype(np.int64), shift.astype(np.int64), zero)


# Fixed point --------------------------------------------------------------------------------------


def away(value: Array, bits: Array) -> Array:
    """Divide by a power of two, and round halves away from zero."""
    out: Array = np.sign(value) * ((abs(value) + ((1 << bits) >> 1)) >> bits)
    return out


def up(value: Array, bits: Array) -> Array:
    """Divide by a power of two, and round halves up."""
    out: Array = (value + ((1 << bits) >> 1)) >> bits
    return out


def upper(sums: Array, scale: Scale) -> tuple[Array, Array]:
    """The product's upper 32 bits, halves rounded up, and how far they are yet to be shifted."""
    left = scale.shift.clip(0)
    return ((sums << left) * scale.multiplier + (1 << 30)) >> 31, left - scale.shift


def double(sums: Array, scale: Scale) -> Array:
    return away(*upper(sums, scale))


def double_up(sums: Array, scale: Scale) -> Array:
    return up(*upper(sums, scale))


def product(sums: Array, scale: Scale) -> tuple[Array, Array]:
    """The exact product, and how many of its bits stand behind the point."""
    return sums * scale.multiplier, 31 - scale.shift


def half_up(sums: Array, scale: Scale) -> Array:
    return up(*product(sums, scale))


def half_away(sums: Array, scale: Scale) -> Array:
    return away(*product(sums, scale))


def half_even(sums: Array, scale: Scale) -> Array:
    exact, bits = product(sums, scale)
    down = exact >> bits
    rest, half = exact - (down << bits), (1 << bits) >> 1
    out: Array = down + ((rest > half) | ((rest == half) & (down % 2 == 1)))
    return out


def toward_zero(sums: Array, scale: Scale) -> Array:
    exact, bits = product(sums, scale)
    out: Array = np.sign(exact) * (abs(exact) >> bits)
    return out


def down(sums: Array, scale: Scale) -> Array:
    exact, bits = product(sums, scale)
    out: Array = exact >> bits
    return out


# Floating point -----------------------------------------------------------------------------------


def single(sums: Array, scale: Scale) -> Array:
    """The product as float32 has it: the accumulator is rounded to 24 bits, then the product."""
    out: Array = sums.astype(np.float32) * scale.single
    return out


def single_even(sums: Array, scale: Scale) -> Array:
    return np.rint(single(sums, scale)).astype(np.int64)


def single_away(sums: Array, scale: Scale) -> Array:
    real = single(sums, scale)
    whole = np.trunc(real)
    out: Array = (whole + np.sign(real) * (abs(real - whole) >= 0.5)).astype(np.int64)
    return out


def single_up(sums: Array, scale: Scale) -> Array:
    return np.floor(single(sums, scale) + np.float32(0.5)).astype(np.int64)


def single_toward_zero(sums: Array, scale: Scale) -> Array:
    return np.trunc(single(sums, scale)).astype(np.int64)


def reference_even(sums: Array, scale: Scale) -> Array:
    """The zero point is in the sum that is rounded: where it is odd, halves go to odd results."""
    real = sums * scale.single.astype(np.float64) + scale.zero
    out: Array = np.rint(real).astype(np.int64) - scale.zero
    return out


# All of them --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rounding:
    """A rule: its name, what it does in a few words, where it is published, and the function.

    The function takes accumulators as int64 and a `Scale`, and gives whole numbers, to which the
    output's zero point is yet to be added.
    """

    name: str
    says: str
    source: str
    function: Callable[[Array, Scale], Array]

    def __call__(self, sums: Array, scale: Scale) -> Array:
        return self.function(sums, scale)


ROUNDINGS = {
    each.name: each
    for each in (
        Rounding(
            "tflite-double",
            "twice: the product's upper 32 bits, halves up, then the shift, halves away from zero",
            "MultiplyByQuantizedMultiplier in tensorflow/lite/kernels/internal/common.h, with "
            "SaturatingRoundingDoublingHighMul and RoundingDivideByPOT of gemmlowp's fixedpoint.h",
            double,
        ),
        Rounding(
            "tflite-single",
            "once, in fixed point, halves up",
            "the same function where TFLITE_SINGLE_ROUNDING is set; ruy/apply_multiplier.cc",
            half_up,
        ),
        Rounding(
            "double-half-up",
            "twice: the product's upper 32 bits, then the shift, halves up both times",
            "ruy/kernel_avx512.cc; optimised kernels of TFLite 2.21 give it on x86 with AVX-512",
            double_up,
        ),
        Rounding(
            "onnx",
            "in float32, halves to the even number",
            "QuantizeLinear of ONNX, which ends a QLinearConv; xnn_qs8_requantize_fp32 of XNNPACK",
            single_even,
        ),
        Rounding(
            "onnx-reference",
            "in float64 from a scale in float32, zero point included, halves to the even number",
            "onnx/reference/ops/op_qlinear_conv.py",
            reference_even,
        ),
        Rounding("half-away", "once, in fixed point, halves away from zero", "", half_away),
        Rounding("half-even", "once, in fixed point, halves to the even number", "", half_even),
        Rounding("truncate", "toward zero, in fixed point", "", toward_zero),
        Rounding("floor", "down, in fixed point: a shift to the right alone", "", down),
        Rounding(
            "float32-half-away",
            "in float32, halves away from zero",
            "C's roundf",
            single_away,
        ),
        Rounding(
            "float32-half-up",
            "in float32, 0.5 added and rounded down",
            "floorf(x + 0.5f)",
            single_up,
        ),
        Rounding(
            "float32-truncate",
            "toward zero, in float32",
            "a cast to a whole number in C",
            single_toward_zero,
        ),
    )
}

# Other names of these. TOSA's apply_scale_32 adds its two roundings at once, and gives the same.
ALIASES = {
    "gemmlowp": "tflite-double",
    "tosa-double": "tflite-double",
    "cmsis-nn": "tflite-double",
    "tosa-single": "tflite-single",
    "half-up": "tflite-single",
    "xnnpack-fp32": "onnx",
}


def narrowed(scale: Scale) -> Scale:
    """The multiplier with 15 bits in place of 31."""
    few = (scale.multiplier + (1 << 15)) >> 16
    single = np.ldexp(few.astype(np.float64), (scale.shift - 15).astype(np.int32))
    return replace(scale, single=single.astype(np.float32), multiplier=few << 16)


def shifted(scale: Scale, bits: int) -> Scale:
    """Larger by a power of two."""
    larger = (scale.single * np.float32(2.0**bits)).astype(np.float32)
    return replace(scale, single=larger, shift=scale.shift + bits)


def first(scale: Scale) -> Scale:
    """The first channel's for all."""
    return scale.each(lambda array: np.full_like(array, array[0]))
