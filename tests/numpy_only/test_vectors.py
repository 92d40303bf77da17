"""`convref.conformance.vectors`: what is in the files, and what is said of what comes back."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convref
from convref.__main__ import main
from convref.conformance import MISTAKES, OPS, checked, write_vectors
from convref.conformance.arrangement import LAYOUTS, arranged, restored
from convref.conformance.formats import ARRAYS, READERS, hex_lines, varint
from convref.conformance.suite import answer, cases, smoke
from convref.conformance.vectors import DTYPES, FORMATS, contents, numbers, slug
from convref.layouts import convert_weight

Call = dict[str, Any]


def calls(folder: Path, layout: str = "nchw") -> list[Path]:
    """The folders of the cases."""
    return sorted(path.parent for path in folder.glob(f"{layout}/*/call.txt"))


def read_call(call: Path) -> Call:
    """As a program reads it that knows neither JSON nor NumPy."""
    lines = [line.split() for line in (call / "call.txt").read_text().splitlines()]
    return {name: values if name == "op" else list(map(int, values)) for name, *values in lines}


def read(form: str, data: bytes, right: Any) -> Any:
    """An array, or a word on what is wrong."""
    return READERS[form](data, right)


# What is in a case --------------------------------------------------------------------------------


@pytest.mark.parametrize("op", OPS)
def test_what_comes_between_leads_to_what_is_right(op: str) -> None:
    for case in cases(op):
        found = contents(case)
        columns, groups, outputs = found["columns"], case.groups, case.outputs
        N, _, taps, cells = columns.shape
        if case.transposed:
            fold = (convref.fold1d, convref.fold, convref.fold3d)[case.rank - 1]
            sizes = found["uncropped"].shape[2:]
            matrix = columns.reshape(N, outputs * taps, cells)
            folded = fold(matrix, sizes, case.weight.shape[2:], case.dilation, 0, case.stride)
            np.testing.assert_array_equal(folded, found["uncropped"])
            for index in np.ndindex(found["accumulators"].shape):
                place = [p + a for p, (a, _) in zip(index[2:], case.padding, strict=True)]
                inside = all(p < n for p, n in zip(place, sizes, strict=True))
                due = found["uncropped"][(*index[:2], *place)] if inside else 0
                assert found["accumulators"][index] == due
        else:
            padded = np.pad(case.input, [(0, 0), (0, 0), *case.padding])
            np.testing.assert_array_equal(found["padded"], padded)
            rows = columns.reshape(N, groups, -1, cells)
            matrix = case.weight.reshape(groups, outputs // groups, -1)
            product = np.einsum("gok,ngkx->ngox", matrix, rows)
            np.testing.assert_array_equal(product.ravel(), found["accumulators"].ravel())
        bias = 0 if case.bias is None else case.bias.reshape(-1, *[1] * case.rank)
        np.testing.assert_array_equal(found["accumulators"] + bias, found["output"])
        np.testing.assert_array_equal(found["output"], answer(case))


@pytest.mark.parametrize("op", OPS)
def test_every_number_is_exact_in_every_dtype(op: str) -> None:
    for case, dtype in product(cases(op), DTYPES):
        sums = "int32" if dtype.startswith("int") else dtype
        exact = contents(case, "float64")
        for name, array in contents(case, dtype).items():
            operand = name in ("input", "weight", "padded")
            operand |= name == "columns" and not case.transposed
            assert array.dtype == (dtype if operand else sums)
            np.testing.assert_array_equal(array, exact[name])


# Layouts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_activations_stand_where_the_layout_says(layout: str) -> None:
    for op in ("conv1d", "conv2d", "conv3d"):
        case = smoke(op)[0]
        x, block = case.input, LAYOUTS[layout]
        out, axes = arranged("input", x, case, layout)
        letters = {1: "L", 2: "HW", 3: "DHW"}[case.rank]
        assert axes == {0: f"N{letters}C" if layout != "nchw" else f"NC{letters}"}.get(
            block, f"NC{letters}{block}c"
        )
        assert out.flags.c_contiguous
        for n, c, *place in np.ndindex(x.shape):
            if block:
                index = (n, c // block, *place, c % block)
            else:
                index = (n, *place, c) if layout != "nchw" else (n, c, *place)
            assert out[index] == x[(n, c, *place)]
        assert np.count_nonzero(out) == np.count_nonzero(x)
        back, filling = restored(out, layout, x.shape[1])
        np.testing.assert_array_equal(back, x)
        assert not filling.size or not filling.any()
        assert filling.shape[1] == (-x.shape[1] % block if block else 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("op", OPS)
def test_weights_stand_where_the_layout_says(op: str, layout: str) -> None:
    for case in smoke(op):
        w, block, G = case.weight, LAYOUTS[layout], case.groups
        out, axes = arranged("weight", w, case, layout)
        letters = {1: "L", 2: "HW", 3: "DHW"}[case.rank]
        for first, second, *tap in np.ndindex(w.shape):
            value = w[(first, second, *tap)]
            if block:
                # Within its group: the filter and the input channel.
                g, rest = divmod(first, w.shape[0] // G)
                o, i = (second, rest) if case.transposed else (rest, second)
                index = (o // block, i // block, *tap, i % block, o % block)
                assert out[(g, *index) if G > 1 else index] == value
            elif layout == "nchw":
                assert out[(first, second, *tap)] == value
            elif layout == "nhwc":
                assert out[(*tap, second, first)] == value
            else:
                o, i = (second, first) if case.transposed else (first, second)
                assert out[(o, *tap, i)] == value
        assert np.count_nonzero(out) == np.count_nonzero(w)
        named = "IO" if case.transposed else "OI"
        assert axes == {
            "nchw": f"{named}{letters}",
            "nhwc": f"{letters}{named[::-1]}",
            "nhwc-ohwi": f"O{letters}I",
        }.get(layout, f"{'g' * (G > 1)}OI{letters}{block}i{block}o")


def test_channels_last_is_what_keras_has() -> None:
    for op, kind in (("conv2d", "conv"), ("conv_transpose2d", "transposed")):
        case = smoke(op, ["groups"])[0]
        there = convert_weight(case.weight, "torch", "keras", kind=kind)  # type: ignore[arg-type]
        np.testing.assert_array_equal(arranged("weight", case.weight, case, "nhwc")[0], there)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_weight_of_a_layout_multiplies_its_columns(layout: str) -> None:
    case = smoke("conv2d")[2]
    found = {name: arranged(name, a, case, layout)[0] for name, a in contents(case).items()}
    columns, weight, block = found["columns"], found["weight"], LAYOUTS[layout]
    if block:
        # (O blocks, rows, o) and (N, rows, cells).
        matrix = weight.reshape(len(weight), -1, block)
        out = np.einsum("bro,nrx->nbxo", matrix, columns)
    elif layout == "nchw":
        out = np.einsum("or,nrx->nox", weight.reshape(len(weight), -1), columns)
    elif layout == "nhwc":
        out = columns @ weight.reshape(-1, weight.shape[-1])
    else:
        out = columns @ weight.reshape(len(weight), -1).T
    np.testing.assert_array_equal(out.ravel(), found["accumulators"].ravel())
    assert found["bias"].size == (-(-4 // block) * block if block else 4)


# Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", ARRAYS)
def test_what_is_written_is_read_back(form: str, dtype: str) -> None:
    array = contents(smoke("conv2d")[0], dtype)["output"]
    back = read(form, ARRAYS[form]("output", array), array)
    assert back.dtype.newbyteorder("=") == array.dtype
    np.testing.assert_array_equal(back.reshape(array.shape), array)
    swapped = array.astype(array.dtype.newbyteorder(">"))
    if form != "hex":  # which sees the machine's own order alone
        assert ARRAYS[form]("output", swapped) == ARRAYS[form]("output", array)


def test_hex_is_what_readmemh_takes() -> None:
    array = np.array([[1, -1, 127], [-128, 0, 10]], "i1")
    assert hex_lines("x", array, 4).decode() == (
        "// x 2x3: words 6 of bits 8, on a line 4, lines 2\n807fff01\n00000a00\n"
    )
    assert hex_lines("x", array).decode().split()[-6:] == ["01", "ff", "7f", "80", "00", "0a"]
    assert hex_lines("b", np.array([-2, 300], "i2")).decode().split("\n")[1:3] == ["fffe", "012c"]
    assert hex_lines("b", np.array([1.0, -2.0], "f4"), 2).decode().split("\n")[1] == (
        "c0000000" + "3f800000"
    )
    for words in (1, 2, 3, 4, 6, 7):
        np.testing.assert_array_equal(
            READERS["hex"](hex_lines("x", array, words), array), array.ravel()
        )


def test_hex_of_a_simulator_is_read() -> None:
    right = np.zeros(3, "i2")
    text = b"// 0x00000000\n@0 00_01 /* two\nlines */ FFFF\n@2\n7 // short\n"
    assert read("hex", text, right).tolist() == [1, -1, 7]
    # One more line is one number too many, be it zero; what fills a line is not.
    assert read("hex", b"0001 0002 0003 0000", right).tolist() == [1, 2, 3, 0]
    assert read("hex", b"00020001 00000003", right).tolist() == [1, 2, 3]
    assert read("hex", b"", right).tolist() == []
    assert read("hex", b"0001 xxxx", right) == "line 1 is xxxx: it was never written"
    assert read("hex", b"0001 000Z", right) == "line 1 is 000z: it was never written"
    assert read("hex", b"0001 @4 0002", right) == "@4 follows 1 lines"


def test_a_tensor_is_what_the_format_of_protobuf_says() -> None:
    """Field and wire type in a byte: dims 08, data_type 10, name 42, raw_data 4a."""
    array = np.array([[1, -2, 3]], "i1")
    assert ARRAYS["pb"]("ab", array).hex(" ") == "08 01 08 03 10 03 42 02 61 62 4a 03 01 fe 03"
    assert [varint(n).hex() for n in (0, 127, 128, 300, 16384)] == [
        *("00", "7f", "8001", "ac02", "808001")
    ]
    wide = np.arange(300, dtype="i2").reshape(2, 150)
    np.testing.assert_array_equal(READERS["pb"](ARRAYS["pb"]("", wide), wide), wide)
    # As proto3 packs dims, and with two fields that are not asked for, one of a key of two bytes.
    packed = bytes.fromhex("0a 02 01 03 10 03 70 00 82 01 01 00 4a 03 01 fe 03".replace(" ", ""))
    np.testing.assert_array_equal(READERS["pb"](packed, array), array)
    for missing in (b"", bytes.fromhex("0801")):
        assert READERS["pb"](missing, array) == "it holds no TensorProto with raw_data"


def test_everything_is_there_and_the_manifest_tells_it(tmp_path: Path) -> None:
    said = {"formats": FORMATS, "layouts": list(LAYOUTS), "dtype": "int8", "words": 4}
    files = write_vectors(tmp_path / "one", "conv2d", **said)  # type: ignore[arg-type]
    there = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert {str(path.relative_to(tmp_path / "one").as_posix()) for path in there} == set(files)
    again = write_vectors(str(tmp_path / "two"), "conv2d", **said)  # type: ignore[arg-type]
    assert files == again
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    text = (tmp_path / "one" / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["convref"] == convref.__version__
    assert set(manifest["files"]) == {*files} - {"manifest.json"}
    assert str(tmp_path) not in text
    for case, layout in product(smoke("conv2d"), LAYOUTS):
        call = tmp_path / "one" / layout / slug(case)
        assert manifest["cases"][slug(case)] == numbers(case)
        told = json.loads((call / "case.json").read_text())
        assert (told["op"], told["call"]) == ("conv2d", numbers(case))
        for name, array in contents(case, "int8").items():
            due, axes = arranged(name, array, case, layout)
            entry = manifest["arrays"][f"{layout}/{slug(case)}/{name}"]
            assert entry == {
                "axes": axes,
                "shape": list(due.shape),
                "dtype": str(due.dtype),
                "numbers": due.size,
            }
            for form in ARRAYS:
                back = read(form, (call / f"{name}.{form}").read_bytes(), due)
                np.testing.assert_array_equal(back.reshape(due.shape), due)
            lines = (call / f"{name}.hex").read_text().splitlines()
            assert len(lines) == 1 + -(-due.size // 4)
            one = told["arrays"][name]
            back = np.array(one["values"], one["dtype"]).reshape(one["shape"])
            np.testing.assert_array_equal(back, due)
            with np.load(call / "case.npz") as file:
                np.testing.assert_array_equal(file[name], due)
        with zipfile.ZipFile(call / "case.npz") as packed:
            assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert {each.create_system for each in packed.infolist()} == {3}


def test_a_call_is_told_as_plain_numbers(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv1d", formats=["hex"])
    call = read_call(tmp_path / "nchw" / "everything")
    assert call.pop("op") == ["conv1d"]
    case = smoke("conv1d")[0]
    assert {n: v if len(v) > 1 else v[0] for n, v in call.items()} == {
        name: value if isinstance(value, int) else value[0] for name, value in numbers(case).items()
    }
    text = (tmp_path / "nchw" / "everything" / "call.vh").read_text()
    assert "localparam BATCH = 2;\n" in text
    assert "localparam AFTER_0 = 2;\n" in text
    assert len(text.splitlines()) == len(numbers(case))


def test_the_header_holds_what_the_other_files_hold(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv2d", formats=["c"], layouts=["nhwc"], dtype="int8", level="full")
    text = (tmp_path / "nhwc" / "cases.h").read_text()
    found = re.findall(r"static const (\w+) (\w+)\[(\d+)\] = \{\n([^}]*)\n\};", text)
    arrays = {name: (kind, int(size), values) for kind, name, size, values in found}
    table = text.partition("convref_cases[CONVREF_CASES] = {\n")[2]
    for case, row in zip(cases("conv2d"), table.splitlines(), strict=False):
        told = str(list(numbers(case).values()))[1:-1].replace("[", "{").replace("]", "}")
        assert row.startswith(f'    {{"{slug(case)}", {told}, convref_')
        for name, array in contents(case, "int8").items():
            due, _ = arranged(name, array, case, "nhwc")
            kind, size, listed = arrays[f"convref_{slug(case).replace('-', '_')}_{name}"]
            assert (kind, size) == (f"{due.dtype}_t", due.size)
            assert [int(value) for value in listed.split(",")] == due.ravel().tolist()
            assert f"_{name}" in row
        assert (", 0, convref" in row) == (case.bias is None)
        assert row.rstrip(",").endswith(f"_output, {answer(case).size}}}")
    assert "    const int32_t *bias;\n" in text
    assert "#define CONVREF_CASES 19\n" in text
    write_vectors(tmp_path, "conv2d", formats=["c"], without=["bias"], dtype="float64")
    text = (tmp_path / "nchw" / "cases.h").read_text()
    assert "    const double *bias;\n" in text
    assert "    int with_bias;\n    int size[2];\n" in text


# Results ------------------------------------------------------------------------------------------


def as_npz(name: str, array: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, other=array[:1], result=array)
    return stream.getvalue()


WRITERS: dict[str, Callable[[str, Any], bytes]] = {
    **ARRAYS,
    "npz": as_npz,
    "json": lambda name, array: json.dumps(array.tolist()).encode(),
    "txt": lambda name, array: " ".join(map(str, array.ravel().tolist())).encode(),
}


def give(
    folder: Path, op: str, layout: str, suffix: str, made: Any, dtype: str, level: str = "smoke"
) -> None:
    """Write what a program would that makes this of each case."""
    for case in (smoke if level == "smoke" else cases)(op):
        sums = "int32" if dtype.startswith("int") else dtype
        out, _ = arranged("output", made(case).astype(sums), case, layout)
        path = folder / layout / slug(case) / f"result.{suffix}"
        path.write_bytes(WRITERS[suffix]("result", out))


def test_the_command_line_reports_on_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["vectors", str(tmp_path), "--op", "conv1d", "--without", "bias"])
    for made, code, said in (
        (bare, 0, "conv1d: 3 of 3 cases are right\nnot asked for: bias\n"),
        (lambda case: bare(case)[:, ::-1], 1, "\nmistake: outputs-reversed\n"),
    ):
        give(tmp_path, "conv1d", "nchw", "npy", made, "float32")
        capsys.readouterr()
        ended: Any = 0
        try:
            main(["check", "--results", str(tmp_path)])
        except SystemExit as end:
            ended = end.code
        assert ended == code
        assert said in capsys.readouterr().out


def bare(case: Any) -> Any:
    """Without the bias."""
    return contents(case)["accumulators"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("suffix", READERS)
def test_results_come_back_from_every_kind_of_file(
    tmp_path: Path, suffix: str, layout: str
) -> None:
    op, dtype = ("conv2d", "int16") if suffix in ("hex", "bin") else ("conv_transpose1d", "float32")
    write_vectors(tmp_path, op, layouts=[*LAYOUTS], dtype=dtype)
    give(tmp_path, op, layout, suffix, answer, dtype)
    report = checked(tmp_path)
    assert report
    assert report.tried[0].case.name == f"{layout}/everything"
    wrong = "channels-reversed"
    give(tmp_path, op, layout, suffix, MISTAKES[wrong].answer, dtype)
    assert [mistake.name for mistake in checked(tmp_path).mistakes] == [wrong]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of these files the tests change results alone."""
    folder = tmp_path_factory.mktemp("three")
    write_vectors(folder, "conv2d")
    return folder


