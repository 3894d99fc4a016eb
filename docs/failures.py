"""Show where each network fails: the sample sitters made hard in → docs/reference/cards/*.webp, a sheet a card.

    python docs/failures.py

Only sitters who may be shown (Face Research Lab London Set, CC BY 4.0) are on the sheets. The cases are the same for
every network and were chosen before looking; run it again after training, and look.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw

import limner
from limner import api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "examples" / "samples"
OUT = ROOT / "docs" / "reference" / "cards"
SIDE = 300
GREEN, RED = (30, 150, 60), (200, 40, 30)


def turned(photo: Pixels, angle_deg: float) -> Pixels:
    """Return the photograph turned about its middle, a little smaller."""
    height, width = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 0.8)
    rim = [int(v) for v in np.median(photo[0], axis=0)]
    return np.asarray(cv2.warpAffine(photo, matrix, (width, height), borderValue=rim), np.uint8)


def worn(photo: Pixels, face: limner.Face, what: str) -> Pixels:
    """Put something before the face: a hand's breadth of skin colour, a scarf, dark glasses."""
    out = photo.copy()
    x0, y0, x1, y1 = (int(v) for v in face.box)
    w, h = x1 - x0, y1 - y0
    skin = [
        int(v)
        for v in np.median(photo[y0 + h // 3 : y1 - h // 3, x0 + w // 3 : x1 - w // 3], (0, 1))
    ]
    if what == "hand":
        middle = (x0 + int(0.3 * w), y0 + int(0.72 * h))
        cv2.ellipse(out, middle, (int(0.3 * w), int(0.2 * h)), 35, 0, 360, skin, -1)
    elif what == "scarf":
        cv2.rectangle(
            out, (x0 - w // 4, y0 + int(0.58 * h)), (x1 + w // 4, y1 + h // 4), (70, 40, 90), -1
        )
    else:
        for side in (0.3, 0.7):
            middle = (x0 + int(side * w), y0 + int(0.36 * h))
            cv2.ellipse(out, middle, (int(0.18 * w), int(0.11 * h)), 0, 0, 360, (15, 15, 18), -1)
    return out


def tiny(photo: Pixels, height_px: float, face: limner.Face) -> Pixels:
    """Return the photograph as far away as a face of that height, enlarged again for the sheet."""
    scale = height_px / face.height_px
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, photo.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(back, np.uint8)


def cases() -> Iterator[tuple[str, Pixels]]:
    """Yield each hard case and what makes it hard."""
    stems = sorted(SAMPLES.glob("*.jpg"))
    photos = [api.read_photo(path, max_side_px=640).pixels for path in stems]
    faces = [api.detect_faces(photo)[0] for photo in photos]
    yield "turned 105°", turned(photos[1], 105)
    yield "turned 210°", turned(photos[3], 210)
    yield "a face of 14 px", tiny(photos[0], 14, faces[0])
    yield "a hand before the mouth", worn(photos[2], faces[2], "hand")
    yield "a scarf to the nose", worn(photos[5], faces[5], "scarf")
    yield "dark glasses", worn(photos[4], faces[4], "glasses")
    yield "night", np.asarray((photos[0].astype(float) / 255) ** 3 * 60, np.uint8)
    yield "blurred", np.asarray(cv2.GaussianBlur(photos[3], (0, 0), 9), np.uint8)
    both = np.concatenate([photos[1][:, :360], photos[5][:, 200:]], axis=1)
    yield "two heads that touch", both
    yield "half out of the picture", np.ascontiguousarray(photos[2][:, 330:])


def labelled(picture: Pixels, words: str, *, good: bool) -> Image.Image:
    """Return a square tile with its words, green or red."""
    tile = Image.fromarray(picture)
    tile.thumbnail((SIDE, SIDE))
    page = Image.new("RGB", (SIDE, SIDE + 40), (250, 248, 243))
    page.paste(tile, ((SIDE - tile.width) // 2, (SIDE - tile.height) // 2))
    ImageDraw.Draw(page).text((6, SIDE + 2), words, fill=GREEN if good else RED, font_size=14)
    return page


def boxes(photo: Pixels) -> tuple[Pixels, str, bool]:
    """Show what faces-detect finds."""
    faces = api.detect_faces(photo)
    out = photo.copy()
    for face in faces:
        x0, y0, x1, y1 = (int(v) for v in face.box)
        cv2.rectangle(out, (x0, y0), (x1, y1), GREEN, 5)
    return out, ", ".join(f"{face.score:.2f}" for face in faces) or "nobody found", bool(faces)


def points(photo: Pixels) -> tuple[Pixels, str, bool]:
    """Show what faces-landmarks says."""
    faces = api.detect_faces(photo)
    out = photo.copy()
    for face in faces:
        for x, y in face.landmarks:
            cv2.circle(out, (int(x), int(y)), 2, GREEN, -1)
    told = ", ".join(f"yaw {face.yaw_deg:.0f}°, roll {face.roll_deg:.0f}°" for face in faces)
    return out, told or "nobody found", bool(faces)


def parts(photo: Pixels) -> tuple[Pixels, str, bool]:
    """Show what faces-parse sees, a colour a class."""
    faces = api.detect_faces(photo)
    if not faces:
        return photo, "nobody found", False
    labels = api.parse_face(photo, faces=faces).labels
    hue = (labels.astype(np.uint16) * 179 // 19).astype(np.uint8)
    flat = np.stack([hue, np.full_like(hue, 190), np.full_like(hue, 235)], -1)
    colours = cv2.cvtColor(flat, cv2.COLOR_HSV2RGB)
    mixed = np.where((labels > 0)[..., None], 0.4 * photo + 0.6 * colours, 0.5 * photo + 120)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8), f"{len(np.unique(labels)) - 1} parts", True


def drawn(photo: Pixels) -> tuple[Pixels, str, bool]:
    """Show what styles-draw makes of it."""
    try:
        return api.draw(photo, style="croquis").pixels, "croquis", True
    except limner.NoFace:
        return photo, "nobody found", False


def clean_parts(photo: Pixels) -> tuple[Pixels, str, bool]:
    """Show what the networks see that may be sold."""
    api.configure(commercial_only=True)
    try:
        return parts(photo)
    finally:
        api.configure(commercial_only=False)


SHEETS: dict[str, Callable[[Pixels], tuple[Pixels, str, bool]]] = {
    "faces-detect": boxes,
    "faces-landmarks": points,
    "faces-parse": parts,
    "faces-parse-clean": clean_parts,
    "styles-draw": drawn,
}


def main() -> None:
    """Write a sheet for each card."""
    OUT.mkdir(parents=True, exist_ok=True)
    hard = list(cases())
    for name, shown in SHEETS.items():
        tiles = []
        for words, photo in hard:
            picture, told, good = shown(photo)
            tiles.append(labelled(picture, f"{words}\n{told}", good=good))
        columns = 5
        rows = -(-len(tiles) // columns)
        page = Image.new("RGB", (columns * (SIDE + 8) + 8, rows * (SIDE + 48) + 8), "white")
        for i, tile in enumerate(tiles):
            page.paste(tile, (8 + i % columns * (SIDE + 8), 8 + i // columns * (SIDE + 48)))
        page.save(OUT / f"{name}.webp", quality=80, method=6)
        print(OUT / f"{name}.webp")


if __name__ == "__main__":
    main()
