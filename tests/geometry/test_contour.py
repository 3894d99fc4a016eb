"""Rings round shapes."""

from __future__ import annotations

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
