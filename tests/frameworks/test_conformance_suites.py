"""The tests of ONNX's that a page measures are those of the installed package."""

import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from convref.conformance.suite import answer
from verify.conformance import CONVERTED, NODES, OTHERS

MODELS = Path(os.path.dirname(onnx.__file__)) / "backend/test/data/pytorch-converted"


def test_the_nodes_are_theirs() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it makes the tests of all operators, divisions by 0 too
        from onnx.backend.test.case.node import collect_testcases

        theirs = collect_testcases("Conv")
    assert len(theirs) == len(NODES)
    for test, call in zip(theirs, NODES, strict=True):
        assert (test.rtol, test.atol) == (OTHERS["onnx"].rtol, OTHERS["onnx"].atol)
        ((inputs, (out,)),) = test.data_sets
        case = call.case("conv2d", 0)
        assert all(map(np.array_equal, inputs, (case.input, case.weight))), test.name
        assert np.array_equal(answer(case), out), test.name


def test_no_converted_model_is_left_out() -> None:
    assert sorted(CONVERTED) == sorted(path.name for path in MODELS.glob("test_Conv2d*"))


@pytest.mark.parametrize("name", CONVERTED)
def test_the_converted_models_are_theirs(name: str) -> None:
    model = onnx.load(MODELS / name / "model.onnx")
    (node,) = model.graph.node
    given = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    shapes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    data = onnx.TensorProto()
    data.ParseFromString((MODELS / name / "test_data_set_0/input_0.pb").read_bytes())
    case = CONVERTED[name].case("conv2d", 0)
    assert case.input.shape == numpy_helper.to_array(data).shape
    assert [case.weight.shape, *([] if case.bias is None else [case.bias.shape])] == [
        shapes[each] for each in node.input[1:]
    ]
    assert given == {
        "dilations": list(case.dilation),
        "group": case.groups,
        "kernel_shape": list(case.weight.shape[2:]),
        "pads": [side for sides in zip(*case.padding, strict=True) for side in sides],
        "strides": list(case.stride),
    }
