"""What a graph must not hold: the bytes of an ONNX file in → nothing, or the reason why it is refused.

A graph that points at other files, or that asks for operators outside ONNX's own set, could read what it should not or
run code that Limner does not ship. The walk reads the protocol buffer's wire format itself, so the core install needs
no ONNX package.

References
----------
ONNX IR specification (onnx.proto3), fields ModelProto.graph 7 and opset_import 8, GraphProto.node 1 and initializer 5,
NodeProto.domain 7 and attribute 5, TensorProto.external_data 13 and data_location 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from limner.errors import CorruptWeights

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["audit"]

_OWN_DOMAINS = ("", "ai.onnx")
_MOST_DEPTH = 16


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise CorruptWeights("The graph is cut short or is no ONNX file.")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise CorruptWeights(
                f"The graph is no ONNX file: it holds a field of wire type {kind}."
            )
        if at + size > len(data):
            raise CorruptWeights("The graph is cut short or is no ONNX file.")
        yield number, data[at : at + size]
        at += size


def _messages(data: memoryview, number: int) -> Iterator[memoryview]:
    for found, value in _fields(data):
        if found == number and isinstance(value, memoryview):
            yield value


def _tensor(data: memoryview) -> None:
    for number, value in _fields(data):
        if number == 13 or (number == 14 and value == 1):
            raise CorruptWeights(
                "The graph keeps its numbers in another file; only whole files are opened."
            )


def _graph(data: memoryview, depth: int) -> int:
    if depth > _MOST_DEPTH:
        raise CorruptWeights(f"The graph nests more than {_MOST_DEPTH} graphs.")
    count = 0
    for tensor in _messages(data, 5):
        _tensor(tensor)
    for node in _messages(data, 1):
        count += 1
        for domain in _messages(node, 7):
            _own(bytes(domain).decode("utf-8", "replace"))
        for attribute in _messages(node, 5):
            for field in (5, 10):
                for tensor in _messages(attribute, field):
                    _tensor(tensor)
            for field in (6, 11):
                for inner in _messages(attribute, field):
                    count += _graph(inner, depth + 1)
    return count


def _own(domain: str) -> None:
    if domain not in _OWN_DOMAINS:
        raise CorruptWeights(
            f"The graph asks for operators of {domain!r}; only ONNX's own are run."
        )


def audit(data: bytes) -> int:
    """Refuse a graph with outside data or foreign operators.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    int
        How many operators it holds.

    Raises
    ------
    CorruptWeights
        If the bytes are no ONNX model, are cut short, keep tensors elsewhere, or use a domain other than ONNX's own.
    """
    view = memoryview(data)
    for opset in _messages(view, 8):
        for domain in _messages(opset, 1):
            _own(bytes(domain).decode("utf-8", "replace"))
    count = sum(_graph(graph, 0) for graph in _messages(view, 7))
    if count == 0:
        raise CorruptWeights("The graph holds no operators, or the file is no ONNX model.")
    return count
