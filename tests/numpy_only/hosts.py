"""Three convolutions that are not the definition, with places into which a mistake can be put.

Each goes its own way to the sums: columns and one product of matrices, Fourier transforms, tiles.
What they share are the steps in which people slip, as methods of `Steps`; a mistake is a class with
other ones. Written from what the words of a mistake say, not from `convref.conformance.mistakes`.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np

Pairs = list[tuple[int, int]]


class Steps:
    """Where the numbers come from and where they go, as it is right."""

    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        """What was handed over, as it lies in memory."""
        return x, w, b

    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        """Stride, padding and dilation of each axis."""
        return stride, pads, dilation

    def sides(self, before: int, behind: int) -> tuple[int, int]:
        """Padding of an axis."""
        return before, behind

    def padded(self, x: Any, pads: Pairs) -> Any:
        return np.pad(x, [(0, 0), (0, 0), *(self.sides(*pair) for pair in pads)])

    def size(self, n: int, k: int, s: int, d: int) -> int:
        """Output cells of an axis of n cells, padding included."""
        return (n - d * (k - 1) - 1) // s + 1

    def start(self, p: int, s: int) -> int:
        """Where window p begins."""
        return p * s

    def offset(self, t: int, d: int) -> int:
        """Where in its window tap t lies."""
        return t * d

    def tap(self, t: int, k: int, axis: int) -> int:
        """Which tap of the weight is used for tap t."""
        return t

    def used(self, c: int, channels: int, tap: tuple[int, ...], kernel: tuple[int, ...]) -> bool:
        """Whether a product is summed."""
        return True

    def channel(self, g: int, c: int, each: int, groups: int) -> int:
        """The input channel that is number c of group g."""
        return g * each + c

    def filter(self, o: int, outputs: int, groups: int) -> int:
        """The filter of output channel o."""
        return o

    def place(self, o: int, outputs: int, groups: int) -> int:
        """The output channel to which filter o writes."""
        return o

    def image(self, n: int) -> int:
        return n

    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return b[o]

    def stored(self, out: Any, pads: Pairs) -> Any:
        return out

    def weight_of(self, w: Any, c: int, tap: tuple[int, ...]) -> Any:
        kernel = w.shape[1:]
        if not self.used(c, len(w), tap, kernel):
            return 0
        return w[
            (
                c,
                *(
                    self.tap(t, k, axis)
                    for axis, (t, k) in enumerate(zip(tap, kernel, strict=True))
                ),
            )
        ]


class Host(Steps):
    """The frame: padding, groups, bias. `correlate` is what the hosts do each in their way."""

    def __call__(
        self,
        input: Any,
        weight: Any,
        bias: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
    ) -> Any:
        pairs = [each if isinstance(each, tuple) else (each, each) for each in padding]
        x, w, b = self.arrays(input, weight, bias, groups)
        stride, pairs, dilation = self.options(stride, pairs, dilation)
        images, (outputs, each), kernel = len(x), w.shape[:2], w.shape[2:]
        x = self.padded(x, pairs)
        sizes = [
            self.size(*axis) for axis in zip(x.shape[2:], kernel, stride, dilation, strict=True)
        ]
        room = [
            max(0, self.start(p - 1, s) + self.offset(k - 1, d) + 1 - n) if p > 0 else 0
            for n, p, k, s, d in zip(x.shape[2:], sizes, kernel, stride, dilation, strict=True)
        ]
        x = np.pad(x, [(0, 0), (0, 0), *((0, more) for more in room)])
        out = np.zeros((images, outputs, *sizes), x.dtype)
        for n, o in product(range(images), range(outputs)):
            g = o // (outputs // groups)
            read = [self.channel(g, c, each, groups) for c in range(each)]
            one = w[self.filter(o, outputs, groups)]
            where = self.place(o, outputs, groups)
            out[n, where] = self.correlate(x[self.image(n), read], one, sizes, stride, dilation)
        if b is not None:
            for o in range(outputs):
                out[:, o] += self.bias(b, o, outputs // groups, groups, prod(kernel), each)
        return self.stored(out, pairs)

    def correlate(self, x: Any, w: Any, sizes: Any, stride: Any, dilation: Any) -> Any:
        raise NotImplementedError


class Columns(Host):
    """Every window as a column, and one product of a row with a matrix."""

    def correlate(self, x: Any, w: Any, sizes: Any, stride: Any, dilation: Any) -> Any:
        rows, row = [], []
        for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
            places = [
                [self.start(p, s) + self.offset(t, d) for p in range(size)]
                for t, size, s, d in zip(tap, sizes, stride, dilation, strict=True)
            ]
            rows.append(x[c][np.ix_(*places)].ravel())
            row.append(self.weight_of(w, c, tap))
        return (np.array(row) @ np.array(rows)).reshape(sizes)


class Fourier(Host):
    """The kernel with its gaps, laid out; a product of transforms; then every window's cell."""

    def correlate(self, x: Any, w: Any, sizes: Any, stride: Any, dilation: Any) -> Any:
        shape = x.shape[1:]
        laid = np.zeros(x.shape)
        for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
            at = [self.offset(t, d) for t, d in zip(tap, dilation, strict=True)]
            laid[(c, *at)] += self.weight_of(w, c, tap)
        axes = tuple(range(1, x.ndim))
        there = np.fft.rfftn(x, axes=axes) * np.conj(np.fft.rfftn(laid, axes=axes))
        whole = np.fft.irfftn(there, s=shape, axes=axes).sum(0)
        starts = [
            [self.start(p, s) for p in range(size)] for size, s in zip(sizes, stride, strict=True)
        ]
        return np.rint(whole[np.ix_(*starts)])


