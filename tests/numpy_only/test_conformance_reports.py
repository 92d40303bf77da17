"""What `check` says of cheats, crashes, floats, and of what is in no catalogue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convref
from convref.conformance import OPS, check, suite
from convref.conformance.floats import NUMBERS, agree, bound, terms

HERE = "tests.numpy_only.wrong"


def conv(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    return convref.conv2d(input, weight, bias, **options)


def transposed(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    return convref.conv_transpose2d(input, weight, bias, **options)


def problems(report: Any) -> set[str]:
    return {each.problem for each in report.tried}


# Cheats -------------------------------------------------------------------------------------------


def test_zeros_nan_and_the_input_are_named() -> None:
    def zeros(*given: Any, **options: Any) -> Any:
        return np.zeros_like(conv(*given, **options))

    def nan(*given: Any, **options: Any) -> Any:
        return np.full_like(conv(*given, **options), np.nan)

    def same(input: Any, *given: Any, **options: Any) -> Any:
        return input

    for cheat, name in ((zeros, "zeros"), (nan, "nan"), (same, "input-returned")):
        report = check(cheat)
        assert [mistake.name for mistake in report.mistakes] == [name]
        assert "gives what came" in str(report)


def test_the_result_of_the_case_before_is_found() -> None:
    last = [np.zeros((1, 1, 1, 1), np.float32)]

    def stale(*given: Any, **options: Any) -> Any:
        last.append(conv(*given, **options))
        return last[-2]

    report = check(stale)
    assert [each.problem for each in report.tried][1:] == [
        "gave the result of the case before it"
    ] * (len(report.tried) - 1)


def test_what_depends_on_earlier_calls_is_found() -> None:
    calls = []

    def moody(*given: Any, **options: Any) -> Any:
        calls.append(options)
        return conv(*given, **options) + (len(calls) > 19)

    report = check(moody)
    assert not report
    assert [each.problem for each in report.tried[:3]] == [
        "gave another result when it was called again, after other calls"
    ] * 3
    assert "The numbers are right in every case; something else is not." in str(report)


@pytest.mark.parametrize(("number", "name"), [(0, "input"), (1, "weight"), (2, "bias")])
def test_arrays_that_are_overwritten_are_found(number: int, name: str) -> None:
    def rude(*given: Any, **options: Any) -> Any:
        out = conv(*given, **options)
        if given[number] is not None:
            given[number][...] = 0
        return out

    report = check(rude, level="smoke")
    assert problems(report) == {f"overwrote its {name}"}
    assert not report.mistakes and "The numbers are right" in str(report)


def test_shape_and_dtype_are_findings_of_their_own() -> None:
    def wide(*given: Any, **options: Any) -> Any:
        return conv(*given, **options).astype(np.float64)

    report = check(wide, level="smoke")
    assert problems(report) == {"gave dtype float64, where the input has float32"}

    def flat(*given: Any, **options: Any) -> Any:
        return conv(*given, **options).ravel()

    report = check(flat, level="smoke")
    assert "gave shape (96,), where (2, 6, 4, 4) is right" in problems(report)
    assert not report.mistakes

    def text(*given: Any, **options: Any) -> Any:
        return "done"

    report = check(text, level="smoke")
    assert problems(report) == {"gave an array of <U4, not of numbers"}
    assert "Nothing came back that could be compared." in str(report)

    def empty(*given: Any, **options: Any) -> Any:
        return conv(*given, **options)[:, :, :0]

    assert not check(empty, level="smoke").mistakes


def test_what_is_raised_is_told_and_the_others_are_named() -> None:
    def shy(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        if options["groups"] > 1:
            raise NotImplementedError("no\ngroups" + "!" * 1000)
        return conv(input, weight[:, :, ::-1, ::-1], bias, **options)

    report = check(shy)
    assert [mistake.name for mistake in report.mistakes] == ["kernel-flipped"]
    assert "every case that came back" in str(report)
    (told,) = problems(report) - {""}
    assert told.startswith("raised NotImplementedError: no groups!!!") and len(told) < 310


# Another signature --------------------------------------------------------------------------------


def test_an_adapter_and_an_array() -> None:
    class Mine:
        def __init__(self, array: Any) -> None:
            self.array = array

        def detach(self) -> Any:
            return self.array

    def channels_last(input: Any, weight: Any) -> Any:
        return Mine(conv(input.array, weight.array, None).transpose(0, 2, 3, 1))

    def adapter(function: Any, arrays: Any, options: Any) -> Any:
        return Mine(function(*arrays[:2]).array.transpose(0, 3, 1, 2))

    plain = ["stride", "padding", "dilation", "groups", "bias"]
    report = check(channels_last, without=plain, adapter=adapter, array=Mine)
    assert report and "not asked for: stride, padding, dilation, groups, bias" in str(report)


def test_arrays_of_others_come_by_dlpack() -> None:
    class Other:
        def __init__(self, array: Any) -> None:
            self.array = array

        def __dlpack__(self, **options: Any) -> Any:
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self) -> Any:
            return self.array.__dlpack_device__()

    assert check(lambda *given, **options: Other(conv(*given, **options)), level="smoke")


def test_words_are_checked() -> None:
    for wrong in ({"op": "conv4d"}, {"without": ["speed"]}, {"level": "high"}):
        with pytest.raises(ValueError, match="must be one of"):
            check(conv, **wrong)  # type: ignore[arg-type]
    for wrong in ({"adapter": print}, {"array": np.array}, {}):
        with pytest.raises(ValueError, match="seconds is for a function named"):
            check(f"{HERE}:unbiased" if wrong else conv, seconds=1, **wrong)  # type: ignore[arg-type]


# Floats -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", OPS)
def test_convref_is_right_in_floats(op: str) -> None:
    sides = ["sides"] if "transpose" in op else []
    report = check(getattr(convref, op), op, without=sides, level="floats")
    assert report, str(report)


def test_what_is_not_supported_is_not_asked_for() -> None:
    kinds = {case.input.dtype for case in suite.floats("conv2d", ["float64", "float16", "groups"])}
    assert kinds == {np.dtype("float32")}


@pytest.mark.parametrize("op", ["conv2d", "conv_transpose1d"])
@pytest.mark.parametrize("name", NUMBERS)
def test_formats_are_named(name: str, op: str) -> None:
    """Rounded one by one, with Python's own arithmetic on the bits."""
    function = getattr(convref, op)

    def rounding(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        kind = input.dtype
        if name.endswith("-inputs"):
            one, two = (by_bits(a, name.removesuffix("-inputs")) for a in (input, weight))
            return function(one, two, bias, **options)
        out = function(input, weight, bias, **options)
        return by_bits(out, name.removesuffix("-sums")).astype(kind)

    report = check(rounding, op, without=["sides"], level="floats")
    assert [mistake.name for mistake in report.mistakes] == [name]


def by_bits(array: Any, name: str) -> Any:
    if name in ("float16", "float32"):
        with np.errstate(over="ignore"):
            return array.astype(name).astype(array.dtype)
    drop = {"bfloat16": 16, "tf32": 13, "tf32-cut-off": 13}[name]
    bits = array.astype(np.float32).view(np.uint32).astype(np.uint64)
    if name != "tf32-cut-off":
        bits += (1 << (drop - 1)) - 1 + (bits >> drop & 1)
    whole = (bits >> drop << drop).astype(np.uint32).view(np.float32)
    return np.where(np.isfinite(array), whole, array).astype(array.dtype)


def test_sums_in_any_order_stay_within_the_bound_and_a_wrong_one_does_not() -> None:
    for case in suite.floats("conv2d"):
        if not case.floats or case.name.startswith("inf"):
            continue
        kind = case.input.dtype
        right = suite.answer(case)
        order = np.random.default_rng(5).permutation(case.input.shape[1])
        if case.groups == 1:
            parts = [
                suite.answer(case.but(input=case.input[:, [c]], weight=case.weight[:, [c]]))
                for c in order
            ]
            total = np.zeros_like(right)
            for part in parts:
                total = (total + part).astype(kind)
            assert agree(case, total, right)
        assert terms(case) == case.weight[0].size
        off = right.copy()
        off[0, 0, 0, 0] += 3 * bound(case)[0, 0, 0, 0] + np.spacing(off[0, 0, 0, 0])
        assert not agree(case, off, right)


def test_inf_and_nan_must_stand_in_the_same_cells() -> None:
    def spreading(*given: Any, **options: Any) -> Any:
        out = conv(*given, **options)
        return out if np.isfinite(out).all() else np.full_like(out, np.nan)

    report = check(spreading, level="floats")
    wrong = [each.case.name for each in report.tried if not each.good]
    assert wrong == [f"inf and nan in {kind}" for kind in ("float32", "float64", "float16")]
    assert "Every cell is inf or nan that has to be" not in str(report)


# What is in no catalogue --------------------------------------------------------------------------


def pattern(change: Any, **options: Any) -> tuple[str, ...]:
    """What is said of a function that changes right results in a way of its own."""

    def function(input: Any, weight: Any, bias: Any, **given: Any) -> Any:
        return change(conv(input, weight, bias, **given), input, given)

    report = check(function, **options)
    assert not report and not report.mistakes, str(report)
    return report.patterns


def pushed(out: Any, cells: Any) -> Any:
    """Other numbers in some cells, none of them off by what another is."""
    out = out.copy()
    out[cells] += 1 + np.arange(out[cells].size).reshape(out[cells].shape) % 7
    return out


def test_only_borders() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        edge = np.zeros(out.shape, bool)
        edge[..., 0] = edge[..., -1] = True
        return pushed(out, edge)

    assert "Only cells at the edge are wrong." in pattern(change, without=["padding"])


def test_only_cells_at_padding() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        if not any(np.ravel(given["padding"])):
            return out
        return pushed(out, (..., 0, slice(None)))

    said = pattern(change, without=["stride", "dilation", "sides"])
    assert "Only cells whose window reaches into the padding are wrong." in said
    assert "Wrong are the cases with padding, and only these." in said


def test_only_odd_sizes() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        return pushed(out, ...) if input.shape[-1] % 2 else out

    (said,) = [each for each in pattern(change) if "odd" in each]
    assert said == (
        "Wrong are the cases whose input has an odd size along its last spatial axis, "
        "and only these."
    )


def test_only_the_second_group() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        return (
            out
            if given["groups"] == 1
            else pushed(out, np.s_[:, out.shape[1] // given["groups"] :])
        )

    said = pattern(change)
    assert "The first group is right, the others are not." in said
    assert "Wrong are the cases with several groups, and only these." in said


def test_only_some_cases_with_an_option() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        return pushed(out, ...) if max(given["stride"]) > 3 else out

    assert "All wrong cases have a stride above 1." in pattern(change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda out: out + 5, "Every cell is off by the same number."),
        (
            lambda out: out + np.arange(3, 3 + out.shape[1])[:, None, None] ** 2,
            "Every cell of an output channel is off by the same number: look at the bias.",
        ),
        (lambda out: out * 3, "Every cell is off by the same factor."),
        (lambda out: np.swapaxes(out, -1, -2), "The last two axes of every result are exchanged."),
        (lambda out: out[..., ::-1, ::-1], "The result is mirrored."),
        (lambda out: np.roll(out, 1, -1), "The right numbers stand in the wrong places."),
        (
            lambda out: out + 0.001,
            "The numbers are right to a hundredth of the largest: look at the precision.",
        ),
        (
            lambda out: out + np.float32(0.01) * np.sin(np.arange(out.size)).reshape(out.shape),
            "Rounded to whole numbers, every result is right: a fast algorithm, or lower "
            "precision.",
        ),
    ],
)  # fmt: skip
def test_what_all_cells_have_in_common(change: Any, says: str) -> None:
    said = pattern(lambda out, input, given: change(out).astype(np.float32), level="smoke")
    assert says in said


def test_the_first_of_the_batch_and_of_the_channels() -> None:
    def images(out: Any, input: Any, given: Any) -> Any:
        return pushed(out, np.s_[1:])

    assert "The first of the batch is right, the others are not." in pattern(images)

    def channels(out: Any, input: Any, given: Any) -> Any:
        return pushed(out, np.s_[:, 1:])

    assert "The first output channel is right, the others are not." in pattern(channels)


def test_always_the_same_shape() -> None:
    def change(out: Any, input: Any, given: Any) -> Any:
        return np.zeros((1, 2, 3, 4), np.float32)

    assert "Every result has the same shape." in pattern(change)


# Reports ------------------------------------------------------------------------------------------


def test_the_report_in_words() -> None:
    def flipped(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return conv(input, weight[:, :, ::-1, ::-1], bias, **options)

    assert str(check(flipped, level="smoke", without=["sides"])) == WORDS


WORDS = ""
