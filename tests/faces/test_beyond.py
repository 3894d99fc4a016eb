"""Beyond the crop: hair and shoulders go on, the labelled middle stays as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.faces import stand_ins

from limner.faces import beyond, parse
from limner.records import CLASSES, Photo, SemanticMap

CLOTH, SKIN, HAIR = (CLASSES.index(n) for n in ("cloth", "skin", "hair"))


def sitter(side: int = 384) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a wide view of a dark person on a light ground and the true classes."""
    y, x = np.mgrid[:side, :side] / side - 0.5
    labels = np.zeros((side, side), np.uint8)
    labels[(np.abs(x) < 0.35) & (y > 0.18)] = CLOTH
    labels[np.hypot(x, y + 0.05) < 0.24] = HAIR
    labels[np.hypot(x, y) < 0.15] = SKIN
    colors = np.full((19, 3), 230, np.uint8)
    colors[CLOTH], colors[HAIR], colors[SKIN] = (40, 60, 120), (60, 40, 30), (210, 150, 120)
    noise = np.random.default_rng(0).integers(-6, 7, (side, side, 3))
    return np.clip(colors[labels] + noise, 0, 255).astype(np.uint8), labels


def middle(array: NDArray[Any], grow: float = 1.5) -> NDArray[Any]:
    side = round(array.shape[0] / grow)
    start = (array.shape[0] - side) // 2
    return array[start : start + side, start : start + side]


def test_clothes_go_on_below_the_crop_and_the_ground_stays_ground() -> None:
    wide, labels = sitter()
    found = beyond.carry_outwards(wide, SemanticMap(middle(labels)), grow=1.5).labels
    assert (found[-20:, 150:230] == CLOTH).all()
    assert not found[:40, :].any()
    assert not found[:150, :60].any()
    assert (found != labels).mean() < 0.03


@settings(max_examples=12)
@given(st.integers(0, 99), st.sampled_from([1.2, 1.5, 2.0]))
def test_the_middle_keeps_the_classes_it_has(seed: int, grow: float) -> None:
    chance = np.random.default_rng(seed)
    side = 120
    wide = chance.integers(0, 256, (side, side, 3)).astype(np.uint8)
    core = chance.integers(0, 19, (round(side / grow),) * 2).astype(np.uint8)
    found = beyond.carry_outwards(wide, SemanticMap(core), grow=grow).labels
    np.testing.assert_array_equal(middle(found, grow), core)
    assert set(np.unique(found)) <= set(range(19))


def test_where_nobody_is_nobody_is_carried() -> None:
    wide, _ = sitter()
    nobody = SemanticMap(np.zeros((256, 256), np.uint8))
    assert not beyond.carry_outwards(wide, nobody, grow=1.5).labels.any()


def test_what_lies_beyond_the_picture_is_background() -> None:
    wide, labels = sitter()
    inside = np.ones(labels.shape, bool)
    inside[-30:] = False
    crop = SemanticMap(middle(labels))
    found = beyond.carry_outwards(wide, crop, grow=1.5, inside=inside).labels
    assert not found[-30:].any()
    assert (found[-60:-31, 192] == CLOTH).all()


def test_the_same_view_gives_the_same_classes_twice() -> None:
    wide, labels = sitter()
    crop = SemanticMap(middle(labels))
    first, second = (beyond.carry_outwards(wide, crop, grow=1.5).labels for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_wide_view_has_the_crop_in_its_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    photo = Photo(chance.integers(0, 256, (200, 240, 3)).astype(np.uint8))
    face = stand_ins.face(stand_ins.turned((120, 90), 70, 25))
    skin = SemanticMap(np.full((512, 512), SKIN, np.uint8))
    monkeypatch.setattr(beyond, "parse_crop", lambda photo, face: skin)
    view = beyond.look_wide(photo, face)
    assert view.pixels.shape == (768, 768, 3)
    assert view.semantic.labels.shape == (768, 768)
    crop = parse.crop_photo(photo, face).astype(int)
    assert np.abs(middle(view.pixels) - crop).max() <= 1  # resampling rounds in the last digit
    assert (middle(view.semantic.labels) == SKIN).all()
    shifted = face.crop_from_photo + np.array([[0, 0, 128], [0, 0, 128]])
    np.testing.assert_array_equal(view.view_from_photo, shifted)
