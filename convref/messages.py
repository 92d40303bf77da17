"""Every message that a caller can get, and how it is raised.

A message says which argument, the rule with its arithmetic, what was received, and what to do.
"""

from collections.abc import Mapping
from typing import Final, NoReturn, TypeAlias

from convref.modes import COPIES

__all__: list[str] = []

Rules: TypeAlias = Mapping[str, tuple[type[Exception], str]]

MESSAGES: Final[Rules] = {
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
    "transposed sides": (
        TypeError,
        "padding must be {kinds} here, since a transposed convolution crops both sides of an axis "
        "alike, received {received}: {cure}.",
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
    **{
        mode: (
            ValueError,
            f"{{where}}: padding with mode {mode!r} must be {copies.limit}, received {{received}} "
            "for size {size}: pad at most {most}, or use another mode.",
        )
        for mode, copies in COPIES.items()
        if copies.limit
    },
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


# Of the command line alone: what was typed, in the words in which it is typed.
COMMANDS: Final[Rules] = {
    "integers": (
        ValueError,
        "expected integers with commas between, received {received!r}",
    ),
    "padding mode": (
        ValueError,
        "--padding-mode is not for --transposed, where padding crops: leave one of them out",
    ),
    "output padding": (
        ValueError,
        "--output-padding is for --transposed alone: add --transposed, or leave it out",
    ),
    "array or shape": (
        ValueError,
        "--{name}: {problem}, or JSON such as [[1, 2], [3, 4]]",
    ),
    "shape": (
        ValueError,
        "--{name}: a shape has sizes from 0 and at most {most:,} cells",
    ),
    "array": (
        ValueError,
        "--{name}: expected JSON such as [[1, 2], [3, 4]], with numbers in rows of equal length, "
        "received {received!r}",
    ),
    "dtype": (
        ValueError,
        "{dtype} does not hold all the numbers given: leave --dtype out",
    ),
    "function": (
        ValueError,
        "expected a function as MODULE:FUNCTION, received {received!r}: {problem}",
    ),
    "apart": (
        ValueError,
        "seconds is for a function named as 'MODULE:FUNCTION', without an adapter, since it is "
        "called in a process of its own: write a function of that signature, and name it",
    ),
    "parameter": (
        ValueError,
        "expected NAME=VALUE, such as stride=2, received {received!r}",
    ),
}

# Why a layer cannot be called with the arguments that are written: the rule "layer arguments".
MISMATCHES: Final = {
    "too many": "has {received} arguments, at most {most} fit",
    "unknown": "has no argument {name!r}",
    "twice": "is given {name!r} twice",
    "missing": "lacks {name!r}",
}


def refuse(rule: str, **values: object) -> NoReturn:
    """Raise the error of a rule, with its message filled in."""
    raise filled(MESSAGES[rule], values)


def refuse_command(rule: str, **values: object) -> NoReturn:
    """The same for what was typed."""
    raise filled(COMMANDS[rule], values)


def filled(rule: tuple[type[Exception], str], values: Mapping[str, object]) -> Exception:
    """The error, with the values in its message."""
    error, message = rule
    return error(message.format(**{name: printable(value) for name, value in values.items()}))


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
