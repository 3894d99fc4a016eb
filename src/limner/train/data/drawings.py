"""Photographs beside an artist's drawings of them: FS2K in → sheets of grey, drawing, ink and classes.

The drawing's paper is brought to white. Ink comes from ``limner.lines`` as it does when Limner draws, classes from the
labelling script or from Limner's own parser.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image
from scipy.ndimage import distance_transform_edt

from limner.errors import RecipeError
from limner.lines import extract
from limner.records import CLASSES, MIRRORED, Photo, SemanticMap
from limner.train.data.packs import Pack, index
from limner.train.data.parse_crops import shares
from limner.train.data.sitters import fs2k_split

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["STYLES", "PairSampler", "Sheets", "build_sheets", "picture_of", "to_white"]

STYLES = ("croquis", "hatch", "pencil")
_MIRRORED = np.array(MIRRORED, np.uint8)
_PENCIL_TEST = 120


@dataclass(frozen=True, slots=True)
class Sheets:
    """Pairs of different sizes in one array.

    Parameters
    ----------
    flat : ndarray of shape (total,), uint8
        All sheets, each (H, W, 4): grey, drawing, ink, class.
    offset : ndarray of shape (N + 1,), int64
        Where each begins.
    size : ndarray of shape (N, 2), int32
        Width and height.
    style : ndarray of shape (N,), uint8
        Index into `STYLES`.
    ids : tuple of str
        Names in the pack.
    """

    flat: NDArray[np.uint8]
    offset: NDArray[np.int64]
    size: NDArray[np.int32]
    style: NDArray[np.uint8]
    ids: tuple[str, ...]

    def sheet(self, i: int) -> NDArray[np.uint8]:
        """Return sheet `i`, (H, W, 4) uint8."""
        w, h = (int(v) for v in self.size[i])
        first, last = int(self.offset[i]), int(self.offset[i + 1])
        return self.flat[first:last].reshape(h, w, 4)


def to_white(grey: NDArray[np.uint8], white: float = 0.90) -> NDArray[np.uint8]:
    """Bring a drawing's paper to white: all above `white` × the 90th percentile becomes 255.

    Parameters
    ----------
    grey : ndarray of shape (H, W), uint8
        A scanned drawing.
    white : float
        Share of the percentile.
    """
    top = max(white * float(np.percentile(grey, 90)), 1.0)
    return np.asarray(np.clip(grey.astype(np.float32) * (255 / top), 0, 255), np.uint8)


def split_rows(folder: Path, split: str) -> list[dict[str, str]]:
    """Return FS2K's rows as the protocol splits them: 120 of pencil's train drawings test instead."""
    order = [r["id"] for r in index(folder / "fs2k.csv")]
    rows = fs2k_split(folder, "train")
    pencil = [r["id"] for r in rows if r["style"] == "pencil" and r["id"].startswith("photo3")]
    pencil.sort(key=order.index)
    random.Random(1).shuffle(pencil)  # noqa: S311  (the protocol's own split)
    held = set(pencil[:_PENCIL_TEST])
    if split == "train":
        return [r for r in rows if r["id"] not in held]
    test = [r for r in fs2k_split(folder, "test") if r["id"].startswith("photo1")]
    return test + [r for r in rows if r["id"] in held]


def build_sheets(folder: Path, labels: Path, cache: Path, split: str) -> Sheets:
    """Return FS2K's pairs of one split, from `cache` where they were built before.

    Parameters
    ----------
    folder : Path
        The packs.
    labels : Path
        Holds ``fs2k-parse/<id>.png``, the classes of each photograph in its own frame.
    cache : Path
        Where the arrays are kept.
    split : str
        "train" or "test", as the evaluation protocol splits them.
    """
    base = cache / f"sheets-{split}"
    if not (base / "index.json").exists():
        base.mkdir(parents=True, exist_ok=True)
        pack, rows, parts = Pack(folder / "fs2k.tar"), split_rows(folder, split), []
        if not rows:
            raise RecipeError(f"fs2k.csv in {folder} lists no {split} pairs.")
        for row in rows:
            with Image.open(labels / "fs2k-parse" / f"{row['id']}.png") as image:
                classes = np.asarray(image).copy()
            classes = _carried(classes)
            parts.append(
                _sheet(pack.rgb("photo", row["id"]), pack.rgb("sketch", row["id"]), classes)
            )
        offset = np.cumsum([0] + [p.size for p in parts]).astype(np.int64)
        np.save(base / "flat.npy", np.concatenate([p.ravel() for p in parts]))
        table = {
            "offset": offset.tolist(),
            "size": [[p.shape[1], p.shape[0]] for p in parts],
            "style": [STYLES.index(r["style"]) for r in rows],
            "ids": [r["id"] for r in rows],
        }
        (base / "index.json").write_text(json.dumps(table))
    table = json.loads((base / "index.json").read_text())
    return Sheets(
        np.load(base / "flat.npy", mmap_mode="r"),
        np.array(table["offset"], np.int64),
        np.array(table["size"], np.int32),
        np.array(table["style"], np.uint8),
        tuple(table["ids"]),
    )


def _carried(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give pixels beyond the labelled crop (id 255) the class of the nearest labelled one.

    Otherwise the crop's edge would look like the person's outline, and be drawn as one.
    """
    outside = classes >= len(CLASSES)
    if not outside.any() or outside.all():
        return np.where(outside, 0, classes).astype(np.uint8)
    rows, columns = distance_transform_edt(outside, return_distances=False, return_indices=True)
    return np.asarray(classes[rows, columns], np.uint8)


