"""What `check` says of cheats, crashes, floats, and of what is in no catalogue."""

from __future__ import annotations

import io
import json
import pickle
import sys
from typing import Any

import numpy as np
import pytest

import convref
from convref import __main__ as command
from convref.conformance import OPS, check, suite
from convref.conformance.calling import loaded, serve
from convref.conformance.diagnosis import Tried
from convref.conformance.floats import NUMBERS, agree, bound, terms
from convref.conformance.report import beside, shown, written
from tests.numpy_only.hosts import Columns, with_mistake

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
    assert problems(report) == {"gave dtype float64, where float32 is right"}

    def flat(*given: Any, **options: Any) -> Any:
        return conv(*given, **options).ravel()

    report = check(flat, level="smoke")
    assert "gave shape (108,), where (2, 6, 3, 3) is right" in problems(report)
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
    wrong: Any
    for wrong in ({"op": "conv4d"}, {"without": ["speed"]}, {"level": "high"}):
        with pytest.raises(ValueError, match="must be one of"):
            check(conv, **wrong)
    for wrong in ({"adapter": print}, {"array": np.array}, {}):
        with pytest.raises(ValueError, match="seconds is for a function named"):
            check(f"{HERE}:unbiased" if wrong else conv, seconds=1, **wrong)


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


def flipped(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    axes = tuple(range(2, weight.ndim))
    function = getattr(convref, f"conv{len(axes)}d")
    return function(input, np.flip(weight, axes), bias, **options)


def test_the_report_in_words() -> None:
    report = check(flipped, "conv1d", without=["sides", "bias"], level="smoke")
    assert str(report) == WORDS
    report = check(flipped, without=["stride", "dilation", "padding", "groups", "bias"])
    assert str(report).count("\n") < 40


WORDS = """\
conv1d: 0 of 3 cases are right
not asked for: sides, bias

mistake: kernel-flipped
  The kernel is flipped along all of its spatial axes.
  With it, every case gives what came.

smallest wrong case: plain
  input (1, 3, 5), weight (4, 3, 3)
  stride=(1,), padding=(0,), dilation=(1,), groups=1
  at [0, 0, 0]: 91 came, -19 is right
  right:   (-5)·3 + (-5)·5 + (-2)·(-7)
         + 3·3 + (-7)·(-7) + 8·1
         + (-1)·(-1) + (-4)·(-3) + 9·(-8)
         = -19
  came:    (-5)·(-7) + (-5)·5 + (-2)·3
         + 3·1 + (-7)·(-7) + 8·3
         + (-1)·(-8) + (-4)·(-3) + 9·(-1)
         = 91
  right (image 0, channel 0), and what came, wrong cells with a star:
     -19  -151    26   |   91*  -67*    1*

wrong: everything, other way round, plain"""


def test_the_report_of_a_transposed_one_writes_sums_too() -> None:
    def turned(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return transposed(input, weight[:, :, ::-1, ::-1], bias, **options)

    text = str(check(turned, "conv_transpose2d", without=["sides", "bias"], level="smoke"))
    assert "  right: (-4)·7 + (-8)·(-1) + 6·7 = 22\n" in text
    assert "  came:  (-4)·3 + (-8)·(-6) + 6·(-8) = -12\n" in text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"fill": 1}, "1·8 + 1·(-2) + 1·1"),
        ({"mode": "replicate"}, "[-4]·8 + [8]·(-2) + [3]·1"),
        ({"more": ((-2, 2), (-1, 1))}, "(-8)·8 + (-1)·(-2) + 8·1"),
    ],
)
def test_sums_of_changed_calls(change: Any, line: str) -> None:
    case = suite.smoke("conv2d")[1].but(**change)
    at = (0, 0, 0, 0)
    text = written(case, at, suite.answer(case)[at])
    assert line in text and text.endswith(f"= {suite.answer(case)[at]:g}")
    assert written(case, at, 1000) == ""
    assert written(case, (0, 0, 99, 0), 1000) == ""


def test_what_is_long_is_left_out() -> None:
    (case,) = [each for each in suite.floats("conv2d") if each.name == "long sums in float32"]
    at = (0, 0, 0, 0)
    assert written(case, at, suite.answer(case)[at]) == ""
    right = suite.answer(case)
    wide = Tried(case, np.tile(right, 40), np.tile(right + 1, 40))
    assert list(beside(wide, at)) == []
    assert shown(np.float32(1e30)) == "1e+30" and shown(np.float32(0)) == "0"


def test_the_report_as_data() -> None:
    report = check(flipped, "conv1d", without=["sides"], level="smoke")
    assert json.loads(json.dumps(report.data())) == {
        "op": "conv1d",
        "without": ["sides"],
        "right": False,
        "mistakes": [
            {
                "name": "kernel-flipped",
                "says": "The kernel is flipped along all of its spatial axes.",
            }
        ],
        "patterns": [],
        "cases": [
            {"name": name, "right": False, "problem": ""}
            for name in ("everything", "other way round", "plain")
        ],
    }


def test_the_report_as_a_page() -> None:
    page = check(flipped, "conv1d", level="smoke").html()
    assert page.startswith("<!doctype html>") and "<title>conv1d: 0 of 3 cases are right" in page
    assert page.count("<td class=wrong>") == 3 and "src=" not in page and "href=" not in page
    page = check(conv, level="smoke", without=["sides"]).html()
    assert "<p>not asked for: sides</p>" in page and "<pre>" not in page

    def breaking(*given: Any, **options: Any) -> Any:
        raise ValueError("<script>")

    page = check(breaking, level="smoke").html()
    assert "<script>" not in page and "&lt;script&gt;" in page and "class=wrong" not in page


