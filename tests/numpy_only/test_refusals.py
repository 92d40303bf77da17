"""Bad input: the error's type and its whole message, and nothing else ever."""

import inspect
import re
import sys
import tracemalloc
from itertools import product
from string import Formatter
from typing import Any
from unittest.mock import patch

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
    conv_transpose1d,
    conv_transpose1d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    fold,
    fold1d,
    fold3d,
    messages,
    pad,
    size,
    unfold,
    unfold1d,
    unfold3d,
)
from convref.cost import chain, read, receptive_field, spacing
from convref.figures import draw
from convref.figures.files import save
from convref.geometry import Axis
from convref.layouts import convert_activation, convert_linear, convert_weight, tensorflow_same
from convref.trace import explain, explain_transposed
from tests.numpy_only.calls import CALLS
from tests.numpy_only.cases import SPARE, allowed


def large(*shape: Any) -> Any:
    """An array of any shape in 8 bytes of memory."""
    return np.broadcast_to(np.ones(()), shape)


X, W, V = np.ones((1, 3, 5, 7)), np.ones((4, 3, 2, 3)), np.ones((3, 2, 2, 3))
UP = ConvTranspose2d(1, 1, 2, 2)
HUGE = large(1, 1, 2**20, 2**20)


def with_weight(made: Any, weight: Any) -> Any:
    made.weight = weight
    return made


def layer(text: Any, shape: Any = (3, 5, 7)) -> Any:
    return read(text, shape, np.dtype("f4"))


def without(library: Any, call: Any) -> None:
    with patch.dict(sys.modules, {library: None}):
        call()


class Tensor:
    """Stands in for torch.Tensor."""


class Bfloat16(Tensor):
    """Stands in for a tensor that NumPy cannot hold."""

    dtype = "torch.bfloat16"


class Parameter(Tensor):
    """Stands in for torch.nn.Parameter."""


def tensor(**attributes: Any) -> Any:
    """Stands in for a tensor of another kind."""
    return type("Tensor", (Tensor,), {"__module__": "torch", **attributes})()


Tensor.__module__ = Bfloat16.__module__ = "torch"
Parameter.__module__ = "torch.nn.parameter"
MASKED = np.ma.masked_array(X, X > 0)

ALL = "float16, float32, float64, complex64, complex128, " + ", ".join(
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
)
LAYERS = ", ".join(
    f"{k}{n}d" for k in ("Conv", "ConvTranspose", "MaxPool", "AvgPool") for n in (1, 2, 3)
)
FRAMEWORKS = "'torch', 'onnx', 'paddle', 'mindspore', 'tensorflow', 'keras', 'jax', 'flax'"
MODES = ", ".join(map(repr, checks.MODES))
TWO = "an integer or a tuple of 2 integers"
ADD = "add the missing axis with input[None]"
FLOATS = "float16, float32, float64, complex64, complex128"

