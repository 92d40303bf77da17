"""One output cell by hand: equal to the convolution, term by term as the definition has it."""

import importlib
import math
import pkgutil
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import convref
from convref import trace
from convref.geometry import Axis, feeds, position
from convref.trace import explain, explain_transposed
from tests.numpy_only.cases import Case, cases

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
MIXED = Case((2, 4, 7, 9), (6, 2, 3, 2), True, (2, 1), (1, 2), (1, 3), 2, "reflect")
TINY = np.array([[[1, 2], [3, 4]]])


def some_cell(out: Any, seed: Any) -> Any:
    """Any cell of an output, the same for the same seed."""
    assume(out.size)
    return tuple(map(int, np.unravel_index(seed % out.size, out.shape)))


@given(cases(), st.sampled_from(INTEGERS), st.integers(0, 10**6))
@example(MIXED, "int8", 1000)
def test_the_total_is_the_convolutions_cell(case: Any, dtype: Any, seed: Any) -> None:
    arrays = case.arrays(dtype)
    out = getattr(convref, f"conv{case.rank}d")(*arrays, **case.options)
    at = some_cell(out, seed)
    told = explain(*arrays, **case.options, at=at)
    assert told.total == out[at]
    assert told.total.dtype == told.dtype == out.dtype
    assert len(told.terms) == math.prod(case.weight[1:])
    check_terms(told, *arrays)
    # Whatever lies in the padding shows what `pad` puts there.
    pads = [n for axis in reversed(case.axes()) for n in (axis.before, axis.after)]
    mode = {"zeros": "constant"}.get(case.padding_mode, case.padding_mode)
    padded = convref.pad(arrays[0], pads, mode)
    sizes = case.input[-case.rank :]
    for term in told.terms:
        channel, *where = term.position
        before = [axis.before for axis in case.axes()]
        batch = at[: len(at) - case.rank - 1]
        assert term.x == padded[(*batch, channel, *map(sum, zip(where, before, strict=True)))]
        assert term.padding == any(q < 0 or q >= n for q, n in zip(where, sizes, strict=True))
        assert (term.input is None) == (term.padding and case.padding_mode == "zeros")


