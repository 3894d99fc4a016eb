"""A `HeadRenderer` in → the head as one textured surface, its triangles sorted by part.

Depth seen from several cameras is gathered on a capsule around the head, where a head is (nearly) a height-field: an
azimuth, a height along the axis and over the crown, a radius. What no camera saw, the back of the head, stays open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import InputError
from limner.geometry.camera import MOST_PITCH_DEG, MOST_YAW_DEG, Camera
from limner.geometry.near import largest_piece
from limner.heads.project import fill, surface
from limner.records import CLASSES, HEAD_PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.heads.render import HeadRenderer
    from limner.records import View

    Floats = NDArray[np.float32]

__all__ = ["Mesh", "from_capsule", "to_capsule", "to_mesh"]

#: Where the capsule's axis ends and its rounding begins; how far behind the origin it stands; the rounding's scale, m.
_TOP_M, _BACK_M, _ROUND_M = 0.03, 0.01, 0.10
_LOW_M, _CROWN_M = -0.16, _TOP_M + _ROUND_M * math.sqrt(2)
#: Half the width of the surface in azimuth (radians): a little behind the ears.
_WIDE = math.radians(125)
_COLUMNS, _ROWS = 192, 224
_TEXTURE_PX = (1024, 1024)
#: Cameras that look at the head, the first is nearest to the photograph's own.
_CAMERAS = ((0.0, 0.0), (-28.0, 0.0), (28.0, 0.0), (-58.0, 0.0), (58.0, 0.0), (0.0, 28.0))
#: A texel takes a camera's colour if the surface there is seen this near to where it should be.
_NEAR_M = 0.008


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A head as triangles.

    Parameters
    ----------
    points_m, normals : ndarray of shape (N, 3), float32
        World frame: x to the sitter's left, y up, z ahead.
    places : ndarray of shape (N, 2), float32
        On the texture, 0 to 1, from the left and from the top.
    labels : ndarray of shape (N,), uint8
        Class of each point.
    parts : dict of str to ndarray of shape (T, 3), int64
        Triangles by part, counter-clockwise from outside.
    texture : ndarray of shape (H, W, 3), uint8
        sRGB.
    """

    points_m: Floats
    normals: Floats
    places: Floats
    labels: NDArray[np.uint8]
    parts: dict[str, NDArray[np.int64]]
    texture: NDArray[np.uint8]


