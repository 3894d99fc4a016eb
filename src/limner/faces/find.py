"""Every face of a picture, in reading order: a photo in → faces with points, angles and crops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.faces.detect import detect_boxes
from limner.faces.landmarks import find_landmarks
from limner.geometry.align import crop_from_landmarks
from limner.records import Face
from limner.weights import each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.faces.detect import Found
    from limner.records import Photo

__all__ = ["find_faces", "reading_order"]

_SURE = 0.5
#: A find this much smaller than a face whose hair it lies in must be
#: more certainly there than this, by the close look, to be somebody else.
_MUCH_SMALLER, _SURE_IN_HAIR = 6.0, 0.95
#: The detector sees small faces in every head of curls: beside a face of which it is this certain, those that it doubts
#: so much are not looked at closely, which would take longer than all the rest.
_CERTAIN, _DOUBTED = 0.75, 0.42
#: Hair of a find that was looked at reaches so far beyond the face, in faces; of one that only may be doubted, farther.
_HAIR, _ALL_HAIR = 0.6, 0.9


def reading_order(boxes: list[tuple[float, float, float, float]]) -> list[int]:
    """Return the order in which boxes are read: rows from the top, each from the left.

    Parameters
    ----------
    boxes : list of tuple
        x0, y0, x1, y1.

    Returns
    -------
    list of int
        Indices. A box joins the row of the highest box left if its middle lies above that box's lower edge.

    Examples
    --------
    >>> reading_order([(50, 2, 60, 12), (0, 0, 10, 10), (0, 30, 10, 40)])
    [1, 0, 2]
    """
    # ties are broken by the rest of the box, so that the order in which boxes came never counts
    left = sorted(range(len(boxes)), key=lambda i: (boxes[i][1], boxes[i][0], boxes[i]))
    order: list[int] = []
    while left:
        first, bottom = left[0], boxes[left[0]][3]
        line = [i for i in left if i == first or (boxes[i][1] + boxes[i][3]) / 2 <= bottom]
        order += sorted(line, key=lambda i: boxes[i])
        left = [i for i in left if i not in line]
    return order


def find_faces(photo: Photo) -> tuple[Face, ...]:
    """Find all faces of a photograph or drawing.

    Parameters
    ----------
    photo : Photo
        Any picture.

    Returns
    -------
    tuple of Face
        In reading order (`reading_order`); empty where there is none.
    """
    faces: list[Face] = []
    presences: list[float] = []
    boxes = _worth_a_look(detect_boxes(photo.pixels))
    for found, marked in zip(
        boxes, each(lambda found: find_landmarks(photo.pixels, found), boxes), strict=True
    ):
        # the close look knows better than the detector, which doubts every face that lies or hangs
        score = float(marked.presence * np.cbrt(found.score))
        if score < _SURE:
            continue
        low, high = marked.points[:468].min(0), marked.points[:468].max(0)
        if not (high > low).all():
            continue
        face = Face(
            box=np.concatenate([low, high]).astype(np.float32),
            score=min(1.0, score),
            landmarks=marked.points,
            yaw_deg=marked.yaw_deg,
            pitch_deg=marked.pitch_deg,
            roll_deg=marked.roll_deg,
            crop_from_photo=crop_from_landmarks(marked.points),
        )
        if not any(_same_head(face, other) for other in faces):
            faces.append(face)
            presences.append(float(marked.presence))
    faces = [
        f
        for f, presence in zip(faces, presences, strict=True)
        if presence > _SURE_IN_HAIR or not any(_in_hair(f.box, other.box) for other in faces)
    ]
    order = reading_order([_corners(f) for f in faces])
    return tuple(faces[i] for i in order)


def _corners(face: Face) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(v) for v in face.box)
    return x0, y0, x1, y1


def _same_head(a: Face, b: Face) -> bool:
    """Say whether two finds are one head: their middles lie within a third of the smaller one's height."""
    gap = np.abs(a.box[:2] + a.box[2:] - b.box[:2] - b.box[2:]).max() / 2
    return bool(gap < min(a.height_px, b.height_px) / 3)


def _worth_a_look(boxes: tuple[Found, ...]) -> list[Found]:
    """Leave out doubtful finds in the hair of a certain face."""
    certain = [f.box for f in boxes if f.score > _CERTAIN]
    return [
        f
        for f in boxes
        if f.score > _DOUBTED or not any(_in_hair(f.box, large, _ALL_HAIR) for large in certain)
    ]


def _in_hair(
    small: NDArray[np.float32], large: NDArray[np.float32], reaching: float = _HAIR
) -> bool:
    """Say whether a small box may be curls or an ear-ring around a much larger face."""
    if large[3] - large[1] < _MUCH_SMALLER * (small[3] - small[1]):
        return False
    middle = (small[:2] + small[2:]) / 2
    reach = reaching * (large[2:] - large[:2])
    return bool((middle > large[:2] - reach).all() and (middle < large[2:] + reach).all())
