"""Frameworks that convolve in 8 bits round by their rule of `convref.conformance`, by no other."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import flatbuffers
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from tensorflow.lite.python import schema_py_generated as schema

from convref.conformance import ROUNDINGS, check_int8
from convref.conformance.quantised import Quantised, output, quantised_cases

onnxruntime.set_default_logger_severity(4)  # refusals come as exceptions
DTYPES = pytest.mark.parametrize("dtype", ["int8", "uint8"])


def rules(run: Any, cases: Sequence[Quantised]) -> set[str]:
    """The roundings that give what a framework gives, in all cases."""
    results = [run(case) for case in cases]
    return {
        name
        for name, rule in ROUNDINGS.items()
        if all(
            np.array_equal(output(case, rule), got)
            for case, got in zip(cases, results, strict=True)
        )
    }


def light(case: Quantised) -> Quantised:
    """Weights of 7 bits: with 8, x86 without VNNI lets the sum of two products saturate."""
    return replace(case, weight=case.weight.clip(-63, 63))


# ONNX ---------------------------------------------------------------------------------------------


def qlinear(case: Quantised) -> onnx.ModelProto:
    dtype = case.input.dtype
    zeros = np.broadcast_to(case.weight_zero_point, case.weight_scale.shape).astype(np.int8)
    arrays = {
        "x_scale": np.float32(case.input_scale),
        "x_zero": dtype.type(case.input_zero_point),
        "w": case.weight,
        "w_scale": case.weight_scale,
        "w_zero": zeros,
        "y_scale": np.float32(case.output_scale),
        "y_zero": dtype.type(case.output_zero_point),
    }
    if case.bias is not None:
        arrays["bias"] = case.bias
    node = helper.make_node(
        "QLinearConv",
        ["x", *arrays],
        ["y"],
        strides=case.stride,
        dilations=case.dilation,
        group=case.groups,
        pads=[before for before, _ in case.padding] + [after for _, after in case.padding],
    )
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", kind, case.input.shape)],
        [helper.make_tensor_value_info("y", kind, [None] * (case.rank + 2))],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)


def by_runtime(case: Quantised) -> Any:
    session = onnxruntime.InferenceSession(qlinear(case).SerializeToString())
    return session.run(None, {"x": case.input})[0]


def by_reference(case: Quantised) -> Any:
    outs: Any = ReferenceEvaluator(qlinear(case)).run(None, {"x": case.input})
    return outs[0]


@DTYPES
def test_onnxruntime_rounds_halves_to_even_in_float32(dtype: str) -> None:
    assert rules(by_runtime, list(map(light, quantised_cases("conv2d", dtype)))) == {"onnx"}


@DTYPES
def test_the_reference_of_onnx_adds_the_zero_point_first(dtype: str) -> None:
    assert rules(by_reference, quantised_cases("conv2d", dtype)) == {"onnx-reference"}


# TFLite -------------------------------------------------------------------------------------------

REFERENCE = tf.lite.experimental.OpResolverType.BUILTIN_REF
FAST = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
TYPES = {
    "int8": schema.TensorType.INT8,
    "uint8": schema.TensorType.UINT8,
    "int32": schema.TensorType.INT32,
}


def tensor(shape: Any, dtype: Any, buffer: int, scale: Any, zero: Any, axis: int) -> Any:
    out = schema.TensorT()
    out.shape, out.type, out.buffer = list(shape), TYPES[np.dtype(dtype).name], buffer
    out.quantization = schema.QuantizationParametersT()
    out.quantization.scale = np.atleast_1d(scale).astype(np.float32).tolist()
    out.quantization.zeroPoint = np.atleast_1d(zero).astype(int).tolist()
    out.quantization.quantizedDimension = axis
    return out


def buffer(data: bytes | None = None) -> Any:
    out = schema.BufferT()
    out.data = None if data is None else np.frombuffer(data, np.uint8)
    return out


def by_tflite(case: Quantised, kernels: Any) -> Any:
    """A model of one CONV_2D, written without the converter; padding is put on before."""
    frame = [(0, 0), (0, 0), *case.padding]
    x = np.pad(case.input, frame, constant_values=case.input_zero_point).transpose(0, 2, 3, 1)
    w = case.weight.transpose(0, 2, 3, 1)
    scale = case.weight_scale
    zeros = np.broadcast_to(case.weight_zero_point, scale.shape).astype(int)
    if case.input.dtype == np.uint8:  # TFLite's weights are uint8, too
        w, zeros = (w.astype(int) + 128).astype(np.uint8), zeros + 128
    bias = np.zeros(case.outputs, np.int32) if case.bias is None else case.bias

    options = schema.Conv2DOptionsT()
    options.padding = schema.Padding.VALID
    options.strideH, options.strideW = case.stride
    options.dilationHFactor, options.dilationWFactor = case.dilation
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = [0, 1, 2], [3]
    operator.builtinOptionsType = schema.BuiltinOptions.Conv2DOptions
    operator.builtinOptions = options
    graph = schema.SubGraphT()
    graph.tensors = [
        tensor(x.shape, x.dtype, 0, case.input_scale, case.input_zero_point, 0),
        tensor(w.shape, w.dtype, 1, scale, zeros, 0),
        tensor(bias.shape, bias.dtype, 2, case.input_scale * scale, np.zeros(len(scale)), 0),
        tensor(
            (len(x), *case.sizes(), case.outputs),
            x.dtype,
            0,
            case.output_scale,
            case.output_zero_point,
            0,
        ),
    ]
    graph.inputs, graph.outputs, graph.operators = [0], [3], [operator]
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CONV_2D
    code.version = 5
    model = schema.ModelT()
    model.version, model.operatorCodes, model.subgraphs = 3, [code], [graph]
    model.buffers = [buffer(), buffer(w.tobytes()), buffer(bias.tobytes())]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of where the interpreter will move
        interpreter = tf.lite.Interpreter(
            model_content=bytes(builder.Output()), experimental_op_resolver_type=kernels
        )
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, np.ascontiguousarray(x))
    interpreter.invoke()
    return interpreter.get_tensor(3).transpose(0, 3, 1, 2)


# What it lacks: in int8 zero points of weights, in uint8 scales by channel and groups.
LACKS = {"int8": ["weight_zero_point"], "uint8": ["per_channel", "groups"]}


@DTYPES
def test_tflite_rounds_twice(dtype: str) -> None:
    cases = quantised_cases("conv2d", dtype, LACKS[dtype])
    assert rules(lambda case: by_tflite(case, REFERENCE), cases) == {"tflite-double"}


@DTYPES
def test_the_fast_kernels_of_tflite_round_by_another_rule(dtype: str) -> None:
    cases = quantised_cases("conv2d", dtype, [*LACKS[dtype], "groups"])
    found = rules(lambda case: by_tflite(case, FAST), cases)
    assert len(found) == 1
    # Which, depends on the processor.
    assert found < {"double-half-up", "tflite-single", "tflite-double"}


def same(case: Quantised, arrays: Any) -> bool:
    return all(map(np.array_equal, (case.input, case.weight), arrays))


def test_the_check_names_what_tflite_does() -> None:
    cases = quantised_cases("conv2d", "int8", LACKS["int8"])

    def call(function: Any, arrays: Any, options: Any) -> Any:
        return function(next(case for case in cases if same(case, arrays)))

    report = check_int8(
        lambda case: by_tflite(case, REFERENCE),
        rounding="gemmlowp",
        without=LACKS["int8"],
        adapter=call,
    )
    assert report, str(report)
    assert report.roundings == ("tflite-double",)
