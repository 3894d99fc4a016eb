"""Lines by the network that draws photographs and sketches alike: pixels and classes in → ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import MissingWeights
from limner.lines.flow import smooth_along, tangents
from limner.records import CLASSES
from limner.weights import ledger, session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import SemanticMap

__all__ = ["WEIGHT", "learned"]

#: The network's name in the ledger.
WEIGHT = "lines-ink"
#: Height of a face as the network was taught to see it.
_FACE_PX = 170.0
#: Small faces are enlarged by this much at most.
_MOST = 2.0
#: A picture is never brought to sides longer than this: the network's memory grows with the area.
_LONGEST_PX = 2048
#: Deviations of the average along lines, far and short, px of the network's raster, at which a face is `_FACE_PX` high.
_ALONG_PX = (1.4, 0.4)
#: Deviations of the blur before it, and of the neighbourhood that agrees upon a line's direction.
_SOFT_PX, _REACH_PX = 0.6, 1.4
#: Less is paper.
_NO_INK = 0.02
#: What is left of a line's darkness after the average.
_PALER = 0.72
#: Planes of the classes whose lines are short.
_FINE = [1 + CLASSES.index(n) for n in ("l_eye", "r_eye", "mouth", "u_lip", "l_lip", "eye_g")]
#: Sides must be multiples of this.
_STEP = 4


def learned(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap | None,
    face_px: float,
    thickness: float = 1.0,
    detail: float = 0.5,
) -> NDArray[np.float32]:
    """Draw the lines that an artist's sketch of the same person would have too.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        A photograph or a drawing, sRGB.
    semantic : SemanticMap, optional
        What it shows, at its size.
    face_px : float
        Height of the face in the picture.
    thickness : float
        Width of the lines, 0.25 to 4; 1 as taught.
    detail : float
        0 to 1: how faint a line may be; 0.5 as taught.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink, with edges as steep as the picture allows.

    Raises
    ------
    MissingWeights
        If the network is not installed.

    Notes
    -----
    The network runs at one size of face; its soft answer is enlarged and then cut, so that lines stay crisp at any
    resolution. About 60 ms for a crop of 512 × 512 px.

    References
    ----------
    Gao et al., AiSketcher, IROS 2020; the same, "Bridging Unpaired Facial Photos and Sketches by Line-drawings",
    ICASSP 2021, sec. 2.1: F.
    """
    height, width = pixels.shape[:2]
    k = min(_MOST, _FACE_PX / face_px, _LONGEST_PX / max(height, width))
    small = tuple(max(8, round(n * k)) for n in (width, height))
    kernel = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    planes = np.zeros((1 + len(CLASSES), small[1], small[0]), np.float32)
    planes[0] = cv2.resize(grey, small, interpolation=kernel)
    if semantic is not None:
        for c in np.unique(semantic.labels):
            mask = (semantic.labels == c).astype(np.float32)
            planes[1 + c] = cv2.resize(mask, small, interpolation=kernel)
    ink, fine = _joined(_run(np.clip(planes, 0, 1)), planes)
    return _cut(ink, fine, (width, height), k, (thickness, detail))


def _run(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the network's ink of (20, h, w) planes; edges are carried outwards to whole steps."""
    _, h, w = planes.shape
    if WEIGHT not in {row.name for row in ledger.rows()}:
        raise MissingWeights(
            f"The network of learned lines, {WEIGHT}, is not among the weights installed; take the engine 'flow', or "
            "teach it: limner train lines."
        )
    padded = np.pad(planes, ((0, 0), (0, -h % _STEP), (0, -w % _STEP)), mode="edge")
    out = session().run(WEIGHT, {"picture": padded[None]})["ink"]
    return np.asarray(out[0, 0, :h, :w], np.float32)


def _joined(
    ink: NDArray[np.float32], planes: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the ink averaged along its lines, and where lines are too fine for that, 0 to 1.

    The network leaves dots where it is half sure; along a line they join, across it nothing moves. Eyes and lips are
    hardly longer than the average is wide: there it is a short one.
    """
    smooth = np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFT_PX), np.float32)
    run = tangents(smooth, _REACH_PX)
    near = cv2.dilate(planes[_FINE].sum(0), np.ones((5, 5), np.uint8))
    fine = np.asarray(np.clip(cv2.GaussianBlur(near, (0, 0), 1.5), 0, 1), np.float32)
    far, short = smooth_along(smooth, run, _ALONG_PX, smooth > _NO_INK)
    return np.asarray(far + (short - far) * fine, np.float32), fine


def _cut(
    ink: NDArray[np.float32],
    fine: NDArray[np.float32],
    size: tuple[int, int],
    k: float,
    wish: tuple[float, float],
) -> NDArray[np.float32]:
    """Bring soft ink to the picture's size and make its edges steep; `wish` is thickness and detail.

    The soft response falls off over about a pixel of the network's raster: where it is cut decides how wide and how
    faint a line may be.
    """
    thickness, detail = wish
    if thickness != 1:
        share = min(1.0, abs(float(np.log2(thickness))) / 2)
        wide = cv2.dilate(ink, np.ones((3, 3), np.uint8))
        thin = cv2.erode(ink, np.ones((3, 3), np.uint8))
        other = wide if thickness > 1 else thin
        ink = np.asarray(ink + np.float32(share) * (other - ink), np.float32)
    big = cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC)
    steep = np.float32(max(1.0, 1.6 / k))
    # an average along a line is paler than the line
    darkness = np.float32(_PALER) + np.float32(1 - _PALER) * cv2.resize(fine, size)
    level = np.float32(0.75 - 0.5 * detail) * darkness
    return np.asarray(
        np.clip((big - level) * steep + np.float32(0.5), 0, 1) * (big > 0.04), np.float32
    )
