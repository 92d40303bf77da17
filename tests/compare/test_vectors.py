"""C through files, through a header and as a shared library, and Verilog: the same report for all.

Asks for a C compiler, Python's own or `CC`, and for Icarus Verilog: `apt-get install iverilog`.
"""

import ctypes
import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convref.conformance import check, checked, write_vectors

HERE = Path(__file__).parent
CC = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
WRONG = pytest.mark.parametrize("wrong", [False, True])


def run(*command: Any, **options: Any) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr


def compiled(folder: Path, *flags: Any, name: str = "conv2d") -> Path:
    out = folder / name
    run(*CC, "-std=c99", "-O1", "-Wall", "-Werror", *flags, HERE / "conv2d.c", "-o", out)
    return out


def named(report: Any) -> list[str]:
    return [mistake.name for mistake in report.mistakes]


@WRONG
def test_c_through_files(tmp_path: Path, wrong: bool) -> None:
    program = compiled(tmp_path, *["-DINTERLEAVED"] * wrong)
    folder = tmp_path / "vectors"
    write_vectors(folder, "conv2d", formats=["bin"], level="full")
    for call in folder.glob("nchw/*"):
        run(program, call)
    report = checked(folder)
    assert bool(report) != wrong, str(report)
    assert named(report) == ["groups-interleaved"] * wrong


@WRONG
def test_c_through_the_header(tmp_path: Path, wrong: bool) -> None:
    folder = tmp_path / "vectors"
    write_vectors(folder, "conv2d", formats=["c"], level="full")
    flags = ["-DCONVREF_HEADER", f"-I{folder / 'nchw'}", *["-DINTERLEAVED"] * wrong]
    run(compiled(tmp_path, *flags), folder / "nchw")
    report = checked(folder)
    assert bool(report) != wrong, str(report)
    assert named(report) == ["groups-interleaved"] * wrong


@WRONG
def test_c_as_a_shared_library(tmp_path: Path, wrong: bool) -> None:
    flags = ["-shared", "-fPIC", *["-DINTERLEAVED"] * wrong]
    library = ctypes.CDLL(str(compiled(tmp_path, *flags, name=f"conv2d-{wrong}.so")))
    floats = ctypes.POINTER(ctypes.c_float)

    def called(function: Any, arrays: Any, options: Any) -> Any:
        input, weight, bias = arrays
        pads = [each if isinstance(each, tuple) else (each, each) for each in options["padding"]]
        before, after = zip(*pads, strict=True)
        sizes = [*input.shape[2:], *weight.shape[2:]]
        axes = zip(
            *(sizes[:2], sizes[2:], options["stride"]), pads, options["dilation"], strict=True
        )
        out_sizes = [(n + a + b - d * (k - 1) - 1) // s + 1 for n, k, s, (a, b), d in axes]
        told = [len(input), input.shape[1], len(weight), options["groups"], int(bias is not None)]
        told += [
            *sizes,
            *options["stride"],
            *before,
            *after,
            *options["dilation"],
            0,
            0,
            *out_sizes,
        ]
        out = np.empty((len(input), len(weight), *out_sizes), np.float32)
        pointers = [None if a is None else a.ctypes.data_as(floats) for a in (*arrays, out)]
        function(*pointers, (ctypes.c_int * len(told))(*told))
        return out

    report = check(library.conv2d, "conv2d", adapter=called)
    assert bool(report) != wrong, str(report)
    assert named(report) == ["groups-interleaved"] * wrong


def simulated(folder: Path, *flags: str, **options: Any) -> Any:
    """The report on the Verilog module."""
    write_vectors(folder, "conv2d", formats=["hex"], dtype="int8", **options)
    for call in folder.glob("nchw/*"):
        run("iverilog", "-g2005", *flags, "-I", call, "-o", call / "conv2d.vvp", HERE / "conv2d.v")
        run("vvp", call / "conv2d.vvp", cwd=call)
    return checked(folder)


def test_verilog(tmp_path: Path) -> None:
    report = simulated(tmp_path, level="full")
    assert report, str(report)


def test_verilog_with_a_flipped_kernel(tmp_path: Path) -> None:
    assert named(simulated(tmp_path, "-DFLIPPED")) == ["kernel-flipped"]


def test_verilog_that_leaves_cells_out(tmp_path: Path) -> None:
    report = simulated(tmp_path, "-DUNWRITTEN")
    assert {each.problem for each in report.tried} == {
        "result.hex cannot be read: line 2 is xxxxxxxx: it was never written",
        "result.hex cannot be read: line 5 is xxxxxxxx: it was never written",
    }


def test_verilog_with_a_sum_of_eight_bits(tmp_path: Path) -> None:
    assert named(simulated(tmp_path, "-DNARROW")) == ["int8-wraps"]