def test_several_mistakes_that_give_the_same_are_all_told() -> None:
    def bare(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return conv(input, weight, None if bias is None else -bias, **options)

    few = ["batch", "stride", "padding", "sides", "dilation", "groups"]

    def double(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return conv(input, weight, None if bias is None else 2 * bias, **options)

    assert [m.name for m in check(bare, without=few).mistakes] == ["bias-subtracted"]
    assert [m.name for m in check(double, without=few).mistakes] == ["bias-twice"]

    def rows(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        out = conv(input, weight, bias, **options)
        out[:, :, -1:] = 0
        return out

    text = str(check(rows, "conv2d", without=few, adapter=one_row))
    assert "mistake: last-row-missing" in text


def test_what_three_cases_leave_open_is_told() -> None:
    """In one dimension they hold few strides and pads: the full level tells these apart."""
    host = with_mistake(Columns, "padding-all-behind", rank=1)
    report = check(host, "conv1d", level="smoke")
    assert len(report.mistakes) > 1
    assert f"  The same holds for {report.mistakes[1].name}: " in str(report)
    assert [m.name for m in check(host, "conv1d").mistakes] == ["padding-all-behind"]


def test_what_is_in_no_catalogue_says_so() -> None:
    text = str(check(lambda *given, **options: conv(*given, **options) + 5, level="smoke"))
    assert "No mistake of the catalogue gives what came, nor do two of them.\n" in text
    assert "  Every cell is off by the same number.\n" in text and "came:" not in text


def one_row(function: Any, arrays: Any, options: Any) -> Any:
    return function(*arrays, **options)


# A process of its own -----------------------------------------------------------------------------


def test_a_crash_is_told_with_its_case() -> None:
    report = check(f"{HERE}:crashing", seconds=60, without=["sides"])
    wrong = {each.case.name: each.problem for each in report.tried if each.problem}
    assert set(wrong) == {"everything", "other way round", "groups", "depthwise"}
    assert set(wrong.values()) == {"ended its process, with exit code 7"}


def test_a_segfault_is_told() -> None:
    report = check(f"{HERE}:segfault", seconds=60, level="smoke")
    assert all("ended its process, with exit code" in each.problem for each in report.tried)


def test_what_hangs_is_told_with_its_case() -> None:
    report = check(f"{HERE}:hanging", seconds=2, without=["sides"])
    wrong = {each.case.name: each.problem for each in report.tried if each.problem}
    assert wrong == {"dilation": "did not come back within 2 seconds"}


def test_what_cannot_be_loaded_is_refused() -> None:
    for name, words in (
        ("no_such_module:f", "No module named"),
        (f"{HERE}:no_such_function", "has no attribute"),
        (f"{HERE}:__all__", "it cannot be called"),
        ("nothing", "MODULE:FUNCTION"),
    ):
        for seconds in (None, 60.0):
            with pytest.raises(ValueError, match=words):
                check(name, seconds=seconds)
    with pytest.raises(ValueError, match="ended while it was loaded, with exit code 3"):
        check("tests.numpy_only.exiting:f", seconds=60)


def test_functions_are_found_by_name_in_this_process_too() -> None:
    assert check(f"{HERE}:printing", level="smoke", array=f"{HERE}:listed")
    assert loaded("numpy:linalg.norm") is np.linalg.norm


def test_the_other_side(monkeypatch: pytest.MonkeyPatch) -> None:
    case = suite.smoke("conv2d")[0]
    answers = io.BytesIO()
    serve([f"{HERE}:unbiased", "None"], io.BytesIO(pickle.dumps(case)), answers)
    answers.seek(0)
    assert pickle.load(answers) == ""
    got, problem = pickle.load(answers)
    assert got.shape == suite.answer(case).shape and problem == ""
    answers = io.BytesIO()
    serve(["nothing:f", "None"], io.BytesIO(), answers)
    assert isinstance(pickle.loads(answers.getvalue()), ValueError)


# The command --------------------------------------------------------------------------------------


def test_the_command_ends_with_0_1_or_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    command.main(["check", f"{HERE}:printing", "--level", "smoke", "--array", f"{HERE}:listed"])
    assert capsys.readouterr().out == "conv2d: 3 of 3 cases are right\n"
    page = tmp_path / "report.html"
    wrong = ["check", f"{HERE}:unbiased", "--without", "sides,batch", "--html", str(page)]
    with pytest.raises(SystemExit) as ended:
        command.main([*wrong, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1 and told["without"] == ["sides", "batch"]
    assert [each["name"] for each in told["mistakes"]] == ["bias-ignored"]
    assert "bias-ignored" in page.read_text("utf-8")
    for bad in (["check", f"{HERE}:nothing"], ["check", f"{HERE}:unbiased", "--without", "bugs"]):
        with pytest.raises(SystemExit) as ended:
            command.main(bad)
        assert ended.value.code == 2
        assert capsys.readouterr().err.startswith("convref check: ")


def test_progress_is_shown_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    command.main(["check", f"{HERE}:printing", "--level", "smoke"])
    err = capsys.readouterr().err
    assert "\r1 of 3 cases\r2 of 3 cases\r\033[K" in err
