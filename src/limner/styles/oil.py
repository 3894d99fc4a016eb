"""A painting, stroke by stroke: picture, classes and ink in → colour on canvas, and where paint covers it.

Layers of curved strokes, coarse to fine. Each follows the form, takes its colour from the picture, and is laid only
where the painting still differs from what it shows: broad on the ground and the coat, finest on eyes and mouth.

References
----------
Hertzmann: Painterly Rendering with Curved Brush Strokes of Multiple Sizes, SIGGRAPH 1998.
Litwinowicz: Processing Images and Video for an Impressionist Effect, SIGGRAPH 1997 (strokes along the form).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur, resize
from limner.records import CLASSES
from limner.styles.easel import Easel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.styles.network import Guide

__all__ = ["paint"]

#: A painting is worked at no more than this many px and enlarged beyond: brush marks are broad.
_MOST_PX = 4_200_000
#: Widths of the brushes as parts of a face crop's side, and by how much the painting may be wrong, 0 to 255.
_BRUSHES = (
    (0.075, 0.0),
    (0.042, 14.0),
    (0.024, 13.0),
    (0.0135, 12.0),
    (0.0078, 13.0),
    (0.005, 15.0),
)
#: The finest brush goes where these are, and next to them.
_FINE = tuple(CLASSES.index(n) for n in ("l_eye", "r_eye", "mouth", "u_lip", "l_lip", "eye_g"))
_HAIR = tuple(CLASSES.index(n) for n in ("hair", "hat"))
_FACE = tuple(CLASSES.index(n) for n in ("skin", "nose", "l_brow", "r_brow", "l_ear", "r_ear"))
#: Direction across which the ground is brushed.
_ARM_DEG = 35.0
#: The dark ground of a studio, mixed with the picture's own background.
_GROUND = np.array([88.0, 74.0, 60.0], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """What the painter looks at, on the raster on which strokes are planned.

    Parameters
    ----------
    color : ndarray of shape (h, w, 3), float32
        0 to 255.
    flow : ndarray of shape (h, w, 2), float32
        Unit tangents.
    care : ndarray of shape (h, w), float32
        0 ground, 1 clothes and hair, 2 face, 3 eyes and mouth; soft.
    where : ndarray of shape (h, w), bool
        Where paint goes.
    """

    color: NDArray[np.float32]
    flow: NDArray[np.float32]
    care: NDArray[np.float32]
    where: NDArray[np.bool_]


def paint(
    guide: Guide,
    size_wh: tuple[int, int],
    *,
    crop_px: float,
    scale: float = 1.0,
    seed: int = 0,
    ground: bool = True,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Paint a picture.

    Parameters
    ----------
    guide : Guide
        What to paint.
    size_wh : tuple of int
        Width and height of the canvas.
    crop_px : float
        Side of a face's aligned crop in the guide: brushes are measured by it.
    scale : float
        Breadth of the brushes; 1 is the usual one.
    seed : int
        Of the hand.
    ground : bool
        Put the people before a dark ground, with ragged edges; else paint all that is there.

    Returns
    -------
    colors : ndarray of shape (H, W, 3), uint8
        The painting.
    cover : ndarray of shape (H, W), float32
        0 bare canvas to 1 paint.

    Notes
    -----
    Some 10,000 strokes; about 2 s for a portrait of 1024 × 1024 px.
    """
    shrink = min(1.0, (_MOST_PX / (size_wh[0] * size_wh[1])) ** 0.5)
    canvas_wh = max(1, round(size_wh[0] * shrink)), max(1, round(size_wh[1] * shrink))
    sight = _look(guide, crop_px, ground=ground)
    easel = Easel(canvas_wh, sight.color.shape[1::-1], seed)
    for number, (width, wrong) in enumerate(_BRUSHES):
        _lay(easel, sight, width * crop_px * scale, wrong, number)
    colors, cover = easel.lit()
    if canvas_wh != size_wh:
        colors = np.asarray(cv2.resize(colors, size_wh, interpolation=cv2.INTER_CUBIC), np.uint8)
        cover = np.clip(resize(cover, size_wh), 0, 1)
    return colors, cover


