"""Show where methods fail: sitters and sketches made hard in → docs/explanation/*-failures.webp, a sheet a method.

    python docs/method_failures.py [sketches] [lines] [heads] [views]

Beside `failures.py`, which does it for networks. Only sitters who may be shown (Face Research Lab London Set, CC BY
4.0) and sketches drawn by code are on the sheets. Run it again after a method has changed, and look.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
from failures import ROOT, SAMPLES
from PIL import Image, ImageDraw

import limner
from limner import api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Row = tuple[str, list[Pixels]]

OUT = ROOT / "docs" / "explanation"
SKETCHES = ROOT / "examples" / "sketches"
SIDE = 240
#: The side of the sheet that a case is drawn on.
CANVAS = 512


def sketch(name: str) -> Pixels:
    """Return a sample sketch as dark ink on a white canvas."""
    with Image.open(SKETCHES / name) as opened:
        grey = np.array(opened.convert("L").resize((CANVAS, CANVAS)))
    return np.asarray(255 - grey if np.median(grey) < 128 else grey, np.uint8)


def without_hair() -> Pixels:
    """Return a sketch whose hair was left open: nothing outside the face is drawn."""
    page = sketch("long-hair.png")
    y, x = np.mgrid[:CANVAS, :CANVAS]
    page[((x - 256) / 122) ** 2 + ((y - 270) / 185) ** 2 > 1] = 255
    return page


def with_hat() -> Pixels:
    """Return a sketch with a hat in the hair's place."""
    page = sketch("beard.png")
    page[:128] = 255
    cv2.rectangle(page, (150, 10), (370, 110), 0, 4)
    cv2.line(page, (80, 112), (440, 112), 0, 6)
    return page


def with_ring() -> Pixels:
    """Return a sketch one of whose eyes is a ring."""
    page = sketch("beard.png")
    page[205:262, 285:350] = 255
    cv2.circle(page, (316, 236), 26, 0, 4)
    cv2.circle(page, (316, 236), 9, 0, -1)
    return page


def sitter(stem: str) -> Pixels:
    """Return a sitter's photograph."""
    return api.read_photo(SAMPLES / f"{stem}.jpg", max_side_px=640).pixels


def inked(drawing: limner.LineDrawing) -> Pixels:
    """Return lines as a grey picture."""
    return np.asarray(np.rint(255 * (1 - drawing.ink)), np.uint8)


def in_side_light(photo: Pixels) -> Pixels:
    """Return the photograph with light from one side, and next to none from the other."""
    x = np.linspace(0, 1, photo.shape[1])[None, :, None]
    lit = 0.06 + 0.94 / (1 + np.exp(-30 * (x - 0.5)))
    return np.asarray(photo * lit, np.uint8)


def in_the_dark(photo: Pixels) -> Pixels:
    """Return the photograph as a camera in the dark takes it: dark hair and dark ground are one."""
    return np.asarray((photo / 255) ** 3 * 89, np.uint8)


def sketches() -> Iterator[Row]:
    """Yield sketches and the photographs that are made of them."""
    turn = limner.HeadRenderer(limner.photo_to_head(SAMPLES / "beard-092.jpg"))
    turned = inked(api.extract_lines(turn.view(yaw_deg=45, pitch_deg=0).photo))
    for words, page in (
        ("hair left open", without_hair()),
        ("a hat", with_hat()),
        ("an eye unlike the other", with_ring()),
        ("a head turned by 45°", turned),
    ):
        made = api.compose(page[..., None].repeat(3, 2), confidence=0.6)
        yield words, [page, made.photo.pixels]


def lines() -> Iterator[Row]:
    """Yield photographs in hard light and the lines that two engines find."""
    for words, photo in (
        ("light from one side", in_side_light(sitter("curls-001"))),
        ("light from one side", in_side_light(sitter("elder-172"))),
        ("dark hair in the dark", in_the_dark(sitter("curls-001"))),
    ):
        found = (api.extract_lines(photo, engine=engine) for engine in ("flow", "learned"))
        yield f"{words}; flow, learned", [photo, *(inked(drawing) for drawing in found)]


def heads() -> Iterator[Row]:
    """Yield photographs and views of their heads from far aside."""
    for stem in ("long-hair-041", "beard-092"):
        turn = limner.HeadRenderer(limner.photo_to_head(SAMPLES / f"{stem}.jpg"))
        sides = ((30, 0), (45, 0), (60, 0), (0, 30))
        views = [turn.view(yaw_deg=yaw, pitch_deg=pitch).photo.pixels for yaw, pitch in sides]
        yield "yaw 30°, 45°, 60°; pitch 30°", [sitter(stem), *views]


def views() -> Iterator[Row]:
    """Yield drawn views from far aside."""
    head = limner.photo_to_head(SAMPLES / "long-hair-041.jpg")
    sides = [(0.0, 0.0), (45.0, 0.0), (60.0, 0.0), (0.0, 30.0)]
    hands = ("croquis", "hatch")
    stops = list(api.orbit(head, angles_deg=sides, size_px=CANVAS, styles=hands))
    for hand in hands:
        yield f"{hand}: yaw 0°, 45°, 60°; pitch 30°", [s.drawings[hand].pixels for s in stops]


SHEETS: dict[str, Callable[[], Iterator[Row]]] = {
    "sketches": sketches,
    "lines": lines,
    "heads": heads,
    "views": views,
}


def sheet(rows: list[Row], columns: int) -> Image.Image:
    """Return the rows as one picture, `columns` of them side by side, with their words beneath."""
    step, wide = SIDE + 6, max(len(pictures) for _, pictures in rows)
    deep = -(-len(rows) // columns)
    page = Image.new("RGB", (columns * wide * step + 6, deep * (step + 22) + 6), (250, 248, 243))
    for k, (words, pictures) in enumerate(rows):
        x, y = 6 + k % columns * wide * step, 6 + k // columns * (step + 22)
        for i, pixels in enumerate(pictures):
            tile = Image.fromarray(pixels).convert("RGB").resize((SIDE, SIDE))
            page.paste(tile, (x + i * step, y))
        ImageDraw.Draw(page).text((x + 2, y + SIDE + 3), words, fill=(200, 40, 30), font_size=14)
    return page


def main(names: list[str]) -> None:
    """Write the sheets that are asked for, all if none is."""
    for name in names or SHEETS:
        path = OUT / f"{name}-failures.webp"
        page = sheet(list(SHEETS[name]()), columns=2 if name == "sketches" else 1)
        page.save(path, quality=80, method=6)
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
