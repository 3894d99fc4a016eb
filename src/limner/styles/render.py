"""A face drawn in a style: crop, classes and ink in → a grey drawing.

The network draws at the scale at which the artist's strokes were taught; the result is brought to the crop's own
size with its edges kept sharp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape
from limner.records import CLASSES, SemanticMap
from limner.styles.names import blend, find
from limner.weights import session
from limner.weights.ledger import read_rows, row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Style
    from limner.weights import Row

__all__ = ["render_crop", "render_photo"]

_CLOTH = CLASSES.index("cloth")
#: Longest side, px, at which a picture without a face is drawn.
_WHOLE_PX = 640


def _weight(style: Style) -> Row:
    if not style.ledger:
        return row(style.weight)
    from pathlib import Path

    ledger = Path(style.ledger)
    for found in read_rows(ledger, ledger.parent):
        if found.name == style.weight:
            return found
    return row(style.weight)


def _inputs(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    ink: NDArray[np.float32],
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """Return (1, 21, h, w) float32: ink, shares of the classes, grey."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    shrink = size[0] < pixels.shape[1]
    kernel = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    planes = np.zeros((len(CLASSES) + 2, size[1], size[0]), np.float32)
    planes[0] = cv2.resize(np.ascontiguousarray(ink, np.float32), size, interpolation=kernel)
    for k in np.unique(labels):
        mask = (labels == k).astype(np.float32)
        planes[1 + k] = cv2.resize(mask, size, interpolation=kernel)
    planes[-1] = cv2.resize(grey, size, interpolation=kernel)
    return np.clip(planes, 0, 1)[None]


def _draw(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    ink: NDArray[np.float32],
    *,
    style: str,
    scale: float,
    seed: int,
) -> NDArray[np.float32]:
    """Return the drawing at the pixels' own size, (H, W) float32, 0 ink to 1 paper."""
    chosen = find(style)
    weight = _weight(chosen)
    height, width = pixels.shape[:2]
    size = tuple(max(32, 4 * round(side * scale / 4)) for side in (width, height))
    count = int(weight.inputs["style"]["shape"][1])
    shares = np.zeros((1, count), np.float32)
    for name, share in blend(style).items():
        shares[0, find(name).index] += share
    noise = np.random.default_rng(seed).standard_normal((1, 1, size[1], size[0])).astype(np.float32)
    picture = _inputs(pixels, labels, ink, (size[0], size[1]))
    out = session().run(weight, {"picture": picture, "style": shares, "noise": noise})["drawing"]
    return _raise(np.asarray(out[0, 0], np.float32), (width, height))


def _raise(drawing: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Bring a drawing to another size; where it grows, its strokes' edges are made steep again."""
    if drawing.shape == (size[1], size[0]):
        return drawing
    grow = size[0] / drawing.shape[1]
    if grow < 1:
        return np.asarray(cv2.resize(drawing, size, interpolation=cv2.INTER_AREA), np.float32)
    big = cv2.resize(drawing, size, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(big, (0, 0), 0.6 * grow)
    return np.asarray(np.clip(big + 0.9 * (big - soft), 0, 1), np.float32)


def _with_strength(
    drawing: NDArray[np.float32], ink: NDArray[np.float32], strength: float
) -> NDArray[np.float32]:
    if not 0 <= strength <= 2:
        raise BadShape(f"The strength is {strength:g}; want 0 (bare lines) to 2 (twice the ink).")
    if strength <= 1:
        return np.asarray(drawing * strength + (1 - ink) * (1 - strength), np.float32)
    return np.asarray(1 - np.clip((1 - drawing) * strength, 0, 1), np.float32)


def _paper(drawing: NDArray[np.float32], person: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return grey with the background left white, the person's outline kept."""
    reach = max(3, drawing.shape[1] // 64) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    mask = cv2.dilate(person.astype(np.uint8), kernel).astype(np.float32)
    soft = cv2.GaussianBlur(mask, (0, 0), reach / 3)
    white = 1 - (1 - drawing) * soft
    # what is nearly paper is paper: a clean sheet prints and plots without a veil
    white = np.clip((white - 0.02) / 0.95, 0, 1)
    return np.asarray(np.rint(white * 255), np.uint8)


def render_crop(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap,
    ink: NDArray[np.float32],
    *,
    style: str = "croquis",
    strength: float = 1.0,
    seed: int = 0,
    crop_px: float | None = None,
) -> NDArray[np.uint8]:
    """Draw one upright face.

    Parameters
    ----------
    pixels : ndarray of shape (S, S, 3), uint8
        The aligned crop, or a wider view with the crop in its middle.
    semantic : SemanticMap
        Its classes, (S, S).
    ink : ndarray of shape (S, S), float32
        Its lines, 0 paper to 1 ink.
    style : str
        A name, a blend or a style file.
    strength : float
        0 bare lines, 1 the artist's manner, 2 twice the ink.
    seed : int
        Of the grain.
    crop_px : float, optional
        Side of the aligned crop within `pixels`; all of them if not given. It sets the scale of
        the strokes.

    Returns
    -------
    ndarray of shape (S, S), uint8
        255 paper to 0 ink; the background is paper.

    Raises
    ------
    UnknownName, BadShape
        If there is no such style, or the strength is out of range.
    """
    scale = find(style).side_px / (crop_px or pixels.shape[0])
    drawing = _draw(pixels, semantic.labels, ink, style=style, scale=scale, seed=seed)
    return _paper(_with_strength(drawing, ink, strength), semantic.labels > 0)


def render_photo(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap | None,
    ink: NDArray[np.float32],
    *,
    style: str = "croquis",
    strength: float = 1.0,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Draw a whole picture, background too.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture.
    semantic : SemanticMap, optional
        Its classes; what is background or unknown is drawn as cloth is.
    ink, style, strength, seed
        As in `render_crop`.

    Returns
    -------
    ndarray of shape (H, W), uint8
        255 paper to 0 ink.
    """
    labels = np.zeros(pixels.shape[:2], np.uint8) if semantic is None else semantic.labels.copy()
    labels[labels == 0] = _CLOTH
    scale = min(1.0, _WHOLE_PX / max(pixels.shape[:2]))
    drawing = _draw(pixels, labels, ink, style=style, scale=scale, seed=seed)
    everywhere = np.ones(labels.shape, bool)
    return _paper(_with_strength(drawing, ink, strength), everywhere)
