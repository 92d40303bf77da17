"""The cases and what is right for them as files, for what cannot be called from Python.

A folder holds ``manifest.json`` and, for each layout and case, a folder with the arrays and with
``call.txt``, in which sizes and options stand as plain numbers. Whoever computes a case writes
``result`` there, in one of the formats that `checked` reads.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np

from convref import __version__, checks, patches
from convref.conformance import suite
from convref.conformance.arrangement import LAYOUTS, arranged, restored
from convref.conformance.checking import reported
from convref.conformance.diagnosis import Tried
from convref.conformance.formats import ARRAYS, READERS, c_array, c_type, dumped, hex_lines, npz
from convref.conformance.mistakes import MISTAKES
from convref.conformance.report import Report
from convref.conformance.suite import Case, answer
from convref.messages import refuse
from convref.types import Array

__all__ = ["checked", "write_vectors"]

VERSION: Final = 1  # of the folder's form; another one is refused
FORMATS: Final = ("npy", "npz", "json", "bin", "c", "hex", "pb")
DTYPES: Final = ("float32", "float64", "int8", "int16", "int32")
OPERANDS: Final = ("input", "weight", "padded")  # integers of another width than sums
MANIFEST: Final = "manifest.json"

Files = dict[str, bytes]


# What is in a case --------------------------------------------------------------------------------


def contents(case: Case, dtype: str = "float32") -> dict[str, Array]:
    """Its arrays by name, PyTorch's layout: what is given, what comes between, what is right.

    Sums of integers have 32 bits, as accumulators do.
    """
    bare = replace(case, bias=None)
    found = {"input": case.input, "weight": case.weight}
    if case.bias is not None:
        found["bias"] = case.bias
    operands = {*OPERANDS}
    if case.transposed:
        none = (0,) * case.rank
        plain = replace(bare, padding=((0, 0),) * case.rank, output_padding=none)
        found |= {"columns": scattered(case), "uncropped": answer(plain)}
    else:
        padded = suite.padded(case)
        unfold = (patches.unfold1d, patches.unfold, patches.unfold3d)[case.rank - 1]
        kernel = case.weight.shape[2:]
        matrix = unfold(padded, kernel, case.dilation, 0, case.stride)
        N, C, taps = *case.input.shape[:2], int(np.prod(kernel))
        found |= {"padded": padded, "columns": matrix.reshape(N, C, taps, -1)}
        operands.add("columns")
    found |= {"accumulators": answer(bare), "output": answer(case)}
    sums = "int32" if dtype.startswith("int") else dtype
    return {
        name: array.astype(dtype if name in operands else sums) for name, array in found.items()
    }


def scattered(case: Case) -> Array:
    """(N, O, taps, cells) before overlapping windows of a transposed convolution are added."""
    N, C = case.input.shape[:2]
    x = case.input.reshape(N, case.groups, C // case.groups, -1)
    w = case.weight.reshape(*x.shape[1:3], case.weight.shape[1], -1)
    out: Array = np.einsum("ngix,giok->ngokx", x, w)
    return out.reshape(N, case.outputs, *out.shape[3:])


def numbers(case: Case) -> dict[str, int | list[int]]:
    """Sizes and options of a call, as programs in other languages ask for them."""
    before, after = (list(side) for side in zip(*case.padding, strict=True))
    return {
        "batch": len(case.input),
        "channels": case.input.shape[1],
        "outputs": case.outputs,
        "groups": case.groups,
        "with_bias": int(case.bias is not None),
        "size": list(case.input.shape[2:]),
        "kernel": list(case.weight.shape[2:]),
        "stride": list(case.stride),
        "before": before,
        "after": after,
        "dilation": list(case.dilation),
        "output_padding": list(case.output_padding) or [0] * case.rank,
        "out": list(case.sizes()),
    }


def slug(case: Case) -> str:
    """The name of a case's folder."""
    return re.sub(r"\W+", "-", case.name)


# Writing ------------------------------------------------------------------------------------------


