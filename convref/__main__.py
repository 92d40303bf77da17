"""The command line: each command is a section below, and ``convref --help`` lists them."""

import argparse
import io
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

import numpy as np

from convref import __version__, checks, cures
from convref.conformance import OPS, USES, check
from convref.conformance.checking import LEVELS
from convref.cost import Step, along, chain, receptive_field, spacing
from convref.figures import KINDS, draw, files, style
from convref.messages import COMMANDS, filled, refuse_command
from convref.trace import Explanation, explain, explain_transposed
from convref.types import Array

__all__ = ["main"]

CELLS: Final = 2**24  # of an array that the command line counts up
ARRAY: Final = "JSON or shape"
JSON: Final = "the same for programs"


class Parser(argparse.ArgumentParser):
    """Bad use is answered by one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


class Wrong(str):
    """What is printed before the program ends with exit code 1."""

    __slots__ = ()


Run: TypeAlias = Callable[[argparse.Namespace], str]


class Command(NamedTuple):
    """A line and examples for help, and the function that adds arguments and gives what runs."""

    about: str
    examples: str
    prepare: Callable[[Parser], Run]


BY_NAME: Final[dict[str, Command]] = {}  # in the order in which help lists them


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; prints to stdout, or one line to stderr and exits with 2.

    `check` exits with 1 where it finds something wrong.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the program, ``sys.argv[1:]``, if None.

    Examples
    --------
    >>> from convref.__main__ import main
    >>> main(["explain", "--input", "[[1, 2], [3, 4]]", "--weight", "[[1, 10]]", "--at", "0,1,0"])
    output[0, 1, 0]
    3·1 + 4·10 = 43
    <BLANKLINE>
    position   input      weight        x   w  x·w  sum
    (0, 1, 0)  (0, 1, 0)  (0, 0, 0, 0)  3   1    3    3
    (0, 1, 1)  (0, 1, 1)  (0, 0, 0, 1)  4  10   40   43
    """
    chosen = parse(arguments)
    try:
        text = chosen.run(chosen)
    except (TypeError, ValueError, OverflowError, ImportError, OSError) as error:
        chosen.parser.error(str(error))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console without '·' shows '?'
    try:
        print(text, flush=True)
    except BrokenPipeError:  # `convref ... | head`: the reader has gone, and Python would complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(text, Wrong):
        sys.exit(1)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for, with the parser of the chosen command, and what runs it."""
    parser = Parser(
        "convref",
        description="Convolution layers, explained.",
        epilog="convref COMMAND --help shows examples",
    )
    parser.add_argument("--version", action="version", version=f"convref {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=" | ".join(BY_NAME))
    for name, (about, examples, prepare) in BY_NAME.items():
        raw = argparse.RawDescriptionHelpFormatter
        own = commands.add_parser(
            name, help=about, description=about, epilog=examples, formatter_class=raw
        )
        own.set_defaults(parser=own, run=prepare(own))
    chosen, rest = parser.parse_known_args(arguments)
    if chosen.command == "draw":  # argparse gives up on positional ones between options
        chosen.parameters += [each for each in rest if "=" in each and each[0] != "-"]
        rest = [each for each in rest if each not in chosen.parameters]
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return chosen


def names(dtypes: Sequence[np.dtype[Any]]) -> list[str]:
    """Their names."""
    return list(map(str, dtypes))


def integers(text: str) -> tuple[int, ...]:
    """'3,224,224', with or without parentheses."""
    try:
        return tuple(map(int, text.strip("() ").rstrip(",").split(",")))
    except ValueError:
        error = filled(COMMANDS["integers"], {"received": text})
        raise argparse.ArgumentTypeError(error) from None


def padding(text: str) -> Any:
    """Integers, 'same', 'valid', or JSON with (before, after) for each axis."""
    if text in ("same", "valid"):
        return text
    if text.lstrip().startswith("[["):
        with suppress(ValueError, RecursionError):
            return json.loads(text)
    return integers(text)


# shape -----------------------------------------------------------------------------------------

SHAPE = """\
examples:
  convref shape --input 3,224,224 "Conv2d(3, 64, kernel_size=7, stride=2, padding=3)"
  convref shape --input 8,3,32,32 "Conv2d(3, 16, 3, 2, 1)" "ConvTranspose2d(16, 3, 4, 2, 1)"
  convref shape --input 80,3000 "Conv1d(80, 384, 3, padding=same)" "MaxPool1d(2)" --json

