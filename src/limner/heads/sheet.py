"""Views of a head in → one contact sheet, and the frames of a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from limner.records import View

    Picture = NDArray[np.uint8]

__all__ = ["contact_sheet", "film_frames", "nearness", "there_and_back"]

#: The most views that stand side by side on a sheet.
_MOST_COLUMNS = 13


def nearness(view: View) -> Picture:
    """Return a view's depth as grey (S, S, 3): the nearer, the lighter; black where there is no head."""
    known = view.depth_m > 0
    grey = np.zeros(view.depth_m.shape, np.uint8)
    if known.any():
        near, far = view.depth_m[known].min(), view.depth_m[known].max()
        share = (far - view.depth_m[known]) / max(float(far - near), 1e-6)
        grey[known] = np.rint(40 + 215 * share).astype(np.uint8)
    return np.repeat(grey[..., None], 3, 2)


def _rows(
    views: Sequence[View], drawings: Mapping[str, Sequence[Picture]]
) -> list[Sequence[Picture]]:
    if not views or any(len(d) != len(views) for d in drawings.values()):
        raise BadShape("A sheet wants at least one view, and as many drawings of each style.")
    shown: list[Sequence[Picture]] = [[v.photo.pixels for v in views]]
    shown.append([v.semantic.colored() for v in views])
    shown.append([nearness(v) for v in views])
    return [*shown, *drawings.values()]


def contact_sheet(
    views: Sequence[View], drawings: Mapping[str, Sequence[Picture]], *, side_px: int = 192
) -> Picture:
    """Return photographs, classes, depth and drawings of some views, a row each.

    Parameters
    ----------
    views : sequence of View
        At most thirteen are shown, evenly chosen.
    drawings : mapping of str to sequence of ndarray
        Of each style, one a view, (S, S, 3) uint8.
    side_px : int
        Of each picture.
    """
    columns = min(len(views), _MOST_COLUMNS)
    chosen = np.unique(np.linspace(0, len(views) - 1, max(columns, 1)).round().astype(int))
    made = []
    for number, row in enumerate(_rows(views, drawings)):
        # classes must not mix into colours that mean something else
        kind = cv2.INTER_NEAREST if number == 1 else cv2.INTER_AREA
        small = [cv2.resize(row[i], (side_px, side_px), interpolation=kind) for i in chosen]
        made.append(np.concatenate(small, 1))
    return np.asarray(np.concatenate(made), np.uint8)


def there_and_back(count: int) -> list[int]:
    """Return the order in which views make a film that repeats without a jump.

    Examples
    --------
    >>> there_and_back(4)
    [0, 1, 2, 3, 2, 1]
    """
    return [*range(count), *range(count - 2, 0, -1)]


def film_frames(views: Sequence[View], drawings: Mapping[str, Sequence[Picture]]) -> list[Picture]:
    """Return frames in which photograph, classes and drawings turn side by side, there and back."""
    photos, labels, _, *drawn = _rows(views, drawings)
    columns = [photos, labels, *drawn]
    frames = [np.concatenate([c[i] for c in columns], 1) for i in range(len(views))]
    return [frames[i] for i in there_and_back(len(frames))]