def write_vectors(
    folder: str | PathLike[str],
    op: str = "conv2d",
    *,
    formats: Sequence[str] = ("npy",),
    layouts: Sequence[str] = ("nchw",),
    level: str = "smoke",
    without: Sequence[str] = (),
    dtype: str = "float32",
    words: int = 1,
) -> list[str]:
    """Write the calls that `check` makes, and what is right for each, as files.

    Parameters
    ----------
    folder : str or path
        Where they go, as ``layout/case/array.suffix`` beside ``manifest.json``, which has the
        SHA-256 of each. It is made if it is missing.
    op : str
        What is to be computed, as in `check`.
    formats : sequence of str
        ``"npy"`` and ``"npz"`` for NumPy; ``"json"``; ``"bin"``, the numbers alone,
        little-endian; ``"c"``, one header ``cases.h`` for each layout; ``"hex"`` for Verilog's
        ``$readmemh``, with ``call.vh``; ``"pb"``, ONNX's TensorProto.
    layouts : sequence of str
        ``"nchw"`` (weights OIHW), ``"nhwc"`` (HWIO), ``"nhwc-ohwi"`` (OHWI), and ``"nchw4c"``,
        ``"nchw8c"``, ``"nchw16c"``, where channels are cut into blocks, which zeros fill.
    level, without
        Which cases, as in `check`.
    dtype : str
        Of input and weight: ``"float32"``, ``"float64"``, ``"int8"``, ``"int16"`` or ``"int32"``.
        Bias and sums of integers are ``"int32"``. All numbers are whole and exact in each of them.
    words : int
        How many numbers stand on a line of a hex file, the first in its lowest bits.

    Returns
    -------
    list of str
        The files, as paths within the folder.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of these words, or `words` is no integer from 1.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from pathlib import Path
    >>> import convref
    >>> from convref.conformance import checked, write_vectors
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_vectors(folder, "conv2d", without=["sides"])
    ...     for call in sorted(Path(folder).glob("nchw/*")):
    ...         x, w, b = (np.load(call / f"{name}.npy") for name in ("input", "weight", "bias"))
    ...         lines = [line.split() for line in (call / "call.txt").read_text().splitlines()]
    ...         given = {name: tuple(map(int, values)) for name, *values in lines[1:]}
    ...         options = {name: given[name] for name in ("stride", "dilation")}
    ...         options |= {"padding": given["before"], "groups": given["groups"][0]}
    ...         np.save(call / "result.npy", convref.conv2d(x, w, b, **options))
    ...     print(checked(folder))
    conv2d: 3 of 3 cases are right
    not asked for: sides
    """
    checks.word("op", op, tuple(suite.OPS))
    for each in formats or [""]:  # none at all is no word of these either
        checks.word("formats", each, FORMATS)
    for each in layouts or [""]:
        checks.word("layouts", each, tuple(LAYOUTS))
    checks.word("level", level, ("smoke", "full"))
    for each in without:
        checks.word("without", each, suite.USES)
    checks.word("dtype", dtype, DTYPES)
    words = checks.integer("words", words, 1)
    files: Files = {}
    kept: dict[str, Any] = {}
    cases = chosen(op, level, without)
    for layout in layouts:
        told = []
        for case in cases:
            place = f"{layout}/{slug(case)}"
            arrays = {}
            for name, array in contents(case, dtype).items():
                out, axes = arranged(name, array, case, layout)
                arrays[name] = out
                kept[f"{place}/{name}"] = {
                    "axes": axes,
                    "shape": list(out.shape),
                    "dtype": out.dtype.name,
                    "numbers": out.size,
                }
            told.append((case, arrays))
            files |= {f"{place}/{name}": data for name, data in calls(case, formats).items()}
            for form in formats:
                written = _WRITERS[form](case, arrays, words)
                files |= {f"{place}/{name}": data for name, data in written.items()}
        if "c" in formats:
            files[f"{layout}/cases.h"] = header(told, layout)
    manifest = {
        "vectors": VERSION,
        "convref": __version__,
        "op": op,
        "level": level,
        "without": list(without),
        "dtype": dtype,
        "words": words,
        "layouts": list(layouts),
        "suite": digest(cases),
        "cases": {slug(case): numbers(case) for case in cases},
        "arrays": kept,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    files[MANIFEST] = dumped(manifest)
    for name, data in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(files)


def chosen(op: str, level: str, without: Sequence[str]) -> list[Case]:
    return (suite.smoke if level == "smoke" else suite.cases)(op, without)


def digest(cases: Iterable[Case]) -> str:
    """One number for all that is called and right: another version's cases have another one."""
    whole = hashlib.sha256()
    for case in cases:
        whole.update(dumped(numbers(case)))
        for array in contents(case, "int32").values():
            whole.update(ARRAYS["bin"]("", array))
    return whole.hexdigest()


def calls(case: Case, formats: Sequence[str]) -> Files:
    """The numbers of a call, a name and its values on each line; and as constants of Verilog."""
    lines = [("op", [case.op]), *numbers(case).items()]
    told = [(name, values if isinstance(values, list) else [values]) for name, values in lines]
    found = {"call.txt": "".join(f"{name} {' '.join(map(str, v))}\n" for name, v in told).encode()}
    if "hex" in formats:
        rows = [
            f"localparam {name.upper()}{place} = {value};\n"
            for name, values in numbers(case).items()
            for place, value in (
                [(f"_{axis}", each) for axis, each in enumerate(values)]
                if isinstance(values, list)
                else [("", values)]
            )
        ]
        found["call.vh"] = "".join(rows).encode()
    return found


def one_each(form: str, case: Case, arrays: dict[str, Array], words: int) -> Files:
    """A file for each array."""
    write = partial(hex_lines, words=words) if form == "hex" else ARRAYS[form]
    return {f"{name}.{form}": write(name, array) for name, array in arrays.items()}


def as_json(case: Case, arrays: dict[str, Array], words: int) -> Files:
    """The whole case in one file."""
    told = {
        name: {"shape": list(a.shape), "dtype": a.dtype.name, "values": a.ravel().tolist()}
        for name, a in arrays.items()
    }
    return {"case.json": dumped({"op": case.op, "call": numbers(case), "arrays": told})}


_WRITERS: Final[dict[str, Callable[[Case, dict[str, Array], int], Files]]] = {
    **{form: partial(one_each, form) for form in ARRAYS},
    "npz": lambda case, arrays, words: {"case.npz": npz(arrays)},
    "json": as_json,
    "c": lambda case, arrays, words: {},  # one header for all cases
}


def header(told: Sequence[tuple[Case, dict[str, Array]]], layout: str) -> bytes:
    """All cases of a layout for C and C++: arrays, and a table of structs that point to them."""
    first, arrays = told[0]
    sums = c_type(arrays["output"].dtype)
    between = [name for name in arrays if name not in ("input", "weight", "bias", "output")]
    types = {"bias": sums} | {name: c_type(array.dtype) for name, array in arrays.items()}
    fields = [
        f"    int {name}{f'[{len(values)}]' if isinstance(values, list) else ''};"
        for name, values in numbers(first).items()
    ]
    order = ["input", "weight", "bias", *between, "output"]
    lines = [
        f"/* {first.op} in {layout}, written by convref {__version__}. */",
        "#ifndef CONVREF_CASES_H",
        "#define CONVREF_CASES_H",
        "#include <stdint.h>",
        "",
        "typedef struct {",
        "    const char *name; /* of the folder that takes the result */",
        *fields,
        *(f"    const {types[name]} *{name};" for name in order),
        "    long results; /* numbers in output */",
        "} convref_case;",
        "",
    ]
    rows = []
    for case, arrays in told:
        start = f"convref_{slug(case).replace('-', '_')}_"
        lines += [c_array(start + name, array) for name, array in arrays.items()]
        values = [
            "{" + ", ".join(map(str, value)) + "}" if isinstance(value, list) else str(value)
            for value in numbers(case).values()
        ]
        pointers = [start + name if name in arrays else "0" for name in order]
        row = [f'"{slug(case)}"', *values, *pointers, str(arrays["output"].size)]
        rows.append("    {" + ", ".join(row) + "}")
    table = ",\n".join(rows)
    lines += [
        "",
        f"#define CONVREF_CASES {len(told)}",
        f"static const convref_case convref_cases[CONVREF_CASES] = {{\n{table}\n}};",
        "",
        "#endif",
        "",
    ]
    return "\n".join(lines).encode()


# Reading ------------------------------------------------------------------------------------------


def checked(folder: str | PathLike[str]) -> Report:
    """Read results from the folder that `write_vectors` has written, and name the mistake if any.

    Parameters
    ----------
    folder : str or path
        With ``manifest.json``. Beside the arrays of each case lies the result, in the same layout,
        as ``result.npy``, ``.npz``, ``.json`` (numbers in lists), ``.txt`` (numbers with blanks
        between), ``.bin`` (little-endian numbers of the output's dtype), ``.hex`` (as
        ``$writememh`` writes it) or ``.pb`` (TensorProto with raw_data). Layouts in which no case
        has a result are left out.

    Returns
    -------
    Report
        As `check` gives it; a missing or unreadable result is one that is wrong.

    Raises
    ------
    ValueError
        If the folder has no manifest, one of another version, or files that have changed since.

    Examples
    --------
    >>> import tempfile
    >>> from convref.conformance import checked, write_vectors
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_vectors(folder, "conv1d", without=["bias"])
    ...     print(checked(folder).tried[0].problem)
    nchw/everything has no result.npy, .npz, .json, .txt, .bin, .hex or .pb
    """
    manifest = read_manifest(Path(folder))
    op, without, dtype = manifest["op"], tuple(manifest["without"]), manifest["dtype"]
    cases = chosen(op, manifest["level"], without)
    if digest(cases) != manifest["suite"]:
        refuse_folder(folder, "its cases are those of another version")
    layouts = [each for each in manifest["layouts"] if any(Path(folder, each).glob("*/result.*"))]
    tried = [
        read(Path(folder), layout, case, contents(case, dtype)["output"])
        for layout in layouts or manifest["layouts"][:1]
        for case in cases
    ]
    return reported(op, without, tried)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the folder holds, once it is sure that it holds just that."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        version, files = manifest["vectors"], manifest["files"]
    except (OSError, ValueError, TypeError, KeyError):
        refuse_folder(folder, f"it has no {MANIFEST} of theirs")
    if version != VERSION:
        refuse_folder(folder, f"its form has number {version}, and {VERSION} is read")
    for name, known in files.items():
        path = folder / name
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != known:
            refuse_folder(folder, f"{name} has changed")
    return manifest


def refuse_folder(folder: str | PathLike[str], problem: str) -> NoReturn:
    refuse("vectors", received=str(folder), problem=problem)


def read(folder: Path, layout: str, case: Case, right: Array) -> Tried:
    """One result, with what is wrong about its file."""
    place = f"{layout}/{slug(case)}"
    case = replace(case, name=place)
    exact = right.astype(case.input.dtype)
    found = [each for suffix in READERS if (each := folder / place / f"result.{suffix}").exists()]
    if not found:
        *suffixes, last = (f".{suffix}" for suffix in READERS)
        asked = f"result{', '.join(suffixes)} or {last}"
        return Tried(case, exact, None, f"{place} has no {asked}")
    path = found[0]
    expected, _ = arranged("output", right, case, layout)
    try:
        got = READERS[path.suffix[1:]](path.read_bytes(), expected)
    except Exception as error:  # whatever a file of somebody else's makes of its reader
        got = str(error)
    if not isinstance(got, str) and got.dtype.kind not in "iuf":
        got = f"its numbers are of {got.dtype}"
    if isinstance(got, str):
        return Tried(case, exact, None, f"{path.name} cannot be read: {got}")
    problem = ""
    if got.ndim == 1:
        if got.size != expected.size:
            problem = f"gave {got.size} numbers, where {expected.size} are right"
        got = shaped(case, layout, got, expected)
    if got.shape != expected.shape and not problem:
        problem = f"gave shape {got.shape}, where {expected.shape} is right"
    if got.ndim != expected.ndim:
        return Tried(case, exact, None, problem)
    got, filling = restored(got, layout, case.outputs)
    if filling.any():
        problem = "wrote into the channels that only fill a block"
    return Tried(case, exact, got.astype(exact.dtype), problem)


def shaped(case: Case, layout: str, flat: Array, expected: Array) -> Array:
    """Numbers that came without a shape, in that of a mistake that gives them, or the right one."""
    right = flat.size == expected.size
    if not right or not np.array_equal(flat, expected.ravel()):
        for mistake in MISTAKES.values():
            out = mistake.answer(case)
            if out is not None:
                given, _ = arranged("output", out, case, layout)
                if np.array_equal(given.ravel(), flat):
                    return flat.reshape(given.shape)
    return flat.reshape(expected.shape) if right else flat
