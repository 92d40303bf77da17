"""Names of the types in signatures."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy.typing as npt

from convref import modes
from convref.geometry import Pair

__all__: list[str] = []

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = int | Sequence[int]
Numbers: TypeAlias = Sequence[float] | Sequence[Sequence[float]] | Array  # of one axis or two
Padding: TypeAlias = Ints | Sequence[Pair] | Literal["same", "valid"]
PaddingMode: TypeAlias = modes.PaddingMode
