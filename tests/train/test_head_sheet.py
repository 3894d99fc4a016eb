"""The sheet in training: what reaches beyond the shell turns with it, and fades."""

from __future__ import annotations

import torch

from limner.geometry.camera import DISTANCE_M
from limner.train.loops._head_sheet import with_sheet

SIDE = 64


def ball(radius: float, depth: float = DISTANCE_M) -> torch.Tensor:
    """Return (1, 1, S, S): a depth within a circle, 0 beside it."""
    at = torch.arange(SIDE) - (SIDE - 1) / 2
    inside = (at[:, None] ** 2 + at**2).sqrt() < radius
    return (inside * depth).float()[None, None]


def turned(yaw: float) -> tuple[torch.Tensor, ...]:
    shell, head = ball(14), (ball(20) > 0).float()
    poses = torch.zeros(1, 2), torch.tensor([[yaw, 0.0]])
    return with_sheet((shell, shell), poses, head)


def test_what_the_shell_does_not_reach_gets_its_depth_and_shows_from_the_side() -> None:
    here, away, sheet, shown = turned(10)
    assert ((here > 0) == (ball(20) > 0)).float().mean() > 0.97
    assert (here[sheet > 0] - DISTANCE_M).abs().max() < 0.3
    assert not (sheet * (ball(11) > 0)).any()
    assert shown.max() == 1
    assert (away > 0).sum() > (ball(14) > 0).sum()


def test_it_fades_with_the_turn() -> None:
    assert 0 < turned(30)[3].max() < 1
    *_, gone = turned(50)
    assert not gone.any()
    assert torch.equal(turned(50)[1], ball(14))


def test_without_a_shell_there_is_no_sheet() -> None:
    nothing = torch.zeros(1, 1, SIDE, SIDE)
    poses = torch.zeros(1, 2), torch.zeros(1, 2)
    for out in with_sheet((nothing, nothing), poses, torch.ones_like(nothing)):
        assert not out.any()
