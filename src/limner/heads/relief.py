"""What one photograph shows of a head's depth, beyond the smooth shell, in → the shell of any view, put right.

The shell stands too far in front where hair leaves a neck free, and too far behind where hair hangs before shoulders.
The relief knows better wherever the photograph shows the surface; what the photograph hides stays the shell's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.camera import Camera
from limner.geometry.carry import surface
from limner.heads.encode import shares
from limner.weights import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import HeadSource

    Floats = NDArray[np.float32]

__all__ = ["SIDE", "WEIGHT", "Relief", "relief_of"]

WEIGHT = "heads-relief"
#: Side of what the network sees and says.
SIDE = 128
#: Side at which a relief is turned: finer it knows nothing.
_TURNED_PX = 256
#: m: the shell may hide what the relief shows only from so much nearer, where the photograph hid it by so much.
_NEARER_M, _HIDDEN_M = 0.004, 0.006
#: m: a turned point is the relief's if it meets it this closely.
_MEETS_M = 0.003
_STEPS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The depth of what a photograph shows.

    Parameters
    ----------
    camera : Camera
        The photograph's, of 256 px.
    depth : ndarray of shape (256, 256), float32
        m; 0 where the photograph shows no head, or nothing that may be used.
    """

    camera: Camera
    depth: Floats

    def at_home(self, shell: Floats) -> Floats:
        """Return the shell's depth from the photograph's camera, (S, S), put right."""
        depth = _grown(self.depth, shell.shape[0])
        return np.where(depth > 0, depth, shell).astype(np.float32)

    def turned(self, shell: Floats, camera: Camera) -> Floats:
        """Return the shell's depth, (S, S), m, as another camera sees it, put right.

        Parameters
        ----------
        shell : ndarray of shape (S, S), float32
            0 where there is no head.
        camera : Camera
            Of S px.

        Returns
        -------
        ndarray of shape (S, S), float32
            The relief's where it shows, else the shell's; 0 where the shell is 0.
        """
        away = Camera(camera.yaw_deg, camera.pitch_deg, _TURNED_PX)
        seen = _sharp(shell, _TURNED_PX)
        shown = self._met(self._thrown(away), away)
        place, far = self.camera.project(away.surface(np.where(seen > 0, seen, 1.0)))
        front = _looked_up(self.depth, place, cv2.INTER_NEAREST)
        hidden = (front > 0) & (far > front + _HIDDEN_M)
        covered = hidden & (seen < shown - _NEARER_M)
        shown = np.where(covered | (seen <= 0), 0, shown).astype(np.float32)
        right = _grown(shown, shell.shape[0])
        return np.where((right > 0) & (shell > 0), right, shell).astype(np.float32)

    def _thrown(self, camera: Camera) -> Floats:
        """Return the nearest of the relief's points that each pixel of another camera sees, 0 where there is none."""
        steady = surface(self.depth)
        points = self.camera.unproject(self.camera.grid_px()[steady], self.depth[steady])
        place, far = camera.project(points)
        at = np.rint(place).astype(int)
        side = camera.size_px
        here = ((at >= 0) & (at < side)).all(-1)
        out = np.full((side, side), np.inf)
        np.minimum.at(out, (at[here, 1], at[here, 0]), far[here])
        there = np.isfinite(out).astype(np.float32)
        # a surface seen more squarely than in the photograph has holes of a pixel between its points
        share = cv2.blur(there, (3, 3))
        mean = cv2.blur(np.where(there > 0, out, 0).astype(np.float32), (3, 3))
        closed = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
        smooth = mean / np.maximum(share, 1e-3)
        far_off = np.abs(np.where(there > 0, out, smooth) - smooth) > _MEETS_M
        best = np.where(far_off, np.where(there > 0, out, 0), smooth)
        return np.where(closed, best, 0).astype(np.float32)

    def _met(self, depth: Floats, camera: Camera) -> Floats:
        """Move points along their rays until they lie on the relief itself; 0 where they do not get there.

        Points fall on whole pixels when they are thrown: half a pixel too near or far on every slope, which would make
        a turned picture ragged.
        """
        gap = np.zeros_like(depth)
        for step in range(_STEPS):
            place, far = self.camera.project(camera.surface(np.where(depth > 0, depth, 1.0)))
            gap = _looked_up(self.depth, place, cv2.INTER_LINEAR) - far.astype(np.float32)
            if step < _STEPS - 1:
                depth = np.where(np.abs(gap) < 4 * _MEETS_M, depth + 0.8 * gap, depth).astype(
                    np.float32
                )
        return np.where((depth > 0) & (np.abs(gap) < _MEETS_M), depth, 0).astype(np.float32)


def relief_of(source: HeadSource, camera: Camera, shell: Floats, known: Floats) -> Relief | None:
    """Return the relief of a photograph, or None where its network is not installed.

    Parameters
    ----------
    source : HeadSource
        The photograph.
    camera : Camera
        Its own.
    shell : ndarray of shape (S, S), float32
        m, the shell's depth from there.
    known : ndarray of shape (S, S), float32
        1 where the photograph may be used.
    """
    if not session().serves(WEIGHT):
        return None
    small = cv2.resize(source.photo.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    out = session().run(
        WEIGHT,
        {
            "photo": small.astype(np.float32).transpose(2, 0, 1)[None] / 127.5 - 1,
            "shares": shares(source.semantic, SIDE),
            "shell": _sharp(shell, SIDE)[None, None],
        },
    )
    usable = cv2.resize(known, (_TURNED_PX, _TURNED_PX), interpolation=cv2.INTER_AREA) > 0.5
    depth = _grown(np.asarray(out["depth"][0, 0], np.float32), _TURNED_PX)
    there = Camera(camera.yaw_deg, camera.pitch_deg, _TURNED_PX)
    return Relief(there, np.where(usable, depth, 0).astype(np.float32))


def _sharp(depth: Floats, side: int) -> Floats:
    """Return a depth map of another size; what lies between two surfaces is on one of them."""
    return np.asarray(cv2.resize(depth, (side, side), interpolation=cv2.INTER_NEAREST), np.float32)


def _grown(depth: Floats, side: int) -> Floats:
    """Return a depth map of another size: smooth on a surface, sharp along its edges."""
    if depth.shape[0] == side:
        return depth
    near = cv2.resize(depth, (side, side), interpolation=cv2.INTER_NEAREST)
    soft = cv2.resize(depth, (side, side), interpolation=cv2.INTER_LINEAR)
    steady = cv2.resize(
        surface(depth).astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR
    )
    return np.where(steady > 0.99, soft, near).astype(np.float32)


def _looked_up(plane: Floats, place: NDArray[np.floating], kind: int) -> Floats:
    x, y = (np.ascontiguousarray(place[..., k], np.float32) for k in (0, 1))
    out = cv2.remap(plane, x, y, kind, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(out, np.float32)
