"""A GLB says of itself what its bytes hold: lengths, bounds, alignment, parts; broken surfaces are refused."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from limner.errors import BadShape
from limner.files.gltf import Surface, encode_glb
from limner.records import Recipe

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}
TYPES = {5126: np.float32, 5125: np.uint32, 5123: np.uint16}


def square(**changes: Any) -> Surface:
    """Return two triangles, one of skin, one of hair."""
    stream = io.BytesIO()
    Image.fromarray(np.full((4, 4, 3), 90, np.uint8)).save(stream, "PNG")
    points = np.array([[0, 0, 0], [0.1, 0, 0.01], [0, 0.1, 0], [0.1, 0.1, 0]], np.float32)
    given: dict[str, Any] = {
        "points_m": points,
        "normals": np.tile(np.array([0, 0, 2], np.float32), (4, 1)),
        "places": points[:, :2] * 10,
        "labels": np.array([1, 1, 13, 13], np.uint8),
        "parts": {
            "skin": np.array([[0, 1, 2]]),
            "hat": np.zeros((0, 3), np.int64),
            "hair": np.array([[1, 3, 2]]),
        },
        "texture": stream.getvalue(),
    }
    return Surface(**given | changes)


def opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a GLB's description and its binary chunk."""
    magic, version, total = struct.unpack("<4sII", data[:12])
    assert (magic, version, total) == (b"glTF", 2, len(data))
    length, kind = struct.unpack("<I4s", data[12:20])
    assert kind == b"JSON"
    told = json.loads(data[20 : 20 + length])
    size, kind = struct.unpack("<I4s", data[20 + length : 28 + length])
    assert kind == b"BIN\0"
    assert length % 4 == size % 4 == 0
    return told, data[28 + length : 28 + length + size]


def values(told: dict[str, Any], data: bytes, number: int) -> np.ndarray:
    """Return what an accessor holds."""
    accessor = told["accessors"][number]
    view = told["bufferViews"][accessor["bufferView"]]
    kind, width = TYPES[accessor["componentType"]], WIDTHS[accessor["type"]]
    raw = data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    table = np.frombuffer(raw, kind)
    step = view.get("byteStride", width * np.dtype(kind).itemsize) // np.dtype(kind).itemsize
    found: np.ndarray = table.reshape(-1, step)[: accessor["count"], :width]
    return found


def test_the_file_describes_itself_truly() -> None:
    told, data = opened(encode_glb(square()))
    assert told["asset"]["version"] == "2.0"
    assert told["buffers"] == [{"byteLength": len(data)}]
    for view in told["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(data)
    shared = told["meshes"][0]["primitives"][0]["attributes"]
    points = values(told, data, shared["POSITION"])
    bounds = told["accessors"][shared["POSITION"]]
    assert bounds["min"] == points.min(0).tolist()
    assert bounds["max"] == points.max(0).tolist()
    assert np.allclose(np.linalg.norm(values(told, data, shared["NORMAL"]), axis=1), 1)
    assert values(told, data, shared["_CLASS"])[:, 0].tolist() == [1, 1, 13, 13]


def test_every_part_with_triangles_is_a_node_of_its_name() -> None:
    told, data = opened(encode_glb(square()))
    root = told["nodes"][told["scenes"][0]["nodes"][0]]
    named = {told["nodes"][k]["name"]: told["nodes"][k]["mesh"] for k in root["children"]}
    assert list(named) == ["skin", "hair"]
    hair = told["meshes"][named["hair"]]["primitives"][0]
    assert values(told, data, hair["indices"])[:, 0].tolist() == [1, 3, 2]


def test_the_texture_and_the_recipe_travel_inside() -> None:
    told, data = opened(encode_glb(square(), recipe=Recipe("head", {"export": "glb"})))
    view = told["bufferViews"][told["images"][0]["bufferView"]]
    held = data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    assert held == square().texture
    assert told["images"][0]["mimeType"] == "image/png"
    assert told["asset"]["extras"]["limner"]["verb"] == "head"


def test_the_same_surface_gives_the_same_bytes() -> None:
    assert encode_glb(square()) == encode_glb(square())


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": {}},
        {"parts": {"skin": np.array([[0, 1, 9]])}},
        {"labels": np.zeros(3, np.uint8)},
        {"points_m": np.full((4, 3), np.nan, np.float32)},
        {"places": np.zeros((4, 3), np.float32)},
    ],
)
def test_a_broken_surface_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadShape):
        square(**changes)
