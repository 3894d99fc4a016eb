"""A picture and depth from two cameras in → the picture as the second camera sees it, and where that is known.

The head's surface, as the second camera sees it, is looked up in the first camera's picture wherever the first camera
saw the same surface. The trained half of Limner does the same in torch (``train.nets.head_refiner.carry``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import BadShape
from limner.geometry.camera import DISTANCE_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera

    Floats = NDArray[np.float32]

__all__ = ["TOLERANCE_M", "carry", "facing", "planar", "reprojected", "surface"]

#: A pixel is carried if the surface that it lies on is seen this near to where it should be.
TOLERANCE_M = 0.012
#: Steps of depth between neighbours at 256² that are an edge rather than a slope.
_EDGE_M = 0.010


def surface(depth_m: Floats) -> NDArray[np.bool_]:
    """Return where a square depth map shows one surface: not the ground (0), not along edges."""
    edge = 2 * _EDGE_M * 256 / depth_m.shape[0]
    kernel = np.ones((3, 3), np.uint8)
    high, low = cv2.dilate(depth_m, kernel), cv2.erode(depth_m, kernel)
    steady: NDArray[np.bool_] = (depth_m > 0) & (high - low < edge)
    return steady


def carry(
    picture: Floats,
    depths: tuple[Floats, Floats],
    cameras: tuple[Camera, Camera],
    known: Floats | None = None,
    *,
    sharp: bool = False,
) -> tuple[Floats, Floats]:
    """Carry a picture from one camera to another over a head's surface.

    Parameters
    ----------
    picture : ndarray of shape (S, S, C), float32
        As the first camera sees it.
    depths : two ndarrays of shape (S, S), float32
        m, of the head as the first and the second camera see it; 0 where it is not.
    cameras : two Camera
        Both of S px.
    known : ndarray of shape (S, S), float32, optional
        Where the picture may be used, 0 to 1.
    sharp : bool
        Look between pixels by cubics, which keep thin lines thin but overshoot a little.

    Returns
    -------
    carried : ndarray of shape (S, S, C), float32
        As the second camera sees it; 0 where nothing came. Each channel lies in one piece, as `planar` has them.
    visible : ndarray of shape (S, S), float32
        0 to 1.

    Raises
    ------
    BadShape
        If the sizes differ.
    """
    first, second = depths
    side = second.shape[0]
    sizes = {first.shape, second.shape, picture.shape[:2], *((c.size_px,) * 2 for c in cameras)}
    if sizes != {(side, side)}:
        raise BadShape(
            f"Picture, depths and cameras must have one square size; got {sorted(sizes)}."
        )
    x, y, depth = reprojected(np.where(second > 0, second, np.float32(1)), cameras)
    steady = surface(first).astype(np.float32)
    trusted = steady if known is None else steady * known
    # OpenCV looks up four channels at most at a time, in little more than the time of one
    found, whole, share = cv2.split(_looked_up(cv2.merge([first, steady, trusted]), x, y))
    near = np.abs(found - depth) < TOLERANCE_M
    visible = np.where(near & (whole > 0.98) & (second > 0), share, np.float32(0))
    # what is not visible is looked up beside the picture, where there is nothing
    x = np.where(visible > 0, x, np.float32(-9))
    kind = cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR
    carried = np.zeros((picture.shape[2], side, side), np.float32)
    planes = np.moveaxis(picture, -1, 0)
    told = [k for k, plane in enumerate(planes) if plane.any()]
    for k in range(0, len(told), 4):
        few = told[k : k + 4]
        laid = cv2.merge([np.ascontiguousarray(planes[n], np.float32) for n in few])
        for n, plane in zip(few, cv2.split(_looked_up(laid, x, y, kind)), strict=True):
            carried[n] = plane
    return np.moveaxis(carried, 0, -1), visible


def reprojected(depth_m: Floats, cameras: tuple[Camera, Camera]) -> tuple[Floats, Floats, Floats]:
    """Return where the first camera sees the surface that the second sees.

    Parameters
    ----------
    depth_m : ndarray of shape (S, S), float32
        Of the surface, m, as the second camera sees it; more than 0.
    cameras : two Camera
        The second of S px.

    Returns
    -------
    x, y, depth_m : ndarray of shape (S, S), float32
        Pixels of the first camera, and the depth that it would see there.

    Notes
    -----
    A pixel's ray is linear in x and y, in either camera's frame: no point is ever made. In f32 this is a thousandth of
    a pixel off.
    """
    first, second = cameras
    turned = (second.rotation @ first.rotation.T).astype(np.float32)
    steps = np.arange(second.size_px, dtype=np.float32) - np.float32(second.centre_px)
    steps /= np.float32(second.focal_px)
    seen = []
    for axis in range(3):
        across, down, ahead = turned[:, axis]
        ray = (steps * across)[None] + (steps * down + ahead)[:, None]
        shift = DISTANCE_M * ((axis == 2) - float(ahead))
        seen.append(ray * depth_m + np.float32(shift))
    scale = np.float32(first.focal_px) / seen[2]
    middle = np.float32(first.centre_px)
    return seen[0] * scale + middle, seen[1] * scale + middle, seen[2]


def planar(picture: Floats) -> Floats:
    """Return the same picture (H, W, C) with each channel in one piece of memory: channels are used one by one."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(picture, -1, 0)), 0, -1)


def _looked_up(picture: Any, x: Floats, y: Floats, kind: int = cv2.INTER_LINEAR) -> Any:
    return cv2.remap(picture, x, y, kind, borderMode=cv2.BORDER_CONSTANT)


def facing(depth_m: Floats, camera: Camera) -> Floats:
    """Return how far a surface looks at the camera: 1 straight, 0 along the ray or where there is none.

    Parameters
    ----------
    depth_m : ndarray of shape (S, S), float32
        Smoothed a little by this: depth is known to millimetres only.
    camera : Camera
        Of S px.
    """
    side = depth_m.shape[0]
    there = (depth_m > 0).astype(np.float32)
    width = max(1.0, 2.5 * side / 256)
    share = np.maximum(cv2.GaussianBlur(there, (0, 0), width), 1e-3)
    smooth = cv2.GaussianBlur(depth_m * there, (0, 0), width) / share
    points = camera.surface(np.where(there > 0, smooth, smooth.max()))
    across, down = np.gradient(points, axis=1), np.gradient(points, axis=0)
    normal = np.cross(across, down)
    ray = points - camera.position_m
    length = np.linalg.norm(normal, axis=-1) * np.linalg.norm(ray, axis=-1)
    cosine = np.abs((normal * ray).sum(-1)) / np.maximum(length, 1e-12)
    return np.asarray(cosine * there, np.float32)