# rule, call, and what the rule's message is filled in with, in the order of its gaps
BAD = [
    (
        "array",
        lambda: conv2d([[1]], W),
        ("input", "builtins.list", "convert it with numpy.asarray(input)"),
    ),
    (
        "array",
        lambda: UP([[1]], output_size=(4, 4)),
        ("input", "builtins.list", "convert it with numpy.asarray(input)"),
    ),
    (
        "array",
        lambda: with_weight(Conv2d(3, 4, 2), [1])(X),
        ("weight", "builtins.list", "convert it with numpy.asarray(weight)"),
    ),
    (
        "array",
        lambda: conv2d(X, Tensor()),
        ("weight", "torch.Tensor", "convert it with weight.numpy(force=True)"),
    ),
    (
        "array",
        lambda: conv2d(Bfloat16(), W),
        ("input", "torch.Bfloat16", "convert it with input.float().numpy(force=True)"),
    ),
    (
        "array",
        lambda: pad((1, 2), (1, 1)),
        ("input", "builtins.tuple", "convert it with numpy.asarray(input)"),
    ),
    *(
        ("array", lambda kind=kind: conv2d(tensor(**kind), W), ("input", "torch.Tensor", cure))
        for kind, cure in (
            ({"layout": "torch.strided"}, "convert it with input.numpy(force=True)"),
            ({"layout": "torch.sparse_coo"}, "convert it with input.to_dense().numpy(force=True)"),
            ({"dtype": "torch.float8_e5m2"}, "convert it with input.float().numpy(force=True)"),
            ({"dtype": "torch.complex32"}, "convert it with input.cfloat().numpy(force=True)"),
            ({"dtype": "torch.uint16"}, "convert it with input.numpy(force=True)"),
            (
                {"dtype": "torch.quint8", "is_quantized": True},
                "convert it with input.dequantize().numpy(force=True)",
            ),
            ({"dtype": "torch.bits8"}, "give an array of numbers"),
            ({"is_meta": True}, "give an array of numbers"),
            ({"is_nested": True}, "give an array of numbers, with rows of equal length"),
        )
    ),
    ("masked", lambda: conv2d(MASKED, W), ("input",)),
    (
        "dtype",
        lambda: conv2d(X.astype(bool), W.astype(bool)),
        ("input", "bool", "convolution", ALL, "convert it with input.astype(numpy.float32)"),
    ),
    (
        "dtype",
        lambda: conv2d(X.astype(object), W),
        ("input", "object", "convolution", ALL, "give its numbers in one of these"),
    ),
    (
        "dtype",
        lambda: conv2d(X.astype("M8[s]"), W),
        ("input", "datetime64[s]", "convolution", ALL, "give its numbers in one of these"),
    ),
    (
        "dtype",
        lambda: pad(X.astype("U1"), (1, 1)),
        ("input", "<U1", "pad", f"bool, {ALL}", "give its numbers in one of these"),
    ),
    (
        "dtype",
        lambda: unfold(X.astype("m8[s]"), 1),
        ("input", "timedelta64[s]", "unfold", f"bool, {ALL}", "give its numbers in one of these"),
    ),
    (
        "dtype",
        lambda: fold(np.zeros((4, 1), [("a", "i4")]), 2, 2),
        ("input", "[('a', '<i4')]", "fold", f"bool, {ALL}", "give its numbers in one of these"),
    ),
    ("range", lambda: conv2d(X, W, stride=2**63), ("stride", 2**63)),
    ("range", lambda: pad(X, (-(2**63) - 1, 0)), ("pad", -(2**63) - 1)),
    ("range", lambda: size(10**5000, 1), ("n", "what cannot be printed")),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype="int64"), (FLOATS, "int64")),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype="nonsense"), (FLOATS, "nonsense")),
    ("layer dtype", lambda: Conv2d(1, 1, 1, dtype=None), (FLOATS, None)),
    (
        "accumulate",
        lambda: conv2d(X, W, accumulate="f4"),
        ("float64", "f4", "accumulate='float64'"),
    ),
    (
        "accumulate",
        lambda: conv2d(X, W, accumulate=complex),
        ("float64", "<class 'complex'>", "accumulate='float64'"),
    ),
    (
        "accumulate",
        lambda: conv2d(X, W, accumulate="wide"),
        ("float64", "wide", "accumulate='float64'"),
    ),
    (
        "accumulate",
        lambda: conv_transpose2d(X, V, accumulate="i8"),
        ("float64", "i8", "accumulate='float64'"),
    ),
    (
        "mixed",
        lambda: conv2d(X, W.astype("f4")),
        ("weight", "float32", "float64", "weight.astype(input.dtype)"),
    ),
    (
        "mixed",
        lambda: conv2d(X, W, np.ones(4, int)),
        ("bias", "int64", "float64", "bias.astype(input.dtype)"),
    ),
    (
        "rank",
        lambda: conv2d(X[0, 0], W),
        (4, "H, W", 3, (5, 7), 2, ADD),
    ),
    (
        "rank",
        lambda: conv1d(X, W),
        (3, "L", 2, (1, 3, 5, 7), 4, "call the function for 2 spatial axes"),
    ),
    (
        "rank",
        lambda: conv3d(X[0], W),
        (5, "D, H, W", 4, (3, 5, 7), 3, "call the function for 2 spatial axes"),
    ),
    (
        "weight rank",
        lambda: conv2d(X, W[0]),
        (4, "O, C / groups", "kH, kW", (3, 2, 3), 3, "add the missing axis with weight[None]"),
    ),
    (
        "weight rank",
        lambda: conv_transpose2d(X, V[:, 0], groups=1),
        (4, "C, O / groups", "kH, kW", (3, 2, 3), 3, "add the missing axis with weight[:, None]"),
    ),
    (
        "weight rank",
        lambda: conv_transpose2d(X, np.ones((4, 2, 3)), groups=3),
        (4, "C, O / groups", "kH, kW", (4, 2, 3), 3, "add the missing axis with weight[None]"),
    ),
    (
        "rank",  # an input for two axes, and a weight in three groups
        lambda: conv1d(X, np.ones((6, 1, 2, 2)), groups=3),
        (3, "L", 2, (1, 3, 5, 7), 4, "call the function for 2 spatial axes"),
    ),
    (
        "rank",
        lambda: conv_transpose1d(X, V, groups=3),
        (3, "L", 2, (1, 3, 5, 7), 4, "call the function for 2 spatial axes"),
    ),
    *(
        (
            "length",
            lambda name=name: unfold(X, 2, **{name: (2,)}),
            (name, "one integer or 2 of them", "H, W", 1, (2,), ""),
        )
        for name in ("stride", "dilation", "padding")
    ),
    (
        "empty",
        lambda: conv2d(X[:, :, :0], W),
        ("input", "(H, W)", (1, 3, 0, 7)),
    ),
    (
        "empty",
        lambda: conv2d(X, W[:0]),
        ("weight", "(O, kH, kW)", (0, 3, 2, 3)),
    ),
    (
        "empty",
        lambda: conv2d(X, W[:, :, :0]),
        ("weight", "(O, kH, kW)", (4, 3, 0, 3)),
    ),
    ("integer", lambda: conv2d(X, W, stride=True), ("stride", TWO, "True", "bool")),
    ("integer", lambda: conv2d(X, W, stride=1.5), ("stride", TWO, "1.5", "float")),
    ("integer", lambda: conv2d(X, W, stride=(1, "3")), ("stride", TWO, "'3'", "str")),
    ("integer", lambda: conv2d(X, W, dilation=float("nan")), ("dilation", TWO, "nan", "float")),
    (
        "integer",
        lambda: conv2d(X, W, groups=np.True_),
        ("groups", "an integer", "np.True_", "bool"),
    ),
    ("integer", lambda: conv2d(X, W, padding=None), ("padding", TWO, "None", "NoneType")),
    (
        "integer",
        lambda: conv2d(X, W, stride=np.array([[1, 1]])),
        ("stride", TWO, "array([[1, 1]])", "ndarray"),
    ),
    (
        "integer",
        lambda: conv2d(X, W, padding=np.array([1, 1.5])),
        ("padding", TWO, "1.0", "float"),
    ),
    ("integer", lambda: pad(X, 1), ("pad", "a tuple of integers such as (1, 1)", "1", "int")),
    ("integer", lambda: pad(X, (1.0, 1)), ("pad", "a tuple of integers", "1.0", "float")),
    ("integer", lambda: size(5, 3, padding=(1, 1.5)), ("padding", "an integer", "1.5", "float")),
    ("integer", lambda: size(5.0, 3), ("n", "an integer", "5.0", "float")),
    (
        "length",
        lambda: conv2d(X, W, stride=(1, 2, 3)),
        ("stride", "one integer or 2 of them", "H, W", 3, (1, 2, 3), ""),
    ),
    (
        "length",
        lambda: conv2d(X, W, dilation=()),
        ("dilation", "one integer or 2 of them", "H, W", 0, (), ""),
    ),
    (
        "length",
        lambda: conv1d(X[0], W[0], padding=(1, 2)),
        (
            "padding",
            "one integer",
            "L",
            2,
            (1, 2),
            ". For sides that differ, give (before, after) for each axis: padding=[(1, 2)]",
        ),
    ),
    (
        "length",
        lambda: conv2d(X, W, padding=(1, 2, 3, 0)),
        (
            *("padding", "one integer or 2 of them", "H, W", 4, (1, 2, 3, 0)),
            ". For sides that differ, give (before, after) for each axis; (1, 2, 3, 0) in the "
            "order of F.pad is: padding=[(3, 0), (1, 2)]",
        ),
    ),
    (
        "length",
        lambda: conv2d(X, W, padding=[(1, 2)]),
        (
            *("padding", "2 pairs (before, after)", "H, W", 1, [(1, 2)]),
            ". For the same along every axis, give: padding=[(1, 2), (1, 2)]",
        ),
    ),
    (
        "length",
        lambda: Conv1d(1, 1, 1, padding=((1, 2), (3, 4))),
        ("padding", "1 pair (before, after)", "L", 2, [(1, 2), (3, 4)], ""),
    ),
    ("length", lambda: size(5, 3, padding=[]), ("padding", "one integer", "L", 0, (), "")),
    *(
        ("integer", call, ("padding", "pairs of integers (before, after)", received, kind))
        for call, received, kind in (
            (lambda: conv2d(X, W, padding=[(1, 2), 3]), "3", "int"),
            (lambda: conv2d(X, W, padding=[1, (2, 3)]), "1", "int"),
            (lambda: conv2d(X, W, padding=[(1, 2), (3,)]), "(3,)", "tuple"),
            (lambda: conv2d(X, W, padding=[(1, 2), (3, (4,))]), "(4,)", "tuple"),
            (lambda: conv2d(X, W, padding=[(1, 2), (3, 0.5)]), "0.5", "float"),
            (lambda: conv2d(X, W, padding=[(True, 2), (3, 4)]), "True", "bool"),
            (
                lambda: conv2d(X, W, padding=np.ones((2, 3), int)),
                repr(np.ones((2, 3), int)),
                "ndarray",
            ),
            (lambda: conv2d(X, W, padding=large(1, 2**40)), repr(large(1, 2**40)), "ndarray"),
            (lambda: size(5, 3, padding=[("same", "valid")]), "'same'", "str"),
        )
    ),
    ("least", lambda: conv2d(X, W, padding=[(1, 0), (0, -1)]), ("padding", 0, -1)),
    ("least", lambda: conv1d(X[0], W[0, :, :1], padding=[(-1, 0)]), ("padding", 0, -1)),
    (
        "reflect",
        lambda: conv2d(X, W, padding=[(4, 5), (0, 0)], padding_mode="reflect"),
        ("H", 5, 5, 4),
    ),
    *(
        ("transposed sides", call, (TWO, "[(1, 2), (0, 3)]", cure))
        for call in (
            lambda: conv_transpose2d(X, V, padding=[(1, 2), (0, 3)]),
            lambda: conv_transpose2d_backward(X, X, V, padding=[(1, 2), (0, 3)]),
            lambda: ConvTranspose2d(1, 1, 1, padding=[(1, 2), (0, 3)]),
            lambda: explain_transposed(X, V, padding=[(1, 2), (0, 3)], at=(0, 0, 0, 0)),
        )
        for cure in (
            "give padding=0 and crop with convref.pad(output, (0, -3, -1, -2)), "
            "or for gradients pad with convref.pad(grad_output, (0, 3, 1, 2))",
        )
    ),
    (
        "transposed sides",
        lambda: conv_transpose2d(X, V, padding=np.array([[1, 1], [2, 2]])),
        (TWO, repr(np.array([[1, 1], [2, 2]])), "give padding=(1, 2)"),
    ),
    *(
        ("transposed sides", call, ("an integer", received, "give one number for both sides"))
        for call, received in (
            (lambda: conv_transpose1d(X[0], W[:3, :1, 0], padding=[(1, 2, 3)]), "[(1, 2, 3)]"),
            (lambda: conv_transpose1d(X[0], W[:3, :1, 0], padding=[(1, -1)]), "[(1, -1)]"),
            (lambda: layer("ConvTranspose1d(3, 4, 1, padding=[(1, 2)])", (3, 5)), "[(1, 2)]"),
        )
    ),
    ("least", lambda: conv2d(X, W, stride=0), ("stride", 1, 0)),
    ("least", lambda: conv2d(X, W, padding=(1, -2)), ("padding", 0, -2)),
    ("least", lambda: conv2d(X, W, dilation=0), ("dilation", 1, 0)),
    ("least", lambda: conv2d(X, W, groups=-1), ("groups", 1, -1)),
    ("least", lambda: Conv2d(1, 1, 0), ("kernel_size", 1, 0)),
    ("least", lambda: size(-1, 3), ("n", 0, -1)),
    (
        "word",
        lambda: conv2d(X, W, padding="full"),
        ("padding", "one of 'same', 'valid'", "'full'", ""),
    ),
    (
        "word",
        lambda: conv2d(X, W, padding_mode="symmetric"),
        (
            "padding_mode",
            "one of " + MODES,
            "'symmetric'",
            ". For this one, call numpy.pad first, as learn/padding-modes#symmetric shows",
        ),
    ),
    (
        "word",
        lambda: conv2d(X, W, padding_mode=None),
        ("padding_mode", "one of " + MODES, "None", ""),
    ),
    (
        "word",
        lambda: pad(X, (1, 1), "zeros"),
        ("mode", "one of " + MODES.replace("zeros", "constant"), "'zeros'", ""),
    ),
    ("same", lambda: conv2d(X, W, stride=(1, 2), padding="same"), ((1, 2),)),
    ("same", lambda: Conv2d(1, 1, 1, 2, "same"), ((2, 2),)),
    ("groups", lambda: conv2d(X, W, groups=3), ("weight.shape[0]", 4, 3, 1)),
    ("groups", lambda: Conv2d(4, 6, 1, groups=4), ("out_channels", 6, 4, 2)),
    ("groups", lambda: Conv2d(3, 6, 1, groups=2), ("in_channels", 3, 2, 1)),
    (
        "channels",
        lambda: conv2d(X[:, :1], W),
        (
            3,
            1,
            "3 channels",
            1,
            1,
            (1, 1, 5, 7),
            "check the order of its axes, (N, C, H, W), or give weight of shape (4, 1, 2, 3)",
        ),
    ),
    (
        "channels",
        lambda: conv2d(X[0], W, groups=2),
        (3, 2, "6 channels", 3, 0, (3, 5, 7), "check the order of its axes, (C, H, W)"),
    ),
    ("bias", lambda: conv2d(X, W, np.ones(3)), (4, (3,), "give 4 numbers")),
    ("reach", lambda: conv2d(X, W, dilation=(1, 4)), ("W", 4, 3, 9, 0, 7, 0, 7)),
    ("reach", lambda: conv2d(X, np.ones((4, 3, 6, 1))), ("H", 1, 6, 6, 0, 5, 0, 5)),
    ("reach", lambda: conv2d(X, W, dilation=2**62), ("H", 2**62, 2, 2**62 + 1, 0, 5, 0, 5)),
    ("reach", lambda: size(2, 3), ("n", 1, 3, 3, 0, 2, 0, 2)),
    ("reflect", lambda: conv2d(X, W, padding=5, padding_mode="reflect"), ("H", 5, 5, 4)),
    ("reflect", lambda: pad(X[0], (7, 0), "reflect"), ("axis 2", 7, 7, 6)),
    ("reflect", lambda: pad(X[0], (-4, 7), "reflect"), ("axis 2", 7, 7, 6)),
    ("circular", lambda: conv2d(X, W, padding=6, padding_mode="circular"), ("H", 6, 5, 5)),
    ("circular", lambda: pad(X[0], (8, 0), "circular"), ("axis 2", 8, 7, 7)),
    ("circular", lambda: pad(X[0], (8, -8), "circular"), ("axis 2", 8, "0 after cropping", 0)),
    ("circular", lambda: pad(X[0], (-4, 4), "circular"), ("axis 2", 4, "3 after cropping", 3)),
    ("circular", lambda: pad(X[0], (-9, 3), "circular"), ("axis 2", 3, "0 after cropping", 0)),
    ("circular", lambda: pad(X[0], (8, -15), "circular"), ("axis 2", 8, 7, 7)),
    *(
        (mode, lambda mode=mode: pad(X[0], (8, 0), mode), ("axis 2", 8, 7, allowed(mode, 7)))
        for mode in SPARE
    ),
    ("nothing left", lambda: pad(X[0], (-7, 0), "reflect"), ("reflect", (0,))),
    ("nothing left", lambda: pad(X, (-7, 0, -6, 1), "replicate"), ("replicate", (0, 0))),
    (
        "nothing to show",
        lambda: pad(X[0, ..., :0], (1, 0), "replicate"),
        ("axis 2", "replicate", 0),
    ),
    ("pairs", lambda: pad(X, (1,)), ("4 axes", 4, 8, 1, (1,))),
    ("pairs", lambda: pad(X[0, 0, 0], (1, 1, 1, 1)), ("1 axis", 1, 2, 4, (1, 1, 1, 1))),
    ("pairs", lambda: pad(X[0, 0], (1,) * 6), ("2 axes", 2, 4, 6, (1,) * 6)),
    (
        "pad rank",
        lambda: pad(X, (1, 1), "reflect"),
        (
            "reflect",
            1,
            2,
            3,
            2,
            (1, 3, 5, 7),
            "give 0 for the axes that stay, as in pad=(1, 1, 0, 0)",
        ),
    ),
    (
        "pad rank",
        lambda: pad(X[0, 0, 0], (1, 1), "circular"),
        ("circular", 1, 2, 3, 2, (7,), ADD),
    ),
    (
        "pad rank",
        lambda: pad(X, (), "replicate"),
        ("replicate", 0, 1, 2, 0, (1, 3, 5, 7), "pad 1, 2 or 3 axes"),
    ),
    ("crop", lambda: pad(X, (9, -8)), ("axis 3", 0, 7, -8, -1)),
    ("crop", lambda: pad(X, (-(2**62), 0)), ("axis 3", -(2**62), 7, 0, 7 - 2**62)),
    ("crop", lambda: pad(X[0], (-9, 1), "replicate"), ("axis 2", -9, 7, 1, -1)),
    ("crop", lambda: pad(X[0], (-9, 1), "circular"), ("axis 2", -9, 7, 1, -1)),
    ("crop", lambda: pad(X, (-9, 1, 0, 0), "reflect"), ("axis 3", -9, 7, 1, -1)),
    ("crop", lambda: pad(X, (-4, -4)), ("axis 3", -4, 7, -4, -1)),
    ("value", lambda: pad(X.astype("i1"), (1, 1), value=300), ("int8", "300")),
    ("value", lambda: pad(X.astype(int), (1, 1), value=float("nan")), ("int64", "nan")),
    ("value", lambda: pad(X, (1, 1), value=1j), ("float64", "1j")),
    ("value", lambda: pad(X, (1, 1), value="0"), ("float64", "'0'")),
    ("value and mode", lambda: pad(X[0], (1, 1), "reflect", 2.0), ("2.0", "reflect")),
    ("value and mode", lambda: pad(X[0], (1, 1), "reflect", 1), ("1", "reflect")),
    (
        "limit",
        lambda: pad(X[:0, 0], (2**40, 0), "replicate"),
        (
            "the padded array, its empty axes counted as one cell,",
            (0, 5, 2**40 + 7),
            40 * (2**40 + 7),
            2**36,
        ),
    ),
    (
        "limit",
        lambda: conv2d(X, W, padding=2**40),
        ("the padded input", (1, 3, 2**41 + 5, 2**41 + 7), 116056878683637719469392712, 2**36),
    ),
    (
        "limit",
        lambda: conv2d(HUGE, np.ones((1, 1, 1, 1))),
        ("the padded input", (1, 1, 2**20, 2**20), 2**43, 2**36),
    ),
    (
        "limit",
        lambda: pad(X, (0, 2**40)),
        ("the padded array", (1, 3, 5, 2**40 + 7), 131941395333960, 2**36),
    ),
    (
        "limit",
        lambda: pad(X, (2**40, 0)),
        ("the padded array", (1, 3, 5, 2**40 + 7), 131941395333960, 2**36),
    ),
    (
        "limit",
        lambda: Conv3d(2**20, 2**20, 9),
        ("weight", (2**20, 2**20, 9, 9, 9), 3206175906594816, 2**36),
    ),
    ("device", lambda: Conv1d(1, 1, 1, device="cuda"), ("'cuda'",)),
    (
        "keys",
        lambda: Conv1d(1, 1, 1).load_state_dict({}),
        (["bias", "weight"], [], "give a dictionary of arrays by these names"),
    ),
    (
        "keys",
        lambda: Conv1d(1, 1, 1).load_state_dict(None),
        (["bias", "weight"], None, "give a dictionary of arrays by these names"),
    ),
    (
        "empty",
        lambda: conv_transpose2d(X, V[:, :0]),
        ("weight", "(O / groups, kH, kW)", (3, 0, 2, 3)),
    ),
    (
        "transposed channels",
        lambda: conv_transpose2d(X, V[:2]),
        (
            "2 channels",
            3,
            1,
            (1, 3, 5, 7),
            "check the order of its axes, (N, C, H, W), or give weight of shape (3, 2, 2, 3)",
        ),
    ),
    (
        "transposed channels",
        lambda: conv_transpose2d(X[0, :2], V),
        (
            "3 channels",
            2,
            0,
            (2, 5, 7),
            "check the order of its axes, (C, H, W), or swap the weight's axes with "
            "weight.swapaxes(0, 1), or give weight of shape (2, 2, 2, 3)",
        ),
    ),
    ("output padding", lambda: conv_transpose2d(X, V, output_padding=(0, 1)), ("W", 1, 1, 1, 0)),
    ("output padding", lambda: conv_transpose2d(X, V, None, 2, 0, 3), ("H", 2, 1, 3, 1)),
    ("transposed size", lambda: conv_transpose2d(X, V, padding=4), ("H", 4, 1, 4, 1, 1, 0, -2)),
    ("least", lambda: conv_transpose2d(X, V, output_padding=-1), ("output_padding", 0, -1)),
    ("integer", lambda: conv_transpose2d(X, V, padding="same"), ("padding", TWO, "'same'", "str")),
    ("bias", lambda: conv_transpose2d(X, V, np.ones(3)), (2, (3,), "give 2 numbers")),
    ("output size", lambda: UP(X[:, :1].astype("f4"), 9), ("H", 10, 11, 2, 5, 9)),
    ("output size", lambda: UP(X[:, :1].astype("f4"), (11, 16)), ("W", 14, 15, 2, 7, 16)),
    (
        "word",
        lambda: ConvTranspose2d(1, 1, 1, padding_mode="reflect"),
        ("padding_mode", "'zeros'", "'reflect'", ""),
    ),
    ("shape", lambda: conv2d_backward(X, X, W), ("grad_output", (1, 4, 4, 5), (1, 3, 5, 7))),
    (
        "mixed",
        lambda: conv2d_backward(X.astype("f4"), X, W),
        ("grad_output", "float32", "float64", "grad_output.astype(input.dtype)"),
    ),
    (
        "shape",
        lambda: conv_transpose2d_backward(X, X, V, 2, 0, 1),
        ("grad_output", (1, 2, 11, 16), (1, 3, 5, 7)),
    ),
    (
        "shape",
        lambda: conv_transpose2d_backward(X, X[0], V, groups=3),
        ("grad_output", (6, 6, 9), (1, 3, 5, 7)),
    ),
    (
        "mixed",
        lambda: conv_transpose2d_backward(X.astype("f4"), X, V),
        ("grad_output", "float32", "float64", "grad_output.astype(input.dtype)"),
    ),
    (
        "limit",
        lambda: conv_transpose1d_backward(
            np.ones((1, 1, 1)),
            np.ones((1, 1, 3)),
            np.ones((1, 1, 1)),
            stride=2**40,
            padding=2**40,
        ),
        ("the padded output", (1, 1, 2**41 + 1), 8 * (2**41 + 1), 2**36),
    ),
    ("columns rank", lambda: fold(X, 3, 2), ("kH * kW", (1, 3, 5, 7), 4)),
    ("columns rank", lambda: fold1d(X, 3, 2), ("kL", (1, 3, 5, 7), 4)),
    ("columns rank", lambda: fold3d(X, 3, 2), ("kD * kH * kW", (1, 3, 5, 7), 4)),
    ("rows", lambda: fold(X[0, 0], 3, 2), ("kH * kW", 5, 4, 1, (2, 2), "unfold")),
    ("rows", lambda: fold1d(X[0, 0], 3, 2), ("kL", 5, 2, 1, (2,), "unfold1d")),
    (
        "rows",
        lambda: fold3d(X[0, 0], 3, (1, 2, 1)),
        ("kD * kH * kW", 5, 2, 1, (1, 2, 1), "unfold3d"),
    ),
    ("windows", lambda: fold(np.ones((4, 5)), 3, 2), ("2 * 2 = 4", 5, "unfold")),
    ("windows", lambda: fold1d(np.ones((4, 5)), 3, 2), ("2", 5, "unfold1d")),
    ("windows", lambda: fold3d(np.ones((8, 5)), (2, 3, 4), 2), ("1 * 2 * 3 = 6", 5, "unfold3d")),
    (
        "rank",
        lambda: unfold1d(X, 2),
        (3, "L", 2, (1, 3, 5, 7), 4, "drop the first axis with input[0]"),
    ),
    ("reach", lambda: unfold1d(X[0, 0], 9), ("L", 1, 9, 9, 0, 7, 0, 7)),
    ("reach", lambda: unfold3d(X, (2, 1, 1), 4), ("D", 4, 2, 5, 0, 3, 0, 3)),
    ("reach", lambda: fold3d(np.ones((2, 1)), (2, 2, 2), (1, 1, 2), 2), ("W", 2, 2, 3, 0, 2, 0, 2)),
    (
        "empty",
        lambda: unfold3d(X[:, :0], 1),
        ("input", "(D, H, W)", (1, 0, 5, 7)),
    ),
    ("reach", lambda: unfold(X, 9), ("H", 1, 9, 9, 0, 5, 0, 5)),
    (
        "empty",
        lambda: unfold(X[:, :, :0], 1),
        ("input", "(H, W)", (1, 3, 0, 7)),
    ),
    (
        "rank",
        lambda: unfold(X[0, 0], 1),
        (4, "H, W", 3, (5, 7), 2, ADD),
    ),
    (
        "shape",
        lambda: Conv1d(1, 1, 2, bias=False).load_state_dict({"weight": np.ones((1, 1, 3))}),
        ("weight", (1, 1, 2), (1, 1, 3)),
    ),
    (
        "weight axes",
        lambda: explain(X, W[0, 0], at=(0, 0)),
        ((2, 3), 2, "add the missing axes with weight[None, None]"),
    ),
    (
        "weight axes",
        lambda: explain_transposed(X, W[None, None], at=()),
        ((1, 1, 4, 3, 2, 3), 6, "drop the first axis with weight[0]"),
    ),
    ("integer", lambda: explain(X, W, at=0), ("at", "a tuple of integers", "0", "int")),
    (
        "integer",
        lambda: explain(X, W, at=(0, 0, 1.0, 0)),
        ("at", "a tuple of integers", "1.0", "float"),
    ),
    ("cell axes", lambda: explain(X, W, at=(0, 0, 0)), (4, (1, 4, 4, 5), 3, (0, 0, 0))),
    ("cell axes", lambda: explain(X[0], W, at=(0,) * 4), (3, (4, 4, 5), 4, (0, 0, 0, 0))),
    ("cell", lambda: explain(X, W, at=(0, 3, 4, 0)), (2, 4, (1, 4, 4, 5), 4)),
    (
        "cell",
        lambda: explain(X[0], W, at=(-1, 0, 0)),
        (0, 4, (4, 4, 5), -1),
    ),
    ("cell", lambda: explain(X[:0], W, at=(0,) * 4), (0, 0, (0, 4, 4, 5), 0)),
    (
        "cell",
        lambda: explain_transposed(X, W[:3], groups=3, at=(0, 9, 0, 0)),
        (1, 9, (1, 9, 6, 9), 9),
    ),
    ("layer", lambda: layer("Conv2d"), ("'Conv2d'",)),
    ("layer", lambda: layer("Conv2d(3, 4"), ("'Conv2d(3, 4'",)),
    ("layer", lambda: layer("Conv2d(*x)"), ("'Conv2d(*x)'",)),
    ("layer", lambda: layer("(Conv2d or 1)(3)"), ("'(Conv2d or 1)(3)'",)),
    ("layer", lambda: layer("(" * 999), (repr("(" * 999),)),
    ("layer", lambda: layer("Conv2d(3, print())"), ("'Conv2d(3, print())'",)),
    (
        "word",
        lambda: layer("Linear(3, 4)"),
        (
            "a layer",
            "one of " + LAYERS,
            "'Linear'",
            "",
        ),
    ),
    (
        "word",
        lambda: layer("Conv4d(3, 4, 3)"),
        (
            "a layer",
            "one of " + LAYERS,
            "'Conv4d'",
            "",
        ),
    ),
    ("word", lambda: layer("Conv2d(3, 4, 3, bias=0)"), ("bias", "one of True, False", "0", "")),
    (
        "word",
        lambda: Conv1d(1, 1, 1, bias=np.ones(2)),
        ("bias", "one of True, False", "array([1., 1.])", ""),
    ),
    (
        "integer",
        lambda: Conv1d(1, 1, 1, seed=1.5),
        ("seed", "an integer or a numpy Generator", "1.5", "float"),
    ),
    ("word", lambda: layer("MaxPool2d(2, ceil_mode=True)"), ("ceil_mode", "False", True, "")),
    (
        "word",
        lambda: layer("MaxPool2d(2, return_indices=2)"),
        ("return_indices", "one of True, False", "2", ""),
    ),
    (
        "word",
        lambda: layer("AvgPool2d(2, count_include_pad=2)"),
        ("count_include_pad", "one of True, False", "2", ""),
    ),
    (
        "word",
        lambda: layer("ConvTranspose2d(3, 4, 3, padding_mode=reflect)"),
        ("padding_mode", "'zeros'", "'reflect'", ""),
    ),
    (
        "layer arguments",
        lambda: layer("Conv2d(3, 4)"),
        (
            "Conv2d",
            "lacks 'kernel_size'",
            "in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, "
            "padding_mode",
        ),
    ),
    (
        "layer arguments",
        lambda: layer("MaxPool2d(3, size=2)"),
        (
            "MaxPool2d",
            "has no argument 'size'",
            "kernel_size, stride, padding, dilation, return_indices, ceil_mode",
        ),
    ),
    (
        "layer arguments",
        lambda: layer("AvgPool1d(3, 1, 0, 0, 0, 0)"),
        (
            "AvgPool1d",
            "has 6 arguments, at most 5 fit",
            "kernel_size, stride, padding, ceil_mode, count_include_pad",
        ),
    ),
    ("pool padding", lambda: layer("MaxPool2d(3, padding=2)"), (3, 1, 2)),
    ("pool padding", lambda: layer("MaxPool2d(2, 1, (0, 2), 2)"), (3, 1, 2)),
    ("reach", lambda: layer("AvgPool2d(9)"), ("H", 1, 9, 9, 0, 5, 0, 5)),
    (
        "rank",
        lambda: layer("MaxPool3d(1)", (3, 5, 7)),
        (5, "D, H, W", 4, (3, 5, 7), 3, "give input the shape (1, 3, 5, 7)"),
    ),
    (
        "layer channels",
        lambda: layer("Conv2d(4, 4, 1)"),
        (
            "4 channels",
            3,
            0,
            (3, 5, 7),
            "check the order of its axes, (C, H, W), or give the layer in_channels=3",
        ),
    ),
    (
        "layer channels",
        lambda: UP(X.astype("f4")),
        (
            "1 channel",
            3,
            1,
            (1, 3, 5, 7),
            "move its channels with numpy.moveaxis(input, 0, 1), or give the layer in_channels=3",
        ),
    ),
    (
        "layer mixed",
        lambda: UP(X[:, :1]),
        ("float64", "float32", "make the layer with dtype=numpy.float64"),
    ),
    ("axes", lambda: receptive_field(5), ("5",)),
    ("axes", lambda: spacing([(Axis(1, 1), True), 1]), (f"[({Axis(1, 1)}, True), 1]",)),
    ("axes", lambda: receptive_field([(1, True)]), ("[(1, True)]",)),
    ("word", lambda: chain((1, 5), [], "foo"), ("dtype", f"one of {ALL}", "'foo'", "")),
    ("layer", lambda: chain((1, 5), 7), ("7",)),
    ("word", lambda: chain((1, 5), [], None), ("dtype", f"one of {ALL}", "None", "")),
    (
        "integer",
        lambda: chain(None, []),
        ("the input's shape", "a tuple of integers", "None", "NoneType"),
    ),
    ("groups", lambda: layer("Conv2d(3, 4, 1, groups=3)"), ("out_channels", 4, 3, 1)),
    ("groups", lambda: layer("ConvTranspose2d(3, 4, 1, groups=2)"), ("in_channels", 3, 2, 1)),
    (
        "limit",
        lambda: layer("Conv2d(3, 10**9, 1)".replace("10**9", str(10**12))),
        ("weight", (10**12, 3, 1, 1), 12 * 10**12, 2**36),
    ),
    (
        "limit",
        lambda: layer("Conv2d(3, 4, 1)", (3, 2**20, 2**20)),
        ("the input", (3, 2**20, 2**20), 13194139533312, 2**36),
    ),
    (
        "limit",
        lambda: chain((3, 2**20, 2**20), []),
        ("the input", (3, 2**20, 2**20), 13194139533312, 2**36),
    ),
    ("least", lambda: chain((3, -1, 2), []), ("the input's shape", 0, -1)),
    ("receptive field", lambda: receptive_field([(Axis(1, 2**23), True)]), (2**20,)),
    ("receptive field", lambda: receptive_field([(Axis(1, 1, 2**23), True)]), (2**20,)),
    (
        "receptive field",
        lambda: receptive_field(
            [(Axis(1, 1), True), (Axis(1, 2**12), False), (Axis(1, 2**9), False)]
        ),
        (2**20,),
    ),
    (
        "array",
        lambda: convert_weight([1], "torch", "keras"),
        ("weight", "builtins.list", "convert it with numpy.asarray(weight)"),
    ),
    (
        "array",
        lambda: convert_activation(Tensor(), "torch", "jax"),
        ("input", "torch.Tensor", "convert it with input.numpy(force=True)"),
    ),
    (
        "array",
        lambda: convert_linear(None, "torch", "jax"),
        ("weight", "builtins.NoneType", "give an array of numbers"),
    ),
    (
        "word",
        lambda: convert_weight(W, "pytorch", "keras"),
        (
            "source",
            "one of " + FRAMEWORKS,
            "'pytorch'",
            "",
        ),
    ),
    (
        "word",
        lambda: convert_activation(X, "torch", "NHWC"),
        (
            "target",
            "one of " + FRAMEWORKS,
            "'NHWC'",
            "",
        ),
    ),
    (
        "word",
        lambda: convert_linear(X[0, 0], None, "keras"),
        (
            "source",
            "one of " + FRAMEWORKS,
            "None",
            "",
        ),
    ),
    (
        "word",
        lambda: convert_weight(W, "torch", "keras", kind="1x1"),
        ("kind", "one of 'conv', 'depthwise', 'transposed'", "'1x1'", ""),
    ),
    (
        "integer",
        lambda: convert_weight(W, "torch", "keras", groups=1.0),
        ("groups", "an integer", "1.0", "float"),
    ),
    (
        "integer",
        lambda: convert_linear(X[0, 0], "torch", "jax", flattened=(7.0,)),
        ("flattened", "a tuple of integers", "7.0", "float"),
    ),
    ("integer", lambda: tensorflow_same(5, 3, True), ("stride", "an integer", "True", "bool")),
    ("least", lambda: convert_weight(W, "torch", "keras", groups=0), ("groups", 1, 0)),
    (
        "least",
        lambda: convert_linear(X[0, 0], "torch", "jax", flattened=(0, 7)),
        ("flattened", 1, 0),
    ),
    ("least", lambda: tensorflow_same((5, 0), 3), ("size", 1, 0)),
    ("least", lambda: tensorflow_same(5, 0), ("kernel_size", 1, 0)),
    ("least", lambda: tensorflow_same(5, 1, 0), ("stride", 1, 0)),
    ("least", lambda: tensorflow_same(5, 1, 1, 0), ("dilation", 1, 0)),
    (
        "length",
        lambda: tensorflow_same((5, 5), (3, 3, 3)),
        ("kernel_size", "one integer or 2 of them", "H, W", 3, (3, 3, 3), ""),
    ),
    (
        "length",
        lambda: tensorflow_same((1, 2, 3, 4), 1),
        ("size", "one integer or up to 3 of them", "D, H, W", 4, (1, 2, 3, 4), ""),
    ),
    (
        "length",
        lambda: tensorflow_same((), 1),
        ("size", "one integer or up to 3 of them", "D, H, W", 0, (), ""),
    ),
    (
        "same option",
        lambda: tensorflow_same(5, 3, output_padding=1),
        (
            *("output_padding", 1, "keras and onnx", None),
            "transposed='keras' or transposed='onnx'",
        ),
    ),
    (
        "same option",
        lambda: tensorflow_same(5, 3, transposed="keras", output_size=(5,)),
        (
            *("output_size", (5,), "tensorflow and onnx", "'keras'"),
            "transposed='tensorflow' or transposed='onnx'",
        ),
    ),
    (
        "same option",
        lambda: tensorflow_same(5, 3, transposed="jax", odd="beginning"),
        ("odd", "'beginning'", "onnx", "'jax'", "transposed='onnx'"),
    ),
    (
        "same output padding",
        lambda: tensorflow_same(5, 3, 2, transposed="onnx", output_padding=2),
        ("L", "less than the stride, 2", 2, "use at most 1"),
    ),
    (
        "same output padding",
        lambda: tensorflow_same((5, 5), (3, 2), 2, transposed="keras", output_padding=0),
        ("W", "at least 1 in Keras, since the reach, 2, is even", 0, "use 1, or leave it out"),
    ),
    (
        "same output padding",
        lambda: tensorflow_same(5, 4, transposed="keras", output_padding=0),
        ("L", "at least 1 in Keras, since the reach, 4, is even", 0, "leave it out"),
    ),
    (
        "same gap",
        lambda: tensorflow_same((5, 5), (3, 1), 3, transposed="onnx"),
        ("W", 15, 4, 3, 1, 0, 0, 13, "let the layer have output_padding 2 there"),
    ),
    (
        "same gap",
        lambda: tensorflow_same(5, 3, 3, 2, transposed="onnx", output_padding=1, output_size=21),
        ("L", 21, 4, 3, 2, 2, 1, 18, "give an output_size of at most 18"),
    ),
    (
        "output size",
        lambda: tensorflow_same(5, 3, 2, transposed="tensorflow", output_size=8),
        ("L", 9, 10, 2, 5, 8),
    ),
    (
        "output size",
        lambda: tensorflow_same((5, 5), 3, 2, transposed="tensorflow", output_size=(9, 11)),
        ("W", 9, 10, 2, 5, 11),
    ),
    ("least", lambda: tensorflow_same(5, 3, output_padding=-1), ("output_padding", 0, -1)),
    ("least", lambda: tensorflow_same(5, 3, output_size=0), ("output_size", 1, 0)),
    ("groups", lambda: convert_weight(W, "torch", "keras", groups=3), ("weight.shape[0]", 4, 3, 1)),
    (
        "groups",
        lambda: convert_weight(W, "flax", "torch", kind="transposed", groups=2),
        ("weight.shape[3]", 3, 2, 1),
    ),
    (
        "groups",
        lambda: convert_weight(W[:, :1], "torch", "keras", kind="depthwise", groups=3),
        ("weight.shape[0]", 4, 3, 1),
    ),
    (
        "groups",
        lambda: convert_weight(W[:, :, :1], "jax", "keras", kind="depthwise", groups=2),
        ("weight.shape[3]", 3, 2, 1),
    ),
    (
        "layout",
        lambda: convert_weight(W[0, 0], "torch", "keras"),
        ("weight", "3, 4 or 5", "(O, C / groups, k)", "torch", " for kind 'conv'", (2, 3), 2),
    ),
    (
        "layout",
        lambda: convert_weight(W[None, None], "keras", "torch", kind="transposed"),
        (
            "weight",
            "3, 4 or 5",
            "(k, O / groups, C)",
            "keras",
            " for kind 'transposed'",
            (1, 1, 4, 3, 2, 3),
            6,
        ),
    ),
    (
        "layout",
        lambda: convert_weight(W[None], "torch", "keras", kind="depthwise", groups=1),
        ("weight", "3 or 4", "(C * M, 1, k)", "torch", " for kind 'depthwise'", (1, 4, 3, 2, 3), 5),
    ),
    (
        "layout",
        lambda: convert_weight(W[None], "tensorflow", "flax", kind="depthwise"),
        (
            "weight",
            "3 or 4",
            "(k, C, M)",
            "tensorflow",
            " for kind 'depthwise'",
            (1, 4, 3, 2, 3),
            5,
        ),
    ),
    (
        "layout",
        lambda: convert_activation(X[0, 0], "onnx", "jax"),
        ("input", "3, 4 or 5", "(N, C, sizes)", "onnx", "", (5, 7), 2),
    ),
    (
        "layout",
        lambda: convert_activation(X[None, None], "jax", "onnx"),
        ("input", "3, 4 or 5", "(N, sizes, C)", "jax", "", (1, 1, 1, 3, 5, 7), 6),
    ),
    (
        "layout",
        lambda: convert_linear(X, "onnx", "jax"),
        ("weight", "2", "(out, in)", "onnx", " for a linear layer", (1, 3, 5, 7), 4),
    ),
    (
        "layout",
        lambda: convert_linear(X[0], "paddle", "jax"),
        ("weight", "2", "(in, out)", "paddle", " for a linear layer", (3, 5, 7), 3),
    ),
    (
        "depthwise",
        lambda: convert_weight(W, "paddle", "keras", kind="depthwise", groups=4),
        (1, "(C * M, 1, k)", "paddle", (4, 3, 2, 3)),
    ),
    (
        "depthwise",
        lambda: convert_weight(W, "flax", "torch", kind="depthwise", groups=3),
        (2, "(k, 1, C * M)", "flax", (4, 3, 2, 3)),
    ),
    (
        "depthwise groups",
        lambda: convert_weight(W[:, :1], "torch", "keras", kind="depthwise"),
        (None, "weight.shape[0] is 4, which is groups times the multiplier"),
    ),
    (
        "depthwise groups",
        lambda: convert_weight(W, "keras", "torch", kind="depthwise", groups=3),
        (3, "weight.shape[2] is 2"),
    ),
    (
        "flattened",
        lambda: convert_linear(X[0, 0], "torch", "keras", flattened=(2, 3)),
        (7, (2, 3), 6),
    ),
    ("flattened", lambda: convert_linear(X[0, 0], "keras", "torch", flattened=7), (5, (7,), 7)),
    (
        "limit",
        lambda: convert_weight(HUGE, "torch", "keras"),
        ("the converted weight", (1, 1, 2**20, 2**20), 2**43, 2**36),
    ),
    (
        "limit",
        lambda: convert_activation(HUGE, "torch", "keras"),
        ("the converted input", (1, 1, 2**20, 2**20), 2**43, 2**36),
    ),
    (
        "limit",
        lambda: convert_linear(HUGE[0, 0], "torch", "keras"),
        ("the converted weight", (2**20, 2**20), 2**43, 2**36),
    ),
    (
        "array",
        lambda: conv2d(X, Parameter()),
        ("weight", "torch.nn.parameter.Parameter", "convert it with weight.numpy(force=True)"),
    ),
    (
        "pad rank",
        lambda: pad(X[0, 0], (1,) * 4, "circular"),
        ("circular", 2, 3, 4, 4, (5, 7), ADD),
    ),
    (
        "pad rank",
        lambda: pad(X[0], (1,) * 6, "reflect"),
        ("reflect", 3, 4, 5, 6, (3, 5, 7), ADD),
    ),
    ("nothing to show", lambda: pad(X[..., :0], (0,) * 4, "reflect"), ("axis 3", "reflect", 0)),
    ("reach", lambda: fold(np.ones((4, 1)), 1, 2), ("H", 1, 2, 2, 0, 1, 0, 1)),
    (
        "empty",
        lambda: unfold(X[0, :, :0], 1),
        ("input", "(H, W)", (3, 0, 7)),
    ),
    ("groups", lambda: conv_transpose2d(X, V, groups=2), ("weight.shape[0]", 3, 2, 1)),
    (
        "accumulate",
        lambda: conv2d(X.astype("u1"), W.astype("u1"), accumulate="f4"),
        ("uint8", "f4", "accumulate='uint64'"),
    ),
    (
        "limit",
        lambda: pad(X, (0, 2**40)),
        ("the padded array", (1, 3, 5, 2**40 + 7), 15 * (2**40 + 7) * 8, 2**36),
    ),
    (
        "limit",
        lambda: conv2d(X, large(2**32, 3, 1, 1)),
        ("the output", (1, 2**32, 5, 7), 35 * 2**35, 2**36),
    ),
    (
        "limit",
        lambda: conv_transpose2d(X, V, stride=2**20),
        (
            "the padded input",
            (1, 3, 2**22 + 3, 6 * 2**20 + 5),
            24 * (2**22 + 3) * (6 * 2**20 + 5),
            2**36,
        ),
    ),
    (
        "limit",
        lambda: conv_transpose2d(X, large(3, 2**32, 1, 1), groups=3),
        ("the padded output", (1, 3 * 2**32, 5, 7), 3 * 35 * 2**35, 2**36),
    ),
    (
        "limit",
        lambda: conv_transpose1d(np.ones((1, 1, 3)), np.ones((1, 1, 1)), None, 2**40, 2**40),
        ("the padded output", (1, 1, 2**41 + 1), 8 * (2**41 + 1), 2**36),
    ),
    (
        "limit",
        lambda: unfold(X[..., :1], 1, padding=2**20),
        ("the padded input", (1, 3, 2**21 + 5, 2**21 + 1), 24 * (2**21 + 5) * (2**21 + 1), 2**36),
    ),
    (
        "limit",
        lambda: unfold(large(3, 2**14, 2**14), 16),
        (
            "the output",
            (1, 3, 16, 16, 2**14 - 15, 2**14 - 15),
            3 * 2**11 * (2**14 - 15) ** 2,
            2**36,
        ),
    ),
    (
        "limit",
        lambda: fold(np.ones((8, 4)), 1, 2, 1, 2**20, 2**20),
        ("the padded output", (1, 2, 2**21 + 1, 2**21 + 1), 16 * (2**21 + 1) ** 2, 2**36),
    ),
    (
        "keys",
        lambda: Conv1d(1, 1, 1).load_state_dict({"w": 1, 2: 3}),
        (["bias", "weight"], ["2", "w"], "give a dictionary of arrays by these names"),
    ),
    (
        "array",
        lambda: Conv1d(1, 1, 1, bias=False).load_state_dict({"weight": [1]}),
        ("weight", "builtins.list", "convert it with numpy.asarray(weight)"),
    ),
    (
        "limit",
        lambda: layer(f"ConvTranspose2d(3, {10**12}, 1)"),
        ("weight", (3, 10**12, 1, 1), 12 * 10**12, 2**36),
    ),
    (
        "limit",
        lambda: layer("ConvTranspose2d(3, 4, 1)", (3, 2**20, 2**20)),
        ("the input", (3, 2**20, 2**20), 12 * 2**40, 2**36),
    ),
    (
        "limit",
        lambda: layer("MaxPool2d(1)", (3, 2**20, 2**20)),
        ("the input", (3, 2**20, 2**20), 12 * 2**40, 2**36),
    ),
    ("pool padding", lambda: layer("MaxPool2d(4, padding=3)"), (4, 2, 3)),
    ("word", lambda: layer("AvgPool2d(2, ceil_mode=True)"), ("ceil_mode", "False", "True", "")),
    ("figure needs", lambda: draw("groups", in_channels=4), ("groups", "out_channels")),
    ("figure needs", lambda: draw("window", size=5), ("window", "kernel or weight")),
    (
        "figure axes",
        lambda: draw("volume", size=[4, 4]),
        (
            "size",
            "3 axes",
            "volume",
            "[4, 4]",
            "an integer for each axis, or values in lists nested as deep",
        ),
    ),
    (
        "figure axes",
        lambda: draw("window", input=[[1]], weight=[1]),
        (
            "weight",
            "2 axes",
            "window",
            "[1]",
            "an integer for each axis, or values in lists nested as deep",
        ),
    ),
    ("figure values", lambda: draw("padding", input=[1, "2"]), ("input", "'2'", "")),
    ("figure values", lambda: draw("padding", input=[[1, 2], [3]]), ("input", "[3]", " in row 1")),
    ("figure values", lambda: draw("padding", input=[float("inf")]), ("input", "inf", "")),
    (
        "figure limit",
        lambda: draw("window", size=[30, 30], kernel=3),
        (600, "cells with their padding", 900),
    ),
    (
        "figure limit",
        lambda: draw("window", input=large(73, 137), kernel=3),
        (10_000, "numbers in input", 10_001),
    ),
    (
        "figure limit",
        lambda: draw("window", input=large(2**20, 2**20), kernel=3),
        (10_000, "numbers in input", 2**40),
    ),
    (
        "figure limit",
        lambda: draw("groups", in_channels=25, out_channels=4),
        (24, "in_channels", 25),
    ),
    ("figure position", lambda: draw("padding", size=[3, 3], at=[0, 4]), (1, -1, 3, 4)),
    ("extra", lambda: without("resvg_py", lambda: save(draw("padding", size=3), "a.png")), ()),
    ("figure scale", lambda: save(draw("padding", size=3), "a.png", scale="2"), ("'2'",)),
    ("figure scale", lambda: save(draw("padding", size=3), "a.png", scale=-1), (-1,)),
]


