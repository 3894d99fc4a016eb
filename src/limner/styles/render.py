"""A picture drawn in a style: crop, classes and ink in → a drawing of any size.

The network draws at the scale at which the artist's strokes were taught; the drawing is then made again, stroke by
stroke, on a sheet of the size that is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.lines.belong import Belonging
from limner.records import CLASSES, PARTS, SemanticMap
from limner.styles import network, oil, pen, reink, rule, tone
from limner.styles.names import find
from limner.styles.network import Guide
from limner.styles.wish import Wish

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["has_color", "render_crop", "render_guide", "render_photo"]

_CLOTH = CLASSES.index("cloth")
#: Longest side, px, at which the network draws a picture in which no face tells the scale; and the most px of all.
_WHOLE_PX, _MOST_PX = 640, 3_000_000
#: Rim of a view, as a part of its side, that pen strokes keep clear of.
_RIM = 0.05
#: Width of the seam between two parts, as a part of the crop's side.
_SEAM = 0.012
#: What is nearly paper is paper: a clean sheet prints and plots without a veil.
_CLEAN = np.rint(np.clip((np.arange(256) / 255 - 0.02) / 0.95, 0, 1) * 255).astype(np.uint8)


def render_guide(
    guide: Guide,
    wish: Wish,
    size_wh: tuple[int, int],
    *,
    crop_px: float,
    people_alone: bool = True,
) -> NDArray[np.uint8]:
    """Draw a picture on a sheet of any size.

    Parameters
    ----------
    guide : Guide
        What to draw.
    wish : Wish
        How.
    size_wh : tuple of int
        Width and height of the sheet, of the guide's proportions.
    crop_px : float
        Side of a face's aligned crop in the guide: it sets the scale of the strokes.
    people_alone : bool
        Leave the background white.

    Returns
    -------
    ndarray of shape (H, W) or (H, W, 3), uint8
        255 paper to 0 ink; colours where a style has them, on white.
    """
    sheet = _Sheet(guide, wish, size_wh, crop_px, people_alone)
    out = sheet.drawn(wish.style, wish.strength)
    if not wish.parts:
        return out
    belonging = Belonging(SemanticMap(guide.labels)).raster(guide.size_px)
    for asked in dict.fromkeys(wish.parts.values()):
        own = [part for part, wanted in wish.parts.items() if wanted == asked]
        mask = np.isin(belonging, [list(PARTS).index(part) for part in own])
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.6, _SEAM * crop_px))
        share = cv2.resize(np.asarray(soft), size_wh, interpolation=cv2.INTER_LINEAR)
        out = _mixed(out, sheet.drawn(*asked), np.asarray(share, np.float32))
    return out


def _mixed(
    below: NDArray[np.uint8], above: NDArray[np.uint8], share: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Lay one drawing over another; a grey one becomes coloured where the other is."""
    if below.ndim != above.ndim:
        below, above = (
            x if x.ndim == 3 else np.repeat(x[..., None], 3, axis=2) for x in (below, above)
        )
    out = below.copy()
    for rows in np.array_split(np.arange(len(out)), max(1, len(out) // 512)):
        part = share[rows] if out.ndim == 2 else share[rows][..., None]
        low = below[rows].astype(np.float32)
        out[rows] = np.rint(low + part * (above[rows] - low))
    return out


class _Sheet:
    """One sheet, on which the same picture may be drawn in several manners."""

    def __init__(
        self,
        guide: Guide,
        wish: Wish,
        size_wh: tuple[int, int],
        crop_px: float,
        people_alone: bool,  # noqa: FBT001
    ) -> None:
        self._guide, self._wish, self._size, self._crop_px = guide, wish, size_wh, crop_px
        self._people_alone = people_alone
        self._done: dict[str, NDArray[np.uint8]] = {}
        self._bare: NDArray[np.uint8] | None = None

    def drawn(self, style: str, strength: float) -> NDArray[np.uint8]:
        """Return the whole sheet in a style, as strong as wanted."""
        if style not in self._done:
            self._done[style] = self._in_manner(style)
        return self._with_strength(self._done[style], strength)

    def _in_manner(self, style: str) -> NDArray[np.uint8]:
        manner, wish = find(style).manner, self._wish
        if manner == "oil":
            return self._painted()
        low = self._low(style)
        if manner == "pen":
            return pen.draw_pen(
                low,
                self._guide,
                self._size,
                where=self._within_the_view() if self._people_alone else None,
                scale=wish.stroke_scale,
                seed=wish.seed,
            )
        if find(style).through and manner == "graphite":
            low = tone.lay_graphite(low, self._guide, seed=wish.seed)
        elif find(style).through and manner == "charcoal":
            low = tone.lay_charcoal(low, self._guide, seed=wish.seed)
        drawing = reink.enlarge(low, self._size, reink.HANDS[manner], seed=wish.seed)
        return self._on_clean_paper(drawing)

    def _low(self, style: str) -> NDArray[np.float32]:
        """Return the drawing, the network's or by rule, at the artist's scale."""
        scale = find(style).side_px / self._crop_px / self._wish.stroke_scale
        width, height = self._guide.size_px
        scale = min(scale, (_MOST_PX / (width * height)) ** 0.5)
        if not find(style).weight and find(style).manner == "pen":
            return rule.draw_lines(self._guide, scale=scale)
        if not find(style).weight:
            return rule.draw_pencil(self._guide, scale=scale, seed=self._wish.seed)
        return network.draw(self._guide, style, scale=scale, seed=self._wish.seed)

    def _painted(self) -> NDArray[np.uint8]:
        colors, cover = oil.paint(
            self._guide,
            self._size,
            crop_px=self._crop_px,
            scale=self._wish.stroke_scale,
            seed=self._wish.seed,
            ground=self._people_alone,
        )
        white = np.full_like(colors, 255)
        return _mixed(white, colors, cover)

    def _with_strength(self, drawing: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
        if strength == 1:
            return drawing
        if strength > 1:
            grey = np.arange(256, dtype=np.float32)
            table = np.rint(255 - np.clip((255 - grey) * strength, 0, 255)).astype(np.uint8)
            return np.asarray(cv2.LUT(drawing, table), np.uint8)
        if self._bare is None:
            paper = 1 - np.ascontiguousarray(self._guide.ink, np.float32)
            bare = reink.enlarge(paper, self._size, reink.HANDS["ink"])
            self._bare = self._on_clean_paper(bare)
        bare = self._bare
        if drawing.ndim == 3:
            bare = np.repeat(bare[..., None], 3, axis=2)
        mixed = cv2.addWeighted(drawing, strength, bare, 1 - strength, 0)
        return np.asarray(mixed, np.uint8)

    def _reached(self) -> NDArray[np.bool_]:
        """Return where strokes of somebody go: they reach a little beyond him."""
        person = (self._guide.labels > 0).astype(np.uint8)
        reach = max(3, round(self._crop_px / 43)) | 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        return np.asarray(cv2.dilate(person, kernel)) > 0

    def _within_the_view(self) -> NDArray[np.bool_]:
        """Return the same without the rim of a wide view, where a portrait fades: black lines end before it."""
        where = self._reached()
        rim = round(_RIM * len(where)) if self._crop_px < 0.9 * len(where) else 0
        if rim:
            where[:rim] = where[-rim:] = False
            where[:, :rim] = where[:, -rim:] = False
        return where

    def _on_clean_paper(self, drawing: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return grey with the background left white, the person's outline kept."""
        if self._people_alone:
            mask = self._reached().astype(np.uint8) * np.uint8(255)
            blurred = cv2.GaussianBlur(mask, (0, 0), max(1.0, self._crop_px / 128))
            soft = cv2.resize(blurred, self._size, interpolation=cv2.INTER_LINEAR)
            ink = cv2.multiply(255 - drawing, np.asarray(soft), scale=1 / 255)
            drawing = 255 - np.asarray(ink, np.uint8)
        return np.asarray(cv2.LUT(drawing, _CLEAN), np.uint8)


def has_color(wish: Wish) -> bool:
    """Return whether a drawing will have colours of its own."""
    names = (wish.style, *(style for style, _ in wish.parts.values()))
    return any(find(name).manner == "oil" for name in names)


def render_crop(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap,
    ink: NDArray[np.float32],
    *,
    crop_px: float | None = None,
    out_px: int | None = None,
    **wanted: Any,
) -> NDArray[np.uint8]:
    """Draw one upright face.

    Parameters
    ----------
    pixels : ndarray of shape (S, S, 3), uint8
        The aligned crop, or a wider view with the crop in its middle.
    semantic : SemanticMap
        Its classes, (S, S).
    ink : ndarray of shape (S, S), float32
        Its lines, 0 paper to 1 ink.
    crop_px : float, optional
        Side of the aligned crop within `pixels`; all of them if not given. It sets the scale of
        the strokes.
    out_px : int, optional
        Side of the drawing; that of `pixels` if not given.
    **wanted
        What a `Wish` takes: style, strength, seed, stroke_scale, parts.

    Returns
    -------
    ndarray of shape (out_px, out_px) or (out_px, out_px, 3), uint8
        255 paper to 0 ink; the background is paper. Colours where the style has them.

    Raises
    ------
    UnknownName, BadShape
        If there is no such style, or a number is out of range.
    """
    side = out_px or pixels.shape[0]
    guide = Guide(pixels, semantic.labels, ink)
    return render_guide(guide, Wish(**wanted), (side, side), crop_px=crop_px or pixels.shape[0])


def render_photo(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap | None,
    ink: NDArray[np.float32],
    *,
    crop_px: float | None = None,
    size_wh: tuple[int, int] | None = None,
    wish: Wish,
) -> NDArray[np.uint8]:
    """Draw a whole picture, background too.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture; it may be smaller than the drawing.
    semantic : SemanticMap, optional
        Its classes; what is background or unknown is drawn as cloth is.
    ink : ndarray, float32
        Its lines.
    crop_px : float, optional
        Side of a face's aligned crop in `pixels`; without it the picture is drawn as if it were 640 px long.
    size_wh : tuple of int, optional
        Width and height of the drawing; those of `pixels` if not given.
    wish : Wish
        How.

    Returns
    -------
    ndarray of shape (H, W) or (H, W, 3), uint8
        255 paper to 0 ink.
    """
    height, width = pixels.shape[:2]
    labels = np.zeros((height, width), np.uint8) if semantic is None else semantic.labels.copy()
    labels[labels == 0] = _CLOTH
    if crop_px is None:
        crop_px = find(wish.style).side_px * max(1.0, max(height, width) / _WHOLE_PX)
    return render_guide(
        Guide(pixels, labels, ink),
        wish,
        size_wh or (width, height),
        crop_px=crop_px,
        people_alone=False,
    )
