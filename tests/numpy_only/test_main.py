"""The command line: what it prints, and one line with exit code 2 on bad use."""

import contextlib
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convref
from convref import __main__ as command
from convref import checks, figures
from convref.conformance import OPS, USES
from convref.trace import explain, explain_transposed


def run(capsys: pytest.CaptureFixture[str], text: Any) -> Any:
    """What a command prints, as a shell would split it."""
    command.main(shlex.split(text))
    out, err = capsys.readouterr()
    assert err == ""
    return out


DEEP = "[" * 100_000  # deeper than JSON's reader goes
STEM = '"Conv2d(3, 64, kernel_size=7, stride=2, padding=3)"'


def test_shape(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, f'shape --input 3,224,224 {STEM} "ConvTranspose2d(64, 8, 3, 4, 1, (0, 2))"')
    assert (
        out
        == """\
input (3, 224, 224), 602,112 bytes

1  Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
   H                floor((3 + 224 + 3 - 1 * (7 - 1) - 1) / 2) + 1 = 112
   W                floor((3 + 224 + 3 - 1 * (7 - 1) - 1) / 2) + 1 = 112
   output           (64, 112, 112), 3,211,264 bytes
   parameters       9,472, 37,888 bytes
   MACs             118,013,952
   receptive field  7 x 7
   stride so far    2 x 2

2  ConvTranspose2d(64, 8, 3, 4, 1, (0, 2))
   H                (112 - 1) * 4 - 1 - 1 + 1 * (3 - 1) + 0 + 1 = 445
   W                (112 - 1) * 4 - 1 - 1 + 1 * (3 - 1) + 2 + 1 = 447
   output           (8, 445, 447), 6,365,280 bytes
   parameters       4,616, 18,464 bytes
   MACs             57,802,752
   receptive field  7 x 7
   stride so far    1/2 x 1/2

total: 14,088 parameters, 175,816,704 MACs
"""
    )


def test_shape_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, 'shape --json --dtype float16 --input 2,4,9 "Conv1d(4, 6, 3)"'))
    assert told == {
        "input": {"shape": [2, 4, 9], "bytes": 144},
        "layers": [
            {
                "layer": "Conv1d(4, 6, 3)",
                "axes": [
                    {
                        "axis": "L",
                        "formula": "floor((0 + 9 + 0 - 1 * (3 - 1) - 1) / 1) + 1",
                        "size": 7,
                    }
                ],
                "output": [2, 6, 7],
                "parameters": 78,
                "macs": 1008,
                "bytes": {"parameters": 156, "output": 168},
                "receptive_field": [3],
                "stride": [1],
            }
        ],
        "total": {"parameters": 78, "macs": 1008},
    }


def test_strides_below_one_are_text_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, 'shape --json --input 1,9 "ConvTranspose1d(1, 1, 2, 2)"')
    assert json.loads(out)["layers"][0]["stride"] == ["1/2"]


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(
        capsys, 'explain --input "[[1, 2], [3, 4]]" --weight 1,1,2,2 --padding 1,0 --at 0,0,0'
    )
    assert (
        out
        == """\
output[0, 0, 0]
[0]·0 + [0]·1 + 1·2 + 2·3 = 8

position    input      weight          x  w  x·w  sum
(0, -1, 0)  -          (0, 0, 0, 0)  [0]  0    0    0
(0, -1, 1)  -          (0, 0, 0, 1)  [0]  1    0    0
(0, 0, 0)   (0, 0, 0)  (0, 0, 1, 0)    1  2    2    2
(0, 0, 1)   (0, 0, 1)  (0, 0, 1, 1)    2  3    6    8
"""
    )


def test_explain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "explain --input 2,4 --weight 2,1,2 --transposed --stride 2 --groups 2 "
                      "--bias '[5, 6]' --at 1,4 --json")  # fmt: skip
    assert json.loads(out) == {
        "at": [1, 4],
        "dtype": "int64",
        "terms": [
            {"position": [1, 2], "padding": False, "input": [1, 2], "weight": [1, 0, 0], "x": 6,
             "w": 2, "product": 12, "sum": 12}
        ],
        "bias": 6,
        "total": 18,
        "by_hand": "6·2 + 6 = 18",
    }  # fmt: skip


