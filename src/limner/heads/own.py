"""A photograph of a head in → its own pixels, where its camera stood, and how deep they lie: what a view may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.carry import planar
from limner.heads.encode import shares
from limner.heads.ground import around, through
from limner.heads.halo import extended, fading, thrown
from limner.heads.mirror import mirrored
from limner.heads.outline import EDGE_DEG, beyond_px, hull, nearness
from limner.heads.relief import relief_of
from limner.records import CLASSES, HEAD_PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera
    from limner.heads.relief import Relief
    from limner.heads.render import Rendering
    from limner.records import HeadSource

    Floats = NDArray[np.float32]

__all__ = ["Own", "grown"]

#: Part masks of an edited part are taken this much (share of the picture) wider than they are.
_MARGIN = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The photograph as own pixels: picture and classes, where its camera stood, its depth, what may be used."""

    planes: Floats
    camera: Camera
    depth: Floats
    known: Floats
    #: What may be used where the camera stands almost where the photograph's stood: its very edge, too.
    close: Floats
    #: The mirrored photograph, where the face is turned so far that it hides one of its sides.
    mirror: Own | None = None
    #: How far its pixels lie beyond the head's outline, px.
    far: Floats | None = None
    #: What of it lies beyond the shell.
    sheet: NDArray[np.bool_] | None = None
    relief: Relief | None = None

    def put_right(self, seen: Rendering, camera: Camera) -> Rendering:
        """Return a rendering whose depth is the photograph's wherever that shows the same surface."""
        if self.relief is None:
            return seen
        return replace(seen, depth=self.relief.turned(seen.depth, camera))

    def with_sheet(self, seen: Rendering, camera: Camera) -> tuple[Rendering, Floats]:
        """Return a rendering to which what lies beyond the shell is added, and where that shows, (S, S), 0 to 1."""
        share = fading(self.camera, camera)
        if self.sheet is None or not self.sheet.any() or not share:
            return seen, np.zeros_like(seen.alpha)
        cameras = (self.camera, camera)
        depth, beyond = thrown(self.depth, self.sheet, cameras, seen.depth)
        shown = np.asarray(beyond * np.float32(share), np.float32)
        return replace(seen, depth=depth), shown

    def known_from(self, camera: Camera) -> Floats:
        """Return what of the photograph a camera may use, (S, S), 0 to 1: near the photograph's own its edge, too."""
        share = np.float32(nearness(self.camera, camera, 0.0, EDGE_DEG))
        return np.asarray(self.known + (self.close - self.known) * share, np.float32)

    def hull(self, seen: Rendering, camera: Camera) -> Floats:
        """Return how much of each pixel (S, S) of a rendering may be head, by the photograph's outline."""
        if self.far is None:
            return np.ones(seen.alpha.shape, np.float32)
        return hull(self.far, (self.camera, camera), seen.alpha, seen.depth)

    def flipped(self, camera: Camera, depth: Floats) -> Own:
        """Return the mirrored photograph, as a camera on the other side of the head would have taken it."""
        known = np.ascontiguousarray(self.known[:, ::-1])
        return Own(planar(mirrored(self.planes)), camera, depth, known, known)

    @classmethod
    def of(
        cls,
        source: HeadSource,
        camera: Camera,
        seen: Rendering,
        edited: tuple[str, ...],
        ground: Floats,
    ) -> Own:
        """Return what views may use of a photograph, given its rendering from there and the ground filled behind it."""
        side = camera.size_px
        kind = cv2.INTER_AREA if side < source.photo.size_px[0] else cv2.INTER_CUBIC
        resized = cv2.resize(source.photo.pixels, (side, side), interpolation=kind)
        photo = np.asarray(resized, np.uint8)
        hot = shares(source.semantic, side)[0].transpose(1, 2, 0)
        planes = planar(np.concatenate([photo.astype(np.float32) / 127.5 - 1, hot], -1))
        far = beyond_px(np.ascontiguousarray(1 - hot[..., CLASSES.index("background")]))
        # a silhouette's last pixels are half ground, and would be combed over what it hid
        known = 1 - around((hot[..., 0] > 0.5).astype(np.uint8), side // 72).astype(np.float32)
        known = (known * through(photo, hot, ground)).astype(np.float32)
        close = (hot[..., 0] < 0.5).astype(np.float32)
        gone = [c for name in edited for c in HEAD_PARTS[name]]
        if gone:
            kept = 1 - grown((hot[..., gone].sum(-1) > 0.25).astype(np.uint8))
            known, close = known * kept, close * kept
        relief = relief_of(source, camera, seen.depth, known)
        shell = seen.depth if relief is None else relief.at_home(seen.depth) * (seen.depth > 0)
        depth, sheet = extended(shell, close)
        return cls(planes, camera, depth, known, close, far=far, sheet=sheet, relief=relief)


def grown(mask: NDArray[np.uint8]) -> Floats:
    """Return a mask (H, W) made wider by a margin, with a soft rim."""
    reach = max(1, round(_MARGIN * mask.shape[0]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    wide = cv2.dilate(mask, kernel).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), reach / 2), np.float32)
