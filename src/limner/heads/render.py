"""A `Head` and angles in → `View` after `View`: set up once, look many times."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from limner.errors import InputError
from limner.geometry.camera import MOST_PITCH_DEG, MOST_YAW_DEG, Camera
from limner.heads.classes import blended, largest, mixed, stacked, total
from limner.heads.ground import PAPER, behind, beside
from limner.heads.halo import edged, told, whole
from limner.heads.mirror import LEAST_YAW_DEG, borrow
from limner.heads.outline import nearness
from limner.heads.own import Own, grown
from limner.heads.paint import lay
from limner.heads.portrait import SIDE as PAINTED_PX
from limner.heads.portrait import painted, repainted
from limner.heads.project import between, carry, matters, mend
from limner.heads.strands import combed, toned
from limner.records import HEAD_PARTS, Photo, SemanticMap, View
from limner.weights import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Head, HeadSource

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

__all__ = ["BACKGROUNDS", "FILLED", "HeadRenderer"]

Background = Literal["keep", "blur", "none"]
#: What may lie behind a head: the photograph's ground, filled where the head was; the same, blurred; nothing.
BACKGROUNDS: tuple[Background, ...] = ("keep", "blur", "none")
#: How much steeper than the network's the head's edge is made.
_EDGE = 3.0
#: So near to the photograph's own side wisps of hair in the ground are shown, and so far from it no more.
_WISPS_DEG = (0.5, 5.0)
#: Share of the picture: half of the widest chink between own pixels that is filled from both of its sides.
_CHINK = 64
#: Said of a view whose gaps no network mended.
FILLED = "The refiner is not installed: what the photograph did not show was filled from around it."


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """What the renderer's graph gives for one camera, brought to the wanted size.

    Parameters
    ----------
    photo : ndarray of shape (S, S, 3), float32
        −1 to 1.
    labels : ndarray of shape (S, S, 19), float32
        Shares of the classes, each in one piece of memory.
    alpha, depth : ndarray of shape (S, S), float32
        Share of head; m, 0 where there is none.
    masks : ndarray of shape (64, 64, P), float32
        Shares of the parts.
    features : ndarray of shape (C, 64, 64), float32
        What the decoder saw: a translator into drawings may start from it.
    """

    photo: Floats
    labels: Floats
    alpha: Floats
    depth: Floats
    masks: Floats
    features: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What a photograph shows of a view: its pixels, where they are, classes, what lies beyond the shell, the hull."""

    survived: Floats
    visible: Floats
    labels: Floats
    beyond: Floats
    may: Floats


