"""What lies beyond the aligned crop: a wide view and the classes of its middle in → classes of all of it.

The parser knows the aligned crop only; shoulders and long hair reach further. Outside the crop, person and background
are told apart by colour, starting from what the crop's rim shows, and the person's classes are carried outwards.

References
----------
Rother et al., "GrabCut", SIGGRAPH 2004.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.faces.parse import CROP_PX, parse_crop, parse_crops
from limner.geometry.affine import invert
from limner.geometry.align import warp
from limner.geometry.near import nearest
from limner.records import CLASSES, SemanticMap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from limner.records import Face, Photo

__all__ = ["GROW", "WideView", "carry_outwards", "look_wide", "parse_photo"]

#: How much wider than the aligned crop a portrait is drawn.
GROW = 1.5

#: Side, px, at which person and background are told apart.
_SIDE_PX = 128
_BODY = tuple(CLASSES.index(n) for n in ("hair", "neck", "cloth", "hat"))
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class WideView:
    """A head with its hair and shoulders.

    Parameters
    ----------
    pixels : ndarray of shape (S, S, 3), uint8
        At the scale of the 512 px crop; the crop is its middle.
    semantic : SemanticMap
        Its classes.
    view_from_photo : ndarray of shape (2, 3), float64
        From picture px to its px.
    """

    pixels: NDArray[np.uint8]
    semantic: SemanticMap
    view_from_photo: NDArray[np.float64]


def look_wide(photo: Photo, face: Face, *, grow: float = GROW) -> WideView:
    """Return the view around a face that a portrait needs.

    Parameters
    ----------
    photo : Photo
        The picture.
    face : Face
        One of its faces.
    grow : float
        Side of the view over the side of the aligned crop.
    """
    side = 2 * round(CROP_PX * grow / 2)
    shift = (side - CROP_PX) / 2
    matrix = face.crop_from_photo + np.array([[0, 0, shift], [0, 0, shift]])
    pixels = np.asarray(warp(photo.pixels, matrix, (side, side)), np.uint8)
    solid = np.full(photo.pixels.shape[:2], 255, np.uint8)
    inside = warp(solid, matrix, (side, side), border="zero", interpolation="nearest") > 127
    semantic = carry_outwards(pixels, parse_crop(photo, face), grow=side / CROP_PX, inside=inside)
    return WideView(pixels, semantic, matrix)


def parse_photo(photo: Photo, faces: Iterable[Face]) -> SemanticMap:
    """Parse every given person of a picture, hair and shoulders too, at the picture's own size.

    Parameters
    ----------
    photo : Photo
        The picture.
    faces : iterable of Face
        Where two people overlap, the nearer one (the larger face) is in front.

    Returns
    -------
    SemanticMap
        Background where no wide view reaches.
    """
    width, height = photo.size_px
    labels = np.zeros((height, width), np.uint8)
    for face in sorted(faces, key=lambda f: f.height_px):
        view = look_wide(photo, face)
        photo_from_view = invert(view.view_from_photo)
        rough = warp(
            view.semantic.labels,
            photo_from_view,
            (width, height),
            border="zero",
            interpolation="nearest",
        )
        labels[rough > 0] = rough[rough > 0]
        exact = parse_crops(photo, [face]).labels
        labels[exact > 0] = exact[exact > 0]
    return SemanticMap(labels)


def carry_outwards(
    wide: NDArray[np.uint8],
    inner: SemanticMap,
    *,
    grow: float,
    inside: NDArray[np.bool_] | None = None,
) -> SemanticMap:
    """Label a wide view whose middle is labelled already.

    Parameters
    ----------
    wide : ndarray of shape (S, S, 3), uint8
        The view: `grow` times as wide and high as the aligned crop, the same middle.
    inner : SemanticMap
        The crop's classes; any size.
    grow : float
        More than 1.
    inside : ndarray of shape (S, S), bool, optional
        Where the view shows the picture; what lies beyond the picture's edge becomes background.

    Returns
    -------
    SemanticMap
        (S, S); its middle is `inner`, resampled.

    Notes
    -----
    About 40 ms. Arms, hands and chairs may be taken for clothes, and clothes in the background's
    colour for background: the further from the face, the rougher.
    """
    side = wide.shape[0]
    core = 2 * round(_SIDE_PX / grow / 2)
    small = _resized(wide, _SIDE_PX, cv2.INTER_AREA)
    labels = _resized(inner.labels, core, cv2.INTER_NEAREST)
    start = (_SIDE_PX - core) // 2
    middle = (slice(start, start + core), slice(start, start + core))
    # a crop whose lowest row shows somebody has a body below
    person = _tell_apart(small, labels > 0, middle, body=bool((labels[-1] > 0).mean() > 0.1))
    outer = _carried(small, labels, person, middle)
    blocky = _resized(outer, side, cv2.INTER_NEAREST)
    out = np.asarray(cv2.medianBlur(blocky, 2 * round(side / _SIDE_PX) + 1), np.uint8)
    full = round(side / grow)
    corner = (side - full) // 2
    middle = (slice(corner, corner + full), slice(corner, corner + full))
    out[middle] = _resized(inner.labels, full, cv2.INTER_NEAREST)
    if inside is not None:
        out[~inside] = 0
    return SemanticMap(out)


def _resized(array: NDArray[np.uint8], side: int, kernel: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(array, (side, side), interpolation=kernel), np.uint8)


def _tell_apart(
    small: NDArray[np.uint8],
    known: NDArray[np.bool_],
    middle: tuple[slice, slice],
    *,
    body: bool,
) -> NDArray[np.bool_]:
    """Return where the person is, from the colours of the labelled middle."""
    side = small.shape[0]
    mask = np.full((side, side), 255, np.uint8)
    mask[middle] = np.where(known, cv2.GC_FGD, cv2.GC_BGD)
    if not known.any():
        return np.zeros(mask.shape, bool)
    # a first guess: each pixel outside is what the nearest pixel of the middle is
    outside = mask == 255
    guess = mask[nearest(~outside)]
    # shoulders: under a head there is a body, whatever it wears
    below = cv2.ellipse(
        np.zeros(mask.shape, np.uint8),
        (side // 2, side),
        (round(0.36 * side), round(0.15 * side)),
        0,
        0,
        360,
        1,
        -1,
    )
    mask[outside] = np.where(guess[outside] == cv2.GC_FGD, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    if body:
        mask[outside & (below > 0)] = cv2.GC_FGD
    if not (mask == cv2.GC_BGD).any():
        return np.asarray(mask != cv2.GC_BGD)
    cv2.setRNGSeed(0)
    back, front = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, side, side)  # not looked at: the mask says everything
    picture = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(picture, mask, whole, back, front, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return _joined(found, middle)


def _joined(found: NDArray[np.bool_], middle: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Keep only what hangs together with the person in the middle."""
    _, parts = cv2.connectedComponents(found.astype(np.uint8), connectivity=4)
    own = np.unique(parts[middle])
    return np.asarray(found & np.isin(parts, own[own > 0]))


def _carried(
    small: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    person: NDArray[np.bool_],
    middle: tuple[slice, slice],
) -> NDArray[np.uint8]:
    """Return classes: the middle's own, and outside body classes grown along the picture's edges."""
    body = np.where(np.isin(labels, _BODY), labels, 0)
    if not body.any():
        body = labels
    seeds = np.zeros(person.shape, np.int32)
    seeds[middle] = body
    seeds[~person] = len(CLASSES)
    # eyes, skin and the like must not grow outwards: they stand still as one more basin
    still = np.zeros(person.shape, bool)
    still[middle] = (labels > 0) & (body == 0)
    seeds[still] = len(CLASSES) + 1
    picture = np.ascontiguousarray(cv2.GaussianBlur(small, (0, 0), 1.0))
    grown = np.asarray(cv2.watershed(picture, seeds), np.int32)
    unset = (grown < 1) | (grown >= len(CLASSES))
    if unset.all():
        out = np.zeros(person.shape, np.uint8)
    else:
        out = np.where(person, grown[nearest(~unset)], 0).astype(np.uint8)
    out[middle] = labels
    return out
