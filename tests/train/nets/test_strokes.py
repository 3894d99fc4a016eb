"""ψ has the paper's size and shows the four maps that the stroke loss compares."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.strokes import StrokeNet

pytestmark = pytest.mark.train


def test_the_classifier_has_the_papers_7172_parameters() -> None:
    assert sum(p.numel() for p in StrokeNet().parameters()) == 7172


def test_it_gives_logarithms_of_seven_probabilities_and_four_maps() -> None:
    net = StrokeNet().eval()
    patches = torch.rand(5, 1, 16, 16)
    torch.testing.assert_close(net(patches).exp().sum(1), torch.ones(5))
    shapes = [tuple(m.shape) for m in net.maps(patches)]
    assert shapes == [(5, 9, 8, 8), (5, 7, 4, 4), (5, 6, 2, 2), (5, 12, 2, 2)]


def test_in_eval_mode_a_patch_is_judged_by_itself() -> None:
    net = StrokeNet()
    patches = torch.rand(6, 1, 16, 16)
    net(patches)
    net.eval()
    torch.testing.assert_close(net(patches)[:1], net(patches[:1]))
