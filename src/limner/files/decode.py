"""The door to the decoders: bytes of a known kind in → one frame as a Pillow picture, or why not."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

# Imported by name, so that Pillow knows these six and never loads all of its plugins to find one of them.
from PIL import (
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from limner.errors import MissingExtra, UnknownName, UnreadablePhoto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.files.limits import Limits

__all__ = ["decode", "guarded"]

#: The one Pillow plugin that may see each kind; phones' MPO is a JPEG that turns out to hold several.
_PLUGINS = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "webp": ("WEBP",),
    "gif": ("GIF",),
    "tiff": ("TIFF",),
}

#: What decoders raise on files that are cut, damaged or made to harm.
_FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

#: Frames are found one after the other, in GIF and TIFF by reading all that come before.
_LAST_FRAME = 9_999

_DNG_VERSION, _NEW_SUBFILE_TYPE, _SUB_IFDS = 50706, 254, 330

_quiet_lock = threading.Lock()
_quiet_count = 0
_quiet_filters: warnings.catch_warnings[None] | None = None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Pillow's own warnings from the user; several threads may be inside at once.

    `warnings.catch_warnings` alone restores a stale list of filters where threads overlap: the first in sets the
    filter, the last out takes it away.
    """
    global _quiet_count, _quiet_filters
    with _quiet_lock:
        _quiet_count += 1
        if _quiet_count == 1:
            _quiet_filters = warnings.catch_warnings()
            _quiet_filters.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_count -= 1
            if _quiet_count == 0 and _quiet_filters is not None:
                _quiet_filters.__exit__(None, None, None)


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Run decoders inside: their warnings are kept away, their failures become `UnreadablePhoto`.

    Parameters
    ----------
    name : str
        How the message calls the picture.

    Raises
    ------
    UnreadablePhoto
        If anything inside raises what a decoder raises; Limner's own errors pass.
    """
    with _quiet():
        try:
            yield
        except (UnreadablePhoto, UnknownName, MissingExtra):
            raise
        except _FAILURES as error:
            raise UnreadablePhoto(f"{name} {_in_words(error)}") from error


def _in_words(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, Image.DecompressionBombError):
        return "claims far more pixels than any photograph has and was not decoded."
    if isinstance(error, MemoryError):
        return "needs more memory than there is. Scale it down first."
    if "Decompressed data too large" in text or "text chunks" in text:
        return "holds a text or profile block that unpacks to many megabytes and was not decoded."
    if isinstance(error, UnidentifiedImageError) or not text:
        return "is damaged or of a rare kind that cannot be decoded. Save it again as JPEG or PNG."
    return f"is cut short or damaged ({text[:120].rstrip('.')}). Copy or download it again."


def decode(data: bytes, kind: str, name: str, *, frame: int, limits: Limits) -> Image.Image:
    """Open a picture, check what its header claims, and decode one frame.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : str
        What `limner.files.sniff` said it is.
    name : str
        How messages call it.
    frame : int
        Which frame, from 0.
    limits : Limits
        Checked on the header before anything is decoded, and again on the frame.

    Returns
    -------
    PIL.Image.Image
        Loaded, in the file's own mode, with its `info`; not yet upright.

    Raises
    ------
    UnreadablePhoto
        If it is over a limit, cut, damaged or a raw file's preview.
    UnknownName
        If there is no such frame.
    MissingExtra
        If it is HEIC and no decoder for that is installed.
    """
    with guarded(name):
        if kind == "heic":
            # Here and not above: the extra may be absent.
            from limner.files.heic import decode_heic

            return decode_heic(data, name, frame=frame, limits=limits)
        if kind == "webp":
            _check_webp_canvas(data, name, limits)
        image = _opened(data, kind, name, limits)
        limits.check_size(name, image.size)
        _check_is_no_preview(image, name)
        _select_frame(image, frame, name)
        limits.check_size(name, image.size)
        image.load()
        if kind == "png":
            _check_png_ends(data)
        return image


def _opened(data: bytes, kind: str, name: str, limits: Limits) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=_PLUGINS[kind])
    except Image.DecompressionBombError as error:
        # Pillow's own ceiling, far above ours, speaks before we see the size.
        raise UnreadablePhoto(
            f"{name} claims more pixels than any photograph has; "
            f"at most {limits.max_megapixels:g} megapixels are read. Scale it down first."
        ) from error


def _select_frame(image: Image.Image, frame: int, name: str) -> None:
    """Go to one frame of an open picture; past the last, or so far that only an attacker's file goes, refuse."""
    if not 0 <= frame <= _LAST_FRAME:
        raise UnknownName(f"{name} was to give frame {frame}; frames are 0 to {_LAST_FRAME}.")
    # Step by step, as the decoders do inside: so the number of frames is known where they end.
    for number in range(1, frame + 1):
        try:
            image.seek(number)
        except EOFError as error:
            there = "one frame, number 0" if number == 1 else f"{number} frames, 0 to {number - 1}"
            raise UnknownName(f"{name} has no frame {frame}; it has {there}.") from error


def _check_webp_canvas(data: bytes, name: str, limits: Limits) -> None:
    """Check an extended WebP's canvas: some Pillows allocate it before they tell its size."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        limits.check_size(name, (width, height))


def _check_is_no_preview(image: Image.Image, name: str) -> None:
    """Refuse camera raw in TIFF's clothes, whose first picture is a thumbnail."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return
    tags = image.tag_v2
    is_preview = _SUB_IFDS in tags and bool(int(tags.get(_NEW_SUBFILE_TYPE, 0)) & 1)
    if _DNG_VERSION in tags or is_preview:
        raise UnreadablePhoto(
            f"{name} is a camera raw file, whose only ready picture is a small preview. "
            "Develop it in a photo program, export it as JPEG and give that."
        )


def _check_png_ends(data: bytes) -> None:
    """Walk the chunks to the last: the pixels can be whole where the file is not."""
    at = 8
    while at + 12 <= len(data):
        if data[at + 4 : at + 8] == b"IEND":
            return
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    raise EOFError("the end of the file is missing")
