"""Checks of single arguments, and of a convolution's all together, which make a `Call` of them.

What serves one module alone stands there. Nothing is allocated before all checks have passed.
"""

import math
import operator
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeVar, cast, get_args

import numpy as np
import numpy.typing as npt

from convref import cures
from convref.geometry import (
    Axis,
    Pads,
    Pair,
    as_convolution,
    output_size,
    padded_size,
    reach,
    resolve,
    uncropped,
)
from convref.messages import quoted, refuse
from convref.modes import COPIES, most
from convref.types import Array, Ints, Padding, PaddingMode

__all__: list[str] = []

Word = TypeVar("Word", bound=str)

MODES: Final[tuple[PaddingMode, ...]] = get_args(PaddingMode)
FLOATS: Final = tuple(map(np.dtype, ("float16", "float32", "float64", "complex64", "complex128")))
INTEGERS: Final = tuple(
    np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)
)
DTYPES: Final = (*FLOATS, *INTEGERS)
PAD_DTYPES: Final = (np.dtype(bool), *DTYPES)  # what only copies cells, or adds them
MOST: Final = 2**63 - 1  # of an integer argument: what PyTorch unpacks
LIMIT: Final = 2**36  # bytes of one array (64 GiB): beyond it a call is taken for a slip
LAYOUT: Final = {1: "L", 2: "H, W", 3: "D, H, W"}  # PyTorch's names for the spatial axes


# One value -------------------------------------------------------------------------------------


def array(name: str, value: object) -> Array:
    """A plain array, or a TypeError which says how to convert what was received."""
    if isinstance(value, np.ma.MaskedArray):
        refuse("masked", name=name)
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    kind = type(value)
    received = f"{kind.__module__}.{kind.__qualname__}"
    refuse("array", name=name, received=received, cure=cures.array(name, value))


def number_array(
    name: str,
    value: object,
    what: str = "convolution",
    allowed: Sequence[np.dtype[Any]] = DTYPES,
) -> Array:
    """An array of a dtype that is taken there, in the machine's byte order."""
    checked = array(name, value)
    if checked.dtype.newbyteorder("=") not in allowed:
        refuse(
            "dtype",
            name=name,
            received=checked.dtype,
            what=what,
            allowed=", ".join(map(str, allowed)),
            cure=cures.dtype(name, checked.dtype),
        )
    return checked.astype(checked.dtype.newbyteorder("="), copy=False)


def integer(name: str, value: object, least: float, kinds: str = "an integer") -> int:
    """A whole number, NumPy's included; True and 1.0 are none."""
    if isinstance(value, bool | np.bool_):
        no_integer(name, kinds, value)
    try:
        number = operator.index(cast(int, value))
    except TypeError:
        no_integer(name, kinds, value)
    if not -MOST - 1 <= number <= MOST:
        refuse("range", name=name, received=number)
    if number < least:
        refuse("least", name=name, least=least, received=number)
    return number


def listed(value: object) -> object:
    """An array of one axis as the numbers in it; anything else as it is."""
    return value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value


def no_integer(name: str, kinds: str, value: object) -> NoReturn:
    """Something else came in place of a whole number, or of several."""
    refuse("integer", name=name, kinds=kinds, received=quoted(value), type=type(value).__name__)


def integers(
    name: str,
    value: object,
    rank: int,
    least: int,
    single: bool = True,
    sides: bool = False,
) -> tuple[int, ...]:
    """One integer for every spatial axis, from one integer or a sequence of `rank`.

    A sequence of a `single` one stands for all axes too, where PyTorch takes it so. `sides` is
    true of a padding whose sides may differ, for which two for each axis are meant.
    """
    kinds = several_integers(rank)
    value = listed(value)
    if not isinstance(value, tuple | list):
        return (integer(name, value, least, kinds),) * rank
    if len(value) not in (1 if single else rank, rank):
        refuse(
            "length",
            name=name,
            expected=f"one integer or {rank} of them" if rank > 1 else "one integer",
            layout=LAYOUT[rank],
            count=len(value),
            received=tuple(value),
            cure=cures.sides(tuple(value), rank) if sides else "",
        )
    numbers = tuple(integer(name, each, least, kinds) for each in value)
    return numbers * rank if len(numbers) == 1 else numbers


