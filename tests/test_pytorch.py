"""convref against PyTorch: results, dtypes, layers and refusals."""

import inspect
import re
import warnings
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

import convref
from convref import checks, cures, divergences
from convref.modes import COPIES
from convref.padding import PAD_MODES
from tests.numpy_only.cases import Case, allowed, cases

# PyTorch tells of the cost of such a padding; the numbers are what is wanted here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel"),
    # What comes of switching oneDNN off and on again, which float16 needs below.
    pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN"),
]

# PyTorch has no kernels for dilated convolutions of these (2.13, CPU), nor for these at all.
NOT_DILATED = {"int8", "int16", "int32", "uint8"}
NEVER = {"uint16", "uint32", "uint64"}


def tensors(arrays: Any) -> Any:
    return [None if a is None else torch.from_numpy(a) for a in arrays]


def by_pytorch(case: Case, arrays: Any) -> Any:
    """A layer with these weights, since F.conv2d has no padding_mode."""
    input, weight, bias = tensors(arrays)
    options = dict(case.options)
    if isinstance(case.padding, list):  # sides that differ are padded before
        flat = [side for pair in reversed(case.padding) for side in pair]
        mode = {"zeros": "constant"}.get(case.padding_mode, case.padding_mode)
        input, options["padding"] = F.pad(input, flat, mode), 0
        options["padding_mode"] = "zeros"
    layer = getattr(torch.nn, f"Conv{case.rank}d")(
        weight.shape[1] * case.groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        bias=bias is not None,
        dtype=weight.dtype if weight.is_floating_point() or weight.is_complex() else None,
        **options,
    )
    # oneDNN crashes the process on some float16 layers (2.13: groups, stride and dilation 2).
    flags = torch.backends.mkldnn.flags(enabled=False)
    with flags if input.dtype == torch.float16 else nullcontext():
        return layer._conv_forward(input, weight, bias).numpy()


def by_convref(case: Case, arrays: Any) -> Any:
    return getattr(convref, f"conv{case.rank}d")(*arrays, **case.options)


@given(cases())
def test_integers_are_pytorchs_exactly(case: Any) -> None:
    arrays = case.arrays("int64")
    np.testing.assert_array_equal(by_convref(case, arrays), by_pytorch(case, arrays))


@pytest.mark.parametrize("dtype", [t.name for t in checks.DTYPES if t.name not in NEVER])
def test_every_dtype_gives_pytorchs_dtype_and_values(dtype: Any) -> None:
    dilation = (1, 1) if dtype in NOT_DILATED else (1, 2)
    case = Case((2, 4, 7, 9), (6, 2, 3, 2), True, (2, 1), (1, 2), dilation, 2, "zeros")
    arrays = case.arrays(dtype)  # int8 wraps around here
    got, expected = by_convref(case, arrays), by_pytorch(case, arrays)
    assert got.dtype == expected.dtype == dtype
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
@given(case=cases(), seed=st.integers(0, 2**32 - 1))
def test_floats_are_pytorchs_within_rounding(dtype: Any, case: Any, seed: Any) -> None:
    random = np.random.default_rng(seed)
    arrays = [
        None if a is None else random.standard_normal(a.shape).astype(dtype) for a in case.arrays()
    ]
    got, expected = by_convref(case, arrays), by_pytorch(case, arrays)
    assert got.dtype == expected.dtype
    terms = np.prod(case.weight[1:]) + 1
    scale = by_convref(case, [None if a is None else abs(a).astype(float) for a in arrays])
    step = np.finfo(dtype).eps * scale + np.finfo(dtype).smallest_subnormal
    assert np.all(abs(got - expected) <= 2 * terms * step)


def test_overflow_is_infinite_without_a_warning() -> None:
    arrays = [np.full((1, 1, 4), 300, "f2"), np.full((1, 1, 2), 300, "f2"), None]
    case = Case((1, 1, 4), (1, 1, 2), False, (1,), (0,), (1,), 1, "zeros")
    assert np.isinf(by_convref(case, arrays)).all()
    assert np.isinf(by_pytorch(case, arrays)).all()


