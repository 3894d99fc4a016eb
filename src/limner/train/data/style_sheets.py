"""Further artists and plain photographs: CUFS, CUFSF's drawings and unlabelled faces in → a `Shelf` of sheets.

Three kinds of sheet stand on the shelf beside FS2K's pairs. CUFS has photographs: they are pairs like any other.
CUFSF's charcoal has none: a drawing's own lines and classes stand for the photograph's, and its tones, blurred until
no stroke is left, for the photograph's grey. Photographs that nobody drew teach through the critics alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from limner.faces.parse import parse_crop
from limner.geometry.align import crop_from_landmarks, warp
from limner.lines import extract
from limner.lines.learned import WEIGHT
from limner.records import Face, Photo, SemanticMap
from limner.train.data.drawings import (
    FREE,
    FREE_PX,
    STYLES,
    Sheets,
    build_sheets,
    carried,
    kept_sheets,
    to_white,
)
from limner.train.data.packs import Pack, mesh
from limner.weights.ledger import row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Shelf", "build_shelf", "classes_of", "relined", "stacked"]

Engine = Literal["flow", "learned"]

_PHOTOS = ("diverse", "officials", "london")
#: Photographs of one pack, spread over all of it: the critics need many strokes, not many sitters.
_MOST_FREE = 200
#: Standard deviation of the blur that leaves of a drawing only its tones, in px of the 320² packs.
_TONES_PX = 5.0
#: How far a drawing reaches beyond the person before it is taken for a stain, a line of type or the sheet's edge.
_REACH_PX = 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """Sheets of several packs, numbered through.

    Parameters
    ----------
    parts : tuple of Sheets
        In order; styles are indices into `STYLES`, or `FREE`.
    """

    parts: tuple[Sheets, ...]

    @property
    def style(self) -> NDArray[np.uint8]:
        """Style of every sheet."""
        return np.concatenate([p.style for p in self.parts])

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of all sheets."""
        return tuple(name for p in self.parts for name in p.ids)

    def sheet(self, i: int) -> NDArray[np.uint8]:
        """Return sheet `i`, (H, W, 4) uint8: grey, drawing, ink, class."""
        for part in self.parts:
            if i < len(part.ids):
                return part.sheet(i)
            i -= len(part.ids)
        raise IndexError("The shelf has no such sheet.")


def build_shelf(
    folder: Path,
    labels: Path,
    cache: Path,
    split: str,
    *,
    photographs: bool = True,
    lines: Engine = "flow",
) -> Shelf:
    """Return all sheets of one split, from `cache` where they were built before.

    Parameters
    ----------
    folder : Path
        The packs: ``fs2k`` at least; ``cufs``, ``charcoal`` and the photographs' packs where they are.
    labels : Path
        What the labelling script wrote: ``fs2k-parse/``, ``cufs-photo.npz``, ``charcoal.npz`` and so on.
    cache : Path
        Where the arrays are kept.
    split : str
        "train" or "test"; charcoal and the unlabelled photographs have no test part.
    photographs : bool
        Whether photographs that nobody drew stand on the shelf too.
    lines : {"flow", "learned"}
        The engine of the ink. Learned lines are kept under the hash of their network, for another network draws others.
    """
    parts = [build_sheets(folder, labels, cache, split)]
    if _there(folder, labels, "cufs", "cufs-photo"):
        parts.append(_kept(cache, f"sheets-graphite-{split}", _graphite(folder, labels, split)))
    if split == "train" and _there(folder, labels, "charcoal", "charcoal"):
        parts.append(_kept(cache, "sheets-charcoal", _charcoal(folder, labels)))
    wanted = _PHOTOS if split == "train" and photographs else ()
    there = [name for name in wanted if _there(folder, labels, name, name)]
    parts += [_kept(cache, f"sheets-{n}", _free(folder, labels, n)) for n in there]
    if lines == "learned":
        mark = row(WEIGHT).sha256[:8]
        parts = [
            _kept(cache, f"lines-{mark}/{i}-{split}-{len(p.ids)}", _learned(p))
            for i, p in enumerate(parts)
        ]
    return Shelf(tuple(parts))


Row = tuple[str, int, "NDArray[np.uint8]"]


def _learned(sheets: Sheets) -> Iterator[Row]:
    """Draw every sheet's lines anew by the network of lines."""
    for i, (name, style) in enumerate(zip(sheets.ids, sheets.style, strict=True)):
        yield name, int(style), relined(sheets.sheet(i), engine="learned")


