"""onnxruntime, and ONNX's own reference, compute what convref does; ONNX has PyTorch's order."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, checker, helper
from onnx.reference import ReferenceEvaluator

import convref
from convref.layouts import Kind, convert_activation, convert_linear, tensorflow_same
from tests.frameworks.cases import (
    LAYERS,
    Layer,
    conv,
    cut,
    depthwise,
    gaps,
    integers,
    lines,
    ported,
    transposed,
)

onnxruntime.set_default_logger_severity(4)  # refusals come as exceptions


def model(operator: str, arrays: dict[str, np.ndarray], rank: int, **attributes: Any) -> bytes:
    """One node."""
    node = helper.make_node(operator, list(arrays), ["out"], **attributes)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in arrays.items()
    ]
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [None] * rank)
    graph = helper.make_graph([node], "one", inputs, [out])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    checker.check_model(built)
    said: bytes = built.SerializeToString()
    return said


def by_runtime(model: bytes, arrays: dict[str, np.ndarray]) -> np.ndarray:
    out: np.ndarray = onnxruntime.InferenceSession(model).run(None, arrays)[0]
    return out


def by_reference(model: bytes, arrays: dict[str, np.ndarray]) -> np.ndarray:
    outs: Any = ReferenceEvaluator(onnx.load_from_string(model)).run(None, arrays)
    out: np.ndarray = outs[0]
    return out


RUN = pytest.mark.parametrize("run", [by_runtime, by_reference])


def layer_by(
    run: Any,
    operator: str,
    x: Any,
    weight: Any,
    layer: Layer,
    kind: Kind = "conv",
    **attributes: Any,
) -> Any:
    """What an operator makes of an input in PyTorch's order, and of a weight."""
    arrays = {
        "x": convert_activation(x, "torch", "onnx"),
        "weight": ported(weight, "onnx", kind=kind, groups=layer.groups),
    }
    built = model(
        operator,
        arrays,
        x.ndim,
        strides=layer.stride,
        dilations=layer.dilation,
        group=layer.groups,
        **attributes,
    )
    return convert_activation(run(built, arrays), "onnx", "torch")


@RUN
@pytest.mark.parametrize("layer", LAYERS)
def test_conv(layer: Any, run: Any) -> None:
    x, weight, expected = conv(layer)
    np.testing.assert_array_equal(layer_by(run, "Conv", x, weight, layer), expected)


@RUN
@pytest.mark.parametrize("layer", LAYERS)
def test_conv_with_explicit_same(layer: Any, run: Any) -> None:
    """ONNX lists all befores, then all afters, the first axis first."""
    x, weight, expected = conv(layer, same=True)
    last_first = tensorflow_same(*layer[:4])
    pads = [*last_first[::2][::-1], *last_first[1::2][::-1]]
    np.testing.assert_array_equal(layer_by(run, "Conv", x, weight, layer, pads=pads), expected)


@RUN
@pytest.mark.parametrize("layer", [each for each in LAYERS if max(each.dilation) == 1])
def test_same_upper(layer: Any, run: Any) -> None:
    """onnxruntime refuses auto_pad together with dilation."""
    x, weight, expected = conv(layer, same=True)
    out = layer_by(run, "Conv", x, weight, layer, auto_pad="SAME_UPPER")
    np.testing.assert_array_equal(out, expected)


@RUN
@pytest.mark.parametrize("layer", [each for each in LAYERS if max(each.dilation) == 1])
def test_same_lower(layer: Any, run: Any) -> None:
    """The extra cell at the beginning."""
    x, weight, _ = conv(layer)
    padded = convref.pad(x, tensorflow_same(*layer[:4], odd="beginning"))
    expected = getattr(convref, f"conv{layer.rank}d")(padded, weight, **layer.options)
    out = layer_by(run, "Conv", x, weight, layer, auto_pad="SAME_LOWER")
    np.testing.assert_array_equal(out, expected)


def test_onnxruntime_refuses_same_with_dilation() -> None:
    (layer,) = [each for each in LAYERS if each.rank == 1 and max(each.dilation) > 1]
    x, weight, _ = conv(layer)
    for word in ("SAME_UPPER", "SAME_LOWER"):
        with pytest.raises(Exception, match="Dilation not supported"):
            layer_by(by_runtime, "Conv", x, weight, layer, auto_pad=word)


@RUN
@pytest.mark.parametrize("layer", LAYERS)
def test_depthwise(layer: Any, run: Any) -> None:
    layer = layer._replace(groups=4)
    x, weight, expected = depthwise(layer)
    out = layer_by(run, "Conv", x, weight, layer, "depthwise")
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(
    ("layer", "run"),
    # The reference (1.23) cannot reshape a grouped one unless C / groups = O / groups.
    [(each, by_runtime) for each in LAYERS]
    + [(each, by_reference) for each in LAYERS if each.groups == 1],
)
def test_transposed(layer: Any, run: Any) -> None:
    x, weight, expected = transposed(layer)
    out = layer_by(run, "ConvTranspose", x, weight, layer, "transposed", output_padding=gaps(layer))
    np.testing.assert_array_equal(out, expected)


