"""What a chain costs, against counting: products one by one, cells by changing each of them."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convref import Conv2d, cost, definition, size
from convref.cost import along, chain, receptive_field, spacing
from convref.geometry import (
    Axis,
    as_convolution,
    output_size,
    parameters,
    products,
    reach,
    resolve,
    written_size,
    written_transposed_size,
)
from tests.numpy_only.cases import Case, cases, output_shape

few = st.integers(1, 3)


class Counted:
    """A number that counts how often one is multiplied."""

    times = 0

    def __rmul__(self, other: Any) -> Any:
        type(self).times += 1
        return 0


def counted(shape: Any) -> Any:
    """An array of such numbers, the count at nought."""
    Counted.times = 0
    out = np.empty(shape, object)
    out[...] = Counted()
    return out


@given(cases())
@example(Case((2, 4, 7, 9), (6, 2, 3, 2), True, (2, 1), (1, 2), (1, 3), 2, "reflect"))
def test_products_are_those_of_the_definition(case: Any) -> None:
    shape = case.input if len(case.input) == case.rank + 2 else (1, *case.input)
    # Zeros are not multiplied by the definition; cells shown in the padding are.
    mode = "replicate" if case.padding_mode == "zeros" else case.padding_mode
    definition.convolution(
        counted(shape), np.ones(case.weight, object), None, case.axes(), case.groups, mode
    )
    windows = (shape[0], *map(output_size, case.axes()))
    assert products(case.weight, windows) == Counted.times


@given(st.tuples(few, few), st.tuples(few, few), st.tuples(few, few), few, few, few, few)
def test_products_of_a_transposed_convolution(
    sizes: Any, kernel: Any, stride: Any, groups: Any, inner: Any, outer: Any, batch: Any
) -> None:
    axes = resolve(sizes, kernel, stride, "valid", (1, 1))  # nothing is cropped
    weight = (groups * inner, outer, *kernel)
    definition.transposed(
        counted((batch, groups * inner, *sizes)),
        np.ones(weight, object),
        None,
        axes,
        (0, 0),
        groups,
    )
    assert products(weight, (batch, *sizes)) == Counted.times


def test_parameters_are_the_numbers_of_a_layer() -> None:
    layer = Conv2d(4, 6, (3, 2), groups=2)
    assert layer.bias is not None
    assert parameters(layer.weight.shape, len(layer.bias)) == layer.weight.size + layer.bias.size


@st.composite
def layers(draw: Any, kinds: Any = (True, False)) -> Any:
    """One to three layers along one axis, transposed ones and others."""
    chosen = []
    for _ in range(draw(few)):
        kind = draw(st.sampled_from(kinds))
        extra = draw(st.integers(0, 1)) if kind else 0
        axis = Axis(
            0, draw(st.integers(1, 4)), draw(few), draw(few), *[draw(st.integers(0, 2))] * 2
        )
        chosen.append((axis, kind, extra))
    return chosen


def run(cells: Any, chosen: Any) -> Any:
    """Send a row through the layers by the definition; every weight is 1."""
    for axis, transposed, extra in chosen:
        here = axis._replace(size=cells.shape[-1])
        kernel = np.ones((1, 1, axis.kernel), int)
        if transposed:
            cells = definition.transposed(cells, kernel, None, [here], [extra])
        else:
            cells = definition.convolution(cells, kernel, None, [here])
    return cells


@given(layers())
@example([(Axis(0, 3, 2), True, 0), (Axis(0, 2, 3, 2), False, 0)])
@example([(Axis(0, 3, 2, 1, 1, 1), True, 0)])  # the first output cell sees less than the second
@example([(Axis(0, 1, 3), True, 0), (Axis(0, 1, 3), False, 0)])
@example([(Axis(0, 1, 2), True, 0), (Axis(0, 2, 1, 2), False, 0)])
def test_the_receptive_field_is_what_changes_an_output_cell(chosen: Any) -> None:
    axes = [(axis, transposed) for axis, transposed, _ in chosen]
    # Long enough for a whole period of output cells that no edge touches.
    length = 1
    for axis, transposed, _ in reversed(chosen):
        length = (length - 1) * (1 if transposed else axis.stride)
        length += reach(axis.kernel, axis.dilation)
    length = 2 * length + 40
    # All cells changed one at a time: each is one input of the batch.
    changed = run(np.eye(length, dtype=int)[:, None], chosen)[:, 0]  # (cell, output)
    spans = [np.ptp(np.flatnonzero(column)) + 1 for column in changed.T if column.any()]
    assert receptive_field(axes) == max(spans, default=0)


@given(layers(kinds=(False,)))
def test_without_transposed_layers_it_is_the_known_sum(chosen: Any) -> None:
    axes = [(axis, transposed) for axis, transposed, _ in chosen]
    expected, step = 1, 1
    for axis, _ in axes:
        expected += (reach(axis.kernel, axis.dilation) - 1) * step
        step *= axis.stride
    assert receptive_field(axes) == expected
    assert spacing(axes) == step


def test_a_layer_may_see_nothing() -> None:
    """A stride beyond the kernel leaves cells empty, and a convolution may step on those alone."""
    two = [(Axis(5, 1, 2), True), (Axis(9, 1, 2, 1, -1, 0), False)]
    assert receptive_field(two) == 0
    assert receptive_field([(Axis(9, 5), False), *two]) == 0


def test_look_ups_are_counted_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two outputs: 3 taps on one cell, then 2 on each of 3 cells."""
    axes = [(Axis(9, 2, 2), True), (Axis(9, 3), False)]
    monkeypatch.setattr(cost, "LOOKUPS", 18)
    assert receptive_field(axes) == 2
    monkeypatch.setattr(cost, "LOOKUPS", 17)
    with pytest.raises(ValueError, match="more than 17 look-ups"):
        receptive_field(axes)


