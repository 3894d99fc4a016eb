"""The landmark network starts from the average face and learns the difference."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.landmarker import POINTS, Landmarker

pytestmark = pytest.mark.train

MEAN = torch.rand(POINTS, 3, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def net() -> Landmarker:
    torch.manual_seed(0)
    return Landmarker(MEAN).eval()


def test_one_crop_gives_points_pose_and_presence(net: Landmarker) -> None:
    with torch.no_grad():
        points, pose, presence = net(torch.randn(2, 3, 192, 192))
    assert points.shape == (2, POINTS, 3)
    assert pose.shape == (2, 2)
    assert presence.shape == (2, 1)


def test_a_new_net_finds_the_average_face(net: Landmarker) -> None:
    with torch.no_grad():
        points, _, _ = net(torch.randn(1, 3, 192, 192))
    assert (points[0] - MEAN).abs().max() < 0.1
    assert (points[0] - MEAN).abs().max() > 0


def test_the_average_face_is_kept_with_the_weights_but_is_not_learnt(net: Landmarker) -> None:
    assert torch.equal(net.state_dict()["mean_shape"], MEAN)
    assert "mean_shape" not in dict(net.named_parameters())
    other = Landmarker()
    assert (other.state_dict()["mean_shape"] == 0.5).all()
    other.load_state_dict(net.state_dict())
    assert torch.equal(other.state_dict()["mean_shape"], MEAN)


def test_changing_the_given_average_later_changes_no_net() -> None:
    mine = MEAN.clone()
    net = Landmarker(mine)
    mine.zero_()
    assert torch.equal(net.state_dict()["mean_shape"], MEAN)


def test_what_is_not_frozen_learns() -> None:
    net = Landmarker(MEAN).train()
    points, pose, presence = net(torch.randn(2, 3, 192, 192))
    (points.square().mean() + pose.square().mean() + presence.square().mean()).backward()
    still = {k for k, p in net.named_parameters() if p.requires_grad and p.grad is None}
    assert not still
    frozen = [k for k, p in net.named_parameters() if not p.requires_grad]
    assert frozen
    assert all(k.startswith("trunk.") for k in frozen)
