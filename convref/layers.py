"""Layers that hold their weights: Conv1d ... ConvTranspose3d, as in torch.nn."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from convref import checks, cures, geometry
from convref.convolution import convolve
from convref.geometry import Pair, as_convolution, resolve
from convref.messages import printable, quoted, refuse
from convref.transposed import convolve_transposed
from convref.types import Array, Ints, Padding, PaddingMode

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _Layer:
    """What all layers share; `rank` is the number of spatial axes."""

    rank: ClassVar[int]

    def _set(
        self,
        *,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints,
        padding: Padding,
        output_padding: Ints,
        dilation: Ints,
        groups: int,
        padding_mode: PaddingMode,
        device: str | None,
    ) -> None:
        """Check and keep the arguments that shape the layer."""
        self.in_channels = checks.integer("in_channels", in_channels, 0)
        self.out_channels = checks.integer("out_channels", out_channels, 1)
        self.kernel_size = checks.integers("kernel_size", kernel_size, self.rank, 1, single=False)
        self.stride = checks.integers("stride", stride, self.rank, 1)
        self.dilation = checks.integers("dilation", dilation, self.rank, 1)
        self.output_padding = checks.integers("output_padding", output_padding, self.rank, 0)
        self.groups = checks.integer("groups", groups, 1)
        self.padding_mode = checks.word("padding_mode", padding_mode, checks.MODES)
        pads = checks.pads(padding, self.stride)
        self.padding: tuple[int, ...] | tuple[Pair, ...] | Literal["same", "valid"]
        if isinstance(pads, str):
            self.padding = pads
        elif all(before == after for before, after in pads):
            self.padding = tuple(before for before, _ in pads)
        else:
            self.padding = tuple(pads)
        checks.divisible("in_channels", self.in_channels, self.groups)
        checks.divisible("out_channels", self.out_channels, self.groups)
        check_device(device)

    def _draw(
        self,
        shape: tuple[int, ...],
        bias: bool,
        dtype: npt.DTypeLike,
        seed: int | np.random.Generator | None,
    ) -> None:
        """Draw weight and bias as torch.nn does: uniformly from ±1 / sqrt(weights of a kernel)."""
        kind = float_dtype(dtype)
        checks.fits_memory("weight", shape, kind)
        taps = math.prod(shape[1:])
        bound = 1 / math.sqrt(taps) if taps else 0
        generator = random_generator(seed)
        self.weight: Array = generator.uniform(-bound, bound, shape).astype(kind)
        self.bias: Array | None = None
        if truth("bias", bias):
            self.bias = generator.uniform(-bound, bound, self.out_channels).astype(kind)

    def state_dict(self) -> dict[str, Array]:
        """The parameters by name: 'weight', and 'bias' where there is one."""
        named = {"weight": self.weight, "bias": self.bias}
        return {name: value for name, value in named.items() if value is not None}

    def load_state_dict(self, state_dict: Mapping[str, Array]) -> None:
        """Copy 'weight' and 'bias' from arrays of the same shapes; the layer's dtype stays.

        From a PyTorch layer, on whatever device:
        ``{name: t.cpu().numpy() for name, t in layer.state_dict().items()}``. NumPy has no
        bfloat16: from a layer of that dtype with ``t.cpu().float().numpy()``.

        Parameters
        ----------
        state_dict : mapping of str to ndarray
            'weight', and 'bias' if the layer has one: no more, no less.

        Raises
        ------
        TypeError
            A value is no NumPy array, or not of numbers.
        ValueError
            A name is missing or too much, or a shape is another one.
        MemoryError
            The machine has no room for the copies.
        """
        own = self.state_dict()
        if not isinstance(state_dict, Mapping) or set(state_dict) != set(own):
            received = (
                sorted(str(printable(name)) for name in state_dict)
                if isinstance(state_dict, Mapping)
                else state_dict
            )
            cure = cures.keys(received)
            refuse("keys", expected=sorted(own), received=received, cure=cure)
        values = {name: checks.number_array(name, state_dict[name]) for name in own}
        for name, value in values.items():
            if value.shape != own[name].shape:
                refuse("shape", name=name, expected=own[name].shape, received=value.shape)
        for name, value in values.items():
            setattr(self, name, value.astype(own[name].dtype))

    def __repr__(self) -> str:
        """As torch.nn prints it: arguments that have their default are left out."""
        parts = [
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        ]
        once, zero = (1,) * self.rank, (0,) * self.rank
        shown: dict[str, tuple[Any, bool]] = {
            "padding": (self.padding, self.padding != zero),
            "dilation": (self.dilation, self.dilation != once),
            "output_padding": (self.output_padding, self.output_padding != zero),
            "groups": (self.groups, self.groups != 1),
            "bias": (False, self.bias is None),
            "padding_mode": (self.padding_mode, self.padding_mode != "zeros"),
        }
        parts += [f"{name}={value}" for name, (value, differs) in shown.items() if differs]
        return f"{type(self).__name__}({', '.join(parts)})"


class _Conv(_Layer):
    """What the three convolution layers share."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Padding = 0,
        dilation: Ints = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: PaddingMode = "zeros",
        device: str | None = None,
        dtype: npt.DTypeLike = np.float32,
        *,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self._set(
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            output_padding=0,
            dilation=dilation,
            groups=groups,
            padding_mode=padding_mode,
            device=device,
        )
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        self._draw(shape, bias, dtype, seed)

    def __call__(self, input: Array) -> Array:
        """Convolve `input`, (N, C, ...) or (C, ...), with the layer's weights."""
        layer_input(self.rank, input, self.weight, self.groups)
        call = checks.convolution(
            self.rank,
            input,
            self.weight,
            self.bias,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            padding_mode=self.padding_mode,
            accumulate=None,
        )
        return convolve(call)


