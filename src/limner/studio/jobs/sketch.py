"""Sketches in a worker: strokes and wishes in → a shadow or a photograph as bytes, or other strokes.

A worker keeps the canvases that it saw last. A canvas that comes again is brought from what it held to what is wanted:
what no longer belongs is undone, what is new is drawn, and only components that this touched are computed anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from limner import api
from limner.api import _studio_sketch as rooms
from limner.errors import NoFace
from limner.records import Stroke
from limner.studio.jobs.draw import seen
from limner.studio.jobs.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from limner.studio.jobs.draw import Made, Source

__all__ = ["Drawn", "crop", "morph", "photo", "shadow", "strokes_of", "take", "warm_up"]

#: Canvases that a worker remembers; one that comes again after that is drawn again from its strokes.
_MOST_CANVASES = 32


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One stroke as the server keeps it.

    Parameters
    ----------
    serial : int
        The same for the same stroke of a canvas, ever.
    points : ndarray of shape (N, 3), float32
        x, y, pressure.
    width : float
        Canvas px.
    part : str
        "" where none is known.
    """

    serial: int
    points: NDArray[np.float32]
    width: float
    part: str = ""

    def stroke(self) -> Stroke:
        """Return it as a record."""
        return Stroke(self.points, self.width, self.part)


@dataclass(slots=True, eq=False)
class _Kept:
    """A canvas and the serials of the strokes on it."""

    canvas: Any
    serials: list[int] = field(default_factory=list)


_canvases: Memory[_Kept] = Memory(_MOST_CANVASES)


def warm_up() -> None:
    """Open what the first shadow and photograph need, if it is installed."""
    canvas = rooms.open_canvas()
    canvas.shadow()
    canvas.stroke([(200, 250), (300, 250)])
    canvas.photo()


def _canvas(key: str, strokes: Sequence[Drawn], neighbours: int) -> Any:
    """Return a canvas that holds exactly these strokes."""
    name = f"{key}/{neighbours}"
    kept = _canvases.get(name, lambda: _Kept(rooms.open_canvas(neighbours=neighbours)))
    wanted = [s.serial for s in strokes]
    same = 0
    while same < min(len(wanted), len(kept.serials)) and wanted[same] == kept.serials[same]:
        same += 1
    try:
        while len(kept.serials) > same:
            kept.canvas.undo()
            kept.serials.pop()
        for drawn in strokes[same:]:
            kept.canvas.stroke(drawn.points, drawn.width)
            kept.serials.append(drawn.serial)
    except BaseException:
        _canvases.drop(name)  # half way between two states it is neither
        raise
    return kept.canvas


def shadow(key: str, strokes: Sequence[Drawn], wish: dict[str, Any]) -> Made:
    """Return where a face's lines would go, as a grey PNG."""
    canvas = _canvas(key, strokes, wish["neighbours"])
    data = rooms.encode_shade(canvas.shadow(wish["size"]))
    return data, {"width": wish["size"], "height": wish["size"]}


def photo(key: str, strokes: Sequence[Drawn], wish: dict[str, Any]) -> Made:
    """Return the photograph that the strokes stand for, and how much of the ink was kept."""
    canvas = _canvas(key, strokes, wish["neighbours"])
    size = wish["size"]
    made = canvas.photo(
        confidence=wish["confidence"],
        palette=rooms.palette_of(wish["palette"]),
        size_px=size,
        seed=wish["seed"],
    )
    facts = {
        "width": size,
        "height": size,
        "ink_kept": round(rooms.ink_kept(canvas, made), 4),
        "notes": list(made.notes),
    }
    settings = {k: wish[k] for k in ("confidence", "palette", "seed")}
    return rooms.encode_made(made.pixels, wish["kind"], "sketch", settings), facts


def morph(first: Sequence[Drawn], second: Sequence[Drawn], wish: dict[str, Any]) -> Made:
    """Return the photograph between two drawings."""
    ends = [_canvas(_name(strokes), strokes, 10) for strokes in (first, second)]
    made = rooms.morph(
        ends[0],
        ends[1],
        wish["t"],
        confidence=wish["confidence"],
        palettes=(rooms.palette_of(wish["palettes"][0]), rooms.palette_of(wish["palettes"][1])),
        size_px=wish["size"],
        seed=wish["seed"],
    )
    data = rooms.encode_made(made.pixels, wish["kind"], "sketch", {"t": wish["t"]})
    return data, {"width": wish["size"], "height": wish["size"]}


def _name(strokes: Sequence[Drawn]) -> str:
    """Return a key that is the same for the same drawing."""
    digest = hashlib.sha256()
    for drawn in strokes:
        digest.update(np.float32(drawn.width).tobytes() + drawn.points.tobytes())
    return f"morph:{digest.hexdigest()}"


def strokes_of(source: Source, wish: dict[str, Any]) -> dict[str, Any]:
    """Return a photograph's lines as strokes on the canvas."""
    picture, found = seen(source)
    face = _face(found, wish["face"])
    strokes, seen_as = rooms.strokes_of(
        picture, face, seen_as=wish["seen_as"], detail=wish["detail"]
    )
    return {
        "strokes": [_plain(s) for s in strokes],
        "face": None if face is None else wish["face"],
        "canvas_from_photo": rooms.canvas_from_photo(picture, face).tolist(),
        "as": seen_as,
    }


def _face(found: Sequence[Any], index: int) -> Any:
    if not found and index == 0:
        return None
    if not 0 <= index < len(found):
        raise NoFace(f"Face {index} was asked for; the picture has {len(found)}, counted from 0.")
    return found[index]


def _plain(stroke: Stroke) -> dict[str, Any]:
    return {
        "points": stroke.points.astype(np.float64).round(2).tolist(),
        "width": round(float(stroke.width), 2),
        "part": stroke.part,
    }


def crop(source: Source, index: int) -> Made:
    """Return the photograph as it lies under the canvas, 512² PNG."""
    picture, found = seen(source)
    square = rooms.aligned(picture, _face(found, index))
    return api.encode(square, kind="png"), {"width": rooms.SIDE_PX, "height": rooms.SIDE_PX}


def take(onto: Sequence[Drawn], other: Sequence[Drawn], part: str) -> dict[str, Any]:
    """Return the strokes of one sketch with a part of another's."""
    strokes, kept = rooms.take_part([d.stroke() for d in onto], [d.stroke() for d in other], part)
    return {"strokes": [_plain(s) for s in strokes], "kept": kept}
