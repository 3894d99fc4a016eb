"""Pictures one after another in → the bytes of an animated WebP or of an MP4."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from limner.errors import BadShape, InputError, MissingExtra
from limner.files.metadata import xmp_packet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from limner.records import Recipe

__all__ = ["encode_mp4", "encode_webp_film"]

_WEBP_QUALITY = 82
#: H.264's constant rate: 18 is called visually lossless.
_MP4_QUALITY = "18"


def encode_webp_film(
    frames: Sequence[NDArray[np.uint8]], *, per_second: float = 12.0, recipe: Recipe | None = None
) -> bytes:
    """Encode a film that repeats for ever.

    Parameters
    ----------
    frames : sequence of ndarray of shape (H, W, 3), uint8
        sRGB, all of one size.
    per_second : float
        Frames a second, over 0 to 50.
    recipe : Recipe, optional
        Written in as XMP.

    Returns
    -------
    bytes
        An animated WebP, which browsers, phones and Pillow show.

    Raises
    ------
    BadShape
        If there is no frame, or the sizes differ.
    InputError
        If the speed is out of range.
    """
    shown = [Image.fromarray(f) for f in _checked(frames, per_second)]
    stream = io.BytesIO()
    options: dict[str, bytes] = {} if recipe is None else {"xmp": xmp_packet(recipe)}
    shown[0].save(
        stream,
        "WEBP",
        save_all=True,
        append_images=shown[1:],
        duration=round(1000 / per_second),
        loop=0,
        quality=_WEBP_QUALITY,
        method=2,
        **options,
    )
    return stream.getvalue()


def encode_mp4(frames: Sequence[NDArray[np.uint8]], *, per_second: float = 12.0) -> bytes:
    """Encode a film as H.264 in an MP4, which every player and browser shows.

    Parameters
    ----------
    frames : sequence of ndarray of shape (H, W, 3), uint8
        sRGB, all of one size; an odd row or column at the end is left out.
    per_second : float
        Frames a second, over 0 to 50.

    Raises
    ------
    BadShape
        If there is no frame, or the sizes differ.
    InputError
        If the speed is out of range.
    MissingExtra
        If PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtra(
            "MP4 needs the extra: pip install 'limner[film]'. The animated WebP needs nothing more."
        ) from error
    from fractions import Fraction

    checked = _checked(frames, per_second)
    height, width = (n // 2 * 2 for n in checked[0].shape[:2])
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as film:
        track = film.add_stream("libx264", rate=Fraction(per_second).limit_denominator(1000))
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        track.options = {"crf": _MP4_QUALITY, "threads": "1"}
        for pixels in checked:
            even = np.ascontiguousarray(pixels[:height, :width])
            film.mux(track.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        film.mux(track.encode())
    return stream.getvalue()


def _checked(frames: Sequence[NDArray[np.uint8]], per_second: float) -> list[NDArray[np.uint8]]:
    if not 0 < per_second <= 50:
        raise InputError(f"{per_second:g} frames a second are no film; give over 0 to 50.")
    checked = [np.ascontiguousarray(f) for f in frames]
    shapes = {f.shape for f in checked}
    one = len(shapes) == 1 and all(f.dtype == np.uint8 for f in checked)
    if not one or len(next(iter(shapes))) != 3 or next(iter(shapes))[2] != 3:
        raise BadShape(
            f"A film wants uint8 frames of one shape (H, W, 3); these have {sorted(shapes)}."
        )
    return checked
