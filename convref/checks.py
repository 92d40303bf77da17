"""Every argument check, and every message that a caller can get.

A message says which argument, the rule with its arithmetic, what was received, and what to do.
Nothing is allocated before all checks have passed.
"""

import cmath
import math
import operator
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from convref import cures, geometry
from convref.geometry import (
    Axis,
    Pads,
    Pair,
    output_size,
    padded_size,
    reach,
    resolve,
    stuffed,
    uncropped,
)

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = int | Sequence[int]
Padding: TypeAlias = Ints | Literal["same", "valid"]
PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]

Word = TypeVar("Word", bound=str)

MODES: Final[tuple[PaddingMode, ...]] = ("zeros", "reflect", "replicate", "circular")
PAD_MODES: Final = ("constant", *MODES[1:])
FLOATS: Final = tuple(map(np.dtype, ("float16", "float32", "float64", "complex64", "complex128")))
INTEGERS: Final = tuple(
    np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)
)
DTYPES: Final = (*FLOATS, *INTEGERS)
PAD_DTYPES: Final = (np.dtype(bool), *DTYPES)  # what only copies cells, or adds them
COMPLEX: Final = (complex, np.complexfloating)
NUMBERS: Final = (int, float, complex, np.number, np.bool_)
MOST: Final = 2**63 - 1  # of an integer argument: what PyTorch unpacks
LIMIT: Final = 2**36  # bytes of one array (64 GiB): beyond it a call is taken for a slip
LAYOUT: Final = {1: "L", 2: "H, W", 3: "D, H, W"}  # PyTorch's names for the spatial axes

# Frameworks by the order of their axes; k stands for the kernel's axes, M for the multiplier.
FAMILY: Final = {
    "torch": "torch",
    "onnx": "torch",
    "paddle": "torch",
    "mindspore": "torch",
    "tensorflow": "keras",
    "keras": "keras",
    "jax": "flax",
    "flax": "flax",
}
WEIGHTS: Final = {
    "conv": {
        "torch": "(O, C / groups, k)",
        "keras": "(k, C / groups, O)",
        "flax": "(k, C / groups, O)",
    },
    "depthwise": {"torch": "(C * M, 1, k)", "keras": "(k, C, M)", "flax": "(k, 1, C * M)"},
    "transposed": {
        "torch": "(C, O / groups, k)",
        "keras": "(k, O / groups, C)",
        "flax": "(k, C / groups, O)",
    },
}
SAME_TRANSPOSED: Final = ("tensorflow", "keras", "jax", "flax", "onnx")
FEATURES_FIRST: Final = ("torch", "onnx", "mindspore")  # linear layers: (out, in), not (in, out)

