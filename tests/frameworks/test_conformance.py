"""JAX, onnxruntime and SciPy pass `convref.conformance.check`, each for what it claims."""

from typing import Any

import jax
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from scipy.signal import correlate

from convref.conformance import check


def test_jax() -> None:
    def conv(
        input: Any,
        weight: Any,
        bias: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
    ) -> Any:
        pads = [each if isinstance(each, tuple) else (each, each) for each in padding]
        out = jax.lax.conv_general_dilated(
            *(input, weight, stride, pads),
            rhs_dilation=dilation,
            feature_group_count=groups,
            precision="highest",
        )
        return np.asarray(out if bias is None else out + bias[:, None, None])

    report = check(conv)
    assert report, str(report)


def test_onnxruntime() -> None:
    def conv(
        input: Any,
        weight: Any,
        bias: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
    ) -> Any:
        pads = [each if isinstance(each, tuple) else (each, each) for each in padding]
        given = {"x": input, "w": weight} | ({} if bias is None else {"b": bias})
        node = helper.make_node(
            "Conv",
            list(given),
            ["y"],
            strides=stride,
            pads=[a for a, _ in pads] + [b for _, b in pads],
            dilations=dilation,
            group=groups,
        )
        values = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in given.items()
        ]
        result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
        graph = helper.make_graph([node], "conv", values, [result])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        return session.run(None, given)[0]

    report = check(conv)
    assert report, str(report)


def test_scipy() -> None:
    """`correlate` knows neither channels nor options; the direct method is exact."""

    def conv(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
        return np.array(
            [
                [
                    sum(
                        correlate(image[c], kernel[c], mode="valid", method="direct")
                        for c in range(len(image))
                    )
                    for kernel in weight
                ]
                for image in input
            ]
        )

    plain = ["bias", "stride", "padding", "dilation", "groups"]
    report = check(conv, without=plain)
    assert report, str(report)
