"""A critic on frozen features: only its heads learn, each style has its own map."""

from __future__ import annotations

import pytest
import torch

from limner.train.losses.projected import (
    FrozenFeatures,
    ProjectedCritic,
    hinge_critic,
    hinge_maker,
)

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def features() -> FrozenFeatures:
    return FrozenFeatures()


def picture(channels: int, side: int = 64) -> torch.Tensor:
    return torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(1))


def test_features_come_at_four_strides(features: FrozenFeatures) -> None:
    maps = features(picture(3))
    assert [m.shape[1] for m in maps] == list(FrozenFeatures.CHANNELS)
    assert [m.shape[-1] for m in maps] == [16, 8, 4, 2]


def test_a_grey_picture_is_seen_as_its_three_equal_channels(features: FrozenFeatures) -> None:
    grey = picture(1)
    for a, b in zip(features(grey), features(grey.expand(-1, 3, -1, -1)), strict=True):
        torch.testing.assert_close(a, b)


def test_features_never_learn_and_never_change_mode_but_let_gradients_through(
    features: FrozenFeatures,
) -> None:
    assert not any(p.requires_grad for p in features.parameters())
    features.train()
    assert not any(m.training for m in features.modules())
    before = {k: v.clone() for k, v in features.state_dict().items()}
    x = picture(1).requires_grad_()
    features(x)[-1].sum().backward()
    assert x.grad is not None
    assert x.grad.any()
    assert all(torch.equal(before[k], v) for k, v in features.state_dict().items())


def test_two_pictures_do_not_see_each_other(features: FrozenFeatures) -> None:
    x = picture(1)
    for both, alone in zip(features(x), features(x[:1]), strict=True):
        torch.testing.assert_close(both[:1], alone, rtol=1e-3, atol=1e-4)


def test_only_the_heads_learn(features: FrozenFeatures) -> None:
    critic = ProjectedCritic(3, width=8)
    learns = {k.split(".")[0] for k, p in critic.named_parameters() if p.requires_grad}
    assert learns == {"heads"}
    sum(s.sum() for s in critic(features(picture(1)), torch.eye(3)[:2])).backward()
    assert all(p.grad is not None for p in critic.heads.parameters())
    assert all(p.grad is None for p in critic.mix.parameters())


def test_each_style_has_its_own_map_at_three_scales(features: FrozenFeatures) -> None:
    torch.manual_seed(0)
    critic = ProjectedCritic(3, width=8).eval()
    maps = features(picture(1))
    with torch.no_grad():
        every = critic(maps)
        chosen = critic(maps, torch.eye(3)[[2, 0]])
    assert [tuple(m.shape) for m in every] == [(2, 3, 4, 4), (2, 3, 8, 8), (2, 3, 16, 16)]
    for whole, one in zip(every, chosen, strict=True):
        torch.testing.assert_close(one, torch.stack([whole[0, 2], whole[1, 0]]))


def test_coarse_features_reach_the_fine_map(features: FrozenFeatures) -> None:
    critic = ProjectedCritic(1, width=8).eval()
    maps = [m.detach() for m in features(picture(1))]
    maps[2].requires_grad_()
    critic(maps)[-1].sum().backward()
    assert maps[2].grad is not None
    assert maps[2].grad.any()


def test_the_critic_wants_real_above_one_and_made_below_minus_one() -> None:
    high, low = [torch.full((2, 4), 1.5)], [torch.full((2, 4), -1.5)]
    assert float(hinge_critic(high, low)) == 0
    assert float(hinge_critic(low, high)) == pytest.approx(5)
    assert float(hinge_critic([torch.zeros(1, 1)], [torch.zeros(1, 1)])) == pytest.approx(2)


def test_the_maker_wants_what_the_critic_takes_for_real() -> None:
    assert float(hinge_maker([torch.full((1, 2), 3.0), torch.full((1, 9), 1.0)])) == pytest.approx(
        -2
    )