MESSAGES: Final[dict[str, tuple[type[Exception], str]]] = {
    "array": (
        TypeError,
        "{name} must be a NumPy array, received {received}: {cure}.",
    ),
    "masked": (
        TypeError,
        "{name} must be a plain NumPy array, received a masked one, whose mask would be ignored: "
        "pass {name}.filled(0), or another value for the masked cells.",
    ),
    "dtype": (
        TypeError,
        "{name} has dtype {received}, which {what} does not take; it takes {allowed}: {cure}.",
    ),
    "layer dtype": (
        TypeError,
        "dtype must be one of {allowed}, in which weights can be drawn, received {received!r}.",
    ),
    "mixed": (
        TypeError,
        "{name} has dtype {received}, but input has {expected}, and both must be equal: "
        "convert with {cure}.",
    ),
    "layer mixed": (
        TypeError,
        "input has dtype {received}, but the layer has {expected}, and both must be equal: {cure}.",
    ),
    "accumulate": (
        TypeError,
        "accumulate must be a dtype of the same kind that holds every {expected}, received "
        "{received}: use a wider one, such as {cure}, or leave it out.",
    ),
    "rank": (
        ValueError,
        "input must have {batched} axes (N, C, {layout}), or {unbatched} unbatched (C, {layout}), "
        "received shape {received} with {axes}: {cure}.",
    ),
    "weight rank": (
        ValueError,
        "weight must have {expected} axes ({channels}, {kernel}), "
        "received shape {received} with {axes}: {cure}.",
    ),
    "empty": (
        ValueError,
        "{name} must have at least 1 cell along each of its axes {which}, "
        "received shape {received}: only the batch and the channels of input may be empty.",
    ),
    "integer": (
        TypeError,
        "{name} must be {kinds}, received {received} of type {type}.",
    ),
    "length": (
        ValueError,
        "{name} must be {expected}, one for each spatial axis ({layout}), "
        "received {count}: {received}{cure}.",
    ),
    "least": (
        ValueError,
        "{name} must be at least {least}, received {received}.",
    ),
    "range": (
        ValueError,
        "{name} must lie between -2**63 and 2**63 - 1, as in PyTorch, received {received}.",
    ),
    "word": (
        ValueError,
        "{name} must be {allowed}, received {received}{cure}.",
    ),
    "same": (
        ValueError,
        "padding='same' keeps the size only with stride 1, received stride={stride}: "
        "pad explicitly with convref.pad, or give padding as integers.",
    ),
    "same option": (
        ValueError,
        "{name}={received} is for transposed layers of {owners}, received transposed={whose}: "
        "give {cure}, or leave {name} out.",
    ),
    "same output padding": (
        ValueError,
        "{where}: with SAME, output_padding must be {limits}, received {received}: {cure}.",
    ),
    "same gap": (
        ValueError,
        "{where}: with SAME, the output would have {size} cells, more than (size - 1) * stride + "
        "dilation * (kernel - 1) + output_padding + 1 = {cells} * {stride} + {dilation} * {taps} + "
        "{extra} + 1 = {whole}, which onnxruntime and ONNX's reference compute in different ways: "
        "{cure}.",
    ),
    "groups": (
        ValueError,
        "{name} must be divisible by groups, received {received} % {groups} = {rest}: groups "
        "must divide both the input's and the output's channels.",
    ),
    "channels": (
        ValueError,
        "input must have weight.shape[1] * groups = {per_group} * {groups} = {expected}, "
        "received {received} (axis {axis} of shape {shape}): {cure}.",
    ),
    "transposed channels": (
        ValueError,
        "input must have weight.shape[0] = {expected}, received {received} (axis {axis} of shape "
        "{shape}): {cure}.",
    ),
    "layer channels": (
        ValueError,
        "input must have in_channels = {expected}, received {received} (axis {axis} of shape "
        "{shape}): {cure}.",
    ),
    "output padding": (
        ValueError,
        "{where}: output_padding must be less than max(stride, dilation) = "
        "max({stride}, {dilation}), received {received}: use at most {most}, or a larger stride.",
    ),
    "output size": (
        ValueError,
        "{where}: output_size must lie between {least} and {most}, the sizes that stride {stride} "
        "leaves open for an input of {size}, received {received}.",
    ),
    "transposed size": (
        ValueError,
        "{where}: the output would have (size - 1) * stride - 2 * padding + dilation * "
        "(kernel - 1) + output_padding + 1 = {cells} * {stride} - 2 * {padding} + {dilation} * "
        "{taps} + {extra} + 1 = {out} cells: use less padding.",
    ),
    "columns rank": (
        ValueError,
        "input must have 3 axes (N, C * {layout}, windows), or 2 unbatched, "
        "received shape {received} with {axes}.",
    ),
    "rows": (
        ValueError,
        "input must have a multiple of {layout} rows, received {received} % {taps} = {rest} for "
        "kernel_size {kernel}: the rows are C * {layout}, as {unfold} makes them.",
    ),
    "windows": (
        ValueError,
        "input must have one column for each window, {expected} of them, received {received}: "
        "give the parameters with which {unfold} made the columns.",
    ),
    "bias": (
        ValueError,
        "bias must have shape ({expected},), one number for each output channel, "
        "received shape {received}: {cure}.",
    ),
    "reach": (
        ValueError,
        "{where}: the kernel reaches over dilation * (kernel - 1) + 1 = "
        "{dilation} * ({kernel} - 1) + 1 = {reach} cells, but the padded input has "
        "{before} + {size} + {after} = {padded}: enlarge input or padding, or use a smaller "
        "kernel or dilation.",
    ),
    "reflect": (
        ValueError,
        "{where}: padding with mode 'reflect' must be less than the size, since the edge is not "
        "repeated, received {received} for size {size}: pad at most {most}, or use another mode.",
    ),
    "circular": (
        ValueError,
        "{where}: padding with mode 'circular' must be at most the size, since it wraps around "
        "once, received {received} for size {size}: pad at most {most}, or use another mode.",
    ),
    "nothing to show": (
        ValueError,
        "{where}: mode {mode!r} shows cells of input, but none are there (size {size}): "
        "use mode 'constant'.",
    ),
    "nothing left": (
        ValueError,
        "mode {mode!r} must leave a cell along at least one padded axis, as in PyTorch, but pad "
        "leaves {left}: crop less.",
    ),
    "pairs": (
        ValueError,
        "pad must hold (before, after) for at most {axes}, the last axis first, so an even "
        "number of integers up to 2 * {rank} = {most}, received {count}: {received}.",
    ),
    "pad rank": (
        ValueError,
        "mode {mode!r} pads the last {axes} of {low} or {high} axes with {count} integers, "
        "received an input of shape {received}: {cure}.",
    ),
    "crop": (
        ValueError,
        "{where}: negative pads crop, and {before} + {size} + {after} = {left} is less than 0 "
        "cells: crop less.",
    ),
    "value": (
        ValueError,
        "value must be a number that dtype {dtype} can hold, received {received}.",
    ),
    "value and mode": (
        ValueError,
        "value={received} is for mode 'constant' alone; mode {mode!r} copies cells of input: "
        "leave value out.",
    ),
    "limit": (
        ValueError,
        "{what} would have shape {shape} and take {bytes:,} bytes, more than the limit of "
        "{limit:,} (convref.checks.LIMIT): check the sizes.",
    ),
    "device": (
        ValueError,
        "device must be None or 'cpu', since NumPy computes on the CPU, received {received}.",
    ),
    "keys": (
        ValueError,
        "state_dict must hold exactly {expected}, received {received}: {cure}.",
    ),
    "shape": (
        ValueError,
        "{name} must have shape {expected}, received {received}.",
    ),
    "weight axes": (
        ValueError,
        "weight must have 3, 4 or 5 axes, for 1, 2 or 3 spatial ones, "
        "received shape {received} with {axes}: {cure}.",
    ),
    "cell axes": (
        ValueError,
        "at must hold {expected} integers, one for each axis of the output of shape {shape}, "
        "received {count}: {received}.",
    ),
    "cell": (
        ValueError,
        "at[{place}] must be at least 0 and less than {size}, since the output has shape {shape}, "
        "received {received}.",
    ),
    "axes": (
        TypeError,
        "axes must be a list of (Axis, bool), one for each layer, received {received}: for example "
        "[(Axis(224, 7, stride=2), False)].",
    ),
    "layer": (
        ValueError,
        "a layer is written as PyTorch prints it, for example Conv2d(3, 64, kernel_size=7, "
        "stride=2, padding=3), received {received}.",
    ),
    "layer arguments": (
        ValueError,
        "{name} {problem}; it takes {expected}.",
    ),
    "pool padding": (
        ValueError,
        "padding must be at most half of the kernel's reach, {reach} // 2 = {most}, "
        "received {received}: pad less.",
    ),
    "receptive field": (
        ValueError,
        "the receptive field would take more than {limit:,} look-ups (convref.cost.LOOKUPS): "
        "check kernels and strides.",
    ),
    "layout": (
        ValueError,
        "{name} must have {expected} axes {layout}, as {framework} has them{kind}, "
        "received shape {received} with {axes}.",
    ),
    "depthwise": (
        ValueError,
        "weight must have size 1 along axis {axis} of {layout}, as {framework} has them for kind "
        "'depthwise', received shape {received}: give another layer's weight as kind 'conv'.",
    ),
    "depthwise groups": (
        ValueError,
        "groups must be the number of input channels for kind 'depthwise', received {received}: "
        "{advice}.",
    ),
    "flattened": (
        ValueError,
        "flattened must multiply to the {expected} inputs of weight, received {received}, which is "
        "{product}: give (C, H, W) of one image in front of Flatten.",
    ),
    "figure needs": (
        ValueError,
        "figure {kind!r} needs {name}, which was not given: add it.",
    ),
    "figure axes": (
        ValueError,
        "{name} must have {expected} in figure {kind!r}, received {received}: give {advice}.",
    ),
    "figure values": (
        ValueError,
        "{name} must be a list of finite numbers, or a list of rows of equal length, "
        "received {received}{place}: write numbers as 1 or 0.5, without quotes.",
    ),
    "figure limit": (
        ValueError,
        "a figure holds at most {most} {what}, since more could not be read, received {received}: "
        "draw fewer.",
    ),
    "figure scale": (
        ValueError,
        "scale must be more than 0 and at most 16 pixels for each unit, received {received}.",
    ),
    "figure position": (
        ValueError,
        "at[{place}] must lie between {least} and {most}, the positions of the padded input, "
        "received {received}: choose one of them.",
    ),
    "extra": (
        ImportError,
        ".png and .gif need the extra 'draw': pip install 'convref[draw]', or write an .svg.",
    ),
}