def word(name: str, value: object, allowed: Sequence[Word]) -> Word:
    """One of the allowed strings."""
    if not isinstance(value, str) or value not in allowed:
        no_word(name, value, ", ".join(map(repr, allowed)))
    return cast(Word, value)


def no_word(name: str, value: object, allowed: str) -> NoReturn:
    """Something else came in place of the words that are allowed."""
    several = "one of " if ", " in allowed else ""
    cure = cures.word(value)
    refuse("word", name=name, allowed=several + allowed, received=quoted(value), cure=cure)


def pads(value: object, stride: Sequence[int]) -> Pads:
    """Padding as (before, after) pairs, or 'same' or 'valid'."""
    if isinstance(value, str):
        chosen = word("padding", value, ("same", "valid"))
        if chosen == "same" and any(s != 1 for s in stride):
            refuse("same", stride=tuple(stride))
        return cast(Literal["same", "valid"], chosen)
    if nested(value):
        return side_pairs(value, len(stride))
    return [(p, p) for p in integers("padding", value, len(stride), 0, sides=True)]


def nested(value: object) -> bool:
    """Whether something is a sequence with sequences in it, as pairs are."""
    if isinstance(value, np.ndarray):
        return value.ndim > 1
    return isinstance(value, tuple | list) and any(
        each.ndim if isinstance(each, np.ndarray) else isinstance(each, tuple | list)
        for each in value
    )


def side_pairs(value: Any, rank: int) -> list[Pair]:
    """(before, after) for each spatial axis."""
    kinds = "pairs of integers (before, after)"
    if isinstance(value, np.ndarray):
        if value.shape not in ((1, 2), (rank, 2)):
            no_integer("padding", kinds, value)
        value = value.tolist()
    for pair in map(listed, value):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            no_integer("padding", kinds, pair)
    pairs = [(integer("padding", b, 0, kinds), integer("padding", a, 0, kinds)) for b, a in value]
    if len(pairs) != rank:
        refuse(
            "length",
            name="padding",
            expected=f"{cures.count(rank, 'pair')} (before, after)",
            layout=LAYOUT[rank],
            count=len(pairs),
            received=pairs,
            cure=cures.same_sides(pairs, rank),
        )
    return pairs


def crops(value: object, rank: int) -> tuple[int, ...]:
    """Padding of a transposed convolution, which crops both sides of an axis alike."""
    if not nested(value):
        return integers("padding", value, rank, 0)
    try:
        pairs = side_pairs(value, rank)
    except (TypeError, ValueError):  # no pairs either
        pairs = []
    kinds = several_integers(rank)
    refuse("transposed sides", kinds=kinds, received=quoted(value), cure=cures.crops(pairs))


def several_integers(rank: int) -> str:
    """What to give for every spatial axis."""
    return f"an integer or a tuple of {rank} integers" if rank > 1 else "an integer"


def divisible(name: str, number: int, groups: int) -> None:
    """Channels split into equal groups."""
    if number % groups:
        refuse("groups", name=name, received=number, groups=groups, rest=number % groups)