def test_no_look_up_is_counted_where_no_cell_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three outputs: 2 taps, 1 on each of 2 cells, and 1 more, which leaves a cell or none."""
    axes = [(Axis(9, 1), True), (Axis(9, 1, 3), True), (Axis(9, 2), False)]
    monkeypatch.setattr(cost, "LOOKUPS", 3 * (2 + 2 + 1))
    assert receptive_field(axes) == 1
    monkeypatch.setattr(cost, "LOOKUPS", 3 * (2 + 2 + 1) - 1)
    with pytest.raises(ValueError, match="more than 14 look-ups"):
        receptive_field(axes)


@pytest.mark.parametrize(
    ("layer", "name", "least"),
    [
        ("MaxPool2d({})", "kernel_size", 1),
        ("MaxPool2d(2, {})", "stride", 1),
        ("MaxPool2d(2, padding={})", "padding", 0),
        ("MaxPool2d(2, dilation={})", "dilation", 1),
        ("Conv2d(3, 4, {})", "kernel_size", 1),
        ("Conv2d(3, 4, 1, {})", "stride", 1),
        ("Conv2d(3, {}, 1)", "out_channels", 1),
        ("Conv2d(3, 4, 1, padding={})", "padding", 0),
        ("Conv2d(3, 4, 1, dilation={})", "dilation", 1),
        ("Conv2d(3, 4, 1, groups={})", "groups", 1),
        ("ConvTranspose2d(3, 4, {})", "kernel_size", 1),
        ("ConvTranspose2d(3, 4, 1, 2, output_padding={})", "output_padding", 0),
    ],
)
def test_the_least_of_each_argument_of_a_written_layer(layer: Any, name: Any, least: Any) -> None:
    chain((3, 9, 9), [layer.format(least)])
    with pytest.raises(ValueError, match=f": {name} must be at least {least}, received"):
        chain((3, 9, 9), [layer.format(least - 1)])


def test_spacing_of_layers_up_and_down() -> None:
    down, up = (Axis(9, 3, 2), False), (Axis(9, 3, 4), True)
    assert spacing([]) == 1
    assert isinstance(spacing([]), Fraction)
    assert spacing([down, down]) == 4
    assert spacing([down, up]) == Fraction(1, 2)


@given(cases(ranks=(1,)))
def test_the_written_formula_gives_the_size(case: Any) -> None:
    (axis,) = case.axes()
    assert eval(written_size(axis), {"floor": math.floor}) == output_size(axis)


@given(*[st.integers(1, 9)] * 4, *[st.integers(0, 4)] * 2)
def test_the_written_transposed_formula_gives_the_size(
    n: Any, kernel: Any, stride: Any, dilation: Any, pad: Any, extra: Any
) -> None:
    axis = Axis(n, kernel, stride, dilation, pad, pad)
    assert eval(written_transposed_size(axis, extra)) == output_size(as_convolution(axis, extra))


@given(cases())
def test_a_convolution_in_a_chain_is_that_convolution(case: Any) -> None:
    options = {**case.options, "bias": case.bias}
    channels = (case.weight[1] * case.groups, case.weight[0])
    text = ", ".join(f"{name}={value!r}" for name, value in options.items())
    layer = f"Conv{case.rank}d({channels[0]}, {channels[1]}, {case.weight[2:]}, {text})"
    (step,) = chain(case.input, [layer])
    assert step.axes == case.axes()
    assert step.output == output_shape(case)
    assert step.weight == case.weight
    assert step.parameters() == math.prod(case.weight) + case.bias * channels[1]
    assert [eval(f, {"floor": math.floor}) for f in step.formulas()] == list(
        step.output[-case.rank :]
    )


# layer, what reaches it, what leaves it, parameters, products
LAYERS = [
    ("Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)",
     (3, 224, 224), (64, 112, 112), 9408, 118013952),
    ("Conv2d(3, 6, 3, padding=same, padding_mode=reflect)", (2, 3, 5, 7), (2, 6, 5, 7), 168, 11340),
    ("torch.nn.Conv1d(4, 6, 3, 1, 'valid', 2, 2)", (4, 9), (6, 5), 42, 180),
    ("nn.ConvTranspose2d(4, 6, (3, 2), (2, 1), 1, (1, 0), 2, True, 1, 'zeros')",
     (5, 4, 3, 7), (5, 6, 6, 6), 78, 7560),
    ("ConvTranspose1d(4, 6, 3, dilation=2, bias=False)", (4, 5), (6, 9), 72, 360),
    ("ConvTranspose3d(1, 1, 2)", (1, 1, 1, 1), (1, 2, 2, 2), 9, 8),
    ("MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)",
     (2, 64, 112, 112), (2, 64, 56, 56), 0, 0),
    ("MaxPool1d(2, 1, dilation=3)", (4, 9), (4, 6), 0, 0),
    ("AvgPool3d((1, 2, 3))", (4, 3, 4, 9), (4, 3, 2, 3), 0, 0),
    ("AvgPool2d(2, 1, (0, 1), False, False)", (1, 3, 4), (1, 2, 5), 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "shape", "output", "numbers", "macs"), LAYERS)
def test_layers_are_read_as_pytorch_prints_them(
    layer: Any, shape: Any, output: Any, numbers: Any, macs: Any
) -> None:
    (step,) = chain(shape, [layer])
    assert (step.layer, step.input, step.output) == (layer, shape, output)
    assert (step.parameters(), step.products()) == (numbers, macs)


def test_a_chain_hands_on_its_shapes() -> None:
    steps = chain(
        (3, 33, 65), ["Conv2d(3, 8, 3, 2)", "MaxPool2d(2)", "ConvTranspose2d(8, 1, 4, 4)"]
    )
    assert [step.output for step in steps] == [(8, 16, 32), (8, 8, 16), (1, 32, 64)]
    high, wide = along(steps)
    assert [(axis.size, transposed) for axis, transposed in high] == [
        (33, False),
        (16, False),
        (8, True),
    ]
    assert [axis.size for axis, _ in wide] == [65, 32, 16]
    assert receptive_field(high) == 3 + 2
    assert spacing(high) == 1


def test_an_error_in_a_chain_names_the_layer() -> None:
    with pytest.raises(
        ValueError, match=r"^layer 2, Conv2d\(9, 1, 1\): input must have .* = 9 chan"
    ):
        chain((3, 5, 5), ["Conv2d(3, 8, 3)", "Conv2d(9, 1, 1)"])
    with pytest.raises(
        TypeError, match=r"^layer 1, Conv2d\(3, 8, 1.5\): kernel_size must be an int"
    ):
        chain((3, 5, 5), ["Conv2d(3, 8, 1.5)"])


@pytest.mark.parametrize("text", ["-" * 5000 + "1", "a" + ".b" * 10**5])
def test_a_text_too_deep_for_the_parser_is_no_layer(text: Any) -> None:
    with pytest.raises(ValueError, match="a layer is written as PyTorch prints it"):
        chain((3, 5, 5), [text])


def test_shapes_are_counted_without_memory() -> None:
    (step,) = chain((1, 2**30), ["Conv1d(1, 1, 1)"])
    assert step.products() == 2**30
    assert size(2**30, 1) == step.output[-1]


def test_only_transposed_layers_have_output_padding() -> None:
    texts = ["Conv2d(3, 4, 1)", "MaxPool2d(2)", "AvgPool2d(1)", "ConvTranspose2d(4, 1, 1)"]
    assert [step.extra for step in chain((3, 8, 8), texts)] == [(), (), (), (0, 0)]
