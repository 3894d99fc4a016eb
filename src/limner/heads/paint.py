"""A head and a map of its classes that somebody painted over → the head with what was painted, seen from every side.

What was painted gets a place (the surface that it was painted on, continued beyond the head's outline) and a look (the
texture of its own class, continued), and both are laid on every view by depth.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape, InputError
from limner.geometry.camera import Camera
from limner.geometry.carry import TOLERANCE_M
from limner.geometry.near import nearest
from limner.heads.project import fill
from limner.records import CLASSES, UNPAINTED, Head, HeadPaint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.heads.render import HeadRenderer
    from limner.records import SemanticMap, View

    Floats = NDArray[np.float32]
    Labels = NDArray[np.uint8]

__all__ = ["MOST_PAINTED", "lay", "paint_map"]

#: Painted maps that one head keeps.
MOST_PAINTED = 12
#: Painted spots of fewer px (at 256²) are slips.
_LEAST_PX = 4
#: Classes whose texture is the skin's: painting one over another keeps the light that lies on it.
_FACE = tuple(
    CLASSES.index(n) for n in ("skin", "nose", "u_lip", "l_lip", "neck", "l_ear", "r_ear")
)
#: Tones of classes that the view has none of.
_TONES = {
    "skin": (205, 165, 140), "nose": (205, 165, 140), "eye_g": (52, 52, 58), "l_eye": (84, 66, 56),
    "r_eye": (84, 66, 56), "l_brow": (74, 56, 46), "r_brow": (74, 56, 46), "l_ear": (200, 155, 130),
    "r_ear": (200, 155, 130), "mouth": (96, 40, 40), "u_lip": (172, 92, 90), "l_lip": (180, 98, 96),
    "hair": (72, 54, 44), "hat": (78, 74, 82), "ear_r": (206, 176, 96), "neck_l": (198, 176, 120),
    "neck": (196, 154, 130), "cloth": (96, 100, 116),
}  # fmt: skip


def paint_map(turn: HeadRenderer, labels: SemanticMap, *, yaw_deg: float, pitch_deg: float) -> Head:
    """Return the head with a painted map.

    Parameters
    ----------
    turn : HeadRenderer
        Shows the head as it was when its map was taken.
    labels : SemanticMap
        Square: the view's map of classes, painted over.
    yaw_deg, pitch_deg : float
        From where the map is seen.

    Returns
    -------
    Head
        The same head if nothing was changed.

    Raises
    ------
    BadShape
        If the map is not square.
    InputError
        If the head has been painted too often already.
    """
    wanted = labels.labels
    if wanted.shape[0] != wanted.shape[1]:
        raise BadShape(
            f"The painted map is {wanted.shape[1]} × {wanted.shape[0]} px; a view's map is square. Paint on the "
            "labels that `limner orbit` writes."
        )
    side = 512 if len(wanted) >= 512 else 256
    view = turn.view(yaw_deg=yaw_deg, pitch_deg=pitch_deg, size_px=side)
    if len(wanted) != side:
        size = (side, side)
        wanted = np.asarray(cv2.resize(wanted, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    changed = _without_slips(wanted != view.semantic.labels, side)
    if not changed.any():
        return turn.head
    if len(turn.head.painted) >= MOST_PAINTED:
        raise InputError(
            f"The head carries {MOST_PAINTED} painted maps already; paint all changes of one view on one map."
        )
    made = HeadPaint(
        np.where(changed, wanted, UNPAINTED).astype(np.uint8),
        _looks(view, wanted, changed),
        _place(view.depth_m),
        view.yaw_deg,
        view.pitch_deg,
    )
    return replace(turn.head, painted=(*turn.head.painted, made))


def _without_slips(changed: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    count, spots, facts, _ = cv2.connectedComponentsWithStats(changed.astype(np.uint8))
    large = facts[:, cv2.CC_STAT_AREA] >= _LEAST_PX * (side / 256) ** 2
    large[0] = False
    kept: NDArray[np.bool_] = large[np.asarray(spots)] if count > 1 else np.zeros_like(changed)
    return kept


def _place(depth_m: Floats) -> Floats:
    """Return a depth for every pixel: the surface's, continued softly where there is no head."""
    there = (depth_m > 0).astype(np.float32)
    inner = cv2.erode(there, np.ones((5, 5), np.uint8))  # the last pixels lean away
    if not inner.any():
        return np.full_like(depth_m, Camera(0, 0).project(np.zeros((1, 3)))[1][0])
    beyond = fill(depth_m[..., None], np.asarray(inner, np.float32))[..., 0]
    return np.where(depth_m > 0, depth_m, beyond).astype(np.float32)


