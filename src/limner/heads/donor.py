"""Two photographed heads → the first one's photograph with parts of the second one's, pixel for pixel.

Codes know a part roughly; its own photograph knows irises and strands. So the second head is turned to where the
first one's camera stood, each part is moved to where the first head has it, and joined in the first one's light.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.affine import similarity
from limner.heads.ground import around, behind
from limner.heads.portrait import WEIGHT as PAINTER
from limner.heads.portrait import joined
from limner.heads.render import HeadRenderer
from limner.records import CLASSES, HEAD_PARTS, MIRRORED, Photo
from limner.weights import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Head, HeadSource

    Floats = NDArray[np.float64]
    Labels = NDArray[np.uint8]
    #: A picture and its classes.
    _Lent = tuple[NDArray[np.uint8], Labels]

__all__ = ["exchanged"]

#: What tells where a head is and how large: the middles of these classes.
_MARKS = ("l_eye", "r_eye", "nose", "u_lip", "l_lip", "l_brow", "r_brow")
#: So many of them tell it.
_LEAST = 3
#: Share of the picture by which strands of hair reach beyond its map.
_STRANDS = 40
#: Parts that are moved by themselves, each side alone, to where the first head has them.
_ALONE = ("nose", "eyes", "brows", "mouth", "ears")


def exchanged(source: HeadSource, other: Head, parts: list[str]) -> HeadSource | None:
    """Return a photograph with parts of another head's, or None where they cannot be laid together.

    Parameters
    ----------
    source : HeadSource
        The photograph.
    other : Head
        Whose parts; a head without a photograph is painted one first, where that network is installed.
    parts : list of str
        Names of `HEAD_PARTS`.
    """
    here = _marks(source.semantic.labels)
    if len(here) < _LEAST or not _shows(other, parts):
        return None
    side = source.photo.size_px[0]
    view = HeadRenderer(other, background="none").view(
        yaw_deg=source.yaw_deg, pitch_deg=source.pitch_deg, size_px=512 if side > 256 else 256
    )
    k = side / view.size_px
    larger = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2]])
    lent = _moved((np.asarray(view.photo.pixels), view.semantic.labels), larger, side)
    there = _marks(lent[1])
    both = [name for name in here if name in there]
    if len(both) < _LEAST:
        return None
    whole = similarity(*(np.array([marks[name] for name in both]) for marks in (there, here)))
    ground = behind(source, side)
    made = _without_wisps(source, ground, parts)
    for classes, alone in _pieces(parts):
        step = _onto(lent[1], source.semantic.labels, classes, whole) if alone else whole
        photo, labels = _moved(lent, step, side)
        photo = np.where((labels > 0)[..., None], photo, ground).astype(np.uint8)
        now = np.isin(labels, classes)
        if not alone:
            # strands reach beyond what a map calls hair, and would stand on the new forehead
            old = np.isin(source.semantic.labels, classes).astype(np.uint8)
            now |= (around(old, side // _STRANDS) > 0) & (labels > 0)
        made = joined(made, photo, labels, now, classes)
    return replace(made, joined=(*source.joined, *parts))


def _shows(other: Head, parts: list[str]) -> bool:
    """Return whether a head has pixels of its own for the parts."""
    if other.source is None:
        return session().serves(PAINTER)
    return not set(other.stale) & set(parts)


def _without_wisps(source: HeadSource, ground: NDArray[np.float32], parts: list[str]) -> HeadSource:
    """Return the photograph without the wisps of hair that is to go."""
    if not {"hair", "hat"} & set(parts):
        return source
    labels, side = source.semantic.labels, source.photo.size_px[0]
    hair = np.isin(labels, [c for p in ("hair", "hat") for c in HEAD_PARTS[p]])
    gone = around(hair.astype(np.uint8), side // 6) * (labels == 0)
    pixels = np.where(gone[..., None] > 0, ground, source.photo.pixels)
    return replace(source, photo=Photo(np.clip(np.rint(pixels), 0, 255).astype(np.uint8)))


def _pieces(parts: list[str]) -> list[tuple[list[int], bool]]:
    """Return the classes that are moved together, and whether by themselves: first what moves with the whole head."""
    whole = [c for name in parts if name not in _ALONE for c in HEAD_PARTS[name]]
    pieces: list[tuple[list[int], bool]] = [(whole, False)] if whole else []
    for name in (p for p in parts if p in _ALONE):
        paired = [c for c in HEAD_PARTS[name] if MIRRORED[c] != c]
        pieces += [([c], True) for c in paired] or [(list(HEAD_PARTS[name]), True)]
    return pieces


def _middle(labels: Labels, classes: list[int]) -> Floats | None:
    """Return the middle of some classes, x and y; None where fewer than a few pixels show them."""
    rows, columns = np.nonzero(np.isin(labels, classes))
    return np.array([columns.mean(), rows.mean()]) if len(rows) > 8 else None


def _marks(labels: Labels) -> dict[str, Floats]:
    """Return the middle of each mark that a map shows."""
    found = {name: _middle(labels, [CLASSES.index(name)]) for name in _MARKS}
    return {name: middle for name, middle in found.items() if middle is not None}


def _onto(there: Labels, here: Labels, classes: list[int], whole: Floats) -> Floats:
    """Return the whole head's motion, moved on so that a part's middle meets the first head's own, where it has one."""
    a, b = _middle(there, classes), _middle(here, classes)
    step = whole.copy()
    if a is not None and b is not None:
        step[:, 2] += b - (whole[:, :2] @ a + whole[:, 2])
    return step


def _moved(lent: _Lent, step: Floats, side: int) -> _Lent:
    """Return a picture and its classes, moved."""
    size = (side, side)
    edge = cv2.BORDER_REFLECT_101  # hair that the picture's edge cuts goes on beyond it
    photo = cv2.warpAffine(lent[0], step, size, flags=cv2.INTER_CUBIC, borderMode=edge)
    labels = cv2.warpAffine(lent[1], step, size, flags=cv2.INTER_NEAREST, borderMode=edge)
    return np.asarray(photo, np.uint8), np.asarray(labels, np.uint8)
