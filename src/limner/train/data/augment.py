"""Pictures as people take them: a clean picture in → exposure, colour cast, side light, blur, noise, JPEG."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["far_away", "photograph", "side_light"]

Picture = NDArray[np.uint8]


def side_light(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Multiply by a smooth ramp, as one hard lamp at a side would."""
    h, w = picture.shape[:2]
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.75)
    x, y = np.meshgrid(np.linspace(-1, 1, w), np.linspace(-1, 1, h))
    ramp = 1 / (1 + np.exp(-rng.uniform(2, 6) * (x * np.cos(angle) + y * np.sin(angle))))
    light: NDArray[np.float32] = (1 - strength + strength * ramp).astype(np.float32)
    return picture * light[..., None]


@lru_cache(maxsize=1)
def _noise_field() -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((1024, 1024, 3)).astype(np.float32)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random crop of one fixed field: drawing fresh normals costs more than a training step's share."""
    field, (h, w) = _noise_field(), shape[:2]
    side = len(field)
    y, x = (int(rng.integers(0, max(1, side + 1 - n))) for n in (h, w))
    if max(h, w) <= side:
        return field[y : y + h, x : x + w]
    return field[np.ix_((y + np.arange(h)) % side, (x + np.arange(w)) % side)]


def photograph(picture: Picture, rng: np.random.Generator, *, amount: float = 1.0) -> Picture:
    """Return the (H, W, 3) uint8 picture as a worse camera in worse light would have taken it.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        sRGB.
    rng : Generator
        Source of all choices.
    amount : float
        0 nothing to 1 everything that is likely.
    """
    x = picture.astype(np.float32)
    if rng.random() < 0.7 * amount:
        gamma = np.float32(np.exp(rng.normal(0, 0.3)))
        x = np.asarray(255 * (np.maximum(x, 0) / 255) ** gamma, np.float32)
        x = (x - 128) * np.float32(rng.uniform(0.7, 1.25)) + 128 + np.float32(rng.normal(0, 12))
    if rng.random() < 0.5 * amount:
        x = x * rng.uniform(0.82, 1.18, 3).astype(np.float32)
    if rng.random() < 0.15 * amount:
        x = side_light(x, rng)
    if rng.random() < 0.15 * amount:
        x = np.repeat(x.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.25 * amount:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.6)), np.float32)
    if rng.random() < 0.35 * amount:
        x = x + _noise(x.shape[:2], rng) * np.float32(rng.uniform(1, 12))
    out: Picture = np.clip(x, 0, 255).astype(np.uint8)
    if rng.random() < 0.35 * amount:
        flags = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        coded = cv2.imencode(".jpg", out, flags)[1]
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return out


def far_away(
    picture: Picture, rng: np.random.Generator, sides_px: tuple[int, int] = (20, 90)
) -> Picture:
    """Return the (S, S, 3) uint8 crop as if its face had been so small that the crop had few pixels, enlarged."""
    side = round(float(np.exp(rng.uniform(*np.log(sides_px)))))
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    kind = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=kind), np.uint8)