class HeadRenderer:
    """Shows one head from any near-frontal side.

    Parameters
    ----------
    head : Head
        From a photograph, a seed or an edit.
    own_pixels : bool
        Use the photograph's own pixels where the view shows what it showed. A head without a photograph is painted one,
        and edited parts are painted into theirs, where that network is installed.
    refine : bool
        Mend holes, silhouettes, hair and ears by the refiner; where that network is not installed, gaps are filled
        from around them and the view's photograph says so in its notes.
    background : {"keep", "blur", "none"}
        What lies behind the head.

    Examples
    --------
    ::

        turn = HeadRenderer(head)
        views = [turn.view(yaw_deg=a) for a in range(-30, 31, 5)]
    """

    def __init__(
        self,
        head: Head,
        *,
        own_pixels: bool = True,
        refine: bool = True,
        background: Background = "keep",
    ) -> None:
        if background not in BACKGROUNDS:
            raise InputError(f"The background is {background!r}; choose {', '.join(BACKGROUNDS)}.")
        self.head, self.own_pixels, self.refine = head, own_pixels, refine
        self.background = background
        codes, residual = head.stacked()
        self._maps = session().run(
            "heads-field",
            {"base": head.base[None], "parts": codes[None], "residual": residual[None]},
        )
        self._origin, self._edited = head.source, head.stale
        #: Painted when the first view asks for pixels.
        self._unpainted = own_pixels and (head.source is None or bool(self._edited))
        self._sources: dict[int, Own] = {}
        self._behind: dict[int, Floats] = {}
        self._blurred: dict[int, Floats] = {}

    def view(self, *, yaw_deg: float = 0.0, pitch_deg: float = 0.0, size_px: int = 256) -> View:
        """Return what a camera sees.

        Parameters
        ----------
        yaw_deg, pitch_deg : float
            Positive: from the sitter's left; from above. Beyond ±60° and ±30° they are clamped, with a warning.
        size_px : int
            256 or 512: above 256 only own pixels are finer.

        Returns
        -------
        View
            Photograph (its alpha says where the head is), classes and depth.

        Raises
        ------
        InputError
            If an angle is no number or the size is neither 256 nor 512.
        """
        if size_px not in (256, 512):
            raise InputError(f"The size is {size_px} px; a view has 256 or 512.")
        camera = _clamped(yaw_deg, pitch_deg, size_px)
        seen = self.render(camera)
        if self._unpainted:
            self._paint_portrait()
        if self.own_pixels and self._origin is not None:
            seen, shown = self._shown(seen, camera)
        else:
            bare = np.zeros_like(seen.alpha)
            shown = _Shown(np.zeros_like(seen.photo), bare, seen.labels, bare, 1 - bare)
        visible, labels = shown.visible, shown.labels
        notes: tuple[str, ...] = ()
        if self.refine and visible.any() and session().serves("heads-refiner"):
            photo, alpha = _refined(shown.survived, visible, seen)
            photo = blended(photo, shown.survived, _sure(visible))
        else:
            notes = (FILLED,) if self.refine and visible.any() else ()
            photo = mend(shown.survived, visible, seen.photo, matters(labels))
            alpha = np.asarray(np.clip((seen.alpha - 0.55) * _EDGE + 0.5, 0, 1), np.float32)
        photo = toned(combed(photo, visible, labels, seen.alpha), visible, labels, seen.alpha)
        if shown.beyond.any():
            photo, alpha = edged(photo, alpha, shown.beyond, visible)
        alpha = alpha * shown.may
        depth = seen.depth
        if self.head.painted:
            planes = (photo, alpha, labels, depth)
            photo, alpha, labels, depth = lay(self.head.painted, camera, planes)
        return self._finished(camera, photo, alpha, labels, depth, notes)

    def _shown(self, seen: Rendering, camera: Camera) -> tuple[Rendering, _Shown]:
        """Return a rendering put right by the photograph, and what the photograph shows of it."""
        own = self._source(camera.size_px)
        seen, beyond = own.with_sheet(own.put_right(seen, camera), camera)
        # another ground behind the head would show the photograph's at the edge
        known = own.known_from(camera) if self.background == "keep" else own.known
        survived, visible = carry(own.planes, (own.depth, seen.depth), (own.camera, camera), known)
        visible = _without_crumbs(visible)
        if own.mirror is not None:
            glass = own.mirror
            other = carry(
                glass.planes, (glass.depth, seen.depth), (glass.camera, camera), glass.known
            )
            survived, visible = borrow((survived, visible), other, seen.labels)
        survived, visible = _chinks_filled(survived, visible, seen.alpha)
        unedited = self._unedited(seen.masks, camera.size_px)
        visible = visible * unedited
        may = 1 - (1 - own.hull(seen, camera)) * unedited
        beyond = whole(seen.alpha, np.minimum(beyond, visible))
        seen = replace(seen, alpha=np.maximum(seen.alpha * may, beyond))
        # human or parsed classes are surer than rendered ones, where they can be seen
        labels = mixed(survived[..., 3:], seen.labels, visible)
        own_pixels = np.ascontiguousarray(survived[..., :3])
        return seen, _Shown(own_pixels, visible, labels, beyond, may)

    def render(self, camera: Camera) -> Rendering:
        """Return the bare rendering from a camera, before own pixels and refiner."""
        pose = np.array([[camera.yaw_deg, camera.pitch_deg]], np.float32)
        out = session().run("heads-renderer", {**self._maps, "pose_deg": pose})
        side = camera.size_px
        alpha = _sized(out["alpha"], side)[..., 0]
        # where there is no head there is no depth that could be mixed in
        there = (out["alpha"] > 0.5).astype(np.float32)
        share = np.maximum(_sized(there, side), 1e-3)
        depth = (_sized(out["depth"] * there, side) / share)[..., 0] * (alpha > 0.5)
        return Rendering(
            np.ascontiguousarray(_sized(out["photo"], side)),
            _sized(out["labels"], side),
            alpha,
            depth.astype(np.float32),
            np.moveaxis(out["masks"][0, : len(HEAD_PARTS)], 0, -1),
            out["rendered"][0],
        )

    def _paint_portrait(self) -> None:
        """Paint a head without a photograph one from the front, and a photograph its edited parts."""
        self._unpainted = False
        source = self.head.source
        if source is None:
            front = self.render(Camera(0.0, 0.0, PAINTED_PX))
            self._origin = painted(front, seed=self.head.seed or 0)
            return
        seen = self.render(Camera(source.yaw_deg, source.pitch_deg, PAINTED_PX))
        again = repainted(source, seen, self._edited, seed=self.head.seed or 0)
        if again is not None:
            self._origin, self._edited = again, ()

    def _source(self, side: int) -> Own:
        if side not in self._sources:
            source = self._origin
            assert source is not None  # noqa: S101
            camera = Camera(source.yaw_deg, source.pitch_deg, side)
            ground = self._filled(self.head.source or source, side)
            own = Own.of(source, camera, self.render(camera), self._edited, ground)
            if abs(camera.yaw_deg) >= LEAST_YAW_DEG:
                back = Camera(-camera.yaw_deg, camera.pitch_deg, side)
                own = replace(own, mirror=own.flipped(back, self.render(back).depth))
            self._sources[side] = own
        return self._sources[side]

    def _unedited(self, masks: Floats, side: int) -> Floats:
        """Return 1 where a view shows no edited part, 0 on edited parts and close around them."""
        edited = [k for k, name in enumerate(HEAD_PARTS) if name in self._edited]
        if not edited:
            return np.ones((side, side), np.float32)
        shown = cv2.resize(total(masks, edited), (side, side), interpolation=cv2.INTER_LINEAR)
        return 1 - grown((np.asarray(shown) > 0.25).astype(np.uint8))

    def _filled(self, source: HeadSource, side: int) -> Floats:
        """Return the photograph's ground, filled where the head is, once for each side."""
        if side not in self._behind:
            self._behind[side] = behind(source, side)
        return self._behind[side]

    def _ground(self, camera: Camera) -> Floats:
        """Return what lies behind the head, (S, S, 3), 0 to 255."""
        side, source = camera.size_px, self.head.source
        if source is None or self.background == "none":
            return np.broadcast_to(PAPER, (side, side, 3)).astype(np.float32)
        ground = self._filled(source, side)
        if self.background == "blur":
            if side not in self._blurred:
                blurred = cv2.GaussianBlur(ground, (0, 0), side / 24)
                self._blurred[side] = np.asarray(blurred, np.float32)
            return self._blurred[side]
        share = nearness(Camera(source.yaw_deg, source.pitch_deg, side), camera, *_WISPS_DEG)
        return ground if not share else beside(source, ground, share, self.head.stale)

    def _finished(
        self,
        camera: Camera,
        photo: Floats,
        alpha: Floats,
        labels: Floats,
        depth: Floats,
        notes: tuple[str, ...],
    ) -> View:
        whole = blended(self._ground(camera), (photo + 1) * np.float32(127.5), alpha)
        ids, far = told(largest(labels), depth, alpha >= 0.5)
        return View(
            camera.yaw_deg,
            camera.pitch_deg,
            Photo(_bytes(whole), alpha=_bytes(alpha * 255), notes=notes),
            SemanticMap(ids),
            far,
        )