Layers are written as PyTorch prints them, in quotation marks, with the names and the order of
torch.nn's arguments: Conv1d, Conv2d, Conv3d, ConvTranspose1d to 3d, MaxPool1d to 3d, AvgPool1d to
3d. MACs are multiplications, those with padding included; biases are not counted among them."""


def shape(parser: Parser) -> Run:
    """The arguments of `run_shape`."""
    parser.add_argument(
        "--input", required=True, type=integers, metavar="SHAPE", help="C,H,W or N,C,H,W and so on"
    )
    parser.add_argument("layers", nargs="+", metavar="LAYER", help='such as "Conv2d(3, 64, 7)"')
    parser.add_argument(
        "--dtype",
        default="float32",
        choices=names(checks.DTYPES),
        metavar="DTYPE",
        help="of all numbers",
    )
    parser.add_argument("--json", action="store_true", help=JSON)
    return run_shape


BY_NAME["shape"] = Command(
    "sizes, parameters, products, memory and receptive field of a chain of layers", SHAPE, shape
)


def run_shape(chosen: argparse.Namespace) -> str:
    """The chain as JSON, or laid out to be read."""
    steps = chain(chosen.input, chosen.layers, chosen.dtype)
    told = tell_chain(steps, np.dtype(chosen.dtype).itemsize)
    if chosen.json:
        return json.dumps(told)
    lines = [f"input {told['input']['shape']}, {told['input']['bytes']:,} bytes"]
    for number, layer in enumerate(told["layers"], 1):
        size = layer["bytes"]
        rows = [(each["axis"], f"{each['formula']} = {each['size']}") for each in layer["axes"]]
        rows += [
            ("output", f"{layer['output']}, {size['output']:,} bytes"),
            ("parameters", f"{layer['parameters']:,}, {size['parameters']:,} bytes"),
            ("MACs", f"{layer['macs']:,}"),
            ("receptive field", " x ".join(map(str, layer["receptive_field"]))),
            ("stride so far", " x ".join(map(str, layer["stride"]))),
        ]
        lines += ["", f"{number}  {layer['layer']}", *(f"   {a:<15}  {b}" for a, b in rows)]
    total = told["total"]
    lines += ["", f"total: {total['parameters']:,} parameters, {total['macs']:,} MACs"]
    return "\n".join(lines)


def tell_chain(steps: Sequence[Step], itemsize: int) -> dict[str, Any]:
    """Everything that is known of a chain."""
    layers = [
        {
            "layer": step.layer,
            "axes": [
                {"axis": letter, "formula": formula, "size": size}
                for (letter, _), formula, size in zip(
                    checks.named(step.axes),
                    step.formulas(),
                    step.output[-len(step.axes) :],
                    strict=True,
                )
            ],
            "output": step.output,
            "parameters": step.parameters(),
            "macs": step.products(),
            "bytes": {
                "parameters": step.parameters() * itemsize,
                "output": math.prod(step.output) * itemsize,
            },
            "receptive_field": [receptive_field(axis) for axis in along(steps[:number])],
            "stride": [json_number(spacing(axis)) for axis in along(steps[:number])],
        }
        for number, step in enumerate(steps, 1)
    ]
    given = steps[0].input
    return {
        "input": {"shape": given, "bytes": math.prod(given) * itemsize},
        "layers": layers,
        "total": {
            "parameters": sum(step.parameters() for step in steps),
            "macs": sum(step.products() for step in steps),
        },
    }


# explain ---------------------------------------------------------------------------------------

EXPLAIN = """\
examples:
  convref explain --input 1,5,5 --weight "[[1, 0], [0, -1]]" --at 0,2,3
  convref explain --input "[[1, 2], [3, 4]]" --weight 1,1,3,3 --padding 1 --at 0,0,0
  convref explain --input 2,4 --weight 2,1,3 --transposed --stride 2 --groups 2 --at 1,4 --json

