"""How much each place deserves: a semantic map in → maps of gain, solids, hair and outlines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape, UnknownName
from limner.geometry.resample import blur, resize
from limner.records import CLASSES, PARTS, SemanticMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Care", "alike", "face_height_px", "look_after"]

#: Side of the raster on which care is worked out, as the height of the face on it.
_FACE_ON_RASTER_PX = 200.0

#: Gain of each class on the response to lines. Skin is low, for its pores are no lines; what
#: carries the likeness is high.
_GAIN = {
    "background": 0.6,
    "skin": 0.55,
    "nose": 0.9,
    "eye_g": 1.2,
    "l_eye": 1.5,
    "r_eye": 1.5,
    "l_brow": 1.2,
    "r_brow": 1.2,
    "l_ear": 0.8,
    "r_ear": 0.8,
    "mouth": 1.3,
    "u_lip": 1.5,
    "l_lip": 1.4,
    "hair": 1.0,
    "hat": 0.8,
    "ear_r": 1.0,
    "neck_l": 0.8,
    "neck": 0.5,
    "cloth": 0.7,
}

#: How far a feature's gain reaches beyond its label, in face heights: lids and the shadow of a
#: lip lie outside.
_REACH = {
    "l_eye": 0.03,
    "r_eye": 0.03,
    "l_brow": 0.015,
    "r_brow": 0.015,
    "u_lip": 0.012,
    "l_lip": 0.012,
    "mouth": 0.012,
    "nose": 0.012,
}

#: Where large darks may be filled (pupils, lashes, nostrils, the parting of the lips), and how
#: far beyond the label.
_SOLID = {
    "l_eye": 0.02,
    "r_eye": 0.02,
    "l_brow": 0.0,
    "r_brow": 0.0,
    "mouth": 0.01,
    "u_lip": 0.0,
    "l_lip": 0.0,
    "nose": 0.01,
}

#: Groups of parts that get an outline even if the photograph shows no edge: a white collar on a
#: white wall, a chin over a neck. Hair against skin is not among them: no artist draws the
#: hairline as a wire.
_OUTLINED = (("neck", "neck_l"), ("cloth",), ("hat",))

#: Outlines are known up to this distance, in face heights.
_FAR = 0.05

_FACE = tuple(
    CLASSES.index(n)
    for n in ("skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
)


@dataclass(frozen=True, slots=True, eq=False)
class Care:
    """What the line filter must know of each place, on the raster of its work.

    Parameters
    ----------
    gain : ndarray of shape (H, W), float32
        Factor on the response to lines; 0 draws nothing.
    solid : ndarray of shape (H, W), float32
        0 to 1: may a large dark be filled here?
    hair : ndarray of shape (H, W), float32
        0 to 1: strands, smoothed further along.
    beardable : ndarray of shape (H, W), float32
        0 to 1: skin nearer to the mouth than to the eyes, away from every feature.
    silhouette : ndarray of shape (H, W), float32
        Signed distance to the outline of the person in face heights, up to 0.05 either way.
    outlines : tuple of ndarray of shape (H, W), float32
        The same of neck, clothes and hat.
    inside : ndarray of shape (H, W), float32
        0 at the wall to 1 well inside the person.
    """

    gain: NDArray[np.float32]
    solid: NDArray[np.float32]
    hair: NDArray[np.float32]
    beardable: NDArray[np.float32]
    silhouette: NDArray[np.float32]
    outlines: tuple[NDArray[np.float32], ...]
    inside: NDArray[np.float32]


def face_height_px(semantic: SemanticMap | None, size_px: tuple[int, int]) -> float:
    """Return the height of the largest face, chin to hairline, in px.

    Parameters
    ----------
    semantic : SemanticMap, optional
        What the picture shows.
    size_px : tuple of int
        The picture's width and height.

    Returns
    -------
    float
        From the face's area, as that is the same however the head leans; half the picture's
        shorter side where no face is known.
    """
    fallback = 0.5 * min(size_px)
    if semantic is None:
        return fallback
    step = max(1, max(semantic.labels.shape) // 400)
    face = np.isin(semantic.labels[::step, ::step], _FACE).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(face)
    area = int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
    # An ellipse 0.72 as wide as high covers 0.565 of its height squared.
    height = step * math.sqrt(area / 0.565)
    return height if height >= 16 else fallback


def alike(size_px: tuple[int, int]) -> Care:
    """Return the care of a picture of which nothing is known: every place like the next."""
    gain = np.full((size_px[1], size_px[0]), _GAIN["background"], np.float32)
    nothing = np.zeros_like(gain)
    return Care(gain, nothing, nothing, nothing, np.full_like(gain, _FAR), (), nothing)


def look_after(
    semantic: SemanticMap,
    size_px: tuple[int, int],
    face_px: float,
    parts: Mapping[str, float] | None = None,
) -> Care:
    """Work out what each place deserves.

    Parameters
    ----------
    semantic : SemanticMap
        What the picture shows.
    size_px : tuple of int
        Width and height of the maps wanted.
    face_px : float
        Height of the face on the semantic map.
    parts : mapping of str to float, optional
        Weight of parts, 0 = not at all; 1 for all parts that are not named, but 0 for the
        background.

    Returns
    -------
    Care
        Maps at `size_px`.

    Raises
    ------
    UnknownName
        If `parts` names a part that does not exist.
    BadShape
        If a weight is negative or not finite.

    Notes
    -----
    The maps are smooth, so they are worked out on a small raster on which every face is equally high.
    """
    height, width = semantic.labels.shape
    scale = min(1.0, _FACE_ON_RASTER_PX / face_px)
    small_wh = max(1, round(width * scale)), max(1, round(height * scale))
    labels = cv2.resize(semantic.labels, small_wh, interpolation=cv2.INTER_NEAREST_EXACT)
    raster = _Raster(np.asarray(labels, np.uint8), face_px * scale)
    weight = _weights(parts)
    maps = {
        "gain": _gain(raster, weight),
        "solid": _solid(raster),
        "hair": raster.soft(raster.mask("hair", "hat"), 0.01),
        "beardable": _beardable(raster),
        "inside": np.clip((raster.distance("background") - 0.02) / 0.02, 0, 1),
    }
    wanted = {name: np.maximum(resize(m, size_px), 0) for name, m in maps.items()}
    drawn = raster.labels * (weight[raster.labels] > 0)
    groups = [np.isin(drawn, [CLASSES.index(n) for n in g]) for g in _OUTLINED]
    return Care(
        **wanted,
        silhouette=resize(_signed(raster, drawn != 0), size_px),
        outlines=tuple(resize(_signed(raster, g), size_px) for g in groups if g.any()),
    )


class _Raster:
    """Labels, and lengths told in face heights."""

    def __init__(self, labels: NDArray[np.uint8], face_px: float) -> None:
        self.labels = labels
        self.face_px = face_px
        self._distances: dict[tuple[str, ...], NDArray[np.float32]] = {}

    def mask(self, *names: str) -> NDArray[np.uint8]:
        table = np.zeros(256, np.uint8)
        table[[CLASSES.index(n) for n in names]] = 1
        return np.asarray(cv2.LUT(self.labels, table), np.uint8)

    def distance(self, *names: str) -> NDArray[np.float32]:
        """Distance to the nearest pixel of the classes, in face heights; far away where there is none."""
        if names not in self._distances:  # gain and solids ask for the same ones
            mask = self.mask(*names)
            found = np.full(mask.shape, 1e3, np.float32)
            if mask.any():
                px = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_5)
                found = np.asarray(px / np.float32(self.face_px), np.float32)
            self._distances[names] = found
        return self._distances[names]

    def soft(self, values: NDArray[np.generic], sigma: float) -> NDArray[np.float32]:
        return blur(values.astype(np.float32), max(0.3, sigma * self.face_px))


def _weights(parts: Mapping[str, float] | None) -> NDArray[np.float32]:
    """Weight of each of the 19 classes; the background is left out unless it is asked for."""
    weight = np.ones(len(CLASSES), np.float32)
    weight[CLASSES.index("background")] = 0
    for name, value in (parts or {}).items():
        if name not in PARTS:
            raise UnknownName.among("part", name, PARTS)
        if not (math.isfinite(value) and value >= 0):
            raise BadShape(f"The weight of {name!r} is {value}, wanted a number from 0 up.")
        weight[list(PARTS[name])] = value
    return weight


def _gain(raster: _Raster, weight: NDArray[np.float32]) -> NDArray[np.float32]:
    base = np.array([_GAIN[n] for n in CLASSES], np.float32)
    gain = (base * weight)[raster.labels]
    # The outline lies on the darker side, which may be the wall: gain reaches a little over the
    # edge, and further round hair, where single strands are never labelled.
    body = [n for n in CLASSES if n != "background"]
    rim = np.clip(1.5 - raster.distance(*body) / 0.02, 0, 1)
    wisps = np.clip(1.5 - raster.distance("hair", "hat") / 0.04, 0, 1)
    hair_weight = weight[CLASSES.index("hair")]
    wall = 0.8 * np.maximum(rim, wisps * hair_weight)
    gain = np.where(raster.labels == 0, np.maximum(wall, gain), gain)
    for name, reach in _REACH.items():
        own = weight[CLASSES.index(name)]
        near = np.clip(1.6 - raster.distance(name) / reach, 0, 1)
        gain = np.maximum(gain, _GAIN[name] * own * near) if own else gain * (1 - near)
    return raster.soft(gain, 0.008)


def _solid(raster: _Raster) -> NDArray[np.float32]:
    solid = np.zeros(raster.labels.shape, np.float32)
    for name, reach in _SOLID.items():
        near = np.clip(1 - raster.distance(name) / (reach + 1e-3), 0, 1)
        solid = np.maximum(solid, near)
    return raster.soft(solid, 0.006)


def _beardable(raster: _Raster) -> NDArray[np.float32]:
    features = [n for n in CLASSES if n not in ("skin", "background")]
    skin = raster.mask("skin") * (raster.distance(*features) > 0.02)
    skin *= raster.distance("background") > 0.02
    mouth = raster.distance("mouth", "u_lip", "l_lip")
    eyes = raster.distance("l_eye", "r_eye", "l_brow", "r_brow")
    return (skin * (mouth < 0.9 * eyes)).astype(np.float32)


def _signed(raster: _Raster, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the signed distance to a mask's outline in face heights, positive inside.

    The distance to the half-way line of a soft mask is about what is missing to a half over the
    slope; being signed and smooth, it can be enlarged without steps.
    """
    soft = raster.soft(mask, 0.012)
    gx = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
    slope = np.sqrt(gx * gx + gy * gy) * np.float32(raster.face_px) + np.float32(1e-3)
    return np.asarray(np.clip((soft - np.float32(0.5)) / slope, -_FAR, _FAR), np.float32)