def test_an_array_that_a_figure_takes_is_held_against_its_room() -> None:
    with pytest.raises(ValueError, match="at most 600 cells with their padding"):
        draw("window", input=np.zeros((100, 100)), kernel=3)


def gaps(message: Any) -> Any:
    """Names of what is to be filled in, each once."""
    fields = (name for _, name, _, _ in Formatter().parse(message) if name)
    return list(dict.fromkeys(name.partition("[")[0] for name in fields))


@pytest.mark.parametrize(
    ("rule", "call", "values"), BAD, ids=[f"{rule}-{i}" for i, (rule, *_) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_the_rule_and_without_memory(
    rule: Any, call: Any, values: Any
) -> None:
    error, message = messages.MESSAGES[rule]
    tracemalloc.start()
    try:
        with pytest.raises(error) as caught:
            call()
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert str(caught.value) == message.format(**dict(zip(gaps(message), values, strict=True)))
    assert caught.value.__cause__ is None


# Every argument of these in turn is something that cannot be; the others are these.
NAMED = {
    size: {"n": 5, "kernel": 3},
    **{getattr(convref, n): arguments for n, arguments in CALLS.items() if n in convref.__all__},
    explain: {"input": X, "weight": W, "at": (0, 0, 0, 0)},
    explain_transposed: {"input": X, "weight": V, "at": (0, 0, 0, 0)},
    convert_weight: {"weight": W, "source": "torch", "target": "keras"},
    convert_activation: {"input": X, "source": "torch", "target": "keras"},
    convert_linear: {"weight": X[0, 0], "source": "torch", "target": "keras"},
    tensorflow_same: {"size": 5, "kernel_size": 3},
    UP: {"input": X[:, :1].astype("f4"), "output_size": (11, 15)},
    **{
        getattr(convref, f"{name}{rank}d{kind}"): {
            "input": np.ones((1,) * (rank + 1)),
            "weight": np.ones((1,) * (rank + 2)),
            **({"grad_output": np.ones((1,) * (rank + 1))} if kind else {}),
        }
        for rank in (1, 2, 3)
        for name in ("conv", "conv_transpose")
        for kind in ("", "_backward")
    },
    **{
        getattr(convref, f"Conv{kind}{rank}d"): {
            "in_channels": 1,
            "out_channels": 1,
            "kernel_size": 1,
        }
        for rank in (1, 2, 3)
        for kind in ("", "Transpose")
    },
}
# A layer's bias is true or false, as anything in Python.
UNCHECKED = {"bias"}
ARGUMENTS = [
    (function, name)
    for function in NAMED
    for name in inspect.signature(function).parameters
    if not isinstance(function, type) or name not in UNCHECKED
]


@pytest.mark.parametrize(
    ("function", "name"), ARGUMENTS, ids=[f"{i}-{name}" for i, (_, name) in enumerate(ARGUMENTS)]
)
def test_a_refusal_begins_with_the_name_of_the_argument(function: Any, name: Any) -> None:
    valid = NAMED[function]
    function(**valid)
    with pytest.raises((TypeError, ValueError), match=f"^{name} must be "):
        function(**{**valid, name: object()})


# A layer as text, and the arguments that cannot be the word "no".
WORDED = {
    "Conv2d(3, 4, 1": "stride padding dilation groups bias padding_mode",
    "ConvTranspose2d(3, 4, 1": "stride padding output_padding groups bias dilation padding_mode",
    "MaxPool2d(2": "stride padding dilation return_indices ceil_mode",
    "AvgPool2d(2": "stride padding ceil_mode count_include_pad",
    "Conv2d(kernel_size=1, out_channels=4": "in_channels",
    "Conv2d(3, kernel_size=1": "out_channels",
    "MaxPool2d(stride=1": "kernel_size",
}


@pytest.mark.parametrize("start", WORDED)
def test_a_written_layers_refusal_begins_with_the_name_of_the_argument(start: Any) -> None:
    for name in WORDED[start].split():
        with pytest.raises((TypeError, ValueError), match=f"^{name} must be "):
            layer(f"{start}, {name}=no)")


def test_as_much_as_the_limit_is_not_refused() -> None:
    assert chain((1, 2**17, 2**17), [], "float32") == []
    with pytest.raises(ValueError, match="more than the limit"):
        chain((1, 2**17, 2**17 + 1), [], "float32")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in BAD} == set(messages.MESSAGES)


def test_every_public_name_is_there_and_tried() -> None:
    assert sorted(convref.__all__) == convref.__all__
    assert {getattr(convref, name) for name in convref.__all__} <= set(NAMED)


def test_crops_add_up() -> None:
    """The sum in the message is true, whatever the two sides are."""
    for before, after in product(range(-9, 5), repeat=2):
        for mode in ("constant", "replicate"):
            try:
                pad(X[0], (before, after), mode)
            except ValueError as error:
                if found := re.search(r"and (\S+) \+ (\S+) \+ (\S+) = (\S+) is less", str(error)):
                    *summands, total = map(int, found.groups())
                    assert sum(summands) == total < 0, error
