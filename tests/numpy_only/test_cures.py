"""Advice is followed to the letter, by a program: what a message says to paste is pasted.

A call that is right is spoiled as people spoil it, and what convref says is done, message after
message, each of another rule, until the call succeeds: with the values of the right call.
"""

import ast
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import permutations, product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import convref
from convref import checks, conformance, cost, figures, messages
from convref.__main__ import main
from convref.conformance import checked
from convref.figures.files import save
from convref.geometry import Axis
from convref.layouts import convert_weight, tensorflow_same
from convref.modes import COPIES
from tests.numpy_only.cases import NUMPYS, SPARE
from tests.numpy_only.test_refusals import BAD, gaps

CONV = {1: convref.conv1d, 2: convref.conv2d, 3: convref.conv3d}
TRANSPOSED = {1: convref.conv_transpose1d, 2: convref.conv_transpose2d, 3: convref.conv_transpose3d}
BACKWARD = {1: convref.conv1d_backward, 2: convref.conv2d_backward, 3: convref.conv3d_backward}
TRANSPOSED_BACKWARD = {
    1: convref.conv_transpose1d_backward,
    2: convref.conv_transpose2d_backward,
    3: convref.conv_transpose3d_backward,
}
LAYER = {1: convref.Conv1d, 2: convref.Conv2d, 3: convref.Conv3d}
UP = {1: convref.ConvTranspose1d, 2: convref.ConvTranspose2d, 3: convref.ConvTranspose3d}
NAMES = {"numpy": np, "convref": convref}


# Following -------------------------------------------------------------------------------------


def refused(call: Any) -> Any:
    """The rule that refuses a call and its message, or None and what the call returns."""
    asked = []

    class Table(dict[str, Any]):
        def __getitem__(self, rule: Any) -> Any:
            asked.append(rule)
            return super().__getitem__(rule)

    with patch.object(messages, "MESSAGES", Table(messages.MESSAGES)):
        try:
            return None, call()
        except (TypeError, ValueError, ImportError) as error:
            assert asked, f"no message of convref's: {error!r}"
            return asked[-1], str(error)


def advice(message: Any) -> Any:
    """What a message says to do: all behind its last colon."""
    return message.rpartition(": ")[2].rstrip("\n").removesuffix(".")


def found(pattern: str, text: str) -> re.Match[str]:
    """What a message must hold."""
    match = re.search(pattern, text)
    assert match, f"no {pattern} in: {text}"
    return match


def codes(text: Any, names: Any) -> Any:
    """The expressions and assignments in a sentence: (name or None, expression)."""
    found, at = [], 0
    known = "|".join(names)
    start = re.compile(rf"(?<![\w.'#/])(?:({known})=|(?:numpy|convref|{known})[.\[])")
    while match := start.search(text, at):
        begin = match.end() if match[1] else match.start()
        ends = [
            end
            for end in range(begin + 1, len(text) + 1)
            if " and " not in text[begin:end] and is_expression(text[begin:end])
        ]
        found.append((match[1], text[begin : ends[-1]]))
        at = ends[-1]
    return found


def is_expression(text: Any) -> Any:
    try:
        return isinstance(ast.parse(text, mode="eval").body, ast.expr) and text == text.strip()
    except SyntaxError:
        return False


def followed(message: Any, given: Any) -> Iterator[Any]:
    """The arguments after each of the alternatives of an advice."""
    for way in re.split(r",? or ", advice(message)):
        new = dict(given)
        for name, code in codes(way, given):
            value = eval(code, dict(NAMES), dict(given))
            if name is None:
                name = next(n for n in re.findall(r"\w+", code) if n in given)
            new[name] = value
        for name, shape in re.findall(r"(\w+) of shape (\([^)]*\))", way):
            new[name] = np.ones(ast.literal_eval(shape), given[name].dtype)
        if any(new[name] is not given[name] for name in given):
            yield new


def cured(function: Any, given: Any, rules: Any) -> Any:
    """What the call returns when the first advice of every message has been followed."""
    for _ in range(4):
        rule, answer = refused(partial(function, **given))
        if rule is None:
            return answer
        assert rule not in rules, f"{rule} again: {answer}"
        rules.append(rule)
        ways = list(followed(answer, given))
        assert ways, f"nothing to follow in: {answer}"
        given = ways[0]
    raise AssertionError(f"no end of messages: {rules}")


def same(got: Any, right: Any) -> None:
    """Equal but for axes of size 1."""
    np.testing.assert_array_equal(np.squeeze(got), np.squeeze(right))


# The oracle ------------------------------------------------------------------------------------


