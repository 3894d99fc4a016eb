"""The encoder: a place on the head lands on the same texel, from whichever side it was photographed."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.head_chart import PARTS, SIDE, picture_grid
from limner.train.nets.head_encoder import HeadEncoder
from limner.train.nets.head_field import part_template
from limner.train.nets.head_render import Maps, PartRenderer


def encoder() -> HeadEncoder:
    torch.manual_seed(0)
    return HeadEncoder(width=8, base=8, codes=8, residual=4).eval()


def test_codes_have_the_wanted_sizes() -> None:
    radius = part_template()[:, 0]
    photo, shares = torch.zeros(2, 3, 256, 256), torch.zeros(2, 19, 128, 128)
    codes = encoder()(photo, shares, torch.zeros(2, 2), radius)
    assert codes.base.shape == (2, 8)
    assert codes.parts.shape == (2, len(PARTS), 8)
    assert codes.residual.shape == (2, len(PARTS), 4, SIDE, SIDE)


@pytest.mark.parametrize("pose", [(0.0, 0.0), (25.0, -8.0), (-25.0, 8.0)])
def test_a_turned_photograph_arrives_unturned(pose: tuple[float, float]) -> None:
    """Paint a head with its own texel coordinates, photograph it, and find them again where they belong."""
    skin = PARTS.index("skin")
    template = part_template()[None]
    density = torch.full_like(template[:, :, 1], -30.0)
    density[:, skin] = 8.0
    features = torch.zeros(1, len(PARTS), 2, SIDE, SIDE)
    features[:, skin] = picture_grid(SIDE).t().view(2, SIDE, SIDE)
    where = torch.tensor([pose])
    with torch.no_grad():
        seen = PartRenderer().eval()(
            Maps(template[:, :, 0], density, features), where, picture_grid(128)[None]
        )
        net = encoder()
        net.to_residual = torch.nn.Identity()  # type: ignore[assignment]  # what lies on the texels, before it is mixed
        net.residual = 2 + 2
        picture = seen.features.view(1, 2, 128, 128)
        found = net._unturned(picture, where, template[0, :, 0])[0, skin]
    facing, inside = found[2], found[3]
    grid = picture_grid(SIDE).t().view(2, SIDE, SIDE)
    low = grid[1] > -0.4  # below the crown, where the surface is steep
    sure = (facing > 0.6) & (inside > 0.99) & low & (grid[1] < 0.7)
    assert sure.float().mean() > 0.1
    off = (found[:2] - grid).abs().amax(0)[sure]
    assert off.quantile(0.95) < 0.06  # two texels


def test_the_far_side_is_marked_as_turned_away() -> None:
    net = encoder()
    net.to_residual = torch.nn.Identity()  # type: ignore[assignment]
    net.residual = 3
    radius = part_template()[:, 0]
    found = net._unturned(torch.zeros(1, 1, 128, 128), torch.tensor([[40.0, 0.0]]), radius)
    skin = found[0, PARTS.index("skin"), 1]
    # the camera stands at the sitter's left, where u and the map's x are positive
    assert skin[32, 50] > 0.8
    assert skin[32, 4] < 0.1
