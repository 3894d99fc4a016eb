"""Rims around the head and stains on the skin are taken back; all else stays."""

from __future__ import annotations

import numpy as np
import pytest

from limner.sketches.finish import calm, finish

SIDE = 256


def _head() -> tuple[np.ndarray, np.ndarray]:
    """Return a square of skin with a mouth on grey ground, and its classes."""
    classes = np.zeros((128, 128), np.uint8)
    classes[32:96, 32:96] = 1
    classes[76:84, 52:76] = 12
    picture = np.full((SIDE, SIDE, 3), 120, np.uint8)
    picture[64:192, 64:192] = (120, 80, 60)
    picture[152:168, 104:152] = (150, 60, 60)
    return picture, classes


def _chroma_of(picture: np.ndarray) -> np.ndarray:
    return np.asarray(picture[..., 0].astype(int) - picture[..., 2])


def test_a_pale_rim_around_the_head_takes_the_colour_of_the_ground() -> None:
    picture, classes = _head()
    haloed = picture.copy()
    haloed[60:64, 60:196] = 240
    done = finish(haloed, classes)
    assert haloed[61, 128, 0] == 240
    assert done[60:62, 80:180, 0].max() < 175
    # far from the head nothing moves
    np.testing.assert_allclose(done[:30].astype(int), haloed[:30], atol=1)


def test_stains_on_the_skin_lose_their_hue_but_not_their_light() -> None:
    picture, classes = _head()
    stained = picture.copy()
    stained[90:110, 90:110] = (150, 75, 10)
    done = finish(stained, classes)
    own, before = _chroma_of(picture)[100, 100], _chroma_of(stained)[100, 100]
    assert abs(_chroma_of(done)[100, 100] - own) < 0.4 * abs(before - own)
    light = np.array([0.2126, 0.7152, 0.0722])
    assert abs(float((done[100, 100] - stained[100, 100].astype(float)) @ light)) < 12


def test_lips_keep_their_colour() -> None:
    picture, classes = _head()
    done = finish(picture, classes)
    assert np.abs(done[160, 128].astype(int) - picture[160, 128]).max() < 12


@pytest.mark.parametrize("only", [0, 1, 13])
def test_a_picture_of_one_class_is_no_trouble(only: int) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (SIDE, SIDE, 3)).astype(np.uint8)
    done = finish(picture, np.full((128, 128), only, np.uint8))
    assert done.shape == picture.shape
    assert done.dtype == np.uint8


def test_strength_nought_leaves_the_photograph() -> None:
    picture, classes = _head()
    assert np.abs(finish(picture, classes, strength=0).astype(int) - picture).max() <= 1


def test_spots_of_the_ground_pale() -> None:
    picture, classes = _head()
    spotted = picture.copy()
    spotted[16:36, 200:224] = (230, 140, 120)
    done = finish(spotted, classes)
    gap = np.abs(done[26, 212].astype(int) - 120).max()
    assert gap < 0.5 * np.abs(spotted[26, 212].astype(int) - 120).max()


def test_detail_stays_on_the_head_and_leaves_the_ground() -> None:
    half, classes = _head()
    large = np.repeat(np.repeat(half, 2, 0), 2, 1)
    noise = np.random.default_rng(2).integers(-40, 41, large.shape)
    detailed = np.clip(large + noise, 0, 255).astype(np.uint8)
    calmed = calm(detailed, half, classes)
    np.testing.assert_array_equal(calmed[150:360, 150:360], detailed[150:360, 150:360])
    assert np.ptp(calmed[:100].astype(int)) <= 1
    assert np.ptp(detailed[:100].astype(int)) > 60