# arguments, and the same from Python
X = np.arange(18).reshape(2, 3, 3)
W = np.arange(16).reshape(2, 2, 2, 2)
EXPLAINED = [
    ("--input 2,3,3 --weight 2,2,2,2 --at 1,1,0", lambda: explain(X, W, at=(1, 1, 0))),
    ("--input 2,3,3, --weight '(2, 2, 2, 2)' --at '(1, 1, 0, )'",
     lambda: explain(X, W, at=(1, 1, 0))),
    ("--input 0,3 --weight 2,0,2 --at 1,1",
     lambda: explain(np.ones((0, 3), int), np.ones((2, 0, 2), int), at=(1, 1))),
    ("--input ' [[100, 2]]' --weight 1,1,2 --at 0,0",
     lambda: explain(np.array([[100, 2]]), np.arange(2)[None, None], at=(0, 0))),
    ("--input 1,2,3,3 --weight 2,2,2,2 --at 0,1,1,0",
     lambda: explain(X[None], W, at=(0, 1, 1, 0))),
    ("--input 2,3,3 --weight 2,1,2,2 --groups 2 --stride 1,2 --padding 1 --padding-mode reflect "
     "--dilation 2,1 --bias 2 --at 1,2,1",
     lambda: explain(X, np.arange(8).reshape(2, 1, 2, 2), np.arange(2), (1, 2), 1, (2, 1), 2,
                     "reflect", at=(1, 2, 1))),
    ("--input 2,3,3 --weight 2,2,2,2 --padding same --at 1,2,2",
     lambda: explain(X, W, padding="same", at=(1, 2, 2))),
    ('--input 2,3,3 --weight 2,2,2,2 --padding "[[1, 0], [0, 2]]" --at 1,2,3',
     lambda: explain(X, W, padding=[(1, 0), (0, 2)], at=(1, 2, 3))),
    ('--input 2,3,3 --weight 2,2,2,2 --padding " [[1, 0], [0, 2]]" --at 1,2,3',
     lambda: explain(X, W, padding=[(1, 0), (0, 2)], at=(1, 2, 3))),
    ("--input 2,3,3 --weight 2,2,2,2 --padding valid --at 1,1,1",
     lambda: explain(X, W, padding="valid", at=(1, 1, 1))),
    ("--input '[[1.5, 2]]' --weight '[[-1, 2]]' --at '(0, 0, 0)'",
     lambda: explain(np.array([[[1.5, 2]]]), np.array([[[[-1.0, 2]]]]), at=(0, 0, 0))),
    ("--input '[[100, 2]]' --weight 1,1,2 --dtype int8 --at 0,0",
     lambda: explain(np.array([[100, 2]], "i1"), np.arange(2, dtype="i1")[None, None], at=(0, 0))),
    ("--input 2,3,3 --weight 2,2,2,2 --transposed --stride 2 --padding 1 --output-padding 1,0 "
     "--dilation 2 --at 1,5,3",
     lambda: explain_transposed(X, W, None, 2, 1, (1, 0), 1, 2, at=(1, 5, 3))),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), EXPLAINED)
def test_options_reach_explain(
    capsys: pytest.CaptureFixture[str], arguments: Any, expected: Any
) -> None:
    told = expected()
    at = ", ".join(map(str, told.at))
    assert run(capsys, f"explain {arguments}") == f"output[{at}]\n{told}\n\n{told.table()}\n"
    assert run(capsys, f"explain --latex {arguments}") == told.latex() + "\n"
    as_json = json.loads(run(capsys, f"explain --json {arguments}"))
    assert as_json["dtype"] == str(told.dtype)
    assert (as_json["bias"] is None) == (told.bias is None)


def test_the_dtype_decides_whether_a_shape_is_too_large(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, 'shape --input 3,65536,65536 "Conv2d(3, 1, 1)" --dtype float32')
    with pytest.raises(SystemExit):
        run(capsys, 'shape --input 3,65536,65536 "Conv2d(3, 1, 1)" --dtype float64')
    assert "more than the limit" in capsys.readouterr().err


def test_what_json_has_not_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "explain --json --input '[[1e300]]' --weight '[[[1e300]]]' --at 0,0")
    (term,) = json.loads(out, parse_constant=pytest.fail)["terms"]
    assert (term["x"], term["product"]) == (1e300, "inf")
    out = run(capsys, "explain --json --input 1,2 --weight 1,1,1 --dtype complex64 --at 0,1")
    assert json.loads(out)["total"] == "0j"
    out = run(
        capsys, "explain --json --input '[[1.5]]' --weight '[[[1]]]' --dtype float32 --at 0,0"
    )
    assert json.loads(out)["total"] == 1.5


