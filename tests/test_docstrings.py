"""Docstrings against what they describe: names of parameters, dtypes of results, attributes."""

import inspect
import re
from typing import Any

import numpy as np
import pytest
import torch

import convref
from convref import cost, geometry, layouts

FUNCTIONS = {
    name: value
    for module in (convref, layouts, cost, geometry)
    for name, value in vars(module).items()
    if inspect.isfunction(value) and value.__doc__ and "Parameters\n" in value.__doc__
}
DEFERS = re.compile(r"(?:as in|those of|arguments of|See) `(\w+)`")


def parts(document: Any) -> Any:
    """Sections of a NumPy docstring by their titles; what comes first is ''."""
    pieces = re.split(r"^(\w+)\n-+\n", inspect.cleandoc(document), flags=re.M)
    return dict(zip(["", *pieces[1::2]], pieces[::2], strict=True))


def listed(function: Any) -> Any:
    """The parameters that a docstring lists, and those of another function that it names."""
    sections = parts(function.__doc__)
    lines = re.findall(r"^(\w.*)$", sections["Parameters"], re.M)
    names = {name for line in lines for name in re.split(r" : ", line)[0].split(", ")}
    for other in DEFERS.findall(sections[""]):
        names |= set(listed(FUNCTIONS[other]))
    return names


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_parameters_are_those_of_the_signature(name: Any) -> None:
    function = FUNCTIONS[name]
    real = set(inspect.signature(function).parameters)
    own = parts(function.__doc__)["Parameters"]
    own = {
        n for line in re.findall(r"^(\w.*)$", own, re.M) for n in line.split(" : ")[0].split(", ")
    }
    assert own <= real, f"{name} has no {own - real}"
    assert real <= listed(function), f"{name} says nothing of {real - listed(function)}"


@pytest.mark.parametrize("name", convref.__all__)
def test_every_public_name_says_what_it_takes_gives_and_shows(name: Any) -> None:
    document = getattr(convref, name).__doc__
    sections = parts(document)
    assert "Examples" in sections
    if name in FUNCTIONS and not DEFERS.search(sections[""]):
        assert {"Parameters", "Returns", "Raises"} <= sections.keys()


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n in convref.__all__])
def test_what_is_said_of_the_dtype_of_results_holds_with_accumulate(name: Any) -> None:
    function = FUNCTIONS[name]
    returns = parts(function.__doc__)["Returns"]
    if "accumulate" in inspect.signature(function).parameters:
        assert "input's dtype" not in returns or "or of `accumulate`" in returns
        assert "accumulate" in listed(function)


def raised(name: Any) -> Any:
    """The errors that a docstring lists, or else those of the one that it names."""
    document = inspect.cleandoc(PUBLIC[name].__doc__)
    told = parts(document).get("Raises")
    if told is not None:
        return set(re.findall(r"\b\w+Error\b", told))
    deferred = DEFERS.search(document)
    assert deferred, name
    return raised(deferred[1])


PUBLIC = {name: getattr(convref, name) for name in convref.__all__} | {
    name: value for name, value in FUNCTIONS.items() if value.__module__ == "convref.layouts"
}


def makes_arrays(value: Any) -> Any:
    """Layers do, and every function that returns arrays or what is told of them."""
    gives = str(inspect.signature(value).return_annotation)
    return isinstance(value, type) or "ndarray" in gives or "Explanation" in gives


@pytest.mark.parametrize("name", PUBLIC)
def test_what_makes_arrays_says_that_memory_can_end(name: Any) -> None:
    memory = {"MemoryError"} if makes_arrays(PUBLIC[name]) else set()
    assert raised(name) == {"TypeError", "ValueError"} | memory


def test_who_makes_no_arrays() -> None:
    assert {name for name in PUBLIC if not makes_arrays(PUBLIC[name])} == {
        "size",
        "tensorflow_same",
    }


def test_a_parameter_without_words_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(input: Any, stride: Any) -> None:
        """Do nothing.

        Parameters
        ----------
        input, kernel : int
        """

    monkeypatch.setitem(FUNCTIONS, "forgets", forgets)
    with pytest.raises(AssertionError, match="kernel"):
        test_the_parameters_are_those_of_the_signature("forgets")
    assert listed(forgets) == {"input", "kernel"}


STEPS = re.compile(r"[Cc]ells between|[Cc]ells left out between")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_stride_and_dilation_are_steps_and_no_gaps(name: Any) -> None:
    """Between two taps lie dilation - 1 cells: the count of a gap is off by one."""
    document = FUNCTIONS[name].__doc__
    assert document is not None
    assert not STEPS.search(document)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", ["Conv", "ConvTranspose"])
def test_a_layer_keeps_its_arguments_as_pytorchs_does(name: Any, rank: Any) -> None:
    """Every argument up to padding_mode, as the docstring says, with PyTorch's value."""
    options = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2, "bias": False}
    theirs = getattr(torch.nn, f"{name}{rank}d")(2, 4, 3, **options)
    ours = getattr(convref, f"{name}{rank}d")(2, 4, 3, **options)
    for argument in inspect.signature(type(ours)).parameters:
        if argument in ("device", "dtype", "seed"):
            continue
        assert getattr(ours, argument) == getattr(theirs, argument), argument


@pytest.mark.parametrize(
    ("dtype", "convert"),
    [
        (torch.float64, lambda t: t.cpu().numpy()),
        (torch.complex64, lambda t: t.cpu().numpy()),
        (torch.bfloat16, lambda t: t.cpu().float().numpy()),
    ],
)
def test_weights_come_from_pytorch_as_load_state_dict_says(dtype: Any, convert: Any) -> None:
    theirs = torch.nn.Conv2d(2, 3, (1, 2), dtype=dtype)
    held = convert(theirs.weight.detach()).dtype
    ours = convref.Conv2d(2, 3, (1, 2), dtype=held)
    ours.load_state_dict({name: convert(t) for name, t in theirs.state_dict().items()})
    assert torch.equal(torch.from_numpy(ours.weight).to(dtype), theirs.weight.detach())


def test_cells_of_output_padding() -> None:
    """The first `padding` of them would have been cut off; behind those only the bias is."""
    x, w, bias = np.ones((1, 1, 2)), np.arange(1.0, 4).reshape(1, 1, 3), np.array([0.5])
    whole = convref.conv_transpose1d(x, w, bias, stride=3)[0, 0]
    for padding in (0, 1, 2):
        out = convref.conv_transpose1d(x, w, bias, stride=3, padding=padding, output_padding=2)
        extra = out[0, 0, len(whole) - 2 * padding :]
        assert extra.tolist() == [*whole[len(whole) - padding :], 0.5, 0.5][:2]


def test_the_shape_comes_back_up_to_what_the_stride_dropped() -> None:
    x, w = np.ones((1, 6, 6)), np.ones((1, 1, 3, 3))
    small = convref.conv2d(x, w, stride=2)
    assert convref.conv_transpose2d(small, w, stride=2).shape == (1, 5, 5)
    assert convref.conv_transpose2d(small, w, stride=2, output_padding=1).shape == x.shape