An array is given as JSON, or as a shape, which is filled with 0, 1, 2, ... A matrix as weight
stands for one kernel of one channel (1, 1, kH, kW), a matrix as input beside it or beside a weight
of 4 axes for one channel (1, H, W). Cells in brackets lie in the padding."""


def cell(parser: Parser) -> Run:
    """The arguments of `run_explain`."""
    for name, shape in (("input", "(N, C, ...), (C, ...)"), ("weight", "(O, C / groups, ...)")):
        parser.add_argument(f"--{name}", required=True, metavar="ARRAY", help=f"{ARRAY}: {shape}")
    parser.add_argument("--bias", metavar="ARRAY", help=f"{ARRAY}: (O,)")
    parser.add_argument("--at", required=True, type=integers, metavar="CELL", help="such as 0,2,3")
    parser.add_argument("--transposed", action="store_true", help="explain conv_transpose")
    for name, default in (("stride", 1), ("dilation", 1), ("output-padding", 0)):
        parser.add_argument(f"--{name}", type=integers, default=default, metavar="N[,N]")
    kinds = "N[,N]|[[N,N],...]|same|valid"
    parser.add_argument("--padding", type=padding, default=0, metavar=kinds)
    parser.add_argument("--groups", type=int, default=1, metavar="N")
    parser.add_argument("--padding-mode", choices=checks.MODES, default="zeros")
    dtypes = names(checks.DTYPES)
    parser.add_argument("--dtype", choices=dtypes, metavar="DTYPE", help="of all arrays")
    parser.add_argument("--latex", action="store_true", help="the sum in LaTeX, and nothing else")
    parser.add_argument("--json", action="store_true", help=JSON)
    return run_explain


BY_NAME["explain"] = Command("one output cell as the sum that it is", EXPLAIN, cell)


def run_explain(chosen: argparse.Namespace) -> str:
    """The sum and its table, or LaTeX, or JSON."""
    told = explanation(chosen)
    if chosen.json:
        return json.dumps(tell_cell(told))
    if chosen.latex:
        return told.latex()
    return f"output[{', '.join(map(str, told.at))}]\n{told}\n\n{told.table()}"


def explanation(chosen: argparse.Namespace) -> Explanation:
    """Call `explain` or `explain_transposed` with what was given."""
    weight = given("weight", chosen.weight)
    if weight.ndim == 2:
        weight = weight[None, None]
    input = given("input", chosen.input)
    if input.ndim == 2 and weight.ndim == 4:
        input = input[None]
    bias = None if chosen.bias is None else given("bias", chosen.bias)
    dtype = chosen.dtype or np.result_type(*(a for a in (input, weight, bias) if a is not None))
    input, weight = exactly(input, np.dtype(dtype)), exactly(weight, np.dtype(dtype))
    bias = None if bias is None else exactly(bias, np.dtype(dtype))
    names = ("stride", "padding", "dilation", "groups", "at")
    options = {name: getattr(chosen, name) for name in names}
    if chosen.transposed:
        if chosen.padding_mode != "zeros":
            refuse_command("padding mode")
        with cures.typed():
            return explain_transposed(
                input, weight, bias, output_padding=chosen.output_padding, **options
            )
    if chosen.output_padding != 0:
        refuse_command("output padding")
    with cures.typed():
        return explain(input, weight, bias, padding_mode=chosen.padding_mode, **options)


def given(name: str, text: str) -> Array:
    """An array from JSON, or counted up from 0 in the shape that the text gives."""
    if not text.lstrip().startswith("["):
        try:
            shape = integers(text)
        except argparse.ArgumentTypeError as error:
            problem = str(error)
            refuse_command("array or shape", name=name, problem=problem)
        if min(shape) < 0 or math.prod(shape) > CELLS:
            refuse_command("shape", name=name, most=CELLS)
        return np.arange(math.prod(shape)).reshape(shape)
    try:
        array = np.array(json.loads(text))
        if array.dtype.kind in "biuf":
            return array
    except (ValueError, RecursionError):
        pass
    refuse_command("array", name=name, received=text)


def exactly(array: Array, dtype: np.dtype[Any]) -> Array:
    """The same numbers in another dtype, or an error where they do not fit."""
    with np.errstate(invalid="ignore"):
        out = array.astype(dtype)
    if dtype.kind in "iu" and not np.array_equal(out, array):
        refuse_command("dtype", dtype=dtype)
    return out


def tell_cell(told: Explanation) -> dict[str, Any]:
    """Everything that is known of a cell."""
    return {
        "at": told.at,
        "dtype": str(told.dtype),
        "terms": [
            {
                "position": term.position,
                "padding": term.padding,
                "input": term.input,
                "weight": term.weight,
                "x": json_number(term.x),
                "w": json_number(term.w),
                "product": json_number(term.product),
                "sum": json_number(term.sum),
            }
            for term in told.terms
        ],
        "bias": None if told.bias is None else json_number(told.bias),
        "total": json_number(told.total),
        "by_hand": str(told),
    }


def json_number(number: Any) -> int | float | str:
    """A number as JSON has it; what JSON has not (1/2, nan, 1+2j) as text."""
    value = number.item() if isinstance(number, np.generic) else number
    if getattr(value, "denominator", None) == 1:
        return int(value)
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


# draw ------------------------------------------------------------------------------------------

DRAW = """\
examples:
  convref draw window --input 5,5 --weight "[[1, 0], [0, -1]]" at=2,1 -o window.svg
  convref draw transposed --input "[1, 2, 3]" --weight "[1, 10, 100]" stride=2 animate=true
  convref draw receptive-field size=15 kernels=3,3,3 dilations=1,2,4 -o field.svg

