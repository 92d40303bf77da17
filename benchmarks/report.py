"""Results as text: a table, geometric means, and the goals beside what was measured."""

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.results import OPERATIONS, Results


class Goal(NamedTuple):
    what: str
    limit: float
    measured: float

    @property
    def met(self) -> bool:
        return self.measured <= self.limit


def goals(of: Results) -> Iterator[Goal]:
    """All as 'at most': of times, convref's over the peer's."""
    ones = [r for name, r in of.ratios("forward", "PyTorch").items() if "1×1" in name]
    for limit in (2.0, 1.6, 1.0):
        yield Goal("forward / PyTorch, mean", limit, of.mean("forward", "PyTorch"))
    yield Goal("forward / PyTorch, worst layer", 6.0, of.worst("forward", "PyTorch"))
    yield Goal("forward / PyTorch, 1×1 layers", 1.4, max(ones))
    for limit in (1 / 4, 1 / 4.5):
        yield Goal("forward / onnx.reference, mean", limit, of.mean("forward", "onnx.reference"))
    yield Goal("forward / onnx.reference, worst", 1.0, of.worst("forward", "onnx.reference"))
    yield Goal("forward / scipy.signal, mean", 1 / 10, of.mean("forward", "scipy.signal"))
    yield Goal("forward / scipy.signal, worst", 1 / 5, of.worst("forward", "scipy.signal"))
    for operation in OPERATIONS[1:]:
        yield Goal(f"{operation} / PyTorch, mean", 3.0, of.mean(operation, "PyTorch"))
    yield Goal("RMS error / PyTorch's, worst", 2.0, of.error())
    for operation in OPERATIONS:
        yield Goal(f"MiB beside results, {operation}", 4.0, of.memory(operation))
    yield Goal("pad / np.pad, worst", 2.0, of.worst_pad())
    for family in of.data["scaling"]:
        yield Goal(f"ratio, largest / smallest {family}", 1.5, of.growth(family))


def text(of: Results) -> str:
    parts = [heading(of)]
    for operation in OPERATIONS:
        parts += [f"{operation}: convref's ms, and its time over the peer's", table(of, operation)]
    parts += ["a part was timed where it says ~", exactness(of), growth(of), pads(of)]
    parts.append(verdicts(of))
    return "\n\n".join(parts)


def heading(of: Results) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in of.data["versions"].items())
    return f"{of.data['date']}, {of.data['cpu']}, {of.data['system']}, one thread\n{versions}"


def table(of: Results, operation: str) -> str:
    peers = list(dict.fromkeys(peer for _, peer, _ in of.times(operation)))
    rows = [["", "ms", *peers]]
    for name in of.layers:
        pairs = of.data["layers"][name][operation]
        cells = [
            ("~" if pairs[peer]["extrapolated"] else "") + shown(pairs[peer]["ratio"])
            if peer in pairs
            else "-"
            for peer in peers
        ]
        rows.append([name, f"{1e3 * pairs['PyTorch']['ours']:.2f}", *cells])
    rows.append(["geometric mean", "", *(shown(of.mean(operation, peer)) for peer in peers)])
    return aligned(rows)


def exactness(of: Results) -> str:
    rows = [["", "RMS error", "PyTorch's", "ratio", *(f"MiB {each}" for each in OPERATIONS)]]
    for name, layer in of.data["layers"].items():
        error = layer["error"]
        extra = [f"{layer['memory'][each] / 2**20:.2f}" for each in OPERATIONS]
        rows.append([name, f"{error['ours']:.1e}", f"{error['theirs']:.1e}", shown(error["ratio"])])
        rows[-1] += extra
    return aligned(rows)


def growth(of: Results) -> str:
    rows = []
    for family in of.data["scaling"]:
        points = (f"{size}: {shown(ratio)}" for size, ratio in of.sizes(family).items())
        rows.append(f"{family:18}{'  '.join(points)}")
    return "forward, convref / PyTorch, as a layer grows\n" + "\n".join(rows)


def pads(of: Results) -> str:
    found = of.pads()
    modes = list(next(iter(found.values())))
    rows = [["pad / np.pad, samples", *modes]]
    rows += [[name, *(shown(found[name][mode]) for mode in modes)] for name in found]
    return aligned(rows)


def verdicts(of: Results) -> str:
    rows = [["goal", "at most", "is", ""]]
    for goal in goals(of):
        met = "met" if goal.met else "NOT MET"
        rows.append([goal.what, shown(goal.limit), shown(goal.measured), met])
    return aligned(rows)


def shown(number: float) -> str:
    """Three digits, also of small numbers."""
    return f"{number:.3g}" if number < 1 else f"{number:.2f}"


def aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