def _look(guide: Guide, crop_px: float, *, ground: bool) -> _Sight:
    color = np.asarray(cv2.bilateralFilter(guide.pixels, 0, 22, 0.006 * crop_px), np.float32)
    labels = guide.labels
    person = blur((labels > 0).astype(np.float32), 0.006 * crop_px)[..., None]
    where = np.ones(labels.shape, bool)
    if ground and (labels > 0).any():
        color = _before_a_ground(color, labels, person)
        where = _ragged(labels, crop_px)
    color = _richer(color)
    # Lines that an artist would draw are a little darker: features keep their drawing under the paint.
    ink = resize(np.ascontiguousarray(guide.ink, np.float32), guide.size_px)
    features = blur(np.isin(labels, (*_FINE, *_FACE)).astype(np.float32), 0.01 * crop_px)
    color = color * (1 - np.float32(0.35) * (np.clip(blur(ink, 0.7), 0, 1) * features))[..., None]
    fine = cv2.dilate(
        np.isin(labels, _FINE).astype(np.uint8),
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(0.016 * crop_px) + 1,) * 2),
    )
    rank = np.where(labels == 0, 0.0, np.where(np.isin(labels, _FACE), 2.4, 1.0))
    rank = np.where(np.isin(labels, _HAIR), 1.7, rank)
    rank = np.where(np.asarray(fine) > 0, 3.5, rank).astype(np.float32)
    care = blur(rank, 0.004 * crop_px)
    return _Sight(color, _flow(color, crop_px, 1 - person[..., 0]), care, where)


