"""Stand-ins for the networks: a picture of coloured squares in → faces, parts and drawings at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import UnknownName
from limner.faces import WideView
from limner.records import Face, LineDrawing, Photo, SemanticMap, Style
from limner.styles import Guide, Wish

#: A picture shows a person where it has a square of this colour.
PERSON = (200, 120, 90)
STYLES = {
    "croquis": Style("croquis", "Quick ink.", "styles-draw", 0, "nobody"),
    "hatch": Style("hatch", "Hatched.", "styles-draw", 1, "nobody"),
}


def picture(*people: tuple[int, int, int], size: tuple[int, int] = (160, 120)) -> Photo:
    """Return a grey picture of `size` with a square (x, y, side) for each person."""
    pixels = np.full((size[1], size[0], 3), 128, np.uint8)
    for x, y, side in people:
        pixels[y : y + side, x : x + side] = PERSON
    return Photo(pixels)


def face_at(x: float, y: float, side: float) -> Face:
    """Return a face whose crop is the square itself."""
    scale = 512 / side
    return Face(
        box=np.array([x, y, x + side, y + side], np.float32),
        score=0.9,
        landmarks=np.full((478, 2), x, np.float32),
        yaw_deg=1.25,
        pitch_deg=-2.0,
        roll_deg=0.0,
        crop_from_photo=np.array(
            [[scale, 0, -x * scale + (scale - 1) / 2], [0, scale, -y * scale + (scale - 1) / 2]]
        ),
    )


def find_faces(photo: Photo) -> tuple[Face, ...]:
    """Find the squares by their left upper corners, row by row."""
    mask = np.asarray((np.abs(photo.pixels.astype(int) - PERSON) < 12).all(2))
    before_x = np.pad(mask, ((0, 0), (1, 0)))[:, :-1]
    before_y = np.pad(mask, ((1, 0), (0, 0)))[:-1]
    corners = np.argwhere(mask & ~before_x & ~before_y)
    faces = []
    for y, x in corners.tolist():
        run = np.flatnonzero(~mask[y, x:])
        faces.append(face_at(x, y, int(run[0]) if len(run) else mask.shape[1] - x))
    return tuple(faces)


def crop_photo(photo: Photo, face: Face) -> NDArray[np.uint8]:
    """Return a flat crop of the colour in the middle of the face."""
    x, y = ((face.box[:2] + face.box[2:]) / 2).astype(int)
    return np.full((512, 512, 3), photo.pixels[y, x], np.uint8)


def parse_crop(_photo: Photo, _face: Face) -> SemanticMap:
    """Return skin all over."""
    return SemanticMap(np.ones((512, 512), np.uint8))


def look_wide(photo: Photo, face: Face) -> WideView:
    """Return the crop itself: no wider than the face."""
    return WideView(crop_photo(photo, face), parse_crop(photo, face), face.crop_from_photo)


def parse_photo(photo: Photo, faces: Any) -> SemanticMap:
    """Return skin in every face's box."""
    labels = np.zeros(photo.pixels.shape[:2], np.uint8)
    for face in faces:
        x0, y0, x1, y1 = face.box.astype(int)
        labels[y0:y1, x0:x1] = 1
    return SemanticMap(labels)


def render_guide(guide: Guide, wish: Wish, size_wh: tuple[int, int], **_: Any) -> NDArray[np.uint8]:
    """Return a grey that tells style, strength and seed apart."""
    assert guide.pixels.shape == (512, 512, 3)
    assert guide.labels.shape == guide.ink.shape == (512, 512)
    return np.full(size_wh[::-1], _tone(wish), np.uint8)


def render_crop(
    crop: NDArray[np.uint8], semantic: SemanticMap, ink: NDArray[np.float32], **settings: Any
) -> NDArray[np.uint8]:
    """Return the same grey."""
    assert semantic.labels.shape == ink.shape
    settings.pop("crop_px", None)
    return np.full(crop.shape[:2], _tone(Wish(**settings)), np.uint8)


def render_photo(
    pixels: NDArray[np.uint8],
    semantic: SemanticMap | None,
    ink: NDArray[np.float32],
    *,
    wish: Wish,
    size_wh: tuple[int, int],
    **_: Any,
) -> NDArray[np.uint8]:
    """Return the same grey all over the picture."""
    assert ink.shape == pixels.shape[:2]
    assert semantic is None or semantic.labels.shape == ink.shape
    return np.full(size_wh[::-1], _tone(wish), np.uint8)


def extract(photo: Photo, _semantic: SemanticMap | None = None, **_: Any) -> LineDrawing:
    """Return a dark line down the middle."""
    width, height = photo.size_px
    ink = np.zeros((height, width), np.float32)
    ink[:, width // 2] = 1
    return LineDrawing(ink)


def _tone(wish: Wish) -> int:
    return int(40 + 40 * find(wish.style).index + 20 * wish.strength + wish.seed)


def find(name: str) -> Style:
    """Return a fake style."""
    if name not in STYLES:
        raise UnknownName.among("style", name, STYLES)
    return STYLES[name]


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-ins where the networks are called."""
    for room, functions in (
        ("faces", (find_faces, crop_photo, look_wide, parse_crop, parse_photo)),
        ("styles", (find, render_crop, render_guide, render_photo)),
    ):
        for function in functions:
            monkeypatch.setattr(f"limner.{room}.{function.__name__}", function)
    monkeypatch.setattr("limner.lines.extract", extract)
    monkeypatch.setattr("limner.styles.names", lambda: tuple(STYLES))
