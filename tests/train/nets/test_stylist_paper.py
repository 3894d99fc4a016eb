"""sRender's networks have the published sizes, counted without making them."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.stylist_paper import PaperCritic, PaperStylist

pytestmark = pytest.mark.train


def test_the_papers_networks_have_the_papers_sizes() -> None:
    with torch.device("meta"):
        net, critic = PaperStylist(), PaperCritic()
    assert sum(p.numel() for p in net.parameters()) == 182_430_721
    assert sum(p.numel() for p in critic.parameters()) == 2 * 2_763_713
    assert net(torch.empty(1, 1, 512, 512, device="meta")).shape == (1, 1, 512, 512)


def test_a_drawing_has_the_size_of_its_lines_and_stays_in_range() -> None:
    torch.manual_seed(0)
    out = PaperStylist(4, blocks=1)(torch.rand(2, 1, 48, 32) * 2 - 1)
    assert out.shape == (2, 1, 48, 32)
    assert out.abs().max() <= 1


def test_critics_judge_two_sizes_and_show_their_layers() -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 1, 64, 64)
    maps = PaperCritic(4)(x, -x)
    assert len(maps) == 2
    assert [m.shape[1] for m in maps[0]] == [4, 8, 16, 32, 1]
    assert maps[1][-1].shape[-1] < maps[0][-1].shape[-1]
