"""The mistakes that people make in a convolution, each as a small change of what is right.

A mistake is what it does to a call before the right answer is worked out, and what it does to that
answer; two mistakes together are one after the other. So each is executable, and what a function
gives can be compared with what any of them would give.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convref.conformance.suite import Case, answer
from convref.types import Array

__all__ = ["MISTAKES"]

Before = Callable[[Case], Case]
After = Callable[[Case, Array], Array]


def as_it_is(case: Case) -> Case:
    return case


def as_it_comes(case: Case, out: Array) -> Array:
    return out


@dataclass(frozen=True)
class Mistake:
    """A name, what it is in a sentence, and the change."""

    name: str
    says: str
    kinds: frozenset[str]  # "conv" or "transposed", or both
    before: Before = as_it_is
    after: After = as_it_comes
    unit: float = 0  # of the rounding that it brings along, if that is coarser than the dtype's

    def applies(self, case: Case) -> bool:
        return ("transposed" if case.transposed else "conv") in self.kinds

    def answer(self, case: Case) -> Array | None:
        """What a function with this mistake gives; None where it has no result to give."""
        if not self.applies(case):
            return None
        try:
            return self.after(case, answer(self.before(case)))
        except (ValueError, IndexError):
            return None

    def __and__(self, other: "Mistake") -> "Mistake":
        """Both at once, this one first; each changes the result of a call with the other in it."""
        return Mistake(
            f"{self.name} + {other.name}",
            f"{self.says} {other.says}",
            self.kinds & other.kinds,
            lambda case: other.before(self.before(case)),
            lambda case, out: other.after(self.before(case), self.after(other.before(case), out)),
        )


MISTAKES: dict[str, Mistake] = {}
BOTH = frozenset({"conv", "transposed"})
CONV = frozenset({"conv"})
TRANSPOSED = frozenset({"transposed"})


def before(name: str, says: str, kinds: frozenset[str] = BOTH) -> Callable[[Before], Before]:
    """A mistake that changes the call."""

    def add(change: Before) -> Before:
        MISTAKES[name] = Mistake(name, says, kinds, before=change)
        return change

    return add


def after(name: str, says: str, kinds: frozenset[str] = BOTH) -> Callable[[After], After]:
    """A mistake that changes the result."""

    def add(change: After) -> After:
        MISTAKES[name] = Mistake(name, says, kinds, after=change)
        return change

    return add


# Axes ---------------------------------------------------------------------------------------------


@before("kernel-flipped", "The kernel is flipped along all of its spatial axes.")
def _(case: Case) -> Case:
    axes = tuple(range(2, case.weight.ndim))
    return case.but(weight=np.flip(case.weight, axes))


@before("kernel-flipped-first", "The kernel is flipped along its first spatial axis alone.")
def _(case: Case) -> Case:
    return case if case.rank == 1 else case.but(weight=np.flip(case.weight, 2))


@before("kernel-flipped-last", "The kernel is flipped along its last axis alone.")
def _(case: Case) -> Case:
    return case if case.rank == 1 else case.but(weight=np.flip(case.weight, -1))


def _by_columns(array: Array) -> Array:
    """The same numbers in memory, with the last two axes read as if they were exchanged."""
    *front, rows, columns = array.shape
    return array.reshape(*front, columns, rows).swapaxes(-1, -2)


@before("kernel-by-columns", "The kernel's last two axes are exchanged: it is read by columns.")
def _(case: Case) -> Case:
    return case if case.rank == 1 else case.but(weight=_by_columns(case.weight))


@before("input-by-columns", "The input's last two axes are exchanged: it is read by columns.")
def _(case: Case) -> Case:
    return case if case.rank == 1 else case.but(input=_by_columns(case.input))


@before("stride-exchanged", "The strides of the axes are exchanged.")
def _(case: Case) -> Case:
    return case.but(stride=case.stride[::-1])


@before("padding-exchanged", "The paddings of the axes are exchanged.")
def _(case: Case) -> Case:
    return case.but(padding=case.padding[::-1])


@before("dilation-exchanged", "The dilations of the axes are exchanged.")
def _(case: Case) -> Case:
    return case.but(dilation=case.dilation[::-1])


@before("stride-first-for-all", "All axes have the stride of the first.")
def _(case: Case) -> Case:
    return case.but(stride=case.stride[:1] * case.rank)


@before("padding-first-for-all", "All axes have the padding of the first.")
def _(case: Case) -> Case:
    return case.but(padding=case.padding[:1] * case.rank)


@before("dilation-first-for-all", "All axes have the dilation of the first.")
def _(case: Case) -> Case:
    return case.but(dilation=case.dilation[:1] * case.rank)


# Sizes --------------------------------------------------------------------------------------------


def _longer(case: Case, cells: Iterable[int], late: Sequence[int] = ()) -> Case:
    """So many zeros more at the end of each axis, or fewer cells; late ones are read later."""
    none = ((0, 0),) * case.rank
    sides = zip(late or (0,) * case.rank, cells, case.more or none, strict=True)
    return case.but(more=tuple((a - first, b + more) for first, more, (a, b) in sides))


def _axes(case: Case) -> Iterator[tuple[int, int, int, int]]:
    """Size with all that is around it, kernel, stride and dilation of each axis."""
    more = case.more or ((0, 0),) * case.rank
    for n, *pads, k, s, d in zip(
        *(case.input.shape[2:], case.padding, more),
        *(case.weight.shape[2:], case.stride, case.dilation),
        strict=True,
    ):
        yield n + sum(map(sum, pads)), k, s, d


@before("size-rounded-up", "The size is rounded up: the last window hangs over the edge.", CONV)
def _(case: Case) -> Case:
    return _longer(case, (-(n - d * (k - 1) - 1) % s for n, k, s, d in _axes(case)))


@before("size-without-dilation", "The size is that of the kernel without dilation.", CONV)
def _(case: Case) -> Case:
    return _longer(case, ((d - 1) * (k - 1) for _, k, _, d in _axes(case)))


@before("size-of-padded-input", "The size leaves out the kernel: as if every cell began one.", CONV)
def _(case: Case) -> Case:
    return _longer(case, (d * (k - 1) for _, k, _, d in _axes(case)))


@before("dilation-ignored", "Dilation is ignored, in the size and in what is read.")
def _(case: Case) -> Case:
    return case.but(dilation=(1,) * case.rank)


@before("stride-ignored", "The stride is ignored.")
def _(case: Case) -> Case:
    return case.but(stride=(1,) * case.rank)


@before(
    "taps-adjacent",
    "The size heeds dilation, what is read does not: the taps lie side by side.",
    CONV,
)
def _(case: Case) -> Case:
    shorter = _longer(case, ((1 - d) * (k - 1) for _, k, _, d in _axes(case)))
    return shorter.but(dilation=(1,) * case.rank)


@before(
    "windows-adjacent",
    "The size heeds the stride, what is read does not: windows begin at every cell.",
    CONV,
)
def _(case: Case) -> Case:
    axes = zip(_axes(case), case.sizes(), strict=True)
    shorter = _longer(case, (size + d * (k - 1) - n for (n, k, _, d), size in axes))
    return shorter.but(stride=(1,) * case.rank)


@before("window-starts-late", "The first window begins at stride - 1 and not at the edge.", CONV)
def _(case: Case) -> Case:
    late = [s - 1 for s in case.stride]
    return _longer(case, late, late)


@after("last-row-missing", "The last position along the first spatial axis is not written.")
def _(case: Case, out: Array) -> Array:
    out = out.copy()
    out[:, :, -1:] = 0
    return out


@after("last-column-missing", "The last position along the last axis is not written.")
def _(case: Case, out: Array) -> Array:
    if case.rank == 1:
        return out
    out = out.copy()
    out[..., -1:] = 0
    return out


@after("one-too-few", "The result lacks the last position along every axis.")
def _(case: Case, out: Array) -> Array:
    cells: tuple[Any, ...] = (slice(-1),) * case.rank
    return out[(..., *cells)]


# Padding ------------------------------------------------------------------------------------------


@before("padding-ignored", "There is no padding.", CONV)
def _(case: Case) -> Case:
    return case.but(padding=((0, 0),) * case.rank)


@before("padding-before-only", "Padding stands before each axis and not behind it.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((a, 0) for a, _ in case.padding))


@before("padding-behind-only", "Padding stands behind each axis and not before it.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((0, b) for _, b in case.padding))


@before("padding-all-before", "All of the padding stands before the axis.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((a + b, 0) for a, b in case.padding))


@before("padding-all-behind", "All of the padding stands behind the axis.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((0, a + b) for a, b in case.padding))


@before("padding-sides-exchanged", "The padding before and that behind are exchanged.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((b, a) for a, b in case.padding))


@before("padding-halved", "The padding is taken for the sum of both sides.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((a // 2, b - b // 2) for a, b in case.padding))


@before("padding-doubled", "Each side has the sum of both sides.")
def _(case: Case) -> Case:
    return case.but(padding=tuple((a + b, a + b) for a, b in case.padding))


@before("padding-replicate", "The edge is repeated where zeros should stand.", CONV)
def _(case: Case) -> Case:
    return case.but(mode="replicate")


@before("padding-reflect", "The input is reflected where zeros should stand.", CONV)
def _(case: Case) -> Case:
    return case.but(mode="reflect")


@before(
    "padding-circular", "The input is continued from its other end where zeros should be.", CONV
)
def _(case: Case) -> Case:
    return case.but(mode="circular")


@before("padding-ones", "Ones stand in the padding.", CONV)
def _(case: Case) -> Case:
    return case.but(fill=1)


MISTAKES["padding-after-stride"] = Mistake(
    "padding-after-stride",
    "The padding is put around the result, not the input.",
    CONV,
    MISTAKES["padding-ignored"].before,
    lambda case, out: np.pad(out, [(0, 0), (0, 0), *case.padding]),
)


@before("edge-of-memory", "Beyond a row's end the next row of memory is read, not padding.", CONV)
def _(case: Case) -> Case:
    if case.rank == 1:
        return case
    *_, width = case.input.shape
    before, behind = case.padding[-1]
    rows = case.input.reshape(*case.input.shape[:2], -1)
    flat = np.pad(rows, [(0, 0), (0, 0), (before, behind + width)])
    starts = np.arange(rows.shape[-1] // width) * width
    at = starts[:, None] + np.arange(width + before + behind)
    wide = flat[..., at].reshape(*case.input.shape[:-1], -1)
    return case.but(input=wide, padding=(*case.padding[:-1], (0, 0)))


# Channels -----------------------------------------------------------------------------------------


def _dealt(count: int, groups: int) -> Array:
    """Channels as if number c belonged to group c % groups."""
    return np.arange(count).reshape(-1, groups).T.ravel()


@before("groups-interleaved", "Neighbouring channels go to different groups.")
def _(case: Case) -> Case:
    return case.but(input=case.input[:, _dealt(case.input.shape[1], case.groups)])


@after("outputs-interleaved", "The groups' output channels are interleaved.")
def _(case: Case, out: Array) -> Array:
    return out[:, np.argsort(_dealt(out.shape[1], case.groups))]


@before("first-group-for-all", "All groups read the channels of the first.")
def _(case: Case) -> Case:
    each = case.input.shape[1] // case.groups
    return case.but(input=np.tile(case.input[:, :each], (1, case.groups, *[1] * case.rank)))


@before("first-weights-for-all", "All groups have the weights of the first.")
def _(case: Case) -> Case:
    each = case.weight[: len(case.weight) // case.groups]
    return case.but(weight=np.concatenate([each] * case.groups))


def _read(array: Array, order: tuple[int, ...]) -> Array:
    """The numbers in memory read as if axes had been stored in another order."""
    stored = array.reshape([array.shape[axis] for axis in order])
    return stored.transpose(np.argsort(order))


@before("weight-as-IOHW", "The weight's memory is read with its two channel axes exchanged.")
def _(case: Case) -> Case:
    return case.but(weight=_read(case.weight, (1, 0, *range(2, case.weight.ndim))))


@before("weight-as-HWIO", "The weight's memory is read as (kernel, in, out).")
def _(case: Case) -> Case:
    return case.but(weight=_read(case.weight, (*range(2, case.weight.ndim), 1, 0)))


@before("weight-as-OHWI", "The weight's memory is read as (out, kernel, in).")
def _(case: Case) -> Case:
    return case.but(weight=_read(case.weight, (0, *range(2, case.weight.ndim), 1)))


@before("input-as-NHWC", "The input's memory is read with its channels last.")
def _(case: Case) -> Case:
    return case.but(input=_read(case.input, (0, *range(2, case.input.ndim), 1)))


@after("output-as-NHWC", "The result is written with its channels last.")
def _(case: Case, out: Array) -> Array:
    return np.moveaxis(out, 1, -1).reshape(out.shape)


@before("channels-reversed", "The input's channels are taken in reverse: BGR for RGB.")
def _(case: Case) -> Case:
    return case.but(input=case.input[:, ::-1])


@after("outputs-reversed", "The output channels come in reverse.")
def _(case: Case, out: Array) -> Array:
    return out[:, ::-1]


def _bias(case: Case) -> Array:
    bias = np.zeros(case.outputs) if case.bias is None else case.bias
    return bias.reshape(-1, *[1] * case.rank).astype(case.input.dtype)


@after("sums-interleaved", "The groups' sums are interleaved before the bias is added.")
def _(case: Case, out: Array) -> Array:
    sums = out - _bias(case)
    return sums[:, np.argsort(_dealt(out.shape[1], case.groups))] + _bias(case)


@after("sums-reversed", "The sums come in reverse of the channels whose bias they get.")
def _(case: Case, out: Array) -> Array:
    return (out - _bias(case))[:, ::-1] + _bias(case)


def _silenced(case: Case, first: int, end: int | None) -> Case:
    """Of each group's channels, those of a range count for nothing."""
    shape = case.input.shape
    input = case.input.reshape(shape[0], case.groups, -1, *shape[2:]).copy()
    input[:, :, first:end] = 0
    return case.but(input=input.reshape(shape))