def refuse(rule: str, **values: object) -> NoReturn:
    """Raise the error of a rule, with its message filled in."""
    error, message = MESSAGES[rule]
    raise error(message.format(**{name: printable(value) for name, value in values.items()}))


def printable(value: object) -> object:
    """The value, or in its place a word for one that cannot be printed."""
    try:
        repr(value), str(value)
    except Exception:  # an integer of thousands of digits, or a __repr__ of somebody else's
        return Unprintable()
    return value


class Unprintable:
    """Stands in a message for a value that cannot be printed."""

    def __repr__(self) -> str:
        return "what cannot be printed"


def quoted(value: object) -> str:
    """As `repr` does, for a message."""
    return repr(printable(value))


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
    mode: str | None = None,
) -> tuple[int, ...]:
    """One integer for every spatial axis, from one integer or a sequence of `rank`.

    A sequence of a `single` one stands for all axes too, where PyTorch takes it so. `mode` is that
    of a padding whose sides can be padded before the call.
    """
    kinds = f"an integer or a tuple of {rank} integers" if rank > 1 else "an integer"
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
            cure=cures.sides(tuple(value), rank, mode),
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


def pads(value: object, stride: Sequence[int], mode: str | None = None) -> Pads:
    """Padding as (before, after) pairs, or 'same' or 'valid'."""
    if isinstance(value, str):
        chosen = word("padding", value, ("same", "valid"))
        if chosen == "same" and any(s != 1 for s in stride):
            refuse("same", stride=tuple(stride))
        return cast(Literal["same", "valid"], chosen)
    return [(p, p) for p in integers("padding", value, len(stride), 0, mode=mode)]