@pytest.mark.parametrize("name", [name for name, each in MISTAKES.items() if "conv" in each.kinds])
def test_a_mistake_is_named_from_its_files(three: Path, name: str) -> None:
    """Also where a program gives numbers of another shape, or more of them, and no shape."""
    give(three, "conv2d", "nchw", "bin", MISTAKES[name].answer, "float32")
    assert [mistake.name for mistake in checked(three).mistakes] == [name]


def test_all_layouts_with_results_are_looked_at(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv1d", layouts=["nchw", "nhwc", "nchw4c"])
    give(tmp_path, "conv1d", "nhwc", "npy", answer, "float32")
    assert len(checked(tmp_path).tried) == 3
    give(tmp_path, "conv1d", "nchw4c", "npy", lambda case: answer(case) * 2, "float32")
    report = checked(tmp_path)
    assert [each.case.name for each in report.tried if each.good] == [
        *("nhwc/everything", "nhwc/other-way-round", "nhwc/plain")
    ]
    assert len(report.tried) == 6


def problem(folder: Path, suffix: str, data: bytes) -> str:
    """What is said of one result."""
    path = folder / "nchw4c" / "plain" / f"result.{suffix}"
    path.write_bytes(data)
    found = {each.case.name: each.problem for each in checked(folder).tried}
    path.unlink()
    return found["nchw4c/plain"]


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv2d", layouts=["nchw4c"], dtype="int8", level="full")
    assert not (report := checked(tmp_path))
    assert {each.problem for each in report.tried} == {
        f"nchw4c/{slug(case)} has no result.npy, .npz, .json, .txt, .bin, .hex or .pb"
        for case in cases("conv2d")
    }
    right, _ = arranged(
        "output", answer(smoke("conv2d")[2]).astype("i4"), smoke("conv2d")[2], "nchw4c"
    )
    assert right.shape == (1, 1, 3, 6, 4)
    assert problem(tmp_path, "bin", right.tobytes()) == ""
    assert problem(tmp_path, "bin", right.tobytes()[4:]) == "gave 71 numbers, where 72 are right"
    assert problem(tmp_path, "npy", ARRAYS["npy"]("", right[0])) == (
        "gave shape (1, 3, 6, 4), where (1, 1, 3, 6, 4) is right"
    )
    assert problem(tmp_path, "npy", ARRAYS["npy"]("", right[:, :, :2])) == (
        "gave shape (1, 1, 2, 6, 4), where (1, 1, 3, 6, 4) is right"
    )
    assert problem(tmp_path, "json", b"[1, 2").startswith("result.json cannot be read: ")
    assert problem(tmp_path, "json", b'["a"]') == (
        "result.json cannot be read: its numbers are of <U1"
    )
    assert problem(tmp_path, "bin", b"123").startswith("result.bin cannot be read: ")
    assert problem(tmp_path, "hex", b"xxxxxxxx") == (
        "result.hex cannot be read: line 0 is xxxxxxxx: it was never written"
    )


def test_channels_that_fill_a_block_stay_zero(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv2d", layouts=["nchw4c"])
    give(tmp_path, "conv2d", "nchw4c", "npy", answer, "float32")
    path = tmp_path / "nchw4c" / "everything" / "result.npy"
    out = np.load(path)
    assert out.shape[1] * 4 == 8
    out[1, 1, 2, 1, 3] = 5
    np.save(path, out)
    report = checked(tmp_path)
    assert report.tried[0].problem == "wrote into the channels that only fill a block"
    assert not report and not report.mistakes


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: "[]", "it has no manifest"),
        (lambda text: "{}", "it has no manifest.json"),
        (lambda text: "{", "it has no manifest.json of theirs"),
        (lambda text: text.replace('"vectors": 1', '"vectors": 9'),
         "its form has number 9, and 1 is read"),
        (lambda text: re.sub(r'"suite": "\w', '"suite": "_', text),
         "its cases are those of another version"),
    ],
)  # fmt: skip
def test_a_folder_of_something_else_is_refused(tmp_path: Path, change: Any, problem: str) -> None:
    write_vectors(tmp_path, "conv1d")
    path = tmp_path / "manifest.json"
    path.write_text(change(path.read_text()))
    with pytest.raises(ValueError, match=f", but {problem}"):
        checked(tmp_path)


