"""The way lines run."""

from __future__ import annotations

import numpy as np
import pytest

from limner.lines.flow import smooth_along, tangents


@pytest.mark.parametrize("angle_deg", [0, 30, 45, 90, 135, 170])
def test_tangents_run_along_stripes(angle_deg: float) -> None:
    a = np.radians(angle_deg)
    yy, xx = np.mgrid[:80, :80]
    stripes = np.sin((-np.sin(a) * xx + np.cos(a) * yy) / 3).astype(np.float32)
    flow = tangents(stripes, 3.0)[20:60, 20:60]
    along = np.abs(flow @ np.array([np.cos(a), np.sin(a)]))
    assert along.min() > 0.98
    np.testing.assert_allclose(np.hypot(flow[..., 0], flow[..., 1]), 1, atol=1e-4)


def test_values_are_averaged_along_the_flow_and_not_across() -> None:
    noise = np.random.default_rng(0).normal(0, 1, (60, 60)).astype(np.float32)
    rows = np.repeat(np.arange(60, dtype=np.float32)[:, None], 60, axis=1)
    flow = np.zeros((60, 60, 2), np.float32)
    flow[..., 0] = 1
    everywhere = np.ones((60, 60), bool)
    (calm,) = smooth_along(rows + noise, flow, (8.0,), everywhere)
    inner = calm[:, 20:40] - rows[:, 20:40]
    assert inner.std() < 0.4
    # Every row keeps its own height: nothing was mixed across.
    np.testing.assert_allclose(calm[:, 20:40].mean(axis=1), np.arange(60), atol=0.9)


def test_a_circle_is_followed_round() -> None:
    yy, xx = np.mgrid[:101, :101].astype(np.float32) - 50
    away = np.hypot(xx, yy)
    ring = np.exp(-(((away - 30) / 2) ** 2)).astype(np.float32)
    broken = ring.copy()
    broken[40:61, 75:85] = 0  # A gap where the ring crosses the x axis.
    flow = tangents(ring, 2.0)
    (healed,) = smooth_along(broken, flow, (12.0,), np.ones(ring.shape, bool))
    assert broken[50, 80] == 0
    assert healed[50, 80] > 0.3 * healed[80, 50]


def test_a_tangent_may_point_either_way() -> None:
    values = np.random.default_rng(1).random((40, 40), np.float32)
    flow = np.zeros((40, 40, 2), np.float32)
    flow[..., 1] = 1
    flipped = flow * np.random.default_rng(2).choice([-1, 1], (40, 40, 1)).astype(np.float32)
    everywhere = np.ones((40, 40), bool)
    (one,) = smooth_along(values, flow, (4.0,), everywhere)
    (other,) = smooth_along(values, flipped, (4.0,), everywhere)
    np.testing.assert_allclose(one[10:30], other[10:30], atol=1e-5)


def test_only_the_wanted_pixels_change() -> None:
    values = np.random.default_rng(3).random((30, 30), np.float32)
    flow = np.zeros((30, 30, 2), np.float32)
    flow[..., 0] = 1
    where = np.zeros((30, 30), bool)
    where[10:20, 10:20] = True
    short, long = smooth_along(values, flow, (2.0, 5.0), where)
    np.testing.assert_array_equal(short[~where], values[~where])
    assert (short[where] != values[where]).all()
    assert np.abs(short - long)[where].max() > 0.01
    nothing = smooth_along(values, flow, (2.0,), np.zeros((30, 30), bool))
    np.testing.assert_array_equal(nothing[0], values)
