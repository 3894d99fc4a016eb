"""Shapes worn down to lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.geometry.thin import thin


def blots(seed: int, sigma: float, share: float) -> NDArray[np.bool_]:
    noise = cv2.GaussianBlur(np.random.default_rng(seed).random((90, 110)), (0, 0), sigma)
    return np.asarray(noise > np.quantile(noise, 1 - share))


def pieces(mask: NDArray[np.bool_]) -> int:
    return int(cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0]) - 1


@pytest.mark.parametrize("seed", range(6))
def test_what_hangs_together_still_does(seed: int) -> None:
    mask = blots(seed, 1 + seed / 2, 0.3)
    lines = thin(mask)
    assert pieces(lines) == pieces(mask)
    assert not (lines & ~mask).any()
    assert lines.sum() < 0.5 * mask.sum()


@pytest.mark.parametrize(("sigma", "share"), [(0.6, 0.5), (1.5, 0.7), (3.0, 0.3)])
def test_the_lines_are_those_of_scikit_image(sigma: float, share: float) -> None:
    skeletonize = pytest.importorskip("skimage.morphology").skeletonize
    for seed in range(5):
        mask = blots(seed, sigma, share)
        np.testing.assert_array_equal(thin(mask), skeletonize(mask))


def test_a_slanting_line_two_pixels_wide_keeps_half_its_length() -> None:
    stairs = np.zeros((30, 30), bool)
    at = np.arange(25)
    stairs[at + 1, at + 1] = stairs[at + 1, at + 2] = True
    assert thin(stairs).sum() >= 12


def test_a_thin_line_stays_as_it_is() -> None:
    line = np.zeros((9, 40), bool)
    line[4, 3:37] = True
    np.testing.assert_array_equal(thin(line), line)


def test_ink_at_the_edge_wears_off_like_any_other() -> None:
    assert thin(np.ones((9, 30), bool)).sum() < 40
    assert not thin(np.zeros((5, 5), bool)).any()
