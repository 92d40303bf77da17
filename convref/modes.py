"""The padding modes: all that is to be said of one stands in its row here."""

import math
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

__all__: list[str] = []

PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]


class Copies(NamedTuple):
    """A mode whose padding shows copies of cells of the input."""

    source: Callable[[int, int], int]  # of a position and the size: the cell that is shown there
    cropped: bool = False  # whether negative pads take cells away before; else all are read
    spare: int | None = None  # padding is at most the size less this; None: as much as you like
    limit: str = ""  # the same in words, and why


# With the input 1234 and two cells on each side; zeros, which copies nothing, gives 00 1234 00.
COPIES: Final[Mapping[str, Copies]] = {
    "reflect": Copies(  # 32 1234 32
        lambda at, size: size - 1 - abs(size - 1 - abs(at)),
        spare=1,
        limit="less than the size, since the edge is not repeated",
    ),
    "replicate": Copies(lambda at, size: min(max(at, 0), size - 1)),  # 11 1234 44
    "circular": Copies(  # 34 1234 12
        lambda at, size: at % size,
        cropped=True,
        spare=0,
        limit="at most the size, since it wraps around once",
    ),
}


def most(mode: str, size: int) -> float:
    """How many cells a mode can add on one side of so many."""
    spare = COPIES[mode].spare if mode in COPIES else None
    return math.inf if spare is None else size - spare
