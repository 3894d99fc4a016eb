"""A face brought to a fixed place: landmarks in → a matrix; picture and matrix in → the crop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from limner.errors import BadShape
from limner.geometry.affine import apply, compose, invert, scale

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["crop_from_landmarks", "warp"]

Border = Literal["replicate", "reflect", "zero"]
Interpolation = Literal["linear", "cubic", "nearest"]

#: Face-mesh points of the lids, six each as in the 68-point scheme, and the corners of the mouth.
_RIGHT_EYE = (33, 160, 158, 133, 153, 144)
_LEFT_EYE = (263, 387, 385, 362, 380, 373)
_MOUTH = (61, 291)

_BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "zero": cv2.BORDER_CONSTANT,
}
_KERNELS = {
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "nearest": cv2.INTER_NEAREST,
}


def crop_from_landmarks(landmarks: ArrayLike, size_px: int = 512) -> NDArray[np.float64]:
    """Place a face in a square crop in the FFHQ manner.

    Parameters
    ----------
    landmarks : array_like of shape (478, 2) or (468, 2)
        x, y in picture px, in the order of the canonical face mesh.
    size_px : int
        Side of the crop.

    Returns
    -------
    ndarray of shape (2, 3), float64
        ``crop_from_photo``: a rotation, one scale and a shift; never a mirror image.

    Raises
    ------
    BadShape
        If there are too few points, or eyes and mouth lie in one place.

    Notes
    -----
    With e the vector from the sitter's right eye to the left one, and m from the middle of the
    eyes to the middle of the mouth: the crop's half side is ``max(2 |e|, 1.8 |m|)``; its x axis
    points along e plus m turned back by a quarter, so that eyes and mouth vote together on what
    is upright; its centre is the middle of the eyes plus ``0.1 m``. The outer edges of the
    pixels, not their centres, meet the square's sides.

    References
    ----------
    Karras, Laine, Aila: A Style-Based Generator Architecture for Generative Adversarial Networks,
    CVPR 2019 (the alignment of FFHQ, as its authors released it).

    Examples
    --------
    >>> import numpy as np
    >>> points = np.zeros((478, 2))
    >>> points[[33, 160, 158, 133, 153, 144]] = [40, 50]
    >>> points[[263, 387, 385, 362, 380, 373]] = [60, 50]
    >>> points[[61, 291]] = [50, 75]
    >>> np.round(crop_from_landmarks(points, 90), 3).tolist()
    [[1.0, 0.0, -5.5], [0.0, 1.0, -8.0]]
    """
    points = np.asarray(landmarks, np.float64)
    if points.ndim != 2 or points.shape[0] < 468 or points.shape[1] != 2:
        raise BadShape(f"Landmarks have shape {points.shape}, wanted (478, 2) of the face mesh.")
    right, left = points[list(_RIGHT_EYE)].mean(axis=0), points[list(_LEFT_EYE)].mean(axis=0)
    middle = (right + left) / 2
    eyes, down = left - right, points[list(_MOUTH)].mean(axis=0) - middle
    axis = eyes + np.array([down[1], -down[0]])
    half = max(2.0 * math.hypot(*eyes), 1.8 * math.hypot(*down))
    length = math.hypot(*axis)
    if not (math.isfinite(half) and half > 0 and length > 1e-6 * half):
        raise BadShape("Landmarks give no crop: eyes and mouth must lie apart and be finite.")
    cos, sin = axis / length
    center = middle + 0.1 * down
    linear = np.array([[cos, sin], [-sin, cos]]) * (size_px / (2 * half))
    # Adding zero turns -0.0 into 0.0, so that matrices print plainly.
    return np.column_stack([linear, (size_px - 1) / 2 - linear @ center]) + 0.0


def warp(
    pixels: NDArray[Any],
    out_from_in: ArrayLike,
    size_wh: tuple[int, int],
    *,
    border: Border = "replicate",
    interpolation: Interpolation = "linear",
) -> NDArray[Any]:
    """Resample an array through an affine map, smoothing first where it shrinks.

    Parameters
    ----------
    pixels : ndarray of shape (H, W) or (H, W, C), uint8 or float32
        The array to look up.
    out_from_in : array_like of shape (2, 3)
        Map from its px to the result's px, pixel centres at integers.
    size_wh : tuple of int
        Width and height of the result.
    border : {"replicate", "reflect", "zero"}
        What lies outside the array.
    interpolation : {"linear", "cubic", "nearest"}
        "nearest" for labels; it never smooths.

    Returns
    -------
    ndarray of shape (h, w) or (h, w, C), dtype of `pixels`
        The result.

    Notes
    -----
    Only the part that is looked at is read. Where lengths shrink by two or more, that part is
    first averaged over areas, so that a face in 12 megapixels does not turn to grain.
    """
    matrix = np.asarray(out_from_in, np.float64)
    source, matrix = _window(pixels, matrix, size_wh)
    shrink = 1.0 / max(scale(matrix), 1e-9)
    if interpolation != "nearest" and shrink >= 2:
        source, matrix = _reduced(source, matrix, int(shrink))
    # OpenCV fills borders of four channels at most, and drops a last axis of one.
    planes = source.reshape(*source.shape[:2], -1)
    groups = [
        cv2.warpAffine(
            np.ascontiguousarray(planes[..., first : first + 4]),
            matrix,
            size_wh,
            flags=_KERNELS[interpolation],
            borderMode=_BORDERS[border],
            borderValue=0,
        ).reshape(size_wh[1], size_wh[0], -1)
        for first in range(0, planes.shape[2], 4)
    ]
    out = groups[0] if len(groups) == 1 else np.concatenate(groups, axis=2)
    return out.reshape(size_wh[1], size_wh[0], *pixels.shape[2:])


def _window(
    pixels: NDArray[Any], out_from_in: NDArray[np.float64], size_wh: tuple[int, int]
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Cut away what the result does not look at, with room for kernel and averaging."""
    width, height = size_wh
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64) - 0.5
    seen = apply(invert(out_from_in), corners)
    room = 4 + 2 / max(scale(out_from_in), 1e-9)
    limit = np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(seen.min(axis=0) - room), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0) + room) + 1, low + 1, limit).astype(int)
    cut = np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]])
    shift = np.array([[1, 0, low[0]], [0, 1, low[1]]], np.float64)
    return cut, compose(out_from_in, shift)


def _reduced(
    pixels: NDArray[Any], out_from_in: NDArray[np.float64], factor: int
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Average over about `factor` × `factor` pixels and adjust the map."""
    height, width = pixels.shape[:2]
    small_wh = max(1, round(width / factor)), max(1, round(height / factor))
    small = cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA)
    small = small.reshape(*small.shape[:2], *pixels.shape[2:])
    fx, fy = width / small_wh[0], height / small_wh[1]
    in_from_small = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2]])
    return small, compose(out_from_in, in_from_small)
