"""Faces: a photo in → where they are, their points and angles, and what each pixel shows."""

from limner.faces.find import find_faces, reading_order
from limner.faces.parse import crop_photo, parse_crop, parse_photo

__all__ = ["crop_photo", "find_faces", "parse_crop", "parse_photo", "reading_order"]
