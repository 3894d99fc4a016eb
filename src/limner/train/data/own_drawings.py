"""A folder of one artist's drawings in → sheets in which every drawing is its own pair.

No photographs of the sitters are needed: a drawing's own lines and classes stand for the photograph's, its blurred
tones for the photograph's grey, as with charcoal in `limner.train.data.style_sheets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import RecipeError
from limner.faces import find_faces
from limner.geometry.align import crop_from_landmarks, warp
from limner.styles import find
from limner.train.data.drawings import PairSampler, Sheets, picture_of, to_white
from limner.train.data.folder import PhotoFolder
from limner.train.data.style_sheets import classes_of, stacked

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.records import Face, Photo

__all__ = ["LEAST", "OwnSampler", "read_drawings"]

#: Fewer drawings than this can't be told from one drawing's accidents.
LEAST = 5
#: An aligned crop is never taken larger than this: the shipped network draws at this scale.
_SIDE_PX = 300
#: How much of the sheet is seen around the aligned crop.
_GROW = 1.3
#: Standard deviations of the blur that leaves of a drawing only its tones, px.
_TONES_PX = (3.0, 7.0)


def read_drawings(folder: Path) -> tuple[list[NDArray[np.uint8]], int]:
    """Return the sheets of a folder's drawings, and at what size its artist draws faces.

    Parameters
    ----------
    folder : Path
        Pictures, each with a face; of several faces the largest counts.

    Returns
    -------
    list of ndarray of shape (S, S, 4), uint8
        Grey (the drawing itself, not yet blurred), drawing on white paper, ink, class.
    int
        Side of the aligned crop in them, px.

    Raises
    ------
    RecipeError
        If there is no picture, no face is found on any, or fewer than `LEAST` can be used.
    """
    pictures = PhotoFolder(folder)
    found = [(photo, face) for _, photo in pictures for face in _largest(photo)]
    if not found:
        raise RecipeError(
            f"On none of the {len(pictures)} pictures in {folder} a face was found. A style is learnt from {LEAST} or "
            "more drawings (10 to 300 do well), each of a face that fills a good part of the sheet, upright, eyes and "
            "mouth drawn."
        )
    if len(found) < LEAST:
        raise RecipeError(
            f"{len(found)} of the {len(pictures)} pictures in {folder} can be used: a face was found on them. Wanted "
            f"are {LEAST} at least, and 10 to 300 do well; add drawings, or crop them nearer to the face."
        )
    sides = [_crop_px(face) for _, face in found]
    side = round(min(_SIDE_PX, float(np.median(sides))))
    return [_sheet(photo, face, side) for photo, face in found], side


def _largest(photo: Photo) -> list[Face]:
    """Return the largest face, or nothing."""
    return sorted(find_faces(photo), key=lambda f: -f.height_px)[:1]


def _crop_px(face: Face) -> float:
    """Return the side of a face's aligned crop, in px of its picture."""
    matrix = face.crop_from_photo
    return 512 / float(np.hypot(matrix[0, 0], matrix[0, 1]))


def _sheet(photo: Photo, face: Face, side: int) -> NDArray[np.uint8]:
    """Return one drawing, aligned, with some of the sheet around it."""
    whole = 4 * round(side * _GROW / 4)
    there = crop_from_landmarks(face.landmarks, side)
    there[:, 2] += (whole - side) / 2
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    drawn = to_white(np.asarray(warp(np.asarray(grey, np.uint8), there, (whole, whole)), np.uint8))
    clean = np.repeat(drawn[..., None], 3, 2)
    points = face.landmarks @ there[:, :2].T + there[:, 2]
    return stacked(clean, drawn, classes_of(clean, points), find("croquis").lines)


class OwnSampler:
    """Batches of crops of one's own drawings.

    Parameters
    ----------
    sheets : list of ndarray of shape (S, S, 4), uint8
        From `read_drawings`.
    batch, size_px : int
        Crops a batch; side of a crop.
    """

    def __init__(self, sheets: list[NDArray[np.uint8]], *, batch: int, size_px: int) -> None:
        self.sheets, self.count = sheets, batch
        flat = np.concatenate([s.ravel() for s in sheets])
        kept = Sheets(
            flat,
            np.cumsum([0, *(s.size for s in sheets)]).astype(np.int64),
            np.array([s.shape[1::-1] for s in sheets], np.int32),
            np.zeros(len(sheets), np.uint8),
            tuple(str(i) for i in range(len(sheets))),
        )
        self.crops = PairSampler(kept, size_px=size_px)

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return picture (N, 21, S, S) and drawing (N, 1, S, S), float32 0–1."""
        pictures, drawings = [], []
        for _ in range(self.count):
            sheet = toned(self.sheets[int(rng.integers(len(self.sheets)))], rng)
            crop = self.crops.cut(rng, sheet)
            pictures.append(picture_of(crop))
            drawings.append(crop[None, ..., 1].astype(np.float32) / 255)
        return {"picture": np.stack(pictures), "drawing": np.stack(drawings)}


def toned(sheet: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a sheet whose grey is the drawing's tones alone, no stroke left."""
    out = sheet.copy()
    out[..., 0] = cv2.GaussianBlur(
        np.ascontiguousarray(sheet[..., 1]), (0, 0), float(rng.uniform(*_TONES_PX))
    )
    return out
