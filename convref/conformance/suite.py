"""Small calls with whole numbers in which every mistake shows, and what is right for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convref import convolution, padding, transposed
from convref.types import Array

__all__ = ["OPS", "USES"]

OPS = {
    **{f"conv{rank}d": rank for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": rank for rank in (1, 2, 3)},
}
# What a function may do without; `sides` is padding that differs between the two sides of an axis.
USES = (
    *("batch", "bias", "stride", "padding", "sides", "dilation", "groups", "output_padding"),
    *("float64", "float16"),
)

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Case:
    """One call: arrays, options, and what it is there for."""

    op: str
    name: str
    input: Array
    weight: Array
    bias: Array | None
    stride: tuple[int, ...]
    padding: Pairs
    dilation: tuple[int, ...]
    groups: int = 1
    output_padding: tuple[int, ...] = ()
    mode: str = "zeros"
    fill: float = 0  # what stands in the padding
    more: Pairs = ()  # zeros around the padded input, which a mistake reads; negative ones crop
    floats: bool = False  # whether sums are rounded, so that results are compared within a bound

    def but(self, **changes: Any) -> "Case":
        """The same with other values: what `dataclasses.replace` does, for thousands of pairs."""
        other = object.__new__(Case)
        vars(other).update(vars(self), **changes)
        return other

    @property
    def rank(self) -> int:
        return OPS[self.op]

    @property
    def transposed(self) -> bool:
        return self.op.startswith("conv_transpose")

    @property
    def outputs(self) -> int:
        return self.weight.shape[1] * self.groups if self.transposed else len(self.weight)

    @property
    def uses(self) -> frozenset[str]:
        """What of USES the call has."""
        sides = [pair for pair in self.padding if pair[0] != pair[1]]
        given = {
            "batch": len(self.input) > 1,
            "bias": self.bias is not None,
            "stride": set(self.stride) != {1},
            "padding": any(map(any, self.padding)),
            "sides": bool(sides),
            "dilation": set(self.dilation) != {1},
            "groups": self.groups > 1,
            "output_padding": any(self.output_padding),
            "float64": self.input.dtype == np.float64,
            "float16": self.input.dtype == np.float16,
        }
        return frozenset(name for name in USES if given[name])

    def arguments(self) -> tuple[list[Array | None], dict[str, Any]]:
        """Arrays of their own and options, as convref's functions and PyTorch's take them."""
        arrays = [None if a is None else a.copy() for a in (self.input, self.weight, self.bias)]
        plain = all(before == after for before, after in self.padding)
        pads: Any = tuple(before for before, _ in self.padding) if plain else list(self.padding)
        options: dict[str, Any] = {"stride": self.stride, "padding": pads}
        options |= {"dilation": self.dilation, "groups": self.groups}
        if self.transposed:
            options["output_padding"] = self.output_padding
        return arrays, options

    def sizes(self) -> tuple[int, ...]:
        """The spatial sizes of the result."""
        size, kernel = self.input.shape[2:], self.weight.shape[2:]
        reach = [d * (k - 1) for d, k in zip(self.dilation, kernel, strict=True)]
        pads = [sum(pair) for pair in (*self.padding, *self.more)]
        pads = [sum(pads[axis :: self.rank]) for axis in range(self.rank)]
        if self.transposed:
            return tuple(
                (n - 1) * s + r + 1 - p + more
                for n, s, r, p, more in zip(
                    size, self.stride, reach, pads, self.output_padding, strict=True
                )
            )
        return tuple(
            (n + p - r - 1) // s + 1
            for n, s, r, p in zip(size, self.stride, reach, pads, strict=True)
        )


def answer(case: Case) -> Array:
    """The result: pad, convolve, add the bias; or convolve transposed, crop, add the bias."""
    if case.floats:
        with np.errstate(all="ignore"):
            return answer(widened(case)).astype(case.input.dtype)
    rank = case.rank
    out: Array
    if case.transposed:
        scatter = (
            transposed.conv_transpose1d,
            transposed.conv_transpose2d,
            transposed.conv_transpose3d,
        )[rank - 1]
        options = (case.stride, 0, 0, case.groups, case.dilation)
        out = cropped(scatter(case.input, case.weight, None, *options), case)
    else:
        convolve = (convolution.conv1d, convolution.conv2d, convolution.conv3d)[rank - 1]
        out = convolve(padded(case), case.weight, None, case.stride, 0, case.dilation, case.groups)
    if case.bias is not None:
        out = out + case.bias.reshape(-1, *[1] * rank)
    return out


def padded(case: Case) -> Array:
    out = padding.pad(case.input, spelled(case.padding), mode(case), case.fill)
    return padding.pad(out, spelled(case.more), "constant", 0) if case.more else out


def widened(case: Case) -> Case:
    """The same with numbers of float64."""
    arrays = (case.input, case.weight, case.bias)
    input, weight, bias = (None if a is None else a.astype(np.float64) for a in arrays)
    assert input is not None and weight is not None
    return case.but(input=input, weight=weight, bias=bias, floats=False)


def cell(case: Case, at: Sequence[int]) -> float:
    """One cell of `answer`, much sooner."""
    if case.mode != "zeros" or case.fill:
        none = ((0, 0),) * case.rank
        whole = padded(case)
        case = case.but(input=whole, padding=none, more=(), mode="zeros", fill=0)
    image, output, *place = at
    weight = case.weight
    if case.transposed:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    read: list[slice] = []
    taps: list[slice] = []
    for p, n, k, s, d, (before, _), (more, _) in zip(
        *(place, case.input.shape[2:], case.weight.shape[2:], case.stride, case.dilation),
        *(case.padding, case.more or case.padding),
        strict=True,
    ):
        if case.transposed:
            first, step = p + before - (k - 1) * d, s
        else:
            first, step = p * s - before - (more if case.more else 0), 1
        hit = [t for t in range(k) if (first + t * d) % step == 0 <= first + t * d < n * step]
        read.append(run([(first + t * d) // step for t in hit]))
        taps.append(run(hit))
    group, number = divmod(output, case.outputs // case.groups)
    each = case.input.shape[1] // case.groups
    mine = slice(group * each, (group + 1) * each)
    window: Any = (image, mine, *read)
    kernel: Any = (mine, number, *taps) if case.transposed else (output, slice(each), *taps)
    total = float((case.input[window] * weight[kernel]).sum())
    return total if case.bias is None else total + float(case.bias[output])


def run(places: Sequence[int]) -> slice:
    """Places at equal distances, as a slice."""
    if not places:
        return slice(0)
    return slice(places[0], places[-1] + 1, places[1] - places[0] if len(places) > 1 else 1)


def mode(case: Case) -> Any:
    return "constant" if case.mode == "zeros" else case.mode


def spelled(pairs: Pairs) -> list[int]:
    """Pads in the order of `convref.pad`, the last axis first."""
    return [side for pair in reversed(pairs) for side in pair]


def cropped(whole: Array, case: Case) -> Array:
    """The part of a transposed result that padding leaves; output_padding uncovers more of it."""
    more = [
        (-before, size + before - full)
        for (before, _), size, full in zip(case.padding, case.sizes(), whole.shape[2:], strict=True)
    ]
    return padding.pad(whole, spelled(tuple(more)), "constant", 0)


# The calls ----------------------------------------------------------------------------------------


def whole(seed: int, *shape: int) -> Array:
    """Whole numbers from -9 to 9 without zero, no two neighbours alike in size."""
    values = np.random.default_rng(seed).permutation(np.arange(1, 10 * np.prod(shape) + 1))
    values = values[: int(np.prod(shape))] % 9 + 1
    signs = np.random.default_rng(seed + 1).choice([-1, 1], values.shape)
    out: Array = (values * signs).reshape(shape).astype(np.float32)
    return out


def made(op: str, name: str, seed: int, **given: Any) -> Case:
    """A case with random whole numbers; what is not given is as plain as can be."""
    rank = OPS[op]
    ones, none = (1,) * rank, ((0, 0),) * rank
    batch, channels, outputs = given.get("batch", 1), given["channels"], given["outputs"]
    groups, kernel = given.get("groups", 1), given["kernel"][:rank]
    front = (channels, outputs // groups) if "transpose" in op else (outputs, channels // groups)
    return Case(
        op,
        name,
        whole(seed, batch, channels, *given["size"][:rank]),
        whole(seed + 2, *front, *kernel),
        whole(seed + 4, outputs) * 10 if given.get("bias") else None,
        given.get("stride", ones)[:rank],
        tuple(given.get("padding", none)[:rank]),
        given.get("dilation", ones)[:rank],
        groups,
        given.get("output_padding", (0,) * rank)[:rank] if "transpose" in op else (),
    )


def without(case: Case, missing: Iterable[str]) -> Case:
    """The case with what a function lacks as plain as can be; the arrays as far as they can."""
    for name in missing:
        if name == "batch":
            case = case.but(input=case.input[:1])
        elif name == "bias":
            case = case.but(bias=None)
        elif name == "stride":
            case = case.but(stride=(1,) * case.rank, output_padding=(0,) * len(case.output_padding))
        elif name == "padding":
            case = case.but(padding=((0, 0),) * case.rank)
        elif name == "sides":
            case = case.but(padding=tuple((before, before) for before, _ in case.padding))
        elif name == "dilation":
            case = case.but(dilation=(1,) * case.rank)
        elif name == "output_padding":
            case = case.but(output_padding=(0,) * len(case.output_padding))
        elif name == "groups" and case.groups > 1:
            kept = case.weight.shape[0 if case.transposed else 1]
            if case.transposed:
                kept //= case.groups
                weight, bias = case.weight[:kept], case.bias
                bias = None if bias is None else bias[: weight.shape[1]]
                case = case.but(input=case.input[:, :kept], weight=weight, bias=bias, groups=1)
            else:
                case = case.but(input=case.input[:, :kept], groups=1)
    return case


def smoke(op: str, missing: Sequence[str] = ()) -> list[Case]:
    """Three calls in which every mistake of the catalogue shows."""
    everything = {
        "batch": 2,
        "channels": 4,
        "outputs": 6,
        "groups": 2,
        "bias": True,
        "stride": (2, 3, 2),
        "padding": [(1, 2), (3, 1), (2, 1)],
        "dilation": (2, 1, 3),
    }
    # Transposed ones grow; all arrays of three cases in two dimensions have less than 10 KB.
    sizes = ((3, 4, 3), (4, 3, 3)) if "transpose" in op else ((7, 8, 7), (8, 6, 5))
    found = [
        made(op, "everything", 11, size=sizes[0], kernel=(3, 4, 2), **everything),
        made(
            op,
            "other way round",
            23,
            size=sizes[1],
            kernel=(2, 3, 2),
            **everything
            | {"stride": (3, 2, 1), "dilation": (1, 2, 1), "padding": [(2, 1), (0, 3), (1, 0)]},
        ),
        made(
            op,
            "plain",
            37,
            size=(5, 7, 4),
            kernel=(3, 2, 2),
            channels=3,
            outputs=4,
            bias=True,
        ),
    ]
    if "transpose" in op:
        more = [(1, 2, 1), (1, 0, 0), (0, 0, 0)]
        found = [
            case.but(output_padding=each[: case.rank])
            for case, each in zip(found, more, strict=True)
        ]
    return [without(case, missing) for case in found]


def cases(op: str, missing: Sequence[str] = ()) -> list[Case]:
    """The smoke cases, then levels from one channel without options to everything at once."""
    plain = {"size": (5, 6, 4), "kernel": (3, 2, 2), "channels": 1, "outputs": 1}
    wide = plain | {"channels": 3, "outputs": 4}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("one channel", plain),
        ("one tap", wide | {"kernel": (1, 1, 1)}),
        ("a row of taps", wide | {"kernel": (1, 3, 1)}),
        ("as large as the input", wide | {"kernel": (5, 6, 4)}),
        ("channels", wide),
        ("bias", wide | {"bias": True}),
        ("batch", wide | {"batch": 3}),
        ("stride", wide | {"size": (9, 10, 7), "stride": (2, 3, 2)}),
        ("stride that leaves cells over", wide | {"size": (8, 9, 7), "stride": (3, 2, 3)}),
        ("stride beyond the kernel", wide | {"size": (9, 8, 7), "stride": (4, 3, 3)}),
        ("padding", wide | {"padding": [(2, 2), (1, 1), (1, 1)]}),
        ("padding as wide as the kernel", wide | {"padding": [(3, 3), (2, 2), (2, 2)]}),
        ("sides", wide | {"padding": [(0, 2), (3, 1), (1, 0)]}),
        ("dilation", wide | {"size": (9, 8, 6), "dilation": (2, 3, 2)}),
        ("groups", wide | {"channels": 4, "outputs": 6, "groups": 2}),
        ("depthwise", wide | {"channels": 3, "outputs": 6, "groups": 3}),
    ]
    if "transpose" in op:
        steps.append(("output_padding", wide | {"stride": (2, 3, 2), "output_padding": (1, 2, 1)}))
    found = smoke(op, missing)
    for seed, (name, given) in enumerate(steps):
        case = made(op, name, 100 + 10 * seed, **given)
        if not case.uses & set(missing):
            found.append(case)
    return found


def floats(op: str, missing: Sequence[str] = ()) -> list[Case]:
    """Random floats, and numbers that show in which format they are read and summed."""
    kinds = ["float32", *(kind for kind in ("float64", "float16") if kind not in missing)]
    options = [each for each in missing if each not in ("float64", "float16")]
    everything, *_ = smoke(op, options)
    return [case for kind in kinds for case in of_kind(everything, kind)]


def of_kind(everything: Case, kind: str) -> Iterator[Case]:
    """The calls for one dtype. One product, and a sum of two, can be checked to the last bit."""
    op, rank = everything.op, everything.rank
    chance = np.random.default_rng(3)

    def filled(case: Case, name: str, input: Array, weight: Array, floats: bool) -> Case:
        bias = None if case.bias is None else chance.normal(size=case.bias.shape).astype(kind)
        input, weight, name = input.astype(kind), weight.astype(kind), f"{name} in {kind}"
        return case.but(name=name, input=input, weight=weight, bias=bias, floats=floats)

    one = made(op, "", 1, size=(4, 5, 3), kernel=(1, 1, 1), channels=1, outputs=1)
    signs = chance.choice([-1, 1], one.input.shape)
    far = 0 if kind == "float16" else 20
    powers = np.linspace(-far, far, signs.size).reshape(signs.shape)
    significands = chance.uniform(1, 2, signs.shape) * signs
    numbers = np.ldexp(significands, powers.astype(int))
    yield filled(one, "one product", numbers, np.ones_like(one.weight), False)
    two = made(op, "", 1, size=(4, 5, 3), kernel=(1,) * (rank - 1) + (2,), channels=1, outputs=1)
    large, small = {"float16": (10, 0), "float32": (12, 0), "float64": (14, -12)}[kind]
    turns = np.arange(two.input.shape[-1]) % 2
    signs = chance.choice([-1, 1], two.input.shape)
    sums = signs * np.where(turns, 2.0**large, 2.0**small)
    yield filled(two, "two products", sums, np.ones_like(two.weight), False)

    def normal(case: Case, name: str, input: Array | None = None) -> Case:
        random = chance.normal(size=case.input.shape) if input is None else input
        return filled(case, name, random, chance.normal(size=case.weight.shape), True)

    yield normal(everything, "random")
    long = made(op, "", 1, size=(4, 5, 3), kernel=(3, 3, 2), channels=32, outputs=2)
    yield normal(long, "long sums")
    odd = made(op, "", 1, size=(7, 9, 7), kernel=(2, 2, 2), channels=2, outputs=3)
    input = chance.normal(size=odd.input.shape)
    for place, value in enumerate((np.inf, -np.inf, np.nan)):
        input[(0, place % 2, *[1 + 2 * (axis == rank - 1) * place for axis in range(rank)])] = value
    yield normal(odd, "inf and nan", input)
