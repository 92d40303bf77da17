"""tf.nn and Keras compute what convref does, after conversion by convref.layouts."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from convref.layouts import convert_activation, convert_linear
from tests.frameworks.cases import (
    LAYERS,
    Layer,
    conv,
    cut,
    depthwise,
    integers,
    lines,
    ported,
    transposed,
)

PADDING = pytest.mark.parametrize("padding", ["VALID", "SAME"])


def undilated(layer: Layer) -> bool:
    return max(layer.dilation) == 1


def keras_takes(layer: Layer) -> bool:
    """Keras refuses strides together with dilation, in all but its depthwise layers."""
    return undilated(layer) or max(layer.stride) == 1


def runs(known: Any, own_kernel: Any) -> pytest.MarkDecorator:
    """Layers that a function knows: compiled by XLA, and by TensorFlow's own kernel if it can."""
    cases = [
        pytest.param(layer, xla, id=f"{i}-{'XLA' if xla else 'own'}")
        for i, layer in enumerate(LAYERS)
        for xla in (False, True)
        if known(layer) and (xla or own_kernel(layer))
    ]
    return pytest.mark.parametrize(("layer", "xla"), cases)


def by_tensorflow(
    function: Any, xla: bool, x: np.ndarray, *arguments: Any, **options: Any
) -> np.ndarray:
    """What a function makes of an input in PyTorch's order."""

    def call(last: Any) -> Any:
        return function(last, *arguments, **options)

    last = tf.constant(convert_activation(x, "torch", "tensorflow"))
    out = tf.function(call, jit_compile=True)(last) if xla else call(last)
    return convert_activation(out.numpy(), "tensorflow", "torch")


def by_keras(
    name: str, xla: bool, x: np.ndarray, kernel: np.ndarray, *arguments: Any, **options: Any
) -> Any:
    """What a layer with this kernel makes of an input in PyTorch's order."""
    layer = getattr(keras.layers, name)(*arguments, use_bias=False, **options)
    layer.build(convert_activation(x, "torch", "keras").shape)
    layer.set_weights([kernel])  # refuses any other shape
    return by_tensorflow(layer, xla, x)


