"""Arrays resized and blurred."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from limner.geometry.resample import blur, resize


@pytest.mark.parametrize("sigma_px", [0.8, 3.0, 9.0, 25.0])
def test_a_cheap_blur_equals_the_plain_one(sigma_px: float) -> None:
    values = np.random.default_rng(0).random((240, 300), np.float32)
    values[100:140, 120:200] += 3
    plain = cv2.GaussianBlur(values, (0, 0), sigma_px)
    assert np.abs(blur(values, sigma_px) - plain).max() < 0.05 * np.ptp(plain)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 2)])
def test_thin_arrays_are_blurred_too(shape: tuple[int, int]) -> None:
    out = blur(np.ones(shape, np.float32), 30)
    assert out.shape == shape
    np.testing.assert_allclose(out, 1, atol=1e-5)


def test_resizing_keeps_the_mean_and_the_place() -> None:
    values = np.zeros((60, 80), np.float32)
    values[20:40, 30:50] = 1
    for size in ((40, 30), (160, 120)):
        out = resize(values, size)
        assert out.mean() == pytest.approx(values.mean(), rel=0.02)
        rows, columns = np.nonzero(out > 0.5)
        assert (columns.mean() + 0.5) / size[0] == pytest.approx(0.5, abs=0.01)
        assert (rows.mean() + 0.5) / size[1] == pytest.approx(0.5, abs=0.01)


def test_the_same_size_is_not_copied() -> None:
    values = np.ones((4, 6), np.float32)
    assert resize(values, (6, 4)) is values
