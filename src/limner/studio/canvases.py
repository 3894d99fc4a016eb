"""Where each canvas stands: what is known and a change in → the newest strokes, or why the change does not fit."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.studio.errors import Problem
from limner.studio.jobs.sketch import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from limner.studio.bodies import CanvasWish, StrokeIn
    from limner.studio.limits import Limits

__all__ = ["CanvasState", "advance", "checked"]

#: So far outside the canvas of 512 px a point may lie: a pen may leave the sheet, not the table.
_FARTHEST_PX = 4096.0
_serials = itertools.count()


@dataclass(frozen=True, slots=True, eq=False)
class CanvasState:
    """One canvas.

    Parameters
    ----------
    version : int
    strokes : tuple of Drawn
    """

    version: int
    strokes: tuple[Drawn, ...]

    @property
    def bytes(self) -> int:
        """Memory that the points take."""
        return sum(s.points.nbytes for s in self.strokes)


def checked(strokes: Sequence[StrokeIn], limits: Limits) -> tuple[Drawn, ...]:
    """Return strokes as arrays.

    Raises
    ------
    Problem
        413 if they are too many, 422 if a point is none.
    """
    if len(strokes) > limits.strokes:
        raise _too_many("strokes", len(strokes), limits.strokes)
    points = [len(s.points) for s in strokes]
    if sum(points) > limits.points:
        raise _too_many("points", sum(points), limits.points)
    if points and max(points) > limits.points_a_stroke:
        raise _too_many("points in one stroke", max(points), limits.points_a_stroke)
    return tuple(
        Drawn(next(_serials), _array(s.points, k), float(s.width), s.part)
        for k, s in enumerate(strokes)
    )


def _too_many(what: str, came: int, most: int) -> Problem:
    return Problem(413, "too_large", f"{came} {what} came; a sketch has at most {most}.")


def _array(points: list[Any], number: int) -> NDArray[np.float32]:
    """Return (N, 3) float32: x, y, pressure."""
    try:
        given = np.asarray(points)
    except ValueError:  # rows of different lengths
        given = np.zeros(0, object)
    if given.dtype.kind not in "iuf" or given.ndim != 2 or given.shape[1] not in (2, 3):
        raise _bad(number, "points that are not all [x, y] or all [x, y, pressure], one at least")
    array = given.astype(np.float64)
    if array.shape[1] == 2:
        array = np.column_stack([array, np.ones(len(array))])
    # written so that "not a number" fails too
    if not (np.abs(array[:, :2]) <= _FARTHEST_PX).all():
        raise _bad(number, "a point that is nowhere near the canvas, or no number")
    if not ((array[:, 2] >= 0) & (array[:, 2] <= 1)).all():
        raise _bad(number, "a pressure outside 0 to 1")
    return array.astype(np.float32)


def _bad(number: int, what: str) -> Problem:
    return Problem(422, "bad_value", f"Stroke {number} has {what}.")


def advance(known: CanvasState | None, wish: CanvasWish, limits: Limits) -> CanvasState:
    """Return the canvas's newest state.

    Parameters
    ----------
    known : CanvasState, optional
        What the studio knows of it.
    wish : CanvasWish
    limits : Limits

    Raises
    ------
    Problem
        409 ``stale`` if something newer is known, 409 ``unknown_base`` if the change is of a state that is not.
    """
    if known is not None and wish.version == known.version:
        return known
    if known is not None and wish.version < known.version:
        raise Problem(
            409, "stale", f"Version {known.version} is known already; {wish.version} is older."
        )
    added = checked(wish.add, limits)
    if wish.base is None:
        return CanvasState(wish.version, _recognized(known, added))
    if known is None or wish.base != known.version:
        raise Problem(409, "unknown_base", f"Version {wish.base} of this canvas is not known.")
    if wish.keep > len(known.strokes):
        raise Problem(
            422,
            "bad_value",
            f"keep is {wish.keep}, but version {wish.base} has {len(known.strokes)} strokes.",
        )
    strokes = (*known.strokes[: wish.keep], *added)
    if len(strokes) > limits.strokes:
        raise _too_many("strokes", len(strokes), limits.strokes)
    points = sum(len(s.points) for s in strokes)
    if points > limits.points:
        raise _too_many("points", points, limits.points)
    return CanvasState(wish.version, strokes)


def _recognized(known: CanvasState | None, strokes: tuple[Drawn, ...]) -> tuple[Drawn, ...]:
    """Return strokes that were all sent, with those in front that are known already as they are known."""
    same = 0
    for old, new in zip(known.strokes if known else (), strokes, strict=False):
        if old.width != new.width or not np.array_equal(old.points, new.points):
            break
        same += 1
    return (*(known.strokes[:same] if known else ()), *strokes[same:])
