"""A face that is drawn again: a photo and one of its faces in → its view, parts and lines, worked out once."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from limner.faces import WideView
    from limner.records import Face, Photo
    from limner.weights import Session

__all__ = ["seen_wide"]

#: Faces that are remembered; each takes about 5 MB, and none outlives its photograph.
_MOST = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was worked out for a face, and from what."""

    pixels: weakref.ref[NDArray[np.uint8]]
    face: Face
    session: Session
    view: WideView
    ink: dict[str, NDArray[np.float32]]


_known: OrderedDict[tuple[int, int], _Seen] = OrderedDict()
# Dropping an entry may free a photograph, whose farewell comes back here in the same thread.
_lock = threading.RLock()


def seen_wide(
    picture: Photo, face: Face, engine: Literal["flow", "learned"] = "flow"
) -> tuple[WideView, NDArray[np.float32]]:
    """Return the wide view around a face and its lines, (S, S) float32.

    Parameters
    ----------
    picture : Photo
    face : Face
        One of its faces.
    engine : {"flow", "learned"}
        Of the lines: that of the style to be drawn.

    Returns
    -------
    WideView, ndarray

    Notes
    -----
    They do not depend on the style and take half the time of a drawing, so that drawing one person in every style
    works them out once. Only the same photo and face, as objects, and the same session count as seen before.
    """
    from limner import faces, lines, weights
    from limner.records import Photo

    key, session = (id(picture.pixels), id(face)), weights.session()
    with _lock:
        known = _known.get(key)
        if known and known.pixels() is picture.pixels and known.session is session:
            _known.move_to_end(key)
        else:
            known = None
    view = known.view if known else faces.look_wide(picture, face)
    inks = known.ink if known else {}
    if engine not in inks:
        inks[engine] = lines.extract(Photo(view.pixels), view.semantic, engine=engine).ink
    if known is None:
        farewell = weakref.ref(picture.pixels, lambda _: _forget(key))
        with _lock:
            _known[key] = _Seen(farewell, face, session, view, inks)
            while len(_known) > _MOST:
                _known.popitem(last=False)
    return view, inks[engine]


def _forget(key: tuple[int, int]) -> None:
    with _lock:
        known = _known.get(key)
        # The same numbers may name another photograph by now.
        if known is not None and known.pixels() is None:
            del _known[key]
