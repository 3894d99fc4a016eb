"""Crops for the parsing network: photographs with human labels in → turned, lit, mirrored crops with shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import RecipeError
from limner.records import CLASSES, MIRRORED
from limner.train.data.augment import far_away, photograph
from limner.train.data.own_faces import key_of, own_faces
from limner.train.data.packs import Pack, Turnheads

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["ParseSampler", "build_own_parse_arrays", "build_parse_arrays", "shares"]

#: Glasses, hat, earring, necklace, and how many times as often as others a picture with one is drawn.
_RARE = {3: 2.5, 14: 3.0, 15: 2.0, 16: 6.0}
#: What changes hands (an earring would hang in the air beside a head turned otherwise), from so many pixels on.
_DONATED, _DONOR_PX = (3, 14, 16), 40
#: What is no class stays what it is.
_MIRRORED = np.r_[np.array(MIRRORED), np.arange(len(MIRRORED), 256)].astype(np.uint8)


def build_parse_arrays(
    folder: Path, cache: Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], int]:
    """Return photographs (N, 256, 256, 3), labels (N, 256, 256) and how many of them are real.

    CelebAMask-HQ's train part comes first, then turnheads'.

    Parameters
    ----------
    folder : Path
        The packs.
    cache : Path
        Where the arrays are kept once built.
    """
    base = cache / "parse-256"
    if not (base / "done").exists():
        base.mkdir(parents=True, exist_ok=True)
        photos = Pack(folder / "celeba-256-photos.tar")
        labels = Pack(folder / "celeba-256-labels.tar")
        ids, heads = photos.ids("photo"), Turnheads(folder / "turnheads-train.npz")
        n = len(ids) + len(heads)
        x = np.lib.format.open_memmap(base / "photos.npy", "w+", np.uint8, (n, 256, 256, 3))
        y = np.lib.format.open_memmap(base / "labels.npy", "w+", np.uint8, (n, 256, 256))
        for i, name in enumerate(ids):
            x[i], y[i] = photos.rgb("photo", name), labels.labels(name)
        for i in range(len(heads)):
            x[len(ids) + i], y[len(ids) + i] = heads.photo(i), heads.label(i)
        x.flush()
        y.flush()
        (base / "done").write_text(str(len(ids)))
    real = int((base / "done").read_text())
    photos, labels = (np.load(base / f"{k}.npy", mmap_mode="r") for k in ("photos", "labels"))
    return photos, labels, real


def build_own_parse_arrays(
    folder: Path, photos: Path, labels: Path, cache: Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], int]:
    """Return the same of photographs of one's own, as far as permissive teachers tell their classes.

    Parameters
    ----------
    folder : Path
        Holds turnheads' pack.
    photos, labels : Path
        As in `limner.train.data.own_faces.own_faces`.
    cache : Path
        Where the arrays are kept once built.
    """
    base = cache / f"parse-own-{key_of(photos, labels)}"
    if not (base / "done").exists():
        base.mkdir(parents=True, exist_ok=True)
        crops = [face.crop(256) for face in own_faces(photos, labels)]
        if not crops:
            raise RecipeError(f"No photograph of {photos} shows a face that {labels} tells of.")
        heads = Turnheads(folder / "turnheads-train.npz")
        crops_of_heads = [(heads.photo(i), heads.label(i)) for i in range(len(heads))]
        for k, name in enumerate(("photos", "labels")):
            np.save(base / f"{name}.npy", np.stack([c[k] for c in crops + crops_of_heads]))
        (base / "done").write_text(str(len(crops)))
    x, y = (np.load(base / f"{k}.npy", mmap_mode="r") for k in ("photos", "labels"))
    return x, y, int((base / "done").read_text())


def shares(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (19, H / 2, W / 2) uint8: of the four pixels under a cell, how many have each class.

    Pixels whose class is unknown (`limner.train.data.own_faces.UNKNOWN`) count for none.
    """
    out = np.zeros((len(CLASSES), labels.shape[0] // 2, labels.shape[1] // 2), np.uint8)
    for k in np.unique(labels[labels < len(CLASSES)]):
        m = (labels == k).view(np.uint8)
        out[k] = m[::2, ::2] + m[1::2, ::2] + m[::2, 1::2] + m[1::2, 1::2]
    return out


class ParseSampler:
    """Batches of crops with shares.

    Parameters
    ----------
    photos, labels : ndarray
        From `build_parse_arrays`.
    real : int
        How many of them are real photographs; the rest are synthetic.
    batch, size_px : int
        Crops a batch, side of a crop.
    synthetic : float
        Share of synthetic heads.
    donated : float
        Share of crops that are given another person's glasses, hat or necklace: few people of
        the packs wear any, and aligned faces let them change hands (Ghiasi et al., CVPR 2021).
    small : float
        Share of crops that look as if they came from a face of few pixels.
    """

    def __init__(  # noqa: PLR0913  (each share is a setting of the recipe)
        self,
        photos: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        *,
        real: int,
        batch: int = 12,
        size_px: int = 256,
        synthetic: float = 0.08,
        donated: float = 0.0,
        small: float = 0.0,
    ) -> None:
        self.photos, self.labels, self.count, self.size = photos, labels, batch, size_px
        self.real, self.synthetic, self.donated, self.small = real, synthetic, donated, small
        worn = np.array([[(y[::2, ::2] == k).sum() * 4 for k in _RARE] for y in labels[:real]])
        weights = np.where(worn > 0, np.array(list(_RARE.values())), 1.0).max(1)
        self.weights = np.cumsum(weights / weights.sum())
        given = {
            k: np.flatnonzero(worn[:, j] > _DONOR_PX) for j, k in enumerate(_RARE) if k in _DONATED
        }
        self.donors = {k: people for k, people in given.items() if len(people)}

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return pictures (N, 3, S, S) uint8 and shares (N, 19, S / 2, S / 2) uint8."""
        pairs = [self.one(rng) for _ in range(self.count)]
        pictures = np.stack([p for p, _ in pairs]).transpose(0, 3, 1, 2)
        targets = np.stack([s for _, s in pairs])
        return {"pictures": np.ascontiguousarray(pictures), "shares": targets}

    def one(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return one crop and its shares."""
        if rng.random() < self.synthetic and self.real < len(self.photos):
            i = int(rng.integers(self.real, len(self.photos)))
        else:
            i = min(int(np.searchsorted(self.weights, rng.random())), self.real - 1)
        photo, labels = self.photos[i], self.labels[i]
        if rng.random() < 0.5:
            photo, labels = photo[:, ::-1], _MIRRORED[labels[:, ::-1]]
        if self.donors and rng.random() < self.donated:
            photo, labels = self._dressed(photo, labels, rng)
        # a crop of another size than the stored one cannot stay as it is
        if rng.random() < 0.75 or self.size != len(photo):
            k = np.exp(rng.normal(0.02, 0.10)) * self.size / 256
            t = np.radians(rng.normal(0, 9))
            a = k * np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
            centre = np.array([127.5, 127.5])
            m = np.c_[a, (self.size - 1) / 2 + rng.normal(0, 0.03, 2) * self.size - a @ centre]
            size = (self.size, self.size)
            border = cv2.BORDER_REFLECT
            photo, labels = (
                cv2.warpAffine(np.ascontiguousarray(a), m, size, flags=f, borderMode=border)
                for a, f in ((photo, cv2.INTER_LINEAR), (labels, cv2.INTER_NEAREST))
            )
        taken = photograph(np.ascontiguousarray(photo), rng, amount=0.8)
        # asked only where it is wanted, so that other runs see the crops that they always saw
        if self.small and rng.random() < self.small:
            taken = far_away(taken, rng)
        return taken, shares(labels)

    def _dressed(
        self, photo: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the person with something rare that another one wears, at its place in the aligned face."""
        part = int(rng.choice(list(self.donors)))
        j = int(rng.choice(self.donors[part]))
        theirs, worn = self.photos[j], (self.labels[j] == part).astype(np.float32)
        if rng.random() < 0.5:
            theirs, worn = theirs[:, ::-1], worn[:, ::-1]
        side = len(labels)
        k = np.exp(rng.normal(0, 0.04))
        shift = (1 - k) * (side - 1) / 2 + rng.normal(0, 0.008, 2) * side
        m = np.array([[k, 0, shift[0]], [0, k, shift[1]]])
        theirs, worn = (
            cv2.warpAffine(np.ascontiguousarray(a), m, (side, side)) for a in (theirs, worn)
        )
        alpha = cv2.GaussianBlur(worn, (0, 0), 0.7)[..., None]
        mixed = alpha * theirs + (1 - alpha) * photo
        return np.rint(mixed).astype(np.uint8), np.where(worn > 0.5, np.uint8(part), labels)
