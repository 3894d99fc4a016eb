"""Carrying pictures over a head, and the refiner's gate."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.head_chart import PARTS, SIDE, picture_grid
from limner.train.nets.head_refiner import HeadRefiner, carry, there_is_surface, toned
from limner.train.nets.head_render import Maps, PartRenderer

SKIN = PARTS.index("skin")


def seen(pose: tuple[float, float], side: int = 128) -> tuple[torch.Tensor, torch.Tensor]:
    """Return picture (texel coordinates) and depth of a can of skin."""
    density = torch.full((1, len(PARTS), SIDE, SIDE), -30.0)
    density[:, SKIN] = 8.0
    features = torch.zeros(1, len(PARTS), 2, SIDE, SIDE)
    features[:, SKIN] = picture_grid(SIDE).t().view(2, SIDE, SIDE)
    maps = Maps(torch.full_like(density, 0.08), density, features)
    with torch.no_grad():
        out = PartRenderer().eval()(maps, torch.tensor([pose]), picture_grid(side)[None])
    inside = (out.masks[:, SKIN] > 0.9).float()
    depth = (out.depth * inside).view(1, 1, side, side)
    return out.features.view(1, 2, side, side), depth


@pytest.mark.parametrize("turn", [-25.0, 25.0])
def test_a_carried_picture_is_what_the_other_camera_sees(turn: float) -> None:
    poses = torch.tensor([[0.0, 0.0]]), torch.tensor([[turn, 5.0]])
    (here, first), (goal, second) = seen((0.0, 0.0)), seen((turn, 5.0))
    found, visible = carry(here, (first, second), poses)
    sure = visible[0, 0] > 0.99
    assert 0.1 < sure.float().mean() < 0.6
    assert (found - goal)[0].abs().amax(0)[sure].quantile(0.95) < 0.06


def test_what_was_hidden_is_not_carried() -> None:
    poses = torch.tensor([[-30.0, 0.0]]), torch.tensor([[30.0, 0.0]])
    (here, first), (_, second) = seen((-30.0, 0.0)), seen((30.0, 0.0))
    _, visible = carry(here, (first, second), poses)
    there = second[0, 0] > 0
    # from the sitter's left, the picture's right half shows what the other camera did not see
    left, right = visible[0, 0, :, :56], visible[0, 0, :, 80:]
    assert left[there[:, :56]].mean() > right[there[:, 80:]].mean() + 0.3


def test_there_and_back_changes_little_of_what_survives() -> None:
    poses = torch.tensor([[0.0, 0.0]]), torch.tensor([[20.0, 0.0]])
    (here, first), (_, second) = seen((0.0, 0.0)), seen((20.0, 0.0))
    gone, known = carry(here, (first, second), poses)
    back, still = carry(gone, (second, first), poses[::-1], known)
    sure = still[0, 0] > 0.99
    assert sure.float().mean() > 0.08
    assert (back - here)[0].abs().amax(0)[sure].quantile(0.95) < 0.06


def test_nowhere_is_carried_without_a_word_of_nan() -> None:
    none = torch.zeros(1, 1, 32, 32)
    found, visible = carry(
        torch.ones(1, 3, 32, 32), (none, none), (torch.zeros(1, 2), torch.ones(1, 2))
    )
    assert found.isfinite().all()
    assert visible.max() == 0


def test_edges_and_ground_are_no_surface() -> None:
    depth = torch.full((1, 1, 16, 16), 1.0)
    depth[..., 8:] = 1.5
    depth[..., :2, :] = 0
    steady = there_is_surface(depth)[0, 0]
    assert steady[8, 3] == steady[8, 12] == 1
    assert steady[8, 8] == steady[1, 3] == 0


def refiner() -> HeadRefiner:
    torch.manual_seed(0)
    return HeadRefiner(8).eval()


def inputs(side: int = 32) -> list[torch.Tensor]:
    torch.manual_seed(1)
    photo = [torch.rand(1, 3, side, side) * 2 - 1 for _ in range(2)]
    visible = (torch.rand(1, 1, side, side) > 0.5).float()
    shares = torch.full((1, 19, side, side), 1 / 19)
    return [photo[0], visible, photo[1], torch.rand(1, 1, side, side), shares]


def test_an_untrained_refiner_keeps_pixels_and_alpha() -> None:
    survived, visible, coarse, alpha, shares = inputs()
    with torch.no_grad():
        photo, logit, gate = refiner()(survived, visible, coarse, alpha, shares)
    kept = visible.expand_as(photo) > 0
    assert (photo - survived)[kept].abs().max() < 0.25
    assert (gate[visible == 0] == 0).all()
    assert (logit.sigmoid() - alpha.clamp(0.02, 0.98)).abs().max() < 1e-4


def test_the_refiner_takes_any_size_that_sixteen_divides() -> None:
    with torch.no_grad():
        assert refiner()(*inputs(48))[0].shape == (1, 3, 48, 48)


def test_a_wrong_tone_is_mended_by_what_survived() -> None:
    truth = torch.full((1, 3, 64, 64), 0.4)
    coarse = truth - 0.3
    visible = torch.zeros(1, 1, 64, 64)
    visible[..., :40] = 1
    mended = toned(coarse, truth, visible)
    assert (mended - truth).abs().max() < 0.1
    assert (toned(coarse, truth, torch.zeros_like(visible)) - coarse).abs().max() < 1e-5
