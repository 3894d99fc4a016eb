"""The parser answers for every second pixel; ids are chosen after scores are raised."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.parser import Parser, full_size

pytestmark = pytest.mark.train


def test_scores_are_half_as_large_as_the_crop() -> None:
    net = Parser().eval()
    with torch.no_grad():
        assert net(torch.randn(2, 3, 64, 96)).shape == (2, 19, 32, 48)
        assert Parser(3).eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 3, 16, 16)


def test_far_away_pixels_count_so_that_left_is_told_from_right() -> None:
    torch.manual_seed(0)
    net = Parser()
    net.trunk.load_imagenet()
    net.eval()
    x = torch.zeros(1, 3, 256, 256)
    y = x.clone()
    y[:, :, -64:, -64:] = 1.0

    def moved() -> float:
        with torch.no_grad():
            return float((net(y) - net(x))[0, :, 2:6, 2:6].abs().max())

    with_mean = moved()
    torch.nn.init.zeros_(net.wide.weight)
    assert with_mean > 3 * moved()


def test_what_is_not_frozen_learns() -> None:
    net = Parser().train()
    net(torch.randn(2, 3, 64, 64)).square().mean().backward()
    assert not [k for k, p in net.named_parameters() if p.requires_grad and p.grad is None]
    assert all(
        k.startswith(("trunk.stem", "trunk.blocks.0.", "trunk.blocks.1.", "trunk.blocks.2."))
        for k, p in net.named_parameters()
        if not p.requires_grad
    )


def test_ids_are_chosen_after_scores_are_raised() -> None:
    logits = torch.zeros(1, 3, 2, 2)
    logits[0, 1, :, 0], logits[0, 2, :, 1] = 4, 4
    ids = full_size(logits, (8, 10))
    assert ids.shape == (1, 8, 10)
    assert ids.dtype == torch.uint8
    assert (ids[..., :5] == 1).all()
    assert (ids[..., 5:] == 2).all()
    # a weak class between two strong ones wins nowhere, though it would in a raised choice
    logits[0, 0] = 1.9
    assert set(full_size(logits, (64, 64)).flatten().tolist()) == {1, 2}