def _looks(view: View, wanted: Labels, changed: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the picture of a painted map: each class in its own texture."""
    photo = view.photo.pixels.astype(np.float32)
    out, old = photo.copy(), view.semantic.labels
    for k in np.unique(wanted[changed]):
        here = changed & (wanted == k)
        own = (old == k) & ~changed
        if k == 0:
            continue
        if own.sum() >= 40:
            made = _continued(photo, own)
        else:
            made = np.broadcast_to(np.array(_TONES[CLASSES[k]], np.float32), photo.shape)
        if k in _FACE:
            grain = photo - cv2.GaussianBlur(photo, (0, 0), len(photo) / 42)
            lit = here & np.isin(old, _FACE)
            smooth = cv2.GaussianBlur(np.asarray(made, np.float32), (0, 0), len(photo) / 85)
            made = np.where(lit[..., None], smooth + 0.7 * grain, made)
        out[here] = made[here]
    soft = cv2.GaussianBlur(out, (0, 0), len(photo) / 340)
    rim = changed & ~(cv2.erode(changed.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    out[rim] = soft[rim]
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def _continued(photo: Floats, own: NDArray[np.bool_]) -> Floats:
    """Return a texture continued beyond where it is: mirrored at its rim, in the tone that is near."""
    side = len(photo)
    core = cv2.erode(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    core = core if core.sum() >= 20 else own
    at = np.stack(nearest(core), -1)
    grid = np.moveaxis(np.mgrid[:side, :side], 0, -1)
    mirror = np.clip(2 * at - grid, 0, side - 1)
    fits = core[mirror[..., 0], mirror[..., 1]]
    taken = np.where(fits[..., None], mirror, _tiled(core, grid))
    tone = fill(photo, core.astype(np.float32))
    smooth = cv2.GaussianBlur(tone, (0, 0), side / 64)
    grain = photo[taken[..., 0], taken[..., 1]] - smooth[taken[..., 0], taken[..., 1]]
    return np.asarray(smooth + grain, np.float32)


def _tiled(core: NDArray[np.bool_], grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each pixel one of the widest square of a texture, laid again and again, each time mirrored."""
    room = np.asarray(cv2.distanceTransform(np.pad(core, 1).astype(np.uint8), cv2.DIST_C, 3))
    middle = np.array(np.unravel_index(room.argmax(), room.shape)) - 1
    reach = max(1, int(room.max()) - 1)
    wave = (grid - middle + reach) % (4 * reach)
    inner: NDArray[np.int64] = middle - reach + np.minimum(wave, 4 * reach - wave)
    return np.clip(inner, 0, len(core) - 1)


def lay(
    painted: tuple[HeadPaint, ...],
    camera: Camera,
    planes: tuple[Floats, Floats, Floats, Floats],
) -> tuple[Floats, Floats, Floats, Floats]:
    """Lay painted maps on a view.

    Parameters
    ----------
    painted : tuple of HeadPaint
        The last on top.
    camera : Camera
        Of the view, S px.
    planes : four ndarrays of float32
        The view's photograph (S, S, 3), −1 to 1, its share of head (S, S), classes (S, S, 19) and depth (S, S), m.

    Returns
    -------
    photo, alpha, labels, depth : ndarray
        With everything painted that this camera sees.
    """
    photo, alpha, labels, depth = planes
    for one in painted:
        ids, pixels, lies = _seen(one, camera)
        sees = (ids != UNPAINTED) & ((depth <= 0) | (lies < depth + TOLERANCE_M))
        carved = _carved(one, camera, depth)
        ids, sees = np.where(carved, 0, ids), (sees & (ids != 0)) | carved
        if not sees.any():
            continue
        soft = cv2.GaussianBlur(sees.astype(np.float32), (0, 0), camera.size_px / 340)
        soft = np.asarray(np.where(sees, np.maximum(soft, 0.5), 0), np.float32)
        head = (ids != 0).astype(np.float32)
        hot = (np.where(sees, ids, 0)[..., None] == np.arange(len(CLASSES))).astype(np.float32)
        colour = pixels.astype(np.float32) / 127.5 - 1
        # beyond the old outline there is nothing that the paint could fade into
        share = np.where(alpha > 0.5, soft, sees)[..., None]
        photo = np.where(head[..., None] > 0, photo * (1 - share) + colour * share, photo)
        alpha = np.where(sees, head, alpha)
        labels = np.where(sees[..., None], hot, labels)
        depth = np.where(sees, lies * head, depth)
    made = (photo, alpha, labels, depth)
    return tuple(np.asarray(plane, np.float32) for plane in made)  # type: ignore[return-value]


def _carved(one: HeadPaint, camera: Camera, depth: Floats) -> NDArray[np.bool_]:
    """Return where a view's surface must not be: the painter saw the ground along a ray through it."""
    if not (one.labels == 0).any():
        return np.zeros(depth.shape, bool)
    own = len(one.labels)
    # a pixel wider: what looks along the old outline must not stay as a thread
    ground = cv2.dilate((one.labels == 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    there = depth > 0
    goal, _ = Camera(one.yaw_deg, one.pitch_deg, own).project(
        camera.surface(np.where(there, depth, 1.0))
    )
    x, y = np.rint(goal).astype(int).transpose(2, 0, 1)
    inside = (x >= 0) & (y >= 0) & (x < own) & (y < own)
    gone = np.asarray(ground)[np.clip(y, 0, own - 1), np.clip(x, 0, own - 1)] > 0
    found: NDArray[np.bool_] = there & inside & gone
    return found


def _seen(one: HeadPaint, camera: Camera) -> tuple[Labels, NDArray[np.uint8], Floats]:
    """Return a painted map as a camera sees it: classes, colours, depth; what is nearer covers what is behind."""
    side, own = camera.size_px, len(one.labels)
    times = 2 * max(1, side // own)
    grown = cv2.dilate((one.labels != UNPAINTED).astype(np.uint8), np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(np.repeat(np.repeat(grown, times, 0), times, 1))
    x, y = (columns + 0.5) / times - 0.5, (rows + 0.5) / times - 0.5
    wide = cv2.resize(one.depth_m, (own * times,) * 2, interpolation=cv2.INTER_LINEAR)
    depth = np.asarray(wide, np.float32)[rows, columns]
    at = rows // times, columns // times
    points = Camera(one.yaw_deg, one.pitch_deg, own).unproject(np.stack([x, y], -1), depth)
    goal, far = camera.project(points)
    goal = np.rint(goal).astype(int)
    # the nearest come last, and stay; what was not painted hides what lies behind it too
    order = np.argsort(-far, kind="stable")
    within = np.asarray(((goal >= 0) & (goal < side)).all(1))
    order = order[within[order]]
    place = goal[order, 1], goal[order, 0]
    ids = np.full((side, side), UNPAINTED, np.uint8)
    pixels, lies = np.zeros((side, side, 3), np.uint8), np.zeros((side, side), np.float32)
    ids[place] = one.labels[at][order]
    pixels[place] = one.photo[at][order]
    lies[place] = far[order]
    return _without_holes(ids, pixels, lies)


def _without_holes(
    ids: Labels, pixels: NDArray[np.uint8], lies: Floats
) -> tuple[Labels, NDArray[np.uint8], Floats]:
    """Close the single pixels that no point fell on with what lies beside them."""
    there = (ids != UNPAINTED).astype(np.uint8)
    closed = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((closed > 0) & (there == 0) & (lies == 0))
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        y = np.clip(rows + down, 0, len(ids) - 1)
        x = np.clip(columns + right, 0, len(ids) - 1)
        use = (ids[rows, columns] == UNPAINTED) & (there[y, x] > 0)
        to, by = (rows[use], columns[use]), (y[use], x[use])
        ids[to], pixels[to], lies[to] = ids[by], pixels[by], lies[by]
    return ids, pixels, lies
