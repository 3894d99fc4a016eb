"""What a view shows of a photograph, and what it does not, in → the view whole, filled in the photograph's tones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.geometry.carry import TOLERANCE_M, carry, surface
from limner.records import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["TOLERANCE_M", "between", "carry", "fill", "matters", "mend", "surface"]

#: A pixel tells of a matter if it shows mostly that, and a matter's tone is known from so much of the picture.
_MOSTLY, _ENOUGH = 0.8, 0.001


def fill(picture: Floats, known: Floats, *, levels: int = 7) -> Floats:
    """Return the picture (H, W, C) with what is not `known` (H, W), 0 to 1, filled softly from around it.

    Notes
    -----
    Pull and push: average what is known over ever larger squares, then let each scale fill the holes of the finer one.
    """
    picture = np.ascontiguousarray(picture, np.float32)
    many = picture.shape[2]

    def wide(weight: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(cv2.merge([weight] * many)).reshape(*weight.shape, many)

    known = np.asarray(known, np.float32)
    stack: list[tuple[NDArray[Any], NDArray[Any]]] = [(picture * wide(known), known)]
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
        rest = np.clip(1 - weight * 4, 0, 1)
        out = values * wide((1 - rest) / np.maximum(weight, 1e-3)) + coarse * wide(rest)
    return np.asarray(out, np.float32)


def between(
    picture: Floats, known: Floats, share: Floats, reach_px: int, *, colours: int | None = None
) -> Floats:
    """Return the picture (H, W, C) with the mean of what is known around, as far as `share` (H, W), 0 to 1, says.

    Parameters
    ----------
    picture, known, share : ndarray of float32
        The picture; where it is known, and where it is to be filled, 0 to 1.
    reach_px : int
        How far is looked.
    colours : int, optional
        The first channels that are averaged, all by default; of the others, shares of classes, the nearest are taken.

    Notes
    -----
    Nearer pixels weigh more. What has nothing `known` (H, W) within reach stays. For holes so few and narrow that
    `fill` would take most of its time where there is nothing to do.
    """
    rows, columns = np.nonzero(share)
    (height, width), many = known.shape, picture.shape[2]
    planes = np.array(np.moveaxis(picture, -1, 0), np.float32, order="C").reshape(many, -1)
    steps = np.indices((2 * reach_px + 1,) * 2).reshape(2, -1) - reach_px
    away = (steps**2).sum(0)
    down, across = steps[:, np.argsort(away, kind="stable")]  # the nearest first
    nearness = (1 / (0.5 + np.sort(away))).astype(np.float32)
    # round the picture nothing is known: so a place beside it has no weight
    wide = width + 2 * reach_px
    bordered = np.pad(known, reach_px).ravel()
    beside = (rows + reach_px) * wide + columns + reach_px
    weight = nearness * bordered.take(beside[:, None] + (down * wide + across))
    total = weight.sum(1)
    here = np.where(total > 0, share[rows, columns], 0) / np.maximum(total, 1e-9)
    place = rows * width + columns
    # a place without weight may be any, as long as it lies in the picture
    at = np.clip(place[:, None] + (down * width + across), 0, height * width - 1)
    sums = [np.einsum("nk,nk->n", weight, plane.take(at)) for plane in planes[:colours]]
    first = at[np.arange(len(at)), (weight > 0).argmax(1)]
    sums += [total * plane.take(first) for plane in planes[len(sums) :]]
    for plane, found in zip(planes, sums, strict=True):
        plane[place] += here * (found - total * plane[place])
    return np.moveaxis(planes.reshape(many, height, width), 0, -1)


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


def matters(labels: Floats) -> Floats:
    """Return how much of skin, hair and cloth (and what else there is) each pixel shows, (S, S, 3)."""
    hair = labels[..., [CLASSES.index("hair")]].sum(-1)
    cloth = labels[..., [CLASSES.index("cloth"), CLASSES.index("hat")]].sum(-1)
    return np.stack([np.clip(1 - hair - cloth, 0, 1), hair, cloth], -1).astype(np.float32)