def sides(value: object, stride: Sequence[int]) -> Pads:
    """Padding of a single axis, where (before, after) may differ."""
    value = listed(value)
    if isinstance(value, tuple | list) and len(value) == 2:
        before, after = (integer("padding", each, 0) for each in value)
        return [(before, after)]
    return pads(value, stride)


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
    """The limits of PyTorch's modes: reflect < size, circular <= size, replicate any but 0.

    'circular' repeats what negative pads leave; the others go on reading the whole input.
    """
    if mode in ("reflect", "replicate") and size == 0:
        refuse("nothing to show", where=where, mode=mode, size=size)
    before, after = pair
    kept, padded = min(before, 0) + size + min(after, 0), before + size + after
    left = kept if mode == "constant" else padded
    if left < 0:
        refuse("crop", where=where, before=before, size=size, after=after, left=left)
    # A circular axis without a cell in the end shows none of what was cropped.
    shown = max(kept, 0) if mode == "circular" and padded else size
    most = {"reflect": size - 1, "circular": shown}.get(mode)
    if most is not None and max(pair) > most:
        told = shown if shown == size else f"{shown} after cropping"
        refuse(mode, where=where, received=max(pair), size=told, most=most)


def pad(input: object, pad: object, mode: object, value: object) -> list[Pair]:
    """Check `convref.pad`'s arguments; return (before, after) for every axis in order."""
    data = number_array("input", input, "pad", PAD_DTYPES)
    name = word("mode", mode, PAD_MODES)
    pad = listed(pad)
    if not isinstance(pad, tuple | list):
        no_integer("pad", "a tuple of integers such as (1, 1)", pad)
    flat = [integer("pad", each, -math.inf, "a tuple of integers") for each in pad]
    if len(flat) % 2 or len(flat) > 2 * data.ndim:
        refuse(
            "pairs",
            axes=cures.count(data.ndim, "axis"),
            rank=data.ndim,
            most=2 * data.ndim,
            count=len(flat),
            received=tuple(flat),
        )
    given = list(zip(flat[::2], flat[1::2], strict=True))
    if name != "constant":
        pad_rank(data, flat, name)
        if value is not None and not (isinstance(value, NUMBERS) and value == 0):
            refuse("value and mode", received=quoted(value), mode=name)
    elif value is not None:  # where nothing is filled, any number will do
        fill_value(value, data.dtype if max(flat, default=0) > 0 else np.dtype(complex))
    still = data.ndim - len(given)
    pairs = [(0, 0)] * still + given[::-1]
    for axis, (size, pair) in enumerate(zip(data.shape, pairs, strict=True)):
        if axis >= still:
            padding_limits(f"axis {axis}", size, pair, name)
    shape = [n + before + after for n, (before, after) in zip(data.shape, pairs, strict=True)]
    if name in ("reflect", "replicate") and not any(shape[still:]):
        refuse("nothing left", mode=name, left=tuple(shape[still:]))
    fits_memory("the padded array", shape, data.dtype)
    return pairs