def relined(
    sheet: NDArray[np.uint8], *, of_drawing: bool = False, engine: Engine = "flow"
) -> NDArray[np.uint8]:
    """Return a sheet, (H, W, 4) uint8, whose lines are drawn anew: the photograph's, or those of its drawing."""
    grey = np.repeat(np.ascontiguousarray(sheet[..., int(of_drawing)])[..., None], 3, 2)
    classes = SemanticMap(np.ascontiguousarray(sheet[..., 3]))
    out = sheet.copy()
    out[..., 2] = 255 * extract(Photo(grey), classes, engine=engine).ink
    return out


def _kept(cache: Path, name: str, rows: Iterator[Row]) -> Sheets:
    return kept_sheets(cache / name, lambda: list(rows))


def _there(folder: Path, labels: Path, tar: str, points: str) -> bool:
    return (folder / f"{tar}.tar").is_file() and (labels / f"{points}.npz").is_file()


def _graphite(folder: Path, labels: Path, split: str) -> Iterator[Row]:
    pack, points = Pack(folder / "cufs.tar"), mesh(labels / "cufs-photo.npz")
    for name in pack.ids("drawing"):
        if name.startswith(f"{split}_") and name in points:
            photo = pack.rgb("photo", name)
            classes = classes_of(photo, points[name])
            drawn = _on_white(to_white(_grey(pack.rgb("drawing", name))), classes)
            yield name, STYLES.index("graphite"), stacked(photo, drawn, classes)


def _charcoal(folder: Path, labels: Path) -> Iterator[Row]:
    pack, points = Pack(folder / "charcoal.tar"), mesh(labels / "charcoal.npz")
    for name in pack.ids("drawing"):
        if name not in points:
            continue
        picture = pack.rgb("drawing", name)
        classes = classes_of(picture, points[name])
        drawn = _on_white(to_white(_grey(picture)), classes)
        clean = np.repeat(drawn[..., None], 3, 2)
        sheet = stacked(clean, drawn, classes)
        tones = cv2.GaussianBlur(drawn, (0, 0), _TONES_PX)
        sheet[..., 0] = tones
        yield name, STYLES.index("charcoal"), sheet


def _free(folder: Path, labels: Path, tar: str) -> Iterator[Row]:
    pack, points = Pack(folder / f"{tar}.tar"), mesh(labels / f"{tar}.npz")
    known = [name for name in pack.ids("photo") if name in points]
    for name in known[:: max(1, len(known) // _MOST_FREE)][:_MOST_FREE]:
        there = crop_from_landmarks(points[name][:, :2], FREE_PX)
        crop = np.asarray(warp(pack.rgb("photo", name), there, (FREE_PX, FREE_PX)), np.uint8)
        moved = points[name][:, :2] @ there[:, :2].T + there[:, 2]
        nothing = np.full((FREE_PX, FREE_PX), 255, np.uint8)
        yield f"{tar}/{name}", FREE, stacked(crop, nothing, classes_of(crop, moved))


def classes_of(picture: NDArray[np.uint8], points: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the classes of a picture whose mesh is known, (H, W) uint8; beyond the face's crop the nearest goes on."""
    flat = np.asarray(points[:478, :2], np.float32)
    low, high = flat.min(0), flat.max(0)
    crop = crop_from_landmarks(flat)
    face = Face(np.concatenate([low, high]), 1.0, flat, 0.0, 0.0, 0.0, crop)
    found = parse_crop(Photo(np.ascontiguousarray(picture)), face).labels
    back = cv2.warpAffine(
        found,
        crop,
        picture.shape[1::-1],
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )
    return carried(np.asarray(back, np.uint8))


def _on_white(drawn: NDArray[np.uint8], classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Clear what lies far from the person: type, stains, the edges of the sheet."""
    reach = 2 * _REACH_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    near = cv2.dilate((classes > 0).astype(np.uint8), kernel).astype(np.float32)
    soft = cv2.GaussianBlur(near, (0, 0), 2.0)
    return np.asarray(np.rint(255 - (255 - drawn.astype(np.float32)) * soft), np.uint8)


def stacked(
    photo: NDArray[np.uint8],
    drawn: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    lines: Engine = "flow",
) -> NDArray[np.uint8]:
    """Return a sheet, (H, W, 4) uint8: the photograph's grey, the drawing, the photograph's ink, the classes."""
    ink = extract(Photo(np.ascontiguousarray(photo)), SemanticMap(classes), engine=lines).ink
    return np.dstack([_grey(photo), drawn, (ink * 255).astype(np.uint8), classes])


def _grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
