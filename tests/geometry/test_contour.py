"""Rings round shapes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.geometry.contour import area, rings


def disc(radius: float, hole: float = 0.0) -> NDArray[np.float32]:
    yy, xx = np.mgrid[:101, :101]
    away = np.hypot(xx - 50, yy - 50)
    soft = np.clip(radius - away + 0.5, 0, 1)
    if hole:
        soft *= np.clip(away - hole + 0.5, 0, 1)
    return np.asarray(soft, np.float32)


def test_the_ring_of_a_disc_is_its_circle() -> None:
    (ring,) = rings(disc(30))
    np.testing.assert_allclose(np.hypot(*(ring - 50).T), 30, atol=0.1)
    assert area(ring) == pytest.approx(np.pi * 900, rel=0.01)
    np.testing.assert_array_equal(ring[0], ring[-1])


def test_a_hole_is_a_ring_of_its_own() -> None:
    found = sorted(area(ring) for ring in rings(disc(30, hole=10)))
    assert found == pytest.approx([np.pi * 100, np.pi * 900], rel=0.03)


def test_shapes_at_the_edge_are_closed_on_the_edge() -> None:
    (ring,) = rings(np.ones((20, 30), np.float32))
    assert ring.min() == -0.5
    assert ring[:, 0].max() == 29.5
    assert ring[:, 1].max() == 19.5
    assert area(ring) == pytest.approx(600, abs=4)


def test_blank_paper_has_no_ring() -> None:
    assert rings(np.zeros((9, 9), np.float32)) == []


def test_high_corners_that_touch_at_a_point_are_two_rings() -> None:
    sheet = np.zeros((8, 8), np.float32)
    sheet[2:4, 2:4] = sheet[4:6, 4:6] = 1
    assert [area(ring) for ring in rings(sheet)] == [3.5, 3.5]


@pytest.mark.parametrize("sigma", [0, 1.5])
def test_rings_are_those_of_scikit_image(sigma: float) -> None:
    measure = pytest.importorskip("skimage.measure")
    noise = np.random.default_rng(4).random((40, 50))
    sheet = np.pad(cv2.GaussianBlur(noise, (0, 0), sigma) if sigma else noise, 2)
    level = float(np.median(sheet))
    theirs = [r[:, ::-1] for r in measure.find_contours(sheet.astype(np.float32), level)]
    ours = rings(sheet.astype(np.float32), level)
    assert len(ours) == len(theirs) > 3
    for a, b in zip(sorted(ours, key=_first), sorted(theirs, key=_first), strict=True):
        # The same ring, the same way round, from whichever point.
        np.testing.assert_allclose(_turned(a), _turned(b), atol=1e-5)


def _turned(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.roll(ring[:-1], -int(np.lexsort(np.round(ring[:-1], 5).T)[0]), axis=0)


def _first(ring: NDArray[np.float64]) -> list[float]:
    return [float(v) for v in np.round(_turned(ring)[0], 5)]
