"""`check_int8`: roundings by their published rules, and every mistake named, rightly and alone."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest

from convref.conformance import (
    ALIASES,
    INT8_MISTAKES,
    INT8_USES,
    MISTAKES,
    OPS,
    ROUNDINGS,
    check_int8,
    fixed_point,
)
from convref.conformance.quantised import Quantised, accumulators, output, quantised_cases
from convref.conformance.quantised_mistakes import IN_SUMS, OTHERS
from convref.conformance.rounding import Scale, scale
from tests.numpy_only import int8_host
from tests.numpy_only.hosts import Columns, with_mistake
from tests.numpy_only.int8_host import RULES, Around, Int8

DTYPES = pytest.mark.parametrize("dtype", ["int8", "uint8"])
CONV = [name for name in OTHERS if "conv" in MISTAKES[name].kinds]


def names(report: Any) -> list[tuple[str, ...]]:
    """The mistakes of each explanation."""
    return [tuple(mistake.name for mistake in each.mistakes) for each in report.explanations]


# Roundings ----------------------------------------------------------------------------------------


def awkward(chance: np.random.Generator) -> tuple[Any, Any, Any]:
    """Accumulators, multipliers and shifts: at the limits, at halves and next to them, and any."""
    shift = chance.integers(-24, 1, 400)
    multiplier = chance.integers(1 << 30, 1 << 31, 400)
    multiplier[::3] = 1 << 30
    multiplier[1::7] = (1 << 31) - 1
    reach = np.minimum(2**31 - 1, np.ldexp(1.0, 8 - shift)).astype(np.int64)
    sums = chance.integers(-reach, reach)
    halves = (sums >> -shift << -shift) + (1 << -shift) + chance.integers(-1, 2, 400)
    sums[::2] = halves[::2].clip(-(2**31), 2**31 - 1)
    sums[:8] = [0, 1, -1, 2, -2, 3, 2**31 - 1, -(2**31)]
    return sums, multiplier, shift


@pytest.mark.parametrize("name", ROUNDINGS)
def test_a_rounding_is_its_published_rule(name: str) -> None:
    for seed in range(5):
        sums, multiplier, shift = awkward(np.random.default_rng(seed))
        single = np.ldexp(multiplier.astype(float), shift - 31).astype(np.float32)
        for zero in (0, 3, -5):
            got = ROUNDINGS[name](sums, Scale(single, multiplier, shift, zero))
            assert got.dtype == np.int64
            rows = zip(sums, single, multiplier, shift, got, strict=True)
            for x, s, m, e, rounded in rows:
                assert rounded == RULES[name](int(x), s, int(m), int(e), zero), (x, s, m, e, zero)


def test_what_goes_by_several_names_is_one_rule() -> None:
    assert set(ALIASES.values()) <= set(ROUNDINGS)
    assert not set(ALIASES) & set(ROUNDINGS)
    for seed in range(20):
        for x, m, e in zip(*awkward(np.random.default_rng(100 + seed)), strict=True):
            x, m, e = int(x), int(m), int(e)
            twice = int8_host.tflite_double(x, m, e)
            once = int8_host.tflite_single(x, m, e)
            assert int8_host.tosa(x, m, e, double_round=True) == twice
            assert int8_host.tosa(x, m, e, double_round=False) == once
            assert int8_host.cmsis(x, m, e) == twice


def test_a_scale_above_one_shifts_to_the_left() -> None:
    sums, multiplier = np.array([5, -5, 7]), np.array([3 << 29] * 3)
    large = Scale(np.array([3] * 3, np.float32), multiplier, np.array([2] * 3))
    for name, rule in ROUNDINGS.items():
        assert rule(sums, large).tolist() == [15, -15, 21], name


def test_fixed_point() -> None:
    reals = np.array([0.3, 0.5, 1, 1e-6, 1 - 2.0**-40, 123.456])
    multiplier, shift = fixed_point(reals)
    assert multiplier.dtype == shift.dtype == np.int32
    assert ((multiplier >= 1 << 30) & (multiplier > 0)).all()
    back = np.ldexp(multiplier.astype(float), shift - 31)
    np.testing.assert_allclose(back, reals, rtol=2**-31)
    assert (multiplier[4], shift[4]) == (1 << 30, 1)  # rounded up to one
    assert fixed_point(np.array([0.5 + 2.0**-32]))[0] == (1 << 30) + 1  # a half goes up


def test_both_forms_of_a_scale() -> None:
    weight = np.array([0.3, 0.7], np.float32)
    made = scale(0.1, weight, 0.9, 4)
    single = np.float32(0.1) * weight / np.float32(0.9)
    np.testing.assert_array_equal(made.single, single)
    double = 0.1 * weight.astype(float) / 0.9
    np.testing.assert_array_equal(made.multiplier, fixed_point(double)[0])
    np.testing.assert_array_equal(made.shift, fixed_point(double)[1])
    assert made.zero == 4
    assert made.by_channel(3).single.shape == (2, 1, 1, 1)


# The calls ----------------------------------------------------------------------------------------


@DTYPES
@pytest.mark.parametrize("op", OPS)
def test_no_two_roundings_agree_in_the_smoke_cases(op: str, dtype: str) -> None:
    for missing in ((), ("per_channel",)):
        results = {
            name: [output(case, rule) for case in quantised_cases(op, dtype, missing, "smoke")]
            for name, rule in ROUNDINGS.items()
        }
        for one, other in combinations(ROUNDINGS, 2):
            pairs = zip(results[one], results[other], strict=True)
            assert not all(np.array_equal(a, b) for a, b in pairs), (one, other)


@DTYPES
@pytest.mark.parametrize("op", OPS)
def test_accumulators_fit_in_32_bits_and_some_results_not_in_8(op: str, dtype: str) -> None:
    cases = quantised_cases(op, dtype)
    clipped = 0
    for case in cases:
        assert case.input.dtype == dtype
        assert case.weight.dtype == np.int8
        assert case.scale.multiplier.max() < 2**31
        assert abs(accumulators(case)).max() < 2**31
        result = output(case, ROUNDINGS["onnx"])
        assert result.dtype == dtype
        clipped += int(np.isin(result, case.limits()).sum())
    assert clipped > 20
    assert max(abs(accumulators(case)).max() for case in cases[:3]) > 2**15


@pytest.mark.parametrize("missing", INT8_USES)
def test_what_is_declared_missing_is_not_asked_for(missing: str) -> None:
    assert any(missing in case.uses for case in quantised_cases("conv_transpose2d"))
    for op in ("conv2d", "conv_transpose2d"):
        cases = quantised_cases(op, missing=[missing])
        assert len(cases) >= 10
        for case in cases:
            assert missing not in case.uses
            assert accumulators(case).shape[2:] == case.sizes()


def test_a_call_brings_all_it_needs_and_keeps_its_own() -> None:
    case = quantised_cases("conv2d")[0]
    arrays, options = case.arguments()
    assert set(options) == {
        *("stride", "padding", "dilation", "groups", "multiplier", "shift"),
        *("input_zero_point", "weight_zero_point", "output_zero_point"),
        *("input_scale", "weight_scale", "output_scale"),
    }
    assert options["multiplier"].dtype == options["shift"].dtype == np.int32
    options["weight_scale"][:] = 0
    options["weight_zero_point"][:] = 0
    arrays[0][:] = 0  # type: ignore[index]
    assert case.weight_scale.all() and case.weight_zero_point.all() and case.input.any()


def test_zero_points_of_transposed_weights_go_by_output_channel() -> None:
    case = next(case for case in quantised_cases("conv_transpose1d") if case.groups > 1)
    x = case.input.astype(int) - case.input_zero_point
    w = case.weight.astype(int)
    each = w.shape[1]
    channels = len(w) // case.groups
    whole = np.zeros((len(x), case.outputs, (x.shape[2] - 1) * case.stride[0] + 40), int)
    for n, c, i, o, t in np.ndindex(len(x), x.shape[1], x.shape[2], each, w.shape[2]):
        out = c // channels * each + o
        value = w[c, o, t] - int(case.weight_zero_point[out])
        whole[n, out, i * case.stride[0] + t * case.dilation[0]] += x[n, c, i] * value
    start = case.padding[0][0]
    right = whole[:, :, start : start + case.sizes()[0]] + case.bias.reshape(-1, 1)  # type: ignore[union-attr]
    np.testing.assert_array_equal(accumulators(case), right)


# What is right, and what is wrong -----------------------------------------------------------------


@DTYPES
@pytest.mark.parametrize("rule", ROUNDINGS)
def test_a_right_host_passes_and_its_rounding_is_named(rule: str, dtype: str) -> None:
    report = check_int8(Int8(rule), dtype=dtype, level="smoke")
    assert report, str(report)
    assert report.roundings == (rule,)
    assert check_int8(Int8(rule), rounding=rule, dtype=dtype, level="smoke")


@pytest.mark.parametrize("name", ALIASES)
def test_a_rounding_can_be_asked_for_by_its_other_names(name: str) -> None:
    report = check_int8(Int8(ALIASES[name]), rounding=name, level="smoke")
    assert report.right and report.asked == name
    assert "rounding right" in str(report)


def test_every_level_and_dimension() -> None:
    assert len(check_int8(Int8("onnx"), rounding="onnx").tried) > 15
    for op in ("conv1d", "conv3d"):
        report = check_int8(Int8("tflite-double"), op, rounding="tosa-double", level="smoke")
        assert report, str(report)
        assert report.op == op


@pytest.mark.parametrize("rule", ROUNDINGS)
def test_accumulators_right_rounding_differs(rule: str) -> None:
    asked = "half-away" if rule != "half-away" else "half-even"
    report = check_int8(Int8(rule), rounding=asked, level="smoke")
    assert not report
    assert report.roundings == (rule,)
    assert names(report) == [()]
    said = f"accumulators right, rounding differs: {rule}, where {asked} is asked for\n"
    assert said in str(report)
    assert f"  {rule}: {ROUNDINGS[rule].says}" in str(report)


@DTYPES
@pytest.mark.parametrize("name", INT8_MISTAKES)
def test_a_mistake_is_named_alone(name: str, dtype: str) -> None:
    report = check_int8(
        int8_host.named(name)("tflite-double"), rounding="gemmlowp", dtype=dtype, level="smoke"
    )
    assert names(report) == [(name,)]
    assert report.roundings == ("tflite-double",)
    explained = report.explanations[0]
    assert (explained.in_sums is None) == (INT8_MISTAKES[name].sums is None)
    assert INT8_MISTAKES[name].says in str(report)


@pytest.mark.parametrize("name", CONV)
def test_a_mistake_of_any_convolution_is_named_alone(name: str) -> None:
    report = check_int8(Around("onnx", with_mistake(Columns, name)), rounding="onnx", level="smoke")
    assert names(report) == [(name,)]


@pytest.mark.parametrize("name", [each.name for each in IN_SUMS if each.name in INT8_MISTAKES])
def test_accumulators_alone(name: str) -> None:
    host = int8_host.named(name)("onnx")
    host.accumulators = True
    report = check_int8(host, stage="accumulators", level="smoke")
    assert names(report) == [(name,)]
    assert not report.roundings
    assert str(report).split("\n")[1:3] == ["", "accumulators wrong"]


def test_right_accumulators() -> None:
    host = Int8("onnx")
    host.accumulators = True
    report = check_int8(host, stage="accumulators")
    assert report.right and not report.explanations
    assert str(report) == f"conv2d in 8 bits, accumulators: {len(report.tried)} of " + (
        f"{len(report.tried)} cases are right"
    )


# What the report says -----------------------------------------------------------------------------


class Twice(int8_host.PaddingOfZeros, int8_host.ClampMissing):
    """Wrong in the sums and after them."""


def test_two_mistakes_and_another_rounding_are_told_apart() -> None:
    report = check_int8(Twice("half-away"), rounding="tosa-double", level="smoke")
    assert names(report) == [("padding-of-zeros", "clamp-missing")]
    assert report.roundings == ("half-away",)
    first = (
        "accumulators wrong, wrong after them, rounding differs: half-away, "
        "where tosa-double is asked for"
    )
    assert str(report).split("\n")[2:7] == [
        first,
        "  mistake: padding-of-zeros",
        "    " + INT8_MISTAKES["padding-of-zeros"].says,
        "  mistake: clamp-missing",
        "    " + INT8_MISTAKES["clamp-missing"].says,
    ]
    assert names(check_int8(Twice("onnx"), rounding="onnx", level="smoke")) == names(report)
    assert names(check_int8(Twice("onnx"), level="smoke")) == names(report)


def test_a_mistake_and_a_rounding_where_one_is_asked_for() -> None:
    host = int8_host.named("bias-int16")("half-away")
    report = check_int8(host, rounding="onnx", level="smoke")
    assert names(report) == [("bias-int16",)]
    assert report.roundings == ("half-away", "float32-half-away")


def test_the_smallest_wrong_case_shows_a_cell_and_its_accumulator() -> None:
    host = Int8("half-even")
    report = check_int8(host, rounding="half-away", level="smoke")
    case = next(case for case in quantised_cases("conv2d") if case.name == "halves")
    lines = str(report).split("\n")
    start = lines.index("smallest wrong case: halves")
    assert lines[start + 1] == "  input (1, 1, 24, 3), weight (16, 1, 1, 1)"
    right = output(case, ROUNDINGS["half-away"])
    came = output(case, ROUNDINGS["half-even"])
    at = tuple(map(int, np.argwhere(right != came)[0]))
    sums = int(accumulators(case)[at])
    real = sums * 2.0 ** -int([6, 1, 3, 5, 7, 2, 4, 8][at[1] % 8])
    assert real % 1 == 0.5
    assert lines[start + 2] == f"  at {list(at)}: {came[at]} came, {right[at]} is right"
    assert case.bias is not None
    x, w, b = (
        int(each) for each in (case.input[0, 0, 0, 1], case.weight[at[1], 0, 0, 0], case.bias[1])
    )
    assert at == (0, 1, 0, 1) and case.weight_zero_point.tolist() == [0]
    x -= case.input_zero_point
    assert x < 0 and w < 0 and b < 0
    assert lines[start + 3] == f"  sum: ({x})·({w}) + ({b}) = {sums}"
    scaled = f"  {sums} scaled is {real:.9g}; the zero point {case.output_zero_point} follows"
    assert scaled in lines
    assert lines[-1] == "wrong: halves"


def test_accumulators_have_no_scale_to_show() -> None:
    host = int8_host.named("weight-sign")("onnx")
    host.accumulators = True
    said = str(check_int8(host, stage="accumulators", level="smoke"))
    assert "is right" in said and "scaled" not in said


def test_what_is_raised_or_has_another_shape_is_told() -> None:
    def broken(*arrays: Any, **options: Any) -> Any:
        raise RuntimeError("no such kernel")

    report = check_int8(broken, rounding="onnx", level="smoke")
    assert not report.right and not report.explanations and not report.roundings
    assert "raised RuntimeError: no such kernel" in str(report)
    assert "No mistake that is known here gives what came, with any rounding." in str(report)
    assert not check_int8(broken, stage="accumulators", level="smoke").explanations

    def short(*arrays: Any, **options: Any) -> Any:
        return Int8("onnx")(*arrays, **options)[:, :, :-1]

    for rounding in ("onnx", None):
        report = check_int8(short, rounding=rounding, level="smoke")
        assert "gave shape" in str(report) and not report.explanations


def test_results_of_another_dtype_are_wrong() -> None:
    def wide(*arrays: Any, **options: Any) -> Any:
        return Int8("onnx")(*arrays, **options).astype(np.int32)

    report = check_int8(wide, rounding="onnx", level="smoke")
    assert not report
    assert "gave dtype int32" in str(report)


def test_what_nothing_explains_is_described() -> None:
    def off(*arrays: Any, **options: Any) -> Any:
        out = Int8("onnx")(*arrays, **options)
        return out - (out > 0) + (out < -60)

    report = check_int8(off, rounding="onnx", level="smoke")
    assert not report.explanations
    assert report.patterns[0] == "No cell is off by more than one: look at the rounding."
    assert f"  {report.patterns[0]}" in str(report)

    def far(*arrays: Any, **options: Any) -> Any:
        return Int8("onnx")(*arrays, **options) // 2

    report = check_int8(far, level="smoke")
    assert not report.explanations
    assert not any("off by more" in each for each in report.patterns)


def test_without_a_rounding_the_nearest_one_is_right() -> None:
    def nearly(*arrays: Any, **options: Any) -> Any:
        out = Int8("floor")(*arrays, **options)
        out[0, 0, 0, 0] ^= 64
        return out

    report = check_int8(nearly, level="smoke")
    assert not report
    for each in report.tried:
        case = cast(Quantised, each.case)
        np.testing.assert_array_equal(each.right, output(case, ROUNDINGS["floor"]))
        assert int((each.right != each.got).sum()) == 1


def test_what_depends_on_the_calls_before_is_wrong() -> None:
    calls = []

    def tired(*arrays: Any, **options: Any) -> Any:
        calls.append(1)
        return Int8("onnx" if len(calls) < 6 else "floor")(*arrays, **options)

    assert "when it was called again" in str(check_int8(tired, rounding="onnx", level="smoke"))


def test_several_explanations_are_all_told() -> None:
    lacks = ["padding", "groups"]  # no padding: nothing tells what stands in it
    host = int8_host.named("input-zero-point-forgotten")("onnx")
    report = check_int8(host, rounding="onnx", without=lacks, level="smoke")
    assert names(report) == [
        ("input-zero-point-forgotten",),
        ("input-zero-point-in-padding-alone",),
    ]
    assert f"not asked for: {', '.join(lacks)}" in str(report)
    for found in names(report)[1:]:
        assert f"The same would come of {' and '.join(found)}." in str(report)


def test_without_a_bias_some_roundings_look_alike() -> None:
    report = check_int8(Int8("onnx"), without=["bias"], level="smoke")
    assert report.right
    assert report.roundings == ("onnx", "half-even")
    assert "rounding is onnx or half-even" in str(report)


def test_for_programs() -> None:
    report = check_int8(Int8("floor"), rounding="onnx", without=["groups"], level="smoke")
    data = json.loads(json.dumps(report.data()))
    assert data["op"] == "conv2d" and data["stage"] == "output" and data["asked"] == "onnx"
    assert data["without"] == ["groups"] and data["right"] is False
    assert data["roundings"] == ["floor"] and data["mistakes"] == [] and data["patterns"] == []
    assert [each["name"] for each in data["cases"]][3:] == ["halves", "close to halves"]
    host = int8_host.named("clamp-missing")("onnx")
    data = check_int8(host, rounding="onnx", level="smoke").data()
    assert data["mistakes"] == [
        {"name": "clamp-missing", "says": INT8_MISTAKES["clamp-missing"].says}
    ]
    assert {each["right"] for each in data["cases"]} == {True, False}
    assert {each["problem"] for each in data["cases"]} == {""}


def test_an_adapter_and_arrays_of_another_kind() -> None:
    seen = []

    def adapter(function: Any, arrays: Any, options: Any) -> Any:
        return function(*arrays, **options)

    def array(each: Any) -> Any:
        seen.append(each.dtype.name)
        return each

    host = Int8("onnx")
    assert check_int8(host, rounding="onnx", level="smoke", adapter=adapter, array=array)
    assert set(seen) == {"int8", "int32"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("op", "conv4d"),
        ("stage", "sums"),
        ("dtype", "int16"),
        ("level", "some"),
        ("rounding", "nearest"),
        ("without", ["zero_point"]),
    ],
)
def test_other_words_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be one of "):
        check_int8(Int8("onnx"), **{name: value})


def test_the_report_as_a_page() -> None:
    page = check_int8(Int8("half-even"), rounding="half-away", level="smoke").html()
    assert "accumulators right, rounding differs: half-even, where half-away is asked for" in page
    assert "right (image" not in page
    assert page.count("<td class=wrong>") > 3


def test_a_function_by_its_name_in_a_process_of_its_own() -> None:
    report = check_int8("convref:conv2d", level="smoke", seconds=60)
    assert "raised TypeError" in report.tried[0].problem


@pytest.mark.parametrize("missing", [(), ("bias",)])
def test_a_transposed_sum_that_stops_after_every_product(missing: tuple[str, ...]) -> None:
    case = quantised_cases("conv_transpose1d", missing=missing)[0]
    (stride,), (dilation,), ((before, _),) = case.stride, case.dilation, case.padding
    x = case.input.astype(int) - case.input_zero_point
    each, channels = case.weight.shape[1], len(case.weight) // case.groups
    right = np.zeros((len(x), case.outputs, *case.sizes()), int)
    for n, out, p in np.ndindex(right.shape):
        group, o = divmod(out, each)
        total = 0
        for c, t in np.ndindex(channels, case.weight.shape[2]):
            c += group * channels
            i, rest = divmod(p + before - t * dilation, stride)
            if rest == 0 and 0 <= i < x.shape[2]:
                weight = int(case.weight[c, o, t]) - int(case.weight_zero_point[out])
                total = min(max(total + int(x[n, c, i]) * weight, -(2**15)), 2**15 - 1)
        if case.bias is not None:
            total = min(max(total + int(case.bias[out]), -(2**15)), 2**15 - 1)
        right[n, out, p] = total
    made = INT8_MISTAKES["int16-saturates-each"].sums
    assert made is not None
    np.testing.assert_array_equal(made(case), right)
    assert (right != accumulators(case)).any()


def test_a_transposed_convolution_can_have_its_own_mistakes() -> None:
    cases = quantised_cases("conv_transpose2d")

    def call(*arrays: Any, **options: Any) -> Any:
        case = next(case for case in cases if np.array_equal(case.weight, arrays[1]))
        assert np.array_equal(case.input, arrays[0])
        assert options["output_padding"] == case.output_padding
        sums = accumulators(case)
        for axis, more in enumerate(case.output_padding, 2):
            np.moveaxis(sums, axis, 0)[sums.shape[axis] - more :] = 0
        rounded = ROUNDINGS["onnx"](sums, case.scale.by_channel(2)) + case.output_zero_point
        return rounded.clip(-128, 127).astype(np.int8)

    report = check_int8(call, "conv_transpose2d", rounding="onnx")
    assert names(report) == [("output-padding-zeros",)]
