"""Faces: a photo in → where they are, their points and angles, and what each pixel shows."""

from limner.faces.beyond import WideView, look_wide, parse_photo
from limner.faces.find import find_faces, reading_order
from limner.faces.parse import CROP_PX, crop_photo, parse_crop

__all__ = [
    "CROP_PX",
    "WideView",
    "crop_photo",
    "find_faces",
    "look_wide",
    "parse_crop",
    "parse_photo",
    "reading_order",
]
