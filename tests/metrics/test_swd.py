"""The sliced Wasserstein distance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from limner.errors import BadShape
from limner.metrics import swd
from limner.metrics.swd import _enlarged, _pyramid


def noise(seed: int, count: int = 6, side: int = 64) -> np.ndarray:
    """Return pictures of uncorrelated tones."""
    return np.random.default_rng(seed).integers(0, 256, (count, side, side)).astype(np.uint8)


def test_the_pyramid_adds_up_to_the_picture() -> None:
    picture = noise(0)[..., None].astype(np.float32)
    levels = _pyramid(picture)
    assert [level.shape[1] for level in levels] == [64, 32, 16]
    rebuilt = levels[-1]
    for level in levels[-2::-1]:
        rebuilt = level + _enlarged(rebuilt, level.shape)
    assert np.abs(rebuilt - picture).max() < 1e-3


def test_a_set_is_at_no_distance_from_itself_and_near_its_like() -> None:
    one, like = noise(1, 40), noise(2, 40)
    assert set(swd(one, one).values()) == {0.0}
    smooth = ndimage.gaussian_filter(one.astype(float), (0, 1.5, 1.5))
    other = (smooth * 3).clip(0, 255).astype(np.uint8)
    near, far = swd(one, like), swd(one, other)
    assert list(near) == [64, 32, 16]
    assert near[64] < 100 < far[64]


def test_detail_that_differs_shows_at_its_own_level() -> None:
    one, like = noise(3, 40), noise(4, 40)
    blocks = np.repeat(np.repeat(noise(5, 40, 16), 4, axis=1), 4, axis=2)
    near, far = swd(one, like), swd(one, blocks)
    assert far[64] / near[64] > 2 * far[16] / near[16]


def test_numbers_of_pictures_may_differ_and_colors_may_be_three() -> None:
    color = np.repeat(noise(6, 40)[..., None], 3, axis=3)
    striped = color.copy()
    striped[:, ::4] = 0
    assert swd(color, color[:20])[64] < swd(color, striped)[64] / 2


def test_brightness_alone_is_normalised_away() -> None:
    one = noise(7) // 2
    assert swd(one, one + 100)[64] == pytest.approx(0, abs=1e-2)


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 8, 8), np.uint8), np.zeros((2, 64, 64)), np.zeros(64, np.uint8)]
)
def test_what_is_no_set_of_pictures_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadShape, match="pictures"):
        swd(wrong, wrong)


def test_blank_sheets_are_alike_and_two_sizes_are_refused() -> None:
    blank = np.full((2, 64, 64), 255, np.uint8)
    assert set(swd(blank, blank).values()) == {0.0}
    with pytest.raises(BadShape, match="wanted one"):
        swd(blank, blank[:, :32, :32])
