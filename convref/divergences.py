"""Where convref and PyTorch differ, and why: everything else that differs is a bug.

Each row holds one call for each library as Python source, and what comes of it, so that a test can
run both. Measured with PyTorch 2.13 on a CPU.
"""

from typing import Final, Literal, NamedTuple

__all__ = ["DIVERGENCES"]


class Divergence(NamedTuple):
    """One difference.

    Attributes
    ----------
    name : str
        Short and permanent: the id of its section in the documentation.
    kind : str
        'backend gap' (PyTorch lacks a kernel), 'argument check' (it has one, and refuses the
        call), 'bug' (PyTorch is wrong) or 'deliberate'.
    pytorch, ours : str
        The call, with ``torch``, ``F`` and ``np``, ``convref``.
    pytorch_gives, ours_gives : str
        The result's shape, dtype or values as `repr` prints them, or the type of the error.
    message : str
        What PyTorch's error begins with or contains; '' where it raises none.
    """

    name: str
    kind: Literal["backend gap", "argument check", "bug", "deliberate"]
    pytorch: str
    pytorch_gives: str
    ours: str
    ours_gives: str
    message: str = ""


DIVERGENCES: Final = (
    Divergence(
        "dilated-integers",
        "backend gap",
        "F.conv1d(torch.ones(1, 1, 5).int(), torch.ones(1, 1, 3).int(), dilation=2).tolist()",
        "NotImplementedError",
        "convref.conv1d(np.ones((1, 1, 5), 'i4'), np.ones((1, 1, 3), 'i4'), dilation=2).tolist()",
        "[[[3]]]",
        "slow_conv_dilated",
    ),
    Divergence(
        "unsigned-integers",
        "backend gap",
        "F.conv1d(torch.ones(1, 1, 2).to(torch.uint16), torch.ones(1, 1, 2).to(torch.uint16))",
        "NotImplementedError",
        "convref.conv1d(np.ones((1, 1, 2), 'u2'), np.ones((1, 1, 2), 'u2')).tolist()",
        "[[[2]]]",
        "not implemented for 'UInt",
    ),
    Divergence(
        "transposed-integers",
        "backend gap",
        "F.conv_transpose1d(torch.ones(1, 1, 2).int(), torch.ones(1, 1, 2).int())",
        "NotImplementedError",
        "convref.conv_transpose1d(np.ones((1, 1, 2), 'i4'), np.ones((1, 1, 2), 'i4')).tolist()",
        "[[[1, 2, 1]]]",
        "slow_conv_transpose",
    ),
    Divergence(
        "patches-of-integers",
        "backend gap",
        "F.unfold(torch.ones(1, 2, 2).long(), 2)",
        "NotImplementedError",
        "convref.unfold(np.ones((1, 2, 2), int), 2).tolist()",
        "[[1], [1], [1], [1]]",
        "im2col",
    ),
    Divergence(
        "folding-integers",
        "backend gap",
        "F.fold(torch.ones(1, 4, 1).long(), 2, 2)",
        "NotImplementedError",
        "convref.fold(np.ones((1, 4, 1), int), 2, 2).tolist()",
        "[[[[1, 1], [1, 1]]]]",
        "col2im",
    ),
    Divergence(
        "no-channels",
        "bug",
        "tuple(F.conv1d(torch.ones(1, 0, 3), torch.ones(2, 0, 2)).shape)",
        "(1, 0, 2)",
        "convref.conv1d(np.ones((1, 0, 3)), np.ones((2, 0, 2))).shape",
        "(1, 2, 2)",
    ),
    Divergence(
        "pad-bool",
        "backend gap",
        "F.pad(torch.ones(1, 2).bool(), (1, 0), 'reflect')",
        "NotImplementedError",
        "convref.pad(np.ones((1, 2), bool), (1, 0), 'reflect').tolist()",
        "[[True, True, True]]",
        "reflection_pad",
    ),
    Divergence(
        "pad-unsigned",
        "backend gap",
        "F.pad(torch.ones(1, 2).to(torch.uint16), (1, 0), 'replicate')",
        "NotImplementedError",
        "convref.pad(np.ones((1, 2), 'u2'), (1, 0), 'replicate').tolist()",
        "[[1, 1, 1]]",
        "replication_pad",
    ),
    Divergence(
        "pad-no-channels",
        "argument check",
        "F.pad(torch.ones(2, 0, 5), (1, 1), 'reflect')",
        "RuntimeError",
        "convref.pad(np.ones((2, 0, 5)), (1, 1), 'reflect').shape",
        "(2, 0, 7)",
        "with possibly 0 batch size and",
    ),
    Divergence(
        "patches-no-channels",
        "argument check",
        "F.unfold(torch.ones(2, 0, 3, 3), 2)",
        "RuntimeError",
        "convref.unfold(np.ones((2, 0, 3, 3)), 2).shape",
        "(2, 0, 4)",
        "Expected 3D or 4D (batch mode)",
    ),
    Divergence(
        "transposed-no-channels",
        "argument check",
        "F.conv_transpose1d(torch.ones(1, 0, 3), torch.ones(0, 2, 2))",
        "RuntimeError",
        "convref.conv_transpose1d(np.ones((1, 0, 3)), np.ones((0, 2, 2))).shape",
        "(1, 2, 4)",
        "expected weight to be at least 1 at dimension 0",
    ),
    Divergence(
        "pad-complex-value",
        "argument check",
        "F.pad(torch.zeros(1).to(torch.complex64), (1, 0), value=1j)",
        "TypeError",
        "convref.pad(np.zeros(1, 'c8'), (1, 0), value=1j).tolist()",
        "[1j, 0j]",
        "argument 'value' (position 4) must be float",
    ),
    Divergence(
        "pad-wide-value",
        "bug",
        "F.pad(torch.zeros(1).long(), (1, 0), value=2**53 + 1).tolist()",
        "[9007199254740992, 0]",
        "convref.pad(np.zeros(1, 'i8'), (1, 0), value=2**53 + 1).tolist()",
        "[9007199254740993, 0]",
    ),
    Divergence(
        "transposed-empty-output",
        "bug",
        "tuple(F.conv_transpose1d(torch.ones(2, 1, 1), torch.ones(1, 1, 2), padding=1).shape)",
        "(2, 1, 0)",
        "convref.conv_transpose1d(np.ones((2, 1, 1)), np.ones((1, 1, 2)), padding=1)",
        "ValueError",
    ),
    Divergence(
        "circular-nothing-left",
        "bug",
        "tuple(F.pad(torch.arange(5.0)[None], (-5, 5), 'circular').shape)",
        "(1, 5)",
        "convref.pad(np.arange(5.0)[None], (-5, 5), 'circular')",
        "ValueError",
    ),
    Divergence(
        "circular-cropped-at-the-end",
        "bug",
        "F.pad(torch.ones(1, 3), (1, -4), 'circular')",
        "RuntimeError",
        "convref.pad(np.ones((1, 3)), (1, -4), 'circular').shape",
        "(1, 0)",
        "must match the size of tensor",
    ),
    Divergence(
        "reflect-negative-size",
        "bug",
        "tuple(F.pad(torch.ones(0, 1, 2, 3), (-4, 0, 1, 1), 'reflect').shape)",
        "(0, 1, 4, -1)",
        "convref.pad(np.ones((0, 1, 2, 3)), (-4, 0, 1, 1), 'reflect')",
        "ValueError",
    ),
    Divergence(
        "padding-mode-argument",
        "deliberate",
        "F.conv1d(torch.ones(1, 1, 3), torch.ones(1, 1, 3), padding=1, padding_mode='circular')",
        "TypeError",
        "convref.conv1d(np.ones((1, 1, 3)), np.ones((1, 1, 3)), padding=1, "
        "padding_mode='circular').tolist()",
        "[[[3.0, 3.0, 3.0]]]",
        "conv1d() received an invalid combination of arguments",
    ),
    Divergence(
        "padding-by-side",
        "deliberate",
        "F.conv1d(torch.ones(1, 1, 3), torch.ones(1, 1, 2), padding=[(1, 0)])",
        "TypeError",
        "convref.conv1d(np.ones((1, 1, 3)), np.ones((1, 1, 2)), padding=[(1, 0)]).tolist()",
        "[[[1.0, 2.0, 2.0]]]",
        "conv1d() received an invalid combination of arguments",
    ),
    Divergence(
        "empty-batch-unchecked",
        "bug",
        "tuple(F.conv1d(torch.ones(0, 1, 3), torch.ones(1, 1, 1), dilation=0).shape)",
        "(0, 1, 3)",
        "convref.conv1d(np.ones((0, 1, 3)), np.ones((1, 1, 1)), dilation=0)",
        "ValueError",
    ),
    Divergence(
        "empty-batch-dtype",
        "bug",
        "F.conv1d(torch.ones(0, 1, 3).double(), torch.ones(1, 1, 1)).dtype",
        "torch.float64",
        "convref.conv1d(np.ones((0, 1, 3)), np.ones((1, 1, 1), 'f4'))",
        "TypeError",
    ),
    Divergence(
        "transposed-bias-dtype",
        "bug",
        "F.conv_transpose1d(torch.ones(1, 1, 1), torch.ones(1, 1, 1), torch.tensor([2])).tolist()",
        "[[[3.0]]]",
        "convref.conv_transpose1d(np.ones((1, 1, 1)), np.ones((1, 1, 1)), np.array([2]))",
        "TypeError",
    ),
    Divergence(
        "long-steps",
        "bug",
        "F.conv_transpose1d(torch.ones(1, 1, 1), torch.ones(1, 1, 1), stride=2**32)",
        "RuntimeError",
        "convref.conv_transpose1d(np.ones((1, 1, 1)), np.ones((1, 1, 1)), stride=2**32).tolist()",
        "[[[1.0]]]",
        "stride should be greater than zero",
    ),
    Divergence(
        "single-padding-of-a-mode",
        "bug",
        "torch.nn.Conv2d(1, 1, 1, padding=(1,), padding_mode='circular')(torch.ones(1, 1, 2, 2))",
        "NotImplementedError",
        "convref.Conv2d(1, 1, 1, padding=(1,), padding_mode='circular')"
        "(np.ones((1, 1, 2, 2), 'f4')).shape",
        "(1, 1, 4, 4)",
        "Padding size 2 is not supported for 4D input tensor",
    ),
    Divergence(
        "negative-padding-of-a-mode",
        "bug",
        "torch.nn.Conv1d(1, 1, 1, padding=-1, padding_mode='circular')"
        "(torch.ones(1, 1, 5)).shape[2]",
        "3",
        "convref.Conv1d(1, 1, 1, padding=-1, padding_mode='circular')",
        "ValueError",
    ),
    Divergence(
        "bfloat16",
        "deliberate",
        "F.conv1d(torch.ones(1, 1, 2).bfloat16(), torch.ones(1, 1, 2).bfloat16()).tolist()",
        "[[[2.0]]]",
        "convref.conv1d(torch.ones(1, 1, 2).bfloat16(), torch.ones(1, 1, 2).bfloat16())",
        "TypeError",
    ),
    Divergence(
        "size-limit",
        "deliberate",
        "tuple(F.conv1d(torch.ones(1, 1, 1), torch.ones(1, 1, 1), padding=2**40).shape)",
        "RuntimeError",
        "convref.conv1d(np.ones((1, 1, 1)), np.ones((1, 1, 1)), padding=2**40)",
        "ValueError",
        "allocate memory",
    ),
)


def known(message: str) -> bool:
    """Whether an error of PyTorch's is of a kernel that it lacks or a check that goes too far."""
    gaps = [row.message for row in DIVERGENCES if row.kind in ("backend gap", "argument check")]
    return any(gap in message for gap in gaps)