@st.composite
def transposed_cases(draw: Any) -> Any:
    """Arguments of conv_transpose1d, 2d or 3d, whose output has at least one cell."""
    rank = draw(st.sampled_from([1, 2, 3]))
    few = st.integers(1, 3)
    several = st.tuples(*[few] * rank)
    groups, per_group, multiplier = draw(few), draw(few), draw(few)
    kernel, sizes, stride, dilation = (draw(several) for _ in range(4))
    extra = tuple(
        draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)
    )
    full = [
        (n - 1) * s + d * (k - 1) + e
        for n, s, d, k, e in zip(sizes, stride, dilation, kernel, extra, strict=True)
    ]
    padding = tuple(draw(st.integers(0, min(3, cells // 2))) for cells in full)
    batch = draw(st.sampled_from([(), (1,), (2,)]))
    input = np.arange(math.prod(batch) * groups * per_group * math.prod(sizes)) - 5
    weight = 3 - np.arange(groups * per_group * multiplier * math.prod(kernel))
    bias = 100 * (1 + np.arange(multiplier * groups)) if draw(st.booleans()) else None
    options = {"stride": stride, "padding": padding, "output_padding": extra}
    return (
        input.reshape(*batch, groups * per_group, *sizes),
        weight.reshape(groups * per_group, multiplier, *kernel),
        bias,
        options | {"groups": groups, "dilation": dilation},
    )


@given(transposed_cases(), st.sampled_from(INTEGERS), st.integers(0, 10**6))
def test_the_total_is_the_transposed_convolutions_cell(case: Any, dtype: Any, seed: Any) -> None:
    *arrays, options = case
    arrays = [None if a is None else a.astype(dtype) for a in arrays]
    rank = arrays[1].ndim - 2
    out = getattr(convref, f"conv_transpose{rank}d")(*arrays, **options)
    at = some_cell(out, seed)
    told = explain_transposed(*arrays, **options, at=at)
    assert told.total == out[at]
    assert told.dtype == out.dtype
    check_terms(told, *arrays)
    assert not any(term.padding for term in told.terms)


def check_terms(told: Any, input: Any, weight: Any, bias: Any) -> None:
    """Indices lead to the values shown, and the values to the sums."""
    assert list(told.terms) == sorted(told.terms, key=lambda term: term.position)
    assert len({(term.position, term.weight) for term in told.terms}) == len(told.terms)
    running = told.dtype.type(0)
    with np.errstate(over="ignore"):
        for term in told.terms:
            assert term.x == (0 if term.input is None else input[term.input])
            assert term.w == weight[term.weight]
            assert term.product == term.x * term.w
            running += term.product
            assert term.sum == running
    assert (told.bias is None) == (bias is None)


@given(
    st.builds(Axis, st.just(0), *[st.integers(1, 5)] * 3, st.integers(0, 5)), st.integers(-20, 20)
)
def test_feeds_finds_every_pair_that_position_sends_to_a_cell(axis: Any, output: Any) -> None:
    nearby = range(-50, 51)
    every = [(c, t) for c in nearby for t in range(axis.kernel) if position(axis, c, t) == output]
    assert feeds(axis, output) == every


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_floats_agree_up_to_rounding(dtype: Any) -> None:
    random = np.random.default_rng(0)
    arrays: Any = [None if a is None else random.standard_normal(a.shape) for a in MIXED.arrays()]
    if np.dtype(dtype).kind == "c":
        arrays = [a + 1j * random.standard_normal(a.shape) for a in arrays]
    arrays = [a.astype(dtype) for a in arrays]
    out = convref.conv2d(*arrays, **MIXED.options)
    told = explain(*arrays, **MIXED.options, at=(1, 5, 2, 3))
    assert told.total.dtype == told.dtype == dtype
    np.testing.assert_allclose(told.total, out[1, 5, 2, 3], rtol=50 * np.finfo(dtype).eps)


def test_half_precision_is_summed_in_single() -> None:
    told = explain(
        np.full((1, 4096), 1, "f2"), np.full((1, 1, 4096), 1, "f2"), at=(0, 0)
    )  # beyond 2048 float16 has no odd numbers: 2048 + 1 = 2048
    assert told.total == 4096
    assert told.total.dtype == np.float16
    assert {term.sum.dtype for term in told.terms} == {np.dtype(np.float32)}


def test_a_wider_sum_does_not_wrap() -> None:
    x, w = np.full((1, 2), 100, "i1"), np.full((1, 1, 2), 1, "i1")
    assert str(explain(x, w, at=(0, 0))) == "100·1 + 100·1 = 200 ≡ -56 (int8)"
    assert str(explain(x, w, at=(0, 0), accumulate="int32")) == "100·1 + 100·1 = 200"
    spread = explain_transposed(x, w, at=(0, 1), accumulate="int32")
    assert spread.total == 200
    assert spread.dtype == np.int32


# What is explained, and the sum by hand.
WRITTEN = [
    (lambda: explain(TINY, TINY[None], at=(0, 0, 0)), "1·1 + 2·2 + 3·3 + 4·4 = 30"),
    (
        lambda: explain(TINY, -TINY[None], np.array([7]), at=(0, 0, 0)),
        "1·(-1) + 2·(-2) + 3·(-3) + 4·(-4) + 7 = -23",
    ),
    (
        lambda: explain(-TINY, TINY[None], np.array([-7]), padding=1, at=(0, 0, 0)),
        "[0]·1 + [0]·2 + [0]·3 + (-1)·4 + (-7) = -11",
    ),
    (
        lambda: explain(-TINY, TINY[None], padding=1, padding_mode="replicate", at=(0, 0, 0)),
        "[-1]·1 + [-1]·2 + [-1]·3 + (-1)·4 = -10",
    ),
    (
        lambda: explain(TINY / 3, TINY[None] / 1e9, at=(0, 0, 0)),
        "  0.333333·1e-09 + 0.666667·2e-09\n+ 1·3e-09 + 1.33333·4e-09\n= 1e-08",
    ),
    (
        lambda: explain(TINY[:, :1, :1] * 1j, 2 - TINY[None, :, :1, :1] * 1j, at=(0, 0, 0)),
        "(0+1j)·(2-1j) = 1+2j",
    ),
    (lambda: explain(np.array([[1234567]]), np.array([[[1]]]), at=(0, 0)), "1234567·1 = 1234567"),
    (
        lambda: explain(np.full((1, 2), np.inf), np.array([[[1.0, -1.0]]]), at=(0, 0)),
        "inf·1 + inf·(-1) = nan",
    ),
    (lambda: explain(np.ones((0, 1)), np.ones((1, 0, 1)), at=(0, 0)), "0 = 0"),
    (lambda: explain(np.ones((0, 1)), np.ones((1, 0, 1)), np.array([5.0]), at=(0, 0)), "5 = 5"),
    (lambda: explain_transposed(TINY, TINY[None], at=(0, 1, 1)), "1·4 + 2·3 + 3·2 + 4·1 = 20"),
    (lambda: explain_transposed(TINY, TINY[None, :, :1, :1], stride=2, at=(0, 1, 1)), "0 = 0"),
    (
        lambda: explain(TINY.astype("u1"), TINY[None].astype("u1") * 60, at=(0, 0, 0)),
        "1·60 + 2·120 + 3·180 + 4·240 = 1800 ≡ 8 (uint8)",
    ),
    (
        lambda: explain(TINY * np.inf, TINY[None] * 1.0, at=(0, 0, 0)),
        "inf·1 + inf·2 + inf·3 + inf·4 = inf",
    ),
]


@pytest.mark.parametrize(("call", "expected"), WRITTEN, ids=range(len(WRITTEN)))
def test_the_sum_by_hand(call: Any, expected: Any) -> None:
    told = call()
    assert str(told) == repr(told) == expected


def test_a_format_is_for_every_number() -> None:
    told = explain(TINY / 3, -1.0 * TINY[None], np.array([1]) / 3, padding=1, at=(0, 0, 0))
    rows = ["  [0.00]·(-1.00) + [0.00]·(-2.00)", "+ [0.00]·(-3.00) + 0.33·(-4.00)", "+ 0.33"]
    assert f"{told:.2f}".splitlines() == [*rows, "= -1.00"]
    assert told.table(".2f").splitlines()[-2:] == [
        "(0, 0, 0)    (0, 0, 0)  (0, 0, 1, 1)    0.33  -4.00  -1.33  -1.33",
        "bias                                                  0.33  -1.00",
    ]
    assert told.latex(".1f") == (
        r"\begin{aligned}& [0.0] \cdot (-1.0) + [0.0] \cdot (-2.0) \\ "
        r"& + [0.0] \cdot (-3.0) + 0.3 \cdot (-4.0) \\ & + 0.3 \\ & = -1.0\end{aligned}"
    )


def test_a_long_sum_has_a_line_for_each_row_of_the_kernel() -> None:
    image = np.arange(100, 118).reshape(2, 3, 3)
    told = explain(image, image[None], np.array([1]), padding=1, at=(0, 0, 1))
    assert (
        str(told)
        == """\
  [0]·100 + [0]·101 + [0]·102
+ 100·103 + 101·104 + 102·105
+ 103·106 + 104·107 + 105·108
+ [0]·109 + [0]·110 + [0]·111
+ 109·112 + 110·113 + 111·114
+ 112·115 + 113·116 + 114·117
+ 1
= 141519"""
    )
    assert told.latex().startswith(
        r"\begin{aligned}& [0] \cdot 100 + [0] \cdot 101 + [0] \cdot 102 \\ & + 100 \cdot 103"
    )
    assert told.latex().endswith(r"114 \cdot 117 \\ & + 1 \\ & = 141519\end{aligned}")


def test_a_sum_over_many_channels_has_eight_terms_a_line() -> None:
    ones = np.ones((20, 1, 1), "i8") * 10**4
    lines = str(explain(ones, ones[None], at=(0, 0, 0))).splitlines()
    assert [line.count("·") for line in lines] == [8, 8, 4, 0]


def test_a_single_row_stays_a_line() -> None:
    told = explain(np.ones((1, 30), int), np.ones((1, 1, 30), int), at=(0, 0))
    assert len(str(told)) > trace.WIDTH
    assert str(told).endswith("1·1 = 30")
    assert str(told).count("\n") == 0


def test_the_width_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    short = explain(TINY, TINY[None], at=(0, 0, 0))
    assert len(str(short)) <= trace.WIDTH
    width = len(str(short))
    monkeypatch.setattr(trace, "WIDTH", width)
    assert str(short).count("\n") == 0
    monkeypatch.setattr(trace, "WIDTH", width - 1)
    assert str(short).count("\n") == 2
    monkeypatch.undo()
    wide = explain(TINY * 10**9, TINY[None] * 10**9, at=(0, 0, 0))
    assert str(wide).count("\n") == 2


def test_latex() -> None:
    square = explain(TINY, TINY[None], at=(0, 0, 0))
    assert square.latex() == r"1 \cdot 1 + 2 \cdot 2 + 3 \cdot 3 + 4 \cdot 4 = 30"
    wrapped = explain(np.array([[100]], "i1"), np.array([[[3]]], "i1"), at=(0, 0))
    assert wrapped.latex() == r"100 \cdot 3 = 300 \equiv 44\pmod{2^{8}}"
    assert wrapped.latex(".1f") == r"100.0 \cdot 3.0 = 300 \equiv 44.0\pmod{2^{8}}"
    assert wrapped._repr_latex_() == rf"$\displaystyle {wrapped.latex()}$"
    large = explain(np.array([[1e10]]), np.array([[[1e90]]]), at=(0, 0))
    assert large.latex() == r"1 \times 10^{10} \cdot 1 \times 10^{90} = 1 \times 10^{100}"
    small = explain(np.array([[1e-5, np.inf]]), np.array([[[1e20, np.nan]]]), at=(0, 0))
    assert small.latex() == (
        r"1 \times 10^{-5} \cdot 1 \times 10^{20} + \infty \cdot \mathrm{nan} = \mathrm{nan}"
    )


def test_unbatched_input_is_indexed_without_a_batch() -> None:
    one = explain(TINY, TINY[None], at=(0, 0, 0))
    batch = explain(np.stack([TINY, 10 * TINY]), TINY[None], at=(1, 0, 0, 0))
    assert [term.input for term in one.terms][-1] == (0, 1, 1)
    assert [term.input for term in batch.terms][-1] == (1, 0, 1, 1)
    assert batch.at == (1, 0, 0, 0)
    assert batch.total == 10 * one.total


def test_numpy_integers_name_a_cell_too() -> None:
    told = explain(TINY, TINY[None], at=tuple(np.argwhere(np.ones((1, 1, 1)))[0]))
    assert told.at == (0, 0, 0)
    assert all(type(i) is int for i in told.at)


def test_what_the_package_hands_out_as_data_stays_as_it_is() -> None:
    names = [each.name for each in pkgutil.walk_packages(convref.__path__, "convref.")]
    modules = map(importlib.import_module, names)
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each)
    }
    assert len(found) >= 5
    for each in found:
        one = object.__new__(each)
        with pytest.raises(FrozenInstanceError):
            setattr(one, fields(each)[0].name, None)


def test_a_sum_of_48_characters_is_the_longest_on_one_line() -> None:
    for left, lengths in [(10**12 - 1, [48]), (10**12, [23, 11, 15])]:
        explanation = explain(
            np.array([[[left, 1], [1, 1]]]), np.ones((1, 1, 2, 2), int), at=(0, 0, 0)
        )
        assert list(map(len, str(explanation).splitlines())) == lengths