def test_an_array_counted_up_has_a_limit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "CELLS", 8)
    assert run(capsys, "explain --input 2,4 --weight 1,2,1 --at 0,0")
    with pytest.raises(SystemExit):
        run(capsys, "explain --input 3,3 --weight 1,3,1 --at 0,0")


# Command, and what its help says: its usage, what it is about, and each argument.
HELP = {
    "draw": """\
        usage: convref draw [-h] [--input ARRAY] [--weight ARRAY] [-o FILE]
        a figure as an .svg, .png or .gif file
        KIND """
    + ", ".join(figures.KINDS)
    + """
        NAME=VALUE such as stride=2 or mode=reflect
        --input ARRAY JSON or shape
        --weight ARRAY JSON or shape
        -o FILE, --output FILE
        its suffix decides what it is
        --palette {light,dark}
        of pixels
        --scale N pixels for each unit
        --loop play for ever instead of once""",
    "check": f"""\
        usage: convref check [-h]
        is a convolution right, and if not, what is wrong?
        FUNCTION as package.module:function
        --op {{{",".join(OPS)}}}
        what it is to compute
        --without USE[,USE] not supported, of {", ".join(USES)}
        --array FUNCTION what turns NumPy's arrays into its own
        --level {{smoke,full,floats}}
        how many cases
        --seconds N after which a call hangs
        --html FILE the report as a page
        --json the same for programs""",
    "shape": """\
        usage: convref shape [-h] --input SHAPE [--dtype DTYPE] [--json] LAYER [LAYER ...]
        sizes, parameters, products, memory and receptive field of a chain of layers
        LAYER such as "Conv2d(3, 64, 7)"
        --input SHAPE C,H,W or N,C,H,W and so on
        --dtype DTYPE of all numbers
        --json the same for programs""",
    "explain": f"""\
        usage: convref explain [-h] --input ARRAY --weight ARRAY [--bias ARRAY] --at CELL
        one output cell as the sum that it is
        --input ARRAY JSON or shape: (N, C, ...), (C, ...)
        --weight ARRAY JSON or shape: (O, C / groups, ...)
        --bias ARRAY JSON or shape: (O,)
        --at CELL such as 0,2,3
        --transposed explain conv_transpose
        --stride N[,N]
        --dilation N[,N]
        --output-padding N[,N]
        --padding N[,N]|[[N,N],...]|same|valid
        --groups N
        --padding-mode {{{",".join(checks.MODES)}}}
        --dtype DTYPE of all arrays
        --latex the sum in LaTeX, and nothing else
        --json the same for programs""",
}

COMMANDS = " | ".join(command.BY_NAME)


def test_every_command_has_its_help_and_the_program_lists_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(HELP) == set(command.BY_NAME)
    about = [f"{name} {HELP[name].splitlines()[1].strip()}" for name in command.BY_NAME]
    said = help_of(capsys, monkeypatch, "")
    assert said[0] == f"usage: convref [-h] [--version] {COMMANDS} ..."
    assert [line for line in said if line in about] == about
    assert "Convolution layers, explained." in said
    assert said[-1] == "convref COMMAND --help shows examples"


def help_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> list[str]:
    """The lines of a command's help, or of the program's, as a wide screen has them."""
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit):
        command.main([*name.split(), "--help"])
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", HELP)
def test_help_says_what_each_argument_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    said = help_of(capsys, monkeypatch, name)
    for line in HELP[name].splitlines():
        # Only usage goes on, in ways of its own in different versions of Python.
        part = line.strip()
        assert part in said or (part.startswith("usage") and said[0].startswith(part)), part


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out == f"convref {metadata.version('convref')}\n"
    assert convref.__version__ == metadata.version("convref")


