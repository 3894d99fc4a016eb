"""One generator for all styles, tile by tile the same as whole; critics judge the style asked for."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from limner.train.nets.stylist import LINES_CLASSES_GREY, PatchCritic, Stylist

pytestmark = pytest.mark.train

CHANCE = torch.Generator().manual_seed(0)


def inputs(side: int = 96) -> tuple[Tensor, Tensor, Tensor]:
    picture = torch.rand(1, LINES_CLASSES_GREY, side, side, generator=CHANCE)
    return picture, torch.eye(3)[:1], torch.randn(1, 1, side, side, generator=CHANCE)


@pytest.fixture(scope="module")
def net() -> Stylist:
    """Return a small net with all weights stirred: a new one's blocks add nothing yet."""
    torch.manual_seed(0)
    made = Stylist(3, width=4, blocks=1)
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.15 * torch.randn_like(p))
    return made.eval()


def draw(net: Stylist, *args: Tensor) -> Tensor:
    with torch.no_grad():
        out: Tensor = net(*args)
    return out


@pytest.mark.parametrize("size", [(16, 16), (20, 36)])
def test_a_drawing_has_the_pictures_size_and_lies_between_ink_and_paper(
    net: Stylist, size: tuple[int, int]
) -> None:
    picture = torch.rand(2, LINES_CLASSES_GREY, *size)
    style, noise = torch.eye(3)[[0, 2]], torch.randn(2, 1, *size)
    drawn = draw(net, picture, style, noise)
    assert drawn.shape == (2, 1, *size)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert drawn.std() > 0.01


def test_a_picture_drawn_in_tiles_is_the_same_as_one_drawn_whole(net: Stylist) -> None:
    picture, style, noise = inputs()
    whole = draw(net, picture, style, noise)
    for y, x in ((0, 0), (24, 8), (0, 32)):
        part = (..., slice(y, y + 64), slice(x, x + 64))
        tile = draw(net, picture[part], style, noise[part])
        rim = 24  # more than the net sees around a pixel
        inner = (..., slice(rim, 64 - rim), slice(rim, 64 - rim))
        torch.testing.assert_close(tile[inner], whole[part][inner], rtol=0, atol=1e-5)


def test_styles_differ_and_can_be_blended_by_their_weights(net: Stylist) -> None:
    picture, _, noise = inputs(32)
    a, b, half = (torch.tensor([w]) for w in ([1.0, 0, 0], [0, 1.0, 0], [0.5, 0.5, 0]))
    first, second, mixed = (draw(net, picture, s, noise) for s in (a, b, half))
    assert (first - second).abs().mean() > 0.01
    far = (first - second).abs().mean()
    assert (mixed - first).abs().mean() < far
    assert (mixed - second).abs().mean() < far
    # weights are looked up linearly: a style blended with itself is itself
    torch.testing.assert_close(draw(net, picture, 0.3 * a + 0.7 * a, noise), first)


def test_grain_comes_from_the_noise_alone(net: Stylist) -> None:
    picture, style, noise = inputs(32)
    assert torch.equal(draw(net, picture, style, noise), draw(net, picture, style, noise))
    assert (draw(net, picture, style, -noise) - draw(net, picture, style, noise)).std() > 1e-3


def test_a_new_net_begins_near_white_paper() -> None:
    torch.manual_seed(1)
    picture, style, noise = inputs(32)
    assert draw(Stylist(3, width=8, blocks=1), picture, style, noise).mean() > 0.6


def test_every_weight_learns(net: Stylist) -> None:
    picture, _, noise = inputs(32)
    every = torch.full((1, 3), 1 / 3)
    net.zero_grad()
    net(picture, every, noise).square().mean().backward()
    assert not [k for k, p in net.named_parameters() if p.grad is None or not p.grad.any()]


def test_a_critic_judges_the_style_it_is_asked_for() -> None:
    torch.manual_seed(0)
    critic = PatchCritic(3, width=4).eval()
    picture, _, _ = inputs(32)
    drawing = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        per_style = [critic(drawing, picture, torch.eye(3)[[k]])[0] for k in range(3)]
        blend, features = critic(drawing, picture, torch.full((1, 3), 1 / 3))
    assert len(blend) == 2  # two sizes
    assert len(features) == 6
    for scale in range(2):
        maps = [s[scale] for s in per_style]
        assert maps[0].ndim == 3
        assert not torch.allclose(maps[0], maps[1])
        torch.testing.assert_close(blend[scale], torch.stack(maps).mean(0))


def test_a_critic_looks_at_the_drawing_and_at_what_it_was_drawn_from() -> None:
    torch.manual_seed(0)
    critic = PatchCritic(1, width=4).eval()
    picture, _, _ = inputs(32)
    drawing, one = torch.rand(1, 1, 32, 32, requires_grad=True), torch.ones(1, 1)
    picture.requires_grad_()
    sum(s.sum() for s in critic(drawing, picture, one)[0]).backward()
    assert drawing.grad is not None
    assert drawing.grad.abs().sum() > 0
    assert picture.grad is not None
    assert (picture.grad.abs().sum((0, 2, 3)) > 0).all()
    assert any(isinstance(m, nn.LeakyReLU) for m in critic.modules())


def test_a_stylist_of_more_styles_takes_over_one_of_fewer(net: Stylist) -> None:
    wider = Stylist(5, width=4, blocks=1).eval()
    arrays = {k: v.numpy() for k, v in net.state_dict().items()}
    wider.load_state_dict({k: torch.from_numpy(v) for k, v in wider.adapted(arrays).items()})
    picture, _, noise = inputs(32)
    for mine, theirs in ((0, 0), (1, 1), (2, 2), (3, 2), (4, 2)):
        style = torch.eye(5)[[mine]]
        expected = draw(net, picture, torch.eye(3)[[theirs]], noise)
        torch.testing.assert_close(draw(wider, picture, style, noise), expected)
    same = net.adapted(arrays)
    assert all(same[k] is arrays[k] for k in arrays)
