"""A photo is upright sRGB that nobody can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from tests.records.arrays import wrong_dims

from limner import BadShape, Photo


def test_size_is_width_then_height() -> None:
    assert Photo(np.zeros((4, 6, 3), np.uint8)).size_px == (6, 4)


def test_pixels_are_copied_from_their_owner_and_locked() -> None:
    mine = np.zeros((2, 2, 3), np.uint8)
    photo = Photo(mine)
    mine[:] = 9
    assert photo.pixels.max() == 0
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0, 0] = 1


def test_locked_pixels_are_shared_not_copied() -> None:
    mine = np.zeros((2, 2, 3), np.uint8)
    mine.flags.writeable = False
    assert Photo(mine).pixels is mine


@given(wrong_dims(3, np.uint8))
def test_pixels_of_another_shape_are_refused(pixels: NDArray[Any]) -> None:
    with pytest.raises(BadShape, match=r"Photo\.pixels"):
        Photo(pixels)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint16, bool])
def test_pixels_of_another_type_are_refused_not_cast(dtype: type) -> None:
    with pytest.raises(BadShape, match="wanted uint8"):
        Photo(np.zeros((2, 2, 3), dtype))


def test_alpha_has_the_size_of_the_pixels() -> None:
    with pytest.raises(BadShape, match=r"Photo\.alpha"):
        Photo(np.zeros((2, 2, 3), np.uint8), alpha=np.zeros((2, 3), np.uint8))


def test_a_locked_view_of_what_its_owner_can_write_to_is_copied() -> None:
    mine = np.zeros((2, 2, 3), np.uint8)
    view = mine[:]
    view.flags.writeable = False
    photo = Photo(view)
    mine[:] = 9
    assert photo.pixels.max() == 0


def test_rows_of_unequal_length_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadShape, match=r"Photo\.pixels has rows of unequal length"):
        Photo([[[1, 2, 3]], [[1, 2]]])  # type: ignore[arg-type]


@pytest.mark.parametrize("nonsense", [None, "a photo", b"bytes", object(), {"pixels": 1}])
def test_what_is_no_array_is_refused(nonsense: Any) -> None:
    with pytest.raises(BadShape, match=r"Photo\.pixels"):
        Photo(nonsense)


def test_a_photo_cannot_be_changed_or_grow() -> None:
    photo = Photo(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(FrozenInstanceError):
        photo.notes = ("changed",)  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        photo.title = "new"  # type: ignore[attr-defined]
