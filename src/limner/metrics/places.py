"""What lies where in a sitter's photograph: a photograph in → classes in the frame in which drawings are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.faces import find_faces
from limner.faces.parse import parse_crop
from limner.metrics.drawing import SIDE_PX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Photo

__all__ = ["UNKNOWN", "places_of"]

#: Class of what lies beyond the largest face's crop.
UNKNOWN = 255


def places_of(photo: Photo) -> NDArray[np.uint8] | None:
    """Return the classes of the largest face's surroundings, 256² as `metrics.prepare` leaves a drawing.

    Parameters
    ----------
    photo : Photo
        Of the sitter, in the same frame as the drawing.

    Returns
    -------
    ndarray of shape (256, 256), uint8
        Class ids; `UNKNOWN` beyond the face's aligned crop. None if no face is found.

    Notes
    -----
    About 0.15 s.
    """
    faces = find_faces(photo)
    if not faces:
        return None
    face = max(faces, key=lambda f: f.height_px)
    width, height = photo.size_px
    # the sheet is squeezed to a square, whatever its proportions
    photo_from_sheet = np.array(
        [
            [width / SIDE_PX, 0, (width / SIDE_PX - 1) / 2],
            [0, height / SIDE_PX, (height / SIDE_PX - 1) / 2],
            [0, 0, 1],
        ]
    )
    crop_from_sheet = face.crop_from_photo @ photo_from_sheet
    found = cv2.warpAffine(
        parse_crop(photo, face).labels,
        crop_from_sheet,
        (SIDE_PX, SIDE_PX),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(UNKNOWN,),
    )
    return np.asarray(found, np.uint8)