def pad_rank(data: Array, pad: Sequence[int], mode: str) -> None:
    """The modes that copy cells need one or two axes in front of the 1 to 3 that they pad."""
    axes = len(pad) // 2
    if axes in (1, 2, 3) and data.ndim in (axes + 1, axes + 2):
        return
    refuse(
        "pad rank",
        mode=mode,
        axes=axes,
        low=axes + 1,
        high=axes + 2,
        count=2 * axes,
        received=data.shape,
        cure=cures.pad_rank(data.shape, pad),
    )


def fill_value(value: object, dtype: np.dtype[Any]) -> None:
    """A number, and one that the dtype can hold without overflow."""
    held = isinstance(value, NUMBERS)
    if held and dtype.kind in "iu":
        limits = np.iinfo(dtype)
        held = not isinstance(value, COMPLEX) and limits.min <= cast(int, value) <= limits.max
    elif held:
        held = floats_hold(value, dtype)
    if not held:
        refuse("value", dtype=dtype, received=quoted(value))


def floats_hold(number: Any, dtype: np.dtype[Any]) -> bool:
    """Whether a number stays below the largest one; inf and nan have a place in every float."""
    try:
        whole = complex(number)
    except OverflowError:
        return False
    if isinstance(number, np.number) and np.isfinite(number) > cmath.isfinite(whole):
        return False  # of a wider float
    most = float(np.finfo(float if dtype.kind == "b" else dtype).max)
    parts = (whole.real, whole.imag)
    fits = all(abs(part) <= most or not math.isfinite(part) for part in parts)
    return fits and not (dtype.kind == "f" and isinstance(number, COMPLEX))


def device(value: object) -> None:
    """NumPy has one device."""
    if value is not None and str(printable(value)) != "cpu":
        refuse("device", received=quoted(value))


def truth(name: str, value: object) -> bool:
    """What Python takes for true or false, which is not all."""
    try:
        return bool(value)
    except Exception:  # as of an array of several numbers
        no_word(name, value, "True, False")


def generator(seed: object) -> np.random.Generator:
    """What draws weights: from a seed, or handed over."""
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(integer("seed", seed, 0, "an integer or a numpy Generator"))


def as_dtype(value: object) -> np.dtype[Any]:
    """A dtype, or object in place of what is none, which NumPy says in many ways."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that NumPy will drop
            dtype: np.dtype[Any] = np.dtype(cast(Any, value))
    except Exception:
        dtype = np.dtype(object)
    return dtype


def float_dtype(value: object) -> np.dtype[Any]:
    """A dtype in which weights can be drawn."""
    dtype = as_dtype(value)
    if value is None or dtype not in FLOATS:
        refuse("layer dtype", received=value, allowed=", ".join(map(str, FLOATS)))
    return dtype


def known_dtype(value: object) -> np.dtype[Any]:
    """A dtype that convolution takes."""
    dtype = as_dtype(value).newbyteorder("=")
    if value is None or dtype not in DTYPES:
        no_word("dtype", value, ", ".join(map(str, DTYPES)))
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


def kernel_rank(weight: object) -> int:
    """The number of spatial axes that a weight is made for."""
    kernels = array("weight", weight)
    if kernels.ndim not in (3, 4, 5):
        refuse(
            "weight axes",
            received=kernels.shape,
            axes=kernels.ndim,
            cure=cures.added("weight", kernels.shape, max(2, 3 - kernels.ndim))
            if kernels.ndim < 3
            else cures.dropped("weight", kernels.shape, kernels.ndim - 5),
        )
    return kernels.ndim - 2


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
        sizes = map(output_size, map(stuffed, self.axes, self.extra))
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
    pairs = pads(padding, strides, mode)
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
    pairs = [(p, p) for p in integers("padding", padding, rank, 0)]
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
    dense = [stuffed(axis, more) for axis, more in zip(axes, extra, strict=True)]
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


def output_padding(
    input: object,
    output_size: object,
    *,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> tuple[int, ...]:
    """The output padding that gives a transposed layer's call its `output_size`."""
    data, rank = array("input", input), len(kernel)
    rank_fits(data, rank)
    output_size = listed(output_size)
    if isinstance(output_size, tuple | list) and len(output_size) == data.ndim:
        output_size = output_size[-rank:]  # a whole shape, such as another array's
    wanted = integers("output_size", output_size, rank, 1)
    axes = resolve(data.shape[-rank:], kernel, stride, [(p, p) for p in padding], dilation)
    extra = []
    for (letter, axis), due in zip(named(axes), wanted, strict=True):
        least = geometry.output_size(stuffed(axis, 0))
        if not 0 <= due - least < axis.stride:
            refuse(
                "output size",
                where=letter,
                least=least,
                most=least + axis.stride - 1,
                stride=axis.stride,
                size=axis.size,
                received=due,
            )
        extra.append(due - least)
    return tuple(extra)


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
        if output_size(stuffed(axis, more)) < 1:
            refuse("transposed size", where=letter, extra=more, **transposed_terms(axis, more))


