"""The line network draws pictures of any size, tile by tile the same, from nearly white paper on."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.liner import GREY_CLASSES, Liner

pytestmark = pytest.mark.train


def test_ink_has_the_pictures_size_and_a_new_net_is_nearly_blank() -> None:
    torch.manual_seed(0)
    net = Liner(8, 2)
    picture = torch.rand(2, GREY_CLASSES, 24, 36)
    ink = net(picture)
    assert ink.shape == (2, 1, 24, 36)
    assert ink.min() > 0
    assert ink.mean() < 0.4
    torch.testing.assert_close(net.logits(picture).sigmoid(), ink)


def test_a_picture_drawn_in_tiles_is_the_same_as_one_drawn_whole() -> None:
    torch.manual_seed(0)
    net = Liner(4, 1).eval()
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.1 * torch.randn_like(p))
        picture = torch.rand(1, GREY_CLASSES, 96, 96)
        whole, tile = net(picture), net(picture[..., 24:88, 8:72])
    torch.testing.assert_close(tile[..., 24:40, 24:40], whole[..., 48:64, 32:48], rtol=0, atol=2e-4)


def test_it_is_small_enough_to_ship_and_every_weight_learns() -> None:
    net = Liner()
    assert 3e5 < sum(p.numel() for p in net.parameters()) < 2e6
    small = Liner(4, 1)
    with torch.no_grad():
        for p in small.parameters():
            p.add_(0.1 * torch.randn_like(p))
    small(torch.rand(1, GREY_CLASSES, 32, 32)).square().mean().backward()
    assert not [k for k, p in small.named_parameters() if p.grad is None or not p.grad.any()]
