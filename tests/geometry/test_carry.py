"""Carrying pictures over a surface: a ball's colours arrive where they belong, and its rim looks away."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.geometry.camera import Camera
from limner.geometry.carry import carry, facing, planar, reprojected, surface

RADIUS_M = 0.09


def ball(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return depth (0 beside the ball) and colours that the place on the ball decides."""
    origin, rays = camera.rays()
    a, b = (rays * rays).sum(-1), 2 * rays @ origin
    root = b * b - 4 * a * (origin @ origin - RADIUS_M**2)
    depth = np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / (2 * a), 0)
    points = origin + depth[..., None] * rays
    return depth.astype(np.float32), np.sin(60 * points[..., :1]).astype(np.float32)


@pytest.mark.parametrize("sharp", [False, True])
def test_colours_arrive_where_they_belong(sharp: bool) -> None:
    cameras = Camera(-5, 0, 128), Camera(12, 6, 128)
    (first, picture), (second, wanted) = (ball(c) for c in cameras)
    found, seen = carry(picture, (first, second), cameras, sharp=sharp)
    assert (seen > 0.9).sum() > 0.5 * (second > 0).sum()
    assert np.quantile(np.abs(found - wanted)[seen > 0.9], 0.95) < 0.05


def test_channels_may_lie_together_or_apart_and_empty_ones_stay_empty() -> None:
    cameras = Camera(-5, 0, 64), Camera(12, 6, 64)
    (first, one), (second, _) = (ball(c) for c in cameras)
    picture = np.concatenate([one, one * 0, one * 2, -one, one**2, one * 0], -1)
    found, seen = carry(picture, (first, second), cameras)
    apart, _ = carry(planar(picture), (first, second), cameras)
    np.testing.assert_array_equal(found, apart)
    np.testing.assert_allclose(found[..., 2], 2 * found[..., 0], atol=1e-6)
    assert not found[..., [1, 5]].any()
    assert not found[seen == 0].any()


@pytest.mark.parametrize("size", [256, 512])
def test_a_surface_is_found_again_where_its_points_are_projected(size: int) -> None:
    first, second = Camera(-12, 5, size), Camera(31, -9, size)
    depth = np.random.default_rng(0).uniform(0.95, 1.3, (size, size)).astype(np.float32)
    place, far = first.project(second.surface(depth))
    x, y, again = reprojected(depth, (first, second))
    np.testing.assert_allclose(np.stack([x, y], -1), place, atol=1e-3)
    np.testing.assert_allclose(again, far, atol=1e-6)


def test_sizes_must_agree() -> None:
    depth, picture = ball(Camera(0, 0, 64))
    with pytest.raises(BadShape, match="one square size"):
        carry(picture, (depth, depth[:32, :32]), (Camera(0, 0, 64), Camera(5, 0, 64)))


def test_a_ball_looks_at_the_camera_in_its_middle_and_away_at_its_rim() -> None:
    camera = Camera(20, 0, 128)
    depth, _ = ball(camera)
    straight = facing(depth, camera)
    assert straight[60:68, 60:68].min() > 0.97
    rim = (depth > 0) & ~surface(depth)
    assert straight[rim].mean() < 0.6
    assert straight[depth == 0].max() == 0
