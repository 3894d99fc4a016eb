"""A coloured surface in named parts in → the bytes of a GLB: glTF 2.0 in one file.

Written by hand, because it is short: a JSON chunk that describes, a binary chunk that holds. All parts share vertices,
normals, texture coordinates and one texture; each part is a node of its own with its own triangles, so that it can be
chosen by name in any 3D program.

References
----------
The Khronos Group: glTF 2.0 specification, sections 3.6 (accessors, alignment) and 4.4 (GLB).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from limner.records import Recipe

__all__ = ["Surface", "encode_glb"]

_FLOAT, _UINT, _USHORT = 5126, 5125, 5123
_VERTICES, _INDICES = 34962, 34963
_TRIANGLES, _CLAMP, _LINEAR, _MIPMAPS = 4, 33071, 9729, 9987


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A textured surface of triangles.

    Parameters
    ----------
    points_m : ndarray of shape (N, 3), float32
        x to the sitter's left, y up, z ahead: glTF's own axes.
    normals : ndarray of shape (N, 3), float32
        Unit length, outwards.
    places : ndarray of shape (N, 2), float32
        Where each point lies on the texture: 0 to 1, from the left and from the top.
    labels : ndarray of shape (N,), uint8
        Class of each point.
    parts : mapping of str to ndarray of shape (T, 3), int
        Triangles of each part, counter-clockwise from outside.
    texture : bytes
        A PNG or JPEG.
    """

    points_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    places: NDArray[np.float32]
    labels: NDArray[np.uint8]
    parts: Mapping[str, NDArray[np.integer]]
    texture: bytes

    def __post_init__(self) -> None:
        """Refuse what would make a broken file."""
        n = len(self.points_m)
        shapes: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "points_m": (self.points_m, (n, 3)),
            "normals": (self.normals, (n, 3)),
            "places": (self.places, (n, 2)),
            "labels": (self.labels, (n,)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape or not np.isfinite(array).all():
                raise BadShape(f"Surface.{name} is {array.shape}, wanted finite {shape}.")
        whole = [p for p in self.parts.values() if len(p)]
        if n < 3 or not whole:
            raise BadShape("The surface has no triangle.")
        for name, triangles in self.parts.items():
            inside = triangles.ndim == 2 and triangles.shape[1] == 3
            if not inside or (len(triangles) and not 0 <= triangles.min() <= triangles.max() < n):
                raise BadShape(f"The triangles of {name} do not fit {n} points.")


class _Binary:
    """The binary chunk as it grows: views and accessors of glTF."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, **more: int) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data), **more}
        )
        self.data += data
        return len(self.views) - 1

    def accessor(self, array: NDArray[Any], kind: str, component: int, **more: Any) -> int:
        target = _INDICES if kind == "SCALAR" and component == _UINT else _VERTICES
        view = self.view(array.tobytes(), target=target, **more.pop("view", {}))
        self.accessors.append(
            {"bufferView": view, "componentType": component, "count": len(array), "type": kind}
            | more
        )
        return len(self.accessors) - 1


def encode_glb(surface: Surface, *, recipe: Recipe | None = None) -> bytes:
    """Encode a surface; equal input gives equal bytes.

    Parameters
    ----------
    surface : Surface
        Parts without triangles are left out.
    recipe : Recipe, optional
        Written into the asset's `extras`.

    Returns
    -------
    bytes
        A GLB: nodes named after the parts, one double-sided unlit-looking material, the class of each vertex as the
        attribute `_CLASS`.
    """
    binary = _Binary()
    points = np.ascontiguousarray(surface.points_m, np.float32)
    bounds = {"min": points.min(0).tolist(), "max": points.max(0).tolist()}
    # vertex attributes keep to steps of four bytes
    classes = np.zeros((len(points), 2), np.uint16)
    classes[:, 0] = surface.labels
    shared = {
        "POSITION": binary.accessor(points, "VEC3", _FLOAT, **bounds),
        "NORMAL": binary.accessor(_units(surface.normals), "VEC3", _FLOAT),
        "TEXCOORD_0": binary.accessor(
            np.ascontiguousarray(surface.places, np.float32), "VEC2", _FLOAT
        ),
        "_CLASS": binary.accessor(classes, "SCALAR", _USHORT, view={"byteStride": 4}),
    }
    meshes, nodes = [], []
    for name, triangles in surface.parts.items():
        if not len(triangles):
            continue
        corners = np.ascontiguousarray(triangles, np.uint32).ravel()
        indices = binary.accessor(corners, "SCALAR", _UINT)
        primitive = {"attributes": shared, "indices": indices, "material": 0, "mode": _TRIANGLES}
        meshes.append({"name": name, "primitives": [primitive]})
        nodes.append({"name": name, "mesh": len(meshes) - 1})
    image = binary.view(surface.texture)
    children = list(range(len(nodes)))
    nodes.append({"name": "head", "children": children})
    kind = "image/png" if surface.texture.startswith(b"\x89PNG") else "image/jpeg"
    asset: dict[str, Any] = {"version": "2.0", "generator": "Limner"}
    if recipe is not None:
        asset["extras"] = {"limner": json.loads(recipe.as_json())}
    binary.data += b"\0" * (-len(binary.data) % 4)
    told = {
        "asset": asset,
        "scene": 0,
        "scenes": [{"name": "portrait", "nodes": [len(nodes) - 1]}],
        "nodes": nodes,
        "meshes": meshes,
        "materials": [_MATERIAL],
        "textures": [{"sampler": 0, "source": 0}],
        "samplers": [
            {"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _CLAMP, "wrapT": _CLAMP}
        ],
        "images": [{"bufferView": image, "mimeType": kind, "name": "portrait"}],
        "accessors": binary.accessors,
        "bufferViews": binary.views,
        "buffers": [{"byteLength": len(binary.data)}],
    }
    return _container(told, bytes(binary.data))


#: Skin and hair shine little; the photograph's light is in the texture already.
_MATERIAL: dict[str, Any] = {
    "name": "portrait",
    "doubleSided": True,
    "pbrMetallicRoughness": {
        "baseColorTexture": {"index": 0},
        "metallicFactor": 0,
        "roughnessFactor": 0.9,
    },
}


def _units(normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit vectors; one without length points ahead."""
    length = np.linalg.norm(normals.astype(np.float64), axis=1, keepdims=True)
    safe = np.where(length > 1e-9, normals / np.maximum(length, 1e-9), [0.0, 0.0, 1.0])
    return np.ascontiguousarray(safe, np.float32)


def _container(told: dict[str, Any], data: bytes) -> bytes:
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    total = 12 + 8 + len(text) + 8 + len(data)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(data), b"BIN\0"),
            data,
        )
    )
