"""A canvas that takes paint: strokes of a brush in, one over another → colour in a studio's light."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from limner.geometry.resample import blur
from limner.styles.texture import tooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Easel"]

#: Half the width of a stroke, px, from which its bristles show.
_BRISTLES_PX = 1.2


class Easel:
    """A canvas that takes strokes, with the thickness of the paint."""

    def __init__(self, size_wh: tuple[int, int], sight_wh: tuple[int, ...], seed: int) -> None:
        width, height = size_wh
        self.zoom = width / sight_wh[0]
        # A plane for each colour: numpy works along the last axis, and three are too few to be fast.
        self.planes = np.full((3, height, width), 236, np.float32)
        self.cover = np.zeros((height, width), np.float32)
        self.thick = np.zeros((height, width), np.float32)
        self.rng = np.random.default_rng((seed, 3))
        self._seed = seed
        self._bristles = self.rng.standard_normal((64, 512), np.float32)
        self._steps = np.arange(max(size_wh), dtype=np.float32)

    @property
    def colors(self) -> NDArray[np.float32]:
        """(H, W, 3): what the canvas bears, 0 to 255."""
        return np.asarray(cv2.merge(list(self.planes)), np.float32)

    def seen(self, size_wh: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return colours and cover on the raster of the plan."""
        way = cv2.INTER_AREA if self.zoom >= 1 else cv2.INTER_LINEAR
        colors = cv2.resize(self.colors, size_wh, interpolation=way)
        cover = cv2.resize(self.cover, size_wh, interpolation=way)
        return np.asarray(colors, np.float32), np.asarray(cover, np.float32)

    def stroke(self, path: NDArray[np.float32], width: float, color: NDArray[np.float32]) -> None:
        """Lay one stroke; `path` (N, 2) and `width` are in px of the plan."""
        xy = (path + 0.5) * self.zoom - 0.5
        half = max(0.75, width * self.zoom / 2)
        xs, ys = xy.T.tolist()
        left, top = (max(0, math.floor(min(v) - half - 2)) for v in (xs, ys))
        right = min(self.cover.shape[1], math.ceil(max(xs) + half + 3))
        bottom = min(self.cover.shape[0], math.ceil(max(ys) + half + 3))
        if right <= left or bottom <= top:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        points = np.rint((xy - (left, top)) * 16).astype(np.int32)[:, None]
        cv2.polylines(mask, [points], False, 255, max(1, round(2 * half)), cv2.LINE_AA, 4)  # noqa: FBT003
        alpha = np.divide(mask, np.float32(255))
        thickness: NDArray[np.float32] | np.float32 = np.float32(0.45)
        shade = color[:, None, None]
        if half < _BRISTLES_PX:
            alpha *= np.float32(0.92)
        else:
            hairs = self._hairs(xy, (left, top), mask.shape, half)
            alpha *= np.minimum(np.maximum(np.float32(0.92) + np.float32(0.3) * hairs, 0), 1)
            thickness = thickness + np.float32(0.3) * hairs
            shade = shade + np.float32(7) * hairs
        window = (slice(top, bottom), slice(left, right))
        old, thick = self.planes[:, *window], self.thick[window]
        old += alpha * (shade - old)
        np.maximum(self.cover[window], alpha, out=self.cover[window])
        thick += alpha * (thickness - thick * np.float32(0.7))

    def _hairs(
        self, xy: NDArray[np.float32], low: tuple[int, int], shape: tuple[int, ...], half: float
    ) -> NDArray[np.float32]:
        """Return the marks of the bristles: noise across the stroke, nearly constant along it."""
        chord = xy[-1] - xy[0]
        length = max(1e-3, float(np.hypot(*chord)))
        ux, uy = chord / length
        x = self._steps[None, : shape[1]] + np.float32(low[0] - xy[0, 0])
        y = self._steps[: shape[0], None] + np.float32(low[1] - xy[0, 1])
        count = max(4.0, min(24.0, half * 1.6))
        tuft, start = self.rng.integers(20, 44), self.rng.integers(40, 460)
        finer, slower = count / (2 * half), 1.1 / half
        across = np.float32(-uy * finer) * x + (np.float32(ux * finer) * y + np.float32(tuft))
        along = np.float32(ux * slower) * x + (np.float32(uy * slower) * y + np.float32(start))
        marks = cv2.remap(
            self._bristles, along, across, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
        return cast("NDArray[np.float32]", marks)

    def lit(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the painting in light from the upper left, on woven canvas, and its cover."""
        height, width = self.cover.shape
        weave = _weave((height, width), self._seed)
        thin = 1 - np.float32(0.6) * np.clip(self.thick, 0, 1)
        relief = blur(self.thick, 0.6) + np.float32(0.08) * weave * thin
        gx = cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=1 / 8)
        light = np.clip(np.float32(0.75) * (gx + gy), -0.16, 0.16)
        shine = np.float32(70) * np.clip(light - np.float32(0.07), 0, 1)
        out = self.colors * (1 + light)[..., None] + shine[..., None]
        return np.rint(np.clip(out, 0, 255)).astype(np.uint8), np.clip(self.cover, 0, 1)


def _weave(shape: tuple[int, int], seed: int) -> NDArray[np.float32]:
    """Return the threads of the canvas, mean 0."""
    y, x = np.arange(shape[0], dtype=np.float32), np.arange(shape[1], dtype=np.float32)
    warp, weft = np.sin(x * np.float32(2 * np.pi / 3.7)), np.sin(y * np.float32(2 * np.pi / 3.9))
    threads = warp[None, :] * np.float32(0.5) + weft[:, None] * np.float32(0.5)
    rough = tooth((0, 0), shape, grain_px=1.0, seed=seed)
    return np.asarray(threads + np.float32(0.35) * rough, np.float32)
