"""Bad input: the error's type and its whole message, and nothing else ever."""

import re
import tracemalloc

import numpy as np
import pytest

import convref
from convref import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose2d,
    checks,
    conv1d,
    conv2d,
    conv2d_backward,
    conv3d,
    conv_transpose2d,
    fold,
    pad,
    size,
    unfold,
)
from convref.cost import chain, read, receptive_field
from convref.figures import draw
from convref.figures.files import save
from convref.geometry import Axis
from convref.layouts import convert_activation, convert_linear, convert_weight, tensorflow_same
from convref.trace import explain, explain_transposed

X, W, V = np.ones((1, 3, 5, 7)), np.ones((4, 3, 2, 3)), np.ones((3, 2, 2, 3))
UP = ConvTranspose2d(1, 1, 2, 2)
HUGE = np.lib.stride_tricks.as_strided(np.ones(1), (1, 1, 2**20, 2**20), (0, 0, 0, 0))


def layer(text, shape=(3, 5, 7)):
    return read(text, shape, np.dtype("f4"))


class Tensor:
    """Stands in for torch.Tensor."""


Tensor.__module__ = "torch"
MASKED = np.ma.masked_array(X, X > 0)

# rule, call, and a part of the message that shows the argument and the arithmetic
BAD = [
    ("array", lambda: conv2d([[1]], W), "input must be a NumPy array, received builtins.list"),
    ("array", lambda: conv2d(X, Tensor()), "convert it with weight.detach().numpy()"),
    ("array", lambda: pad((1, 2), (1, 1)), "numpy.asarray(input)"),
    ("masked", lambda: conv2d(MASKED, W), "input.filled(0)"),
    ("dtype", lambda: conv2d(X.astype(bool), W.astype(bool)), "input has dtype bool"),
    ("dtype", lambda: conv2d(X.astype(object), W), "input has dtype object"),
    ("dtype", lambda: conv2d(X.astype("M8[s]"), W), "input has dtype datetime64[s]"),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype="int64"), "received 'int64'"),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype="nonsense"), "received 'nonsense'"),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype=None), "received None"),
    ("accumulate", lambda: conv2d(X, W, accumulate="f4"), "holds every float64, received f4"),
    ("accumulate", lambda: conv2d(X, W, accumulate=complex), "received <class 'complex'>"),
    ("accumulate", lambda: conv2d(X, W, accumulate="wide"), "received wide"),
    ("accumulate", lambda: conv_transpose2d(X, V, accumulate="i8"), "received i8"),
    ("mixed", lambda: conv2d(X, W.astype("f4")), "weight has dtype float32, but input has float64"),
    ("mixed", lambda: conv2d(X, W, np.ones(4, int)), "bias has dtype int64, but input has float64"),
    ("rank", lambda: conv2d(X[0, 0], W), "must have 4 axes (N, C, H, W), or 3 unbatched"),
    ("rank", lambda: conv1d(X, W), "received shape (1, 3, 5, 7) with 4"),
    ("rank", lambda: conv3d(X[0], W), "(N, C, D, H, W)"),
    ("weight rank", lambda: conv2d(X, W[0]), "4 axes (O, C / groups, kH, kW)"),
    ("empty", lambda: conv2d(X[:, :, :0], W), "axes (H, W), received shape (1, 3, 0, 7)"),
    ("empty", lambda: conv2d(X, W[:0]), "weight must have at least 1 cell"),
    ("empty", lambda: conv2d(X, W[:, :, :0]), "received shape (4, 3, 0, 3)"),
    ("integer", lambda: conv2d(X, W, stride=True), "tuple of 2 integers, received True"),
    ("integer", lambda: conv2d(X, W, stride=1.5), "received 1.5"),
    ("integer", lambda: conv2d(X, W, stride=(1, "3")), "received '3'"),
    ("integer", lambda: conv2d(X, W, dilation=float("nan")), "dilation must be"),
    ("integer", lambda: conv2d(X, W, groups=np.True_), "groups must be an integer"),
    ("integer", lambda: conv2d(X, W, padding=None), "padding must be"),
    ("integer", lambda: conv2d(X, W, padding=np.array([1, 1])), "padding must be"),
    ("integer", lambda: pad(X, 1), "such as (1, 1), received 1 of type int"),
    ("integer", lambda: pad(X, (1.0, 1)), "received 1.0"),
    ("integer", lambda: size(5.0, 3), "n must be an integer, received 5.0"),
    ("length", lambda: conv2d(X, W, stride=(1, 2, 3)), "axis (H, W), received 3: (1, 2, 3)"),
    ("length", lambda: conv2d(X, W, dilation=()), "received 0: ()"),
    ("length", lambda: conv1d(X[0], W[0], padding=(1, 2)), "axis (L), received 2"),
    ("least", lambda: conv2d(X, W, stride=0), "stride must be at least 1, received 0"),
    ("least", lambda: conv2d(X, W, padding=(1, -2)), "padding must be at least 0, received -2"),
    ("least", lambda: conv2d(X, W, dilation=0), "dilation must be at least 1"),
    ("least", lambda: conv2d(X, W, groups=-1), "groups must be at least 1"),
    ("least", lambda: Conv2d(1, 1, 0), "kernel_size must be at least 1"),
    ("least", lambda: size(-1, 3), "n must be at least 0, received -1"),
    ("word", lambda: conv2d(X, W, padding="full"), "'same', 'valid', received 'full'"),
    ("word", lambda: conv2d(X, W, padding_mode="symmetric"), "'reflect', 'replicate', 'circular'"),
    ("word", lambda: conv2d(X, W, padding_mode=None), "received None"),
    ("word", lambda: pad(X, (1, 1), "zeros"), "mode must be one of 'constant'"),
    ("same", lambda: conv2d(X, W, stride=(1, 2), padding="same"), "received stride=(1, 2)"),
    ("same", lambda: Conv2d(1, 1, 1, 2, "same"), "received stride=(2, 2)"),
    ("groups", lambda: conv2d(X, W, groups=3), "weight.shape[0] must be divisible by groups"),
    ("groups", lambda: Conv2d(4, 6, 1, groups=4), "out_channels must be divisible"),
    ("groups", lambda: Conv2d(3, 6, 1, groups=2), "in_channels must be divisible by groups"),
    ("channels", lambda: conv2d(X[:, :1], W), "3 * 1 = 3 channels, received 1 (axis 1 of shape"),
    ("channels", lambda: conv2d(X[0], W, groups=2), "3 * 2 = 6 channels, received 3 (axis 0 of"),
    ("bias", lambda: conv2d(X, W, np.ones(3)), "shape (4,), one number for each output channel"),
    ("reach", lambda: conv2d(X, W, dilation=(1, 4)), "W: the kernel reaches over"),
    ("reach", lambda: conv2d(X, np.ones((4, 3, 6, 1))), "1 * (6 - 1) + 1 = 6 cells, but the padd"),
    ("reach", lambda: conv2d(X, W, dilation=10**30), "the kernel reaches"),
    ("reach", lambda: size(2, 3), "0 + 2 + 0 = 2"),
    ("reflect", lambda: conv2d(X, W, padding=5, padding_mode="reflect"), "H: padding with mode"),
    ("reflect", lambda: pad(X[0], (7, 0), "reflect"), "size 7: pad at most 6"),
    ("reflect", lambda: pad(X[0], (-4, 3), "reflect"), "received 3 for size 3: pad at most 2"),
    ("circular", lambda: conv2d(X, W, padding=6, padding_mode="circular"), "pad at most 5"),
    ("circular", lambda: pad(X[0], (8, 0), "circular"), "received 8 for size 7: pad at most 7"),
    ("nothing to show", lambda: pad(X[0, ..., :0], (1, 0), "replicate"), "none are there (size 0)"),
    ("pairs", lambda: pad(X, (1,)), "up to 2 * 4 = 8, received 1: (1,)"),
    ("pairs", lambda: pad(X[0, 0, 0], (1, 1, 1, 1)), "at most 1 axes"),
    ("pad rank", lambda: pad(X, (1, 1), "reflect"), "the last 1 of 2 or 3 axes with 2 integers"),
    ("pad rank", lambda: pad(X[0, 0, 0], (1, 1), "circular"), "add axes with input[None]"),
    ("pad rank", lambda: pad(X, (), "replicate"), "pad 1, 2 or 3 axes"),
    ("crop", lambda: pad(X, (-4, -4)), "axis 3: negative pads crop, and -4 + 7 + -4 = -1"),
    ("value", lambda: pad(X.astype("i1"), (1, 1), value=300), "dtype int8 can hold, received 300"),
    ("value", lambda: pad(X.astype(int), (1, 1), value=float("nan")), "received nan"),
    ("value", lambda: pad(X, (1, 1), value=1j), "received 1j"),
    ("value", lambda: pad(X, (1, 1), value="0"), "received '0'"),
    ("value and mode", lambda: pad(X[0], (1, 1), "reflect", 2.0), "value=2.0 is for mode 'consta"),
    ("limit", lambda: conv2d(X, W, padding=2**40), "the padded input would have shape (1, 3, 219"),
    ("limit", lambda: conv2d(HUGE, np.ones((1, 1, 1, 1))), "bytes, more than the limit of 68,719"),
    ("limit", lambda: pad(X, (2**40, 0)), "the padded array would have shape"),
    ("limit", lambda: Conv3d(2**20, 2**20, 9), "weight would have shape"),
    ("device", lambda: Conv1d(1, 1, 1, device="cuda"), "received 'cuda'"),
    ("keys", lambda: Conv1d(1, 1, 1).load_state_dict({}), "['bias', 'weight'], received []"),
    ("keys", lambda: Conv1d(1, 1, 1).load_state_dict(None), "received None"),
    ("empty", lambda: conv_transpose2d(X, V[:, :0]), "weight must have at least 1 cell"),
    ("transposed channels", lambda: conv_transpose2d(X, V[:2]), "weight.shape[0] = 2 channels"),
    ("transposed channels", lambda: conv_transpose2d(X[0, :2], V), "received 2 (axis 0 of shape"),
    ("output padding", lambda: conv_transpose2d(X, V, output_padding=(0, 1)), "W: output_padding"),
    ("output padding", lambda: conv_transpose2d(X, V, None, 2, 0, 3), "max(2, 1), received 3"),
    ("transposed size", lambda: conv_transpose2d(X, V, padding=4), "4 * 1 - 2 * 4 + 1 * 1 + 0"),
    ("least", lambda: conv_transpose2d(X, V, output_padding=-1), "output_padding must be at least"),
    ("integer", lambda: conv_transpose2d(X, V, padding="same"), "padding must be"),
    ("bias", lambda: conv_transpose2d(X, V, np.ones(3)), "shape (2,), one number"),
    ("output size", lambda: UP(X[:, :1].astype("f4"), 9), "H: output_size must lie between 10 and"),
    ("output size", lambda: UP(X[:, :1].astype("f4"), (11, 16)), "between 14 and 15, the sizes"),
    ("word", lambda: ConvTranspose2d(1, 1, 1, padding_mode="reflect"), "must be one of 'zeros'"),
    ("shape", lambda: conv2d_backward(X, X, W), "grad_output must have shape (1, 4, 4, 5)"),
    ("mixed", lambda: conv2d_backward(X.astype("f4"), X, W), "grad_output.astype(input.dtype)"),
    ("columns rank", lambda: fold(X, 3, 2), "received shape (1, 3, 5, 7) with 4"),
    ("rows", lambda: fold(X[0, 0], 3, 2), "received 5 % 4 = 1 for kernel_size (2, 2)"),
    ("windows", lambda: fold(np.ones((4, 5)), 3, 2), "2 * 2 = 4 of them, received 5"),
    ("reach", lambda: unfold(X, 9), "H: the kernel reaches"),
    ("empty", lambda: unfold(X[:, :, :0], 1), "input must have at least 1 cell"),
    ("rank", lambda: unfold(X[0, 0], 1), "add the missing axes"),
    (
        "shape",
        lambda: Conv1d(1, 1, 2, bias=False).load_state_dict({"weight": np.ones((1, 1, 3))}),
        "weight must have shape (1, 1, 2), received (1, 1, 3)",
    ),
    ("weight axes", lambda: explain(X, W[0, 0], at=(0, 0)), "received shape (2, 3) with 2"),
    ("weight axes", lambda: explain_transposed(X, W[None, None], at=()), "with 6"),
    ("integer", lambda: explain(X, W, at=0), "at must be a tuple of integers, received 0"),
    ("integer", lambda: explain(X, W, at=(0, 0, 1.0, 0)), "received 1.0"),
    ("cell axes", lambda: explain(X, W, at=(0, 0, 0)), "of shape (1, 4, 4, 5), received 3: (0, 0"),
    ("cell axes", lambda: explain(X[0], W, at=(0,) * 4), "at must hold 3 integers"),
    ("cell", lambda: explain(X, W, at=(0, 3, 4, 0)), "at[2] must be at least 0 and less than 4"),
    (
        "cell",
        lambda: explain(X[0], W, at=(-1, 0, 0)),
        "the output has shape (4, 4, 5), received -1",
    ),
    ("cell", lambda: explain(X[:0], W, at=(0,) * 4), "at[0] must be at least 0 and less than 0"),
    (
        "cell",
        lambda: explain_transposed(X, W[:3], groups=3, at=(0, 9, 0, 0)),
        "at[1] must be at least 0 and less than 9, since the output has shape (1, 9, 6, 9)",
    ),
    ("layer", lambda: layer("Conv2d"), "received 'Conv2d'"),
    ("layer", lambda: layer("Conv2d(3, 4"), "for example Conv2d(3, 64, kernel_size=7"),
    ("layer", lambda: layer("Conv2d(*x)"), "received 'Conv2d(*x)'"),
    ("layer", lambda: layer("(Conv2d or 1)(3)"), "received '(Conv2d or 1)(3)'"),
    ("layer", lambda: layer("(" * 999), "received '((("),
    ("layer", lambda: layer("Conv2d(3, print())"), "received 'Conv2d(3, print())'"),
    ("word", lambda: layer("Linear(3, 4)"), "Conv1d, Conv2d, Conv3d, ConvTranspose1d"),
    ("word", lambda: layer("Conv4d(3, 4, 3)"), "received Conv4d"),
    ("word", lambda: layer("Conv2d(3, 4, 3, bias=0)"), "bias must be one of True, False, rec"),
    ("word", lambda: layer("MaxPool2d(2, ceil_mode=True)"), "ceil_mode must be one of False"),
    ("word", lambda: layer("MaxPool2d(2, return_indices=2)"), "return_indices must be one of"),
    ("word", lambda: layer("AvgPool2d(2, count_include_pad=2)"), "count_include_pad must be on"),
    ("word", lambda: layer("ConvTranspose2d(3, 4, 3, padding_mode=reflect)"), "of 'zeros', rec"),
    ("layer arguments", lambda: layer("Conv2d(3, 4)"), "Conv2d: missing a required argument: 'k"),
    ("layer arguments", lambda: layer("MaxPool2d(3, size=2)"), "it takes kernel_size, stride, pad"),
    ("layer arguments", lambda: layer("AvgPool1d(3, 1, 0, 0, 0, 0)"), "too many positional"),
    ("pool padding", lambda: layer("MaxPool2d(3, padding=2)"), "3 // 2 = 1, received 2"),
    ("pool padding", lambda: layer("MaxPool2d(2, 1, (0, 2), 2)"), "3 // 2 = 1, received 2"),
    ("reach", lambda: layer("AvgPool2d(9)"), "H: the kernel reaches over"),
    ("rank", lambda: layer("MaxPool3d(1)", (3, 5, 7)), "received shape (3, 5, 7) with 3"),
    ("channels", lambda: layer("Conv2d(4, 4, 1)"), "4 * 1 = 4 channels, received 3"),
    ("groups", lambda: layer("Conv2d(3, 4, 1, groups=3)"), "out_channels must be divisible"),
    ("groups", lambda: layer("ConvTranspose2d(3, 4, 1, groups=2)"), "in_channels must be divis"),
    ("limit", lambda: layer("Conv2d(3, 10**9, 1)".replace("10**9", str(10**12))), "weight would"),
    ("limit", lambda: layer("Conv2d(3, 4, 1)", (3, 2**20, 2**20)), "the input would have shape"),
    ("limit", lambda: chain((3, 2**20, 2**20), []), "the input would have shape"),
    ("least", lambda: chain((3, -1, 2), []), "the input's shape must be at least 0, received -1"),
    ("receptive field", lambda: receptive_field([(Axis(1, 2**23), True)]), "1,048,576 look-ups"),
    ("receptive field", lambda: receptive_field([(Axis(1, 1, 2**23), True)]), "check kernels"),
    (
        "receptive field",
        lambda: receptive_field(
            [(Axis(1, 1), True), (Axis(1, 2**12), False), (Axis(1, 2**9), False)]
        ),
        "1,048,576 look-ups (convref.cost.LOOKUPS)",
    ),
    ("array", lambda: convert_weight([1], "torch", "keras"), "weight must be a NumPy array, rece"),
    ("array", lambda: convert_activation(Tensor(), "torch", "jax"), "input.detach().numpy()"),
    ("array", lambda: convert_linear(None, "torch", "jax"), "received builtins.NoneType"),
    ("word", lambda: convert_weight(W, "pytorch", "keras"), "source must be one of 'torch', 'o"),
    ("word", lambda: convert_activation(X, "torch", "NHWC"), "target must be one of"),
    ("word", lambda: convert_linear(X[0, 0], None, "keras"), "received None"),
    ("word", lambda: convert_weight(W, "torch", "keras", kind="1x1"), "kind must be one of 'conv'"),
    ("integer", lambda: convert_weight(W, "torch", "keras", groups=1.0), "groups must be an int"),
    ("integer", lambda: convert_linear(X[0, 0], "torch", "jax", flattened=(7.0,)), "received 7.0"),
    ("integer", lambda: tensorflow_same(5, 3, True), "stride must be an integer, received True"),
    ("least", lambda: convert_weight(W, "torch", "keras", groups=0), "groups must be at least 1"),
    ("least", lambda: convert_linear(X[0, 0], "torch", "jax", flattened=(0, 7)), "at least 1"),
    ("least", lambda: tensorflow_same((5, 0), 3), "size must be at least 1, received 0"),
    ("least", lambda: tensorflow_same(5, 0), "kernel_size must be at least 1, received 0"),
    ("least", lambda: tensorflow_same(5, 1, 0), "stride must be at least 1, received 0"),
    ("least", lambda: tensorflow_same(5, 1, 1, 0), "dilation must be at least 1, received 0"),
    ("length", lambda: tensorflow_same((5, 5), (3, 3, 3)), "kernel_size must be one integer or 2"),
    ("length", lambda: tensorflow_same((1, 2, 3, 4), 1), "received 4: (1, 2, 3, 4)"),
    ("length", lambda: tensorflow_same((), 1), "one integer or up to 3 of them"),
    ("groups", lambda: convert_weight(W, "torch", "keras", groups=3), "weight.shape[0] must be"),
    (
        "groups",
        lambda: convert_weight(W, "flax", "torch", kind="transposed", groups=2),
        "weight.shape[3] must be divisible by groups, received 3 % 2 = 1",
    ),
    (
        "groups",
        lambda: convert_weight(W[:, :1], "torch", "keras", kind="depthwise", groups=3),
        "weight.shape[0] must be divisible by groups, received 4 % 3 = 1",
    ),
    (
        "groups",
        lambda: convert_weight(W[:, :, :1], "jax", "keras", kind="depthwise", groups=2),
        "weight.shape[3] must be divisible by groups, received 3 % 2 = 1",
    ),
    (
        "layout",
        lambda: convert_weight(W[0, 0], "torch", "keras"),
        "3, 4 or 5 axes (O, C / groups, k), as torch has them for kind 'conv', received shape (2, ",
    ),
    (
        "layout",
        lambda: convert_weight(W[None, None], "keras", "torch", kind="transposed"),
        "(k, O / groups, C), as keras has them for kind 'transposed'",
    ),
    (
        "layout",
        lambda: convert_weight(W[None], "torch", "keras", kind="depthwise", groups=1),
        "weight must have 3 or 4 axes (C * M, 1, k), as torch has them",
    ),
    (
        "layout",
        lambda: convert_weight(W[None], "tensorflow", "flax", kind="depthwise"),
        "weight must have 3 or 4 axes (k, C, M), as tensorflow has them",
    ),
    ("layout", lambda: convert_activation(X[0, 0], "onnx", "jax"), "(N, C, sizes), as onnx"),
    ("layout", lambda: convert_activation(X[None, None], "jax", "onnx"), "(N, sizes, C), as jax"),
    ("layout", lambda: convert_linear(X, "onnx", "jax"), "2 axes (out, in), as onnx has"),
    ("layout", lambda: convert_linear(X[0], "paddle", "jax"), "axes (in, out), as paddle has them"),
    (
        "depthwise",
        lambda: convert_weight(W, "paddle", "keras", kind="depthwise", groups=4),
        "size 1 along axis 1 of (C * M, 1, k), as paddle has them",
    ),
    (
        "depthwise",
        lambda: convert_weight(W, "flax", "torch", kind="depthwise", groups=3),
        "size 1 along axis 2 of (k, 1, C * M), as flax has them",
    ),
    (
        "depthwise groups",
        lambda: convert_weight(W[:, :1], "torch", "keras", kind="depthwise"),
        "received None: weight.shape[0] is 4, which is groups times the multiplier.",
    ),
    (
        "depthwise groups",
        lambda: convert_weight(W, "keras", "torch", kind="depthwise", groups=3),
        "received 3: weight.shape[2] is 2.",
    ),
    (
        "flattened",
        lambda: convert_linear(X[0, 0], "torch", "keras", flattened=(2, 3)),
        "to the 7 inputs of weight, received (2, 3), which is 6: give (C, H, W)",
    ),
    ("flattened", lambda: convert_linear(X[0, 0], "keras", "torch", flattened=7), "the 5 inputs"),
    ("limit", lambda: convert_weight(HUGE, "torch", "keras"), "the converted weight would have"),
    ("limit", lambda: convert_activation(HUGE, "torch", "keras"), "the converted input would have"),
    ("limit", lambda: convert_linear(HUGE[0, 0], "torch", "keras"), "shape (1048576, 1048576)"),
    ("figure needs", lambda: draw("groups", in_channels=4), "'groups' needs out_channels, which"),
    ("figure needs", lambda: draw("window", size=5), "needs kernel or weight"),
    (
        "figure axes",
        lambda: draw("volume", size=[4, 4]),
        "size must have 3 axes in figure 'volume'",
    ),
    ("figure axes", lambda: draw("window", input=[[1]], weight=[1]), "weight must have 2 axes"),
    ("figure values", lambda: draw("padding", input=[1, "2"]), "input must be a list of finite nu"),
    ("figure values", lambda: draw("padding", input=[[1, 2], [3]]), "received [3] in row 1"),
    ("figure values", lambda: draw("padding", input=[float("inf")]), "received inf"),
    ("figure limit", lambda: draw("window", size=[30, 30], kernel=3), "at most 600 cells with the"),
    ("figure limit", lambda: draw("groups", in_channels=25, out_channels=4), "received 25"),
    ("figure position", lambda: draw("padding", size=[3, 3], at=[0, 4]), "at[1] must lie between "),
    ("figure scale", lambda: save(draw("padding", size=3), "a.png", scale=-1), "received -1"),
]


@pytest.mark.parametrize(
    ("rule", "call", "part"), BAD, ids=[f"{rule}-{i}" for i, (rule, *_) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_the_rule_and_without_memory(rule, call, part):
    error, message = checks.MESSAGES[rule]
    whole = re.sub(r"\\\{.*?\\\}", "(?s:.*)", re.escape(message))
    tracemalloc.start()
    try:
        with pytest.raises(error) as caught:
            call()
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert re.fullmatch(whole, str(caught.value)), f"not the rule {rule!r}: {caught.value}"
    assert part in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_rule_is_tried():
    assert {rule for rule, *_ in BAD} == set(checks.MESSAGES)


def test_every_public_name_is_there():
    assert sorted(convref.__all__) == convref.__all__
    assert all(hasattr(convref, name) for name in convref.__all__)
