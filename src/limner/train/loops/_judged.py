"""A way to draw people and sheets of people who never train in → FD to each artist's own drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from limner.metrics.drawing import prepare
from limner.metrics.fd import fd
from limner.train.data.drawings import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Sheets", "fd_of_styles", "fitted", "people_of"]


class Sheets(Protocol):
    """What holds sheets: `limner.train.data.drawings.Sheets`, or a shelf."""

    @property
    def style(self) -> NDArray[np.uint8]:
        """Index into `STYLES` of each."""

    def sheet(self, i: int) -> NDArray[np.uint8]:
        """Return sheet `i`, (H, W, 4) uint8: grey, drawing, ink, class."""


def people_of(style: int, held_out: Sheets) -> NDArray[np.intp]:
    """Return the sheets whose photographs a style is judged on.

    The test people of the style's own artist; where he has none, because nobody photographed his sitters, everybody's.
    """
    styles = np.asarray(held_out.style)
    own = np.flatnonzero(styles == style)
    return own if len(own) else np.arange(len(styles))


def fd_of_styles(
    draw: Callable[[NDArray[np.uint8], int], NDArray[np.uint8]],
    held_out: Sheets,
    train: Sheets,
    most: int,
    only: str = "",
) -> dict[str, float]:
    """Return ``fd_<style>`` of each style that has drawings, and their mean ``fd``.

    Parameters
    ----------
    draw : callable
        Given a sheet and a style, returns the drawing of its photograph, (H, W) uint8.
    held_out, train : Sheets
        People who never train; the artists' drawings that are the measure.
    most : int
        Drawings a side at most.
    only : str
        One of `STYLES`, if no other is to be judged.
    """
    # bound late, so that tests may put another judge in its place
    from limner.metrics.features import features

    scores = {}
    for k, name in enumerate(STYLES):
        if only not in ("", name):
            continue
        theirs = np.flatnonzero(np.asarray(train.style) == k)[:most]
        mine = people_of(k, held_out)[: len(theirs)]
        if len(mine) < 2:
            continue
        made = [prepare(draw(held_out.sheet(int(i)), k)) for i in mine]
        real = [
            prepare(np.ascontiguousarray(train.sheet(int(i))[..., 1])) for i in theirs[: len(mine)]
        ]
        scores[f"fd_{name}"] = float(fd(features(real), features(made)))
    if scores:
        scores["fd"] = float(np.mean(list(scores.values())))
    return scores


def fitted(tile: NDArray[np.uint8], side: int = 250) -> NDArray[np.uint8]:
    """Return the tile's middle on a white square."""
    out = np.full((side, side), 255, np.uint8)
    h, w = (min(n, side) for n in tile.shape)
    y, x = (tile.shape[0] - h) // 2, (tile.shape[1] - w) // 2
    out[:h, :w] = tile[y : y + h, x : x + w]
    return out
