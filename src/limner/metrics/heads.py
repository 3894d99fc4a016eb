"""How well a head turns: views, and what is known of them, in → figures."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import BadShape
from limner.geometry.camera import Camera
from limner.geometry.carry import carry
from limner.geometry.planes import extent
from limner.metrics.features import photo_features
from limner.metrics.miou import confusion
from limner.records import CLASSES, HEAD_PARTS, Photo, SemanticMap, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from limner.records import HeadSource

    Floats = NDArray[np.float32]

__all__ = [
    "HeadScore",
    "Tally",
    "edit_figures",
    "flat_view",
    "landmark_error",
    "neighbours",
    "part_change",
    "turned_points",
]

#: Side at which views are compared with their truth; classes that portraits live by.
_SIDE = 128
_GROUPS = {"eyes": (4, 5), "brows": (6, 7), "lips": (11, 12), "nose": (2,), "hair": (13,)}
#: How far in front of the origin the plane of the baseline stands, m: through the face.
_PLANE_M = 0.08
#: An edited part's mask is taken this much of the picture's side wider.
_WIDER = 0.03
#: Mesh points of the surface; the irises' follow.
_SURFACE = 468


@dataclass(frozen=True, slots=True)
class HeadScore:
    """One row of the table; None where nothing of the kind was to be measured.

    Parameters
    ----------
    data : {"photographs", "exact"}
        Photographs; or heads whose other views are known exactly.
    way : {"maps", "own", "refined", "plane"}
        Codes and maps alone; with the photograph's own pixels; those and the refiner; the photograph on a plane.
    people : int
    lost : int
        Turned views in which no face was found; each counts as one that was not known again.
    rank_1, turned_rank_1 : float or None
        0 to 1: the share of views, from the photograph's own camera and from 30° to either side, whose nearest
        photograph is of their own sitter.
    landmarks_percent : float or None
        Of the views 30° to either side, `landmark_error`.
    miou, eyes, brows, lips, nose, hair : float or None
        0 to 1: of the maps, against the parsed photograph (same view) or the exact map (other views). Where own pixels
        are used on photographs, classes are carried from that very map, so that figure says what was lost on the way.
    psnr : float or None
        dB, of views at 128² over the union of both head masks.
    depth_mm : float or None
        Mean absolute error.
    label_iou, photo_levels : float or None
        `neighbours`, 5° apart over ±30°: mean IoU, 0 to 1; mean difference, 0 to 255.
    edit_inside, edit_size : float or None
        `edit_figures`, means over parts, people and views.
    edit_features : float or None
        `part_change` of edits over that of the photograph's own view and the photograph, both means.
    """

    data: str
    way: str
    people: int
    lost: int = 0
    rank_1: float | None = None
    turned_rank_1: float | None = None
    landmarks_percent: float | None = None
    miou: float | None = None
    eyes: float | None = None
    brows: float | None = None
    lips: float | None = None
    nose: float | None = None
    hair: float | None = None
    psnr: float | None = None
    depth_mm: float | None = None
    label_iou: float | None = None
    photo_levels: float | None = None
    edit_inside: float | None = None
    edit_size: float | None = None
    edit_features: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row for JSON, figures rounded to what they are good for."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


class Tally:
    """Sums over views, at 128² over the union of head masks."""

    def __init__(self) -> None:
        self.square = self.pixels = self.off_mm = self.depths = 0.0
        self.both, self.either = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))

    def add(
        self,
        view: View,
        photo: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        depth_mm: NDArray[Any] | None = None,
    ) -> None:
        """Add one view and its truth; depth (128, 128), mm, 0 where there is no head."""
        shown = view.photo.alpha
        alpha = np.ones((*labels.shape, 1), np.float32)
        if shown is not None:
            alpha = shown[..., None].astype(np.float32) / 255
        hard = (labels > 0).astype(np.float32)[..., None]
        mine, theirs = (
            _small(np.asarray(p / 255 * a + 0.5 * (1 - a), np.float32))
            for p, a in ((view.photo.pixels, alpha), (photo, hard))
        )
        union = (_small(alpha[..., 0]) > 0.5) | (_small(hard[..., 0]) > 0.5)
        self.square += float(((mine - theirs) ** 2).mean(-1)[union].sum())
        self.pixels += int(union.sum())
        found, true = _classes(view.semantic.labels), _classes(labels)
        for k in range(len(CLASSES)):
            self.both[k] += ((found == k) & (true == k)).sum()
            self.either[k] += ((found == k) | (true == k)).sum()
        if depth_mm is not None:
            seen = cv2.resize(view.depth_m, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST)
            there = (depth_mm > 0) & (seen > 0)
            self.off_mm += float(np.abs(seen * 1000 - depth_mm)[there].sum())
            self.depths += int(there.sum())

    def scores(self) -> dict[str, float]:
        r"""Return psnr, miou, the IoU of groups of classes, and depth_mm where depths were added.

        Notes
        -----
        PSNR is :math:`-10 \log_{10}` of the mean square over all pixels of all views; classes that no view and no truth
        shows are left out.
        """
        if not self.pixels:
            raise BadShape("No view was added, so there is nothing to score.")
        iou = self.both / np.maximum(self.either, 1)
        found = {
            "psnr": -10 * float(np.log10(max(self.square / self.pixels, 1e-9))),
            "miou": float(iou[self.either > 0].mean()),
        }
        found |= {k: float(iou[list(v)].mean()) for k, v in _GROUPS.items()}
        return found | ({"depth_mm": self.off_mm / self.depths} if self.depths else {})


def _small(picture: Floats) -> Floats:
    return np.asarray(cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _hot(labels: NDArray[np.uint8]) -> Floats:
    return np.asarray(labels[..., None] == np.arange(len(CLASSES)), np.float32)


def _classes(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    hot = _hot(labels)
    small = [_small(np.ascontiguousarray(hot[..., k])) for k in range(len(CLASSES))]
    return np.asarray(np.stack(small, -1).argmax(-1), np.int64)


def flat_view(source: HeadSource, yaw_deg: float, pitch_deg: float) -> View:
    """Return a photograph on a plane through the face, seen by another camera: the baseline that must lose."""
    side = 256
    here, there = Camera(source.yaw_deg, source.pitch_deg), Camera(yaw_deg, pitch_deg)
    away = float(here.project(np.array([0, 0, _PLANE_M]))[1])
    flat = np.full((side, side), away, np.float32)
    # the plane's depth in the other camera: rays meet it where it stands, upright to the first camera
    origin, rays = there.rays()
    across = here.rotation[2]
    depth = ((here.position_m + across * away - origin) @ across) / (rays @ across)
    photo = cv2.resize(source.photo.pixels, (side, side), interpolation=cv2.INTER_AREA)
    labels = cv2.resize(source.semantic.labels, (side, side), interpolation=cv2.INTER_NEAREST)
    planes = np.dstack([photo, labels > 0, _hot(np.asarray(labels, np.uint8))]).astype(np.float32)
    carried, visible = carry(planes, (flat, depth.astype(np.float32)), (here, there))
    head = carried[..., 3] * visible
    return View(
        yaw_deg,
        pitch_deg,
        Photo(
            np.clip(carried[..., :3], 0, 255).astype(np.uint8),
            alpha=np.clip(head * 255, 0, 255).astype(np.uint8),
        ),
        SemanticMap(np.where(head > 0.5, carried[..., 4:].argmax(-1), 0).astype(np.uint8)),
        np.where(head > 0.5, depth, 0).astype(np.float32),
    )


def turned_points(
    points_px: NDArray[np.floating], depth_m: NDArray[np.floating], cameras: tuple[Camera, Camera]
) -> NDArray[np.float64]:
    """Return where points (N, 2) that the first camera sees at a depth (N,) are seen by the second."""
    here, there = cameras
    return there.project(here.unproject(points_px, depth_m))[0]


def landmark_error(found: NDArray[np.floating], wanted: NDArray[np.floating]) -> float:
    r"""Return how far mesh points (478, 2) lie from where they should, less their common shift, % of the face's height.

    .. math:: 100 \, \mathrm{mean}_l \|(p_l - q_l) - \mathrm{mean}(p - q)\| / (\max_l q_{ly} - \min_l q_{ly})

    Notes
    -----
    0 upwards, the less the better; over the 468 points of the surface. The shift is taken out, because where the head
    stands in the picture is decided by the crop and not by the turn.

    Examples
    --------
    >>> wanted = np.stack([np.zeros(478), np.arange(478) / 467.0], -1)
    >>> round(landmark_error(wanted + 0.5, wanted), 9)
    0.0
    """
    if found.shape != wanted.shape or len(wanted) < _SURFACE:
        raise BadShape(f"The points are {found.shape} and {wanted.shape}; wanted (478, 2) twice.")
    gap = np.asarray(found - wanted, np.float64)[:_SURFACE]
    gap = np.linalg.norm(gap - gap.mean(0), axis=1)
    height = float(np.ptp(wanted[:_SURFACE, 1]))
    if height <= 0:
        raise BadShape("The wanted points lie on one line, so there is no face to measure by.")
    return 100 * float(gap.mean()) / height


def neighbours(views: Sequence[View]) -> tuple[NDArray[np.int64], float]:
    """Carry each view to the next by depth, and compare.

    Returns
    -------
    counts : ndarray of shape (19, 19), int64
        Confusion of the classes where both see the same surface: for `metrics.miou`.
    levels : float
        Mean difference of the photographs there, 0 to 255.

    Raises
    ------
    BadShape
        If there are fewer than two views.
    """
    if len(views) < 2:
        raise BadShape(f"{len(views)} views have no neighbours; wanted at least 2.")
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    gaps = []
    for a, b in itertools.pairwise(views):
        planes = np.concatenate([a.photo.pixels.astype(np.float32), _hot(a.semantic.labels)], -1)
        cameras = Camera(a.yaw_deg, a.pitch_deg, a.size_px), Camera(b.yaw_deg, b.pitch_deg, b.size_px)  # fmt: skip
        carried, visible = carry(planes, (a.depth_m, b.depth_m), cameras)
        sure = visible > 0.9
        ids = carried[..., 3:].argmax(-1)[sure].astype(np.uint8)
        counts += confusion(ids, b.semantic.labels[sure])
        gaps.append(np.abs(carried[..., :3] - b.photo.pixels)[sure].ravel())
    levels = np.concatenate(gaps)
    return counts, float(levels.mean()) if levels.size else 0.0


def edit_figures(before: View, after: View, part: str, noise: float) -> tuple[float, float] | None:
    r"""Return where an edit of one part shows in a view, and how much.

    Parameters
    ----------
    before, after : View
        From one camera.
    part : str
        A name of `HEAD_PARTS`.
    noise : float
        Root mean square by which a view from the photograph's own camera differs from the photograph, in levels.

    Returns
    -------
    inside : float
        0 to 1: :math:`\sum_{M} \Delta^2 / \sum \Delta^2`, where M is the part in either view, 3 % of the side wider.
    size : float
        0 upwards: root mean square of the change over the part, over `noise`. Of pixels, not of a network's features.

    None where neither view shows the part, or nothing changed.
    """
    classes = list(HEAD_PARTS[part])
    mask = np.isin(before.semantic.labels, classes) | np.isin(after.semantic.labels, classes)
    gap = after.photo.pixels.astype(np.float64) - before.photo.pixels
    energy = (gap**2).mean(-1)
    if not mask.any() or not energy.any():
        return None
    reach = 2 * round(_WIDER * len(mask)) + 1
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    size = float(np.sqrt(energy[mask].mean())) / max(noise, 1e-6)
    return float(energy[wide].sum() / energy.sum()), size


def part_change(before: View, after: View, part: str) -> float | None:
    """Return how far the judge's features of a part lie apart in two views from one camera.

    Parameters
    ----------
    before, after : View
        From one camera.
    part : str
        A name of `HEAD_PARTS`.

    Returns
    -------
    float or None
        0 upwards: the Euclidean distance of `photo_features` of the square around the part in either view, 3 % of the
        side wider; None where neither shows it. Of an edit it is to be held against that of a view from the
        photograph's own camera and the photograph.
    """
    classes = list(HEAD_PARTS[part])
    mask = np.isin(before.semantic.labels, classes) | np.isin(after.semantic.labels, classes)
    if not mask.any():
        return None
    around = extent(mask)
    middle = [(s.start + s.stop - 1) / 2 for s in around]
    half = max(s.stop - s.start - 1 for s in around) / 2 + _WIDER * len(mask)
    y, x = (slice(max(0, round(m - half)), round(m + half) + 1) for m in middle)
    a, b = photo_features([np.asarray(view.photo.pixels)[y, x] for view in (before, after)])
    return float(np.linalg.norm(a - b))
