"""The one camera convention: yaw and pitch in → rays, projections and depth as points, and back from mesh points.

World frame (metres): x to the sitter's left, y up, z out of the face; the origin lies inside the head, 8 cm behind the
crop's centre. Camera frame: x right, y down, z forward. A camera stands `DISTANCE_M` from the origin, looks at it and
does not roll. **Positive yaw: the camera has moved to the sitter's left**, so that the nose points to the picture's
left; positive pitch: it has moved up. Pixel centres are at integers; depth is measured along the camera's z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.geometry.affine import similarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DISTANCE_M",
    "FOV_DEG",
    "MOST_PITCH_DEG",
    "MOST_YAW_DEG",
    "Camera",
    "Fit",
    "fit",
    "sample",
]

#: Angle that the picture's width covers.
FOV_DEG = 14.0
#: From the camera to the world's origin.
DISTANCE_M = 1.1061877
#: Beyond these the head's back would show, which nothing here knows.
MOST_YAW_DEG, MOST_PITCH_DEG = 60.0, 30.0
#: Spread of the near-frontal prior (0.3 and 0.155 rad).
YAW_SD_DEG, PITCH_SD_DEG = 17.19, 8.88


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a square picture of a head is seen from.

    Parameters
    ----------
    yaw_deg, pitch_deg : float
        Positive: the camera has moved to the sitter's left; up.
    size_px : int
        Side of the picture.

    Examples
    --------
    >>> import numpy as np
    >>> nose_m = np.array([[0.0, 0.0, 0.1]])
    >>> px, _ = Camera(30, 0).project(nose_m)
    >>> bool(px[0, 0] < 127.5)  # seen from the sitter's left, the nose points to the picture's left
    True
    """

    yaw_deg: float
    pitch_deg: float
    size_px: int = 256

    def __post_init__(self) -> None:
        """Refuse angles and sizes that no camera has."""
        if not (abs(self.yaw_deg) <= 180 and abs(self.pitch_deg) <= 90 and self.size_px > 0):
            raise BadShape(
                f"A camera at yaw {self.yaw_deg}°, pitch {self.pitch_deg}°, {self.size_px} px is none: "
                "give yaw within ±180, pitch within ±90, a positive size."
            )

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.size_px / 2 / float(np.tan(np.radians(FOV_DEG / 2)))

    @property
    def centre_px(self) -> float:
        """Both coordinates of the picture's middle."""
        return self.size_px / 2 - 0.5

    @property
    def position_m(self) -> NDArray[np.float64]:
        """Where the camera stands, (3,), world frame."""
        position: NDArray[np.float64] = -DISTANCE_M * self.rotation[2]
        return position

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The camera's axes (right, down, forward) as rows, (3, 3), in the world frame."""
        yaw, pitch = np.radians(self.yaw_deg), np.radians(self.pitch_deg)
        cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        return np.array([[cy, 0, -sy], [sp * sy, -cp, sp * cy], [-cp * sy, -sp, -cp * cy]])

    @property
    def camera_from_world(self) -> NDArray[np.float64]:
        """The rigid transform as a (4, 4) matrix."""
        matrix = np.eye(4)
        matrix[:3, :3], matrix[2, 3] = self.rotation, DISTANCE_M
        return matrix

    @property
    def intrinsics(self) -> NDArray[np.float64]:
        """The (3, 3) matrix from camera coordinates to pixels."""
        f, c = self.focal_px, self.centre_px
        return np.array([[f, 0, c], [0, f, c], [0, 0, 1.0]])

    def project(
        self, points_m: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where world points are seen.

        Parameters
        ----------
        points_m : ndarray of shape (..., 3)
            World frame.

        Returns
        -------
        points_px : ndarray of shape (..., 2), float64
            x, y.
        depth_m : ndarray of shape (...), float64
            Along the camera's z.
        """
        seen = np.asarray(points_m, np.float64) @ self.rotation.T
        depth = seen[..., 2] + DISTANCE_M
        return seen[..., :2] * (self.focal_px / depth)[..., None] + self.centre_px, depth

    def unproject(
        self, points_px: NDArray[np.floating], depth_m: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Return the world points, (..., 3), seen at pixels (..., 2) with depth (...)."""
        flat = (np.asarray(points_px, np.float64) - self.centre_px) / self.focal_px
        seen = (
            np.concatenate([flat, np.ones_like(flat[..., :1])], -1) * np.asarray(depth_m)[..., None]
        )
        return (seen - [0, 0, DISTANCE_M]) @ self.rotation

    def grid_px(self) -> NDArray[np.float64]:
        """Return the pixel centres, (H, W, 2), x and y."""
        steps = np.arange(self.size_px, dtype=np.float64)
        return np.stack(np.meshgrid(steps, steps), -1)

    def surface(self, depth_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the world points of a (H, W) depth map of this camera, (H, W, 3)."""
        if depth_m.shape != (self.size_px, self.size_px):
            raise BadShape(
                f"The depth map is {depth_m.shape}, the camera's picture {self.size_px}² px."
            )
        return self.unproject(self.grid_px(), depth_m)

    def rays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the origin (3,) and the directions (H, W, 3) of all pixels, world frame.

        A direction has length 1 along the camera's z: ``origin + depth_m * direction`` is the point at that depth.
        """
        origin = self.position_m
        ones = np.ones((self.size_px, self.size_px))
        return origin, self.surface(ones) - origin


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How a picture shows a head.

    Parameters
    ----------
    camera : Camera
        Of the head crop.
    crop_from_photo : ndarray of shape (2, 3), float64
        Similarity from the picture's px to the head crop's (`camera.size_px`), in which the camera's convention holds.
    residual_px : float
        Root mean square of the mesh points' misfit in the crop, weighted.
    """

    camera: Camera
    crop_from_photo: NDArray[np.float64]
    residual_px: float


def fit(
    points_px: NDArray[np.floating],
    template_m: NDArray[np.floating],
    *,
    weight: NDArray[np.floating] | None = None,
    size_px: int = 256,
) -> Fit:
    """Find yaw, pitch and the head crop from points on the face.

    Parameters
    ----------
    points_px : ndarray of shape (N, 2)
        Seen in the picture.
    template_m : ndarray of shape (N, 3)
        The same points on an average head, world frame.
    weight : ndarray of shape (N,), optional
        How much each point says about the pose.
    size_px : int
        Side of the head crop.

    Returns
    -------
    Fit
        Angles within ±80° (a face seen further round has no mesh).

    Notes
    -----
    Roll, scale and shift have a closed form once yaw and pitch are given; those two are found by Gauss–Newton with
    numerical derivatives, from frontal and from ±40° (a mesh seen from the side fits its mirror image almost as well).
    """
    points = np.asarray(points_px, np.float64)
    template = np.asarray(template_m, np.float64)
    if points.shape != (*template.shape[:-1], 2) or len(points) < 6:
        raise BadShape(
            f"{points.shape} points for a template of {template.shape}: wanted (N, 2) and (N, 3)."
        )
    w = np.ones(len(points)) if weight is None else np.asarray(weight, np.float64)

    def misfit(angles: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        seen, _ = Camera(angles[0], angles[1], size_px).project(template)
        matrix = similarity(points, seen, w)
        gap = points @ matrix[:, :2].T + matrix[:, 2] - seen
        return (gap * np.sqrt(w / w.sum())[:, None]).ravel(), matrix

    best: tuple[float, NDArray[np.float64]] | None = None
    for start in (0.0, -40.0, 40.0):
        angles = np.array([start, 0.0])
        for _ in range(12):
            gap, _ = misfit(angles)
            slope = np.stack([(misfit(angles + d)[0] - gap) / 0.5 for d in 0.5 * np.eye(2)], 1)
            step = np.linalg.lstsq(slope, -gap, rcond=None)[0]
            angles = np.clip(angles + np.clip(step, -20, 20), -80, 80)
            if np.abs(step).max() < 1e-3:
                break
        error = float(np.sqrt((misfit(angles)[0] ** 2).sum()))
        if best is None or error < best[0]:
            best = error, angles
    assert best is not None  # noqa: S101  (the loop above ran)
    error, angles = best
    return Fit(Camera(float(angles[0]), float(angles[1]), size_px), misfit(angles)[1], error)


def sample(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Return (count, 2) yaw and pitch in degrees, as portraits have them: normal, clamped."""
    limit = np.array([MOST_YAW_DEG, MOST_PITCH_DEG])
    angles = rng.standard_normal((count, 2)) * [YAW_SD_DEG, PITCH_SD_DEG]
    return np.clip(angles, -limit, limit).astype(np.float32)
