"""One output cell as its list of terms: which input cell, or which padding; which tap; the sum."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from convref import checks, cures
from convref.checks import Call, TransposedCall
from convref.geometry import feeds, group_channels, position, source
from convref.messages import refuse
from convref.types import Array, Ints, Padding, PaddingMode

__all__ = ["Explanation", "Term", "explain", "explain_transposed"]

Index: TypeAlias = tuple[int, ...]
Number: TypeAlias = np.number[Any]

WIDTH: Final = 48  # a sum by hand that is longer, and than a phone, gets a line for each kernel row
HEAD: Final[tuple[str, ...]] = ("position", "input", "weight", "x", "w", "x·w", "sum")


class Place(NamedTuple):
    """Where the two factors of one product stand."""

    position: Index
    input: Index | None
    weight: Index


@dataclass(frozen=True)
class Term:
    """One product of the sum.

    Attributes
    ----------
    position : tuple of int
        Input channel, then the position along each spatial axis. 0 is the first input cell; what
        is negative or beyond the size lies in the padding.
    padding : bool
        Whether the position lies in the padding.
    input : tuple of int, or None
        Index into the input of the cell read there: for padding the cell that it mirrors, and
        None where the padding is zero.
    weight : tuple of int
        Index into the weight: the tap, with its channels in front.
    x, w, product, sum : NumPy scalars
        Input value, weight value, their product, and the sum up to here.
    """

    position: Index
    padding: bool
    input: Index | None
    weight: Index
    x: Number
    w: Number
    product: Number
    sum: Number

    def __format__(self, spec: str) -> str:
        x = f"[{formatted(self.x, spec)}]" if self.padding else factor(self.x, spec)
        return f"{x}·{factor(self.w, spec)}"


@dataclass(frozen=True)
class Explanation:
    """One output cell, by hand: what `explain` and `explain_transposed` return.

    `str` writes the sum in one line, or in one line for each row of the kernel if it is long.
    Padding stands in brackets. ``format(e, ".2f")`` chooses how each number is written. An
    integer sum that wraps around is shown with both values: ``300 ≡ 44 (int8)``.

    Attributes
    ----------
    at : tuple of int
        The output cell.
    terms : tuple of Term
        In the order of the definition: channels, then taps (transposed: channels, then cells).
    bias : NumPy scalar, or None
    total : NumPy scalar
        Value of the output cell.
    dtype : dtype
        Of the total.
    """

    at: Index
    terms: tuple[Term, ...]
    bias: Number | None
    total: Number
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        return format(self)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        rows = self._rows(spec)
        total = f"= {self._result(spec)}"
        line = " + ".join(rows) + " " + total
        if len(line) <= WIDTH or len(rows) == 1:
            return line
        return "\n".join(["  " + rows[0], *("+ " + row for row in rows[1:]), total])

    def _rows(self, spec: str) -> list[str]:
        """The summands: those of one row of the kernel together, the bias last."""
        groups = [list(row) for _, row in groupby(self.terms, lambda term: term.position[:-1])]
        if len(groups) == len(self.terms):  # a kernel one tap wide
            groups = [list(self.terms[i : i + 8]) for i in range(0, len(self.terms), 8)]
        rows = [" + ".join(format(term, spec) for term in row) for row in groups]
        if self.bias is not None:
            rows.append(factor(self.bias, spec))
        return rows or ["0"]

    def _result(self, spec: str) -> str:
        result = formatted(self.total, spec)
        if self.dtype.kind not in "iu" or self._exact() == int(self.total):
            return result
        return f"{self._exact()} ≡ {result} ({self.dtype})"

    def _exact(self) -> int:
        """The sum of integers as it would be without wrapping around."""
        bias = 0 if self.bias is None else int(self.bias)
        return sum((int(term.x) * int(term.w) for term in self.terms), bias)

    def table(self, spec: str = "") -> str:
        """The terms as an aligned table of plain text, one line each, and the bias.

        Columns: position (channel first), index into input ('-' where the padding is zero), index
        into weight, their values x and w (x in brackets: padding), product, sum up to there.
        """
        rows: list[tuple[str, ...]] = [
            (
                str(term.position),
                "-" if term.input is None else str(term.input),
                str(term.weight),
                f"[{formatted(term.x, spec)}]" if term.padding else formatted(term.x, spec),
                formatted(term.w, spec),
                formatted(term.product, spec),
                formatted(term.sum, spec),
            )
            for term in self.terms
        ]
        if self.bias is not None:
            rows.append(
                ("bias", *[""] * 4, formatted(self.bias, spec), formatted(self.total, spec))
            )
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if i < 3 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in (HEAD, *rows)
        ]
        return "\n".join(lines)

    def latex(self, spec: str = "") -> str:
        """The sum in LaTeX, without dollar signs; a long one is aligned in rows."""
        rows = [tex(row) for row in self._rows(spec)]
        total = tex(f"= {formatted(self.total, spec)}")
        if "≡" in (result := self._result(spec)):
            modulus = rf"\pmod{{2^{{{8 * self.dtype.itemsize}}}}}"
            total = tex(f"= {result.removesuffix(f' ({self.dtype})')}") + modulus
        if len(format(self, spec).splitlines()) == 1:
            return " + ".join(rows) + " " + total
        lines = ["& " + rows[0], *("& + " + row for row in rows[1:]), "& " + total]
        return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def explain(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Padding = 0,
    dilation: Ints = 1,
    groups: int = 1,
    padding_mode: PaddingMode = "zeros",
    *,
    at: Sequence[int],
    accumulate: npt.DTypeLike | None = None,
) -> Explanation:
    """Write one output cell of `conv1d`, `conv2d` or `conv3d` as the sum that it is.

    Parameters
    ----------
    input, weight, bias, stride, padding, dilation, groups, padding_mode, accumulate
        As given to `conv2d`, or to `conv1d` or `conv3d`: the weight's axes decide which.
    at : tuple of int
        The output cell: (n, o, y, x), or (o, y, x) if `input` has no batch axis; as many numbers
        as the output has axes, each from 0 up.

    Returns
    -------
    Explanation
        Its total is what the convolution gives there: equal for integers, which wrap around alike;
        for floats up to rounding, since terms are added in another order.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As the convolution does; and if `at` names no cell of the output.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.trace import explain
    >>> image = np.array([[[1, 2, 0], [0, 1, 2], [1, 1, 1]]])
    >>> kernel = np.array([[[[1, 2], [3, -1]]]])
    >>> print(explain(image, kernel, at=(0, 1, 1)))
    1·1 + 2·2 + 1·3 + 1·(-1) = 7

    Padding stands in brackets; the table says which cell it mirrors.

    >>> corner = explain(image, kernel, padding=1, padding_mode="circular", at=(0, 0, 1))
    >>> print(corner)
    [1]·1 + [1]·2 + 1·3 + 2·(-1) = 4
    >>> print(corner.table())
    position    input      weight          x   w  x·w  sum
    (0, -1, 0)  (0, 2, 0)  (0, 0, 0, 0)  [1]   1    1    1
    (0, -1, 1)  (0, 2, 1)  (0, 0, 0, 1)  [1]   2    2    3
    (0, 0, 0)   (0, 0, 0)  (0, 0, 1, 0)    1   3    3    6
    (0, 0, 1)   (0, 0, 1)  (0, 0, 1, 1)    2  -1   -2    4
    >>> print(explain(image, kernel, at=(0, 0, 0)).latex())
    1 \\cdot 1 + 2 \\cdot 2 + 0 \\cdot 3 + 1 \\cdot (-1) = 4
    """
    rank = kernel_rank(weight)
    call = checks.convolution(
        rank,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        accumulate=accumulate,
    )
    out_channels, _, *kernel = call.weight.shape
    n, o, *cell = checks.cell(at, call.output(), call.batched)
    channels = group_channels(o, call.input.shape[1], out_channels, call.groups)
    places = []
    for c, channel in enumerate(channels):
        for tap in np.ndindex(*kernel):
            where = tuple(map(position, call.axes, cell, tap))
            shown = [
                source(q, axis.size, call.padding_mode)
                for q, axis in zip(where, call.axes, strict=True)
            ]
            read = None if None in shown else (n, channel, *(q for q in shown if q is not None))
            places.append(Place((channel, *where), read, (o, c, *tap)))
    return add_up(call, at, o, places)


def explain_transposed(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    at: Sequence[int],
    accumulate: npt.DTypeLike | None = None,
) -> Explanation:
    """Write one output cell of a transposed convolution as the sum that it is.

    The terms are the products that input cells add into this output cell, and no others: there are
    more of them in some cells than in others, and none in a cell that no window covers.

    Parameters
    ----------
    input, weight, bias, stride, padding, output_padding, groups, dilation, accumulate
        As given to `conv_transpose2d`, or to the one of the weight's rank.
    at : tuple of int
        The output cell, as in `explain`.

    Returns
    -------
    Explanation
        A term's position is its input cell; none lies in the padding, which only crops the output.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As the convolution does; and if `at` names no cell of the output.

    Examples
    --------
    >>> import numpy as np
    >>> from convref.trace import explain_transposed
    >>> row, kernel = np.array([[1, 2]]), np.array([[[1, 10, 100]]])
    >>> for x in range(5):
    ...     print(explain_transposed(row, kernel, stride=2, at=(0, x)))
    1·1 = 1
    1·10 = 10
    1·100 + 2·1 = 102
    2·10 = 20
    2·100 = 200
    """
    rank = kernel_rank(weight)
    call = checks.transposed(
        rank,
        input,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
        accumulate=accumulate,
    )
    per_group = call.weight.shape[1]
    out_channels = per_group * call.groups
    n, o, *cell = checks.cell(at, call.output(), call.batched)
    pairs = [
        [(read, tap) for read, tap in feeds(axis, q) if 0 <= read < axis.size]
        for axis, q in zip(call.axes, cell, strict=True)
    ]
    places = []
    for channel in group_channels(o, call.input.shape[1], out_channels, call.groups):
        for chosen in product(*pairs):
            where = (channel, *(read for read, _ in chosen))
            tap = (channel, o % per_group, *(tap for _, tap in chosen))
            places.append(Place(where, (n, *where), tap))
    return add_up(call, at, o, places)


def kernel_rank(weight: object) -> int:
    """The number of spatial axes that a weight is made for."""
    kernels = checks.array("weight", weight)
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


def add_up(
    call: Call | TransposedCall, at: Sequence[int], o: int, places: Iterable[Place]
) -> Explanation:
    """Multiply and add in the order of the places; what is shown is indexed as the caller does."""
    dtype = call.input.dtype
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype  # as the convolution sums it
    sizes = call.input.shape[2:]
    total = wide.type(0)
    terms = []
    with np.errstate(over="ignore", invalid="ignore"):
        for where, read, tap in places:
            x = dtype.type(0) if read is None else call.input[read]
            w = call.weight[tap]
            each = wide.type(x) * wide.type(w)
            total = total + each
            outside = any(not 0 <= q < size for q, size in zip(where[1:], sizes, strict=True))
            cell = read if read is None or call.batched else read[1:]
            terms.append(Term(where, outside, cell, tap, x, w, each, total))
        bias = None if call.bias is None else call.bias[o]
        if bias is not None:
            total = total + wide.type(bias)
        return Explanation(tuple(map(int, at)), tuple(terms), bias, dtype.type(total), dtype)


# Numbers ---------------------------------------------------------------------------------------


def formatted(number: Number, spec: str) -> str:
    """Integers whole, floats with 6 digits, or as the format says."""
    if not spec and number.dtype.kind in "iu":
        return str(number)
    return format(number.item(), spec or ".6g")


def factor(number: Number, spec: str) -> str:
    """A number as it stands in a product: in parentheses if it has a sign or two parts."""
    text = formatted(number, spec)
    return f"({text})" if text.startswith("-") or number.dtype.kind == "c" else text


SIGNS: Final = {
    "·": r" \cdot ",
    "≡": r"\equiv",
    "inf": r"\infty",
    "nan": r"\mathrm{nan}",
}


def tex(text: str) -> str:
    """The same sum in LaTeX."""
    for sign, command in SIGNS.items():
        text = text.replace(sign, command)
    return re.sub(r"e\+?(-?)0*(\d+)", r" \\times 10^{\1\2}", text)  # 1e-05 -> 1 \times 10^{-5}
