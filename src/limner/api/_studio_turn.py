"""Turning heads as the studio asks for it: a photo, seed or file in → a head; a head and a camera in → pictures."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from limner.heads.render import Background, HeadRenderer
    from limner.records import Face, Head, Photo, View

__all__ = [
    "SHOWN",
    "decode_head",
    "encode_head",
    "head_facts",
    "head_of_photo",
    "head_of_seed",
    "head_with",
    "picture_of",
    "renderer",
    "view_of",
]

#: What a view may be shown as.
SHOWN = ("photo", "labels", "depth", "drawing")


def head_of_photo(photo: Photo, face: Face) -> Head:
    """Return the head of a photographed person."""
    from limner import heads

    with _told():
        return heads.encode_photo(photo, face)


def head_of_seed(seed: int, *, truncation_psi: float = 0.7) -> Head:
    """Return a random head."""
    from limner import heads

    with _told():
        return heads.sample_head(seed, truncation_psi=truncation_psi)


def head_with(head: Head, part: str, *, seed: int | None = None, other: Head | None = None) -> Head:
    """Return `head` with one part from a seed or from another head.

    Raises
    ------
    InputError
        If neither or both are given.
    """
    from limner import heads
    from limner.errors import InputError

    if (seed is None) == (other is None):
        raise InputError("A new part comes from a seed or from another head; give one of both.")
    with _told():
        if other is not None:
            return heads.mix(head, other, [part])
        assert seed is not None  # noqa: S101 - one of both, as above
        return heads.resample(head, [part], seed)


def encode_head(head: Head) -> bytes:
    """Return the file of a head."""
    from limner import heads

    return heads.encode_head(head)


def decode_head(data: bytes) -> Head:
    """Return the head of a file's bytes."""
    from limner import heads

    with _told():
        return heads.decode_head(data)


def head_facts(head: Head) -> dict[str, Any]:
    """Return what a page wants to know of a head, as plain values."""
    source = head.source
    return {
        "from": "seed" if source is None else "photo",
        "seed": head.seed,
        "edited": list(head.edited),
        "parts": list(head.parts),
        "yaw_deg": 0.0 if source is None else round(float(source.yaw_deg), 1),
        "pitch_deg": 0.0 if source is None else round(float(source.pitch_deg), 1),
    }


def renderer(head: Head, background: Background = "keep") -> HeadRenderer:
    """Return what shows a head from many sides."""
    from limner import heads

    with _told():
        return heads.HeadRenderer(head, background=background)


def view_of(turn: HeadRenderer, yaw_deg: float, pitch_deg: float, size_px: int) -> View:
    """Return what a camera sees; angles beyond what heads know are clamped without a word."""
    with warnings.catch_warnings(), _told():
        warnings.simplefilter("ignore", UserWarning)
        return turn.view(yaw_deg=yaw_deg, pitch_deg=pitch_deg, size_px=size_px)


def picture_of(
    view: View, shown: str, *, style: str = "croquis", strength: float = 1.0
) -> NDArray[np.uint8]:
    """Return a view as a picture, (S, S) or (S, S, 3) uint8.

    Parameters
    ----------
    view : View
    shown : str
        One of `SHOWN`; depth is lighter where it is nearer.
    style, strength
        Of a drawing.
    """
    import numpy as np

    from limner import lines, styles
    from limner.errors import UnknownName

    if shown == "photo":
        return view.photo.pixels
    if shown == "labels":
        return view.semantic.colored()
    if shown == "depth":
        return _nearness(view)
    if shown != "drawing":
        raise UnknownName.among("kind of view", shown, SHOWN)
    if view.drawing is not None and view.drawing.style == style:
        return view.drawing.pixels
    ink = lines.extract(view.photo, view.semantic).ink
    return np.asarray(
        styles.render_crop(
            view.photo.pixels, view.semantic, ink, style=style, strength=strength, seed=0
        ),
        np.uint8,
    )


def _nearness(view: View) -> NDArray[np.uint8]:
    import numpy as np

    known = view.depth_m > 0
    out = np.zeros(view.depth_m.shape, np.uint8)
    if known.any():
        near, far = view.depth_m[known].min(), view.depth_m[known].max()
        share = (far - view.depth_m[known]) / max(float(far - near), 1e-6)
        out[known] = np.rint(40 + 215 * share).astype(np.uint8)
    return out


@contextmanager
def _told() -> Iterator[None]:
    """Say a graph that is not in the ledger as a missing weight, which it is to the user."""
    from limner.errors import MissingWeights, UnknownName

    try:
        yield
    except UnknownName as error:
        if "There is no weight" not in str(error):
            raise
        raise MissingWeights(
            "The networks of heads are not installed, so heads cannot be turned."
        ) from error
