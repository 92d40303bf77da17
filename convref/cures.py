"""What to do about a refusal: code that works when it is pasted, and loses nothing.

Names in the code are those of the arguments, and `numpy`. Where nothing can be pasted, since arrays
were typed into a shell or a layer is a text, a cure names the shape to give instead.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import numpy as np

from convref.geometry import Pair

__all__: list[str] = []

# PyTorch's dtypes that NumPy lacks, and what makes a wider one of them.
WIDENED: Final = {"torch.bfloat16": ".float()", "torch.complex32": ".cfloat()"}
HELD: Final = (
    *("bool", "float16", "float32", "float64", "complex64", "complex128"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
)
WIDEST: Final = {"f": "float64", "c": "complex128", "i": "int64", "u": "uint64"}

_typed: ContextVar[bool] = ContextVar("typed", default=False)


@contextmanager
def typed() -> Iterator[None]:
    """What is called in here was typed as text: there is nothing to paste code into."""
    token = _typed.set(True)
    try:
        yield
    finally:
        _typed.reset(token)


def count(number: int, noun: str) -> str:
    """'1 axis', '2 axes', '3 cells'."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('is') + 'es' if noun.endswith('axis') else noun + 's'}"


def shaped(what: str, name: str, code: str, shape: Sequence[int]) -> str:
    """The code that gives an array a shape, or that shape."""
    return f"give {name} the shape {tuple(shape)}" if _typed.get() else f"{what} with {code}"


# Kinds and dtypes ------------------------------------------------------------------------------


def array(name: str, value: object) -> str:
    """What makes an array of a list, a tensor or another library's array."""
    if type(value).__module__.partition(".")[0] == "torch":
        return tensor(name, value)
    if isinstance(value, list | tuple | int | float | complex) or hasattr(value, "__array__"):
        try:
            dtype = np.asarray(value).dtype
        except Exception:  # another library's array may raise anything
            return "give an array of numbers, with rows of equal length"
        if dtype.kind in "biufc":
            return f"convert it with numpy.asarray({name})"
        if np.can_cast(dtype, np.float32):  # a narrow float of another library
            return f"convert it with numpy.asarray({name}, numpy.float32)"
    return "give an array of numbers"


def tensor(name: str, value: object) -> str:
    """What makes an array of PyTorch's tensor, if it holds numbers that an array can hold."""

    def told(attribute: str, otherwise: object = False) -> Any:
        return getattr(value, attribute, otherwise)

    if told("is_meta"):  # a shape without numbers
        return "give an array of numbers"
    if told("is_nested"):  # its rows may be of any length
        return "give an array of numbers, with rows of equal length"
    code, kind = "", str(told("dtype", "torch.float32"))
    if str(told("layout", "torch.strided")) != "torch.strided":
        code = ".to_dense()"
    if told("is_quantized"):
        code += ".dequantize()"
    elif kind.startswith("torch.float8"):
        code += ".float()"
    elif kind in WIDENED:
        code += WIDENED[kind]
    elif kind.removeprefix("torch.") not in HELD:
        return "give an array of numbers"
    # `force` brings it to the CPU, and leaves gradients and lazy conjugates behind.
    return f"convert it with {name}{code}.numpy(force=True)"


def dtype(name: str, dtype: np.dtype[Any]) -> str:
    """Truth values, and what else float32 holds, become numbers."""
    if not np.can_cast(dtype, np.float32):
        return "give its numbers in one of these"
    if _typed.get():
        return "write 1 and 0"
    return f"convert it with {name}.astype(numpy.float32)"


def one_dtype(name: str, own: np.dtype[Any], others: Sequence[str], due: np.dtype[Any]) -> str:
    """The conversion that loses nothing: of this array, of the others, or of all to a third."""
    if np.can_cast(own, due):
        return f"{name}.astype({others[0]}.dtype)"
    if np.can_cast(due, own):
        return " and ".join(f"{other}.astype({name}.dtype)" for other in others)
    wide = np.result_type(own, due)
    return " and ".join(f"{each}.astype(numpy.{wide})" for each in (*others, name))


