"""Steps as long as an integer can be, layers without channels, and dtypes that are only copied."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import convref
from convref.cost import chain

LONG = (2**31, 2**59, 2**62, 2**63 - 1)
X = np.arange(25.0).reshape(1, 1, 5, 5)
ONE = np.full((1, 1, 1, 1), 2.0)


@pytest.mark.parametrize("step", LONG)
def test_of_a_single_window_nobody_takes_the_next_step(step: Any) -> None:
    weight = np.ones((1, 1, 3, 3))
    assert convref.conv2d(X, weight, stride=step).tolist() == [[[[54.0]]]]
    assert convref.size(5, 3, stride=step) == 1
    assert convref.unfold(X, 5, stride=step)[0, :, 0].tolist() == X.ravel().tolist()
    assert convref.fold(np.ones((1, 1, 1)), 5, 1, stride=step).sum() == 1
    got, other, _ = convref.conv2d_backward(np.ones((1, 1, 1, 1)), X, weight, stride=step)
    assert got[0, 0, :3, :3].tolist() == weight[0, 0].tolist()
    assert (got.sum(), other[0, 0, 2, 2]) == (9, 12)


@pytest.mark.parametrize("step", LONG)
def test_of_a_single_tap_nobody_takes_the_next_step(step: Any) -> None:
    assert convref.conv2d(X, ONE, dilation=step).tolist() == (2 * X).tolist()
    assert convref.conv_transpose2d(X, ONE, dilation=step).tolist() == (2 * X).tolist()
    assert convref.unfold(X, 1, dilation=step).ravel().tolist() == X.ravel().tolist()
    assert convref.fold(X.reshape(1, 1, 25), 5, 1, dilation=step).tolist() == X.tolist()
    got, other, _ = convref.conv2d_backward(X, X, ONE, dilation=step)
    assert (got.tolist(), other.item()) == ((2 * X).tolist(), (X**2).sum())
    got, other, _ = convref.conv_transpose2d_backward(X, X, ONE, dilation=step)
    assert (got.tolist(), other.item()) == ((2 * X).tolist(), (X**2).sum())


@pytest.mark.parametrize("step", LONG)
def test_of_a_single_cell_nobody_takes_the_next_step(step: Any) -> None:
    x, weight = np.ones((1, 1, 1)), np.arange(3.0).reshape(1, 1, 3)
    assert convref.conv_transpose1d(x, weight, stride=step).tolist() == weight.tolist()
    got, other, _ = convref.conv_transpose1d_backward(weight, x, weight, stride=step)
    assert (got.item(), other.tolist()) == (5, weight.tolist())


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose"])
def test_layers_without_input_channels_give_their_bias(rank: Any, kind: Any) -> None:
    name = f"{kind}{rank}d"
    layer = getattr(convref, name)(0, 4, 2, seed=0)
    layer.bias = np.arange(4, dtype="f4")
    out = layer(np.ones((3, 0, *[5] * rank), "f4"))
    assert out.dtype == np.float32
    assert all((out[:, o] == o).all() for o in range(4))
    (step,) = chain((3, 0, *[5] * rank), [f"{name}(0, 4, 2)"])
    assert (step.output, step.parameters(), step.products()) == (out.shape, 4, 0)


def test_the_bias_of_a_layer_without_input_channels_begins_with_zeros() -> None:
    bias = convref.Conv2d(0, 4, 2).bias
    assert bias is not None
    assert bias.tolist() == [0] * 4


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_convolution_without_channels_is_zero(groups: Any) -> None:
    x, weight = np.ones((2, 0, 3)), np.ones((0, 2, 2))
    out = convref.conv_transpose1d(x, weight, np.array([5.0] * 2 * groups), groups=groups)
    assert out.tolist() == np.full((2, 2 * groups, 4), 5.0).tolist()
    told: Any = convref.explain_transposed(x, weight, at=(1, 0, 3))
    assert (told.terms, told.total) == ((), 0)


def test_booleans_are_unfolded_and_folded() -> None:
    x = np.array([[[True, False], [False, False]]])
    assert convref.unfold(x, 2).tolist() == [[True], [False], [False], [False]]
    ones = convref.unfold(np.ones((1, 3, 3), bool), 2)
    assert convref.fold(ones, 3, 2).tolist() == np.ones((1, 3, 3), bool).tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda: convref.unfold(X, (3,)),
        lambda: convref.unfold(X, 3, padding=(1,)),
        lambda: convref.fold(np.ones((1, 4, 1)), (2,), 2),
        lambda: convref.Conv2d(1, 1, (3,)),
        lambda: chain((1, 5, 5), ["Conv2d(1, 1, (3,))"]),
    ],
    ids=["unfold", "padding", "fold", "layer", "chain"],
)
def test_a_sequence_of_one_is_refused_where_pytorch_refuses_it(call: Any) -> None:
    with pytest.raises(ValueError, match=r"must be one integer or 2"):
        call()


# Every function on arrays of 16 GiB that take 8 bytes, in a process that may have 4 GiB.
WITHOUT_ROOM = """
import resource
import numpy as np
import convref
from convref import layouts

def large(*shape):
    return np.broadcast_to(np.ones(()), shape)

SIZES = {1: (2**31,), 2: (2**16, 2**15), 3: (2**11, 2**10, 2**10)}
calls = {}
for rank, sizes in SIZES.items():
    x, one = large(1, *sizes), np.ones((1, 1) + (1,) * rank)
    for name in (f"conv{rank}d", f"conv_transpose{rank}d"):
        calls[name] = (x, one)
        calls[f"{name}_backward"] = (x, x, one)
    suffix = "" if rank == 2 else f"{rank}d"
    calls[f"unfold{suffix}"] = (x, 1)
    calls[f"fold{suffix}"] = (large(1, 2**31), sizes, 1)
    for name in (f"Conv{rank}d", f"ConvTranspose{rank}d"):
        calls[name] = (2**15, 2**16, 1)
calls["pad"] = (large(2**15, 2**16), (1, 1))
calls["convert_weight"] = (large(2**15, 2**16, 1), "torch", "keras")
calls["convert_activation"] = (large(2**15, 2**16, 1), "torch", "keras")
calls["convert_linear"] = (large(2**15, 2**16), "torch", "keras")

resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
for name, arguments in calls.items():
    function = getattr(convref, name, None) or getattr(layouts, name)
    try:
        function(*arguments)
    except BaseException as error:
        kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
        print(name, kinds[0])
    else:
        print(name, "no error")
"""


if sys.platform == "linux":  # elsewhere a process cannot be limited so

    def test_where_memory_ends_a_memory_error_says_so() -> None:
        done = subprocess.run([sys.executable, "-c", WITHOUT_ROOM], capture_output=True, text=True)
        assert done.stderr == ""
        told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        counted = {"size", "explain", "explain_transposed"}  # these take no room for arrays
        assert told.keys() | counted >= set(convref.__all__)
        assert set(told.values()) == {"MemoryError"}, told