# arguments, and the whole of stderr
BAD = [
    ("", f"convref: the following arguments are required: {COMMANDS}"),
    ("plot", f"convref: argument {COMMANDS}: invalid choice: 'plot' (choose from a list)"),
    ("shape --input 3,4 'Conv1d(3, 1, 1)' --colour", "convref: unrecognized arguments: --colour"),
    ("draw plot", "convref draw: argument KIND: invalid choice: 'plot' (choose from a list)"),
    ("draw window size=5 --kernel=3", "convref: unrecognized arguments: --kernel=3"),
    ("draw window size=5 kernel=3 -x=3 -y", "convref: unrecognized arguments: -x=3 -y"),
    ("draw window size", "convref draw: expected NAME=VALUE, such as stride=2, received 'size'"),
    ("draw window size=5",
     "convref draw: figure 'window' needs kernel or weight, which was not given: add it."),
    ("draw window size=5 kernel=3 mode=a=b",
     f"convref draw: mode must be one of {', '.join(map(repr, checks.MODES))}, received 'a=b'."),
    ("draw window --input x kernel=1",
     "convref draw: --input: expected integers with commas between, received 'x', or JSON "
     "such as [[1, 2], [3, 4]]"),
    ("draw window size=5 kernel=3 -o a.pdf",
     "convref draw: the suffix of the file must be one of '.svg', '.png', '.gif', "
     "received '.pdf'."),
    ("draw window size=5 kernel=3 -o nowhere/a.svg",
     "convref draw: [Errno 2] No such file or directory: 'nowhere/a.svg'"),
    ("draw window size=5 kernel=3 -o a.png --scale 0",
     "convref draw: scale must be more than 0 and at most 16 pixels for each unit, received 0.0."),
    ("shape", "convref shape: the following arguments are required: --input, LAYER"),
    ("shape --input 3,x 'Conv1d(3, 1, 1)'",
     "convref shape: argument --input: expected integers with commas between, received '3,x'"),
    ("shape --input 3,4 'Linear(3, 1)'",
     "convref shape: layer 1, Linear(3, 1): a layer must be one of Conv1d, Conv2d, Conv3d, "
     "ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, MaxPool1d, MaxPool2d, MaxPool3d, "
     "AvgPool1d, AvgPool2d, AvgPool3d, received 'Linear'."),
    ("shape --input 3,4 'Conv1d(3, 1, 1)' 'Conv1d(1, 1, 9)'",
     "convref shape: layer 2, Conv1d(1, 1, 9): L: the kernel reaches over dilation * (kernel - 1) "
     "+ 1 = 1 * (9 - 1) + 1 = 9 cells, but the padded input has 0 + 4 + 0 = 4: enlarge input or "
     "padding, or use a smaller kernel or dilation."),
    ("shape --input 3,4 'ConvTranspose1d(3, 1, 1, 99999999)'",
     "convref shape: the receptive field would take more than 1,048,576 look-ups "
     "(convref.cost.LOOKUPS): check kernels and strides."),
    ("explain", "convref explain: the following arguments are required: --input, --weight, --at"),
    ("explain --input 1,4 --weight 1,1,2 --at X0,0",
     "convref explain: argument --at: expected integers with commas between, received 'X0,0'"),
    ("explain --input 1,4 --weight 1,1,2 --at 0,0X",
     "convref explain: argument --at: expected integers with commas between, received '0,0X'"),
    ("explain --input 1,4 --weight 1,1,2 --padding [[1,2 --at 0,0",
     "convref explain: argument --padding: expected integers with commas between, "
     "received '[[1,2'"),
    pytest.param(
     f"explain --input 1,4 --weight 1,1,2 --padding {DEEP} --at 0,0",
     "convref explain: argument --padding: expected integers with commas between, "
     f"received '{DEEP}'", id="deep"),
    ("explain --input 1,4 --weight 1,1,2 --padding [[1,2],[3,4]] --at 0,0",
     "convref explain: padding must be 1 pair (before, after), one for each spatial axis (L), "
     "received 2: [(1, 2), (3, 4)]."),
    ("explain --input 1,4 --weight 1,1,2 --transposed --padding [[1,2]] --at 0,0",
     "convref explain: padding must be an integer here, since a transposed convolution crops both "
     "sides of an axis alike, received [[1, 2]]: give one number for both sides."),
    ("explain --input 1,4 --weight 1,1,2 --bias x --at 0,0",
     "convref explain: --bias: expected integers with commas between, received 'x', or JSON "
     "such as [[1, 2], [3, 4]]"),
    ("shape --input 3,4 'Conv1d(3, 1, 1)' --dtype bool",
     "convref shape: argument --dtype: invalid choice: 'bool' (choose from )"),
    ("explain --input 1,4 --weight 1,1,2 --at 0,0 --dtype bool",
     "convref explain: argument --dtype: invalid choice: 'bool' (choose from )"),
    ("explain --input 1,4 --weight 1,1,2 --at 0,3",
     "convref explain: at[1] must be at least 0 and less than 3, since the output has shape "
     "(1, 3), received 3."),
    ("explain --input 1,4 --weight 1,1,2 --stride 0 --at 0,0",
     "convref explain: stride must be at least 1, received 0."),
    ("explain --input '[[1, 2], [3]]' --weight 1,1,2 --at 0,0",
     "convref explain: --input: expected JSON such as [[1, 2], [3, 4]], with numbers in rows of "
     "equal length, received '[[1, 2], [3]]'"),
    ("explain --input '[[1, 2' --weight 1,1,2 --at 0,0",
     "convref explain: --input: expected JSON such as [[1, 2], [3, 4]], with numbers in rows of "
     "equal length, received '[[1, 2'"),
    ("explain --input 1;4 --weight 1,1,2 --at 0,0",
     "convref explain: --input: expected integers with commas between, received '1;4', or JSON "
     "such as [[1, 2], [3, 4]]"),
    ("explain --input 1,4 --weight 1,1,99999999 --at 0,0",
     "convref explain: --weight: a shape has sizes from 0 and at most 16,777,216 cells"),
    ("explain --input 1,4 --weight=-1,1,2 --at 0,0",
     "convref explain: --weight: a shape has sizes from 0 and at most 16,777,216 cells"),
    ("explain --input '[[300]]' --weight 1,1,1 --dtype int8 --at 0,0",
     "convref explain: int8 does not hold all the numbers given: leave --dtype out"),
    ("explain --input '[[NaN]]' --weight 1,1,1 --dtype int8 --at 0,0",
     "convref explain: int8 does not hold all the numbers given: leave --dtype out"),
    ("explain --input 1,4 --weight 1,1,2 --output-padding 1 --at 0,0",
     "convref explain: --output-padding is for --transposed alone: add --transposed, or leave it "
     "out"),
    ("explain --input 1,4 --weight 1,1,2 --transposed --padding-mode reflect --at 0,0",
     "convref explain: --padding-mode is not for --transposed, where padding crops: leave one of "
     "them out"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), BAD)
