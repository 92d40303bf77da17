"""What a chain of layers costs: sizes, parameters, products, memory, and its receptive field.

A layer is written as PyTorch prints it: ``Conv2d(3, 64, kernel_size=7, stride=2, padding=3)``.
"""

import ast
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from convref import checks, cures
from convref.geometry import (
    Axis,
    cells_read,
    output_size,
    parameters,
    products,
    reach,
    resolve,
    seen,
    written_size,
    written_transposed_size,
)
from convref.messages import MISMATCHES, printable, quoted, refuse
from convref.types import Array, Ints, Padding, PaddingMode

__all__ = ["Step", "chain", "receptive_field", "spacing"]

Shape: TypeAlias = tuple[int, ...]

LOOKUPS: Final = 2**20  # of one receptive field: less than a second


@dataclass(frozen=True)
class Step:
    """One layer of a chain, for the input that reaches it.

    Attributes
    ----------
    layer : str
        As it was written.
    axes : tuple of Axis
        Its geometry along each spatial axis.
    extra : tuple of int
        Output padding along each axis, of transposed convolutions.
    transposed : bool
    input, weight, output : tuple of int
        Shapes; that of a pooling layer's weight is (0,).
    bias : int
        Numbers in its bias.
    """

    layer: str
    axes: tuple[Axis, ...]
    extra: tuple[int, ...]
    transposed: bool
    input: Shape
    weight: Shape
    output: Shape
    bias: int

    def formulas(self) -> list[str]:
        """The size formula along each axis, with its numbers."""
        if self.transposed:
            return list(map(written_transposed_size, self.axes, self.extra))
        return list(map(written_size, self.axes))

    def parameters(self) -> int:
        """Learnable numbers."""
        return parameters(self.weight, self.bias)

    def products(self) -> int:
        """Multiplications, for the whole batch; those of a pooling layer are none."""
        rank = len(self.axes)
        batch = math.prod(self.input[: -rank - 1])
        windows = self.input if self.transposed else self.output
        return products(self.weight, (batch, *windows[-rank:]))


def chain(shape: Sequence[int], layers: Sequence[str], dtype: str = "float32") -> list[Step]:
    """Send a shape through layers, with every check of the layers themselves.

    Parameters
    ----------
    shape : sequence of int
        Of the input: (N, C, ...) or (C, ...).
    layers : sequence of str
        Conv1d ... Conv3d, ConvTranspose1d ... 3d, MaxPool1d ... 3d, AvgPool1d ... 3d, with the
        arguments of torch.nn that decide sizes and costs: not `device`, `dtype` and
        `divisor_override`, and `ceil_mode` only as False.
    dtype : str
        In which sizes are held against the limit of memory.

    Returns
    -------
    list of Step

    Raises
    ------
    TypeError, ValueError
        A text that is no layer, or a layer that does not fit what reaches it; the message begins
        with its number. Also a shape or a dtype that is none.

    Examples
    --------
    >>> from convref.cost import chain
    >>> stem = chain((3, 224, 224), ["Conv2d(3, 64, 7, stride=2, padding=3)", "MaxPool2d(3, 2, 1)"])
    >>> [step.output for step in stem]
    [(64, 112, 112), (64, 56, 56)]
    >>> stem[0].formulas()[0]
    'floor((3 + 224 + 3 - 1 * (7 - 1) - 1) / 2) + 1'
    >>> [step.parameters() for step in stem], [step.products() for step in stem]
    ([9472, 0], [118013952, 0])
    """
    steps: list[Step] = []
    layers = [layers] if isinstance(layers, str) else layers
    if not isinstance(layers, tuple | list):
        refuse("layer", received=quoted(layers))
    kind = known_dtype(dtype)
    given = checks.listed(shape)
    sizes = given if isinstance(given, tuple | list) else (given,)
    kinds = "a tuple of integers"
    reached = tuple(checks.integer("the input's shape", size, 0, kinds) for size in sizes)
    checks.fits_memory("the input", reached, kind)
    for number, layer in enumerate(layers, 1):
        try:
            steps.append(read(layer, reached, kind))
        except (TypeError, ValueError) as error:
            raise type(error)(f"layer {number}, {printable(layer)}: {error}") from None
        reached = steps[-1].output
    return steps


