"""The lines of a photograph as strokes: picture, human labels and mesh points in → polylines by three engines.

Traced edges follow what is seen, label borders what things are, mesh contours where the features sit. A hand knows
all three and mixes them; `limner.train.data.hand_sketch` does so afterwards, thousands of times for one photograph.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from limner.lines import extract
from limner.records import Photo, SemanticMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BORDER",
    "BROAD",
    "FINE",
    "MESH",
    "USED_POINTS",
    "Lines",
    "dog_ink",
    "lines_of",
    "trace",
]

#: Engines, as stored beside each stroke.
FINE, BROAD, BORDER, MESH = range(4)

SIZE = 512

#: How willingly each of the 19 classes gives lines: skin and grounds little, features much.
_WILL = np.array(
    [
        0.35,
        0.75,
        1.0,
        1.0,
        1.3,
        1.3,
        1.2,
        1.2,
        0.9,
        0.9,
        1.2,
        1.2,
        1.2,
        1.0,
        0.9,
        1.0,
        0.9,
        0.7,
        0.7,
    ],
    np.float32,
)

#: Borders of these groups of classes are drawn; the brows and lips once each, the face without its features.
_GROUPS: tuple[tuple[int, ...], ...] = (
    (1, 2, 3, 4, 5, 6, 7, 10, 11, 12),
    (13,),
    (14,),
    (18,),
    (17, 16),
    (6,),
    (7,),
    (4,),
    (5,),
    (3,),
    (8,),
    (9,),
    (11,),
    (12,),
    (15,),
)

#: Face Mesh points of each contour that an artist draws, with the class it belongs to.
_CONTOURS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (5, (33, 246, 161, 160, 159, 158, 157, 173, 133)),
    (5, (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    (4, (263, 466, 388, 387, 386, 385, 384, 398, 362)),
    (4, (263, 249, 390, 373, 374, 380, 381, 382, 362)),
    (7, (70, 63, 105, 66, 107)),
    (7, (46, 53, 52, 65, 55)),
    (6, (300, 293, 334, 296, 336)),
    (6, (276, 283, 282, 295, 285)),
    (2, (115, 48, 64, 98, 97, 2, 326, 327, 294, 278, 344)),
    (2, (9, 168, 6, 197, 195, 5)),
    (11, (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)),
    (12, (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)),
    (10, (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)),
    (10, (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)),
    (1, (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)),
    (1, (152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356)),
)

_BRIDGE = 9

#: What a crossing takes out of a skeleton.
_GAP_PX = 6.5

_IRISES = (468, 469, 473, 474)
_LIDS = (159, 145, 386, 374)

#: Mesh points that any contour needs.
USED_POINTS: tuple[int, ...] = tuple(
    sorted({*_IRISES, *_LIDS, *(i for _, index in _CONTOURS for i in index)})
)


@dataclass(frozen=True, slots=True)
class Lines:
    """All strokes of one photograph.

    Parameters
    ----------
    points : ndarray of shape (M, 2), float32
        x, y in px of a 512 px picture, stroke after stroke.
    starts : ndarray of shape (S + 1,), int32
        Stroke s owns points[starts[s] : starts[s + 1]].
    engine, part : ndarray of shape (S,), uint8
        Which engine drew it; the class (0–18) that it belongs to.
    strength : ndarray of shape (S,), float32
        How much the stroke matters, 0 to 1: contrast times length.
    """

    points: NDArray[np.float32]
    starts: NDArray[np.int32]
    engine: NDArray[np.uint8]
    part: NDArray[np.uint8]
    strength: NDArray[np.float32]


def dog_ink(
    photo: NDArray[np.uint8], labels: NDArray[np.uint8] | None, sigma_px: float
) -> NDArray[np.float32]:
    """Return soft ink where the picture is darker than its surroundings, (H, W) float32 in 0–1.

    An extended difference of Gaussians on the luminance after an edge-keeping blur; `labels` say how willingly each
    place gives lines.

    References
    ----------
    Winnemöller et al., "XDoG", Computers & Graphics 2012.
    """
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    grey = cv2.bilateralFilter(grey, 5, 24, 3)
    value = grey.astype(np.float32) / 255
    # the eye sees ratios: a dark head of hair has lines as well
    value = np.log1p(12 * value) / np.float32(np.log(13))
    near, far = (
        cv2.GaussianBlur(value, (0, 0), sigma_px),
        cv2.GaussianBlur(value, (0, 0), 1.7 * sigma_px),
    )
    drop = far - near
    if labels is not None:
        will = cv2.GaussianBlur(_WILL[labels], (0, 0), 2.0)
        drop = drop * will
    return np.asarray(np.clip((drop - 0.006) / 0.022, 0, 1), np.float32)


def trace(ink: NDArray[np.float32], *, least_px: float = 12) -> list[NDArray[np.float32]]:
    """Return the centre lines of soft ink as smooth polylines, (N, 2) float32 each, joined through crossings."""
    skeleton = skeletonize(  # type: ignore[no-untyped-call]
        cv2.GaussianBlur(ink, (0, 0), 1.0) > 0.28
    )
    around = cv2.filter2D(
        skeleton.astype(np.uint8), -1, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT
    )
    arms = skeleton & (around <= 3)
    count, which = cv2.connectedComponents(arms.astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(arms)
    order = np.argsort(which[ys, xs], kind="stable")
    sizes = np.bincount(which[ys, xs], minlength=count)[1:]
    pieces = np.split(np.stack([xs, ys], 1)[order], np.cumsum(sizes)[:-1])
    chains = _join([_walk(p) for p in pieces if len(p) >= 3])
    return [_smooth(c) for c in chains if len(c) >= least_px]


def _walk(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Put the pixels of one unbranched arm into drawing order."""
    left = {(int(x), int(y)) for x, y in pixels}
    near = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]

    def next_of(at: tuple[int, int]) -> tuple[int, int] | None:
        return next(
            ((at[0] + i, at[1] + j) for i, j in near if (at[0] + i, at[1] + j) in left), None
        )

    here = next(
        (p for p in left if sum((p[0] + i, p[1] + j) in left for i, j in near) <= 1),
        next(iter(left)),
    )
    path = []
    step: tuple[int, int] | None = here
    while step is not None:
        path.append(step)
        left.discard(step)
        step = next_of(step)
    return np.array(path, np.float32)