def transposed_terms(axis: Axis, extra: int) -> dict[str, int]:
    """The numbers of the transposed size formula, for its message."""
    return axis._asdict() | {
        "padding": axis.before,
        "taps": axis.kernel - 1,
        "cells": axis.size - 1,
        "out": output_size(stuffed(axis, extra)),
    }


def gradient(grad_output: Array, input: Array, call: Call | TransposedCall) -> Array:
    """The output's gradient with a batch axis, in the dtype of the sums.

    `input` is what the caller gave, of whose dtype the gradient has to be.
    """
    grad, data = number_array("grad_output", grad_output), number_array("input", input)
    if grad.dtype != data.dtype:
        mixed("grad_output", grad, data, ("input", "weight"))
    due = call.output() if call.batched else call.output()[1:]
    if grad.shape != due:
        refuse("shape", name="grad_output", expected=due, received=grad.shape)
    return (grad if call.batched else grad[None]).astype(call.input.dtype, copy=False)


class Patches(NamedTuple):
    """The arguments of `unfold` after all checks, in one normal form."""

    input: Array  # (N, C, *sizes)
    axes: tuple[Axis, ...]
    batched: bool


class Columns(NamedTuple):
    """Those of `fold`, whose axes are the output's."""

    input: Array  # (N, rows, windows)
    axes: tuple[Axis, ...]
    batched: bool


