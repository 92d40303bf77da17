"""Convolution layers as PyTorch has them, computed exactly with NumPy alone.

`conv1d` to `conv3d`, their transposed kin and the gradients of both, `pad`, `unfold` and `fold` are
functions of arrays; the layers `Conv1d` to `ConvTranspose3d` hold their weights; `size` is the size
formula. How a result comes about can be read in `convref.convolution` (six steps) and
`convref.definition` (the textbook's sum).
"""

from convref.convolution import conv1d, conv2d, conv3d
from convref.gradients import (
    conv1d_backward,
    conv2d_backward,
    conv3d_backward,
    conv_transpose1d_backward,
    conv_transpose2d_backward,
    conv_transpose3d_backward,
)
from convref.layers import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from convref.padding import pad
from convref.patches import fold, fold1d, fold3d, unfold, unfold1d, unfold3d
from convref.sizes import size
from convref.trace import explain, explain_transposed
from convref.transposed import conv_transpose1d, conv_transpose2d, conv_transpose3d

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
    "conv_transpose1d",
    "conv_transpose1d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "conv_transpose3d",
    "conv_transpose3d_backward",
    "explain",
    "explain_transposed",
    "fold",
    "fold1d",
    "fold3d",
    "pad",
    "size",
    "unfold",
    "unfold1d",
    "unfold3d",
]
__version__ = "0.1.0"