def test_bad_use_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: Any, expected: Any
) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(shlex.split(arguments))
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (2, "")
    # Python 3.12 and later quote argparse's choices otherwise.
    assert re.sub(r"choose from .*\)", "", err) == re.sub(r"choose from .*\)", "", expected) + "\n"


# What a user may well type wrong: whatever it is, it is one line.
WRONG = [
    "shape --input 3,4 ''",
    "shape --input '' 'Conv1d(3, 1, 1)'",
    "shape --input 3,4 'Conv1d(3, 1, 1)' --dtype bool",
    "shape --input 3,-4 'Conv1d(3, 1, 1)'",
    "shape --input 0,99999999999999999999999 'Conv1d(1, 1, 1)'",
    "shape --input 3,4 'Conv1d(3, 1, 99999999999999999999999)'",
    "shape --input 3,4 'Conv1d(3, 1, \"1\\n2\")'",
    "shape --input 3,4 'Conv1d(3,\n 1, 9)'",
    "explain --input 1,4 --weight 1,1,2",
    "explain --input 1,4 --weight 1,1,2 --at -1,0",
    "explain --input 1,4 --weight 4 --at 0,0",
    "explain --input '[[\"a\"]]' --weight 1,1,1 --at 0,0",
    "explain --input '[[\"a\"]]' --weight 1,1,1 --at 0,0 --dtype int8",
    "explain --input '[[null]]' --weight 1,1,1 --at 0,0",
    "explain --input '[[null]]' --weight 1,1,1 --at 0,0 --dtype int8",
    "explain --input '[[true]]' --weight '[[[true]]]' --at 0,0",
    "explain --input '[[{}]]' --weight 1,1,1 --at 0,0",
    "explain --input '[[99999999999999999999999]]' --weight 1,1,1 --at 0,0",
    "explain --input '[[99999999999999999999999]]' --weight 1,1,1 --at 0,0 --dtype uint8",
    "explain --input 1,4 --weight 1,1,2 --groups 2 --at 0,0",
    "explain --input 1,4 --weight 1,1,2 --groups x --at 0,0",
    "explain --input 1,4 --weight 1,1,2 --padding full --at 0,0",
    "explain --input 1,4 --weight 1,1,2 --transposed --padding same --at 0,0",
    "draw window size=x kernel=3",
    "draw window size=5 kernel=3 kernel",
    "draw window size=5 kernel=3 at=9 -o a.svg",
    "draw window --input '[[1, 2], [3]]' kernel=1",
    "draw window size='[[[' kernel=1",
    "draw padding --input 1,1,1,1,1",
]