class Tiles(Host):
    """The output in blocks of two by two by two, each summed tap by tap while it is small."""

    SIDE = 2

    def correlate(self, x: Any, w: Any, sizes: Any, stride: Any, dilation: Any) -> Any:
        out = np.zeros(sizes, x.dtype)
        for corner in product(*(range(0, size, self.SIDE) for size in sizes)):
            tile = [range(a, min(a + self.SIDE, n)) for a, n in zip(corner, sizes, strict=True)]
            for p in product(*tile):
                for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
                    at = [
                        self.start(q, s) + self.offset(t, d)
                        for q, t, s, d in zip(p, tap, stride, dilation, strict=True)
                    ]
                    out[p] += self.weight_of(w, c, tap) * x[(c, *at)]
        return out


HOSTS = (Columns, Fourier, Tiles)


class TransposedHost(Steps):
    """The frame of a transposed convolution: the whole result, then what padding leaves of it."""

    def extra(self, more: int) -> int:
        """Cells that output_padding uncovers behind an axis."""
        return more

    def front(self, before: int, more: int) -> int:
        """Cells cropped before an axis."""
        return before

    def __call__(
        self,
        input: Any,
        weight: Any,
        bias: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        output_padding: Any,
    ) -> Any:
        pairs = [each if isinstance(each, tuple) else (each, each) for each in padding]
        x, w, b = self.arrays(input, weight, bias, groups)
        stride, pairs, dilation = self.options(stride, pairs, dilation)
        (channels, wide), kernel = w.shape[:2], w.shape[2:]
        each, outputs = channels // groups, wide * groups
        sides = [self.sides(*pair) for pair in pairs]
        extra = [self.extra(more) for more in output_padding]
        full = [
            self.start(n - 1, s) + self.offset(k - 1, d) + 1
            for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)
        ]
        kept = [
            (self.front(before, asked), size - behind + more)
            for size, (before, behind), asked, more in zip(
                full, sides, output_padding, extra, strict=True
            )
        ]
        out = np.zeros((len(x), outputs, *(end - first for first, end in kept)), x.dtype)
        for n, o in product(range(len(x)), range(outputs)):
            g, number = divmod(o, wide)
            read = [self.channel(g, c, each, groups) for c in range(each)]
            rows = [self.filter(g * each + c, channels, groups) for c in range(each)]
            whole = self.spread(x[self.image(n), read], w[rows, number], full, stride, dilation)
            room = [(max(0, -a), max(0, b - size)) for (a, b), size in zip(kept, full, strict=True)]
            ends = zip(kept, room, strict=True)
            shown = tuple(slice(a + before, b + before) for (a, b), (before, _) in ends)
            part = np.pad(whole, room)[shown]
            out[n, self.place(o, outputs, groups)] = part
        if b is not None:
            for o in range(outputs):
                out[:, o] += self.bias(b, o, wide, groups, prod(kernel), each)
        return self.uncovered(self.stored(out, pairs), extra)

    def uncovered(self, out: Any, extra: Any) -> Any:
        """The result, when the cells of output_padding have been looked at."""
        return out

    def spread(self, x: Any, w: Any, full: Any, stride: Any, dilation: Any) -> Any:
        raise NotImplementedError