def patches(
    rank: int, input: Array, *, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints
) -> Patches:
    """Check every argument of `unfold1d`, `unfold` (of two axes) or `unfold3d`."""
    data = number_array("input", input, "unfold", PAD_DTYPES)
    rank_fits(data, rank)
    window = windows(
        rank, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    if 0 in data.shape[-rank:]:
        no_cell("input", f"({LAYOUT[rank]})", data)
    batch, batched = with_batch(data, rank)
    N, C, *sizes = batch.shape
    axes = windowed(sizes, window)
    fits_memory("the padded input", (N, C, *map(padded_size, axes)), data.dtype)
    fits_memory("the output", (N, C, *window.kernel, *map(output_size, axes)), data.dtype)
    return Patches(batch, axes, batched)


def columns(
    rank: int,
    input: Array,
    *,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints,
    padding: Ints,
    stride: Ints,
) -> Columns:
    """Check every argument of `fold1d`, `fold` (of two axes) or `fold3d`."""
    data = number_array("input", input, "fold", PAD_DTYPES)
    names = {
        "layout": kernel_layout(rank).replace(",", " *"),
        "unfold": "unfold" if rank == 2 else f"unfold{rank}d",
    }
    if data.ndim not in (2, 3):
        refuse("columns rank", received=data.shape, axes=data.ndim, **names)
    sizes = integers("output_size", output_size, rank, 1, single=False)
    window = windows(
        rank, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    axes = windowed(sizes, window)
    (rows, cells), taps = data.shape[-2:], math.prod(window.kernel)
    if rows % taps:
        refuse("rows", kernel=window.kernel, taps=taps, received=rows, rest=rows % taps, **names)
    out = tuple(map(geometry.output_size, axes))
    if cells != math.prod(out):
        product = f"{' * '.join(map(str, out))} = " if rank > 1 else ""
        refuse("windows", expected=f"{product}{math.prod(out)}", received=cells, **names)
    batch = data if data.ndim == 3 else data[None]
    shape = (len(batch), rows // taps, *map(padded_size, axes))
    fits_memory("the padded output", shape, data.dtype)
    return Columns(batch, axes, data.ndim == 3)


class Window(NamedTuple):
    """The windows' parameters of the two families above, for each axis."""

    kernel: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]
    stride: tuple[int, ...]


def windows(rank: int, *, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints) -> Window:
    """Check them; a sequence of a single number is not for all axes, as in PyTorch."""
    cells = integers("padding", padding, rank, 0, single=False)
    return Window(
        kernel=integers("kernel_size", kernel_size, rank, 1, single=False),
        dilation=integers("dilation", dilation, rank, 1, single=False),
        padding=cells,
        stride=integers("stride", stride, rank, 1, single=False),
    )


def windowed(sizes: Sequence[int], window: Window) -> tuple[Axis, ...]:
    """One axis for each size, on which at least one window fits."""
    pairs = [(p, p) for p in window.padding]
    axes = resolve(sizes, window.kernel, window.stride, pairs, window.dilation)
    for letter, axis in named(axes):
        kernel_fits(letter, axis)
    return axes


def framework_weight(
    weight: object, source: object, target: object, kind: object, groups: object
) -> int:
    """Check every argument of `convert_weight`; return the groups as a number."""
    data = array("weight", weight)
    framework, other = frameworks(source, target)
    chosen = word("kind", kind, ("conv", "depthwise", "transposed"))
    count = None if groups is None else integer("groups", groups, 1)
    families = (FAMILY[framework], FAMILY[other])
    layout = WEIGHTS[chosen][families[0]]
    # TensorFlow and Keras have no depthwise layer with three spatial axes.
    most = 4 if chosen == "depthwise" and "keras" in families else 5
    if not 3 <= data.ndim <= most:
        refuse(
            "layout",
            name="weight",
            expected="3 or 4" if most == 4 else "3, 4 or 5",
            layout=layout,
            framework=framework,
            kind=f" for kind {chosen!r}",
            received=data.shape,
            axes=data.ndim,
        )
    fits_memory("the converted weight", data.shape, data.dtype)
    if chosen == "depthwise":
        return depthwise_groups(data, framework, count)
    # The axis with all channels of its side; the other one has those of a single group.
    axis = 0 if families[0] == "torch" else data.ndim - 1
    divisible(f"weight.shape[{axis}]", data.shape[axis], count or 1)
    return count or 1


def depthwise_groups(weight: Array, framework: str, groups: int | None) -> int:
    """As many groups as input channels, which only Keras's order shows."""
    family = FAMILY[framework]
    if family == "keras":
        channels = int(weight.shape[-2])
        if groups not in (None, channels):
            refuse(
                "depthwise groups",
                received=groups,
                advice=f"weight.shape[{weight.ndim - 2}] is {channels}",
            )
        return channels
    single, product = (1, 0) if family == "torch" else (weight.ndim - 2, weight.ndim - 1)
    if weight.shape[single] != 1:
        refuse(
            "depthwise",
            axis=single,
            layout=WEIGHTS["depthwise"][family],
            framework=framework,
            received=weight.shape,
        )
    if groups is None:
        cells = weight.shape[product]
        refuse(
            "depthwise groups",
            received=None,
            advice=f"weight.shape[{product}] is {cells}, which is groups times the multiplier",
        )
    divisible(f"weight.shape[{product}]", weight.shape[product], groups)
    return groups


def framework_activation(input: object, source: object, target: object) -> None:
    """Check every argument of `convert_activation`."""
    data = array("input", input)
    framework, _ = frameworks(source, target)
    if not 3 <= data.ndim <= 5:
        first = FAMILY[framework] == "torch"
        refuse(
            "layout",
            name="input",
            expected="3, 4 or 5",
            layout="(N, C, sizes)" if first else "(N, sizes, C)",
            framework=framework,
            kind="",
            received=data.shape,
            axes=data.ndim,
        )
    fits_memory("the converted input", data.shape, data.dtype)


def framework_linear(
    weight: object, source: object, target: object, flattened: object
) -> tuple[int, ...]:
    """Check every argument of `convert_linear`; return the image's shape, () if there is none."""
    data = array("weight", weight)
    framework, _ = frameworks(source, target)
    features_first = framework in FEATURES_FIRST
    if data.ndim != 2:
        refuse(
            "layout",
            name="weight",
            expected="2",
            layout="(out, in)" if features_first else "(in, out)",
            framework=framework,
            kind=" for a linear layer",
            received=data.shape,
            axes=data.ndim,
        )
    fits_memory("the converted weight", data.shape, data.dtype)
    if flattened is None:
        return ()
    flattened = listed(flattened)
    given = flattened if isinstance(flattened, tuple | list) else (flattened,)
    image = tuple(integer("flattened", each, 1, "a tuple of integers") for each in given)
    inputs = data.shape[1 if features_first else 0]
    if math.prod(image) != inputs:
        refuse("flattened", expected=inputs, received=image, product=math.prod(image))
    return image


def frameworks(source: object, target: object) -> tuple[str, str]:
    """Two frameworks that `convref.layouts` knows."""
    names = tuple(FAMILY)
    return word("source", source, names), word("target", target, names)


def same_axes(
    size: object, kernel_size: object, stride: object, dilation: object
) -> tuple[Axis, ...]:
    """Check the arguments of `tensorflow_same` that every layer has; one axis for each size."""
    size = listed(size)
    rank = len(size) if isinstance(size, tuple | list) else 1
    if rank not in LAYOUT:
        refuse(
            "length",
            name="size",
            expected="one integer or up to 3 of them",
            layout=LAYOUT[3],
            count=rank,
            received=size,
            cure="",
        )
    return resolve(
        integers("size", size, rank, 1),
        integers("kernel_size", kernel_size, rank, 1),
        integers("stride", stride, rank, 1),
        "valid",
        integers("dilation", dilation, rank, 1),
    )


def same_outputs(
    axes: Sequence[Axis],
    odd: str,
    transposed: object,
    output_padding: object,
    output_size: object,
) -> list[tuple[int, int]]:
    """Check the other ones; (output padding before the cut, output size) of a transposed axis."""
    rank = len(axes)
    extra: Sequence[int | None] = [None] * rank
    sizes = extra
    if output_padding is not None:
        extra = integers("output_padding", output_padding, rank, 0)
    if output_size is not None:
        sizes = integers("output_size", output_size, rank, 1)
    whose = None if transposed is None else word("transposed", transposed, SAME_TRANSPOSED)
    for name, value, owners in (
        ("output_padding", output_padding, ("keras", "onnx")),
        ("output_size", output_size, ("tensorflow", "onnx")),
        ("odd", None if odd == "end" or whose is None else odd, ("onnx",)),
    ):
        if value is not None and whose not in owners:
            refuse(
                "same option",
                name=name,
                owners=" and ".join(owners),
                received=quoted(value),
                whose=repr(whose),
                cure=" or ".join(f"transposed={owner!r}" for owner in owners),
            )
    if whose is None:
        return []
    return [
        same_output(where, axis, whose, more, size)
        for (where, axis), more, size in zip(named(axes), extra, sizes, strict=True)
    ]


def same_output(where: str, axis: Axis, whose: str, padding: int | None, size: int | None) -> Pair:
    """Output padding before the cut, and output size, of one axis of a transposed layer."""
    least, most = (axis.size - 1) * axis.stride + 1, axis.size * axis.stride
    extra, span = padding or 0, reach(axis.kernel, axis.dilation)
    if extra >= axis.stride:
        limits, cure = f"less than the stride, {axis.stride}", f"use at most {axis.stride - 1}"
        refuse("same output padding", where=where, limits=limits, received=extra, cure=cure)
    if whose == "keras" and padding is not None:
        extra, size = 0, least - 1 + span % 2 + padding
        if size < least:
            limits = f"at least 1 in Keras, since the reach, {span}, is even"
            cure = "leave it out" if axis.stride == 1 else "use 1, or leave it out"
            refuse("same output padding", where=where, limits=limits, received=padding, cure=cure)
    size = most if size is None else size
    if whose == "onnx":
        same_gap(where, axis, extra, size)
    elif not least <= size <= most:
        refuse(
            "output size",
            where=where,
            least=least,
            most=most,
            stride=axis.stride,
            size=axis.size,
            received=size,
        )
    return extra, size


def same_gap(where: str, axis: Axis, extra: int, size: int) -> None:
    """Nothing stands behind the kernel and the output padding, since ONNX's two disagree on it."""
    bare = output_size(stuffed(axis, 0))
    if size > bare + extra:
        cure = f"give an output_size of at most {bare + extra}"
        if size - bare < axis.stride:
            cure = f"let the layer have output_padding {size - bare} there"
        terms = transposed_terms(axis, extra) | {"size": size, "whole": bare + extra}
        refuse("same gap", where=where, extra=extra, cure=cure, **terms)


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


def layer_input(rank: int, input: object, weight: object, groups: int | None) -> None:
    """What a layer's input must be, in the layer's words; `groups` is None if it is transposed."""
    data, kernels = number_array("input", input), number_array("weight", weight)
    if kernels.ndim != rank + 2:
        return  # not the weight that the layer was made with
    if data.dtype != kernels.dtype:
        cure = cures.layer_dtype(data.dtype, kernels.dtype)
        refuse("layer mixed", received=data.dtype, expected=kernels.dtype, cure=cure)
    rank_fits(data, rank)
    channels_fit(data, rank, kernels.shape[0] if groups is None else kernels.shape[1] * groups)


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
