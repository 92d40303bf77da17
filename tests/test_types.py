"""What does not fit is refused by `mypy --strict`, for readers of the package and for its users."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

HEAD = """\
import numpy as np
from convref import Conv2d, checks, conv1d, conv2d
from convref.convolution import convolve
from convref.figures import receptive_field, window
from convref.gradients import backward
from convref.patches import fold_call, unfolded

x = np.ones((1, 3, 3))
call = checks.convolution(2, x, x, None, stride=1, padding=0, dilation=1, groups=1,
                          padding_mode="zeros", accumulate=None)
spread = checks.transposed(2, x, x, None, stride=1, padding=0, output_padding=0, groups=1,
                           dilation=1, accumulate=None)
"""
RIGHT = (
    "convolve(call)",
    "conv1d(x, x, padding=[(1, 2)])",
    "conv2d(x, x, padding=(1, 2))",
    "Conv2d(1, 1, 1, padding='same', padding_mode='reflect')",
    "window(size=5, kernel=3, padding='same', at=[1], weight=np.ones(3))",
    "receptive_field(size=[5, 5], kernels=[3, (1, 3)], paddings=['same', (1, 0)])",
)
# Swapped, dropped, or invented.
WRONG = (
    "checks.convolution(2, x, x, None, 1, 0, 1, 1, 'zeros', None)",
    "checks.convolution(2, x, x, None, stride=1, padding=0, dilation=1, groups='zeros', "
    "padding_mode=1, accumulate=None)",
    "checks.convolution(2, x, x, None, stride=1, padding=0, dilation=1, groups=1, "
    "padding_mode='zeros')",
    "checks.convolution(2, x, x, None, stride=1, padding=0, dilation=1, groups=1, "
    "padding_mode='zeros', accumulate=None, steps=2)",
    "convolve(2, x, x)",
    "convolve(spread)",
    "backward(call)",
    "unfolded(fold_call(2, x, output_size=3, kernel_size=1, dilation=1, padding=0, stride=1))",
    "conv1d(x, x, padding=[(1, 2, 3)])",
    "conv2d(x, x, padding_mode='symmetric')",
    "window(size='five')",
    "window(size=5, kernel=3, stride=[[]])",
    "window(size=5, kernel=3, animate=3)",
    "receptive_field(size=5, kernels=3)",
)


def test_mypy_refuses_what_does_not_fit(tmp_path: Path) -> None:
    """A second, with the cache of `make lint`."""
    spoiled = tmp_path / "spoiled.py"
    spoiled.write_text(HEAD + "\n".join((*RIGHT, *WRONG)) + "\n", "utf-8")
    first = HEAD.count("\n") + len(RIGHT) + 1
    command = [sys.executable, "-m", "mypy", "--strict", str(spoiled)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    lines = {int(line) for line in re.findall(r"spoiled\.py:(\d+): error", told)}
    assert lines == set(range(first, first + len(WRONG))), told