def _ragged(labels: NDArray[np.uint8], crop_px: float) -> NDArray[np.bool_]:
    """Return where paint goes if only people are painted: around them, to an edge that a hand would leave."""
    away = cv2.distanceTransform((labels == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    uneven = _slow(labels.shape, 0.035 * crop_px, 5)
    # The brush stops before the portrait's own edge, which would cut its strokes.
    y, x = (np.minimum(np.arange(n), np.arange(n)[::-1]) for n in labels.shape)
    edge = np.minimum(y[:, None], x[None, :])
    inside = edge > crop_px * (0.115 + 0.02 * uneven)
    return np.asarray((away < crop_px * (0.16 + 0.05 * uneven)) & inside)


def _slow(shape: tuple[int, ...], size_px: float, seed: int) -> NDArray[np.float32]:
    """Return noise of mean 0 and deviation about 1 that changes over `size_px`."""
    coarse = (int(shape[0] / size_px) + 2, int(shape[1] / size_px) + 2)
    noise = blur(np.random.default_rng(seed).standard_normal(coarse, np.float32), 1.0) * np.float32(
        3
    )
    return resize(noise, (shape[1], shape[0]))


def _before_a_ground(
    color: NDArray[np.float32], labels: NDArray[np.uint8], person: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the picture with its background toned towards a studio's, lighter on the shadow's side."""
    behind = color[labels == 0]
    own = np.median(behind[:: max(1, len(behind) // 5000)], axis=0) if len(behind) else _GROUND
    tone = np.float32(0.72) * _GROUND + np.float32(0.28) * own.astype(np.float32)
    width = color.shape[1]
    # Between strands the picture's wall shows: it is toned too.
    unlike = _largest(np.abs(color - own.astype(np.float32)))
    wisps = np.clip((unlike - 18) / 40, 0, 1).astype(np.float32)[..., None]
    hair = np.isin(labels, _HAIR).astype(np.float32)[..., None]
    person = np.asarray(person * (1 - hair * (1 - wisps)), np.float32)
    slope = np.linspace(0.82, 1.22, width, dtype=np.float32)[None, :, None]
    return np.asarray(color * person + tone * slope * (1 - person), np.float32)


def _richer(color: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return colours as oil has them: more saturated, darks warm, contrast a little higher."""
    grey = color @ np.array([0.299, 0.587, 0.114], np.float32)
    rich = grey[..., None] + np.float32(1.22) * (color - grey[..., None])
    dark = np.clip(1 - grey / 110, 0, 1)[..., None]
    rich = rich + dark * np.array([7, 1, -6], np.float32)
    return np.clip(128 + np.float32(1.06) * (rich - 128), 0, 255).astype(np.float32)


def _flow(
    color: NDArray[np.float32], crop_px: float, behind: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the form's direction: of near edges, or where there are none, of those further away.

    A ground has no form: there the brush goes up and down as the arm does.
    """
    grey = blur(np.ascontiguousarray(color.mean(2), np.float32) / np.float32(255), 0.004 * crop_px)
    gx = cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32)
    tensor = np.dstack([gx * gx - gy * gy, 2 * gx * gy])
    summed = np.zeros_like(tensor)
    for share, reach in ((1.0, 0.012), (0.3, 0.035), (0.1, 0.09)):
        summed += np.float32(share) * blur(tensor, reach * crop_px)
    swing = np.float32(0.35) * _slow(color.shape, 0.05 * crop_px, 6)
    swing += np.float32(np.radians(_ARM_DEG))
    length = np.sqrt((summed * summed).sum(2))[..., None] + np.float32(1e-9)
    arm = np.dstack([np.cos(2 * swing), np.sin(2 * swing)])
    summed = summed / length * (1 - behind[..., None]) + arm * behind[..., None]
    across = cv2.phase(summed[..., 0], summed[..., 1]) * np.float32(0.5)
    return np.dstack([-np.sin(across), np.cos(across)]).astype(np.float32)


def _lay(easel: Easel, sight: _Sight, width: float, wrong: float, number: int) -> None:
    """Lay one brush's strokes where the painting needs them."""
    height, plan_width = sight.care.shape
    target = blur(sight.color, max(0.3, 0.28 * width))
    painted, cover = easel.seen((plan_width, height))
    error = _largest(np.abs(painted - target)) + 255 * (1 - cover)
    error = blur(error, max(0.5, 0.3 * width))
    step = max(1.6, 0.68 * width)
    starts = _starts(easel.rng, sight.care.shape, step)
    x, y = starts[:, 0], starts[:, 1]
    care = sight.care[y, x]
    # Broad brushes everywhere, finer ones the more a place matters; each layer has a place that is fine enough.
    needed = sight.where[y, x] & (care >= number - 1.65)
    tolerance = wrong * np.where(care > 2.7, 0.4, np.where(care > 1.4, 0.75, 1.25))
    needed &= error[y, x] >= tolerance
    starts = starts[needed]
    easel.rng.shuffle(starts)
    longest = (6, 7, 7, 6, 5, 4)[number]
    for path, color in zip(*_paths(starts, sight, target, width, longest), strict=True):
        shade = easel.rng.standard_normal(3) * 2.0 + 3.5 * easel.rng.standard_normal()
        broad = width * (0.8 + (1.15 - 0.8) * easel.rng.random())
        easel.stroke(path, broad, (color + shade).astype(np.float32))


def _starts(rng: np.random.Generator, shape: tuple[int, ...], step: float) -> NDArray[np.int64]:
    """Return a jittered grid of points (x, y)."""
    y, x = np.mgrid[step / 2 : shape[0] : step, step / 2 : shape[1] : step]
    points = np.column_stack([x.ravel(), y.ravel()])
    points += rng.uniform(-0.45, 0.45, points.shape) * step
    return np.asarray(np.clip(np.rint(points), 0, np.array(shape[::-1]) - 1), np.int64)


def _paths(
    starts: NDArray[np.int64],
    sight: _Sight,
    target: NDArray[np.float32],
    width: float,
    longest: int,
) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
    """Walk all strokes of a layer at once along the form, both ways, until the colour changes."""
    colors = target[starts[:, 1], starts[:, 0]]
    step = max(1.0, 0.6 * width)
    halves = [_walk(starts, sight, target, colors, (way * step, longest)) for way in (-1.0, 1.0)]
    paths = []
    for back, ahead in zip(*halves, strict=True):
        path = np.concatenate([back[::-1], ahead[1:]])
        paths.append(
            path if len(path) > 1 else path.repeat(2, 0) + np.array([[-0.2], [0.2]], np.float32)
        )
    return paths, colors


def _walk(
    starts: NDArray[np.int64],
    sight: _Sight,
    target: NDArray[np.float32],
    colors: NDArray[np.float32],
    stride: tuple[float, int],
) -> list[NDArray[np.float32]]:
    step, count = stride
    limit = np.array(sight.care.shape[::-1], np.float32) - 1
    at = starts.astype(np.float32)
    trail = [at.copy()]
    alive = np.ones(len(at), bool)
    lengths = np.ones(len(at), int)
    heading = sight.flow[starts[:, 1], starts[:, 0]] * np.float32(step)
    for _ in range(count):
        at = at + heading
        alive &= ((at >= 0) & (at <= limit)).all(1)
        at = np.clip(at, 0, limit)
        x, y = np.rint(at).astype(int).T
        alive &= _largest(np.abs(target[y, x] - colors)) < 26
        lengths += alive
        trail.append(at.copy())
        turned = sight.flow[y, x] * np.float32(abs(step))
        same = np.sign((turned * heading).sum(1, keepdims=True))
        turned *= np.where(same == 0, 1, same).astype(np.float32)
        heading = np.float32(0.55) * turned + np.float32(0.45) * heading
    walked = np.stack(trail, 1).astype(np.float32)
    return [walked[i, :n] for i, n in enumerate(lengths)]


def _largest(colors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest of the three values of each colour; numpy's own way along so short an axis is slow."""
    red, green, blue = np.moveaxis(colors, -1, 0)
    return np.asarray(np.maximum(np.maximum(red, green), blue), np.float32)
