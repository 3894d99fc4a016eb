"""What a photograph shows beyond the shell (curls, ears, a crown) in → a thin sheet of it that turns with the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.near import largest_piece, spread
from limner.heads.classes import blended
from limner.heads.outline import nearness
from limner.heads.project import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera

    Floats = NDArray[np.float32]

__all__ = ["edged", "extended", "fading", "thrown", "told", "whole"]

#: Share of the picture by which the shell's rim, whose depth falls away, is left out.
_RIM = 72
#: Shares of the picture: the widest chink between shell and sheet, and over how much their outline is smoothed.
_CHINK, _SOFT = 36, 150
#: Turned this far from the photograph the sheet begins to fade, and this far it is gone: it has no thickness.
_FADES_DEG, _GONE_DEG = 20.0, 40.0


def extended(depth: Floats, known: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Give what the shell does not reach the depth of the shell's nearest point.

    Parameters
    ----------
    depth : ndarray of shape (S, S), float32
        m, of the shell from the photograph's camera; 0 where it is not.
    known : ndarray of shape (S, S), float32
        1 where the photograph shows the head.

    Returns
    -------
    depth : ndarray of shape (S, S), float32
        The same, and on the sheet as well.
    sheet : ndarray of shape (S, S), bool
        Where that is.
    """
    inside, reach = _inside(depth), max(1, depth.shape[0] // _RIM)
    sheet = (known > 0.5) & ~inside
    if not inside.any() or not sheet.any():
        return depth, np.zeros(depth.shape, bool)
    (wide,) = spread(inside, ~inside, depth)
    soft = cv2.GaussianBlur(wide, (0, 0), 2 * reach)
    return np.where(sheet, soft, depth).astype(np.float32), sheet


def thrown(
    depth: Floats, sheet: NDArray[np.bool_], cameras: tuple[Camera, Camera], shell: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Add the sheet to the shell's depth, (S, S), m, as the second camera sees both.

    Returns
    -------
    depth : ndarray of shape (S, S), float32
    shown : ndarray of shape (S, S), bool
        Where it is the sheet's: beside the shell and over its rim.
    """
    first, second = cameras
    side = depth.shape[0]
    points = first.unproject(first.grid_px()[sheet], depth[sheet])
    place, far = second.project(points)
    at = np.rint(place).astype(int)
    here = ((at >= 0) & (at < side)).all(-1)
    out = np.full((side, side), np.inf)
    np.minimum.at(out, (at[here, 1], at[here, 0]), far[here])
    there = np.isfinite(out).astype(np.float32)
    # a sheet seen from nearer has holes of a pixel between its points
    share = cv2.blur(there, (3, 3))
    mean = cv2.blur(np.where(there > 0, out, 0).astype(np.float32), (3, 3))
    closed = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    shown = closed & ~_inside(shell)
    both = np.where(shown, mean / np.maximum(share, 1e-3), shell).astype(np.float32)
    return both, shown


def whole(shell: Floats, shown: Floats) -> Floats:
    """Return the sheet's share (S, S) without what hangs together with no shell: crumbs of curls."""
    main = largest_piece(np.maximum(shell, shown) > 0.5)
    kept = cv2.morphologyEx(main.astype(np.float32), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.where(shown > 0.5, shown * kept, shown).astype(np.float32)


def edged(photo: Floats, alpha: Floats, shown: Floats, visible: Floats) -> tuple[Floats, Floats]:
    """Join the sheet to the shell.

    Parameters
    ----------
    photo : ndarray of shape (S, S, 3), float32
        The view as it was mended.
    alpha, shown, visible : ndarray of shape (S, S), float32
        Share of the shell, of the sheet, and of own pixels, 0 to 1.

    Returns
    -------
    photo, alpha : ndarray
        Chinks between the two closed and filled from around them, the outline smooth.
    """
    side = alpha.shape[0]
    both = np.maximum(alpha, shown)
    reach = (side // _CHINK) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    both = np.asarray(cv2.morphologyEx(both, cv2.MORPH_CLOSE, kernel), np.float32)
    soft = cv2.GaussianBlur(both, (0, 0), side / _SOFT)
    # a shell's own edge is smooth already; the sheet's is as ragged as a map of labels
    near = cv2.GaussianBlur((shown > 0.1).astype(np.float32), (0, 0), side / _SOFT) > 0.02
    joined = np.where(near, np.clip(2.5 * soft - 0.9, 0, 1), alpha).astype(np.float32)
    known = np.maximum(visible, (alpha > 0.95) & ~near)
    bare = (near * (1 - known)).astype(np.float32)
    return (blended(photo, fill(photo, known), bare) if bare.any() else photo), joined


def told(
    ids: NDArray[np.uint8], depth: Floats, head: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], Floats]:
    """Give every pixel of the head, (S, S), a class and a depth: the nearest that there is; and none beside it."""
    good = head & (ids > 0) & (depth > 0)
    if not good.any():
        return np.where(head, ids, 0).astype(np.uint8), np.where(head, depth, 0).astype(np.float32)
    ids, depth = spread(good, head & ~good, ids, depth)
    return np.where(head, ids, 0).astype(np.uint8), np.where(head, depth, 0).astype(np.float32)


def _inside(depth: Floats) -> NDArray[np.bool_]:
    """Return where the shell is, but for its rim."""
    reach = max(1, depth.shape[0] // _RIM)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inside: NDArray[np.bool_] = cv2.erode((depth > 0).astype(np.uint8), kernel) > 0
    return inside


def fading(first: Camera, second: Camera) -> float:
    """Return how much of the sheet is shown, 0 to 1, so far from where it was photographed."""
    return nearness(first, second, _FADES_DEG, _GONE_DEG)