def to_capsule(points_m: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return azimuth (radians, positive at the sitter's left), height and radius (m) of world points (..., 3).

    Examples
    --------
    >>> import numpy as np
    >>> point = np.array([0.03, 0.09, 0.08])
    >>> bool(np.allclose(from_capsule(to_capsule(point)), point))
    True
    """
    x, y, z = np.moveaxis(np.asarray(points_m, np.float64), -1, 0)
    flat = np.hypot(x, z + _BACK_M)
    over = np.maximum(y - _TOP_M, 0.0)
    radius = np.maximum(np.hypot(flat, over), 1e-9)
    rise = (over / radius) / np.sqrt(0.5 * (1 + flat / radius))
    return np.stack(
        [np.arctan2(x, z + _BACK_M), np.minimum(y, _TOP_M) + _ROUND_M * rise, radius], -1
    )


def from_capsule(places: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the world points (..., 3) of azimuths, heights and radii: the inverse of `to_capsule`."""
    azimuth, height, radius = np.moveaxis(np.asarray(places, np.float64), -1, 0)
    rise = np.clip((height - _TOP_M) / _ROUND_M, 0.0, math.sqrt(2))
    up = rise * np.sqrt(np.maximum(1 - rise * rise / 4, 0.0))
    flat = radius * (1 - rise * rise / 2)
    return np.stack(
        [
            flat * np.sin(azimuth),
            np.minimum(height, _TOP_M) + radius * up,
            flat * np.cos(azimuth) - _BACK_M,
        ],
        -1,
    )


def to_mesh(turn: HeadRenderer) -> Mesh:
    """Return the surface of a head, as far round as a renderer knows it.

    Parameters
    ----------
    turn : HeadRenderer
        Its background plays no part.

    Raises
    ------
    InputError
        If the head is so odd that no surface was met.

    Notes
    -----
    Six views at 512²: some two seconds on two cores.
    """
    yaws = np.clip([c[0] for c in _CAMERAS], -MOST_YAW_DEG, MOST_YAW_DEG)
    pitches = np.clip([c[1] for c in _CAMERAS], -MOST_PITCH_DEG, MOST_PITCH_DEG)
    views = [
        turn.view(yaw_deg=float(a), pitch_deg=float(b), size_px=512)
        for a, b in zip(yaws, pitches, strict=True)
    ]
    radius, known = _gathered(views)
    if known.mean() < 0.05:
        raise InputError("The head has no surface that could be a mesh; make it anew.")
    points = from_capsule(np.dstack([*_grid(_COLUMNS, _ROWS), radius]))
    colors, shares = _painted(views, points, known)
    labels = np.asarray(shares.argmax(-1), np.uint8)
    used, triangles = _triangles(known)
    normals = _normals(points)
    columns, rows = np.meshgrid(np.arange(_COLUMNS), np.arange(_ROWS))
    places = np.stack([(columns + 0.5) / _COLUMNS, (rows + 0.5) / _ROWS], -1)
    flat = labels.reshape(-1)[used]
    return Mesh(
        points.reshape(-1, 3)[used].astype(np.float32),
        normals.reshape(-1, 3)[used].astype(np.float32),
        places.reshape(-1, 2)[used].astype(np.float32),
        flat,
        _sorted(triangles, flat),
        colors,
    )


def _grid(columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return azimuth and height of the cells, (rows, columns) each: the sitter's right is left, the crown on top."""
    azimuth = ((np.arange(columns) + 0.5) / columns * 2 - 1) * _WIDE
    height = _CROWN_M - (np.arange(rows) + 0.5) / rows * (_CROWN_M - _LOW_M)
    wide, tall = np.meshgrid(azimuth, height)
    return wide, tall


def _facing(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the surface points (S, S, 3) of a view, and how squarely each is seen, 0 to 1."""
    camera = Camera(view.yaw_deg, view.pitch_deg, view.size_px)
    points = camera.surface(np.where(view.depth_m > 0, view.depth_m, 2.0))
    smooth = np.stack([cv2.GaussianBlur(points[..., k], (0, 0), 1.5) for k in range(3)], -1)
    right, down = np.gradient(smooth, axis=1), np.gradient(smooth, axis=0)
    outward = np.cross(down, right)
    outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-12)
    facing = np.clip(-(outward @ camera.rotation[2]), 0.0, 1.0)
    return points, facing * surface(np.asarray(view.depth_m, np.float32))


def _gathered(views: list[View]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the radius (rows, columns), m, and where it was seen."""
    total = np.zeros((_ROWS, _COLUMNS))
    weights = np.zeros((_ROWS, _COLUMNS))
    for view in views:
        points, facing = _facing(view)
        seen = facing > 0.15
        azimuth, height, radius = np.moveaxis(to_capsule(points[seen]), -1, 0)
        weight = facing[seen] ** 3
        x = np.floor((azimuth / _WIDE + 1) / 2 * _COLUMNS).astype(int)
        y = np.floor((_CROWN_M - height) / (_CROWN_M - _LOW_M) * _ROWS).astype(int)
        inside = (x >= 0) & (x < _COLUMNS) & (y >= 0) & (y < _ROWS)
        cell = (y[inside], x[inside])
        np.add.at(total, cell, (weight * radius)[inside])
        np.add.at(weights, cell, weight[inside])
    found = weights > 1e-3
    mean = np.where(found, total / np.maximum(weights, 1e-9), 0.0).astype(np.float32)
    whole = fill(mean[..., None], found.astype(np.float32))[..., 0]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    closed = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    smooth = cv2.GaussianBlur(cv2.medianBlur(whole, 3), (0, 0), 0.7)
    return np.asarray(smooth, np.float32), largest_piece(closed)


def _painted(
    views: list[View], points: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], Floats]:
    """Return the texture (H, W, 3), and the shares of the classes of each point (rows, columns, 19)."""
    fine = np.asarray(cv2.resize(points, _TEXTURE_PX), np.float64)
    color = np.zeros((*fine.shape[:2], 3), np.float32)
    weight = np.full(fine.shape[:2], 1e-6, np.float32)
    shares = np.zeros((*points.shape[:2], len(CLASSES)), np.float32)
    for number, view in enumerate(views):
        quality = _facing(view)[1].astype(np.float32) ** 4 + 1e-4
        own = 3.0 if number == 0 else 1.0  # the frontal view is sharpest
        seen = own * _seen(view, fine, quality)
        at = _looked_up(view, fine, np.asarray(view.photo.pixels, np.float32))
        color += at * seen[..., None]
        weight += seen
        near = _seen(view, points, quality)
        hot = (view.semantic.labels[..., None] == np.arange(len(CLASSES))).astype(np.float32)
        shares += _looked_up(view, points, hot) * near[..., None]
    there = cv2.resize(known.astype(np.float32), _TEXTURE_PX, interpolation=cv2.INTER_LINEAR)
    sure = np.clip(weight * 1e3, 0, 1) * (there > 0.5)
    plain = (color / weight[..., None]).astype(np.float32)
    filled = fill(plain, sure.astype(np.float32), levels=9)
    shares[..., 0] = 1e-6  # the surface is no background
    return np.clip(np.rint(filled), 0, 255).astype(np.uint8), shares


def _looked_up(view: View, points: NDArray[np.float64], planes: Floats) -> Floats:
    """Return (..., C): what a view shows at world points."""
    at, _ = Camera(view.yaw_deg, view.pitch_deg, view.size_px).project(points)
    x, y = (np.ascontiguousarray(at[..., k], np.float32) for k in (0, 1))
    found = [
        cv2.remap(np.ascontiguousarray(planes[..., k]), x, y, cv2.INTER_LINEAR)
        for k in range(planes.shape[-1])
    ]
    return np.stack(found, -1).astype(np.float32, copy=False)


def _seen(view: View, points: NDArray[np.float64], quality: Floats) -> Floats:
    """Return how well a view sees world points: 0 where something lies before them."""
    _, depth = Camera(view.yaw_deg, view.pitch_deg, view.size_px).project(points)
    planes = np.dstack([np.asarray(view.depth_m, np.float32), quality])
    met = _looked_up(view, points, planes)
    near = np.exp(-(((met[..., 0] - depth) / _NEAR_M) ** 2))
    return np.asarray(near * met[..., 1] * (met[..., 0] > 0.5), np.float32)


def _triangles(known: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells that are points (N,), and two triangles for each square of four of them (T, 3)."""
    square = known[:-1, :-1] & known[1:, :-1] & known[:-1, 1:] & known[1:, 1:]
    y, x = np.nonzero(square)
    a, b = y * _COLUMNS + x, y * _COLUMNS + x + 1
    c, d = a + _COLUMNS, b + _COLUMNS
    # columns run to the sitter's left, rows down: this order is counter-clockwise from outside
    cells = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    used, number = np.unique(cells, return_inverse=True)
    return used, number.reshape(-1, 3)


def _normals(points: NDArray[np.float64]) -> NDArray[np.float64]:
    right, down = np.gradient(points, axis=1), np.gradient(points, axis=0)
    outward = np.cross(down, right)
    length = np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-12)
    unit: NDArray[np.float64] = outward / length
    return unit


def _sorted(
    triangles: NDArray[np.int64], labels: NDArray[np.uint8]
) -> dict[str, NDArray[np.int64]]:
    """Return the triangles of each part: two of three corners decide, else the first."""
    part = np.zeros(len(CLASSES), np.int64)
    for number, classes in enumerate(HEAD_PARTS.values()):
        part[list(classes)] = number
    corners = part[labels[triangles]]
    most = np.where(corners[:, 1] == corners[:, 2], corners[:, 1], corners[:, 0])
    return {name: triangles[most == k] for k, name in enumerate(HEAD_PARTS)}
