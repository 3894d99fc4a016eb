"""Faces brought to the crop's fixed place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.errors import BadShape
from limner.geometry import affine
from limner.geometry.align import crop_from_landmarks, warp

RIGHT, LEFT, MOUTH = [33, 160, 158, 133, 153, 144], [263, 387, 385, 362, 380, 373], [61, 291]


def face(at: tuple[float, float], size: float, roll_deg: float) -> NDArray[np.float64]:
    """A mesh of which only eyes and mouth matter: `size` px between the eyes."""
    points = np.zeros((478, 2))
    points[RIGHT], points[LEFT] = (-0.5, 0), (0.5, 0)
    points[MOUTH] = (-0.3, 1.1), (0.3, 1.1)
    a = np.radians(roll_deg)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return np.asarray(points @ turn.T * size + np.array(at))


@given(
    st.tuples(st.floats(-100, 4000), st.floats(-100, 4000)),
    st.floats(8, 900),
    st.floats(-180, 180),
)
def test_every_face_lands_in_the_same_place(
    at: tuple[float, float], size: float, roll_deg: float
) -> None:
    points = face(at, size, roll_deg)
    landed = affine.apply(crop_from_landmarks(points), points)
    upright = face((0, 0), 100, 0)
    expected = affine.apply(crop_from_landmarks(upright), upright)
    np.testing.assert_allclose(landed, expected, atol=1e-5)


def test_the_crop_has_the_proportions_of_ffhq() -> None:
    # Eyes 100 apart, mouth 110 below them: half the side is max(200, 198), the centre 11 below the eyes.
    points = face((300, 300), 100, 0)
    photo_from_crop = affine.invert(crop_from_landmarks(points, 512))
    corners = affine.apply(photo_from_crop, [[-0.5, -0.5], [511.5, 511.5]])
    np.testing.assert_allclose(corners, [[100, 111], [500, 511]], atol=1e-9)


def test_a_face_without_extent_is_refused() -> None:
    with pytest.raises(BadShape, match="eyes and mouth must lie apart"):
        crop_from_landmarks(np.ones((478, 2)))
    with pytest.raises(BadShape, match="wanted \\(478, 2\\)"):
        crop_from_landmarks(np.ones((68, 2)))


def soft_picture(height: int, width: int, channels: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(7)
    noise = rng.random((height, width, channels), np.float32)
    soft = np.stack([cv2.GaussianBlur(noise[..., c], (0, 0), 6) for c in range(channels)], axis=2)
    return np.asarray((soft - soft.min()) / np.ptp(soft), np.float32)


@given(st.floats(-180, 180), st.floats(0.6, 3))
def test_warp_and_its_inverse_return_the_picture(roll_deg: float, factor: float) -> None:
    picture = soft_picture(160, 160, 3)
    a = np.radians(roll_deg)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * factor
    side = 500
    middle = np.array([79.5, 79.5])
    matrix = np.column_stack([linear, (side - 1) / 2 - linear @ middle])
    there = warp(picture, matrix, (side, side))
    back = warp(there, affine.invert(matrix), (160, 160))
    inner = slice(50, 110)
    assert np.abs(back[inner, inner] - picture[inner, inner]).max() < 0.08


@pytest.mark.parametrize("channels", [None, 1, 3, 7])
def test_warp_keeps_any_number_of_channels(channels: int | None) -> None:
    shape = (20, 30) if channels is None else (20, 30, channels)
    array = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    shift = np.array([[1, 0, -4], [0, 1, -3]], float)
    out = warp(array, shift, (10, 8))
    np.testing.assert_array_equal(out, array[3:11, 4:14])


def test_shrinking_averages_instead_of_skipping() -> None:
    grain = np.random.default_rng(1).integers(0, 2, (800, 800)).astype(np.uint8) * 255
    small = warp(grain, np.array([[0.05, 0, 0], [0, 0.05, 0]]), (40, 40))
    assert small[2:-2, 2:-2].std() < 20  # Picking single pixels would leave more than 100.


def test_shrinking_keeps_edges_where_they_are() -> None:
    half = np.zeros((400, 400), np.float32)
    half[:, 200:] = 1
    small = warp(half, np.array([[0.1, 0, -0.45], [0, 0.1, -0.45]]), (40, 40))
    assert small[:, :20].max() < 0.1
    assert small[:, 20:].min() > 0.9


def test_labels_are_never_mixed() -> None:
    labels = np.zeros((90, 90), np.uint8)
    labels[30:60] = 13
    small = warp(labels, np.array([[0.3, 0, 0], [0, 0.3, 0]]), (27, 27), interpolation="nearest")
    assert set(np.unique(small)) == {0, 13}


def test_borders_are_what_was_asked_for() -> None:
    white = np.full((10, 10), 200, np.uint8)
    shift = np.array([[1, 0, 5], [0, 1, 0]], float)
    assert warp(white, shift, (15, 10), border="replicate").min() == 200
    assert warp(white, shift, (15, 10), border="zero")[:, :5].max() == 0
    assert warp(white, shift, (15, 10), border="reflect").min() == 200