class Scatter(TransposedHost):
    """The input, times one tap, is added to the output where that tap puts it."""

    def spread(self, x: Any, w: Any, full: Any, stride: Any, dilation: Any) -> Any:
        out = np.zeros(full, x.dtype)
        for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
            places = [
                [self.start(p, s) + self.offset(t, d) for p in range(n)]
                for t, n, s, d in zip(tap, x.shape[1:], stride, dilation, strict=True)
            ]
            out[np.ix_(*places)] += x[c] * self.weight_of(w, c, tap)
        return out


class Stuffed(TransposedHost):
    """Zeros between the cells and around them; then a convolution with the kernel turned round."""

    def spread(self, x: Any, w: Any, full: Any, stride: Any, dilation: Any) -> Any:
        reach = [self.offset(k - 1, d) for k, d in zip(w.shape[1:], dilation, strict=True)]
        wide = np.zeros((len(x), *(size + r for size, r in zip(full, reach, strict=True))), x.dtype)
        places = [
            [r + self.start(p, s) for p in range(n)]
            for n, s, r in zip(x.shape[1:], stride, reach, strict=True)
        ]
        wide[np.ix_(range(len(x)), *places)] = x
        out = np.zeros(full, x.dtype)
        for c, tap in product(range(len(w)), np.ndindex(*w.shape[1:])):
            first = [r - self.offset(t, d) for r, t, d in zip(reach, tap, dilation, strict=True)]
            cells: Any = (slice(a, a + size) for a, size in zip(first, full, strict=True))
            part = wide[(c, *cells)]
            out += part * self.weight_of(w, c, tap)
        return out


TRANSPOSED_HOSTS = (Scatter, Stuffed)


# Mistakes -----------------------------------------------------------------------------------------


class KernelFlipped(Steps):
    def tap(self, t: int, k: int, axis: int) -> int:
        return k - 1 - t


class KernelFlippedFirst(Steps):
    def tap(self, t: int, k: int, axis: int) -> int:
        return k - 1 - t if axis == 0 else t


class KernelFlippedLast(Steps):
    rank = 2

    def tap(self, t: int, k: int, axis: int) -> int:
        return k - 1 - t if axis == self.rank - 1 else t


def columns(a: Any) -> Any:
    """Cell (i, j) is taken from where (j, i) of the exchanged shape would lie."""
    *front, rows, across = a.shape
    i, j = np.indices((rows, across))
    return a.reshape(*front, -1)[..., j * rows + i]


class KernelByColumns(Steps):
    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        return x, columns(w), b


class InputByColumns(Steps):
    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        return columns(x), w, b


