"""A small drawing drawn again at full size: strokes in → the same strokes with edges as sharp as a pen's or a pencil's.

An enlarged drawing has soft, broad strokes. Here they are smoothed along their own direction, cut at the level at which
as much ink remains as there was, and given the grain of their tool at the sheet's own size.

References
----------
Kyprianidis and Kang: Image and Video Abstraction by Coherence-Enhancing Filtering, Eurographics 2011 (smoothing along
the flow, sharpening across it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from limner.geometry.resample import blur, resize
from limner.lines.flow import smooth_along, tangents
from limner.styles.texture import strands, tooth
from limner.weights import each

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["HANDS", "Hand", "enlarge"]

#: Rows of a band and columns of its pieces, which are finished at once, and px around a piece that it looks at.
_BAND_PX, _HALO_PX = 512, 24
#: Growth up to which a drawing is resampled alone.
_HARDLY = 1.25
#: Smoothing along the strokes, in px of twice the drawing's size.
_ALONG_PX = 3.0


@dataclass(frozen=True, slots=True)
class Hand:
    """How a tool leaves its mark.

    Parameters
    ----------
    cut : float
        0 keeps soft tones, 1 cuts all tone into strokes.
    black : float
        0: light strokes are grey; 1: they are black, and thinner instead.
    strand : float
        How much single strokes show in a broad one.
    tooth : float
        How much the paper's grain shows.
    grain_px : float
        Size of a grain on a sheet of a portrait of 768 px.
    """

    cut: float = 1.0
    black: float = 0.6
    strand: float = 0.08
    tooth: float = 0.0
    grain_px: float = 0.7


#: The tools.
HANDS = {
    "ink": Hand(),
    "pencil": Hand(cut=0.55, black=0.15, strand=0.16, tooth=0.5, grain_px=0.7),
    "graphite": Hand(cut=0.15, black=0.0, strand=0.07, tooth=0.36, grain_px=0.6),
    "charcoal": Hand(cut=0.1, black=0.0, strand=0.09, tooth=0.52, grain_px=0.8),
}


def enlarge(
    drawing: NDArray[np.float32], size_wh: tuple[int, int], hand: Hand, *, seed: int = 0
) -> NDArray[np.uint8]:
    """Bring a drawing to another size as its artist would draw it there.

    Parameters
    ----------
    drawing : ndarray of shape (h, w), float32
        0 ink to 1 paper.
    size_wh : tuple of int
        Width and height wanted.
    hand : Hand
        The tool.
    seed : int
        Of strands and grain.

    Returns
    -------
    ndarray of shape (H, W), uint8
        255 paper to 0 ink.

    Notes
    -----
    The drawing grows by doubling and is sharpened at each size, so that no kernel is ever wide; the last size is
    worked in pieces, which bounds the memory. About 0.5 s for 2048 × 2048 px.
    """
    grow = size_wh[0] / drawing.shape[1]
    if grow <= _HARDLY:
        out = np.clip(resize(drawing, size_wh), 0, 1)
        return np.asarray(np.rint(out * 255), np.uint8)
    smooth, turn = _smoothed(drawing)
    while size_wh[0] > 2 * smooth.shape[1]:
        smooth = _sharper(smooth, 2)
        smooth = resize(smooth, (2 * smooth.shape[1], 2 * smooth.shape[0]))
    return _finished(smooth, turn, size_wh, hand, grow=grow, seed=seed)


def _smoothed(
    drawing: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the drawing at twice its size, smooth along its strokes, and the flow as a doubled angle's (x, y)."""
    twice = resize(drawing, (2 * drawing.shape[1], 2 * drawing.shape[0]))
    flow = tangents(blur(twice, 1.0), 2.5)
    (smooth,) = smooth_along(twice, flow, (_ALONG_PX,), twice < 0.98)
    x, y = flow[..., 0], flow[..., 1]
    return smooth, np.dstack([x * x - y * y, 2 * x * y])


def _sharper(values: NDArray[np.float32], reach_px: int) -> NDArray[np.float32]:
    """Push each pixel towards the darkest or the lightest of its neighbours, whichever it is nearer to."""
    low, high = _range(values, reach_px)
    half = (low + high) / 2
    steep = _steepness(values) + np.float32(0.12) * (high - low) + np.float32(1e-3)
    share = np.clip((values - half) / steep + np.float32(0.5), 0, 1)
    return np.asarray(low + (high - low) * share, np.float32)