def _clamped(yaw_deg: float, pitch_deg: float, size_px: int) -> Camera:
    if not (np.isfinite(yaw_deg) and np.isfinite(pitch_deg)):
        raise InputError(f"The angles are {yaw_deg}° and {pitch_deg}°; give numbers.")
    yaw = float(np.clip(yaw_deg, -MOST_YAW_DEG, MOST_YAW_DEG))
    pitch = float(np.clip(pitch_deg, -MOST_PITCH_DEG, MOST_PITCH_DEG))
    if (yaw, pitch) != (yaw_deg, pitch_deg):
        warnings.warn(
            f"Heads are known from the front only: yaw {yaw_deg:g}°, pitch {pitch_deg:g}° became "
            f"{yaw:g}°, {pitch:g}° (at most ±{MOST_YAW_DEG:g}° and ±{MOST_PITCH_DEG:g}°).",
            UserWarning,
            stacklevel=3,
        )
    return Camera(yaw, pitch, size_px)


def _sized(stack: Floats, side: int) -> Floats:
    """Return (side, side, C) of a graph's (1, C, H, W); each channel lies in one piece."""
    planes = stack[0]
    if planes.shape[1] != side:
        size = (side, side)
        planes = np.stack([cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in planes])
    return np.moveaxis(planes, 0, -1)


