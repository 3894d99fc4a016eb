"""Head crops of photographs in → drawings of them in every style, kept: the synthesised pairs of SAGE's stage II."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner import lines, styles
from limner.records import Photo, SemanticMap
from limner.train.data.cache import cached
from limner.train.data.heads import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.train.data.heads import HeadViews

__all__ = ["CROP_SHARE", "DrawnPhotographs", "build_drawings", "drawing_of"]

#: Side of the crop that artists' drawings were aligned to, as a share of a head crop's side.
CROP_SHARE = 0.72


def drawing_of(
    photo: NDArray[np.uint8], labels: NDArray[np.uint8], style: str
) -> NDArray[np.uint8]:
    """Return a head crop as drawn, grey (S, S) uint8."""
    semantic = SemanticMap(np.where(labels >= OUTSIDE, 0, labels).astype(np.uint8))
    ink = lines.extract(Photo(photo), semantic).ink
    drawn = styles.render_crop(photo, semantic, ink, style=style, crop_px=CROP_SHARE * len(photo))
    if drawn.ndim == 3:
        drawn = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY), np.uint8)
    return drawn


def build_drawings(
    views: HeadViews, people: int, names: Sequence[str], cache: Path, *, source: Path
) -> NDArray[np.uint8]:
    """Return the first people's drawings, (people, styles, 256, 256) uint8, drawn the first time only.

    Parameters
    ----------
    views : HeadViews
        Photographs with classes.
    people : int
        How many at most.
    names : sequence of str
        Styles.
    cache : Path
        Where the drawings are kept; 0.3 s a drawing on two cores.
    source : Path
        What the photographs were read from: when it changes, they are drawn again.
    """
    count = min(people, len(views))
    side = views.photos.shape[1]

    def fill(out: NDArray[Any]) -> None:
        for i in range(count):
            for k, name in enumerate(names):
                out[i, k] = drawing_of(np.array(views.photos[i]), np.array(views.labels[i]), name)

    made: NDArray[np.uint8] = cached(
        cache,
        "view-drawings",
        sources=[source],
        transform={"styles": list(names), "people": count, "version": 1},
        shape=(count, len(names), side, side),
        dtype=np.uint8,
        fill=fill,
    )
    return made


class DrawnPhotographs:
    """Batches of photographs, their classes, cameras and one drawing of each."""

    def __init__(self, views: HeadViews, drawings: NDArray[np.uint8], batch: int) -> None:
        self.views, self.drawings, self.count = views, drawings, batch

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return photo (N, 3, S, S), labels (N, S, S), drawing (N, 1, S, S), all uint8; style (N, K), pose (N, 2)."""
        people, styles_ = self.drawings.shape[:2]
        who, how = rng.integers(0, people, self.count), rng.integers(0, styles_, self.count)
        labels = np.array(self.views.labels[who])
        return {
            "photo": np.array(self.views.photos[who]).transpose(0, 3, 1, 2),
            "labels": np.where(labels >= OUTSIDE, 0, labels).astype(np.uint8),
            "drawing": np.array(self.drawings[who, how])[:, None],
            "style": np.eye(styles_, dtype=np.float32)[how],
            "pose": np.array(self.views.pose_deg[who], np.float32),
        }