def _range(
    values: NDArray[np.float32], reach_px: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the darkest and the lightest value within reach, both smooth."""
    side = 2 * reach_px + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    low = blur(cast("NDArray[np.float32]", cv2.erode(values, disc)), 0.7 * reach_px)
    high = blur(cast("NDArray[np.float32]", cv2.dilate(values, disc)), 0.7 * reach_px)
    return np.minimum(low, values), np.maximum(high, values)


def _steepness(values: NDArray[np.float32]) -> NDArray[np.float32]:
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=1 / 8)
    return cast("NDArray[np.float32]", cv2.magnitude(gx, gy))


def _finished(
    smooth: NDArray[np.float32],
    turn: NDArray[np.float32],
    size_wh: tuple[int, int],
    hand: Hand,
    *,
    grow: float,
    seed: int,
) -> NDArray[np.uint8]:
    """Return the sheet, made in bands of rows."""
    width, height = size_wh
    out = np.empty((height, width), np.uint8)
    for start in range(0, height, _BAND_PX):
        stop = min(start + _BAND_PX, height)
        first, last = max(0, start - _HALO_PX), min(height, stop + _HALO_PX)
        band = _band(smooth, turn, (first, last, width, height), hand, grow=grow, seed=seed)
        out[start:stop] = band[start - first : stop - first]
    return out


def _band(
    smooth: NDArray[np.float32],
    turn: NDArray[np.float32],
    window: tuple[int, int, int, int],
    hand: Hand,
    *,
    grow: float,
    seed: int,
) -> NDArray[np.uint8]:
    """Return rows `first` to `last` of the sheet, made in pieces, several at once."""
    first, last, width, _ = window
    values = _window_of(smooth, window, cv2.INTER_CUBIC)
    angles = _window_of(turn, window, cv2.INTER_LINEAR)
    out = np.empty((last - first, width), np.uint8)

    def piece(left: int) -> None:
        right = min(left + _BAND_PX, width)
        low, high = max(0, left - _HALO_PX), min(width, right + _HALO_PX)
        seen = values[:, low:high], angles[:, low:high]
        drawn = _marked(*seen, (first, low), hand, grow=grow, seed=seed)
        out[:, left:right] = drawn[:, left - low : right - low]

    each(piece, range(0, width, _BAND_PX))
    return out


def _window_of(
    small: NDArray[np.float32], window: tuple[int, int, int, int], kernel: int
) -> NDArray[np.float32]:
    """Return rows `first` to `last` of a small array brought to the sheet's width and height."""
    first, last, width, height = window
    fx, fy = small.shape[1] / width, small.shape[0] / height
    # From the window's px to the small array's, pixel centres at integers in both.
    matrix = np.array([[fx, 0, 0.5 * fx - 0.5], [0, fy, (first + 0.5) * fy - 0.5]])
    size = (width, last - first)
    flags = kernel | cv2.WARP_INVERSE_MAP
    return cast(
        "NDArray[np.float32]",
        cv2.warpAffine(small, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE),
    )


def _marked(
    values: NDArray[np.float32],
    angles: NDArray[np.float32],
    origin_yx: tuple[int, int],
    hand: Hand,
    *,
    grow: float,
    seed: int,
) -> NDArray[np.uint8]:
    """Return a piece of the sheet as the tool leaves it, 255 paper to 0 ink."""
    values = np.clip(values, 0, 1)
    if (values > 0.995).all():
        return np.full(values.shape, 255, np.uint8)
    along = cv2.phase(angles[..., 0], angles[..., 1]) * np.float32(0.5)
    ink = 1 - values
    some = ink > 0.015
    # A tool's own width stays the same on a sheet of any size, but a large sheet is looked at from further away.
    fine = max(1.0, (grow / 2.15) ** 0.6)
    texture = strands(along, some, origin_yx, width_px=round(fine, 1), seed=seed)
    textured = values + np.float32(hand.strand) * texture * np.sqrt(ink) * np.minimum(4 * ink, 1)
    drawn = textured
    if hand.cut:
        cut = _cut(textured, max(1, round(0.75 * grow)), hand.black)
        drawn = textured + np.float32(hand.cut) * (cut - textured)
    if hand.tooth:
        shape = (values.shape[0], values.shape[1])
        grains = tooth(origin_yx, shape, grain_px=hand.grain_px * fine, seed=seed)
        left = np.clip(1 - drawn, 0, 1)
        # Paper takes no grain where there is no ink or nothing but ink.
        # On a small sheet grains would be as large as eyes: they are weaker there.
        rough = np.float32(hand.tooth * min(1.0, 0.5 * fine))
        drawn = drawn + rough * grains * left * (1 - np.float32(0.8) * left)
    return np.asarray(np.rint(np.clip(drawn, 0, 1) * 255), np.uint8)


def _cut(values: NDArray[np.float32], reach_px: int, black: float) -> NDArray[np.float32]:
    """Cut tone into strokes of as much ink: what is half as dark becomes half as wide.

    Between the darkest and the lightest value nearby, the level that leaves the right share of ink is their mean's
    darkness; the edge there is one px wide.
    """
    values = cast("NDArray[np.float32]", cv2.GaussianBlur(np.clip(values, 0, 1), (0, 0), 0.7))
    low, high = _range(values, reach_px)
    span = high - low
    ink = np.clip(1 - low, 1e-3, 1) ** np.float32(1 - black)
    share = np.clip((1 - (low + high) / 2) / ink, 0, 1)
    level = low + span * share
    steep = _steepness(values) + np.float32(0.02) * span + np.float32(1e-4)
    cover = np.clip((level - values) / steep + np.float32(0.5), 0, 1)
    # Where nothing differs there is no stroke to cut.
    sure = np.clip(span / np.float32(0.08) - np.float32(0.25), 0, 1)
    return np.asarray(1 - sure * cover * ink - (1 - sure) * (1 - values), np.float32)
