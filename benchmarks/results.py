"""What the last `make bench` found, for the report, the drawings and the page. Nothing is timed.

The file holds, for every pair, the median of convref's time over the peer's, measured in turn:
above 1, convref is slower.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

OPERATIONS: Final = ("forward", "backward", "transposed")
SECTIONS: Final = ("layers", "scaling", "pads")
FILE: Final = Path(__file__).with_name("results.json")


class Results:
    """Results by layer, operation and peer, and what follows from them."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.layers = list(data["layers"])

    @classmethod
    def load(cls, file: Path = FILE) -> "Results":
        return cls(json.loads(file.read_text("utf-8")))

    def layer(self, index: int) -> dict[str, Any]:
        layer: dict[str, Any] = self.data["layers"][self.layers[index]]
        return layer

    def ratio(self, operation: str, peer: str, index: int) -> float:
        """convref's time over the peer's, on one layer."""
        return float(self.layer(index)[operation][peer]["ratio"])

    def ratios(self, operation: str, peer: str) -> dict[str, float]:
        """The same for every layer that the peer has."""
        return {
            name: layer[operation][peer]["ratio"]
            for name, layer in self.data["layers"].items()
            if peer in layer[operation]
        }

    def mean(self, operation: str, peer: str) -> float:
        """The geometric mean of the ratios."""
        ratios = self.ratios(operation, peer).values()
        return math.prod(ratios) ** (1 / len(ratios))

    def worst(self, operation: str, peer: str) -> float:
        return max(self.ratios(operation, peer).values())

    def slower(self, peer: str) -> float:
        """How many times convref's time a peer needs forward, on the geometric mean."""
        return rough(1 / self.mean("forward", peer))

    def memory(self, operation: str = "forward") -> float:
        """The most MiB beside results and padded input that any layer takes."""
        return float(max(it["memory"][operation] for it in self.data["layers"].values()) / 2**20)

    def error(self) -> float:
        """The largest RMS error of any layer, over that of PyTorch."""
        return float(max(layer["error"]["ratio"] for layer in self.data["layers"].values()))

    def sizes(self, family: str) -> dict[str, float]:
        """Ratios to PyTorch as one size of a layer grows."""
        return {size: each["ratio"] for size, each in self.data["scaling"][family].items()}

    def growth(self, family: str) -> float:
        """The ratio at the largest size over that at the smallest."""
        ratios = list(self.sizes(family).values())
        return ratios[-1] / ratios[0]

    def pads(self) -> dict[str, dict[str, float]]:
        """Ratios to `np.pad`: by the input's sizes, then by mode."""
        return {
            name: {mode: each["ratio"] for mode, each in modes.items()}
            for name, modes in self.data["pads"]["ratios"].items()
        }

    def pad(self, mode: str, index: int) -> float:
        """The ratio in a mode, on an input of one axis, two or three."""
        return list(self.pads().values())[index][mode]

    def worst_pad(self) -> float:
        return max(max(modes.values()) for modes in self.pads().values())

    def times(self, operation: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every pair of an operation, with its layer and peer."""
        for name, layer in self.data["layers"].items():
            for peer, each in layer[operation].items():
                yield name, peer, each


def rough(number: float) -> float | int:
    """Two digits: 1.7, 230."""
    if number < 9.95:
        return round(number, 1)
    return int(round(number, 1 - math.floor(math.log10(number))))
