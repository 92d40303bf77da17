"""Arrays as the bytes of files that C, Rust, Verilog or ONNX read, and results back from them.

The same numbers give the same bytes everywhere and always: nothing holds a date, a path or the
machine's byte order, which is little-endian in all of them.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from convref.types import Array

__all__: list[str] = []

# Numbers of TensorProto.DataType, and below of TensorProto's fields, in onnx/onnx.proto of
# github.com/onnx/onnx, which promises never to change them.
ONNX_TYPES: Final = {"float32": 1, "int8": 3, "int16": 5, "int32": 6, "float64": 11}
DIMS, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9
VARINT, BYTES = 0, 2  # wire types of protobuf
C_TYPES: Final = {"float32": "float", "float64": "double"}  # others have a `_t` behind their name


def little(array: Array) -> bytes:
    """The numbers one after another, the last axis fastest."""
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def npy(name: str, array: Array) -> bytes:
    """NumPy's own format."""
    stream = io.BytesIO()
    np.save(stream, array.astype(array.dtype.newbyteorder("<")), allow_pickle=False)
    return stream.getvalue()


def npz(arrays: Mapping[str, Array]) -> bytes:
    """A zip of them, as `numpy.savez` makes it; without a date, and as if made on one system."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.create_system = 3
            file.writestr(entry, npy(name, array))
    return stream.getvalue()


def binary(name: str, array: Array) -> bytes:
    """The numbers alone, as `fread` takes them."""
    return little(array)


def dumped(data: object) -> bytes:
    """JSON with one entry a line; lists of numbers stay on one."""
    text = json.dumps(data, indent=1, ensure_ascii=True)
    flat = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    return (flat + "\n").encode()


# $readmemh ----------------------------------------------------------------------------------------


def hex_lines(name: str, array: Array, words: int = 1) -> bytes:
    """For `$readmemh`: two's complement, or the bits of a float; so many words a line.

    The first word of a line stands in its lowest bits, that is on the right. What a last line lacks
    is zeros.
    """
    bits = 8 * array.dtype.itemsize
    each = array.ravel().view(f"u{array.dtype.itemsize}").tolist()
    each += [0] * (-len(each) % words)
    lines = [each[start : start + words] for start in range(0, len(each), words)]
    shape = "x".join(map(str, array.shape))
    told = f"words {array.size} of bits {bits}, on a line {words}, lines {len(lines)}"
    rows = ["".join(f"{word:0{bits // 4}x}" for word in reversed(line)) for line in lines]
    return "\n".join([f"// {name} {shape}: {told}", *rows, ""]).encode()


def from_hex(data: bytes, right: Array) -> Array | str:
    """What `$writememh` writes, or one that writes as `hex_lines` does."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", data.decode("ascii"), flags=re.DOTALL)
    digits, words, lines = 2 * right.dtype.itemsize, [], 0
    for token in text.replace("_", "").lower().split():
        if token[0] == "@":
            if int(token[1:], 16) != lines:
                return f"{token} follows {lines} lines"
            continue
        if set(token) & set("xz"):
            return f"line {lines} is {token}: it was never written"
        lines += 1
        cuts = range(len(token), 0, -digits)
        words += [int(token[max(0, end - digits) : end], 16) for end in cuts]
    if len(words) - right.size in range(1, len(words) // max(lines, 1)):
        del words[right.size :]  # zeros that fill a last line
    return np.array(words, f"u{right.dtype.itemsize}").view(right.dtype)


# TensorProto --------------------------------------------------------------------------------------


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last have the eighth bit."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def tensor(name: str, array: Array) -> bytes:
    """ONNX's TensorProto, with the numbers as raw_data."""
    parts = [varint(DIMS << 3 | VARINT) + varint(n) for n in array.shape]
    parts.append(varint(DATA_TYPE << 3 | VARINT) + varint(ONNX_TYPES[array.dtype.name]))
    for field, value in ((NAME, name.encode()), (RAW_DATA, little(array))):
        parts += [varint(field << 3 | BYTES), varint(len(value)), value]
    return b"".join(parts)


def from_tensor(data: bytes, right: Array) -> Array | str:
    """A TensorProto with raw_data, as `onnx.numpy_helper.from_array` makes it."""
    stream = io.BytesIO(data)
    dims: list[int] = []
    dtype, raw = None, None
    while stream.tell() < len(data):
        key = read_varint(stream)
        field, wire, value = key >> 3, key & 7, read_varint(stream)
        if wire == BYTES and field == DIMS:  # several in one, as onnx.proto3 has them
            end = stream.tell() + value
            while stream.tell() < end:
                dims.append(read_varint(stream))
        elif wire == BYTES:
            packed = stream.read(value)
            raw = packed if field == RAW_DATA else raw
        elif field == DIMS:
            dims.append(value)
        elif field == DATA_TYPE:
            dtype = {number: name for name, number in ONNX_TYPES.items()}[value]
    if dtype is None or raw is None:
        return "it holds no TensorProto with raw_data"
    return np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).reshape(dims)


def read_varint(stream: io.BytesIO) -> int:
    """The number that comes next."""
    number = shift = 0
    while True:
        byte = stream.read(1)[0]
        number |= (byte & 127) << shift
        if byte < 128:
            return number
        shift += 7


# C ------------------------------------------------------------------------------------------------


def c_type(dtype: np.dtype[Any]) -> str:
    """What C calls it."""
    return C_TYPES.get(dtype.name, f"{dtype.name}_t")


def c_array(name: str, array: Array) -> str:
    """A constant array with a row of the last axis on each line."""
    rows = array.reshape(-1, array.shape[-1]).tolist()
    lines = ",\n".join("    " + ", ".join(str(int(value)) for value in row) for row in rows)
    return f"static const {c_type(array.dtype)} {name}[{array.size}] = {{\n{lines}\n}};"


# Which --------------------------------------------------------------------------------------------

# One file for each array.
ARRAYS: Final[dict[str, Callable[[str, Array], bytes]]] = {
    "npy": npy,
    "bin": binary,
    "hex": hex_lines,
    "pb": tensor,
}


def from_npz(data: bytes, right: Array) -> Array:
    """The one array in it, or the one named result."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        name = "result" if "result" in file.files else file.files[0]
        out: Array = file[name]
    return out


# What reads a result, or says why it cannot; one without a shape comes flat. `right` tells dtype
# and size.
READERS: Final[dict[str, Callable[[bytes, Array], Array | str]]] = {
    "npy": lambda data, right: np.load(io.BytesIO(data), allow_pickle=False),
    "npz": from_npz,
    "json": lambda data, right: np.array(json.loads(data)),
    "txt": lambda data, right: np.array(data.decode("ascii").split(), np.float64),
    "bin": lambda data, right: np.frombuffer(data, right.dtype.newbyteorder("<")),
    "hex": from_hex,
    "pb": from_tensor,
}
