"""Tone laid by hatching."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from limner.errors import BadShape
from limner.geometry.raster import draw_strokes
from limner.lines import hatch
from limner.records import CLASSES, PARTS, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def grey(*tones: int) -> Photo:
    """Upright stripes of the given tones, each 100 px wide."""
    row = np.repeat(np.array(tones, np.uint8), 100)
    return Photo(np.repeat(np.tile(row, (300, 1))[..., None], 3, axis=2))


def test_darker_tones_get_more_lines() -> None:
    strokes = hatch(grey(255, 150, 90, 45, 5), spacing_px=6)
    ink = draw_strokes(strokes, (500, 300), fine=3)
    middle = [float(ink[:, 100 * n + 20 : 100 * n + 80].mean()) for n in range(5)]
    assert middle[0] == 0
    assert all(a < b for a, b in itertools.pairwise(middle))


def test_lines_of_one_layer_are_parallel_and_evenly_spaced() -> None:
    strokes = hatch(grey(150, 150, 150), spacing_px=8)
    points = np.stack([s.points[:, :2] for s in strokes])
    way = points[:, 1] - points[:, 0]
    angle = np.degrees(np.arctan2(-way[:, 1], way[:, 0]))
    np.testing.assert_allclose(angle, 45, atol=1e-3)
    across = np.sort((points[:, 0] @ np.array([1, 1])) / np.sqrt(2))
    np.testing.assert_allclose(np.diff(across), 8, atol=0.05)


def test_each_part_has_its_own_direction_and_eyes_stay_bare(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    strokes = hatch(photo, semantic, darkness=0.3)
    parts = list(dict.fromkeys(s.part for s in strokes))
    assert parts == [p for p in PARTS if p in parts]
    assert {"hair", "clothes", "skin"} <= set(parts)
    assert not {"background", "left-eye", "mouth"} & set(parts)
    ink = draw_strokes(strokes, photo.size_px)
    for name in ("background", "l_eye", "r_eye", "u_lip"):
        assert ink[semantic.labels == CLASSES.index(name)].mean() < 0.04, name


def test_skin_is_measured_against_the_sitters_own_light() -> None:
    labels = np.zeros((300, 300), np.uint8)
    labels[50:250, 50:250] = CLASSES.index("skin")
    for tone in (220, 150):
        flat = Photo(np.full((300, 300, 3), tone, np.uint8))
        # Evenly lit skin, light or brown, keeps its paper; only shadow is hatched.
        assert hatch(flat, SemanticMap(labels)) == ()


def test_short_scraps_are_not_drawn() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 1)).astype(np.uint8)
    strokes = hatch(Photo(np.repeat(noise, 3, axis=2)), spacing_px=6)
    assert all(s.length >= 8.9 for s in strokes)


def test_the_spacing_follows_the_face(sitter: Sitter) -> None:
    few, many = hatch(*sitter(256)), hatch(*sitter(512))
    assert len(few) == pytest.approx(len(many), rel=0.1)


def test_nonsense_is_refused(sitter: Sitter) -> None:
    photo, _ = sitter(128)
    with pytest.raises(BadShape, match="spacing_px is 0"):
        hatch(photo, spacing_px=0)
    with pytest.raises(BadShape, match="darkness is 2"):
        hatch(photo, darkness=2)
    with pytest.raises(BadShape, match="parse the same picture"):
        hatch(photo, SemanticMap(np.zeros((4, 4), np.uint8)))
