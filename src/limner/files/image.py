"""Pictures in: a path, stream, bytes, array or Pillow picture of any common kind in → an upright sRGB `Photo`."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from limner.errors import BadShape, UnknownName
from limner.files.color import to_srgb
from limner.files.decode import decode, guarded
from limner.files.encode import encode_labels, encode_picture
from limner.files.limits import Limits, usual_limits
from limner.files.sniff import sniff
from limner.files.source import fetch
from limner.records import Photo

__all__ = ["Limits", "PhotoSource", "encode_labels", "encode_picture", "read_photo"]

#: Whatever can be read as a picture.
PhotoSource: TypeAlias = (
    str | os.PathLike[str] | bytes | BinaryIO | Image.Image | NDArray[Any] | Photo
)

_ORIENTATION = 0x0112
_NO_EXIF = "Its EXIF block is damaged; it was taken as upright."


def read_photo(
    source: PhotoSource,
    *,
    frame: int = 0,
    background: tuple[int, int, int] = (255, 255, 255),
    limits: Limits | None = None,
) -> Photo:
    """Read a picture as people see it: upright, sRGB, eight bits, on a ground.

    Parameters
    ----------
    source : path, bytes, binary stream, PIL.Image.Image, ndarray or Photo
        A file is told by its content, never by its name: JPEG, PNG, WebP, GIF, TIFF, MPO, or HEIC with the extra.
        ``"-"`` is standard input. An array is (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): uint8, uint16, bool, or
        floating point from 0 to 1; it is taken as upright sRGB. A `Photo` comes back as it is.
    frame : int
        Which frame of a file with several, from 0.
    background : tuple of int
        sRGB ground under transparent pixels, 0 to 255 each.
    limits : Limits, optional
        What is refused before it is decoded; None takes the environment's, else the defaults, 30 MB and 60 megapixels.

    Returns
    -------
    Photo
        Pixels (H, W, 3) uint8; `alpha` where the source has clear pixels; `notes` on what was chosen or ignored.

    Raises
    ------
    UnreadablePhoto
        If it is no picture, is of a kind that is not read, is cut or damaged, or over a limit.
    UnknownName
        If there is no such frame.
    BadShape
        If an array or the background has the wrong shape, dtype or range.
    MissingExtra
        If it is HEIC and the extra is not installed.

    Examples
    --------
    >>> read_photo(np.zeros((80, 120), np.uint8)).size_px
    (120, 80)
    """
    if isinstance(source, Photo):
        return source
    limits = limits or usual_limits()
    background = _ground(background)
    if isinstance(source, Image.Image | np.ndarray):
        if frame != 0:
            raise UnknownName(f"A picture in memory has one frame, number 0; {frame} was wanted.")
        name = "The picture"
        image = source if isinstance(source, Image.Image) else _from_array(source)
        limits.check_size(name, image.size)
    else:
        data, name = fetch(source, limits)
        image = decode(data, sniff(data, name), name, frame=frame, limits=limits)
    with guarded(name):
        return _finished(image, frame, background)


def _ground(background: tuple[int, int, int]) -> tuple[int, int, int]:
    channels = tuple(background)
    if len(channels) != 3 or any(c not in range(256) for c in channels):
        raise BadShape(f"The background is {background!r}; wanted three whole numbers, 0 to 255.")
    return channels[0], channels[1], channels[2]


def _finished(image: Image.Image, frame: int, background: tuple[int, int, int]) -> Photo:
    """Apply colour and orientation to a decoded frame."""
    image.load()
    notes: tuple[str, ...] = ()
    # A phone's MPO keeps pairs and depth beside the photograph: the note is for those as well.
    # They are not counted: a file of 30 MB can hold a million, found only one by one.
    if getattr(image, "is_animated", False):
        notes += (f"It holds several frames; number {image.tell() or frame} was read.",)
    pixels, alpha, more = to_srgb(image, background)
    notes += more
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, AttributeError):
        turn, notes = 1, (*notes, _NO_EXIF)
    return Photo(_upright(pixels, turn), None if alpha is None else _upright(alpha, turn), notes)


def _upright(array: NDArray[np.uint8], turn: object) -> NDArray[np.uint8]:
    """Turn an array (H, W, ...) by an EXIF orientation, 1 to 8; anything else is upright already."""
    if turn not in range(2, 9):
        return array
    if turn in {5, 6, 7, 8}:
        array = array.swapaxes(0, 1)
    if turn in {3, 4, 7, 8}:
        array = array[::-1]
    if turn in {2, 3, 6, 7}:
        array = array[:, ::-1]
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array


def _from_array(array: NDArray[Any]) -> Image.Image:
    """Return an array as a Pillow picture of eight bits."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in {3, 4})):
        raise BadShape(f"The array has shape {array.shape}; wanted (H, W), (H, W, 3) or (H, W, 4).")
    if array.dtype == np.uint16:
        array = (array.astype(np.uint32) * 255 + 32767) // 65535
    elif array.dtype == np.bool_:
        array = array * np.uint8(255)
    elif array.dtype.kind == "f":
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise BadShape("The array holds floating-point values outside 0 to 1; scale it first.")
        array = np.rint(array * 255)
    elif array.dtype != np.uint8:
        raise BadShape(
            f"The array has dtype {array.dtype}; wanted uint8, uint16, bool or floating point."
        )
    return Image.fromarray(np.ascontiguousarray(array, dtype=np.uint8))
