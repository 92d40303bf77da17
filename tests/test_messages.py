"""PyTorch's messages: each mistake of the list raises one, and pages of errors show every text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from verify import messages
from verify.messages import Mistake, Text, key, missing, mistakes, provoked
from verify.pages.rules import DOCS

FAMILIES = {"channels", "axes", "size", "padding", "groups", "dtype", "transposed", "around"}


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return provoked(mistakes())


def test_every_mistake_of_the_list_raises(texts: list[Text]) -> None:
    assert not [text.names for text in texts if not text.key]
    assert len(texts) >= 60
    assert {text.family for text in texts} == FAMILIES


def test_names_and_calls_of_mistakes_differ() -> None:
    repeated = Counter(
        name for each in mistakes() for name in ((each.family, each.name), each.call)
    )
    assert [name for name, count in repeated.items() if count > 1] == []


def test_the_fuzzer_finds_no_other_text(texts: list[Text]) -> None:
    found = messages.fuzzed(1_000)
    assert len(found) > 30
    assert found.keys() - {text.key for text in texts} == set()


@pytest.mark.parametrize("language", DOCS)
def test_pages_of_errors_show_every_text(texts: list[Text], language: str) -> None:
    """From the day on which the folder is there."""
    due = texts if (DOCS[language] / messages.PAGES).is_dir() else []
    lacking = [f"{text.family}: {text.message}\n{text.call}" for text in missing(language, due)]
    assert not lacking, "no page shows:\n" + "\n\n".join(lacking)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "RuntimeError: Given groups=1, weight of size [8, 3, 3, 3], expected input[1, 9, 9, 3] "
            "to have 3 channels, but got 9 channels instead",
            "Given groups=2, weight of size [8, 16, 3], expected input[4, 100, 16] to have 32 "
            "channels, but got 100 channels instead",
        ),
        (
            "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input "
            "of size: [28, 28]",
            "RuntimeError: Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input "
            "of size: [7]",
        ),
        (
            "RuntimeError: Input type (double) and bias type (float) should be the same",
            "RuntimeError: Input type (unsigned char) and bias type (c10::Half) should be the same",
        ),
        (
            "TypeError: conv2d() received an invalid combination of arguments - got (list, Tensor)"
            ", but expected one of:\n * (Tensor input)",
            "TypeError: conv1d() received an invalid combination of arguments - got (Tensor, int)",
        ),
        (
            "ValueError: Invalid padding string 'full', should be one of {'same', 'valid'}",
            "ValueError: Invalid padding string 'SAME', should be one of {'valid', 'same'}",
        ),
        (
            "RuntimeError: Error(s) in loading state_dict for Conv2d:\n\tMissing key(s) in "
            'state_dict: "weight", "bias". ',
            "RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in "
            'state_dict: "0.bias". ',
        ),
        (
            "UserWarning: Do not. (Triggered internally at /home/x/Convolution.cpp:1101.)",
            "UserWarning: Do not. (Triggered internally at /y/Convolution.cpp:1000.)",
        ),
    ],
)
def test_a_text_is_the_same_with_other_numbers_and_names(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_kernels_of_pytorch_have_texts_of_their_own() -> None:
    names = ("slow_conv2d_cpu", "im2col_out_cpu", "col2im_out_cpu")
    raised = {key(f"NotImplementedError: \"{name}\" not implemented for 'Bool'") for name in names}
    assert len(raised) == 3


def test_a_text_is_found_on_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DOCS, "en", tmp_path)
    (tmp_path / messages.PAGES).mkdir()
    page = tmp_path / messages.PAGES / "size.md"
    stride, state, rare = provoked(
        [
            Mistake("stride", "size", "nn.Conv2d(1, 1, 3, stride=0)(torch.ones(1, 5, 5))", False),
            Mistake("state", "around", "nn.Conv2d(1, 1, 3).load_state_dict({})", False),
            Mistake("batch", "size", "F.conv_transpose1d(torch.ones(0, 1, 3), 0)", True),
        ]
    )
    page.write_text("Nothing.\n", "utf-8")
    assert missing("en", [stride, state, rare]) == [stride, state, rare]
    page.write_text(f"```text\n1\n{state.message}\n```\n\n| `{rare.message}` | no |\n", "utf-8")
    assert missing("en", [stride, state, rare]) == [stride]
    page.write_text(f"| `{stride.message}` | a table is for what is rare |\n", "utf-8")
    assert missing("en", [stride]) == [stride]


def test_a_warning_is_raised_and_its_call_says_how() -> None:
    (text,) = provoked([Mistake("empty", "size", "nn.Conv2d(1, 1, 0)", False)])
    assert text.message == "UserWarning: Initializing zero-element tensors is a no-op"
    assert text.call.startswith(messages.STRICT)
    assert text.call.endswith("from torch import nn\n\nnn.Conv2d(1, 1, 0)")
