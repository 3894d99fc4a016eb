"""The highest plane is the one that numpy finds; a mask's extent holds all of it and no more than was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from limner.geometry.planes import extent, highest


@pytest.mark.parametrize("apart", [True, False])
def test_the_highest_plane_is_told_however_memory_lies(apart: bool) -> None:
    planes = np.random.default_rng(0).integers(-4, 4, (19, 9, 7)).astype(np.float32)
    if not apart:
        planes = np.moveaxis(np.ascontiguousarray(np.moveaxis(planes, 0, -1)), -1, 0)
    before = planes.copy()
    np.testing.assert_array_equal(highest(planes), planes.argmax(0))  # of equals the first
    np.testing.assert_array_equal(planes, before)


def test_one_plane_is_the_highest_everywhere() -> None:
    assert not highest(np.full((1, 3, 4), -np.inf, np.float32)).any()


def test_a_masks_extent_is_all_that_it_needs() -> None:
    mask = np.zeros((20, 30), np.float32)
    mask[4, 11] = mask[9, 6] = 0.5
    assert extent(mask) == (slice(4, 10), slice(6, 12))
    assert extent(mask, 2) == (slice(2, 12), slice(4, 14))


def test_a_margin_ends_with_the_picture() -> None:
    mask = np.eye(5, dtype=bool)
    assert extent(mask, 3) == (slice(0, 5), slice(0, 5))