@given(st.data(), st.sampled_from(PAD_MODES))
def test_pad_is_pytorchs(data: Any, mode: Any) -> None:
    axes = data.draw(st.integers(1, 3))
    sizes = [data.draw(st.integers(2, 5)) for _ in range(axes)]
    flat = []
    for n in reversed(sizes):
        crop = [data.draw(st.sampled_from([0, 0, 1])) if n > 3 else 0 for _ in range(2)]
        limit = min(n, allowed(mode, n)) - sum(crop)
        flat += [-c if c else data.draw(st.integers(0, limit)) for c in crop]
    input = np.arange(6 * np.prod(sizes)).reshape(2, 3, *sizes)
    value = data.draw(st.integers(-9, 9)) if mode == "constant" else 0
    expected = F.pad(torch.from_numpy(input), flat, mode, value if mode == "constant" else None)
    np.testing.assert_array_equal(convref.pad(input, flat, mode, value), expected.numpy())


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_layer_takes_pytorchs_state_and_prints_and_computes_like_it(rank: Any) -> None:
    options = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2, "padding_mode": "replicate"}
    for extra in ({}, options, {"padding": "same", "bias": False}):
        theirs = getattr(torch.nn, f"Conv{rank}d")(4, 6, 3, **extra)
        ours = getattr(convref, f"Conv{rank}d")(4, 6, 3, **extra)
        assert repr(ours) == repr(theirs)
        ours.load_state_dict({name: t.numpy() for name, t in theirs.state_dict().items()})
        input = np.random.default_rng(0).standard_normal((2, 4, 6, 7, 8)[: rank + 2], np.float32)
        expected = theirs(torch.from_numpy(input)).detach().numpy()
        np.testing.assert_allclose(ours(input), expected, rtol=1e-5, atol=1e-6)
        bound = max(abs(p).max() for p in ours.state_dict().values())
        fresh = getattr(convref, f"Conv{rank}d")(4, 6, 3, **extra)
        assert max(abs(p).max() for p in fresh.state_dict().values()) == pytest.approx(
            bound, rel=0.3
        )


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", ["Conv", "ConvTranspose"])
def test_layers_have_pytorchs_arguments_in_its_order(name: Any, rank: Any) -> None:
    ours = list(inspect.signature(getattr(convref, f"{name}{rank}d")).parameters)
    theirs = list(inspect.signature(getattr(torch.nn, f"{name}{rank}d")).parameters)
    assert ours == [*theirs, "seed"]


# What convref takes beyond PyTorch's arguments.
MORE = {"conv": ["padding_mode", "accumulate"], "conv_transpose": ["accumulate"]}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", MORE)
def test_functions_have_pytorchs_arguments_in_its_order(name: Any, rank: Any) -> None:
    ours = list(inspect.signature(getattr(convref, f"{name}{rank}d")).parameters)
    signature = rf"{name}{rank}d\(([^()]*)\) -> Tensor"
    (theirs,) = re.findall(signature, getattr(F, f"{name}{rank}d").__doc__)
    assert ours == [*(part.split("=")[0].strip() for part in theirs.split(",")), *MORE[name]]


@pytest.mark.parametrize("name", ["unfold", "fold"])
@pytest.mark.parametrize("rank", ["1d", "", "3d"])
def test_patches_have_pytorchs_arguments_in_its_order(name: Any, rank: Any) -> None:
    ours = inspect.signature(getattr(convref, name + rank)).parameters
    assert list(ours) == list(inspect.signature(getattr(F, name)).parameters)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", MORE)
def test_gradients_take_the_arguments_of_their_function_in_its_order(name: Any, rank: Any) -> None:
    forward = list(inspect.signature(getattr(convref, f"{name}{rank}d")).parameters)
    backward = list(inspect.signature(getattr(convref, f"{name}{rank}d_backward")).parameters)
    assert backward == ["grad_output", *(each for each in forward if each != "bias")]


