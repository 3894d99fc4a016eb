"""Crops put back into their pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.geometry.align import warp
from limner.geometry.paste import paste


@given(st.floats(-180, 180), st.floats(0.3, 4), st.floats(-40, 200), st.floats(-40, 200))
def test_an_unchanged_crop_leaves_a_smooth_picture_unchanged(
    roll_deg: float, factor: float, x: float, y: float
) -> None:
    yy, xx = np.mgrid[:150, :180].astype(np.float32)
    picture = np.stack([0.2 + 0.003 * xx, 0.1 + 0.004 * yy, 0.9 - 0.002 * (xx + yy)], axis=2)
    a = np.radians(roll_deg)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * factor
    matrix = np.column_stack([linear, 40 - linear @ np.array([x, y])])
    crop = warp(picture, matrix, (81, 81), border="replicate")
    again = paste(picture, crop, matrix, feather_px=0)
    inside = (xx > 8) & (xx < 171) & (yy > 8) & (yy < 141)
    assert np.abs(again - picture)[inside].max() < 0.02


def test_the_feather_rises_from_edge_to_middle() -> None:
    base, patch = np.zeros((60, 60), np.float32), np.ones((40, 40), np.float32)
    out = paste(base, patch, [[1, 0, -10], [0, 1, -10]], feather_px=8)
    row = out[30, 10:30]
    assert (np.diff(row) >= 0).all()
    assert 0 < row[0] < 0.05
    assert row[8:].min() == 1
    assert out[:10].max() == 0
    assert out[50:].max() == 0


def test_a_large_picture_gets_the_crop_at_its_own_resolution() -> None:
    base, patch = np.zeros((400, 400, 3), np.uint8), np.zeros((100, 100, 3), np.uint8)
    patch[:, 50:] = 250
    out = paste(base, patch, [[0.25, 0, 0], [0, 0.25, 0]], feather_px=0)
    assert out.shape == base.shape
    assert out.dtype == np.uint8
    assert (out[200, :190] == 0).all()
    assert (out[200, 210:390] == 250).all()


def test_alpha_decides_what_shows() -> None:
    base, patch = np.full((20, 20), 100, np.uint8), np.full((10, 10), 200, np.uint8)
    alpha = np.zeros((10, 10), np.float32)
    alpha[:, 5:] = 1
    out = paste(base, patch, [[1, 0, -5], [0, 1, -5]], alpha, feather_px=0)
    assert (out[5:15, 5:10] == 100).all()
    assert (out[5:15, 10:15] == 200).all()


@pytest.mark.parametrize("channels", [None, 1, 4, 6])
def test_any_number_of_channels_comes_back(channels: int | None) -> None:
    tail = () if channels is None else (channels,)
    base, patch = np.zeros((12, 12, *tail), np.float32), np.ones((6, 6, *tail), np.float32)
    out = paste(base, patch, [[1, 0, -3], [0, 1, -3]], feather_px=0)
    assert out.shape == base.shape
    assert out.sum() == pytest.approx(36 * (channels or 1))


def test_a_crop_outside_the_picture_changes_nothing() -> None:
    base = np.full((10, 10), 7, np.uint8)
    out = paste(base, np.zeros((4, 4), np.uint8), [[1, 0, 50], [0, 1, 50]])
    np.testing.assert_array_equal(out, base)
    assert out is not base


def test_the_base_is_not_written_to() -> None:
    base = np.zeros((10, 10), np.uint8)
    base.flags.writeable = False
    out = paste(base, np.full((4, 4), 9, np.uint8), [[1, 0, -3], [0, 1, -3]], feather_px=0)
    assert out.max() == 9
    assert base.max() == 0


def test_what_does_not_fit_is_refused() -> None:
    base, eye = np.zeros((10, 10, 3), np.uint8), np.eye(2, 3)
    with pytest.raises(BadShape, match="does not fit a picture"):
        paste(base, np.zeros((4, 4), np.uint8), eye)
    with pytest.raises(BadShape, match="convert it"):
        paste(base, np.zeros((4, 4, 3), np.float32), eye)
    with pytest.raises(BadShape, match="Alpha has shape"):
        paste(base, np.zeros((4, 4, 3), np.uint8), eye, np.ones((3, 3), np.float32))