Parameters are those of the kind's function in convref.figures, for example convref.figures.window;
values are JSON, words, or integers with commas between. Without -o the drawing is printed. An .svg
is light or dark as the screen is; .png and .gif need the extra: pip install 'convref[draw]'."""


def drawing(parser: Parser) -> Run:
    """The arguments of `run_draw`."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="such as stride=2 or mode=reflect"
    )
    for name in ("input", "weight"):
        parser.add_argument(f"--{name}", metavar="ARRAY", help=ARRAY)
    parser.add_argument("-o", "--output", metavar="FILE", help="its suffix decides what it is")
    parser.add_argument("--palette", choices=style.PALETTES, default="light", help="of pixels")
    parser.add_argument("--scale", type=float, default=2, metavar="N", help="pixels for each unit")
    parser.add_argument("--loop", action="store_true", help="play for ever instead of once")
    return run_draw


BY_NAME["draw"] = Command("a figure as an .svg, .png or .gif file", DRAW, drawing)


def run_draw(chosen: argparse.Namespace) -> str:
    """The drawing, or what has been written where."""
    figure = draw(chosen.kind, **parameters(chosen))
    if chosen.output is None:
        return figure.standalone(chosen.loop)
    files.save(figure, chosen.output, chosen.palette, chosen.scale, chosen.loop)
    return f"{chosen.output}: {os.path.getsize(chosen.output):,} bytes"


def parameters(chosen: argparse.Namespace) -> dict[str, Any]:
    """What the figure is to be drawn with."""
    found = dict(map(parameter, chosen.parameters))
    for name in ("input", "weight"):
        text = getattr(chosen, name)
        if text is not None:
            found[name] = given(name, text).tolist()
    return found


def parameter(text: str) -> tuple[str, Any]:
    """'stride=2', 'mode=reflect', 'size=5,5', 'dilations=[1, 2]'."""
    name, sign, value = text.partition("=")
    if not sign:
        refuse_command("parameter", received=text)
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        pass
    try:
        return name, list(integers(value))
    except argparse.ArgumentTypeError:
        return name, value


# check -----------------------------------------------------------------------------------------

CHECK = """\
examples:
  convref check convref:conv2d --level floats
  convref check convref:conv3d --op conv3d --without groups,sides --level smoke --json
  convref check convref:conv_transpose2d --op conv_transpose2d --without sides --html report.html

Beside PyTorch: torch.nn.functional:conv2d --array torch:from_numpy --without sides

FUNCTION is called as function(input, weight, bias, stride=..., padding=..., dilation=...,
groups=...), transposed ones with output_padding too; each option is a tuple with one number for
each axis. It is called in a process of its own, so that it may crash. The exit code is 0 where all
is right, 1 where something is wrong, 2 where the command is."""


def checked(parser: Parser) -> Run:
    """The arguments of `run_check`."""
    parser.add_argument("function", metavar="FUNCTION", help="as package.module:function")
    parser.add_argument("--op", choices=OPS, default="conv2d", help="what it is to compute")
    parser.add_argument(
        "--without", default="", metavar="USE[,USE]", help=f"not supported, of {', '.join(USES)}"
    )
    parser.add_argument(
        "--array", metavar="FUNCTION", help="what turns NumPy's arrays into its own"
    )
    parser.add_argument("--level", choices=LEVELS, default="full", help="how many cases")
    parser.add_argument(
        "--seconds", type=float, default=60, metavar="N", help="after which a call hangs"
    )
    parser.add_argument("--html", metavar="FILE", help="the report as a page")
    parser.add_argument("--json", action="store_true", help=JSON)
    return run_check


BY_NAME["check"] = Command("is a convolution right, and if not, what is wrong?", CHECK, checked)


def run_check(chosen: argparse.Namespace) -> str:
    """The report, as text or JSON, and as a page besides."""
    report = check(
        chosen.function,
        chosen.op,
        without=[each for each in chosen.without.split(",") if each],
        array=chosen.array,
        level=chosen.level,
        seconds=chosen.seconds,
        progress=counter if sys.stderr.isatty() else None,
    )
    if chosen.html is not None:
        with open(chosen.html, "w", encoding="utf-8") as file:
            file.write(report.html())
    text = json.dumps(report.data()) if chosen.json else str(report)
    return text if report else Wrong(text)


def counter(done: int, all: int) -> None:
    """A line that counts, and is gone in the end."""
    line = f"\r{done} of {all} cases" if done < all else "\r\033[K"
    print(line, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
