"""Distances that look rather than count."""

from __future__ import annotations

import pytest
import torch

from limner.train.losses.perceptual import feature_distance, pooled_l1, weighted_mean


def test_equal_maps_have_no_distance_and_scale_does_not_matter() -> None:
    a, b = torch.randn(2, 2, 4, 8, 8)
    assert feature_distance([a], [a]) == 0
    assert feature_distance([a], [b]) == pytest.approx(
        float(feature_distance([9 * a], [9 * b])), rel=1e-4
    )


def test_no_gradient_reaches_the_real_picture() -> None:
    a, b = (torch.randn(1, 2, 4, 4, requires_grad=True) for _ in range(2))
    feature_distance([a], [b]).backward()  # type: ignore[no-untyped-call]
    assert a.grad is not None
    assert b.grad is None


def test_a_shift_of_a_pixel_matters_less_when_pooled() -> None:
    picture = (torch.arange(64) // 4 % 2).float().expand(1, 3, 64, 64)
    moved = picture.roll(1, 3)
    assert pooled_l1(moved, picture, (8,)) < 0.2 * pooled_l1(moved, picture, (1,))


def test_pictures_that_do_not_count_change_nothing() -> None:
    made, real = torch.zeros(2, 3, 16, 16), torch.zeros(2, 3, 16, 16)
    made[1] = 5
    weight = torch.tensor([1.0, 0.0])
    assert pooled_l1(made, real, (4, 8), weight) == 0
    assert weighted_mean(made, weight) == 0
    assert weighted_mean(made, torch.tensor([0.0, 2.0])) == 5


def test_no_picture_that_counts_is_no_loss_and_no_nan() -> None:
    assert weighted_mean(torch.ones(3, 2), torch.zeros(3)) == 0
