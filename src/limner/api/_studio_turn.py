"""Turning heads as the studio asks for it: a photo, seed or file in → a head; a head and a camera in → pictures."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from limner.api._edit import edit_head, read_labels
from limner.api._heads import seed_to_head, view_recipe
from limner.api._orbit import _lines_of, encode_views, orbit, view_holder
from limner.api._studio_draw import LINES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.heads.ink import InkHolder
    from limner.heads.render import Background, HeadRenderer
    from limner.records import Head, View

__all__ = [
    "SHOWN",
    "decode_head",
    "encode_head",
    "film_of",
    "head_facts",
    "head_with",
    "holder_of",
    "painted_head",
    "picture_of",
    "renderer",
    "view_of",
]

#: What a view may be shown as.
SHOWN = ("photo", "labels", "depth", "drawing")


def head_with(
    head: Head,
    part: str,
    *,
    seed: int | None = None,
    other: Head | None = None,
    amount: float = 1.0,
) -> Head:
    """Return `head` with one part from a seed or from another head.

    Raises
    ------
    InputError
        If neither or both are given, or the amount is outside 0 to 1.
    """
    from limner import heads
    from limner.errors import InputError

    if (seed is None) == (other is None):
        raise InputError("A new part comes from a seed or from another head; give one of both.")
    if other is None:
        assert seed is not None  # noqa: S101 - one of both, as above
        other = seed_to_head(seed)
    return heads.mix(head, other, [part], amount=amount)


def encode_head(head: Head) -> bytes:
    """Return the file of a head."""
    from limner import heads

    return heads.encode_head(head)


def decode_head(data: bytes) -> Head:
    """Return the head of a file's bytes."""
    from limner import heads

    return heads.decode_head(data)


def head_facts(head: Head) -> dict[str, Any]:
    """Return what a page wants to know of a head, as plain values."""
    source = head.source
    return {
        "from": "seed" if source is None else "photo",
        "seed": head.seed,
        "edited": list(head.edited),
        "parts": list(head.parts),
        "painted": len(head.painted),
        "yaw_deg": 0.0 if source is None else round(float(source.yaw_deg), 1),
        "pitch_deg": 0.0 if source is None else round(float(source.pitch_deg), 1),
    }


def renderer(head: Head, background: Background = "keep") -> HeadRenderer:
    """Return what shows a head from many sides."""
    from limner import heads

    return heads.HeadRenderer(head, background=background)


def view_of(turn: HeadRenderer, yaw_deg: float, pitch_deg: float, size_px: int) -> View:
    """Return what a camera sees; angles beyond what heads know are clamped without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return turn.view(yaw_deg=yaw_deg, pitch_deg=pitch_deg, size_px=size_px)


def holder_of(
    turn: HeadRenderer,
    style: str,
    *,
    strength: float = 1.0,
    parts: Mapping[str, str] | None = None,
    size_px: int = 256,
) -> InkHolder:
    """Return who draws the views of one head in one manner so that neighbouring views agree.

    Parameters
    ----------
    turn : HeadRenderer
    style : str
        Or clean lines, "lines".
    strength : float
    parts : mapping of str to str, optional
        Part → its own style.
    size_px : int
        Side of all views.

    Returns
    -------
    InkHolder
        Keep it as long as the head is turned: its few key views are drawn once.

    Raises
    ------
    UnknownName
        If there is no such style or part.
    """
    if style == LINES:
        from limner import heads

        return heads.InkHolder(heads.KeyViews(turn, size_px=size_px), _lines_of)
    return view_holder(turn, style, strength=strength, parts=parts, size_px=size_px)


def picture_of(view: View, shown: str, *, ink: InkHolder | None = None) -> NDArray[np.uint8]:
    """Return a view as a picture, (S, S) or (S, S, 3) uint8.

    Parameters
    ----------
    view : View
    shown : str
        One of `SHOWN`; depth is lighter where it is nearer.
    ink : InkHolder, optional
        Who draws it, if a drawing is wanted.

    Raises
    ------
    UnknownName
        If a view is not shown as that, or a drawing is wanted and nobody draws.
    """
    from limner.errors import UnknownName

    if shown == "photo":
        return view.photo.pixels
    if shown == "labels":
        return view.semantic.colored()
    if shown == "depth":
        return _nearness(view)
    if shown != "drawing" or ink is None:
        raise UnknownName.among("kind of view", shown, SHOWN)
    return ink.drawn(view)


def painted_head(head: Head, labels: bytes, yaw_deg: float, pitch_deg: float) -> Head:
    """Return `head` changed by painting on its map; see `edit_head`.

    Parameters
    ----------
    head : Head
    labels : bytes
        A picture of the whole map of one view, painted over, as `read_labels` takes it.
    yaw_deg, pitch_deg : float
        The view that was painted on.
    """
    return edit_head(head, labels=read_labels(labels), yaw_deg=yaw_deg, pitch_deg=pitch_deg)


def film_of(
    head: Head,
    angles_deg: Sequence[tuple[float, float]],
    *,
    style: str = "",
    parts: Mapping[str, str] | None = None,
) -> bytes:
    """Return an animated WebP of a head that turns there and back, drawn too if a style is given.

    Parts may have styles of their own.
    """
    own = dict(parts or {}) if style else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        stops = list(
            orbit(head, angles_deg=angles_deg, styles=(style,) if style else (), parts=own)
        )
    settings = {"style": style} | ({"parts": own} if own else {})
    return encode_views(stops, kind="webp", recipe=view_recipe(head, "orbit", settings))


def _nearness(view: View) -> NDArray[np.uint8]:
    import numpy as np

    known = view.depth_m > 0
    out = np.zeros(view.depth_m.shape, np.uint8)
    if known.any():
        near, far = view.depth_m[known].min(), view.depth_m[known].max()
        share = (far - view.depth_m[known]) / max(float(far - near), 1e-6)
        out[known] = np.rint(40 + 215 * share).astype(np.uint8)
    return out