def fits_memory(what: str, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
    """Sizes in the range of slips (terabytes) are refused before anything is allocated."""
    bytes = math.prod(max(1, n) for n in shape) * dtype.itemsize
    if bytes > LIMIT:
        note = ", its empty axes counted as one cell," if 0 in shape else ""
        refuse("limit", what=what + note, shape=tuple(shape), bytes=bytes, limit=LIMIT)


# Padding modes ---------------------------------------------------------------------------------


def padding_limits(where: str, size: int, pair: Pair, mode: str) -> None:
    """No more padding than the mode has cells to show, nor more cropping than there is."""
    cropped = mode in COPIES and COPIES[mode].cropped
    if mode in COPIES and not cropped and size == 0:
        refuse("nothing to show", where=where, mode=mode, size=size)
    crops = min(pair[0], 0), min(pair[1], 0)
    kept, padded = sum(crops) + size, sum(pair) + size
    # Zeros are put where the crop has been; a mode that copies wants something left in the end.
    before, after = crops if mode == "constant" else pair
    if (left := before + size + after) < 0:
        refuse("crop", where=where, before=before, size=size, after=after, left=left)
    # An axis without a cell in the end shows none of what was cropped.
    shown = max(kept, 0) if cropped and padded else size
    if max(pair) > (limit := most(mode, shown)):
        told = shown if shown == size else f"{shown} after cropping"
        refuse(mode, where=where, received=max(pair), size=told, most=limit)


def as_dtype(value: object) -> np.dtype[Any]:
    """A dtype, or object in place of what is none, which NumPy says in many ways."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that NumPy will drop
            dtype: np.dtype[Any] = np.dtype(cast(Any, value))
    except Exception:
        dtype = np.dtype(object)
    return dtype


def accumulator(value: object, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype in which products are summed: the operands' own, or a wider one."""
    if value is None:
        return dtype
    wide = as_dtype(value).newbyteorder("=")
    same_kind = wide.kind == dtype.kind or (dtype.kind == "u" and wide.kind == "i")
    if wide not in DTYPES or not same_kind or not np.can_cast(dtype, wide):
        refuse("accumulate", expected=dtype, received=value, cure=cures.accumulate(dtype))
    return wide


def cell(at: object, shape: Sequence[int], batched: bool) -> tuple[int, ...]:
    """Index of a cell of an output (N, O, ...), without N if unbatched; returned with it."""
    kinds = "a tuple of integers"
    due = tuple(shape) if batched else tuple(shape)[1:]
    at = listed(at)
    if not isinstance(at, tuple | list):
        no_integer("at", kinds, at)
    if len(at) != len(due):
        refuse("cell axes", expected=len(due), shape=due, count=len(at), received=tuple(at))
    index = tuple(integer("at", each, -math.inf, kinds) for each in at)
    for place, (i, size) in enumerate(zip(index, due, strict=True)):
        if not 0 <= i < size:
            refuse("cell", place=place, size=size, shape=due, received=i)
    return index if batched else (0, *index)


# Whole calls -----------------------------------------------------------------------------------


class Call(NamedTuple):
    """A convolution's arguments after all checks, in one normal form."""

    input: Array  # (N, C, *sizes)
    weight: Array
    bias: Array | None
    axes: tuple[Axis, ...]
    groups: int
    padding_mode: PaddingMode
    batched: bool

    def output(self) -> tuple[int, ...]:
        """Shape of the output: (N, O, *sizes)."""
        return (len(self.input), len(self.weight), *map(output_size, self.axes))


class TransposedCall(NamedTuple):
    """The same of a transposed convolution, whose padding crops."""

    input: Array  # (N, C, *sizes)
    weight: Array
    bias: Array | None
    axes: tuple[Axis, ...]
    extra: tuple[int, ...]  # output_padding of each axis
    groups: int
    batched: bool

    def output(self) -> tuple[int, ...]:
        """Shape of the output: (N, O, *sizes)."""
        sizes = map(output_size, map(as_convolution, self.axes, self.extra))
        return (len(self.input), self.weight.shape[1] * self.groups, *sizes)


def convolution(
    rank: int,
    input: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: Ints,
    padding: Padding,
    dilation: Ints,
    groups: int,
    padding_mode: PaddingMode,
    accumulate: npt.DTypeLike | None,
) -> Call:
    """Check every argument of `conv1d`, `conv2d`, `conv3d`; the input comes back batched."""
    data, kernels, offsets = operands(rank, input, weight, bias, groups)
    strides = integers("stride", stride, rank, 1)
    dilations = integers("dilation", dilation, rank, 1)
    count = integer("groups", groups, 1)
    mode = word("padding_mode", padding_mode, MODES)
    wide = accumulator(accumulate, data.dtype)
    pairs = pads(padding, strides)
    out_channels, per_group, *kernel = kernels.shape
    divisible("weight.shape[0]", out_channels, count)
    batch, batched = with_batch(data, rank)
    N, C, *sizes = batch.shape
    if per_group * count != C:
        others = cures.weights(kernels.shape, C, count, False)
        wrong_channels(
            "channels", data, rank, per_group * count, others, per_group=per_group, groups=count
        )
    bias_fits(offsets, out_channels)
    axes = resolve(sizes, kernel, strides, pairs, dilations)
    for letter, axis in named(axes):
        kernel_fits(letter, axis)
        padding_limits(letter, axis.size, (axis.before, axis.after), mode)
    fits_memory("the padded input", (N, C, *map(padded_size, axes)), wide)
    fits_memory("the output", (N, out_channels, *map(output_size, axes)), wide)
    data, kernels, offsets = widened(wide, batch, kernels, offsets)
    return Call(data, kernels, offsets, axes, count, mode, batched)


def transposed(
    rank: int,
    input: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: Ints,
    padding: Ints,
    output_padding: Ints,
    groups: int,
    dilation: Ints,
    accumulate: npt.DTypeLike | None,
) -> TransposedCall:
    """Check every argument of `conv_transpose1d`, 2d, 3d; the input comes back batched."""
    data, kernels, offsets = operands(rank, input, weight, bias, groups, True)
    strides = integers("stride", stride, rank, 1)
    pairs = [(p, p) for p in crops(padding, rank)]
    extra = integers("output_padding", output_padding, rank, 0)
    count = integer("groups", groups, 1)
    dilations = integers("dilation", dilation, rank, 1)
    wide = accumulator(accumulate, data.dtype)
    channels, per_group, *kernel = kernels.shape
    divisible("weight.shape[0]", channels, count)
    batch, batched = with_batch(data, rank)
    N, C, *sizes = batch.shape
    if channels != C:
        others = cures.weights(kernels.shape, C, count, True)
        wrong_channels("transposed channels", data, rank, channels, others)
    bias_fits(offsets, per_group * count)
    axes = resolve(sizes, kernel, strides, pairs, dilations)
    transposed_fits(axes, extra)
    dense = [as_convolution(axis, more) for axis, more in zip(axes, extra, strict=True)]
    fits_memory("the padded input", (N, C, *map(padded_size, dense)), wide)
    whole = map(uncropped, axes, extra)
    fits_memory("the padded output", (N, per_group * count, *whole), wide)
    data, kernels, offsets = widened(wide, batch, kernels, offsets)
    return TransposedCall(data, kernels, offsets, axes, extra, count, batched)


def widened(
    dtype: np.dtype[Any], input: Array, weight: Array, bias: Array | None
) -> tuple[Array, Array, Array | None]:
    """The operands in the dtype of the sums; not copied where they have it already."""
    return (
        input.astype(dtype, copy=False),
        weight.astype(dtype, copy=False),
        None if bias is None else bias.astype(dtype, copy=False),
    )


def transposed_fits(axes: Sequence[Axis], extra: Sequence[int]) -> None:
    """Output padding has a limit, and cropping leaves a cell."""
    for (letter, axis), more in zip(named(axes), extra, strict=True):
        if more >= max(axis.stride, axis.dilation):
            refuse(
                "output padding",
                where=letter,
                received=more,
                stride=axis.stride,
                dilation=axis.dilation,
                most=max(axis.stride, axis.dilation) - 1,
            )
        if output_size(as_convolution(axis, more)) < 1:
            refuse("transposed size", where=letter, extra=more, **transposed_terms(axis, more))


def transposed_terms(axis: Axis, extra: int) -> dict[str, int]:
    """The numbers of the transposed size formula, for its message."""
    return axis._asdict() | {
        "padding": axis.before,
        "taps": axis.kernel - 1,
        "cells": axis.size - 1,
        "out": output_size(as_convolution(axis, extra)),
    }


def operands(
    rank: int, input: object, weight: object, bias: object, groups: object, transposed: bool = False
) -> tuple[Array, Array, Array | None]:
    """Arrays of one dtype and of the right ranks."""
    data, kernels = number_array("input", input), number_array("weight", weight)
    offsets = None if bias is None else number_array("bias", bias)
    if kernels.dtype != data.dtype:
        mixed("weight", kernels, data, ("input",))
    if offsets is not None and offsets.dtype != data.dtype:
        mixed("bias", offsets, data, ("input", "weight"))
    other = cures.other_rank(data.shape, kernels.shape, groups, transposed)
    cure = (
        ""
        if other in (None, rank)
        else f"call the function for {cures.count(other, 'spatial axis')}"
    )
    rank_fits(data, rank, cure)
    channels = "C, O / groups" if transposed else "O, C / groups"
    if kernels.ndim != rank + 2:
        refuse(
            "weight rank",
            expected=rank + 2,
            channels=channels,
            kernel=kernel_layout(rank),
            received=kernels.shape,
            axes=kernels.ndim,
            cure=cure
            or cures.weight_axes(
                kernels.shape, rank + 2, data.shape[-rank - 1], groups, transposed
            ),
        )
    if 0 in data.shape[-rank:]:
        no_cell("input", f"({LAYOUT[rank]})", data)
    if 0 in (kernels.shape[int(transposed)], *kernels.shape[2:]):
        outputs = "O / groups" if transposed else "O"
        no_cell("weight", f"({outputs}, {kernel_layout(rank)})", kernels)
    return data, kernels, offsets


def mixed(name: str, value: Array, input: Array, others: Sequence[str]) -> NoReturn:
    """Two dtypes: that of `value`, and the one that the `others` have."""
    convert = cures.one_dtype(name, value.dtype, others, input.dtype)
    refuse("mixed", name=name, received=value.dtype, expected=input.dtype, cure=convert)


def no_cell(name: str, which: str, value: Array) -> NoReturn:
    """An axis is empty that has to hold something."""
    refuse("empty", name=name, which=which, received=value.shape)


def wrong_channels(
    rule: str, data: Array, rank: int, expected: int, others: Sequence[str], **values: object
) -> NoReturn:
    """The input has other channels than a weight or a layer; the `others` are cures too."""
    axis = data.ndim - rank - 1
    refuse(
        rule,
        expected=cures.count(expected, "channel"),
        received=data.shape[axis],
        axis=axis,
        shape=data.shape,
        cure=cures.channels(data.shape, axis, expected, LAYOUT[rank], others),
        **values,
    )


def channels_fit(data: Array, rank: int, in_channels: int) -> None:
    """As many channels as a layer is made for."""
    received = data.shape[-rank - 1]
    if received != in_channels:
        others = [f"give the layer in_channels={received}"]
        wrong_channels("layer channels", data, rank, in_channels, others)


def rank_fits(data: Array, rank: int, cure: str = "") -> None:
    """Spatial axes, channels, and perhaps a batch."""
    if data.ndim not in (rank + 1, rank + 2):
        refuse(
            "rank",
            batched=rank + 2,
            unbatched=rank + 1,
            layout=LAYOUT[rank],
            received=data.shape,
            axes=data.ndim,
            cure=cure or cures.ranked("input", data.shape, rank + 1, rank + 2),
        )


def with_batch(data: Array, rank: int) -> tuple[Array, bool]:
    """The input with a batch axis, and whether it had one."""
    batched = data.ndim == rank + 2
    return (data if batched else data[None]), batched


def bias_fits(bias: Array | None, out_channels: int) -> None:
    """One number for each output channel."""
    if bias is not None and bias.shape != (out_channels,):
        cure = cures.bias(bias.shape, out_channels)
        refuse("bias", expected=out_channels, received=bias.shape, cure=cure)


def named(axes: Sequence[Axis]) -> Iterator[tuple[str, Axis]]:
    """Each axis with PyTorch's letter for it."""
    return zip(LAYOUT[len(axes)].split(", "), axes, strict=True)


def kernel_layout(rank: int) -> str:
    """'kH, kW' and its like."""
    return ", ".join(f"k{letter}" for letter in LAYOUT[rank].split(", "))


def kernel_fits(where: str, axis: Axis) -> None:
    """At least one whole window fits into the padded input."""
    if reach(axis.kernel, axis.dilation) > padded_size(axis):
        refuse(
            "reach",
            where=where,
            reach=reach(axis.kernel, axis.dilation),
            padded=padded_size(axis),
            **axis._asdict(),
        )
