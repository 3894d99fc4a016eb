"""The translator: drawings in range, led by the classes, to which no gradient goes; one net for all styles."""

from __future__ import annotations

import torch

from limner.train.nets.translator import Translator


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    photo, shares = torch.rand(2, 3, 32, 32) * 2 - 1, torch.rand(2, 19, 32, 32).softmax(1)
    return photo, shares, torch.eye(2)


def test_drawings_are_between_ink_and_paper() -> None:
    drawn = Translator(2, width=4, hidden=4)(*inputs())
    assert drawn.shape == (2, 1, 32, 32)
    assert 0 <= drawn.min() <= drawn.max() <= 1


def test_classes_lead_but_are_not_taught() -> None:
    net = Translator(2, width=4, hidden=4)
    photo, shares, style = inputs()
    shares.requires_grad_()
    photo.requires_grad_()
    net(photo, shares, style).sum().backward()
    assert shares.grad is None
    assert photo.grad is not None
    with torch.no_grad():
        other = net(photo, shares.flip(1), style)
        assert (other - net(photo, shares, style)).abs().max() > 1e-4
        plain = Translator(2, width=4, hidden=4, spade=False)
        assert torch.equal(plain(photo, shares.flip(1), style), plain(photo, shares, style))


def test_styles_differ() -> None:
    net = Translator(2, width=4, hidden=4)
    photo, shares, style = inputs()
    with torch.no_grad():
        assert (net(photo, shares, style) - net(photo, shares, style.flip(0))).abs().max() > 1e-4


def test_the_published_width_has_the_published_size() -> None:
    with torch.device("meta"):
        net = Translator(1)
    assert 14e6 < sum(p.numel() for p in net.parameters()) < 25e6  # SAGE's has 20.8 million
