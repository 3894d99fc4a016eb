"""The landmark losses: what is not known is not learnt."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from limner.train.losses.landmarks import landmark_loss, point_weights

pytestmark = pytest.mark.train


def batch(count: int = 2) -> dict[str, Tensor]:
    chance = torch.Generator().manual_seed(0)
    return {
        "points": torch.rand(count, 478, 3, generator=chance),
        "pose": torch.tensor([[10.0, -5.0]]).repeat(count, 1),
        "present": torch.ones(count),
        "depth": torch.ones(count),
    }


def answer(b: dict[str, Tensor], logit: float = 20.0) -> tuple[Tensor, Tensor, Tensor]:
    sure = (b["present"] * 2 - 1)[:, None] * logit
    return b["points"].clone(), torch.nan_to_num(b["pose"]).clone(), sure


def loss_of(found: tuple[Tensor, ...], b: dict[str, Tensor]) -> dict[str, float]:
    points, pose, presence = found
    return {
        k: float(v) for k, v in landmark_loss((points, pose, presence), b, point_weights()).items()
    }


def test_notable_points_count_thrice_and_the_mean_is_one() -> None:
    weights = point_weights()
    assert weights.shape == (478,)
    assert float(weights.mean()) == pytest.approx(1)
    assert float(weights[33] / weights[50]) == pytest.approx(3)
    assert (weights[468:] == weights[33]).all()
    assert len(set(weights.tolist())) == 2


def test_nothing_is_left_to_learn_where_all_is_right() -> None:
    b = batch()
    assert max(loss_of(answer(b), b).values()) < 1e-6


def test_a_hundredth_of_the_crop_costs_about_two() -> None:
    b = batch()
    points, pose, presence = answer(b)
    points[..., :2] += 0.01
    # smooth L1 with beta 0.3 of an error of 1: 1 − 0.15, on both axes
    assert loss_of((points, pose, presence), b)["points"] == pytest.approx(1.7, abs=1e-3)


def test_depth_counts_where_it_is_known() -> None:
    b = batch()
    points, pose, presence = answer(b)
    points[..., 2] += 0.1
    known = loss_of((points, pose, presence), b)["points"]
    b["depth"][1] = 0
    assert loss_of((points, pose, presence), b)["points"] == pytest.approx(known / 2, rel=1e-4)


def test_an_unknown_pose_is_not_learnt_and_poisons_nothing() -> None:
    b = batch()
    b["pose"][0] = float("nan")
    pose = torch.zeros(2, 2, requires_grad=True)
    points = b["points"].clone().requires_grad_()
    presence = torch.zeros(2, 1, requires_grad=True)
    parts = landmark_loss((points, pose, presence), b, point_weights())
    sum(parts.values()).backward()  # type: ignore[union-attr]
    assert pose.grad is not None
    assert not pose.grad[0].any()
    assert (pose.grad[1] != 0).all()
    b["pose"][1] = float("nan")
    assert loss_of((b["points"], pose.detach(), presence.detach()), b)["pose"] == 0


def test_where_there_is_no_face_only_presence_is_learnt() -> None:
    b = batch()
    b["present"][0] = 0
    points, pose, presence = answer(b)
    points[0], pose[0] = 9, 90
    parts = loss_of((points, pose, presence), b)
    assert max(parts.values()) < 1e-5
    parts = loss_of((points, pose, -presence), b)
    assert parts["presence"] > 10
    b["present"][1] = 0
    nobody = loss_of((points, pose, -presence), b)
    assert nobody["points"] == nobody["pose"] == 0