class StrideExchanged(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return tuple(reversed(stride)), pads, dilation


class PaddingExchanged(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return stride, list(reversed(pads)), dilation


class DilationExchanged(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return stride, pads, tuple(reversed(dilation))


class StrideFirstForAll(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return [stride[0] for _ in stride], pads, dilation


class PaddingFirstForAll(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return stride, [pads[0] for _ in pads], dilation


class DilationFirstForAll(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return stride, pads, [dilation[0] for _ in dilation]


class SizeRoundedUp(Steps):
    def size(self, n: int, k: int, s: int, d: int) -> int:
        return -(-(n - d * (k - 1) - 1) // s) + 1


class SizeWithoutDilation(Steps):
    def size(self, n: int, k: int, s: int, d: int) -> int:
        return (n - k) // s + 1


class SizeOfPaddedInput(Steps):
    def size(self, n: int, k: int, s: int, d: int) -> int:
        return (n - 1) // s + 1


class DilationIgnored(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return stride, pads, [1 for _ in dilation]


class StrideIgnored(Steps):
    def options(self, stride: Any, pads: Pairs, dilation: Any) -> tuple[Any, Pairs, Any]:
        return [1 for _ in stride], pads, dilation


class TapsAdjacent(Steps):
    def offset(self, t: int, d: int) -> int:
        return t


class WindowsAdjacent(Steps):
    def start(self, p: int, s: int) -> int:
        return p


class WindowStartsLate(Steps):
    def start(self, p: int, s: int) -> int:
        return p * s + s - 1


class LastRowMissing(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        out[:, :, out.shape[2] - 1] = 0
        return out


class LastColumnMissing(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        out[..., out.shape[-1] - 1] = 0
        return out


class OneTooFew(Steps):
    def size(self, n: int, k: int, s: int, d: int) -> int:
        return (n - d * (k - 1) - 1) // s

    def uncovered(self, out: Any, extra: Any) -> Any:
        return out[(..., *(slice(n - 1) for n in out.shape[2:]))]


class PaddingIgnored(Steps):
    def padded(self, x: Any, pads: Pairs) -> Any:
        return x


class PaddingBeforeOnly(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return before, 0


class PaddingBehindOnly(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return 0, behind


class PaddingAllBefore(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return before + behind, 0


class PaddingAllBehind(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return 0, before + behind


class PaddingSidesExchanged(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return behind, before


class PaddingHalved(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return before // 2, (behind + 1) // 2


class PaddingDoubled(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return before + behind, before + behind


class Filled(Steps):
    mode: Any

    def padded(self, x: Any, pads: Pairs) -> Any:
        return np.pad(x, [(0, 0), (0, 0), *pads], self.mode)


class PaddingReplicate(Filled):
    mode = "edge"


class PaddingReflect(Filled):
    mode = "reflect"


class PaddingCircular(Filled):
    mode = "wrap"


class PaddingOnes(Steps):
    def padded(self, x: Any, pads: Pairs) -> Any:
        return np.pad(x, [(0, 0), (0, 0), *pads], constant_values=1)


class PaddingAfterStride(Steps):
    def padded(self, x: Any, pads: Pairs) -> Any:
        return x

    def stored(self, out: Any, pads: Pairs) -> Any:
        sizes = list(zip(out.shape[2:], pads, strict=True))
        wide = np.zeros((*out.shape[:2], *(n + a + b for n, (a, b) in sizes)))
        inside: Any = (..., *(slice(a, a + n) for n, (a, _) in sizes))
        wide[inside] = out
        return wide.astype(out.dtype)


class EdgeOfMemory(Steps):
    def padded(self, x: Any, pads: Pairs) -> Any:
        *rows, (before, behind) = pads
        width = x.shape[-1]
        flat = x.reshape(*x.shape[:2], -1)
        wide = np.zeros((*x.shape[:2], prod(x.shape[2:-1]), before + width + behind), x.dtype)
        for row, across in product(range(wide.shape[2]), range(wide.shape[3])):
            at = row * width + across - before
            if 0 <= at < flat.shape[-1]:
                wide[:, :, row, across] = flat[..., at]
        return np.pad(wide.reshape(*x.shape[:-1], -1), [(0, 0), (0, 0), *rows, (0, 0)])


class GroupsInterleaved(Steps):
    def channel(self, g: int, c: int, each: int, groups: int) -> int:
        return c * groups + g


class SumsInterleaved(Steps):
    def place(self, o: int, outputs: int, groups: int) -> int:
        g, number = divmod(o, outputs // groups)
        return number * groups + g


class OutputsInterleaved(Steps):
    groups = 1

    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        self.groups = groups
        return x, w, b

    def stored(self, out: Any, pads: Pairs) -> Any:
        each = out.shape[1] // self.groups
        order = [g * each + number for number in range(each) for g in range(self.groups)]
        return out[:, order]


class FirstGroupForAll(Steps):
    def channel(self, g: int, c: int, each: int, groups: int) -> int:
        return c


class FirstWeightsForAll(Steps):
    def filter(self, o: int, outputs: int, groups: int) -> int:
        return o % (outputs // groups)


class Reordered(Steps):
    """The weight's memory read in another order, address by address."""

    def address(self, o: int, c: int, tap: int, shape: tuple[int, int, int]) -> int:
        raise NotImplementedError

    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        outputs, channels, taps = w.shape[0], w.shape[1], prod(w.shape[2:])
        flat, out = w.ravel(), np.zeros((outputs, channels, taps), w.dtype)
        for o, c, tap in np.ndindex(out.shape):
            out[o, c, tap] = flat[self.address(o, c, tap, (outputs, channels, taps))]
        return x, out.reshape(w.shape), b


class WeightAsIOHW(Reordered):
    def address(self, o: int, c: int, tap: int, shape: tuple[int, int, int]) -> int:
        return (c * shape[0] + o) * shape[2] + tap


class WeightAsHWIO(Reordered):
    def address(self, o: int, c: int, tap: int, shape: tuple[int, int, int]) -> int:
        return (tap * shape[1] + c) * shape[0] + o


class WeightAsOHWI(Reordered):
    def address(self, o: int, c: int, tap: int, shape: tuple[int, int, int]) -> int:
        return (o * shape[2] + tap) * shape[1] + c


class InputAsNHWC(Steps):
    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        cells = x.reshape(len(x), -1, x.shape[1])  # cell, then channel
        return cells.swapaxes(1, 2).reshape(x.shape), w, b


class OutputAsNHWC(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        return out.reshape(*out.shape[:2], -1).swapaxes(1, 2).reshape(out.shape)


class ChannelsReversed(Steps):
    def channel(self, g: int, c: int, each: int, groups: int) -> int:
        return each * groups - 1 - g * each - c


class SumsReversed(Steps):
    def place(self, o: int, outputs: int, groups: int) -> int:
        return outputs - 1 - o


class OutputsReversed(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        return np.flip(out, 1)


class FirstChannelOnly(Steps):
    def used(self, c: int, channels: int, tap: tuple[int, ...], kernel: tuple[int, ...]) -> bool:
        return c == 0


class LastChannelMissing(Steps):
    def used(self, c: int, channels: int, tap: tuple[int, ...], kernel: tuple[int, ...]) -> bool:
        return c < channels - 1


class LastTapMissing(Steps):
    def used(self, c: int, channels: int, tap: tuple[int, ...], kernel: tuple[int, ...]) -> bool:
        return tap[-1] < kernel[-1] - 1


class BiasIgnored(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return 0


class BiasTwice(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return b[o] + b[o]


class BiasPerInputChannel(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return sum(b[o] for _ in range(channels))


class BiasPerTap(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return sum(b[o] for _ in range(taps))


class BiasFirstForAll(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return b[0]


class BiasPerGroup(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return b[o % each]


class BiasSubtracted(Steps):
    def bias(self, b: Any, o: int, each: int, groups: int, taps: int, channels: int) -> Any:
        return 0 - b[o]


class FirstImageForAll(Steps):
    def image(self, n: int) -> int:
        return 0


class FirstImageOnly(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        for n in range(1, len(out)):
            out[n] = 0
        return out


class BatchSummed(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        for n in range(1, len(out)):
            out[n] += out[n - 1]
        return out


class Changed(Steps):
    def cell(self, value: Any) -> Any:
        raise NotImplementedError

    def stored(self, out: Any, pads: Pairs) -> Any:
        return np.vectorize(self.cell, otypes=[out.dtype])(out)


class Zeros(Changed):
    def cell(self, value: Any) -> Any:
        return 0


class Nan(Changed):
    def cell(self, value: Any) -> Any:
        return float("nan")


class Int8Wraps(Changed):
    def cell(self, value: Any) -> Any:
        return (int(value) + 128) % 256 - 128


class Int8Saturates(Changed):
    def cell(self, value: Any) -> Any:
        return min(max(value, -128), 127)


class Relu(Changed):
    def cell(self, value: Any) -> Any:
        return value if value > 0 else 0


class Mean(Steps):
    def stored(self, out: Any, pads: Pairs) -> Any:
        return out / np.float32(self.terms)

    terms = 1

    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        self.terms = w[0].size
        return x, w, b


class InputReturned(Steps):
    kept: Any = None

    def arrays(self, x: Any, w: Any, b: Any, groups: int) -> tuple[Any, Any, Any]:
        self.kept = x
        return x, w, b

    def stored(self, out: Any, pads: Pairs) -> Any:
        return self.kept


class Negated(Changed):
    def cell(self, value: Any) -> Any:
        return 0 - value


class PaddingNotCropped(Steps):
    def sides(self, before: int, behind: int) -> tuple[int, int]:
        return 0, 0


class OutputPaddingIgnored(Steps):
    def extra(self, more: int) -> int:
        return 0


class OutputPaddingZeros(Steps):
    def uncovered(self, out: Any, extra: Any) -> Any:
        for axis, more in enumerate(extra, 2):
            for place in range(more):
                np.moveaxis(out, axis, 0)[-1 - place] = 0
        return out


class OutputPaddingBefore(Steps):
    def front(self, before: int, more: int) -> int:
        return before - more

    def extra(self, more: int) -> int:
        return 0


class StuffedOnceMore(Steps):
    def start(self, p: int, s: int) -> int:
        return p * (s + 1 if s > 1 else 1)


def named(name: str) -> type[Steps]:
    """kernel-flipped -> KernelFlipped."""
    found: type[Steps] = globals()["".join(part[0].upper() + part[1:] for part in name.split("-"))]
    return found


def with_mistake(host: type[Any], *names: str, rank: int = 2) -> Any:
    """The host with mistakes in it, the last one nearest to the caller."""
    classes = [named(name) for name in reversed(names)]
    return type("Wrong", (*classes, host), {"rank": rank})()
