"""A picture, depth from two cameras in → the picture as the second camera sees it, and where that is known.

The head's surface, as the second camera sees it, is looked up in the first camera's picture wherever the first camera
saw the same surface. The trained half of Limner does the same in torch (``train.nets.head_refiner.carry``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera

    Floats = NDArray[np.float32]

__all__ = ["TOLERANCE_M", "carry", "fill", "mend", "surface"]

#: A pixel is carried if the surface that it lies on is seen this near to where it should be.
TOLERANCE_M = 0.012
#: A pixel tells of a matter if it shows mostly that, and a matter's tone is known from so much of the picture.
_MOSTLY, _ENOUGH = 0.8, 0.001
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
    at = place.astype(np.float32)
    steady = surface(first).astype(np.float32)
    trusted = steady if known is None else steady * known

    def looked_up(plane: Floats) -> Floats:
        x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
        out = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(out, np.float32)

    whole = looked_up(steady) > 0.98
    near = np.abs(looked_up(first) - depth) < TOLERANCE_M
    visible = looked_up(trusted) * (near & whole & (second > 0))
    there = (visible > 0).astype(np.float32)
    planes = [looked_up(np.asarray(plane, np.float32)) * there for plane in cv2.split(picture)]
    carried = np.asarray(cv2.merge(planes), np.float32).reshape(picture.shape)
    return carried, visible.astype(np.float32)


def fill(picture: Floats, known: Floats, *, levels: int = 7) -> Floats:
    """Return the picture (H, W, C) with what is not `known` (H, W), 0 to 1, filled softly from around it.

    Notes
    -----
    Pull and push: average what is known over ever larger squares, then let each scale fill the holes of the finer one.
    """
    stack: list[tuple[NDArray[Any], NDArray[Any]]] = [(picture * known[..., None], known)]
    while len(stack) <= levels and min(stack[-1][1].shape) >= 4:
        size = tuple((n + 1) // 2 for n in stack[-1][1].shape[::-1])
        values, weight = (cv2.resize(a, size, interpolation=cv2.INTER_AREA) for a in stack[-1])
        stack.append((values.reshape(size[1], size[0], -1), weight))
    values, weight = stack[-1]
    middle = values.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    out = np.broadcast_to(middle, values.shape).astype(np.float32)
    for values, weight in reversed(stack):
        size = weight.shape[::-1]
        coarse = cv2.resize(out, size, interpolation=cv2.INTER_LINEAR).reshape(values.shape)
        rest = np.clip(1 - weight * 4, 0, 1)[..., None]
        out = (values * (1 - rest) / np.maximum(weight, 1e-3)[..., None] + coarse * rest).astype(
            np.float32
        )
    return np.asarray(out, np.float32)


def mend(survived: Floats, visible: Floats, coarse: Floats, shares: Floats) -> Floats:
    """Return a view whole: what survived of the photograph, and around it the rendering in the photograph's tones.

    Parameters
    ----------
    survived : ndarray of shape (S, S, 3), float32
        Own pixels, −1 to 1.
    visible : ndarray of shape (S, S), float32
        Where they are, 0 to 1.
    coarse : ndarray of shape (S, S, 3), float32
        The rendering.
    shares : ndarray of shape (S, S, G), float32
        How much of each matter (skin, hair, cloth) a pixel shows: skin tells nothing of the tone of hair.

    Notes
    -----
    What the photograph has over the rendering is known where it survived, and filled softly from there to where it did
    not, for each matter by itself: the seam vanishes, and so does most of the rendering's own light. A matter of which
    nothing survived stays as it was rendered. No network is needed.
    """
    gap = survived - coarse
    painted = coarse.copy()
    for k in range(shares.shape[-1]):
        known = visible * (shares[..., k] > _MOSTLY)
        if known.mean() > _ENOUGH:
            painted += fill(gap, known.astype(np.float32)) * shares[..., k : k + 1]
    whole = survived * visible[..., None] + painted * (1 - visible[..., None])
    return np.asarray(np.clip(whole, -1, 1), np.float32)
