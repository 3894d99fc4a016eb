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
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.train.data.style_sheets import Shelf

__all__ = [
    "FREE",
    "FREE_PX",
    "SIDES_PX",
    "STYLES",
    "PairSampler",
    "Sheets",
    "build_sheets",
    "carried",
    "kept_sheets",
    "picture_of",
    "scaled",
    "to_white",
]

#: The styles of `styles-draw` in the order of its style input: what a catalogue entry's ``index`` counts. This is the
#: one table; a new style goes to the end, so that weights of fewer styles still fit their places.
STYLES = ("croquis", "hatch", "pencil", "graphite", "charcoal")
#: Side of the aligned face crop on each artist's own sheets, median, px: the least of a catalogue entry's ``side_px``.
SIDES_PX = (238, 236, 300, 211, 285)
#: Style of a photograph that nobody drew.
FREE = 255
#: Side of such a photograph, which is one aligned crop.
FREE_PX = 288
#: Styles that are taught without photographs need others' photographs at least this often.
_UNPAIRED = {STYLES.index("charcoal"): 0.5}
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
    return kept_sheets(cache / f"sheets-{split}", lambda: _pairs(folder, labels, split))


def _pairs(folder: Path, labels: Path, split: str) -> list[tuple[str, int, NDArray[np.uint8]]]:
    pack, rows, made = Pack(folder / "fs2k.tar"), split_rows(folder, split), []
    if not rows:
        raise RecipeError(f"fs2k.csv in {folder} lists no {split} pairs.")
    for row in rows:
        with Image.open(labels / "fs2k-parse" / f"{row['id']}.png") as image:
            classes = carried(np.asarray(image).copy())
        sheet = _sheet(pack.rgb("photo", row["id"]), pack.rgb("sketch", row["id"]), classes)
        made.append((row["id"], STYLES.index(row["style"]), sheet))
    return made


def kept_sheets(base: Path, make: Callable[[], list[tuple[str, int, NDArray[np.uint8]]]]) -> Sheets:
    """Return the sheets of a folder; where there are none yet, those that `make` makes.

    Parameters
    ----------
    base : Path
        Holds ``flat.npy`` and ``index.json``.
    make : callable
        Returns name, style and sheet (H, W, 4) of each.
    """
    if not (base / "index.json").exists():
        made = make()
        base.mkdir(parents=True, exist_ok=True)
        sizes = [sheet.shape for *_, sheet in made]
        offset = np.cumsum([0] + [sheet.size for *_, sheet in made]).astype(np.int64)
        flat = np.concatenate([sheet.ravel() for *_, sheet in made])
        np.save(base / "flat.npy", flat)
        table = {
            "offset": offset.tolist(),
            "size": [[s[1], s[0]] for s in sizes],
            "style": [style for _, style, _ in made],
            "ids": [name for name, *_ in made],
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


def carried(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
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
    sheets : Sheets or Shelf
        Pairs, and photographs that nobody drew (style `FREE`). Styles without sheets are passed over.
    batch, size_px : int
        Crops a batch; side of a crop.
    free : float
        Share of rows in which a style's drawing stands beside somebody else's photograph, to be judged by the
        critics alone; charcoal, whose sitters nobody photographed, has half of its rows so at least.
    only : str
        One of `STYLES`, if drawings of no other are wanted; photographs come from all sheets all the same.
    """

    def __init__(
        self,
        sheets: Sheets | Shelf,
        *,
        batch: int = 6,
        size_px: int = 192,
        free: float = 0.0,
        only: str = "",
    ) -> None:
        self.sheets, self.count, self.size, self.free = sheets, batch, size_px, free
        self.style = np.asarray(sheets.style)
        self.of_style = [np.flatnonzero(self.style == k) for k in range(len(STYLES))]
        wanted = [STYLES.index(only)] if only else range(len(STYLES))
        self.present = [k for k in wanted if len(self.of_style[k])]
        unphotographed = [STYLES.index("charcoal"), FREE]
        self.pools = [
            p
            for p in (
                np.flatnonzero(self.style == FREE),
                np.flatnonzero(~np.isin(self.style, unphotographed)),
            )
            if len(p)
        ]

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return picture (N, 21, S, S), drawing (N, 1, S, S) float32 0–1, style (N, K) one-hot, paired (N,) 0 or 1."""
        first = int(rng.integers(len(self.present)))
        pictures, drawings = [], []
        style = np.zeros((self.count, len(STYLES)), np.float32)
        paired = np.ones(self.count, np.float32)
        for n in range(self.count):
            k = self.present[(first + n) % len(self.present)]
            style[n, k] = 1
            crop = photograph = self.crop(rng, int(rng.choice(self.of_style[k])))
            if self.pools and rng.random() < max(self.free, _UNPAIRED.get(k, 0.0)):
                paired[n] = 0
                photograph = self._somebody(rng, k)
            pictures.append(picture_of(photograph))
            drawings.append(crop[None, ..., 1].astype(np.float32) / 255)
        return {
            "picture": np.stack(pictures),
            "drawing": np.stack(drawings),
            "style": style,
            "paired": paired,
        }

    def _somebody(self, rng: np.random.Generator, style: int) -> NDArray[np.uint8]:
        """Return a crop of a photograph, of the size at which the style's artist draws faces."""
        i = int(rng.choice(self.pools[int(rng.integers(len(self.pools)))]))
        own = self.style[i]
        k = SIDES_PX[style] / (FREE_PX if own == FREE else SIDES_PX[own])
        return self.cut(rng, scaled(self.sheets.sheet(i), k * float(rng.uniform(0.9, 1.1))))

    def crop(self, rng: np.random.Generator, i: int) -> NDArray[np.uint8]:
        """Return a random crop of sheet `i`, (S, S, 4), mirrored half the time, the photograph's light varied."""
        return self.cut(rng, self.sheets.sheet(i))

    def cut(self, rng: np.random.Generator, sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a random crop of a sheet, as `crop` does."""
        side = self.size
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


def scaled(sheet: NDArray[np.uint8], k: float) -> NDArray[np.uint8]:
    """Return a sheet `k` times as large; classes keep to their ids."""
    h, w = sheet.shape[:2]
    size = max(1, round(w * k)), max(1, round(h * k))
    kernel = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
    tones = cv2.resize(np.ascontiguousarray(sheet[..., :3]), size, interpolation=kernel)
    ids = cv2.resize(np.ascontiguousarray(sheet[..., 3]), size, interpolation=cv2.INTER_NEAREST)
    return np.dstack([tones, ids])
