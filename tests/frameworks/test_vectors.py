"""ONNX reads the tensors that convref writes, and convref those that ONNX writes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from convref.conformance import checked, write_vectors
from convref.conformance.formats import ARRAYS, ONNX_TYPES, READERS
from convref.conformance.suite import cases
from convref.conformance.vectors import DTYPES, contents, slug


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tensor_is_onnxs(dtype: str) -> None:
    for case in cases("conv2d"):
        for name, array in contents(case, dtype).items():
            data = ARRAYS["pb"](name, array)
            tensor = onnx.load_tensor_from_string(data)
            onnx.checker.check_tensor(tensor)
            assert tensor.name == name
            back = numpy_helper.to_array(tensor)
            assert back.dtype == array.dtype
            np.testing.assert_array_equal(back, array)
            theirs = numpy_helper.from_array(array, name).SerializeToString()
            assert theirs == data
            np.testing.assert_array_equal(READERS["pb"](theirs, array), array)


def test_the_numbers_of_types_are_onnxs() -> None:
    for name, number in ONNX_TYPES.items():
        assert helper.np_dtype_to_tensor_dtype(np.dtype(name)) == number


@pytest.mark.parametrize("group", [None, 1])
def test_onnxruntime_goes_through_files(tmp_path: Path, group: int | None) -> None:
    """From tensor to tensor, as ONNX's own tests do; without groups it is told where they are."""
    write_vectors(tmp_path, "conv2d", formats=["pb"], level="full")
    for case in cases("conv2d"):
        call = tmp_path / "nchw" / slug(case)
        names = [name for name in ("input", "weight", "bias") if (call / f"{name}.pb").exists()]
        arrays = {
            name: numpy_helper.to_array(onnx.load_tensor(call / f"{name}.pb")) for name in names
        }
        pads = [side for sides in zip(*case.padding, strict=True) for side in sides]
        options = {"strides": case.stride, "pads": pads, "dilations": case.dilation}
        node = helper.make_node("Conv", names, ["out"], group=group or case.groups, **options)
        values = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in arrays.items()
        ]
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [None] * 4)
        opset = [helper.make_opsetid("", 22)]
        graph = helper.make_graph([node], "one", values, [out])
        model = helper.make_model(graph, opset_imports=opset, ir_version=10)
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString())
            result = session.run(None, arrays)[0]
        except Exception:  # refused: no result
            continue
        onnx.save_tensor(numpy_helper.from_array(result), call / "result.pb")
    report = checked(tmp_path)
    assert bool(report) == (group is None)
    if group:
        assert "Wrong are the cases with several groups, and only these." in str(report)
