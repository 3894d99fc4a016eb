"""What the photograph did not show of hair and skin, as it was painted, in → the same in the tones of what it showed.

Hair takes strands, too, from the hair that is seen, and skin its pores and stubble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.geometry.near import nearest
from limner.geometry.planes import extent
from limner.heads.classes import total
from limner.records import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["combed", "toned"]

#: Shares of the picture: what is finer than this is strand and not tone; how smoothly the mirror line runs; how far
#: from the edge of what is seen it is trusted.
_FINE, _CALM, _TRUST = 24, 36, 90
#: Standard deviations by which unseen tones may lie off the mean of the seen, in light and in colour. A side of a face
#: may lie in its own shade; hair that is darker than all hair that is seen is the shell's dark.
_HAIR, _SKIN = (0.8, 0.8), (2.5, 1.25)
#: What is finer than this share of the picture is pore or stubble, and no fold.
_PORE = 72
#: Most that a form of the seen skin may add to the unseen, of a range of 2.
_PORES = 0.09
_HAIRY = ("hair",)
_SKINNY = ("skin", "nose", "l_ear", "r_ear", "neck")
#: Share of the picture of which a matter must be seen before it can lend anything, and so much of that must be bare.
_ENOUGH = 0.01
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def combed(photo: Floats, visible: Floats, labels: Floats, alpha: Floats) -> Floats:
    """Return a view whose unseen hair has the strands and the tones of the seen.

    Parameters
    ----------
    photo : ndarray of shape (S, S, 3), float32
        The view as it was mended, −1 to 1.
    visible : ndarray of shape (S, S), float32
        Where own pixels are, 0 to 1.
    labels : ndarray of shape (S, S, 19), float32
        Shares of the classes.
    alpha : ndarray of shape (S, S), float32
        Share of head.

    Notes
    -----
    Seen hair is mirrored over the edge where it ceases to be seen: strands that reach the edge go on beyond it. Only
    what is finer than tones is taken.
    """
    return _continued(photo, _seen_and_bare(labels, _HAIRY, visible, alpha), _HAIR)


def toned(photo: Floats, visible: Floats, labels: Floats, alpha: Floats) -> Floats:
    """Return a view whose unseen skin keeps to the colours of the seen, and has its pores; parameters as for `combed`.

    Notes
    -----
    Hair and ground beside hidden skin would stain it. What was painted is soft, and beside own pixels looks smeared.
    """
    return _continued(
        photo, _seen_and_bare(labels, _SKINNY, visible, alpha), _SKIN, fine=_PORE, most=_PORES
    )


def _continued(
    photo: Floats,
    matter: tuple[NDArray[np.bool_], Floats],
    usual: tuple[float, float],
    *,
    fine: int = _FINE,
    most: float = 2.0,
) -> Floats:
    """Return a view whose matter, where it is bare, has the fine forms, up to `most`, and usual tones of the seen."""
    side = photo.shape[0]
    inside, bare = matter
    if not inside.any():
        return photo
    box, known = extent(bare), inside.astype(np.float32)
    way = _large(_way(inside), side)[box]
    x, y = (
        np.clip(grid + 2 * way[..., k], 0, side - 1).astype(np.float32)
        for k, grid in enumerate((np.arange(side)[None, box[1]], np.arange(side)[box[0], None]))
    )
    tones = _tones(photo, known)
    coarse = tones if fine == _FINE else _tones(photo, known, fine)
    forms = cv2.copyTo(photo - _large(coarse, side), known.astype(np.uint8))
    there = cv2.remap(known, x, y, cv2.INTER_LINEAR)
    laid = np.clip(cv2.remap(forms, x, y, cv2.INTER_LINEAR), -most, most) * _wide(there)
    off = _large(_off(_tones(photo, bare), tones[_least(inside)], usual), side)[box]
    return _added(photo, laid - off, bare, box)


def _added(photo: Floats, more: Floats, bare: Floats, box: tuple[slice, slice]) -> Floats:
    """Return the photograph with something added where it is bare, a box of it."""
    out = photo.copy()
    out[box] = np.clip(photo[box] + more * _wide(bare[box]), -1, 1)
    return out


def _way(inside: NDArray[np.bool_]) -> Floats:
    """Return how far and where the nearest seen pixel lies, x and y in px, smooth, at a quarter of the size."""
    seen = _least(inside)
    rows, columns = nearest(seen)
    height, width = seen.shape
    way = np.stack([columns - np.arange(width), rows - np.arange(height)[:, None]], -1)
    calm = cv2.GaussianBlur(way.astype(np.float32) * 4, (0, 0), inside.shape[0] / _CALM / 4)
    return np.asarray(calm, np.float32)


def _wide(share: NDArray[Any]) -> Floats:
    """Return a share (H, W) for each of three channels: a product with it is several times as fast as broadcasting."""
    return np.asarray(cv2.merge([share] * 3), np.float32)


def _seen_and_bare(
    labels: Floats, names: tuple[str, ...], visible: Floats, alpha: Floats
) -> tuple[NDArray[np.bool_], Floats]:
    """Return where a matter is surely seen, and how much of it is not; both nowhere if either is too little."""
    matter = total(labels, [CLASSES.index(n) for n in names]) * (alpha > 0.5)
    sure = (matter * visible > 0.8).astype(np.uint8)
    inside = cv2.erode(sure, _disc(matter.shape[0] // _TRUST)) > 0
    bare = np.asarray(matter * np.clip(1 - 1.5 * visible, 0, 1), np.float32)
    if inside.mean() < _ENOUGH or bare.mean() < _ENOUGH / 4:
        return np.zeros(matter.shape, bool), np.zeros(matter.shape, np.float32)
    return inside, bare


def _off(tones: Floats, seen: Floats, most: tuple[float, float]) -> Floats:
    """Return by how much tones (S, S, 3) lie beyond what is usual among seen ones (N, 3), in light and in colour."""
    parts = []
    for k, take in zip(most, (_light, _colour), strict=True):
        here, there = take(tones), take(seen)
        mean, spread = there.mean(0), there.std(0)
        parts.append(here - np.clip(here, mean - k * spread, mean + k * spread))
    return np.asarray(parts[0] + parts[1], np.float32)


def _light(tones: Floats) -> Floats:
    return np.asarray((tones @ _LUMA)[..., None], np.float32)


def _colour(tones: Floats) -> Floats:
    return np.asarray(tones - _light(tones), np.float32)


def _tones(photo: Floats, known: Floats, fine: int = _FINE) -> Floats:
    """Return the blurred photograph, looking at what is known alone, at a quarter of its size."""
    width = photo.shape[0] / fine / 2
    share = np.maximum(_soft(known, width), 1e-3)
    return np.asarray(_soft(photo * _wide(known), width) / _wide(share), np.float32)


def _soft(planes: Floats, width: float) -> Floats:
    """Return planes blurred widely, at a quarter of their size: nobody sees the difference, and it costs a tenth."""
    h, w = planes.shape[:2]
    small = cv2.resize(planes, (w // 4, h // 4), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), width / 4), np.float32)


def _large(soft: Floats, side: int) -> Floats:
    """Return soft planes at their full size."""
    return np.asarray(cv2.resize(soft, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _least(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the quarters that lie inside, any at all if none does wholly."""
    h, w = inside.shape
    share = cv2.resize(inside.astype(np.float32), (w // 4, h // 4), interpolation=cv2.INTER_AREA)
    return np.asarray(share >= min(0.99, float(share.max())))


def _disc(reach: int) -> NDArray[np.uint8]:
    side = 2 * max(1, reach) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
