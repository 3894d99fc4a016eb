"""How much of the ink is found again."""

from __future__ import annotations

import numpy as np

from limner.records import Photo
from limner.sketches.likeness import likeness


def _photo(column: int) -> Photo:
    pixels = np.full((256, 256, 3), 200, np.uint8)
    pixels[:, column:] = 60
    return Photo(pixels)


def _ink(column: int) -> np.ndarray:
    ink = np.zeros((512, 512), np.float32)
    ink[:, 2 * column - 2 : 2 * column + 2] = 1
    return ink


def test_a_border_under_the_line_is_found_and_one_far_away_is_not() -> None:
    assert likeness(_ink(128), _photo(128)) == 1
    assert likeness(_ink(128), _photo(140)) == 0


def test_a_dark_line_counts_as_well() -> None:
    pixels = np.full((512, 512, 3), 210, np.uint8)
    pixels[:, 254:258] = 90
    assert likeness(_ink(128), Photo(pixels)) == 1


def test_half_of_the_ink_is_half() -> None:
    ink = _ink(128)
    ink[:, 40:44] = 1
    assert 0.45 < likeness(ink, _photo(128)) < 0.55


def test_a_plain_picture_shows_nothing() -> None:
    assert likeness(_ink(100), Photo(np.full((256, 256, 3), 90, np.uint8))) == 0


def test_no_ink_is_found_whole() -> None:
    assert likeness(np.zeros((512, 512), np.float32), _photo(9)) == 1