def _join(arms: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Join arms whose ends meet and go on in about the same direction, straightest and nearest first."""
    if len(arms) < 2:
        return arms
    ends = np.array([end for a in arms for end in (a[0], a[-1])])
    out = np.array(
        [d for a in arms for d in (a[0] - a[min(6, len(a) - 1)], a[-1] - a[-min(7, len(a))])]
    )
    out /= np.maximum(np.hypot(*out.T), 1e-6)[:, None]
    pairs = np.array(sorted(cKDTree(ends).query_pairs(_GAP_PX)), np.int64).reshape(-1, 2)
    pairs = pairs[pairs[:, 0] // 2 != pairs[:, 1] // 2]
    turn = (out[pairs[:, 0]] * out[pairs[:, 1]]).sum(1)
    partner: dict[int, int] = {}
    away = np.hypot(*(ends[pairs[:, 0]] - ends[pairs[:, 1]]).T)
    for k in np.argsort(turn + 0.05 * away):
        a, b = (int(v) for v in pairs[k])
        if turn[k] < -0.5 and a not in partner and b not in partner:
            partner[a], partner[b] = b, a
    return _follow(arms, partner)


def _follow(arms: list[NDArray[np.float32]], partner: dict[int, int]) -> list[NDArray[np.float32]]:
    used: set[int] = set()
    chains = []
    free = [e for e in range(2 * len(arms)) if e not in partner]
    for start in [*free, *range(2 * len(arms))]:
        if start // 2 in used:
            continue
        chain, end = [], start
        while end // 2 not in used:
            used.add(end // 2)
            arm = arms[end // 2]
            chain.append(arm if end % 2 == 0 else arm[::-1])
            far = end ^ 1
            if far not in partner:
                break
            end = partner[far]
        chains.append(np.concatenate(chain))
    return chains


def _smooth(
    chain: NDArray[np.float32], *, sigma: float = 2.0, step_px: int = 4
) -> NDArray[np.float32]:
    soft = gaussian_filter1d(chain, sigma, axis=0, mode="nearest")
    soft[0], soft[-1] = chain[0], chain[-1]
    keep = np.r_[np.arange(0, len(soft) - 1, step_px), len(soft) - 1]
    return np.asarray(soft[keep], np.float32)


def _borders(labels: NDArray[np.uint8]) -> list[tuple[int, NDArray[np.float32]]]:
    """Return the outlines of the groups of classes as open polylines, without the picture's own edge."""
    found = []
    for group in _GROUPS:
        mask = np.isin(labels, group).astype(np.float32)
        if mask.sum() < 60:
            continue
        soft = cv2.GaussianBlur(mask, (0, 0), 2.5 if mask.sum() > 4000 else 1.2) > 0.5
        contours = cv2.findContours(soft.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]
        for contour in contours:
            if len(contour) >= 24:
                ring = gaussian_filter1d(contour[:, 0].astype(np.float32), 2.5, axis=0, mode="wrap")
                found += [(group[0], run) for run in _inner_runs(ring)]
    return found


def _inner_runs(ring: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    inside = ((ring > 4) & (ring < SIZE - 5)).all(1)
    if inside.all():
        return [np.concatenate([ring, ring[:1]])[::4]]
    first = int(np.argmin(inside))
    ring, inside = np.roll(ring, -first, axis=0), np.roll(inside, -first)
    cuts = np.flatnonzero(np.diff(inside.astype(np.int8))) + 1
    runs = [
        r for r, keep in zip(np.split(ring, cuts), np.split(inside, cuts), strict=True) if keep[0]
    ]
    return [r[::4] for r in runs if len(r) >= 16]


def _contours(mesh: NDArray[np.float32]) -> list[tuple[int, NDArray[np.float32]]]:
    """Return the features' contours through the mesh points, and the irises."""
    found = []
    for part, index in _CONTOURS:
        p = mesh[list(index), :2]
        t = np.arange(len(p))
        fine = np.linspace(0, len(p) - 1, 4 * (len(p) - 1) + 1)
        dense = np.stack([np.interp(fine, t, p[:, 0]), np.interp(fine, t, p[:, 1])], 1)
        found.append(
            (part, gaussian_filter1d(dense, 1.5, axis=0, mode="nearest").astype(np.float32))
        )
    turn = np.linspace(0, 2 * np.pi, 17)
    for part, index in ((5, (468, 469)), (4, (473, 474))):
        radius = float(np.linalg.norm(mesh[index[0], :2] - mesh[index[1], :2]))
        ring = mesh[index[0], :2] + radius * np.stack([np.cos(turn), np.sin(turn)], 1)
        low, high = sorted((mesh[159 if part == 5 else 386, 1], mesh[145 if part == 5 else 374, 1]))
        ring[:, 1] = np.clip(ring[:, 1], low, high)
        found.append((part, ring.astype(np.float32)))
        # a pupil is a scribble: a few turns that grow
        winds = np.linspace(0, 8 * np.pi, 41)[:, None]
        found.append(
            (
                part,
                (
                    mesh[index[0], :2]
                    + radius * 0.06 * winds / np.pi * np.c_[np.cos(winds), np.sin(winds)]
                ),
            )
        )
    return found


def lines_of(
    photo: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    mesh: NDArray[np.float32],
    *,
    product: bool = False,
) -> tuple[Lines, NDArray[np.uint8]]:
    """Return the strokes of one photograph and its soft ink.

    Parameters
    ----------
    photo : ndarray of shape (512, 512, 3), uint8
        The aligned picture.
    labels : ndarray of shape (512, 512), uint8
        Its 19 classes.
    mesh : ndarray of shape (478, 2 or 3), float32
        Its mesh points in px.
    product : bool
        Take the soft ink from Limner's own line engine, which users' photographs go through.

    Returns
    -------
    Lines
        Strokes by all engines.
    ndarray of shape (512, 512), uint8
        Soft ink, 0 paper to 255, for sketches that are scans rather than strokes.
    """
    fine, broad = dog_ink(photo, labels, 1.5), dog_ink(photo, labels, 3.2)
    rows: list[tuple[int, int, float, NDArray[np.float32]]] = []
    for engine, ink in ((FINE, fine), (BROAD, broad)):
        for line in trace(ink):
            x, y = np.clip(np.rint(line).astype(int), 0, SIZE - 1).T
            part = int(np.bincount(labels[y, x], minlength=19).argmax())
            weight = float(ink[y, x].mean()) * min(1.0, len(line) / 16)
            rows.append((engine, part, weight, line))
    rows += [(BORDER, part, 1.0, line) for part, line in _borders(labels)]
    hidden = defaultdict(bool, {part: not (labels == part).any() for part in (4, 5, 6, 7)})
    for number, (part, line) in enumerate(_contours(mesh)):
        if not hidden[part]:
            # few people draw the nose's bridge as a line; pupils are drawn more often than not
            weight = 0.3 if number == _BRIDGE else 0.46 if len(line) == 41 else 1.0
            rows.append((MESH, part, weight, line.astype(np.float32)))
    sizes = [len(r[3]) for r in rows]
    lines = Lines(
        np.concatenate([r[3] for r in rows]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        np.array([r[0] for r in rows], np.uint8),
        np.array([r[1] for r in rows], np.uint8),
        np.array([r[2] for r in rows], np.float32),
    )
    if product:
        fine = extract(Photo(photo), SemanticMap(labels)).ink
    return lines, np.rint(255 * fine).astype(np.uint8)