def by_hand(input: Any, weight: Any, bias: Any, groups: Any, transposed: Any) -> Any:
    """A convolution, or a transposed one, with stride 1 and no padding, as its definition."""
    kernel = weight.shape[2:]
    N, C, *sizes = input.shape
    if transposed:
        per, share = weight.shape[1], C // groups
        out = np.zeros((N, per * groups, *(n + k - 1 for n, k in zip(sizes, kernel, strict=True))))
        for n, c, *at in np.ndindex(*input.shape):
            where = tuple(slice(i, i + k) for i, k in zip(at, kernel, strict=True))
            for o in range(per):
                out[n, c // share * per + o, *where] += input[n, c, *at] * weight[c, o]
    else:
        share, width = len(weight) // groups, weight.shape[1]
        out = np.zeros((N, len(weight), *(n - k + 1 for n, k in zip(sizes, kernel, strict=True))))
        for n, o, *at in np.ndindex(*out.shape):
            where = tuple(slice(i, i + k) for i, k in zip(at, kernel, strict=True))
            first = o // share * width
            out[n, o, *at] = (input[n, first : first + width, *where] * weight[o]).sum()
    return out if bias is None else out + bias.reshape(-1, *[1] * len(sizes))


def operands(
    rng: Any,
    rank: Any,
    transposed: Any = False,
    groups: Any = 1,
    channels: Any = 2,
    batch: Any = 2,
    outputs: Any = 3,
) -> Any:
    """Arrays that fit each other."""
    out = outputs * groups
    C = channels * groups
    shape = (C, out // groups) if transposed else (out, channels)
    given = {
        "input": rng.integers(-9, 9, (batch, C, *rng.permutation([3, 4, 5])[:rank])),
        "weight": rng.integers(-9, 9, (*shape, *rng.integers(1, 3, rank))),
        "bias": rng.integers(-9, 9, out),
        "groups": groups,
    }
    return given


def right_call(rng: Any, rank: Any, transposed: Any = False, groups: Any = 1, **sizes: Any) -> Any:
    """A call that is right, and its values."""
    given = operands(rng, rank, transposed, groups, **sizes)
    input, weight, bias, _ = given.values()
    return given, by_hand(input, weight, bias, groups, transposed)


RANKS = [(rank, transposed) for rank in (1, 2, 3) for transposed in (False, True)]


def function(rank: Any, transposed: Any) -> Any:
    return (TRANSPOSED if transposed else CONV)[rank]


# Dtypes ----------------------------------------------------------------------------------------

# A number that no narrower dtype and no other kind can hold.
TELLING = {
    "float16": 1 + 2**-9,
    "float32": 1 + 2**-17,
    "float64": 1 + 2**-40,
    "complex64": (1 + 2**-17) + 0.5j,
    "complex128": (1 + 2**-40) + 0.5j,
    "int8": -101,
    "int16": -30_001,
    "int32": -(2**30) - 1,
    "int64": -(2**45) - 1,
    "uint8": 201,
    "uint16": 60_001,
    "uint32": 2**32 - 3,
    "uint64": 2**46 + 1,
}


def exact(value: Any) -> Any:
    """A number without rounding."""
    number = np.asarray(value).item()
    return number if isinstance(number, complex) else Fraction(number)


def close(got: Any, right: Any) -> Any:
    """Equal, as far as the dtype of the result holds it; integers wrap around."""
    if got.dtype.kind in "iu":
        return int(got) % 2 ** (8 * got.dtype.itemsize) == right % 2 ** (8 * got.dtype.itemsize)
    return abs(exact(got) - right) <= 8 * np.finfo(got.dtype).eps * abs(complex(right))


def array_of(dtype: Any, *shape: Any) -> Any:
    return np.full(shape, TELLING[dtype], dtype)


def sum_of(one: Any, two: Any, bias: Any = None) -> Any:
    """A product of two arrays' first numbers, and perhaps a bias."""
    total = exact(one.flat[0]) * exact(two.flat[0])
    if bias is None:
        return total
    return total + (exact(bias.flat[0]) if isinstance(total, Fraction) else complex(bias.flat[0]))


@pytest.mark.parametrize(("one", "two"), list(permutations(TELLING, 2)))
def test_two_dtypes_lose_nothing(one: Any, two: Any) -> None:
    x, w, b = (array_of(each, 1, 1, 1) for each in (one, two, two))
    plain = {"input": x, "weight": w}
    call: Any
    for call in (convref.conv1d, convref.conv_transpose1d):
        assert close(cured(call, plain, []).flat[0], sum_of(x, w)), call
    for call in (convref.explain, convref.explain_transposed):
        given = {**plain, "at": (0, 0, 0)}
        assert close(cured(call, given, []).total, sum_of(x, w)), call
    given = {"input": x, "weight": array_of(one, 1, 1, 1), "bias": b.reshape(1)}
    for call in (convref.conv1d, convref.conv_transpose1d):
        got = cured(call, given, [])
        assert close(got.flat[0], sum_of(x, given["weight"], b)), call
    turned = [sum_of(b, x.conj()), sum_of(b, x.conj()), exact(b.flat[0])]
    kind: Any
    for rank, kind in product((1, 2, 3), (BACKWARD, TRANSPOSED_BACKWARD)):
        cells = [array_of(each, *[1] * (rank + 2)) for each in (two, one, one)]
        given = dict(zip(("grad_output", "input", "weight"), cells, strict=True))
        for got, right in zip(cured(kind[rank], given, []), turned, strict=True):
            assert close(got.flat[0], right), kind[rank]


def test_the_direction_is_the_one_that_holds_both() -> None:
    """The message converts one array alone wherever one of the dtypes holds the other."""
    for one, two in permutations(TELLING, 2):
        x, w = array_of(one, 1, 1, 1), array_of(two, 1, 1, 1)
        _, message = refused(lambda x=x, w=w: convref.conv1d(x, w))
        narrow = [name for name in ("input", "weight") if f"{name}.astype" in message]
        either = np.can_cast(one, two) or np.can_cast(two, one)
        wanted = ["input"] if np.can_cast(one, two) else ["weight"]
        assert narrow == (wanted if either else ["input", "weight"]), message


@pytest.mark.parametrize(
    ("one", "two"), list(product(TELLING, ("float16", "float32", "complex64")))
)
@pytest.mark.parametrize("kind", [convref.Conv1d, convref.ConvTranspose1d])
def test_a_layer_of_another_dtype_loses_nothing(kind: Any, one: Any, two: Any) -> None:
    x = array_of(one, 1, 1, 1)

    def call(input: Any, dtype: Any) -> Any:
        layer = kind(1, 1, 1, bias=False, dtype=dtype)
        layer.weight[:] = 3
        return layer(input)

    got = cured(call, {"input": x, "dtype": two}, [])
    assert close(got.flat[0], 3 * exact(TELLING[one]))


def test_truth_values_become_numbers() -> None:
    given = {"input": np.array([[True, False, True]]), "weight": np.ones((1, 1, 2), bool)}
    rules: list[str] = []
    got = given
    while (answer := refused(lambda: convref.conv1d(**got)))[0] == "dtype":  # noqa: B023
        rules.append("dtype")
        got = next(followed(answer[1], got))
    assert rules == ["dtype", "dtype"]
    assert answer[1].tolist() == [[1, 1]]


@pytest.mark.parametrize("dtype", ["O", "M8[s]", "m8[s]", "U3", "g", "G", "V4"])
def test_no_code_where_none_is_safe(dtype: Any) -> None:
    rule, message = refused(lambda: convref.conv1d(np.zeros((1, 3), dtype), np.ones((1, 1, 2))))
    assert rule == "dtype"
    assert codes(advice(message), ["input", "weight"]) == []


class Narrow:
    """Stands in for an array of a library with dtypes of its own, as JAX's are."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.array if dtype is None else self.array.astype(dtype)


@pytest.mark.parametrize(
    "value", [[[1, 2, 3]], ([0.5, 1, 2],), Narrow(np.ones((1, 3))), [[True, False, True]]]
)
def test_what_is_no_array_becomes_one(value: Any) -> None:
    rules: list[str] = []
    got = cured(convref.conv1d, {"input": value, "weight": np.ones((1, 1, 1))}, rules)
    assert rules[0] == "array"
    same(got, np.asarray(value))


@pytest.mark.parametrize("value", [None, "123", [[1, 2], [3]], [["a"]], object(), {1: 2}])
def test_no_code_for_what_asarray_makes_no_numbers_of(value: Any) -> None:
    rule, message = refused(lambda: convref.conv1d(value, np.ones((1, 1, 2))))
    assert rule == "array"
    assert codes(advice(message), ["input", "weight"]) == []


def test_masked_cells_become_zero() -> None:
    given = {"input": np.ma.masked_equal([[1, 2, 3]], 2), "weight": np.ones((1, 1, 1), int)}
    assert cured(convref.conv1d, given, []).tolist() == [[1, 0, 3]]


@pytest.mark.parametrize("dtype", TELLING)
def test_a_wider_accumulator_is_wide_enough(dtype: Any) -> None:
    x, w = array_of(dtype, 1, 1, 1), np.ones((1, 1, 1), dtype)
    given = {"input": x, "weight": w, "accumulate": "nonsense"}
    rules: list[str] = []
    assert close(cured(convref.conv1d, given, rules).flat[0], sum_of(x, w))
    assert rules == ["accumulate"]


# Axes and channels -----------------------------------------------------------------------------


@pytest.mark.parametrize(("rank", "transposed"), RANKS)
@pytest.mark.parametrize("seed", range(3))
def test_a_missing_axis_is_added(rank: Any, transposed: Any, seed: Any) -> None:
    rng = np.random.default_rng(seed)
    call = function(rank, transposed)
    given, right = right_call(rng, rank, transposed, channels=1, batch=1)
    for missing in (2, 3):
        index = (0,) * missing
        if given["input"][index].ndim + 2 - missing == rank:  # a row of a plane is no plane
            spoiled = {**given, "input": given["input"][index]}
            if missing == 2:
                same(cured(call, spoiled, []), right)
    # A batch of images without their channel axis.
    given, right = right_call(rng, rank, transposed, channels=1, batch=3)
    spoiled = {**given, "input": given["input"][:, 0]}
    rules: list[str] = []
    same(cured(call, spoiled, rules), right)
    assert rules[-1] in ("channels", "transposed channels")


@pytest.mark.parametrize(("rank", "transposed"), RANKS)
def test_axes_too_many_are_dropped_or_merged(rank: Any, transposed: Any) -> None:
    given, right = right_call(np.random.default_rng(rank), rank, transposed)
    data = given["input"]
    for lead in [(1,), (1, 1), (2, 3)]:
        count = int(np.prod(lead))
        many = np.stack([data] * count).reshape(*lead, *data.shape)
        rules: list[str] = []
        got = cured(function(rank, transposed), {**given, "input": many}, rules)
        assert rules == ["rank"]
        same(got, np.concatenate([right] * count))
    spoiled = {**given, "weight": given["weight"][None]}
    same(cured(function(rank, transposed), spoiled, []), right)
    # Both arrays are for one axis more: there is nothing to paste, but a function to take.
    if rank < 3:
        given = operands(np.random.default_rng(rank), rank + 1, transposed)
        _, message = refused(lambda: function(rank, transposed)(**given))
        assert advice(message) == f"call the function for {rank + 1} spatial axes"


@pytest.mark.parametrize(("rank", "transposed"), RANKS)
@pytest.mark.parametrize("seed", range(3))
def test_a_weight_gets_the_axes_that_it_lacks(rank: Any, transposed: Any, seed: Any) -> None:
    rng = np.random.default_rng(seed)
    call = function(rank, transposed)
    one, right = right_call(rng, rank, transposed, channels=1, outputs=1)
    spoiled = {**one, "weight": one["weight"][0, 0]}
    same(cured(call, spoiled, []), right)
    groups, right = right_call(rng, rank, transposed, groups=3, channels=1, outputs=1)
    spoiled = {**groups, "weight": groups["weight"][:, 0]}
    same(cured(call, spoiled, []), right)
    several, right = right_call(rng, rank, transposed, channels=3, outputs=1)
    lacking = several["weight"][:, 0] if transposed else several["weight"][0]
    same(cured(call, {**several, "weight": lacking}, []), right)


@pytest.mark.parametrize(("rank", "transposed"), RANKS)
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_channels_that_stand_elsewhere_are_moved(
    rank: Any, transposed: Any, batched: Any, seed: Any
) -> None:
    given, right = right_call(np.random.default_rng(seed), rank, transposed)
    last = np.moveaxis(given["input"], 1, -1)
    rules: list[str] = []
    if batched:
        same(cured(function(rank, transposed), {**given, "input": last}, rules), right)
    else:
        same(cured(function(rank, transposed), {**given, "input": last[0]}, rules), right[0])
    assert rules == ["transposed channels" if transposed else "channels"]


@pytest.mark.parametrize(("rank", "transposed"), RANKS)
@pytest.mark.parametrize("batched", [True, False])
def test_every_way_out_of_wrong_channels_works(rank: Any, transposed: Any, batched: Any) -> None:
    for groups, channels, wrong in product((1, 2, 3), (1, 2, 3), range(1, 13)):
        given = operands(
            np.random.default_rng(wrong), rank, transposed, groups, channels, 1, 12 // groups
        )
        shape = given["input"].shape
        spoiled = np.ones((shape[0], wrong, *shape[2:]), int)
        given |= {"input": spoiled if batched else spoiled[0], "bias": None}
        rule, message = refused(lambda given=given: function(rank, transposed)(**given))
        if rule is None:
            continue
        letters = {1: "L", 2: "H, W", 3: "D, H, W"}[rank]
        assert "(N, C" not in message or batched
        assert f"(C, {letters})" not in message or not batched
        for way in followed(message, given):
            assert refused(partial(function(rank, transposed), **way))[0] in (None, "reach"), (
                message
            )


@pytest.mark.parametrize(
    ("shape", "weight", "ways"),
    [
        ((1, 8, 3, 3), (8, 1, 1, 1), ["groups=8", "weight of shape (8, 8, 1, 1)"]),
        ((1, 8, 3, 3), (16, 1, 1, 1), ["groups=8", "weight of shape (16, 8, 1, 1)"]),
        ((1, 8, 3, 3), (12, 1, 1, 1), ["weight of shape (12, 8, 1, 1)"]),
        ((1, 0, 3, 3), (8, 1, 1, 1), ["weight of shape (8, 0, 1, 1)"]),
        ((1, 8, 3, 3), (8, 2, 1, 1), ["weight of shape (8, 8, 1, 1)"]),
    ],
)
def test_groups_are_advised_where_one_for_each_channel_fits(
    shape: Any, weight: Any, ways: Any
) -> None:
    _, message = refused(lambda: convref.conv2d(np.ones(shape), np.ones(weight)))
    assert re.findall(r"give (.*?)(?=, or|$)", advice(message)) == ways
    if len(ways) == 2:
        assert convref.conv2d(np.ones(shape), np.ones(weight), groups=8).shape[1] == weight[0]


def test_a_weight_without_its_one_channel_gets_it_behind_the_first_axis() -> None:
    x, w = np.ones((1, 3, 5, 7)), np.ones((3, 2, 2))
    for call in (convref.conv2d, convref.conv_transpose2d):
        _, message = refused(partial(call, x, w, groups=3))
        assert advice(message) == "add the missing axis with weight[:, None]"
        assert call(x, w[:, None], groups=3).shape[1] == 3


@pytest.mark.parametrize("shape", [(2, 2, 0, 3, 3), (2, 0, 1, 3, 3)])
def test_nothing_is_not_reshaped(shape: Any) -> None:
    _, message = refused(lambda: convref.conv2d(np.ones(shape), np.ones((1, 1, 1, 1))))
    assert advice(message) == "drop or merge 1 axis"


@pytest.mark.parametrize("more", [{}, {"groups": np.int64(1)}])
def test_the_function_for_one_axis_is_told(more: Any) -> None:
    row = {"input": np.ones((2, 3, 5)), "weight": np.ones((4, 3, 2))}
    for call in (convref.conv2d, convref.conv3d):
        _, message = refused(partial(call, **row, **more))
        assert advice(message) == "call the function for 1 spatial axis"


def test_pairs_are_advised_for_sides_that_can_be() -> None:
    row = {"input": np.ones((2, 3, 5)), "weight": np.ones((4, 3, 2))}
    for side, told in [(2**62, True), (2**63 - 1, True), (2**63, False)]:
        _, message = refused(partial(convref.conv1d, **row, padding=(side, 0)))
        assert (f"padding=[({side}, 0)]" in message) == told


def test_pad_keeps_as_many_axes_as_it_can() -> None:
    for rank in (3, 4, 5):
        input = np.arange(2**rank).reshape((2,) * rank)
        given = {"input": input, "pad": (1, 0), "mode": "reflect"}
        right = np.pad(input, [(0, 0)] * (rank - 1) + [(1, 0)], "reflect")
        np.testing.assert_array_equal(cured(convref.pad, given, []), right)
    _, message = refused(lambda: convref.pad(np.ones((1, 1, 1, 2, 3, 3)), (1, 0), "reflect"))
    assert advice(message) == "drop the first 3 axes with input[0, 0, 0]"


def test_swapped_weight_of_a_transposed_layer() -> None:
    given, right = right_call(np.random.default_rng(0), 2, True)
    spoiled = {**given, "weight": given["weight"].swapaxes(0, 1)}
    ways = [
        refused(lambda w=w: convref.conv_transpose2d(**w))
        for w in followed(refused(lambda: convref.conv_transpose2d(**spoiled))[1], spoiled)
    ]
    assert any(rule is None and np.array_equal(got, right) for rule, got in ways)


@pytest.mark.parametrize("rank", LAYER)
@pytest.mark.parametrize("kinds", [LAYER, UP])
def test_a_layers_channels_are_called_by_their_name(kinds: Any, rank: Any) -> None:
    def call(input: Any, in_channels: Any) -> Any:
        return kinds[rank](in_channels, 4, 1)(input)

    x = np.ones((2, 5, *[7] * rank), np.float32)
    _, message = refused(lambda: call(x, 3))
    assert "in_channels = 3 channels, received 5" in message
    assert "weight" not in message
    assert [call(**way).shape for way in followed(message, {"input": x, "in_channels": 3})] == [
        (2, 4, *[7] * rank)
    ]
    moved = np.ones((2, *[7] * rank, 3), np.float32)
    assert cured(call, {"input": moved, "in_channels": 3}, []).shape == (2, 4, *[7] * rank)


def test_a_layer_with_a_weight_of_ones_own_is_refused_as_the_function_is() -> None:
    layer = convref.Conv1d(1, 1, 1)
    layer.weight = np.ones((1, 1), np.float32)
    assert refused(lambda: layer(np.ones((1, 3), np.float32)))[0] == "weight rank"


@pytest.mark.parametrize(
    "shape", [(), (1,), (1, 1), (3,), (3, 1), (1, 3, 1, 1), (1, 1, 3), (2,), (6,), (2, 3), (0,)]
)
@pytest.mark.parametrize("call", [convref.conv1d, convref.conv_transpose1d])
def test_a_bias_is_reshaped_or_repeated_where_that_can_work(shape: Any, call: Any) -> None:
    given = {
        "input": np.ones((1, 3, 4)),
        "weight": np.zeros((3, 3, 1)),
        "bias": np.arange(1.0, 1 + np.prod(shape)).reshape(shape),
    }
    rule, message = refused(lambda: call(**given))
    if shape == (3,):
        assert rule is None
    elif given["bias"].size in (1, 3):
        right = [1, 2, 3] if given["bias"].size == 3 else [1, 1, 1]
        assert cured(call, given, [])[0, :, 0].tolist() == right
    else:
        assert list(followed(message, given)) == []
        assert "reshape" not in message


def test_explain_takes_a_matrix_as_one_kernel() -> None:
    for shape, rank in [((2, 3), 2), ((3,), 1), ((), 1)]:
        given: Any = {
            "input": np.arange(35).reshape(1, *(5, 7)[-rank:] if rank == 2 else (35,)),
            "weight": np.full(shape, 2),
            "at": (0,) * (rank + 1),
        }
        rules: list[str] = []
        got = cured(convref.explain, given, rules)
        assert rules == ["weight axes"]
        window = given["input"][(0, *(slice(k) for k in (1, *shape)[-rank:]))]
        assert got.total == 2 * window.sum()
    given = {"input": np.ones((1, 1, 5, 7)), "weight": np.ones((1, 1, 1, 1, 2, 3)), "at": (0,) * 4}
    assert cured(convref.explain, given, []).total == 6


@pytest.mark.parametrize("weight", [np.ones((1, 1, 1, 2, 2, 2)), np.ones((2, 1, 1, 1, 2, 3))])
def test_explain_drops_axes_of_size_one_alone(weight: Any) -> None:
    given = {"input": np.ones((1, 5, 7, 7)), "weight": weight, "at": (0, 0, 0, 0)}
    _, message = refused(lambda: convref.explain(**given))
    assert ("weight[0]" in message) == (len(weight) == 1)


# Padding ---------------------------------------------------------------------------------------


def pads(flat: Any, shape: Any) -> Any:
    """Pads as NumPy takes them."""
    pairs = list(zip(flat[::2], flat[1::2], strict=True))[::-1]
    return [(0, 0)] * (len(shape) - len(pairs)) + pairs


@pytest.mark.parametrize("mode", checks.MODES)
@pytest.mark.parametrize("rank", CONV)
def test_four_paddings_are_written_in_pairs(rank: Any, mode: Any) -> None:
    rng = np.random.default_rng(rank)
    given, _ = right_call(rng, rank)
    flat = tuple(rng.integers(0, 3, 2 * rank).tolist())
    padded = np.pad(given["input"], pads(flat, given["input"].shape), NUMPYS[mode])
    right = by_hand(padded, given["weight"], given["bias"], 1, False)
    options = {"padding": flat, "padding_mode": mode}
    got = cured(CONV[rank], given | options, [])
    np.testing.assert_array_equal(got, right)

    def layer(input: Any, padding: Any) -> Any:
        made = LAYER[rank](2, 3, given["weight"].shape[2:], 1, padding, padding_mode=mode)
        made.weight, made.bias = given["weight"], given["bias"]
        return made(input)

    def call(input: Any, padding: Any) -> Any:
        return layer(input=input, padding=padding)

    got = cured(call, {"input": given["input"], "padding": flat}, [])
    np.testing.assert_array_equal(got, right)


@pytest.mark.parametrize("rank", [2, 3])
def test_a_single_pair_is_repeated(rank: Any) -> None:
    given, _ = right_call(np.random.default_rng(rank), rank)
    right = CONV[rank](**given, padding=[(1, 2)] * rank)
    np.testing.assert_array_equal(cured(CONV[rank], given | {"padding": [(1, 2)]}, []), right)


@pytest.mark.parametrize("rank", TRANSPOSED)
def test_where_padding_crops_the_output_is_cropped(rank: Any) -> None:
    rng = np.random.default_rng(rank)
    x, w = rng.integers(-9, 9, (2, 3, *(4,) * rank)), rng.integers(-9, 9, (3, 2, *(3,) * rank))
    flat = (*rng.integers(0, 2, 2 * rank - 1).tolist(), 2)
    pairs = pads(flat, flat[:rank])
    whole = TRANSPOSED[rank](x, w)
    inner = [
        slice(before, n - after) for n, (before, after) in zip(whole.shape[2:], pairs, strict=True)
    ]
    due = whole[:, :, *inner]
    grad = rng.integers(-9, 9, due.shape)
    around = np.zeros_like(whole)
    around[:, :, *inner] = grad
    call: Any
    given: Any
    for call, given, right in (
        (TRANSPOSED[rank], {}, due),
        (TRANSPOSED_BACKWARD[rank], {"grad_output": grad}, TRANSPOSED_BACKWARD[rank](around, x, w)),
    ):
        rule, message = refused(partial(call, input=x, weight=w, padding=pairs, **given))
        assert rule == "transposed sides"
        for_output, for_gradient = advice(message).split(", or ")
        ((_, zero), (_, crop)), ((_, widen),) = (
            codes(way, ["padding"]) for way in (for_output, for_gradient)
        )
        assert zero == "0"
        if not given:
            got = eval(crop, dict(NAMES), {"output": call(x, w, padding=0)})
            np.testing.assert_array_equal(got, right)
        else:
            wide = eval(widen, dict(NAMES), given)
            for a, b in zip(call(wide, x, w, padding=0), right, strict=True):
                np.testing.assert_array_equal(a, b)
    even = [(before, before) for before, _ in pairs]
    right = TRANSPOSED[rank](x, w, padding=[before for before, _ in pairs])
    given = {"input": x, "weight": w, "padding": even}
    np.testing.assert_array_equal(cured(TRANSPOSED[rank], given, []), right)


def test_no_advice_about_sides_where_it_does_not_help() -> None:
    x = np.ones((1, 4, 4))
    for call in (
        lambda: convref.fold(x, (4, 4, 4), 2),
        lambda: convref.fold(x, (4, 4), 2, padding=(1, 1, 1, 1)),
        lambda: convref.conv2d(x, np.ones((1, 1, 2, 2)), stride=(1, 1, 1, 1)),
        lambda: convref.conv2d(x, np.ones((1, 1, 2, 2)), padding=(1, 1, 1)),
        lambda: convref.conv2d(x, np.ones((1, 1, 2, 2)), padding=(1, 1, 1, -1)),
        lambda: convref.conv2d(x, np.ones((1, 1, 2, 2)), padding=(1, 1, 1, 2**63)),
        lambda: convref.conv2d(x, np.ones((1, 1, 2, 2)), padding=(1, 1, 1, "1")),
        lambda: convref.conv_transpose2d(x, np.ones((1, 1, 2, 2)), padding=(1, 1, 1, 1)),
        lambda: cost.read("MaxPool2d(2, padding=(1, 1, 1, 1))", (1, 4, 4), np.dtype("f4")),
    ):
        rule, message = refused(call)
        assert rule == "length"
        assert "sides that differ" not in message


@pytest.mark.parametrize("mode", COPIES)
def test_pad_in_a_mode_that_copies_gets_the_axes_that_it_wants(mode: Any) -> None:
    for axes, rank in product((1, 2, 3), range(1, 8)):
        x = np.arange(3**rank).reshape((3,) * rank)
        flat = (1, 2) * axes
        given = {"input": x, "pad": flat, "mode": mode}
        if 2 * axes > 2 * rank:
            continue
        got = cured(convref.pad, given, [])
        right = np.pad(x, pads(flat, x.shape), NUMPYS[mode])
        np.testing.assert_array_equal(got.reshape(right.shape), right)


def test_symmetric_is_made_as_the_message_says() -> None:
    given = {"input": np.arange(4)[None], "weight": np.ones((1, 1, 3), int)}
    rule, message = refused(lambda: convref.conv1d(**given, padding=2, padding_mode="symmetric"))
    assert rule == "word"
    assert "numpy.pad" in message
    assert "learn/padding-modes#symmetric" in message
    first = np.pad(given["input"], ((0, 0), (2, 2)), "symmetric")
    assert convref.conv1d(**given | {"input": first}).tolist() == [[1, 1, 3, 6, 8, 8]]
    for call in (
        lambda: convref.pad(np.ones((1, 3)), (1, 1), "symmetric"),
        lambda: convref.Conv2d(1, 1, 1, padding_mode="symmetric"),
    ):
        assert "learn/padding-modes#symmetric" in refused(call)[1]


def test_same_with_a_stride_is_padded_before() -> None:
    given, _ = right_call(np.random.default_rng(0), 2)
    _, message = refused(lambda: convref.conv2d(**given, stride=2, padding="same"))
    assert "convref.pad" in message
    padded = convref.pad(given["input"], (1, 1, 1, 1))
    assert refused(lambda: convref.conv2d(**given | {"input": padded}, stride=2))[0] is None
    assert refused(lambda: convref.conv2d(**given, stride=2, padding=1))[0] is None


@pytest.mark.parametrize("mode", SPARE)
def test_as_much_as_the_mode_can_is_padded(mode: Any) -> None:
    x = np.arange(5)[None]
    _, message = refused(lambda: convref.pad(x, (9, 0), mode))
    found(rf"mode '{mode}' must be (less than|at most) the size, since ", message)
    most = int(found(r"pad at most (\d+)", message)[1])
    right = np.pad(x, ((0, 0), (most, 0)), NUMPYS[mode])
    assert convref.pad(x, (most, 0), mode).tolist() == right.tolist()
    assert refused(lambda: convref.pad(x, (most + 1, 0), mode))[0] == mode


def test_an_empty_axis_is_padded_with_a_constant() -> None:
    x = np.ones((1, 0))
    rule, message = refused(lambda: convref.pad(x, (1, 0), "replicate"))
    assert rule == "nothing to show"
    assert "mode 'constant'" in message
    assert convref.pad(x, (1, 0), "constant", 7).tolist() == [[7]]


def test_a_value_is_left_out() -> None:
    x = np.arange(3)[None]
    _, message = refused(lambda: convref.pad(x, (1, 0), "reflect", 5))
    assert advice(message) == "leave value out"
    assert convref.pad(x, (1, 0), "reflect").tolist() == [[1, 0, 1, 2]]


# Layers, costs, frameworks ---------------------------------------------------------------------


def test_a_layer_is_made_with_the_bias_of_the_state() -> None:
    w, b = np.full((1, 1, 1), 2.0), np.array([3.0])
    for state, bias in [({"weight": w}, True), ({"weight": w, "bias": b}, False)]:

        def call(bias: Any, state: Any = state) -> Any:
            layer = convref.Conv1d(1, 1, 1, bias=bias)
            layer.load_state_dict(state)
            return layer(np.ones((1, 1), np.float32))

        assert cured(call, {"bias": bias}, []).item() == 2 + 3 * ("bias" in state)
    rule, message = refused(lambda: convref.Conv1d(1, 1, 1).load_state_dict({"conv1.weight": w}))
    assert (rule, advice(message)) == (
        "keys",
        "give the names of one layer, without those of the network in front",
    )


def test_the_device_that_the_message_names_works() -> None:
    _, message = refused(lambda: convref.Conv1d(1, 1, 1, device="cuda"))
    assert "None or 'cpu'" in message
    assert convref.Conv1d(1, 1, 1, device="cpu").weight.shape == (1, 1, 1)


def test_examples_in_messages_run() -> None:
    rule, message = refused(lambda: cost.receptive_field(5))
    example = found(r"\[.*\]", message)[0]
    assert cost.receptive_field(eval(example, {"Axis": Axis})) == 7
    assert rule == "axes"
    rule, message = refused(lambda: cost.chain((3, 32, 32), ["Conv2d"]))
    example = found(r"Conv2d\([^)]*\)", message)[0]
    assert cost.chain((3, 32, 32), [example])[0].output == (64, 16, 16)
    assert rule == "layer"


def test_words_that_the_message_lists_work() -> None:
    calls: dict[str, Any] = {
        "padding": lambda word: convref.conv1d(np.ones((1, 3)), np.ones((1, 1, 1)), padding=word),
        "padding_mode": lambda word: convref.Conv1d(1, 1, 1, padding_mode=word),
        "mode": lambda word: convref.pad(np.ones((1, 3)), (1, 1), word),
        "source": lambda word: convert_weight(np.ones((1, 1, 1)), word, "torch"),
        "kind": lambda word: convert_weight(np.ones((1, 1, 1)), "keras", "torch", kind=word),
        "figure": lambda word: figures.KINDS[word],
        "dtype": lambda word: cost.chain((1, 5), [], word),
    }
    for name, call in calls.items():
        target = figures.draw if name == "figure" else call
        _, message = refused(lambda target=target: target("nonsense"))
        allowed = found(r"must be one of (.*), received", message)[1].replace("'", "")
        assert len(allowed.split(", ")) > 1
        for word in allowed.split(", "):
            call(word)


def test_output_padding_within_its_limit_works() -> None:
    given, _ = right_call(np.random.default_rng(0), 1, True)
    for stride, dilation in product((1, 2, 3), (1, 2, 3)):
        options = {"stride": stride, "dilation": dilation}
        _, message = refused(
            lambda o=options: convref.conv_transpose1d(**given, **o, output_padding=9)
        )
        most = int(found(r"use at most (\d+)", message)[1])
        assert most == max(stride, dilation) - 1
        convref.conv_transpose1d(**given, **options, output_padding=most)


def test_an_svg_needs_no_extra(tmp_path: Path) -> None:
    figure = figures.draw("padding", size=3)
    with patch.dict(sys.modules, {"resvg_py": None, "PIL": None}):
        assert refused(lambda: save(figure, tmp_path / "a.png"))[0] == "extra"
        assert refused(lambda: save(figure, tmp_path / "a.svg"))[0] is None


def test_a_folder_gets_vectors(tmp_path: Path) -> None:
    rule, message = refused(lambda: checked(tmp_path))
    assert rule == "vectors"
    write = found(r"write them with convref\.conformance\.(\w+)", message)[1]
    getattr(conformance, write)(tmp_path, "conv1d")
    assert "nchw/everything has no result" in checked(tmp_path).tried[0].problem


def test_depthwise_advice() -> None:
    weight = np.ones((8, 2, 3, 3))
    rule, message = refused(
        lambda: convert_weight(weight, "torch", "keras", kind="depthwise", groups=4)
    )
    assert (rule, advice(message)) == ("depthwise", "give another layer's weight as kind 'conv'")
    assert convert_weight(weight, "torch", "keras", kind="conv", groups=4).shape == (3, 3, 2, 8)
    weight = np.ones((3, 3, 4, 2))
    rule, message = refused(
        lambda: convert_weight(weight, "keras", "torch", kind="depthwise", groups=3)
    )
    assert (rule, advice(message)) == ("depthwise groups", "weight.shape[2] is 4")
    assert convert_weight(
        weight, "keras", "torch", kind="depthwise", groups=weight.shape[2]
    ).shape == (8, 1, 3, 3)


SAME_CHOICES: dict[str, list[Any]] = {
    "odd": ["end", "beginning"],
    "transposed": [None, "tensorflow", "keras", "jax", "onnx"],
    "output_padding": [None, 0, 1, 4],
    "output_size": [None, 1, 7, 10],
}


@pytest.mark.parametrize("layer", list(product((1, 3), (1, 2, 3), (1, 2, 4), (1, 2))))
def test_advice_about_transposed_same(layer: Any) -> None:
    """Followed, the call succeeds; what the frameworks then compute, tests/frameworks shows."""
    for chosen in product(*SAME_CHOICES.values()):
        given = dict(zip(SAME_CHOICES, chosen, strict=True))
        rules: list[str] = []
        while answer := follow_same(layer, given, rules):
            assert rules.count(rules[-1]) < 4, answer


def follow_same(layer: Any, given: Any, rules: Any) -> Any:
    """Do what the message says, if there is one."""
    rule, answer = refused(lambda: tensorflow_same(*layer, **given))
    if rule is None:
        return None
    rules.append(rule)
    told = advice(answer)
    if rule == "same option":
        name = found(r"leave (\w+) out", told)[1]
        for other in re.findall(r"transposed='(\w+)'", told):
            also = refused(lambda: tensorflow_same(*layer, **given | {"transposed": other}))  # noqa: B023
            assert also[0] is None or not also[1].startswith(f"{name}=")
        given[name] = SAME_CHOICES[name][0]
    elif told.endswith("leave it out"):
        given["output_padding"] = None
    elif rule == "output size":
        given["output_size"] = int(found(r"between (\d+)", answer)[1])
    else:
        name = "output_size" if "output_size" in told else "output_padding"
        given[name] = int(found(r"\d+", told)[0])
    return answer


# What was typed --------------------------------------------------------------------------------


def shell(capsys: pytest.CaptureFixture[str], *arguments: Any) -> Any:
    """What a command prints, or the message with which it ends."""
    try:
        main(arguments)
    except SystemExit as end:
        assert end.code == 2
    out, err = capsys.readouterr()
    return out, err


CODE = re.compile(r"\b(?:numpy|convref|input|weight|bias)[.\[]\w|\bweight\.reshape")


@pytest.mark.parametrize(
    ("input", "weight", "more", "end"),
    [
        ("5", "1,1,3", "", "(1, 5)"),
        ("5,5", "1,1,3,3,3", "", "(1, 1, 5, 5)"),
        ("2,28,28", "8,1,3,3", "", "(2, 1, 28, 28)"),
        ("28,28,3", "8,3,3,3", "", "(3, 28, 28)"),
        ("1,1,1,5,5", "8,1,3,3", "", "(1, 1, 5, 5)"),
        ("2,3,1,5,5", "8,1,3,3", "", "(6, 1, 5, 5)"),
        ("28,28,3", "3,8,3,3", "--transposed", "(3, 28, 28)"),
    ],
)
def test_the_command_line_is_told_what_can_be_typed(
    capsys: pytest.CaptureFixture[str], input: Any, weight: Any, more: Any, end: Any
) -> None:
    given = ["--weight", weight, *more.split(), "--at", "0,0,0"]
    _, message = shell(capsys, "explain", "--input", input, *given)
    assert f"give input the shape {end}" in message
    assert not CODE.search(advice(message))
    shape = end.strip("()").replace(" ", "")
    rank = len(weight.split(",")) - 2
    at = ",".join("0" * (shape.count(",") + 1))
    out, message = shell(capsys, "explain", "--input", shape, *given[:-1], at)
    assert (out or rank == 3) and (not message or "kernel reaches" in message)


def test_the_command_line_never_speaks_of_code(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        "--input 1,28,28 --weight 3",
        "--input 1,28,28 --weight 2,1,3,3 --bias [1]",
        "--input 1,28,28 --weight 2,1,3,3 --bias [[1,2]]",
        "--input 1,5,5 --weight 1,1,3,3 --padding 1,2,1,2",
        "--input [[[true,false]]] --weight [[[true]]]",
        '--input [[1],["a"]] --weight 1,1,3',
        "--input [[[1,2],[3]]] --weight 1,1,1",
        "--input [[[null]]] --weight 1,1,1",
        "--input 1,5,5 --weight 2,2,1,1,3,3",
    ):
        _, message = shell(capsys, "explain", *arguments.split(), "--at", "0,0,0")
        assert message.startswith("convref explain: ")
        assert not CODE.search(message.rpartition("received")[2]), message


# What the command line says in its own words, or of what was typed: a call, and what is advised.
CELL = "explain --input 1,4 --weight 1,1,2 --at 0,0"
# What they say hangs on somebody's own module: test_conformance_reports.py has them.
OF_FUNCTIONS = {"function", "apart"}
TYPED = [
    ("explain --input x --weight 1,1,2 --at 0,0,0", "[[1, 2], [3, 4]]"),
    ("explain --input 4,4 --weight 1,1,x --at 0,0,0", "[[1, 2], [3, 4]]"),
    ("explain --input [[1,2 --weight 1,1,2 --at 0,0,0", "[[1, 2], [3, 4]]"),
    ("explain --input 1,4 --weight 1,1,99999999 --at 0,0", "cells"),
    (f"{CELL} --output-padding 0,0 --stride 3", "--transposed"),
    (f"{CELL} --transposed --padding-mode reflect", "--transposed"),
    ("explain --input [[300,1]] --weight 1,1,2 --at 0,0 --dtype int8", "--dtype"),
    ("explain --input 6,5,5 --weight 6,1,3,3 --at 0,0,0", "--groups 6"),
    ("explain --input 6,5,5 --weight 6,3,3,3 --at 0,0,0", "(6, 6, 3, 3)"),
    ("explain --input 1,4 --weight 2,1,2 --bias [[1,2]] --at 0,0", "(2,)"),
    (f"{CELL} --padding 1,2", "[[1, 2]]"),
    ("explain --input 1,4,4 --weight 1,1,2,2 --at 0,0,0 --padding [[1,2]]", "[[1, 2], [1, 2]]"),
    (f"{CELL} --transposed --padding [[1,1]]", "padding=(1,)"),
    ("draw window stride --input 5 --weight 3", "stride=2"),
    ("draw window --input x kernel=2", "[[1, 2], [3, 4]]"),
]


def retyped(message: Any, typed: Any) -> Iterator[Any]:
    """The command lines after each of the alternatives of an advice."""

    def put(option: Any, value: Any) -> Any:
        at = typed.index(option)
        return [*typed[: at + 1], value, *typed[at + 2 :]]

    def without(option: Any) -> Any:
        at = typed.index(option)
        return typed[:at] + typed[at + (1 if option == "--transposed" else 2) :]

    told = message.rstrip("\n").partition("received")[2] or message.rstrip("\n")
    options = re.findall(r"--[a-z][\w-]*", message)
    if example := re.search(r"JSON such as (\[\[.*\]\])(?:,|$)", message.rstrip("\n")):
        yield put(options[0], example[1])
    if most := re.search(r"at most ([\d,]+) cells", message):
        yield put(options[0], f"1,1,{int(most[1].replace(',', '')) // 2**23}")
    if example := re.search(r"NAME=VALUE, such as (\w+=\w+)", message):
        yield [example[1] if word == "stride" else word for word in typed]
    for name, shape in re.findall(r"(input|weight|bias) (?:the|of) shape (\([^)]*\))", told):
        yield put(f"--{name}", shape)
    if groups := re.search(r"give --groups (\d+)", told):
        yield [*typed, "--groups", groups[1]]
    if pairs := re.search(r"(?:each axis|every axis, give|F.pad is): (\[\[.*\]\])", message):
        yield put("--padding", pairs[1])
    if numbers := re.search(r"give padding=(\(.*\))", message):
        yield put("--padding", numbers[1])
    if "add --transposed" in message:
        yield [*typed, "--transposed"]
    if re.search(r"leave (it|--dtype) out", message):
        yield without(options[0])
    if "leave one of them out" in message:
        yield from map(without, options)


@pytest.mark.parametrize(("line", "sign"), TYPED)
def test_what_the_command_line_advises_can_be_typed(
    capsys: pytest.CaptureFixture[str], line: Any, sign: Any
) -> None:
    """Every way leads on: to an answer, or to another message, and one of them to an answer."""
    todo, ends, said = [line.split()], [], []
    for _ in range(20):
        if not todo:
            break
        typed = todo.pop()
        out, message = shell(capsys, *typed)
        if out:
            ends.append(typed)
            continue
        if message not in said:  # not the same again
            said.append(message)
            todo += retyped(message, typed)
    assert ends, said
    assert sign in " ".join([*said, *ends[0]])


def test_every_text_of_the_command_line_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that it raises itself; what argparse says has the choices in it."""
    said = "".join(shell(capsys, *line.split())[1] for line, _ in TYPED)
    for rule, (_, text) in messages.COMMANDS.items():
        if rule in OF_FUNCTIONS:
            continue
        words = max(re.split(r"\{[^}]*\}", text), key=len)
        assert words in said, text


def test_the_chain_speaks_of_the_layer(capsys: pytest.CaptureFixture[str]) -> None:
    _, message = shell(capsys, "shape", "--input", "1,28,28", "Conv2d(3, 8, 3)")
    assert "in_channels = 3 channels, received 1" in message
    assert "weight" not in message
    number = found(r"give the layer in_channels=(\d+)", message)[1]
    out, message = shell(capsys, "shape", "--input", "1,28,28", f"Conv2d({number}, 8, 3)")
    assert "(8, 26, 26)" in out
    for given, layer, due in [
        ("28,28", "Conv2d(3, 8, 3)", "(1, 28, 28)"),
        ("28,28,3", "Conv2d(3, 8, 3)", "(3, 28, 28)"),
        ("28,28,3", "ConvTranspose2d(3, 8, 3)", "(3, 28, 28)"),
        ("1,3,28,28", "Conv1d(3, 8, 3)", "(3, 28, 28)"),
        ("4,3,28,28", "MaxPool1d(3)", "(12, 28, 28)"),
    ]:
        _, message = shell(capsys, "shape", "--input", given, layer)
        assert f"give input the shape {due}" in message
        assert not CODE.search(message), message


# All of them -----------------------------------------------------------------------------------

# Where each rule's advice is followed.
FOLLOWED = {
    "array": test_what_is_no_array_becomes_one,
    "masked": test_masked_cells_become_zero,
    "dtype": test_truth_values_become_numbers,
    "mixed": test_two_dtypes_lose_nothing,
    "layer mixed": test_a_layer_of_another_dtype_loses_nothing,
    "accumulate": test_a_wider_accumulator_is_wide_enough,
    "rank": test_a_missing_axis_is_added,
    "weight rank": test_a_weight_gets_the_axes_that_it_lacks,
    "weight axes": test_explain_takes_a_matrix_as_one_kernel,
    "bias": test_a_bias_is_reshaped_or_repeated_where_that_can_work,
    "length": test_four_paddings_are_written_in_pairs,
    "transposed sides": test_where_padding_crops_the_output_is_cropped,
    "word": test_words_that_the_message_lists_work,
    "same": test_same_with_a_stride_is_padded_before,
    "same option": test_advice_about_transposed_same,
    "channels": test_channels_that_stand_elsewhere_are_moved,
    "transposed channels": test_channels_that_stand_elsewhere_are_moved,
    "layer channels": test_a_layers_channels_are_called_by_their_name,
    "nothing to show": test_an_empty_axis_is_padded_with_a_constant,
    "pad rank": test_pad_in_a_mode_that_copies_gets_the_axes_that_it_wants,
    "keys": test_a_layer_is_made_with_the_bias_of_the_state,
    "device": test_the_device_that_the_message_names_works,
    "axes": test_examples_in_messages_run,
    "layer": test_examples_in_messages_run,
    "extra": test_an_svg_needs_no_extra,
    "vectors": test_a_folder_gets_vectors,
    "depthwise": test_depthwise_advice,
    "depthwise groups": test_depthwise_advice,
}
LOOKS_LIKE_CODE = re.compile(r"[a-z]\.[a-z]|\w\[|\w\(|\w=|'\w+'")


class Something(str):
    """Stands for what was received, and looks the same in every format."""

    __repr__ = str.__str__


def advises_code(rule: Any, values: Any) -> Any:
    """Whether a row's message has code behind what was received, or else behind its last colon."""
    template = messages.MESSAGES[rule][1]
    filled = dict(zip(gaps(template), values, strict=True)) | {"received": Something("this")}
    text = template.format(**filled)
    told = text.partition("received this")[2] or text.rpartition(": ")[2] * (": " in text)
    return LOOKS_LIKE_CODE.search(told)


def test_every_message_that_advises_code_is_followed() -> None:
    coded = {rule for rule, _, values in BAD if advises_code(rule, values)}
    assert len(coded) > 15
    assert coded <= set(FOLLOWED) <= set(messages.MESSAGES)


@pytest.mark.parametrize("noun", ["axes", "channels", "cells", "integers", "numbers"])
def test_one_is_not_counted_as_several(noun: Any) -> None:
    for rule, _, values in BAD:
        template = messages.MESSAGES[rule][1]
        text = template.format(**dict(zip(gaps(template), values, strict=True)))
        assert not re.search(rf"(?<![\d.]) 1 (spatial )?{noun}", text), text


def test_every_refusal_is_one_of_the_table() -> None:
    """Nothing else raises; the command line and chains add where it was."""
    root = Path(convref.__file__).parent
    raising = {
        f"{path.relative_to(root)}: {ast.unparse(node).partition('(')[0]}"
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise)
    }
    assert raising == {
        "messages.py: raise filled",
        "cost.py: raise type",
        "__main__.py: raise argparse.ArgumentTypeError",
        "conformance/calling.py: raise loaded",  # refused in a process of its own, and handed on
    }


def test_arrays_of_integers_are_taken_as_their_numbers() -> None:
    x, w = np.arange(35).reshape(1, 5, 7), np.ones((1, 1, 2, 2), int)
    pair, flat = (2, 1), (1, 0, 2, 1)
    given: Any = {"stride": pair, "padding": pair, "dilation": pair}
    arrays = {name: np.array(value, np.uint8) for name, value in given.items()}
    same(convref.conv2d(x, w, **arrays), convref.conv2d(x, w, **given))
    same(convref.conv2d(x, w, stride=np.array(2)), convref.conv2d(x, w, stride=2))
    zero_axes = [np.array(2), np.array(1)]
    same(convref.conv2d(x, w, padding=zero_axes), convref.conv2d(x, w, padding=pair))
    sides = [(1, 2), (0, 3)]
    for given in (np.array(sides), [np.array(sides[0]), sides[1]], [list(each) for each in sides]):
        same(convref.conv2d(x, w, padding=given), convref.conv2d(x, w, padding=sides))
    _, message = refused(partial(convref.conv2d, x, w, padding=np.array(sides[:1])))
    assert advice(message) == "padding=[(1, 2), (1, 2)]"
    same(convref.pad(x, np.array(flat)), convref.pad(x, flat))
    at = (0, 1, 2)
    assert str(convref.explain(x, w, at=np.array(at))) == str(convref.explain(x, w, at=at))
    assert convref.size(5, 2, padding=np.array((1, 2))) == convref.size(5, 2, padding=(1, 2))
    layer = convref.ConvTranspose2d(1, 1, 2, 2, seed=0)
    small = x.astype(np.float32)
    same(layer(small, np.array((11, 15))), layer(small, (11, 15)))
    assert cost.chain(np.array((1, 5)), "Conv1d(1, 1, 2)")[0].output == (1, 4)
    for wrong in (np.array([1.0, 2.0]), np.array([True, True]), np.array([[1, 1]])):
        assert refused(partial(convref.conv2d, x, w, stride=wrong))[0] == "integer"


def test_a_narrow_float_of_another_library_becomes_float32() -> None:
    narrow = Narrow(np.zeros((1, 3), "V2"))
    with patch.object(np, "can_cast", return_value=True):
        _, message = refused(lambda: convref.conv1d(narrow, np.ones((1, 1, 1))))
    assert advice(message) == "convert it with numpy.asarray(input, numpy.float32)"


def test_an_argument_given_twice() -> None:
    _, message = refused(lambda: cost.chain((1, 5), ["Conv1d(1, 1, 2, 1, stride=1)"]))
    assert "Conv1d is given 'stride' twice; it takes in_channels" in message


@pytest.mark.parametrize(
    ("dtype", "wide"),
    [
        ("bfloat16", ".float()"),
        ("complex32", ".cfloat()"),
        ("float8_e5m2", ".float()"),
        ("float16", ""),
    ],
)
def test_a_tensor_of_a_dtype_that_numpy_lacks_is_widened(dtype: Any, wide: Any) -> None:
    Tensor = type("Tensor", (), {"__module__": "torch", "dtype": f"torch.{dtype}"})
    told = f"convert it with input{wide}.numpy(force=True)"
    assert convref.cures.array("input", Tensor()) == told