def layer_dtype(own: np.dtype[Any], due: np.dtype[Any]) -> str:
    """The same for a layer, whose weights follow its dtype."""
    wide = np.result_type(own, due)
    convert = f"convert with input.astype(numpy.{wide})"
    make = f"make the layer with dtype=numpy.{wide}"
    return " and ".join([convert] * (wide != own) + [make] * (wide != due))


def accumulate(dtype: np.dtype[Any]) -> str:
    """The widest dtype of the same kind."""
    return "accumulate=" + repr(WIDEST[dtype.kind])


# Axes ------------------------------------------------------------------------------------------


def added(name: str, shape: Sequence[int], missing: int) -> str:
    """Axes of size 1 in front."""
    code = f"{name}[{', '.join(['None'] * missing)}]"
    noun = "the missing axis" if missing == 1 else "the missing axes"
    return shaped(f"add {noun}", name, code, (1,) * missing + tuple(shape))


def second(name: str, shape: Sequence[int], what: str) -> str:
    """An axis of size 1 behind the first."""
    return shaped(f"add {what}", name, f"{name}[:, None]", (shape[0], 1, *shape[1:]))


def dropped(name: str, shape: Sequence[int], extra: int) -> str:
    """Axes of size 1 in front are dropped; others are not, since they hold something."""
    if math.prod(shape[:extra]) != 1:
        return f"drop or merge {count(extra, 'axis')}"
    code = f"{name}[{', '.join(['0'] * extra)}]"
    noun = "the first axis" if extra == 1 else f"the first {extra} axes"
    return shaped(f"drop {noun}", name, code, shape[extra:])


def ranked(name: str, shape: Sequence[int], least: int, most: int) -> str:
    """An input with too few axes, or with more than a batch in front."""
    if len(shape) < least:
        return added(name, shape, least - len(shape))
    extra = len(shape) - most
    if math.prod(shape[:extra]) == 1 or 0 in shape:
        return dropped(name, shape, extra)
    kept = tuple(shape[-least:])
    code = f"{name}.reshape(-1, *{name}.shape[-{least}:])"
    batch = math.prod(shape[:-least])
    return shaped("make one batch of the first axes", name, code, (batch, *kept))


def pad_rank(shape: Sequence[int], pad: Sequence[int]) -> str:
    """`pad` in a mode that copies cells: 1 to 3 axes, with one or two in front of them."""
    axes = len(pad) // 2
    if axes not in (1, 2, 3):
        return "pad 1, 2 or 3 axes"
    if len(shape) <= axes or len(shape) > 5:
        return ranked("input", shape, axes + 1, axes + 2)
    return f"give 0 for the axes that stay, as in pad={(*pad, *[0] * 2 * (len(shape) - 2 - axes))}"


# Channels, weights and biases ------------------------------------------------------------------


def channels(
    shape: Sequence[int], axis: int, expected: int, layout: str, others: Sequence[str]
) -> str:
    """Channels that stand elsewhere, or an axis that is missing; or what else to give."""
    found = [at for at, size in enumerate(shape) if size == expected and at != axis]
    if found:
        at = found[-1]
        sizes = list(shape)
        sizes.insert(axis, sizes.pop(at))
        code = f"numpy.moveaxis(input, {at}, {axis})"
        first = shaped("move its channels", "input", code, sizes)
    elif expected == 1 and axis == 0:
        first = second("input", shape, "the channel axis")
    else:
        batch = "N, " if axis else ""
        first = f"check the order of its axes, ({batch}C, {layout})"
    return ", or ".join([first, *others])