@pytest.mark.parametrize(
    "arguments", [*WRONG, "explain --at 0,0 --weight 1,1,1 --input " + "[" * 9999]
)
def test_whatever_is_wrong_is_one_line(capsys: pytest.CaptureFixture[str], arguments: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(shlex.split(arguments))
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (2, "")
    assert re.fullmatch(r"convref \w+: .*\n", err)
    assert len(err) > 30


def test_draw(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    drawn = figures.draw("window", at=2, padding=1, input=[0, 1, 2], weight=[1, -1])
    parameters = "--input 3 at=2 --weight '[1, -1]' padding=1"
    assert run(capsys, f"draw window {parameters}") == drawn.standalone() + "\n"
    path = tmp_path / "window.svg"
    said = run(capsys, f"draw window {parameters} -o {path}")
    assert path.read_text("utf-8") == drawn.standalone()
    assert said == f"{path}: {path.stat().st_size:,} bytes\n"
    words = "size=5,5 padding=2 mode=reflect animate=true kernel=[3,2] --loop"
    moving = figures.window(size=[5, 5], padding=2, mode="reflect", animate=True, kernel=[3, 2])
    assert run(capsys, f"draw window {words}") == moving.standalone(loop=True) + "\n"
    run(capsys, f"draw window {words} -o {path}")
    assert path.read_text("utf-8") == moving.standalone(loop=True)


def test_draw_hands_on_what_pixels_need(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []
    monkeypatch.setattr(figures.files, "save", lambda _, path, *rest: seen.append((path, *rest)))
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    for options in ("", "--palette dark --scale 3 --loop"):
        run(capsys, f"draw window size=5 kernel=3 -o {path} {options}")
    assert seen == [(str(path), "light", 2, False), (str(path), "dark", 3, True)]


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_pixels_need_the_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: Any
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(SystemExit) as caught:
        command.main(["draw", "padding", "size=3", "-o", str(tmp_path / name)])
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "convref draw: .png and .gif need the extra 'draw': pip install 'convref[draw]', "
        "or write an .svg.\n"
    )


@pytest.mark.parametrize("name", command.BY_NAME)
def test_the_examples_of_help_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        command.main([name, "--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    examples = re.findall(r"^  convref (.*)$", out, re.M)
    assert len(examples) > 1
    for example in examples:
        assert example.startswith(name)
        assert run(capsys, example)


def test_the_module_runs_on_the_arguments_of_the_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = "convref explain --input 1,1 --weight 1,1,1 --at 0,0 --latex"
    monkeypatch.setattr(sys, "argv", shlex.split(cell))
    command.main()
    assert capsys.readouterr().out == "0 \\cdot 0 = 0\n"
    with warnings.catch_warnings():  # runpy warns that the module has been imported before
        warnings.simplefilter("ignore", RuntimeWarning)
        runpy.run_module("convref", run_name="__main__")
    assert capsys.readouterr().out == "0 \\cdot 0 = 0\n"


def test_any_stream_will_do() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        command.main(["explain", "--input", "1,1", "--weight", "1,1,1", "--at", "0,0", "--latex"])
    assert stream.getvalue() == "0 \\cdot 0 = 0\n"


# What pip makes of the script of that name.
SCRIPT = [sys.executable, "-c", "from convref.__main__ import main; main()"]


def test_it_is_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Started as one, it exits as one; and where the console lacks a sign, it shows another."""
    cell = ["explain", "--input", "1,4", "--weight", "1,1,2", "--at", "0,2", "--latex"]
    for started in (SCRIPT, [sys.executable, "-m", "convref"]):
        good = subprocess.run([*started, *cell], capture_output=True, text=True)
        command.main(cell)
        assert (good.stdout, good.stderr, good.returncode) == (*capsys.readouterr(), 0)
    bad = subprocess.run([*SCRIPT, *cell[:-2], "9"], capture_output=True, text=True)
    assert (bad.stdout, bad.returncode, bad.stderr.count("\n")) == ("", 2, 1)
    ascii = subprocess.run(
        [*SCRIPT, *cell[:-1]], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert ascii.stdout.splitlines()[1] == b"2?0 + 3?1 = 3"
    assert (ascii.stderr, ascii.returncode) == (b"", 0)


def test_a_reader_that_goes_away_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """As `head` does. The pipe is closed before anything is written."""
    cell = ["explain", "--input", "1,4", "--weight", "1,1,2", "--at", "0,2"]
    command.main(cell)
    assert capsys.readouterr().out
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [*SCRIPT, *cell],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=buffered,
    ) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0