def _sheet(
    photo: NDArray[np.uint8], sketch: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    h, w = photo.shape[:2]
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    drawn = to_white(np.asarray(cv2.cvtColor(sketch, cv2.COLOR_RGB2GRAY), np.uint8))
    if drawn.shape != (h, w):
        drawn = np.asarray(cv2.resize(drawn, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    ink = extract(Photo(photo), SemanticMap(classes)).ink
    return np.dstack([grey, drawn, (ink * 255).astype(np.uint8), classes])


def picture_of(sheet: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what the generator sees of a sheet: (21, H, W) float32 ink, 19 shares, grey, each 0 to 1.

    Parameters
    ----------
    sheet : ndarray of shape (H, W, 4), uint8
        Grey, drawing, ink, class; sides even.
    """
    quarters = shares(np.ascontiguousarray(sheet[..., 3])).astype(np.float32) / 4
    full = quarters.repeat(2, 1).repeat(2, 2)
    ink, grey = sheet[..., 2].astype(np.float32) / 255, sheet[..., 0].astype(np.float32) / 255
    return np.concatenate([ink[None], full, grey[None]])


class PairSampler:
    """Batches of crops at the drawings' own scale, the styles in turn.

    Parameters
    ----------
    sheets : Sheets
        Pairs.
    batch, size_px : int
        Crops a batch; side of a crop.
    """

    def __init__(self, sheets: Sheets, *, batch: int = 6, size_px: int = 192) -> None:
        self.sheets, self.count, self.size = sheets, batch, size_px
        self.of_style = [np.flatnonzero(sheets.style == k) for k in range(len(STYLES))]

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return picture (N, 21, S, S), drawing (N, 1, S, S) float32 0–1, style (N, 3) one-hot."""
        first = int(rng.integers(len(STYLES)))
        pictures, drawings = [], []
        style = np.zeros((self.count, len(STYLES)), np.float32)
        for n in range(self.count):
            k = (first + n) % len(STYLES)
            style[n, k] = 1
            crop = self.crop(rng, int(rng.choice(self.of_style[k])))
            pictures.append(picture_of(crop))
            drawings.append(crop[None, ..., 1].astype(np.float32) / 255)
        return {"picture": np.stack(pictures), "drawing": np.stack(drawings), "style": style}

    def crop(self, rng: np.random.Generator, i: int) -> NDArray[np.uint8]:
        """Return a random crop of sheet `i`, (S, S, 4), mirrored half the time, the photograph's light varied."""
        sheet, side = self.sheets.sheet(i), self.size
        h, w = sheet.shape[:2]
        if min(h, w) < side:
            pad = ((0, max(0, side - h)), (0, max(0, side - w)), (0, 0))
            sheet = np.pad(sheet, pad, mode="edge")
            h, w = sheet.shape[:2]
        inside = np.argwhere(np.isin(sheet[::4, ::4, 3], (1, 2, 4, 5, 6, 7, 10, 11, 12, 13))) * 4
        if len(inside) and rng.random() < 0.85:
            y, x = inside[int(rng.integers(len(inside)))] - side // 2
        else:
            y, x = rng.integers(0, h - side + 1), rng.integers(0, w - side + 1)
        y, x = int(np.clip(y, 0, h - side)), int(np.clip(x, 0, w - side))
        crop = np.array(sheet[y : y + side, x : x + side])
        if rng.random() < 0.5:
            crop = crop[:, ::-1].copy()
            crop[..., 3] = _MIRRORED[crop[..., 3]]
        grey = crop[..., 0].astype(np.float32) / 255
        grey = grey ** np.exp(rng.normal(0, 0.25)) * rng.uniform(0.85, 1.15) + rng.normal(0, 0.04)
        crop[..., 0] = np.clip(grey * 255, 0, 255)
        return crop
