"""A stroke leaves its colour where it goes, thick paint, and nothing elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from limner.styles.easel import Easel

RED = np.array([200, 30, 40], np.float32)


@pytest.mark.parametrize("width", [2.0, 9.0], ids=["fine", "bristly"])
def test_a_stroke_colours_its_way_and_nothing_else(width: float) -> None:
    easel = Easel((120, 80), (60, 40), seed=0)
    easel.stroke(np.array([[10, 20], [30, 20], [50, 20]], np.float32), width, RED)
    # twice as fine as the plan
    assert np.abs(easel.colors[40, 30:90] - RED).mean() < 25
    assert (easel.cover[40, 30:90] > 0.4).all()
    assert (easel.thick[40, 30:90] > 0).all()
    away = easel.cover[:15], easel.cover[65:]
    assert not any(band.any() for band in away)
    assert (easel.colors[:15] == 236).all()


def test_a_stroke_beside_the_canvas_leaves_it_bare() -> None:
    easel = Easel((50, 40), (50, 40), seed=0)
    easel.stroke(np.array([[-90, 10], [-70, 10]], np.float32), 6.0, RED)
    easel.stroke(np.array([[10, 90], [20, 95]], np.float32), 6.0, RED)
    assert not easel.cover.any()


def test_what_is_seen_has_the_plans_size_and_the_canvas_colours() -> None:
    easel = Easel((90, 60), (30, 20), seed=0)
    easel.stroke(np.array([[2, 10], [28, 10]], np.float32), 8.0, RED)
    colors, cover = easel.seen((30, 20))
    assert colors.shape == (20, 30, 3)
    assert cover.shape == (20, 30)
    assert colors[10, 15, 0] > colors[10, 15, 1] + 80, "red stays red"


def test_light_falls_on_thick_paint_alone() -> None:
    easel = Easel((60, 60), (60, 60), seed=0)
    bare, _ = easel.lit()
    easel.stroke(np.array([[10, 30], [50, 30]], np.float32), 12.0, np.full(3, 236, np.float32))
    colors, cover = easel.lit()
    assert colors.dtype == np.uint8
    np.testing.assert_array_equal(colors[:15], bare[:15])
    assert (colors[24:36, 15:45] != bare[24:36, 15:45]).any()
    assert 0 <= cover.min() <= cover.max() <= 1
