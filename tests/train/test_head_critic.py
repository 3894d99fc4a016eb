"""Critics of heads: sizes, poses, penalties that grow with the slope."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.head_critic import HeadCritic, logistic_critic, logistic_maker, r1


@pytest.mark.parametrize(("channels", "size"), [(3, 32), (22, 64)])
def test_a_critic_gives_a_score_and_a_pose(channels: int, size: int) -> None:
    scores, pose = HeadCritic(channels, size, 4)(torch.zeros(3, channels, size, size))
    assert scores.shape == (3,)
    assert pose.shape == (3, 2)


def test_the_losses_pull_in_opposite_directions() -> None:
    low, high = torch.tensor([-2.0]), torch.tensor([2.0])
    assert logistic_maker(high) < logistic_maker(low)
    assert logistic_critic(high, low) < logistic_critic(low, high)


def test_the_penalty_is_the_mean_squared_slope() -> None:
    class Line(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return 3 * x[:, 0, 0, 0] + x[:, 1, 0, 0], x[:, :2, 0, 0]

    assert r1(Line(), torch.rand(4, 3, 2, 2)) == pytest.approx(10.0)


def test_the_penalty_can_be_learnt_from() -> None:
    torch.manual_seed(0)
    critic = HeadCritic(3, 32, 4)
    r1(critic, torch.rand(2, 3, 32, 32)).backward()  # type: ignore[no-untyped-call]
    assert critic.enter.weight.grad is not None
    assert critic.enter.weight.grad.abs().sum() > 0