def _without_crumbs(visible: Floats) -> Floats:
    """Return where own pixels are without the crumbs and threads that lie alone beyond a nose or jaw."""
    reach = max(3, visible.shape[0] // 100) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.morphologyEx(visible, cv2.MORPH_OPEN, kernel), np.float32)


def _chinks_filled(survived: Floats, visible: Floats, alpha: Floats) -> tuple[Floats, Floats]:
    """Return own pixels and where they are, narrow chinks between them filled: along steps of depth none survive."""
    reach = 2 * (visible.shape[0] // _CHINK) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = np.asarray(cv2.morphologyEx(visible, cv2.MORPH_CLOSE, kernel), np.float32)
    # a head's outline is no chink
    inside = cv2.erode((alpha > 0.9).astype(np.float32), kernel)
    gap = np.clip(closed - visible, 0, 1) * inside
    if not gap.any():
        return survived, visible
    return between(survived, visible, gap, reach // 2, colours=3), visible + gap


def _sure(visible: Floats) -> Floats:
    """Return where own pixels need no mending, 0 to 1: well inside of where they are, softly."""
    reach = max(1, visible.shape[0] // 96)
    inner = cv2.erode(visible, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.asarray(cv2.GaussianBlur(inner, (0, 0), reach / 2) * visible, np.float32)


def _refined(survived: Floats, visible: Floats, seen: Rendering) -> tuple[Floats, Floats]:
    """Return the mended photograph and alpha."""
    out = session().run(
        "heads-refiner",
        {
            "survived": stacked(survived),
            "visible": stacked(visible),
            "coarse": stacked(seen.photo),
            "alpha": stacked(seen.alpha),
            "labels": stacked(seen.labels),
        },
    )
    # The refiner's silhouette is right but soft, the shell's sharp but lobed: where both agree there is the head.
    both = (np.clip(out["alpha_out"][0, 0], 0, 1) + seen.alpha) / 2
    alpha = np.asarray(np.clip((both - 0.6) * 2 * _EDGE + 0.5, 0, 1), np.float32)
    return np.asarray(cv2.merge(list(out["photo"][0])), np.float32), alpha


def _bytes(values: Floats) -> NDArray[np.uint8]:
    """Return values rounded, what is beyond 0 or 255 cut off."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(values, 0)), np.uint8)