@before("first-channel-only", "Of each group's input channels only the first is summed.")
def _(case: Case) -> Case:
    return _silenced(case, 1, None)


@before("last-channel-missing", "Of each group's input channels the last is left out.")
def _(case: Case) -> Case:
    return _silenced(case, -1, None)


@before("last-tap-missing", "The last tap along the last axis of the kernel is left out.")
def _(case: Case) -> Case:
    weight = case.weight.copy()
    weight[..., -1:] = 0
    return case.but(weight=weight)


# Bias ---------------------------------------------------------------------------------------------


def _biased(case: Case, change: Callable[[Array], Array]) -> Case:
    return case if case.bias is None else case.but(bias=change(case.bias))


@before("bias-ignored", "The bias is not added.")
def _(case: Case) -> Case:
    return _biased(case, np.zeros_like)


@before("bias-twice", "The bias is added twice.")
def _(case: Case) -> Case:
    return _biased(case, lambda bias: 2 * bias)


@before("bias-per-input-channel", "The bias is added once for every input channel that is summed.")
def _(case: Case) -> Case:
    return _biased(case, lambda bias: bias * (case.input.shape[1] // case.groups))


@before("bias-per-tap", "The bias is added once for every product's position in the kernel.")
def _(case: Case) -> Case:
    return _biased(case, lambda bias: bias * int(np.prod(case.weight.shape[2:])))


@before("bias-first-for-all", "All output channels have the bias of the first.")
def _(case: Case) -> Case:
    return _biased(case, lambda bias: np.full_like(bias, bias[0]))


@before("bias-per-group", "Each group's output channels begin again with the first bias.")
def _(case: Case) -> Case:
    each = case.outputs // case.groups
    return _biased(case, lambda bias: np.tile(bias[:each], case.groups))


@before("bias-subtracted", "The bias is subtracted.")
def _(case: Case) -> Case:
    return _biased(case, np.negative)


# Batch --------------------------------------------------------------------------------------------


@before("first-image-for-all", "All of the batch have the result of the first.")
def _(case: Case) -> Case:
    return case.but(input=np.repeat(case.input[:1], len(case.input), axis=0))


@after("first-image-only", "Only the first of the batch is written.")
def _(case: Case, out: Array) -> Array:
    out = out.copy()
    out[1:] = 0
    return out


@after("batch-summed", "The results of the batch are summed into each other.")
def _(case: Case, out: Array) -> Array:
    return np.cumsum(out, axis=0, dtype=out.dtype)


# Transposed ---------------------------------------------------------------------------------------


@before("padding-not-cropped", "Padding is not cropped from the result.", TRANSPOSED)
def _(case: Case) -> Case:
    return case.but(padding=((0, 0),) * case.rank)


@before("output-padding-ignored", "output_padding is ignored.", TRANSPOSED)
def _(case: Case) -> Case:
    return case.but(output_padding=(0,) * case.rank)


@after("output-padding-zeros", "The cells of output_padding are zeros.", TRANSPOSED)
def _(case: Case, out: Array) -> Array:
    sides = [(0, more) for more in case.output_padding]
    kept: tuple[Any, ...] = tuple(
        slice(n - b) for n, (_, b) in zip(out.shape[2:], sides, strict=True)
    )
    return np.pad(out[(..., *kept)], [(0, 0), (0, 0), *sides])


@before(
    "output-padding-before", "output_padding is uncovered before the axis, not behind.", TRANSPOSED
)
def _(case: Case) -> Case:
    pads = zip(case.padding, case.output_padding, strict=True)
    return case.but(
        padding=tuple((a - more, b + more) for (a, b), more in pads),
    )


@before(
    "stuffed-once-more", "Between two cells there are stride zeros, not stride - 1.", TRANSPOSED
)
def _(case: Case) -> Case:
    return case.but(stride=tuple(s + 1 if s > 1 else 1 for s in case.stride))


# Whatever comes in --------------------------------------------------------------------------------


@after("zeros", "Zeros are returned, whatever comes in.")
def _(case: Case, out: Array) -> Array:
    return np.zeros_like(out)


@after("nan", "Not a number is returned, whatever comes in.")
def _(case: Case, out: Array) -> Array:
    return np.full_like(out, np.nan)


@after("input-returned", "The input is returned.")
def _(case: Case, out: Array) -> Array:
    return case.input


# Numbers ------------------------------------------------------------------------------------------


@after("int8-wraps", "Results wrap around at 8 bits.")
def _(case: Case, out: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return out.astype(np.int64).astype(np.int8).astype(out.dtype)


@after("int8-saturates", "Results stop at the limits of 8 bits.")
def _(case: Case, out: Array) -> Array:
    return out.clip(-128, 127)


@after("relu", "Negative results become zero: an activation is built in.")
def _(case: Case, out: Array) -> Array:
    return out.clip(0)


@after("negated", "The sign is wrong.")
def _(case: Case, out: Array) -> Array:
    return -out


@after("mean", "Results are divided by the number of products: a mean, not a sum.")
def _(case: Case, out: Array) -> Array:
    return out / np.float32(case.weight[0].size)