class _ConvTranspose(_Layer):
    """What the three transposed layers share."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Ints = 1,
        padding_mode: Literal["zeros"] = "zeros",
        device: str | None = None,
        dtype: npt.DTypeLike = np.float32,
        *,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        checks.word("padding_mode", padding_mode, ("zeros",))
        self._cells = checks.crops(padding, self.rank)
        self._set(
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=self._cells,
            output_padding=output_padding,
            dilation=dilation,
            groups=groups,
            padding_mode=padding_mode,
            device=device,
        )
        shape = (self.in_channels, self.out_channels // self.groups, *self.kernel_size)
        self._draw(shape, bias, dtype, seed)

    def __call__(self, input: Array, output_size: Ints | None = None) -> Array:
        """Spread `input`; `output_size` picks among the sizes that the stride leaves open."""
        layer_input(self.rank, input, self.weight, None)
        extra = self.output_padding
        if output_size is not None:
            extra = output_padding_for(
                input,
                output_size,
                kernel=self.kernel_size,
                stride=self.stride,
                padding=self._cells,
                dilation=self.dilation,
            )
        call = checks.transposed(
            self.rank,
            input,
            self.weight,
            self.bias,
            stride=self.stride,
            padding=self._cells,
            output_padding=extra,
            groups=self.groups,
            dilation=self.dilation,
            accumulate=None,
        )
        return convolve_transposed(call)


class Conv1d(_Conv):
    """A 1-D convolution layer, with the arguments of `Conv2d` and one spatial axis.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import Conv1d
    >>> layer = Conv1d(6, 5, 3, stride=2, padding=1)
    >>> layer
    Conv1d(6, 5, kernel_size=(3,), stride=(2,), padding=(1,))
    >>> layer(np.ones((2, 6, 4), np.float32)).shape
    (2, 5, 2)
    """

    rank = 1


class Conv2d(_Conv):
    """A 2-D convolution layer with the arguments of `torch.nn.Conv2d`, and `seed`.

    Every argument up to `padding_mode` is kept as an attribute of its name, tuples where there are
    several axes; `bias` is the array, or None.

    Parameters
    ----------
    in_channels : int
        Channels of the input; with 0 the output is the bias, which then begins with zeros.
    out_channels : int
        Channels of the output, one kernel for each, at least 1.
    kernel_size : int or pair of int
        Size of the kernels along the spatial axes.
    stride : int or pair of int
        As in `convref.conv2d`.
    padding : int, pair of int, pairs for both axes, 'same' or 'valid'
        As in `convref.conv2d`.
    dilation : int or pair of int
        As in `convref.conv2d`.
    groups : int
        As in `convref.conv2d`.
    bias : bool
        Whether the layer adds a learnable number to each output channel.
    padding_mode : str
        As in `convref.conv2d`.
    device : str, optional
        None or 'cpu', accepted so that PyTorch's calls can be kept as they are.
    dtype : dtype
        Of weight and bias: float16, float32, float64, complex64 or complex128.
    seed : int or numpy.random.Generator, optional
        Makes the initialisation repeatable. The numbers are not those that PyTorch would draw.

    Attributes
    ----------
    weight : ndarray of shape (out_channels, in_channels / groups, kH, kW)
        Drawn uniformly from ±1 / sqrt(in_channels / groups · kH · kW), as in PyTorch 2.13; of a
        complex dtype, only real numbers, where PyTorch draws complex ones.
    bias : ndarray of shape (out_channels,), or None
        Drawn from the same interval.

    Raises
    ------
    TypeError
        As in `convref.conv2d`, but already when the layer is made.
    ValueError
        Likewise.
    MemoryError
        The machine has no room for the weight, or for an array that a call of the layer needs.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import Conv2d
    >>> layer = Conv2d(3, 6, 3, bias=False, seed=0)
    >>> layer.weight.shape
    (6, 3, 3, 3)
    >>> layer.weight[0] = 1
    >>> layer(np.ones((1, 3, 3, 3), np.float32))[:, 0]
    array([[[27.]]], dtype=float32)
    """

    rank = 2


class Conv3d(_Conv):
    """A 3-D convolution layer, with the arguments of `Conv2d` and three spatial axes.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import Conv3d
    >>> layer = Conv3d(3, 8, (3, 5, 5), padding="same")
    >>> layer(np.ones((3, 4, 9, 9), np.float32)).shape
    (8, 4, 9, 9)
    """

    rank = 3


class ConvTranspose1d(_ConvTranspose):
    """A 1-D transposed layer, with the arguments of `ConvTranspose2d` and one spatial axis.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import ConvTranspose1d
    >>> ConvTranspose1d(4, 2, 3, stride=2)(np.ones((1, 4, 5), np.float32)).shape
    (1, 2, 11)
    """

    rank = 1


class ConvTranspose2d(_ConvTranspose):
    """A 2-D transposed layer with the arguments of `torch.nn.ConvTranspose2d`, and `seed`.

    Every argument up to `padding_mode` is kept as an attribute of its name, tuples where there are
    several axes; `bias` is the array, or None.

    Parameters
    ----------
    in_channels : int
        Channels of the input.
    out_channels : int
        Channels of the output.
    kernel_size : int or pair of int
        Taps along each axis.
    stride : int or pair of int
        As in `convref.conv_transpose2d`.
    padding : int or pair of int
        As in `convref.conv_transpose2d`.
    output_padding : int or pair of int
        As in `convref.conv_transpose2d`.
    groups : int
        As in `convref.conv_transpose2d`.
    bias : bool
        Whether the layer adds a learnable number to each output channel.
    dilation : int or pair of int
        As in `convref.conv_transpose2d`.
    padding_mode : 'zeros'
        The only mode, as in PyTorch.
    device : str, optional
        None or 'cpu', accepted so that PyTorch's calls can be kept as they are.
    dtype : dtype
        Of weight and bias: float16, float32, float64, complex64 or complex128.
    seed : int or numpy.random.Generator, optional
        Makes the initialisation repeatable.

    Attributes
    ----------
    weight : ndarray of shape (in_channels, out_channels / groups, kH, kW)
        Drawn uniformly from ±1 / sqrt(out_channels / groups · kH · kW), as in PyTorch 2.13; of a
        complex dtype, only real numbers, where PyTorch draws complex ones.
    bias : ndarray of shape (out_channels,), or None
        Drawn from the same interval.

    Raises
    ------
    TypeError
        As in `convref.conv_transpose2d`, but already when the layer is made.
    ValueError
        Likewise; and when called with an `output_size` that the layer cannot give.
    MemoryError
        The machine has no room for the weight, or for an array that a call of the layer needs.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import Conv2d, ConvTranspose2d
    >>> down, up = Conv2d(1, 1, 3, 2, 1), ConvTranspose2d(1, 1, 3, 2, 1)
    >>> small = down(np.ones((1, 16, 16), np.float32))
    >>> small.shape, up(small).shape, up(small, output_size=16).shape
    ((1, 8, 8), (1, 15, 15), (1, 16, 16))
    """

    rank = 2


class ConvTranspose3d(_ConvTranspose):
    """A 3-D transposed layer, with the arguments of `ConvTranspose2d` and three spatial axes.

    Examples
    --------
    >>> import numpy as np
    >>> from convref import ConvTranspose3d
    >>> ConvTranspose3d(4, 2, 2, stride=2)(np.ones((4, 2, 3, 5), np.float32)).shape
    (2, 4, 6, 10)
    """

    rank = 3


# Checks -----------------------------------------------------------------------------------------


def check_device(value: object) -> None:
    """NumPy has one device."""
    if value is not None and str(printable(value)) != "cpu":
        refuse("device", received=quoted(value))


def random_generator(seed: object) -> np.random.Generator:
    """What draws weights: from a seed, or handed over."""
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(checks.integer("seed", seed, 0, "an integer or a numpy Generator"))


def truth(name: str, value: object) -> bool:
    """What Python takes for true or false, which is not all."""
    try:
        return bool(value)
    except Exception:  # as of an array of several numbers
        checks.no_word(name, value, "True, False")


def float_dtype(value: object) -> np.dtype[Any]:
    """A dtype in which weights can be drawn."""
    dtype = checks.as_dtype(value)
    if value is None or dtype not in checks.FLOATS:
        refuse("layer dtype", received=value, allowed=", ".join(map(str, checks.FLOATS)))
    return dtype


def output_padding_for(
    input: object,
    output_size: object,
    *,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> tuple[int, ...]:
    """The output padding that gives a transposed layer's call its `output_size`."""
    data, rank = checks.array("input", input), len(kernel)
    checks.rank_fits(data, rank)
    output_size = checks.listed(output_size)
    if isinstance(output_size, tuple | list) and len(output_size) == data.ndim:
        output_size = output_size[-rank:]  # a whole shape, such as another array's
    wanted = checks.integers("output_size", output_size, rank, 1)
    axes = resolve(data.shape[-rank:], kernel, stride, [(p, p) for p in padding], dilation)
    extra = []
    for (letter, axis), due in zip(checks.named(axes), wanted, strict=True):
        least = geometry.output_size(as_convolution(axis, 0))
        if not 0 <= due - least < axis.stride:
            refuse(
                "output size",
                where=letter,
                least=least,
                most=least + axis.stride - 1,
                stride=axis.stride,
                size=axis.size,
                received=due,
            )
        extra.append(due - least)
    return tuple(extra)


def layer_input(rank: int, input: object, weight: object, groups: int | None) -> None:
    """What a layer's input must be, in the layer's words; `groups` is None if it is transposed."""
    data, kernels = checks.number_array("input", input), checks.number_array("weight", weight)
    if kernels.ndim != rank + 2:
        return  # not the weight that the layer was made with
    if data.dtype != kernels.dtype:
        cure = cures.layer_dtype(data.dtype, kernels.dtype)
        refuse("layer mixed", received=data.dtype, expected=kernels.dtype, cure=cure)
    checks.rank_fits(data, rank)
    checks.channels_fit(
        data, rank, kernels.shape[0] if groups is None else kernels.shape[1] * groups
    )