X, W = np.ones((1, 4, 5, 7), np.float32), np.ones((4, 2, 3, 3), np.float32)
# What PyTorch refuses, convref has to refuse: the arguments of one conv2d each.
REFUSED = [
    ((X[0, 0], W), {"groups": 2}),
    ((X, W[0]), {"groups": 2}),
    ((X, W), {}),
    ((X, W[:3]), {"groups": 2}),
    ((X, W), {"groups": 0}),
    ((X, W, W[0, 0, 0]), {"groups": 2}),
    ((X, W.astype(float)), {"groups": 2}),
    ((X, W, np.ones(4)), {"groups": 2}),
    ((X.astype(bool), W.astype(bool)), {"groups": 2}),
    ((X[:, :, :0], W), {"groups": 2}),
    ((X, W[:0]), {"groups": 2}),
    ((X, W[..., :0]), {"groups": 2}),
    ((X[:, :, :2], W), {"groups": 2}),
    ((X, W), {"groups": 2, "dilation": 3}),
    ((X, W), {"groups": 2, "dilation": 0}),
    ((X, W), {"groups": 2, "stride": 0}),
    ((X, W), {"groups": 2, "stride": (1, 1, 1)}),
    ((X, W), {"groups": 2, "stride": True}),
    ((X, W), {"groups": 2, "stride": 1.5}),
    ((X, W), {"groups": 2, "padding": -1}),
    ((X, W), {"groups": 2, "padding": "full"}),
    ((X, W), {"groups": 2, "padding": "same", "stride": 2}),
]


@pytest.mark.parametrize(("arrays", "options"), REFUSED)
def test_what_pytorch_refuses_is_refused(arrays: Any, options: Any) -> None:
    with pytest.raises((RuntimeError, TypeError, ValueError)):
        F.conv2d(*tensors(arrays), **options)
    with pytest.raises((TypeError, ValueError)):
        convref.conv2d(*arrays, **options)


@pytest.mark.parametrize("mode", COPIES)
def test_limits_of_the_modes_are_pytorchs(mode: Any) -> None:
    input = np.arange(15).reshape(1, 3, 5)
    limit = allowed(mode, 5)
    for cells in (3, 4, 5, 6, 11):
        for flat in ((cells, 0), (0, cells)):
            if cells <= limit:
                expected = F.pad(torch.from_numpy(input), flat, mode)
                np.testing.assert_array_equal(convref.pad(input, flat, mode), expected.numpy())
            else:
                with pytest.raises(RuntimeError):
                    F.pad(torch.from_numpy(input), flat, mode)
                with pytest.raises(ValueError, match=f"pad at most {limit}"):
                    convref.pad(input, flat, mode)


@pytest.mark.parametrize(("name", "mode"), [("full", "zeros"), (1, "symmetric"), ("same", "zeros")])
def test_layers_refuse_what_pytorchs_do(name: Any, mode: Any) -> None:
    stride = 2 if name == "same" else 1
    for library in (torch.nn, convref):
        with pytest.raises(ValueError):
            library.Conv2d(1, 1, 3, stride=stride, padding=name, padding_mode=mode)


T: Any = torch.from_numpy


def several(results: Any) -> Any:
    """One result or more, as arrays."""
    return [np.asarray(r) for r in (results if isinstance(results, tuple | list) else [results])]


def gradients(function: Any, *arrays: Any) -> Any:
    """What PyTorch's autograd makes of a function with two groups, and of its bias."""
    grad, *operands = (T(array.copy()) for array in arrays)
    weight = operands[1]
    channels = len(weight) if function is F.conv2d else 2 * weight.shape[1]
    operands.append(torch.zeros(channels, dtype=grad.dtype))
    for operand in operands:
        operand.requires_grad_()
    function(*operands, groups=2).backward(grad)
    return [operand.grad.numpy() for operand in operands]