def receptive_field(axes: Sequence[tuple[Axis, bool]]) -> int:
    """Cells of the input, from the first to the last, that one output cell of a chain depends on.

    The largest over all output cells, of an input so large that no edge is near. For convolutions
    and pooling alone it is ``1 + sum of (reach - 1) * product of the strides before``.

    Parameters
    ----------
    axes : sequence of (Axis, bool)
        One spatial axis through the layers, and whether each layer is a transposed convolution.

    Returns
    -------
    int
        0 if no output cell depends on any input cell, which a stride beyond the kernel can do.

    Raises
    ------
    TypeError
        `axes` is no list of (Axis, bool).
    ValueError
        With transposed layers in the chain, looking the cells up would take too long.

    Examples
    --------
    >>> from convref.cost import receptive_field
    >>> from convref.geometry import Axis
    >>> receptive_field([(Axis(224, 7, stride=2), False), (Axis(112, 3, stride=2), False)])
    11
    """
    passed(axes)
    first = next((i for i, (_, transposed) in enumerate(axes) if transposed), len(axes))
    # Transposed layers treat neighbours differently; after so many cells the pattern repeats.
    period = math.prod(axis.stride for axis, transposed in axes if transposed)
    left = LOOKUPS - period * sum(axis.kernel for axis, _ in axes[first:])
    span = 0
    for output in range(period):
        cells = {output}
        for axis, transposed in reversed(axes[first:]):
            left -= max(0, len(cells) - 1) * axis.kernel
            if left < 0:
                refuse("receptive field", limit=LOOKUPS)
            cells = seen(axis, cells, transposed)
        span = max(span, max(cells) - min(cells) + 1 if cells else 0)
    # In front of them only the first and the last cell matter.
    for axis, _ in reversed(axes[:first]):
        span = cells_read(axis, span) if span else 0
    return span


def spacing(axes: Sequence[tuple[Axis, bool]]) -> Fraction:
    """Cells of the input from one output cell of a chain to the next: its stride.

    Parameters
    ----------
    axes : sequence of (Axis, bool)
        As in `receptive_field`.

    Returns
    -------
    Fraction
        With transposed layers it need not be a whole number.

    Raises
    ------
    TypeError
        `axes` is no list of (Axis, bool).

    Examples
    --------
    >>> from convref.cost import spacing
    >>> from convref.geometry import Axis
    >>> print(spacing([(Axis(9, 4, stride=3), False), (Axis(2, 4, stride=2), True)]))
    3/2
    """
    passed(axes)
    steps = [Fraction(axis.stride) ** (-1 if transposed else 1) for axis, transposed in axes]
    return math.prod(steps, start=Fraction(1))


def known_dtype(value: object) -> np.dtype[Any]:
    """A dtype that convolution takes."""
    dtype = checks.as_dtype(value).newbyteorder("=")
    if value is None or dtype not in checks.DTYPES:
        checks.no_word("dtype", value, ", ".join(map(str, checks.DTYPES)))
    return dtype


def passed(axes: object) -> None:
    """One spatial axis through layers."""
    if not isinstance(axes, tuple | list) or not all(
        isinstance(each, tuple | list) and len(each) == 2 and isinstance(each[0], Axis)
        for each in axes
    ):
        refuse("axes", received=quoted(axes))


def along(steps: Sequence[Step]) -> Iterator[list[tuple[Axis, bool]]]:
    """Each spatial axis through the layers, as `receptive_field` takes it."""
    for axes in zip(*(step.axes for step in steps), strict=True):
        yield [(axis, step.transposed) for axis, step in zip(axes, steps, strict=True)]


# Reading a layer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Here:
    """What a layer meets."""

    layer: str
    rank: int
    shape: Shape
    dtype: np.dtype[Any]

    def stand_in(self, name: str, shape: Shape) -> Array:
        """An array of any shape that takes no memory."""
        checks.fits_memory(name, shape, self.dtype)
        return np.broadcast_to(np.zeros((), self.dtype), shape)

    def fits(self, in_channels: int | None) -> None:
        """The layer can take the shape that reaches it; pooling takes any number of channels."""
        input = self.stand_in("the input", self.shape)
        checks.rank_fits(input, self.rank)
        if in_channels is not None:
            checks.channels_fit(input, self.rank, in_channels)

    def output(self, shape: Shape) -> Shape:
        """The shape behind the layer, with or without a batch."""
        return (*self.shape[: -self.rank - 1], *shape[1:])


