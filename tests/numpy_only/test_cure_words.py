"""The words of a cure around its code, to the letter, also as they are for what was typed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from convref import conv1d, cures

ROWS = "give an array of numbers, with rows of equal length"
F2, F4, F8, I4 = (np.dtype(kind) for kind in ("f2", "f4", "f8", "i4"))


def tensor(**attributes: Any) -> Any:
    return type("Tensor", (), {"__module__": "torch", **attributes})()


SPARSE = "torch.sparse_coo"
WORDS: list[tuple[Callable[[], str], str]] = [
    (lambda: cures.array("x", [[1], [2, 3]]), ROWS),
    (
        lambda: cures.array("x", tensor(dtype="torch.bfloat16", layout=SPARSE)),
        "convert it with x.to_dense().float().numpy(force=True)",
    ),
    (
        lambda: cures.array("y", tensor(dtype="torch.float8_e5m2", layout=SPARSE)),
        "convert it with y.to_dense().float().numpy(force=True)",
    ),
    (
        lambda: cures.array("x", tensor(dtype="torch.qint8", layout=SPARSE, is_quantized=True)),
        "convert it with x.to_dense().dequantize().numpy(force=True)",
    ),
    (lambda: cures.one_dtype("w", F4, ["x", "b"], F8), "w.astype(x.dtype)"),
    (lambda: cures.one_dtype("w", F8, ["x", "b"], F4), "x.astype(w.dtype) and b.astype(w.dtype)"),
    (
        lambda: cures.one_dtype("w", I4, ["x"], F4),
        "x.astype(numpy.float64) and w.astype(numpy.float64)",
    ),
    (lambda: cures.layer_dtype(F2, F4), "convert with input.astype(numpy.float32)"),
    (lambda: cures.accumulate(F2), "accumulate='float64'"),
    (lambda: cures.layer_dtype(F8, F4), "make the layer with dtype=numpy.float64"),
    (lambda: cures.layer_dtype(F4, F8), "convert with input.astype(numpy.float64)"),
    (
        lambda: cures.layer_dtype(I4, F4),
        "convert with input.astype(numpy.float64) and make the layer with dtype=numpy.float64",
    ),
    (
        lambda: cures.ranked("x", (2, 3, 4, 5), 2, 3),
        "make one batch of the first axes with x.reshape(-1, *x.shape[-2:])",
    ),
    (lambda: cures.bias((2, 2), 4), "bring it to that shape with bias.reshape(4)"),
    (
        lambda: cures.channels((4, 5), 0, 1, "W", []),
        "add the channel axis with input[:, None]",
    ),
]
TYPED: list[tuple[Callable[[], str], str]] = [
    (lambda: cures.dtype("x", np.dtype(bool)), "write 1 and 0"),
    (lambda: cures.ranked("x", (2, 3, 4, 5, 6), 3, 4), "give x the shape (6, 4, 5, 6)"),
    (
        lambda: " / ".join(cures.weights((3, 2, 5), 2, 1, True)),
        "give weight the shape (2, 3, 5) / give weight of shape (2, 2, 5)",
    ),
]


@pytest.mark.parametrize(("cure", "words"), WORDS)
def test_words_of_a_cure(cure: Callable[[], str], words: str) -> None:
    assert cure() == words


@pytest.mark.parametrize(("cure", "words"), TYPED)
def test_words_for_what_was_typed(cure: Callable[[], str], words: str) -> None:
    with cures.typed():
        assert cure() == words


HELD = [
    *("bool", "float16", "float32", "float64", "complex64", "complex128"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
]


@pytest.mark.parametrize("kind", HELD)
def test_a_tensor_of_a_dtype_that_numpy_has_becomes_an_array(kind: str) -> None:
    code = "convert it with x.numpy(force=True)"
    assert cures.array("x", tensor(dtype=f"torch.{kind}")) == code


def test_pairs_may_be_arrays() -> None:
    x, w = np.arange(1, 6).reshape(1, 5), np.array([[[1, 10]]])
    arrays: Any = [np.array([2, 1])]
    np.testing.assert_array_equal(conv1d(x, w, padding=arrays), conv1d(x, w, padding=[(2, 1)]))
