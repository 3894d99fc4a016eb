"""Photographs drawn as lines."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import BadShape, UnknownName
from limner.lines import extract
from limner.records import CLASSES, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def inside(semantic: SemanticMap, name: str, margin: int) -> NDArray[np.bool_]:
    mask = (semantic.labels == CLASSES.index(name)).astype(np.uint8)
    return np.asarray(cv2.erode(mask, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)) > 0)


def soft(ink: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    small = cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.5), np.float32)


@pytest.mark.parametrize("engine", ["flow", "dodge"])
def test_ink_has_the_size_of_the_photo_and_its_range(sitter: Sitter, engine: str) -> None:
    photo, semantic = sitter(256)
    for known in (semantic, None):
        drawing = extract(photo, known, engine=engine)  # type: ignore[arg-type]
        assert drawing.size_px == photo.size_px
        assert drawing.ink.dtype == np.float32
        assert 0 <= drawing.ink.min() < drawing.ink.max() <= 1
        assert drawing.semantic is known


def test_paper_is_white_and_lines_are_black(sitter: Sitter) -> None:
    ink = extract(*sitter(512)).ink
    assert (ink == 0).mean() > 0.75
    edge = (ink > 0.02) & (ink < 0.98)
    assert edge.sum() < 0.55 * (ink > 0.02).sum()


def test_pores_and_walls_are_not_drawn(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    ink = extract(photo, semantic).ink
    forehead = np.s_[135:190, 200:312]
    assert ink[forehead].max() == 0
    wall = inside(semantic, "background", 25)
    assert ink[wall].mean() < 0.001
    # The chequered wall is there to be drawn by whoever knows nothing of it.
    assert extract(photo).ink[wall].mean() > 0.004


def test_pupils_nostrils_and_the_mouth_are_drawn(sitter: Sitter) -> None:
    ink = extract(*sitter(512)).ink
    for row, column in ((233, 200), (233, 312), (320, 246), (320, 266), (367, 256)):
        assert ink[row - 1 : row + 2, column - 1 : column + 2].max() > 0.9, (row, column)


def test_the_chin_is_closed_even_over_a_neck_of_its_own_tone(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    pixels = photo.pixels.copy()
    pixels[semantic.labels == CLASSES.index("neck")] = 190
    ink = extract(Photo(pixels), semantic).ink
    # The jaw runs from the neck's right edge to its left one, about 430 px down.
    hit = [ink[400:445, column].max() > 0.5 for column in range(215, 298)]
    assert np.mean(hit) > 0.8


def test_strands_are_drawn_as_strands(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    ink = extract(photo, semantic).ink > 0.5
    hair = inside(semantic, "hair", 6)
    count, _, stats, _ = cv2.connectedComponentsWithStats((ink & hair).astype(np.uint8))
    assert count > 10
    lengths = np.hypot(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    areas = stats[1:, cv2.CC_STAT_AREA]
    assert np.average(lengths, weights=areas) > 25


@pytest.mark.parametrize("side", [300, 1024])
def test_the_drawing_does_not_depend_on_the_picture_size(sitter: Sitter, side: int) -> None:
    one, other = extract(*sitter(512)).ink, extract(*sitter(side)).ink
    a, b = soft(one, 256), soft(other, 256)
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.9
    assert other.mean() == pytest.approx(one.mean(), rel=0.12)


def test_more_detail_means_more_ink(sitter: Sitter) -> None:
    inks = [extract(*sitter(256), detail=d).ink.sum() for d in (0.0, 0.5, 1.0)]
    assert inks[0] < inks[1] < inks[2]


def test_a_thick_pen_draws_thick_lines(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    widths = []
    for thickness in (0.6, 1.0, 2.0):
        ink = extract(photo, semantic, thickness=thickness).ink[340:400, 250:262]
        widths.append(ink.sum(axis=0).mean())
    assert widths[0] < widths[1] < widths[2]


def test_strength_is_how_dark_it_is(sitter: Sitter) -> None:
    photo, semantic = sitter(256)
    full, half = extract(photo, semantic).ink, extract(photo, semantic, strength=0.5).ink
    np.testing.assert_allclose(half, full / 2, atol=1e-6)
    assert extract(photo, semantic, strength=0).ink.max() == 0


@pytest.mark.parametrize("engine", ["flow", "dodge"])
def test_a_part_can_be_left_out(sitter: Sitter, engine: str) -> None:
    photo, semantic = sitter(256)
    hair = inside(semantic, "hair", 12)
    with_hair = extract(photo, semantic, engine=engine)  # type: ignore[arg-type]
    without = extract(photo, semantic, engine=engine, parts={"hair": 0})  # type: ignore[arg-type]
    assert with_hair.ink[hair].mean() > 0.1
    assert without.ink[hair].mean() < 0.01


def test_the_same_photo_gives_the_same_bytes(sitter: Sitter) -> None:
    photo, semantic = sitter(256)
    np.testing.assert_array_equal(extract(photo, semantic).ink, extract(photo, semantic).ink)


def test_an_empty_wall_stays_empty_paper() -> None:
    flat = Photo(np.full((90, 120, 3), 128, np.uint8))
    assert extract(flat).ink.max() == 0
    assert extract(flat, engine="dodge").ink.max() == 0


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (15, 15)])
def test_tiny_pictures_are_no_trouble(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    labels = SemanticMap(np.ones(size, np.uint8))
    for known in (None, labels):
        assert extract(Photo(pixels), known).ink.shape == size


def test_nonsense_is_refused(sitter: Sitter) -> None:
    photo, semantic = sitter(128)
    with pytest.raises(UnknownName, match="line engine"):
        extract(photo, engine="pencil")  # type: ignore[arg-type]
    with pytest.raises(BadShape, match="parse the same picture"):
        extract(photo, SemanticMap(np.zeros((4, 4), np.uint8)))
    with pytest.raises(BadShape, match="thickness is 9"):
        extract(photo, semantic, thickness=9)
    with pytest.raises(BadShape, match="detail is nan"):
        extract(photo, semantic, detail=float("nan"))
    with pytest.raises(BadShape, match="strength is -1"):
        extract(photo, semantic, strength=-1)