def conv(
    here: Here,
    /,
    in_channels: int,
    out_channels: int,
    kernel_size: Ints,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    bias: bool = True,
    padding_mode: PaddingMode = "zeros",
) -> Step:
    """`torch.nn.Conv1d`, 2d, 3d."""
    kernel, count = channels_and_kernel(here, in_channels, out_channels, kernel_size, groups)
    here.fits(in_channels)
    weight = (out_channels, in_channels // count, *kernel)
    input, weights = here.stand_in("the input", here.shape), here.stand_in("weight", weight)
    call = checks.convolution(
        here.rank,
        input,
        weights,
        None,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=count,
        padding_mode=padding_mode,
        accumulate=None,
    )
    output = here.output(call.output())
    numbers = out_channels if truth("bias", bias) else 0
    return Step(here.layer, call.axes, (), False, here.shape, weight, output, numbers)


def conv_transpose(
    here: Here,
    /,
    in_channels: int,
    out_channels: int,
    kernel_size: Ints,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    bias: bool = True,
    dilation: Ints = 1,
    padding_mode: Literal["zeros"] = "zeros",
) -> Step:
    """`torch.nn.ConvTranspose1d`, 2d, 3d."""
    checks.word("padding_mode", padding_mode, ("zeros",))
    kernel, count = channels_and_kernel(here, in_channels, out_channels, kernel_size, groups)
    here.fits(in_channels)
    weight = (in_channels, out_channels // count, *kernel)
    input, weights = here.stand_in("the input", here.shape), here.stand_in("weight", weight)
    call = checks.transposed(
        here.rank,
        input,
        weights,
        None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=count,
        dilation=dilation,
        accumulate=None,
    )
    output = here.output(call.output())
    numbers = out_channels if truth("bias", bias) else 0
    return Step(here.layer, call.axes, call.extra, True, here.shape, weight, output, numbers)


def max_pool(
    here: Here,
    /,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    return_indices: bool = False,
    ceil_mode: bool = False,
) -> Step:
    """`torch.nn.MaxPool1d`, 2d, 3d: windows as those of a convolution, in steps of their size."""
    truth("return_indices", return_indices)
    rank = here.rank
    kernel = checks.integers("kernel_size", kernel_size, rank, 1)
    strides = kernel if stride is None else checks.integers("stride", stride, rank, 1)
    padded = checks.integers("padding", padding, rank, 0)
    dilations = checks.integers("dilation", dilation, rank, 1)
    if ceil_mode is not False:
        checks.no_word("ceil_mode", ceil_mode, "False")
    here.fits(None)
    pairs = [(p, p) for p in padded]
    axes = resolve(here.shape[-rank:], kernel, strides, pairs, dilations)
    for letter, axis in checks.named(axes):
        cells = reach(axis.kernel, axis.dilation)
        if 2 * axis.before > cells:
            refuse("pool padding", reach=cells, most=cells // 2, received=axis.before)
        checks.kernel_fits(letter, axis)
    output = (*here.shape[:-rank], *map(output_size, axes))
    return Step(here.layer, axes, (), False, here.shape, (0,), output, 0)


def avg_pool(
    here: Here,
    /,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Step:
    """`torch.nn.AvgPool1d`, 2d, 3d."""
    truth("count_include_pad", count_include_pad)
    return max_pool(here, kernel_size, stride, padding, ceil_mode=ceil_mode)


def channels_and_kernel(
    here: Here, in_channels: int, out_channels: int, kernel_size: object, groups: int
) -> tuple[tuple[int, ...], int]:
    """What decides the weight's shape, checked: the kernel and the groups."""
    count = checks.integer("groups", groups, 1)
    for least, name in enumerate(("in_channels", "out_channels")):
        channels = (in_channels, out_channels)[least]
        checks.divisible(name, checks.integer(name, channels, least), count)
    return checks.integers("kernel_size", kernel_size, here.rank, 1, single=False), count


def truth(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        checks.no_word(name, value, "True, False")
    return value


KINDS: Final[dict[str, Callable[..., Step]]] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AvgPool": avg_pool,
}


def read(layer: str, shape: Shape, dtype: np.dtype[Any]) -> Step:
    """One layer, from its text."""
    name, arguments, options = name_and_arguments(layer)
    kind, rank = KINDS.get(name[:-2]), {"1d": 1, "2d": 2, "3d": 3}.get(name[-2:])
    if kind is None or rank is None:
        allowed = ", ".join(f"{each}1d, {each}2d, {each}3d" for each in KINDS)
        checks.no_word("a layer", name, allowed)
    here = Here(layer, rank, shape, dtype)
    known = dict(list(inspect.signature(kind).parameters.items())[1:])
    if problem := mismatch(known, arguments, options):
        refuse("layer arguments", name=name, problem=problem, expected=", ".join(known))
    with cures.typed():
        return kind(here, *arguments, **options)


def mismatch(
    known: Mapping[str, inspect.Parameter], arguments: Sequence[Any], options: Mapping[str, Any]
) -> str:
    """Why a layer cannot be called with what is written, or nothing."""
    placed = list(known)[: len(arguments)]
    needed = [name for name, each in known.items() if each.default is each.empty]
    if len(arguments) > len(known):
        return MISMATCHES["too many"].format(received=len(arguments), most=len(known))
    for name in options:
        if name not in known:
            return MISMATCHES["unknown"].format(name=name)
        if name in placed:
            return MISMATCHES["twice"].format(name=name)
    for name in needed:
        if name not in placed and name not in options:
            return MISMATCHES["missing"].format(name=name)
    return ""


def name_and_arguments(layer: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Name and arguments of a call written as text; nothing of it is run."""
    try:
        call = ast.parse(str(printable(layer)).strip(), mode="eval").body
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else literal(call.func)
            arguments = [literal(each) for each in call.args]
            options = {str(each.arg): literal(each.value) for each in call.keywords}
            return str(name), arguments, options
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        pass
    refuse("layer", received=quoted(layer))


def literal(node: ast.expr) -> Any:
    """A value; a bare word, as in PyTorch's ``padding=same``, is a string."""
    return node.id if isinstance(node, ast.Name) else ast.literal_eval(node)