# Name: the call in convref and in PyTorch, and its arrays.
DOUBLE = np.arange(240.0).reshape(2, 4, 5, 6)
KERNELS, TURNED = np.arange(72.0).reshape(6, 2, 2, 3), np.arange(72.0).reshape(4, 3, 2, 3)
CALLS: dict[str, tuple[Any, Any, Any]] = {
    "conv": (
        lambda x, w, b: convref.conv2d(x, w, b, groups=2),
        lambda x, w, b: F.conv2d(T(x), T(w), T(b), groups=2),
        (DOUBLE, KERNELS, np.ones(6)),
    ),
    "conv transposed": (
        lambda x, w, b: convref.conv_transpose2d(x, w, b, groups=2),
        lambda x, w, b: F.conv_transpose2d(T(x), T(w), T(b), groups=2),
        (DOUBLE, TURNED, np.ones(6)),
    ),
    "backward": (
        lambda g, x, w: convref.conv2d_backward(g, x, w, groups=2),
        lambda *a: gradients(F.conv2d, *a),
        (np.ones((2, 6, 4, 4)), DOUBLE, KERNELS),
    ),
    "transposed backward": (
        lambda g, x, w: convref.conv_transpose2d_backward(g, x, w, groups=2),
        lambda *a: gradients(F.conv_transpose2d, *a),
        (np.ones((2, 6, 6, 8)), DOUBLE, TURNED),
    ),
    "unfold": (
        lambda x: convref.unfold(x, (2, 3)),
        lambda x: F.unfold(T(x), (2, 3)),
        (DOUBLE,),
    ),
    "fold": (
        lambda x: convref.fold(x, (5, 6), (2, 3)),
        lambda x: F.fold(T(x), (5, 6), (2, 3)),
        (np.ones((2, 12, 16)),),
    ),
    **{
        f"{mode} {pads}": (
            lambda x, pads=pads, mode=mode: convref.pad(x, pads, mode),
            lambda x, pads=pads, mode=mode: F.pad(T(x), pads, mode),
            (DOUBLE,),
        )
        for mode in PAD_MODES
        for pads in ((1, 1, 0, 2), (0, 0, 0, 0))
    },
}
# Call, operand, axis: the axis is emptied.
EMPTIED = [
    (name, operand, axis)
    for name, (*_, arrays) in CALLS.items()
    for operand, array in enumerate(arrays)
    for axis in range(array.ndim)
]
# What PyTorch refuses and convref need not: see the table of divergences.
NO_CHANNELS = [
    *((name, 0, 1) for name in ("unfold", "fold")),
    *((name, 0, 1) for name in CALLS if name.startswith(("reflect", "replicate"))),
]


@pytest.mark.parametrize(("name", "operand", "axis"), EMPTIED)
def test_an_empty_axis_is_refused_as_by_pytorch_or_gives_the_same(
    name: Any, operand: Any, axis: Any
) -> None:
    ours, theirs, arrays = CALLS[name]
    arrays = list(arrays)
    arrays[operand] = np.take(arrays[operand], [], axis)
    try:
        expected = theirs(*arrays)
    except RuntimeError as error:
        if (name, operand, axis) in NO_CHANNELS:
            assert divergences.known(str(error))
            assert 0 in ours(*arrays).shape
            return
        with pytest.raises(ValueError):
            ours(*arrays)
    else:
        for got, due in zip(several(ours(*arrays)), several(expected), strict=True):
            assert got.shape == due.shape
            np.testing.assert_array_equal(got, due)


# Shapes for the calls above.
HALF = {
    "conv": ((4, 8, 9, 11), (6, 4, 3, 3), (6,)),
    "conv transposed": ((4, 8, 9, 11), (8, 3, 3, 3), (6,)),
    "backward": ((4, 6, 7, 9), (4, 8, 9, 11), (6, 4, 3, 3)),
    "transposed backward": ((4, 6, 11, 13), (4, 8, 9, 11), (8, 3, 3, 3)),
}


@pytest.mark.parametrize("name", HALF)
def test_float16_is_no_worse_than_pytorchs(name: Any) -> None:
    ours, theirs, _ = CALLS[name]
    errors = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        arrays = [random.standard_normal(shape).astype("f2") for shape in HALF[name]]
        double = several(ours(*(array.astype(float) for array in arrays)))
        with torch.backends.mkldnn.flags(enabled=False):  # as in by_pytorch
            both = several(ours(*arrays)), several(theirs(*arrays))
        errors.append(
            [[np.sum((a - b) ** 2) for a, b in zip(got, double, strict=True)] for got in both]
        )
    mine, other = np.sum(errors, 0)  # of each result, over all seeds
    assert np.all(mine > 0)
    assert np.all(mine <= 1.001 * other)