def weights(weight: Sequence[int], received: int, groups: int, transposed: bool) -> list[str]:
    """Weights that would fit the channels received."""
    first, second, *kernel = weight
    cures = []
    if not transposed and second == 1 == groups and received and first % received == 0:
        cures.append(f"give {'--groups ' if _typed.get() else 'groups='}{received}")
    if transposed and groups == 1 and second == received:
        code = "weight.swapaxes(0, 1)"
        cures.append(shaped("swap the weight's axes", "weight", code, (second, first, *kernel)))
    if received % groups == 0:
        due = (received, second) if transposed else (first, received // groups)
        cures.append(f"give weight of shape {(*due, *kernel)}")
    return cures


def other_rank(
    shape: Sequence[int], weight: Sequence[int], groups: object, transposed: bool
) -> int | None:
    """The number of spatial axes with which input and weight would fit, if there is one."""
    rank = len(weight) - 2
    if rank not in (1, 2, 3) or len(shape) not in (rank + 1, rank + 2):
        return None
    split = groups if isinstance(groups, int) else 1
    channels = weight[0] if transposed else weight[1] * split
    return rank if shape[-rank - 1] == channels else None


def weight_axes(
    shape: Sequence[int], axes: int, channels: int, groups: object, transposed: bool
) -> str:
    """A weight with too few axes, or too many."""
    missing = axes - len(shape)
    # Its one channel in a group, or its one output, is what is not written.
    split = isinstance(groups, int) and channels == groups
    own = shape[0] == channels if transposed else split
    if missing == 1 and own:
        return second("weight", shape, "the missing axis")
    return added("weight", shape, missing) if missing > 0 else dropped("weight", shape, -missing)


def bias(shape: Sequence[int], expected: int) -> str:
    """As many numbers in one row, one number for all, or else other numbers."""
    size = math.prod(shape)
    if size == expected:
        return shaped("bring it to that shape", "bias", f"bias.reshape({expected})", (expected,))
    if size == 1 and not _typed.get():
        return f"repeat its number with numpy.repeat(bias, {expected})"
    return f"give {count(expected, 'number')}"


def sides(padding: Sequence[Any], rank: int) -> str:
    """Two numbers for each axis, as `pad` takes them, in pairs and the first axis first."""
    if len(padding) != 2 * rank or not all(isinstance(n, int) and 0 <= n < 2**63 for n in padding):
        return ""
    pairs = list(zip(padding[::2], padding[1::2], strict=True))[::-1]
    order = f"; {tuple(padding)} in the order of F.pad is" if rank > 1 else ""
    return f". For sides that differ, give (before, after) for each axis{order}: {paired(pairs)}"


def same_sides(pairs: Sequence[Pair], rank: int) -> str:
    """One pair is for one axis, and not for all."""
    if len(pairs) != 1:
        return ""
    return f". For the same along every axis, give: {paired([*pairs] * rank)}"


def paired(pairs: Sequence[Pair]) -> str:
    """Padding in pairs, as it is written in code or typed."""
    return str(list(map(list, pairs))) if _typed.get() else f"padding={pairs}"


def crops(pairs: Sequence[Pair]) -> str:
    """The padding of a transposed convolution, given in pairs: one number for both, or `pad`."""
    if pairs and all(before == after for before, after in pairs):
        return f"give padding={tuple(before for before, _ in pairs)}"
    if not pairs or _typed.get():
        return "give one number for both sides"
    flat = tuple(side for pair in reversed(pairs) for side in pair)
    return (
        f"give padding=0 and crop with convref.pad(output, {tuple(-side for side in flat)}), "
        f"or for gradients pad with convref.pad(grad_output, {flat})"
    )


# Words -----------------------------------------------------------------------------------------


def word(received: object) -> str:
    """Where a mode that NumPy has is shown."""
    if not isinstance(received, str) or received != "symmetric":
        return ""
    return ". For this one, call numpy.pad first, as learn/padding-modes#symmetric shows"


def keys(received: object) -> str:
    """A bias more or less than the layer has."""
    if not isinstance(received, list) or not all(isinstance(name, str) for name in received):
        return "give a dictionary of arrays by these names"
    if received == ["weight"]:
        return "make the layer with bias=False"
    if received == ["bias", "weight"]:
        return "make the layer with bias=True"
    if any("." in name for name in received):
        return "give the names of one layer, without those of the network in front"
    return "give a dictionary of arrays by these names"
