"""Sketches that look drawn by hand: the strokes of a photograph and a random hand in → ink on paper.

A hand leaves strokes out, doubles them, lets them wobble, begins late and stops early, presses unevenly, misplaces an
eye and sometimes never finishes. Each of these is one vector operation over all points, so that a sketch costs about
three milliseconds and no two are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.sketches.parts import NAMES, WINDOWS
from limner.train.data.sketch_lines import BORDER, BROAD, FINE, MESH, SIZE, Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hand", "canonical", "draw", "rub", "sample_hand", "shift_field"]

_FEATURES = ((5, 7), (4, 6), (2,), (10, 11, 12))
#: How often a feature is taken from each engine.
_HABIT = (0.4, 0.1, 0.15, 0.35)
_HAIRY = (6, 7, 13, 14)
_GRID = 64
#: A stroke's ends are not joined.
_OPEN = False


@dataclass(frozen=True, slots=True)
class Hand:
    """How one sketch is drawn; lengths in px of a 512 px sketch.

    Parameters
    ----------
    uses : ndarray of shape (4, 19), bool
        Which engine's strokes are taken for each class.
    least_strength : float
        Weaker strokes are left out.
    drop : float
        Share of strokes forgotten.
    double : float
        Share of strokes drawn twice.
    hatch : int
        How often each stroke of hair and brows is drawn again beside itself.
    gap, trim : float
        Share of strokes with a gap; most of a stroke's length lost at each end.
    wobble_px, stroke_px : float
        Standard deviation of the slow warp and of each stroke's own shift.
    width_px, width_spread : float
        Thickness and its relative deviation between strokes.
    value, value_spread : float
        Darkness 0–1 and its deviation between strokes.
    blank : tuple of str
        Components without any stroke.
    done : float
        Share of the drawing that is finished, features first.
    """

    uses: NDArray[np.bool_]
    least_strength: float = 0.0
    drop: float = 0.0
    double: float = 0.0
    hatch: int = 0
    gap: float = 0.0
    trim: float = 0.0
    wobble_px: float = 0.0
    stroke_px: float = 0.0
    width_px: float = 3.0
    width_spread: float = 0.0
    value: float = 1.0
    value_spread: float = 0.0
    blank: tuple[str, ...] = ()
    done: float = 1.0


def sample_hand(rng: np.random.Generator, roughness: float) -> Hand:
    """Return a random hand, from 0 (a faithful tracer) to 1 (a wild, unfinished scribble)."""
    r = roughness
    uses = np.zeros((4, 19), bool)
    ground = (FINE, BROAD, BORDER)[rng.choice(3, p=(0.5, 0.3, 0.2))]
    uses[ground] = True
    if ground != BORDER and rng.random() < 0.6:
        uses[BORDER, [1, 13, 14, 17, 18][: rng.integers(1, 6)]] = True
    own = rng.choice(4, p=_HABIT)
    for feature in _FEATURES:
        # both eyes are mostly drawn alike
        if feature != _FEATURES[1] or rng.random() < 0.3:
            own = rng.choice(4, p=_HABIT)
        if rng.random() < 0.85:
            uses[:, feature] = False
        uses[own, feature] = True
    if rng.random() < 0.4:
        uses[MESH, 1] = True
    blank: tuple[str, ...] = ()
    if rng.random() < 0.25 * r:
        blank = tuple(str(n) for n in rng.choice(NAMES[1:], rng.integers(1, 4), replace=False))
    return Hand(
        uses,
        least_strength=rng.uniform(0.0, 0.5),
        drop=rng.uniform(0.0, 0.45) * r,
        double=rng.uniform(0.0, 0.5) * (rng.random() < 0.4),
        hatch=int(rng.integers(1, 6)) * int(rng.random() < 0.3),
        gap=rng.uniform(0, 0.5) * r,
        trim=rng.uniform(0, 0.3) * r,
        wobble_px=rng.uniform(0.2, 1.0) + 4.5 * r * rng.random(),
        stroke_px=0.5 + 2.5 * r * rng.random(),
        width_px=float(np.exp(rng.uniform(np.log(1.6), np.log(6.5)))),
        width_spread=rng.uniform(0, 0.35),
        value=rng.uniform(0.55, 1.0),
        value_spread=rng.uniform(0, 0.25),
        blank=blank,
        done=1.0 if rng.random() > 0.3 * r else rng.uniform(0.25, 0.9),
    )


def shift_field(rng: np.random.Generator, wobble_px: float, moved_px: float) -> NDArray[np.float32]:
    """Return how far each place of a sketch is displaced, (64, 64, 2) float32 in px of 512.

    Slow waves of standard deviation `wobble_px`, and each feature's window moved as one by about `moved_px`.
    """
    slow = rng.standard_normal((5, 5, 2)).astype(np.float32)
    quick = rng.standard_normal((13, 13, 2)).astype(np.float32)
    field = cv2.resize(slow, (_GRID, _GRID), interpolation=cv2.INTER_CUBIC)
    field = 0.8 * field + 0.5 * cv2.resize(quick, (_GRID, _GRID), interpolation=cv2.INTER_CUBIC)
    field = (field * np.float32(wobble_px)).astype(np.float32)
    for name in NAMES[1:]:
        x, y, side = (
            v * _GRID // 256 for v in (WINDOWS[name].x, WINDOWS[name].y, WINDOWS[name].side)
        )
        move = rng.standard_normal(2).astype(np.float32) * np.float32(moved_px)
        bump = np.hanning(side + 2)[1:-1].astype(np.float32)
        field[y : y + side, x : x + side] += np.sqrt(np.outer(bump, bump))[..., None] * move
    return field.astype(np.float32)


def draw(
    lines: Lines,
    hand: Hand,
    rng: np.random.Generator,
    *,
    field: NDArray[np.float32] | None = None,
    affine: NDArray[np.float64] | None = None,
    size_px: int = 256,
) -> NDArray[np.uint8]:
    """Return the ink of one sketch.

    Parameters
    ----------
    lines : Lines
        The photograph's strokes, in px of 512.
    hand : Hand
        How to draw them.
    rng : numpy.random.Generator
        Everything that differs between two sketches by the same hand.
    field : ndarray of shape (64, 64, 2), optional
        Displacements from `shift_field`; made from `hand.wobble_px` if not given.
    affine : ndarray of shape (2, 3), optional
        Applied last; from px of 512 to px of 512.
    size_px : int
        Side of the result, at most 512.

    Returns
    -------
    ndarray of shape (size_px, size_px), uint8
        0 paper to 255 ink.
    """
    stroke = _choose(lines, hand, rng)
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    if len(stroke):
        if field is None:
            field = shift_field(rng, hand.wobble_px, 0.0)
        points, owner, along = _gather(lines, stroke)
        points = _displace(points, owner, _loose(lines, stroke, hand), field, rng)
        if affine is not None:
            points = points @ affine[:, :2].T.astype(np.float32) + affine[:, 2].astype(np.float32)
        kept = _kept(owner, along, len(stroke), hand, rng)
        _ink(canvas, points, owner, kept, hand, rng)
    if size_px == SIZE:
        return canvas
    return np.asarray(
        cv2.resize(canvas, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8
    )


def _choose(lines: Lines, hand: Hand, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which strokes are drawn, doubled ones twice."""
    wanted = hand.uses[lines.engine, lines.part] & (lines.strength >= hand.least_strength)
    count = len(wanted)
    wanted &= rng.random(count) >= hand.drop
    middle = lines.points[(lines.starts[:-1] + lines.starts[1:]) // 2]
    for name in hand.blank:
        x, y, side = WINDOWS[name].at(SIZE)
        wanted &= ~((np.abs(middle - (x + side / 2, y + side / 2)) < side / 2).all(1))
    if hand.done < 1:
        # people begin with the features or from one side
        direction = rng.standard_normal(2)
        rank = (middle - 256) @ direction / 256
        if rng.random() < 0.6:
            rank = np.hypot(*(middle - (256, 280)).T) / 180 + 0.2 * rng.standard_normal(count)
        wanted &= rank <= np.quantile(rank, hand.done)
    again = wanted & (rng.random(count) < hand.double)
    hairy = np.flatnonzero(wanted & np.isin(lines.part, _HAIRY) & (lines.engine != BORDER))
    return np.concatenate(
        [np.flatnonzero(wanted), np.flatnonzero(again), np.repeat(hairy, hand.hatch)]
    )


def _loose(lines: Lines, stroke: NDArray[np.int64], hand: Hand) -> NDArray[np.float32]:
    """Return by how many px each stroke may lie off: hatching spreads, hair most."""
    loose = np.full(len(stroke), hand.stroke_px, np.float32)
    if hand.hatch:
        again = np.ones(len(stroke), bool)
        again[np.unique(stroke, return_index=True)[1]] = False
        again &= np.isin(lines.part[stroke], _HAIRY)
        loose[again] += np.where(lines.part[stroke[again]] == 13, np.float32(6), np.float32(2))
    return loose


def _gather(
    lines: Lines, stroke: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Return all points, each point's stroke (0 …) and its place along it (0–1)."""
    sizes = lines.starts[stroke + 1] - lines.starts[stroke]
    owner = np.repeat(np.arange(len(stroke)), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    points = lines.points[np.repeat(lines.starts[stroke], sizes) + within].astype(np.float32)
    return points, owner, (within / np.maximum(sizes[owner] - 1, 1)).astype(np.float32)


def _displace(
    points: NDArray[np.float32],
    owner: NDArray[np.int64],
    loose: NDArray[np.float32],
    field: NDArray[np.float32],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Move the points by the slow field, and each stroke by a shift, turn and growth of its own."""
    at = np.clip(points * np.float32(_GRID / SIZE) - np.float32(0.5), 0, _GRID - 1.001)
    low = at.astype(np.int32)
    part = at - low
    x, y = low.T
    u, v = part[:, :1], part[:, 1:]
    moved = (field[y, x] * (1 - u) + field[y, x + 1] * u) * (1 - v)
    moved += (field[y + 1, x] * (1 - u) + field[y + 1, x + 1] * u) * v
    count = len(loose)
    sizes = np.maximum(np.bincount(owner, minlength=count), 1)[:, None]
    middle = np.stack([np.bincount(owner, points[:, k], count) for k in (0, 1)], 1) / sizes
    arm = points - middle[owner].astype(np.float32)
    chance = rng.standard_normal((count, 4)).astype(np.float32) * loose[:, None]
    shift, turn, grow = chance[:, :2], 0.015 * chance[:, 2:3], 0.015 * chance[:, 3:]
    turned = np.stack([-arm[:, 1], arm[:, 0]], 1)
    moved = points + moved + shift[owner] + turn[owner] * turned + grow[owner] * arm
    return np.asarray(moved, np.float32)


def _kept(
    owner: NDArray[np.int64],
    along: NDArray[np.float32],
    count: int,
    hand: Hand,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Return which points survive late starts, early stops and gaps."""
    first, last = rng.random((2, count)) * hand.trim
    kept = (along >= first[owner]) & (along <= 1 - last[owner])
    hole = rng.uniform(0.2, 0.7, count)
    hole[rng.random(count) >= hand.gap] = 2
    width = rng.uniform(0.08, 0.25, count)
    kept &= (along < hole[owner]) | (along > (hole + width)[owner])
    result: NDArray[np.bool_] = kept
    return result


def _ink(
    canvas: NDArray[np.uint8],
    points: NDArray[np.float32],
    owner: NDArray[np.int64],
    kept: NDArray[np.bool_],
    hand: Hand,
    rng: np.random.Generator,
) -> None:
    """Draw the runs of kept points, faint ones first, thinner towards their ends."""
    index = np.flatnonzero(kept)
    if len(index) < 2:
        return
    breaks = np.flatnonzero((np.diff(index) != 1) | (np.diff(owner[index]) != 0)) + 1
    runs = [r for r in np.split(index, breaks) if len(r) >= 2]
    count = int(owner.max()) + 1
    width = hand.width_px * (1 + hand.width_spread * rng.standard_normal(count))
    value = np.clip(hand.value + hand.value_spread * rng.standard_normal(count), 0.25, 1)
    fixed = np.rint(points * 16).astype(np.int32)
    groups: dict[tuple[int, int], list[NDArray[np.int32]]] = {}
    for run in runs:
        s = owner[run[0]]
        shade, thick = int(4 * value[s] + 0.5), max(1, round(float(width[s])))
        groups.setdefault((shade, max(1, thick - 1)), []).append(fixed[run])
        if thick > 1 and len(run) > 4:
            groups.setdefault((shade, thick), []).append(
                fixed[run[len(run) // 6 : -(len(run) // 6) or None]]
            )
    # fine pens (below 2 px) come from fainter one-pixel lines: the sketch is shrunk afterwards
    for shade, thick in sorted(groups):
        cv2.polylines(
            canvas, groups[shade, thick], _OPEN, min(255, 64 * shade), thick, cv2.LINE_AA, 4
        )


def rub(
    ink: NDArray[np.uint8], rng: np.random.Generator, roughness: float, field: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return a raster sketch displaced by `field`, with faint and rubbed-out places; same shape, uint8."""
    size = ink.shape[0]
    scale = np.float32(size / SIZE)
    shift = cv2.resize(field * scale, (size, size), interpolation=cv2.INTER_LINEAR)
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    warped = cv2.remap(ink, xx - shift[..., 0], yy - shift[..., 1], cv2.INTER_LINEAR)
    places = rng.random((9, 9)).astype(np.float32) + np.float32(0.75 - 0.5 * roughness)
    keep = cv2.resize(
        np.clip((places - 0.45) * 4, 0, 1), (size, size), interpolation=cv2.INTER_CUBIC
    )
    out = warped * np.clip(keep, 0, 1) * np.float32(rng.uniform(0.7, 1.3))
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def canonical(lines: Lines) -> NDArray[np.uint8]:
    """Return the drawing that the components' decoders learn: every feature once, clearly, (256, 256) uint8."""
    uses = np.zeros((4, 19), bool)
    uses[BORDER] = True
    uses[BORDER, [2, 4, 5]] = False
    uses[MESH, [2, 4, 5, 10]] = True
    uses[FINE, [1, 2, 4, 5, 13, 14, 18]] = True
    hand = Hand(uses, least_strength=0.45, width_px=3.0)
    return draw(
        lines, hand, np.random.default_rng(0), field=np.zeros((_GRID, _GRID, 2), np.float32)
    )
