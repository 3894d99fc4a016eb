"""Tiny ONNX graphs written byte by byte: no ONNX package, no torch."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

from limner.weights import Row


def field(number: int, value: int | bytes) -> bytes:
    """Return one protocol-buffer field, a varint or a length-delimited one."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    """Return a base-128 integer."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _port(name: str, count: int) -> bytes:
    shape = field(1, field(1, count))
    tensor = field(1, 1) + field(2, shape)
    return field(1, name.encode()) + field(2, field(1, tensor))


def doubling(*, domain: str = "", external: bool = False, factor: float = 2.0) -> bytes:
    """Return a model that multiplies three numbers by `factor`."""
    tensor = field(1, 1) + field(2, 1) + field(8, b"factor")
    if external:
        tensor += field(13, field(1, b"location") + field(2, b"elsewhere.bin")) + field(14, 1)
    else:
        tensor += field(9, struct.pack("<f", factor))
    node = field(1, b"x") + field(1, b"factor") + field(2, b"y") + field(4, b"Mul")
    if domain:
        node += field(7, domain.encode())
    graph = field(1, node) + field(2, b"g") + field(5, tensor)
    graph += field(11, _port("x", 3)) + field(12, _port("y", 3))
    return field(1, 8) + field(7, graph) + field(8, field(1, domain.encode()) + field(2, 17))


def row_of(folder: Path, data: bytes, *, name: str = "test-double", commercial: bool = True) -> Row:
    """Write a graph into `folder` and return its row."""
    (folder / f"{name}.onnx").write_bytes(data)
    return Row(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        room="test",
        license="CC0-1.0" if commercial else "LicenseRef-research-only",
        commercial=commercial,
        inputs={"x": {"shape": [3], "dtype": "float32", "range": [-1, 1]}},
        data=({"name": "nobody's faces", "license": "CC0-1.0"},),
        folder=folder,
    )


def pooling(*shape: int) -> bytes:
    """Return a model that averages each plane of a picture of `shape`: its mean colour."""

    def port(name: str, sizes: tuple[int, ...]) -> bytes:
        dims = b"".join(field(1, field(1, size)) for size in sizes)
        return field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, dims)))

    node = field(1, b"x") + field(2, b"y") + field(4, b"GlobalAveragePool")
    graph = field(1, node) + field(2, b"g") + field(11, port("x", shape))
    graph += field(12, port("y", (*shape[:2], 1, 1)))
    return field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 17))
