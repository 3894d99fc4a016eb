"""Batches for the sketch networks: cached faces and chance in → sketches, photographs, labels, palettes.

How rough a sketch is and how far it is to be trusted go together: at confidence 1 the lines are where the photograph
has them, at 0 they are a scribble, and the networks learn what to make of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.records import MIRRORED
from limner.sketches.parts import NAMES
from limner.train.data.hand_sketch import draw, rub, sample_hand, shift_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.train.data.sketch_faces import Faces

__all__ = ["SketchSampler"]

_MIRROR = np.array(MIRRORED, np.uint8)


@dataclass(slots=True)
class SketchSampler:
    """Draws batches of sketched faces.

    Parameters
    ----------
    faces : Faces
        Memory-mapped; each process opens its own view.
    batch_size : int
        Pictures in a batch.
    drawings : ndarray of shape (K, 256, 256), uint8
        Real drawings, mixed in without a photograph of their own.
    real_share, scan_share : float
        Share of real drawings; share of rasters among the others.
    swap_share : float
        Share of faces that get somebody else's palette.
    sketch_px : int
        Side of the sketches, 256 or 512.
    """

    faces: Faces
    batch_size: int
    drawings: NDArray[np.uint8]
    real_share: float = 0.08
    scan_share: float = 0.2
    swap_share: float = 0.0
    sketch_px: int = 256

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return one batch.

        Returns
        -------
        dict
            photo (B, S, S, 3) uint8 · labels (B, 256, 256) uint8, 255 = unknown · clean (B, 256, 256) uint8 ·
            rough (B, sketch_px, sketch_px) uint8 · confidence (B, 5) float32, in the order of the components ·
            palette (B, 17) float32 · paired (B,) float32, 0 where rough belongs to no photograph · own (B,) float32,
            0 where the palette is somebody else's · index (B,) int64, which face.
        """
        rows = [self._one(rng) for _ in range(self.batch_size)]
        return {k: np.stack([r[k] for r in rows]) for k in rows[0]}

    def still(self, n: int, roughness: float, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return face `n` as it stands, sketched: photo, labels, clean, palette, rough."""
        unmoved = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
        return {**self._face(n, unmoved), "rough": self._rough(n, unmoved, roughness, rng)}

    def _one(self, rng: np.random.Generator) -> dict[str, Any]:
        n = int(rng.integers(len(self.faces)))
        matrix = _similarity(rng)
        roughness = float(rng.random() ** 1.5)
        row = self._face(n, matrix)
        if len(self.drawings) and rng.random() < self.real_share:
            rough = self._real(rng, roughness)
            row["clean"] = rough if rough.shape[0] == 256 else cv2.resize(rough, (256, 256))
            row["labels"] = np.full((256, 256), 255, np.uint8)
            row["paired"] = np.float32(0)
        else:
            rough = self._rough(n, matrix, roughness, rng)
            row["paired"] = np.float32(1)
        row["rough"] = rough
        row["index"] = np.int64(n)
        row["confidence"] = _confidence(rng, roughness)
        row["own"] = np.float32(1)
        if rng.random() < self.swap_share:
            other = self.faces.palettes[int(rng.integers(len(self.faces)))]
            # skin, hair and lips change hands together with the light; clothes and ground stay
            row["palette"] = np.concatenate([other[:9], row["palette"][9:15], other[15:]])
            row["own"] = np.float32(0)
        return row

    def _face(self, n: int, matrix: NDArray[np.float64]) -> dict[str, Any]:
        """Return picture `n` moved by `matrix` (512 px), mirrored labels and light where it mirrors."""
        mirrored = matrix[0, 0] < 0
        faces = self.faces
        size = faces.photos.shape[1]
        labels = _warped(faces.labels[n], matrix, cv2.INTER_NEAREST, cv2.BORDER_REPLICATE)
        palette = faces.palettes[n].copy()
        if mirrored:
            labels = _MIRROR[labels]
            palette[15] *= -1
        how = cv2.INTER_LINEAR if size == 256 else cv2.INTER_CUBIC
        return {
            "photo": _warped(faces.photos[n], matrix, how, cv2.BORDER_REFLECT_101),
            "labels": labels,
            "clean": _warped(faces.clean[n], matrix, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT),
            "palette": palette,
        }

    def _rough(
        self, n: int, matrix: NDArray[np.float64], roughness: float, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        moved = 3.5 * roughness
        if rng.random() < self.scan_share:
            field = shift_field(rng, 0.3 + 3 * roughness * rng.random(), moved)
            ink = rub(self.faces.ink[n], rng, roughness, field)
            ink = _warped(ink, matrix, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT)
            side = (self.sketch_px, self.sketch_px)
            return ink if self.sketch_px == 256 else np.asarray(cv2.resize(ink, side), np.uint8)
        hand = sample_hand(rng, roughness)
        field = shift_field(rng, hand.wobble_px, moved)
        lines = self.faces.lines(n)
        return draw(lines, hand, rng, field=field, affine=matrix, size_px=self.sketch_px)

    def _real(self, rng: np.random.Generator, roughness: float) -> NDArray[np.uint8]:
        ink = self.drawings[int(rng.integers(len(self.drawings)))]
        ink = rub(ink, rng, 0.4 * roughness, shift_field(rng, 0.3 + 2 * roughness, roughness))
        ink = ink[:, ::-1] if rng.random() < 0.5 else ink
        side = (self.sketch_px, self.sketch_px)
        return np.ascontiguousarray(ink if self.sketch_px == 256 else cv2.resize(ink, side))


def _similarity(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a small turn, scale and shift of a 512 px picture, mirrored half of the time."""
    angle, scale = np.radians(rng.normal(0, 2.0)), np.exp(rng.normal(0, 0.025))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < 0.5:
        turn = turn @ np.diag([-1.0, 1.0])
    middle = np.array([255.5, 255.5])
    shift = middle - turn @ middle + rng.normal(0, 4.0, 2)
    return np.concatenate([turn, shift[:, None]], 1)


def _warped(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], how: int, border: int
) -> NDArray[np.uint8]:
    """Apply a matrix given for 512 px to a picture of any size."""
    size = picture.shape[0]
    k = size / 512
    scaled = matrix.copy()
    # pixel centres are integers at every size: p512 = (p + 0.5) / k - 0.5
    scaled[:, 2] = k * (matrix[:, :2] @ np.full(2, 0.5 / k - 0.5) + matrix[:, 2] + 0.5) - 0.5
    out = cv2.warpAffine(
        np.ascontiguousarray(picture), scaled, (size, size), flags=how, borderMode=border
    )
    return np.asarray(out, np.uint8)


def _confidence(rng: np.random.Generator, roughness: float) -> NDArray[np.float32]:
    if rng.random() < 0.12:
        return np.full(len(NAMES), float(roughness < 0.35), np.float32)
    base = 1 - roughness + rng.normal(0, 0.12)
    return np.clip(base + rng.normal(0, 0.15, len(NAMES)), 0, 1).astype(np.float32)
