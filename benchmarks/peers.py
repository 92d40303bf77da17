"""Who is measured. A peer makes, of an operation on a layer, a call with everything prepared.

Each takes (operation, layer, operands) and returns a function without arguments, or None for what
the peer does not have. What the function returns is one array or several: the output, or the
gradients of input, weight and bias.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from scipy import signal

import convref
from benchmarks.layers import Layer, Operands
from convref import definition

Call: TypeAlias = Callable[[], Any]
Peer: TypeAlias = Callable[[str, Layer, Operands], Call | None]

torch.set_num_threads(1)
torch.set_num_interop_threads(1)
torch.set_grad_enabled(False)
onnxruntime.set_default_logger_severity(4)


def ours(operation: str, layer: Layer, of: Operands) -> Call:
    given: dict[str, Any] = {
        "stride": layer.stride,
        "padding": layer.padding,
        "groups": layer.groups,
    }
    if operation == "forward":
        return lambda: convref.conv2d(of.x, of.weight, **given)
    if operation == "backward":
        return lambda: convref.conv2d_backward(of.grad, of.x, of.weight, **given)
    given["output_padding"] = layer.output_padding
    return lambda: convref.conv_transpose2d(of.grad, of.weight, **given)


def pytorch(operation: str, layer: Layer, of: Operands) -> Call:
    x, weight, grad = (torch.from_numpy(each) for each in of)
    two = [layer.stride] * 2, [layer.padding] * 2
    if operation == "forward":
        return lambda: F.conv2d(x, weight, None, *two, groups=layer.groups)
    if operation == "transposed":
        extra = layer.output_padding
        return lambda: F.conv_transpose2d(grad, weight, None, *two, extra, layer.groups)
    back = torch.ops.aten.convolution_backward
    rest = (*two, [1, 1], False, [0, 0], layer.groups, [True] * 3)
    return lambda: back(grad, x, weight, [layer.O], *rest)


def runtime(operation: str, layer: Layer, of: Operands) -> Call | None:
    """onnxruntime."""
    if operation == "backward":
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(operation, layer, of), options)
    given = {"x": entering(operation, of)}
    return lambda: session.run(None, given)


def reference(operation: str, layer: Layer, of: Operands) -> Call | None:
    """The ONNX reference, written in NumPy; transposed, in Python loops that take minutes."""
    if operation != "forward":
        return None
    evaluator = ReferenceEvaluator(onnx.load_from_string(model(operation, layer, of)))
    given = {"x": of.x}
    return lambda: evaluator.run(None, given)


def entering(operation: str, of: Operands) -> np.ndarray:
    return of.grad if operation == "transposed" else of.x


def model(operation: str, layer: Layer, of: Operands) -> bytes:
    """One ONNX node, its weight a constant, as in production."""
    extra: Any = {"output_padding": [layer.output_padding] * 2} if operation == "transposed" else {}
    node = helper.make_node(
        {"forward": "Conv", "transposed": "ConvTranspose"}[operation],
        ["x", "weight"],
        ["out"],
        strides=[layer.stride] * 2,
        pads=[layer.padding] * 4,
        group=layer.groups,
        **extra,
    )
    shape = entering(operation, of).shape
    x, out = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes)
        for name, sizes in (("x", shape), ("out", [None] * 4))
    )
    weight = onnx.numpy_helper.from_array(of.weight, "weight")
    graph = helper.make_graph([node], "one", [x], [out], [weight])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    return bytes(built.SerializeToString())


def einsum(operation: str, layer: Layer, of: Operands) -> Call | None:
    """What one writes in NumPy: sliding_window_view and np.einsum."""
    if operation != "forward":
        return None
    kernels = of.weight.reshape(layer.groups, -1, *of.weight.shape[1:])

    def call() -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(
            padded(layer, of.x), [layer.kernel] * 2, (2, 3)
        )[:, :, :: layer.stride, :: layer.stride]
        split = windows.reshape(layer.N, layer.groups, -1, *windows.shape[2:])
        out = np.einsum("ngchwij,gocij->ngohw", split, kernels, optimize=True)
        result: np.ndarray = out.reshape(layer.output)
        return result

    return call


def scipy(operation: str, layer: Layer, of: Operands) -> Call | None:
    """scipy.signal.correlate2d, channel by channel: correlate with all at once is slower."""
    if operation != "forward":
        return None
    kernels, channels = layer.O // layer.groups, layer.C // layer.groups
    steps = slice(None, None, layer.stride)

    def call() -> np.ndarray:
        out = np.zeros(layer.output, np.float32)
        for image, result in zip(padded(layer, of.x), out, strict=True):
            for o, c in np.ndindex(of.weight.shape[:2]):
                slice_ = image[o // kernels * channels + c]
                result[o] += signal.correlate2d(slice_, of.weight[o, c], "valid")[steps, steps]
        return out

    return call


def loops(operation: str, layer: Layer, of: Operands) -> Call | None:
    """The definition, product by product."""
    if operation != "forward":
        return None
    axes = [layer.axis] * 2
    return lambda: definition.convolution(of.x, of.weight, None, axes, layer.groups)


def padded(layer: Layer, x: np.ndarray) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), *[(layer.padding, layer.padding)] * 2))


# By names that are the same in every language.
PEERS: Final[dict[str, Peer]] = {
    "PyTorch": pytorch,
    "onnxruntime": runtime,
    "np.einsum": einsum,
    "onnx.reference": reference,
    "scipy.signal": scipy,
    "convref.definition": loops,
}

# Products for one image, of which a peer gets a part of the layer: the rest of it would take
# minutes. The time of the whole is in proportion.
LIMITS: Final = {"scipy.signal": 5e6, "convref.definition": 2e4}


def arrays(result: Any) -> list[np.ndarray]:
    """What a call returned, as arrays."""
    several = result if isinstance(result, list | tuple) else [result]
    return [np.asarray(each) for each in several]
