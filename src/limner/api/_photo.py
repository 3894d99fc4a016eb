"""Seeing: a file, array or `Photo` in → an upright `Photo`, its faces, what each pixel shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from limner.records import Face, Photo, SemanticMap

__all__ = ["PhotoSource", "detect_faces", "parse_face", "read_photo"]

#: Whatever a verb takes as a picture.
PhotoSource: TypeAlias = (
    "str | os.PathLike[str] | bytes | BinaryIO | Image.Image | NDArray[Any] | Photo"
)


def read_photo(
    source: PhotoSource,
    *,
    frame: int = 0,
    background: tuple[int, int, int] = (255, 255, 255),
    max_side_px: int | None = None,
    max_megabytes: float | None = None,
    max_megapixels: float | None = None,
) -> Photo:
    """Read a picture as people see it: upright, sRGB, on a ground.

    Parameters
    ----------
    source : path, bytes, binary file, PIL picture, ndarray (H, W[, 3 or 4]) uint8 or Photo
        JPEG, PNG, WebP, GIF, TIFF or MPO, told by its content and never by its name.
    frame : int
        Which frame of a picture that has several, from 0.
    background : tuple of int
        sRGB ground under transparent pixels.
    max_side_px : int, optional
        Shrink the picture to this longer side; None keeps its own size.
    max_megabytes, max_megapixels : float, optional
        Limits checked before decoding; None takes those of the environment, LIMNER_MAX_MEGABYTES and
        LIMNER_MAX_MEGAPIXELS, and without them 30 MB and 60 MP.

    Returns
    -------
    Photo
        Pixels (H, W, 3) uint8 sRGB; `notes` say what the reader did that is worth knowing.

    Raises
    ------
    UnreadablePhoto
        If it is no picture, is cut, or is over a limit.

    Examples
    --------
    >>> import numpy as np
    >>> read_photo(np.zeros((80, 120, 3), np.uint8)).size_px
    (120, 80)
    """
    from limner.files import image
    from limner.files.limits import usual_limits

    limits = usual_limits(max_megabytes=max_megabytes, max_megapixels=max_megapixels)
    photo = image.read_photo(source, frame=frame, background=background, limits=limits)
    return photo if max_side_px is None else _shrunk(photo, max_side_px)


def detect_faces(photo: PhotoSource) -> tuple[Face, ...]:
    """Find every face, in reading order.

    Parameters
    ----------
    photo : Photo or anything that `read_photo` takes
        A photograph or a drawing with any number of people.

    Returns
    -------
    tuple of Face
        Boxes and 478 points in the picture's pixels, angles in degrees; rows from top to bottom, each from left to
        right; empty if there is nobody.

    Raises
    ------
    UnreadablePhoto
        If `photo` is a file that cannot be read.
    """
    from limner import faces

    return faces.find_faces(read_photo(photo))


def parse_face(
    photo: PhotoSource, *, face: Face | None = None, faces: Sequence[Face] | None = None
) -> SemanticMap:
    """Say what each pixel shows: one of the 19 classes of ``limner.CLASSES``.

    Parameters
    ----------
    photo : Photo or anything that `read_photo` takes
    face : Face, optional
        Parse this face's aligned crop only.
    faces : sequence of Face, optional
        The faces, where they are known already; None looks for them.

    Returns
    -------
    SemanticMap
        With `face`, (512, 512) in the crop's frame; else (H, W) in the picture's own.

    Raises
    ------
    NoFace
        If the whole picture is asked for and nobody is in it.
    """
    from limner import faces as room
    from limner.errors import NoFace

    picture = read_photo(photo)
    if face is not None:
        return room.parse_crop(picture, face)
    found = detect_faces(picture) if faces is None else tuple(faces)
    if not found:
        raise NoFace("No face was found, so there is nothing to name the parts of.")
    return room.parse_photo(picture, found)


def _shrunk(photo: Photo, max_side_px: int) -> Photo:
    """Return `photo` with its longer side at most `max_side_px`; itself if it fits."""
    import numpy as np

    from limner.errors import InputError
    from limner.geometry import align
    from limner.records import Photo

    if max_side_px < 1:
        raise InputError(f"A longer side of {max_side_px} px was asked for; wanted at least 1.")
    ratio = max_side_px / max(photo.size_px)
    if ratio >= 1:
        return photo
    width, height = (max(1, round(side * ratio)) for side in photo.size_px)
    fx, fy = width / photo.size_px[0], height / photo.size_px[1]
    # Pixel centres lie at integers: the outer edges, not the centres, must meet.
    small_from_photo = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2]])
    pixels = align.warp(photo.pixels, small_from_photo, (width, height))
    alpha = photo.alpha
    if alpha is not None:
        alpha = align.warp(alpha, small_from_photo, (width, height))
    return Photo(pixels, alpha, photo.notes)
