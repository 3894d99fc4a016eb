"""Patch critics and their losses."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from limner.train.losses.adversarial import (
    MultiScaleCritic,
    augmented,
    critic_loss,
    feature_matching,
    maker_loss,
)


def test_each_scale_sees_the_picture_at_half_the_size_before() -> None:
    critic = MultiScaleCritic(2, width=4, layers=3, scales=2)
    maps = critic(torch.randn(1, 3, 64, 64), torch.zeros(1, 2, 64, 64))
    assert [m[-1].shape[-1] for m in maps] == [16, 8]
    assert all(len(m) == 4 for m in maps)


def test_the_condition_is_looked_at() -> None:
    torch.manual_seed(0)
    critic = MultiScaleCritic(1, width=4, layers=2, scales=1).eval()
    picture = torch.randn(1, 3, 32, 32)
    a, b = (critic(picture, torch.full((1, 1, 32, 32), v))[0][-1] for v in (0.0, 1.0))
    assert (a - b).abs().max() > 1e-4


@pytest.mark.parametrize("kind", ["hinge", "lsgan"])
def test_a_critic_that_is_right_loses_less_and_a_fooled_one_pleases_the_maker(kind: str) -> None:
    high, low = [torch.full((2, 1, 4, 4), 1.0)], [torch.full((2, 1, 4, 4), -1.0)]
    assert critic_loss(high, low, kind=kind) < critic_loss(low, high, kind=kind)
    assert maker_loss(high, kind=kind) < maker_loss(low, kind=kind)


def test_a_hinge_is_content_with_its_margin() -> None:
    assert critic_loss([torch.full((1, 1, 2, 2), 1.5)], [torch.full((1, 1, 2, 2), -3.0)]) == 0


def test_pictures_that_do_not_count_change_nothing() -> None:
    real, made = torch.zeros(2, 1, 4, 4), torch.zeros(2, 1, 4, 4)
    other = made.clone()
    other[1] = 99
    weight = torch.tensor([1.0, 0.0])
    assert critic_loss([real], [made], weight=weight) == critic_loss([real], [other], weight=weight)
    assert maker_loss([made], weight=weight) == maker_loss([other], weight=weight)


def test_feature_matching_leaves_the_scores_out() -> None:
    maps = [[torch.zeros(1, 4, 8, 8), torch.zeros(1, 1, 8, 8)]]
    scores_differ = [[torch.zeros(1, 4, 8, 8), torch.ones(1, 1, 8, 8)]]
    layers_differ = [[torch.ones(1, 4, 8, 8), torch.zeros(1, 1, 8, 8)]]
    assert feature_matching(maps, scores_differ) == 0
    assert feature_matching(layers_differ, maps) == 1


def test_a_few_steps_teach_the_critic_to_tell_dark_from_light() -> None:
    torch.manual_seed(0)
    critic = MultiScaleCritic(0, width=8, layers=2, scales=1)
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.02)

    def loss() -> Tensor:
        real, made = torch.rand(4, 3, 16, 16) * 0.3 + 0.7, torch.rand(4, 3, 16, 16) * 0.3 - 1.0
        return critic_loss([critic(real)[0][-1]], [critic(made)[0][-1]])

    first = float(loss().detach())
    for _ in range(30):
        optimizer.zero_grad()
        loss().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss().detach()) < 0.7 * first


def test_pictures_are_changed_alike_and_gradients_flow() -> None:
    torch.manual_seed(1)
    picture = torch.rand(3, 3, 32, 32, requires_grad=True)
    a, b = augmented([picture, picture])
    torch.testing.assert_close(a, b)
    assert not torch.allclose(a, picture)
    a.sum().backward()  # type: ignore[no-untyped-call]
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


def test_no_strength_changes_hardly_anything() -> None:
    picture = torch.rand(2, 3, 32, 32)
    (same,) = augmented([picture], strength=1e-6)
    # the blank square is down to one pixel
    assert ((same - picture).abs() > 1e-4).sum() <= 2 * 3