WORDS = {"end": "SAME_UPPER", "beginning": "SAME_LOWER"}


def same_by(run: Any, x: Any, weight: Any, layer: Layer, **options: Any) -> Any:
    """What a transposed operator with the arguments of `tensorflow_same` computes, or None."""
    names = {"output_padding": "output_padding", "output_size": "output_shape"}
    attributes = {names[name]: value for name, value in options.items() if name in names}
    word = WORDS[options["odd"]]
    try:
        return layer_by(run, "ConvTranspose", x, weight, layer, auto_pad=word, **attributes)
    except Exception:
        return None


def same_calls(layers: list[Layer]) -> Iterator[Any]:
    """Input, weight, layer, and arguments for `tensorflow_same`: each kind, within limits."""
    for layer in layers:
        x, weight, _ = transposed(layer)
        (n,), (k,), (s,), (d,) = layer[:4]
        for padding in (None, *range(s + 1)):
            whole = (n - 1) * s + d * (k - 1) + 1 + (padding or 0)
            for size in (None, *sorted({1, (n - 1) * s + 1, n * s, whole - 1, whole, whole + 2})):
                for odd in WORDS:
                    options: dict[str, Any] = {"odd": odd}
                    if padding is not None:
                        options["output_padding"] = [padding]
                    if size is not None:
                        options["output_size"] = [max(1, size)]
                    yield x, weight, layer, options, whole - (size or n * s)


def test_transposed_same() -> None:
    """As both compute it, or refused, since they do not compute the same."""
    tried = {"equal": 0, "refused": 0}
    for x, weight, layer, options, more in same_calls(lines((1, 3), (1, 2, 4), (1, 3), (1, 2))):
        outs = [same_by(run, x, weight, layer, **options) for run in (by_runtime, by_reference)]
        try:
            ours = cut(layer, x, weight, transposed="onnx", **options)
        except ValueError:
            assert (
                any(out is None for out in outs)
                or not same_arrays(*outs)
                or (
                    # A single cell more, which SAME_LOWER puts at the end: alike, if it is wanted.
                    (options["odd"], more) == ("beginning", -1) and "output_size" in options
                )
            ), (layer, options)
            tried["refused"] += 1
            continue
        assert all(same_arrays(out, ours) for out in outs), (layer, options)
        tried["equal"] += 1
    assert min(tried.values()) > 100, tried


def same_arrays(one: Any, two: Any) -> bool:
    return one is not None and two is not None and np.array_equal(one, two)


@RUN
@pytest.mark.parametrize("odd", WORDS)
def test_transposed_same_on_two_and_three_axes(run: Any, odd: Any) -> None:
    for layer in LAYERS:
        if layer.rank == 1 or layer.groups > 1:
            continue
        x, weight, _ = transposed(layer)
        extra = gaps(layer)  # without it, the two disagree
        size = [n * s - (s > 1) for n, s in zip(layer.sizes, layer.stride, strict=True)]
        for options in (
            {"output_padding": extra},
            {"output_padding": extra, "output_size": size},
            {"output_padding": [s - 1 for s in layer.stride]},
        ):
            ours = cut(layer, x, weight, transposed="onnx", odd=odd, **options)
            assert same_arrays(same_by(run, x, weight, layer, odd=odd, **options), ours)


def test_an_output_shape_alone_is_that_of_same_lower() -> None:
    """So onnxruntime; the reference does not work out the pads."""
    for layer in lines((1, 3), (2, 4), (1, 3), (1, 2)):
        (n,), (k,), (s,), (d,) = layer[:4]
        x, weight, _ = transposed(layer)
        whole = (n - 1) * s + d * (k - 1) + 1
        for size in range(1, whole):
            ours = cut(layer, x, weight, transposed="onnx", odd="beginning", output_size=[size])
            given = ("ConvTranspose", x, weight, layer)
            out = layer_by(by_runtime, *given, output_shape=[size])
            assert same_arrays(out, ours), (layer, size)
            with pytest.raises(ValueError, match="expected size of input"):
                layer_by(by_reference, *given, output_shape=[size])


@RUN
def test_gemm_after_flatten(run: Any) -> None:
    x, weight = integers(3, 2, 4, 5), integers(7, 2 * 4 * 5)
    keras = convert_linear(weight, "torch", "keras", flattened=(2, 4, 5))
    arrays = {
        "x": x.reshape(3, -1),
        "weight": convert_linear(keras, "keras", "onnx", flattened=(2, 4, 5)),
    }
    out = run(model("Gemm", arrays, 2, transB=1), arrays)
    np.testing.assert_array_equal(out, x.reshape(3, -1) @ weight.T)