def test_a_changed_file_is_refused_and_a_missing_one_is_not(tmp_path: Path) -> None:
    write_vectors(tmp_path, "conv1d")
    give(tmp_path, "conv1d", "nchw", "npy", answer, "float32")
    (tmp_path / "nchw" / "plain" / "columns.npy").unlink()
    assert checked(tmp_path)
    (tmp_path / "nchw" / "plain" / "input.npy").write_bytes(b"")
    with pytest.raises(ValueError, match=r"nchw/plain/input\.npy has changed"):
        checked(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("op", "conv4d"),
            ("formats", ["hex", "xml"]),
            ("layouts", ["nchw5c"]),
            ("layouts", []),
            ("formats", ()),
        ),
        *(("level", "half"), ("without", ["bais"]), ("dtype", "float16"), ("words", 0)),
    ],
)
def test_bad_use_is_refused_before_anything_is_written(
    tmp_path: Path, name: str, value: Any
) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be "):
        write_vectors(tmp_path / "new", **{name: value})
    assert not (tmp_path / "new").exists()


# A kernel that sees memory alone ------------------------------------------------------------------

TILE = 4


def tiled(call: Call, x: Any, w: Any, b: Any, border: bool = True) -> Any:
    """Each program computes a tile of cells of one output channel, masked, in flat NHWC memory."""
    (N,), (C,), (K,), (G,) = (call[name] for name in ("batch", "channels", "outputs", "groups"))
    (H, W), (KH, KW), (OH, OW) = call["size"], call["kernel"], call["out"]
    (SH, SW), (DH, DW), (top, left) = call["stride"], call["dilation"], call["before"]
    out = np.zeros(N * OH * OW * K, x.dtype)
    for program in range(-(-N * OH * OW // TILE) * K):
        tile, o = divmod(program, K)
        cells = tile * TILE + np.arange(TILE)
        n, rest = np.divmod(cells, OH * OW)
        row, column = np.divmod(rest, OW)
        inside = n < N
        sums = np.full(TILE, b[o] if call["with_bias"][0] else 0, x.dtype)
        for kh, kw, c in product(range(KH), range(KW), range(C // G)):
            y, z = row * SH - top + kh * DH, column * SW - left + kw * DW
            mask = inside & (y >= 0) & (y < H) & (z >= 0) & (z < W)
            if not border:
                mask = inside
            address = ((n * H + y) * W + z) * C + o // (K // G) * (C // G) + c
            loaded = np.where(mask, x[np.clip(address, 0, len(x) - 1)], 0)
            sums += loaded * w[((o * KH + kh) * KW + kw) * (C // G) + c]
        out[(cells * K + o)[inside]] = sums[inside]
    return out


@pytest.mark.parametrize("border", [True, False])
def test_a_tiled_kernel_goes_through_files(tmp_path: Path, border: bool) -> None:
    write_vectors(tmp_path, "conv2d", formats=["bin"], layouts=["nhwc-ohwi"], level="full")
    for call in calls(tmp_path, "nhwc-ohwi"):
        told = read_call(call)
        names = ["input", "weight", *["bias"] * told["with_bias"][0]]
        x, w, *b = (np.fromfile(call / f"{name}.bin", "<f4") for name in names)
        tiled(told, x, w, b[0] if b else None, border).tofile(call / "result.bin")
    report = checked(tmp_path)
    assert bool(report) == border
    if not border:
        assert "Wrong are the cases with padding, and only these." in str(report)
