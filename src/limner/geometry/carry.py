"""A picture and depth from two cameras in → the picture as the second camera sees it, and where that is known.

The head's surface, as the second camera sees it, is looked up in the first camera's picture wherever the first camera
saw the same surface. The trained half of Limner does the same in torch (``train.nets.head_refiner.carry``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera

    Floats = NDArray[np.float32]

__all__ = ["TOLERANCE_M", "carry", "facing", "surface"]

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
        As the second camera sees it; 0 where nothing came.
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
    points = cameras[1].surface(np.where(second > 0, second, 1.0))
    place, depth = cameras[0].project(points)
    x, y = (np.ascontiguousarray(place[..., k], np.float32) for k in (0, 1))
    steady = surface(first).astype(np.float32)
    trusted = steady if known is None else steady * known

    def looked_up(plane: Floats, kind: int = cv2.INTER_LINEAR) -> Floats:
        out = cv2.remap(plane, x, y, kind, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(out, np.float32)

    whole = looked_up(steady) > 0.98
    near = np.abs(looked_up(first) - depth) < TOLERANCE_M
    visible = looked_up(trusted) * (near & whole & (second > 0))
    there = (visible > 0).astype(np.float32)
    kind = cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR
    # OpenCV looks up four channels at most at a time, in little more than the time of one
    carried = np.empty(picture.shape, np.float32)
    for k in range(0, picture.shape[2], 4):
        few = looked_up(np.ascontiguousarray(picture[..., k : k + 4], np.float32), kind)
        carried[..., k : k + 4] = few.reshape(side, side, -1) * there[..., None]
    return carried, visible.astype(np.float32)


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
