"""HEIC, by an extra: the bytes of a HEIC file in → one picture of it for Pillow, or how to do without the extra."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from limner.errors import MissingExtra, UnknownName, UnreadablePhoto

if TYPE_CHECKING:
    from PIL import Image

    from limner.files.limits import Limits

__all__ = ["decode_heic"]


def decode_heic(data: bytes, name: str, *, frame: int, limits: Limits) -> Image.Image:
    """Decode a HEIC picture, turned upright by its decoder.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        How messages call it.
    frame : int
        0 is the main picture, whatever its place in the file; then the others in their order.
    limits : Limits
        Checked on the header before anything is decoded.

    Returns
    -------
    PIL.Image.Image
        RGB or RGBA, eight bits a channel; `info` may hold an ICC profile.

    Raises
    ------
    MissingExtra
        If `pi-heif` is not installed; says how to convert the file instead.
    UnreadablePhoto
        If it is over a limit or holds no picture.
    UnknownName
        If there is no such frame.
    """
    pictures = _pictures(data, name)
    if not pictures:
        raise UnreadablePhoto(f"{name} is a HEIC file without a picture. Export it again as JPEG.")
    if not 0 <= frame < len(pictures):
        raise UnknownName(f"{name} has no frame {frame}; it has {len(pictures)}, numbered from 0.")
    limits.check_size(name, pictures[frame].size)
    image: Image.Image = pictures[frame].to_pillow()
    return image


def _pictures(data: bytes, name: str) -> list[Any]:
    """Return the decoder's handles of all pictures, the main one first; nothing is decoded yet."""
    try:
        pi_heif = importlib.import_module("pi_heif")
    except ImportError as error:
        raise MissingExtra(
            f"{name} is a HEIC picture; reading it needs an extra: pip install 'limner[heic]'. "
            "Or export it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)."
        ) from error
    heif = pi_heif.open_heif(data)
    pictures = list(heif)
    if pictures:
        pictures.insert(0, pictures.pop(heif.primary_index))
    return pictures