# Tensors that NumPy takes only after something has been done: what convref says is done.
ONES: Any = torch.ones(1, 1, 3)
TENSORS: dict[str, Any] = {
    **{name: ONES.to(getattr(torch, name)) for name in cures.HELD},
    "bfloat16": ONES.bfloat16(),
    **{name: ONES.to(getattr(torch, name)) for name in dir(torch) if name.startswith("float8_")},
    "with a gradient": ONES.clone().requires_grad_(),
    "of a layer": torch.nn.Parameter(ONES.clone()),
    "of a graph": torch.nn.Parameter(ONES.clone()) * 1,
    "conjugate": (ONES * 1j).conj(),
    "negative": (ONES * -1j).conj().imag,
    "sparse": ONES.to_sparse(),
    "sparse bfloat16": ONES.bfloat16().to_sparse(),
    "sparse with a gradient": ONES.to_sparse().requires_grad_(),
    "of oneDNN": ONES.to_mkldnn(),
    "turned": torch.ones(3, 1, 1).permute(2, 1, 0),
    "expanded": torch.ones(1, 1, 1).expand(1, 1, 3),
}
# Those that hold no numbers for an array: nothing is advised that could be pasted.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # prototypes, and one that will go
    NUMBERLESS: dict[str, Any] = {
        "meta": torch.ones(1, 1, 3, device="meta"),
        "meta bfloat16": torch.ones(1, 1, 3, device="meta", dtype=torch.bfloat16),
        "nested": torch.nested.nested_tensor([torch.ones(1, 3)]),
        "jagged": torch.nested.nested_tensor([torch.ones(1, 3)], layout=torch.jagged),
        "bits": torch.empty(1, 1, 3, dtype=torch.bits8),
        "4 bits": torch.empty(1, 1, 3, dtype=torch.uint4),  # type: ignore[attr-defined]
    }
    TENSORS["complex32"] = ONES.to(torch.complex32)
    TENSORS["quantized"] = torch.quantize_per_tensor(ONES, 0.5, 0, torch.quint8)
PLACES = {
    "conv1d": "input weight bias",
    "conv_transpose1d": "input weight bias",
    "conv1d_backward": "grad_output input weight",
    "conv_transpose1d_backward": "grad_output input weight",
    "pad": "input",
    "unfold1d": "input",
    "fold1d": "input",
    "explain": "input weight",
}
GIVEN: dict[str, dict[str, Any]] = {
    "pad": {"pad": (1, 1)},
    "unfold1d": {"kernel_size": 1},
    "fold1d": {"kernel_size": 1, "output_size": 3},
    "explain": {"at": (0, 0, 0)},
}


@pytest.mark.parametrize("function", PLACES)
@pytest.mark.parametrize("kind", TENSORS)
def test_what_is_advised_about_a_tensor_makes_an_array_of_its_numbers(
    kind: Any, function: Any
) -> None:
    tensor = TENSORS[kind]
    plain = tensor.dequantize() if tensor.is_quantized else tensor.to_dense()
    wide = plain.detach().resolve_conj().resolve_neg().to(torch.complex128).numpy()
    given: Any = {name: np.ones((1, 1, 3)) for name in ("input", "grad_output", "weight")}
    given |= {"weight": np.ones((1, 1, 1)), "bias": np.ones(1)}
    for place in PLACES[function].split():
        others = {name: given[name] for name in PLACES[function].split()}
        with pytest.raises(TypeError, match=f"^{place} must be a NumPy array") as caught:
            getattr(convref, function)(**others | {place: tensor}, **GIVEN.get(function, {}))
        code = re.search(r": convert it with (.*)\.$", str(caught.value))
        assert code
        array = eval(code[1], {}, {place: tensor})
        assert array.dtype in checks.PAD_DTYPES and array.shape == (1, 1, 3)
        np.testing.assert_array_equal(array.astype(complex), wide)


@pytest.mark.parametrize("kind", NUMBERLESS)
def test_nothing_is_advised_about_a_tensor_without_numbers(kind: Any) -> None:
    with pytest.raises(TypeError, match="give an array of numbers"):
        convref.conv1d(NUMBERLESS[kind], np.ones((1, 1, 1)))


def test_a_layer_and_its_state_say_the_same_of_tensors() -> None:
    layer = convref.Conv1d(1, 1, 1)
    theirs = torch.nn.Conv1d(1, 1, 1)
    with pytest.raises(TypeError, match=r"with input\.numpy\(force=True\)\.$"):
        layer(ONES.requires_grad_())
    with pytest.raises(TypeError, match=r"\.numpy\(force=True\)\.$"):
        layer.load_state_dict(theirs.state_dict())