@PADDING
@runs(lambda layer: True, lambda layer: layer.rank < 3 or undilated(layer))
def test_tf_nn_conv(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = conv(layer, padding == "SAME")
    kernel = ported(weight, "tensorflow", groups=layer.groups)
    stride, dilation = list(layer.stride), list(layer.dilation)
    if layer.rank == 3:
        stride, dilation = [1, *stride, 1], [1, *dilation, 1]
    function = getattr(tf.nn, f"conv{layer.rank}d")
    out = by_tensorflow(function, xla, x, kernel, stride, padding, dilations=dilation)
    np.testing.assert_array_equal(out, expected)


@PADDING
@runs(keras_takes, keras_takes)
def test_keras_conv(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = conv(layer, padding == "SAME")
    out = by_keras(
        f"Conv{layer.rank}D",
        xla,
        x,
        ported(weight, "keras", groups=layer.groups),
        len(weight),
        layer.kernel,
        layer.stride,
        padding.lower(),
        dilation_rate=layer.dilation,
        groups=layer.groups,
    )
    np.testing.assert_array_equal(out, expected)


@PADDING
@runs(
    lambda layer: layer.rank < 3,
    lambda layer: len(set(layer.stride)) == 1,
)
def test_keras_depthwise(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = depthwise(layer, padding == "SAME")
    out = by_keras(
        f"DepthwiseConv{layer.rank}D",
        xla,
        x,
        ported(weight, "keras", "depthwise", groups=4),
        layer.kernel,
        layer.stride,
        padding.lower(),
        depth_multiplier=2,
        dilation_rate=layer.dilation,
    )
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"])
def test_keras_refuses_strides_with_dilation(name: Any) -> None:
    rank = int(name[4])
    layer = getattr(keras.layers, name)
    with pytest.raises(ValueError, match=r"strides > 1.* not supported in conjunction"):
        layer(1, 3, strides=2, dilation_rate=2)(np.ones((1, *[9] * rank, 2), np.float32))


@PADDING
@runs(
    lambda layer: layer.rank == 2 and keras_takes(layer),
    lambda layer: len(set(layer.stride)) == 1,
)
def test_tf_nn_depthwise(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = depthwise(layer, padding == "SAME")
    out = by_tensorflow(
        tf.nn.depthwise_conv2d,
        xla,
        x,
        ported(weight, "tensorflow", "depthwise", groups=4),
        (1, *layer.stride, 1),
        padding,
        dilations=layer.dilation,
    )
    np.testing.assert_array_equal(out, expected)


@PADDING
@runs(lambda layer: layer.groups == 1 and keras_takes(layer), undilated)
def test_keras_transposed(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = transposed(layer, padding == "SAME")
    out = by_keras(
        f"Conv{layer.rank}DTranspose",
        xla,
        x,
        ported(weight, "keras", "transposed"),
        6,
        layer.kernel,
        layer.stride,
        padding.lower(),
        dilation_rate=layer.dilation,
    )
    np.testing.assert_array_equal(out, expected)


@PADDING
@runs(lambda layer: True, lambda layer: undilated(layer) and layer.groups == 1)
def test_tf_nn_transposed(layer: Any, xla: Any, padding: Any) -> None:
    x, weight, expected = transposed(layer, padding == "SAME")
    out = by_tensorflow(
        getattr(tf.nn, f"conv{layer.rank}d_transpose"),
        xla,
        x,
        ported(weight, "tensorflow", "transposed", groups=layer.groups),
        convert_activation(expected, "torch", "tensorflow").shape,
        layer.stride,
        padding,
        dilations=layer.dilation,
    )
    np.testing.assert_array_equal(out, expected)


GRID = lines((1, 2, 4), (1, 2, 3, 4, 5), (1, 2, 3, 4), (1,))
DILATED = lines((3,), (2, 3), (1, 3), (2,))  # for XLA, which compiles each


@pytest.mark.parametrize(("layers", "xla"), [(GRID, False), (DILATED, True)])
def test_tf_nn_transposed_with_an_output_shape(layers: Any, xla: Any) -> None:
    """Of every size that SAME can have; TensorFlow refuses the next ones, and so does convref."""
    for layer in layers:
        x, weight, _ = transposed(layer)
        kernel = ported(weight, "tensorflow", "transposed")
        (n,), _, (s,), _ = layer[:4]
        for size in range((n - 1) * s, n * s + 2):

            def theirs(
                layer: Any = layer, x: Any = x, kernel: Any = kernel, size: Any = size
            ) -> Any:
                shape = (2, size, 6)
                options = {"dilations": layer.dilation}
                function = tf.nn.conv1d_transpose
                return by_tensorflow(
                    function, xla, x, kernel, shape, layer.stride, "SAME", **options
                )

            try:
                ours = cut(layer, x, weight, transposed="tensorflow", output_size=size)
            except ValueError:
                assert size in (0, (n - 1) * s, n * s + 1)
                with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
                    theirs()
                continue
            np.testing.assert_array_equal(theirs(), ours)


@pytest.mark.parametrize(
    ("layers", "xla"), [(GRID, False), ([each for each in DILATED if each.stride == (1,)], True)]
)
def test_keras_transposed_with_output_padding(layers: Any, xla: Any) -> None:
    """Or refused, where TensorFlow refuses what Keras makes of it."""
    refused = 0
    for layer in layers:
        x, weight, _ = transposed(layer)
        kernel = ported(weight, "keras", "transposed")
        for padding in (None, *range(layer.stride[0] + 1)):

            def theirs(
                layer: Any = layer, x: Any = x, kernel: Any = kernel, padding: Any = padding
            ) -> Any:
                options = {"output_padding": padding, "dilation_rate": layer.dilation}
                given = (6, layer.kernel, layer.stride, "same")
                return by_keras("Conv1DTranspose", xla, x, kernel, *given, **options)

            try:
                ours = cut(layer, x, weight, transposed="keras", output_padding=padding)
            except ValueError:
                refused += 1
                with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
                    theirs()
                continue
            np.testing.assert_array_equal(theirs(), ours)
    assert refused >= len(layers)


@pytest.mark.parametrize("layer", [each for each in LAYERS if each.groups == 1 and each.rank > 1])
def test_keras_output_padding_on_two_and_three_axes(layer: Any) -> None:
    if max(layer.stride) == 1:  # an even reach needs an output padding, which has no room
        layer = layer._replace(stride=(2, 3, 2)[: layer.rank], dilation=(1,) * layer.rank)
    x, weight, _ = transposed(layer)
    for extra in ([s - 1 for s in layer.stride], [min(1, s - 1) for s in layer.stride]):
        ours = cut(layer, x, weight, transposed="keras", output_padding=extra)
        kernel = ported(weight, "keras", "transposed")
        given = (6, layer.kernel, layer.stride, "same")
        name = f"Conv{layer.rank}DTranspose"
        out = by_keras(name, False, x, kernel, *given, output_padding=extra)
        np.testing.assert_array_equal(out, ours)


def test_dense_after_flatten() -> None:
    x, weight = integers(3, 2, 4, 5), integers(7, 2 * 4 * 5)
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(7, use_bias=False)])
    last = convert_activation(x, "torch", "keras")
    model.build(last.shape)
    model.set_weights([convert_linear(weight, "torch", "keras", flattened=(2, 4, 5))])
    np.testing.assert_array_equal(model(last).numpy(), x.reshape(3, -1) @ weight.T)
