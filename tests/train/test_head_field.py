"""The part field: codes of one part move that part alone, the base moves all, nothing comes from no photograph."""

from __future__ import annotations

import dataclasses

import torch

from limner.train.nets.head_chart import PARTS, SIDE
from limner.train.nets.head_field import Codes, PartField, part_template

HAIR, NOSE, SKIN = (PARTS.index(n) for n in ("hair", "nose", "skin"))


def field() -> PartField:
    torch.manual_seed(0)
    made = PartField(width=4, channels=6, base=8, codes=8, residual=4)
    torch.nn.init.normal_(made.to_solid.weight, std=0.3)  # at first every part is its template
    return made.eval()


def codes(count: int = 1) -> Codes:
    torch.manual_seed(1)
    parts = torch.randn(count, len(PARTS), 8)
    return Codes(torch.randn(count, 8), parts, torch.randn(count, len(PARTS), 4, SIDE, SIDE))


def changed(a: torch.Tensor, b: torch.Tensor) -> list[int]:
    """Return the parts whose maps differ."""
    off = (a - b).abs().flatten(2).amax(-1)[0]
    return [k for k in range(len(PARTS)) if off[k] > 1e-6]


def test_maps_have_a_row_for_every_part() -> None:
    maps = field().maps(codes(2))
    assert maps.radius.shape == maps.density.shape == (2, len(PARTS), SIDE, SIDE)
    assert maps.features.shape == (2, len(PARTS), 6, SIDE, SIDE)
    assert maps.radius.min() > 0


def test_a_parts_texture_changes_its_look_and_no_shape() -> None:
    net, one = field(), codes()
    parts = one.parts.clone()
    parts[:, HAIR, 4:] += 1
    a, b = net.maps(one), net.maps(dataclasses.replace(one, parts=parts))
    assert changed(a.features, b.features) == [HAIR]
    assert changed(a.radius, b.radius) == []
    assert changed(a.density, b.density) == []


def test_a_parts_shape_changes_that_part_alone() -> None:
    net, one = field(), codes()
    parts = one.parts.clone()
    parts[:, NOSE, :4] += 1
    a, b = net.maps(one), net.maps(dataclasses.replace(one, parts=parts))
    assert changed(a.radius, b.radius) == [NOSE]
    assert changed(a.features, b.features) == [NOSE]


def test_parts_stand_on_the_skin() -> None:
    net, one = field(), codes()
    parts = one.parts.clone()
    parts[:, SKIN, :4] += 1
    a, b = net.maps(one), net.maps(dataclasses.replace(one, parts=parts))
    assert NOSE in changed(a.radius, b.radius)  # it is carried along
    assert changed(a.density, b.density) == [SKIN]


def test_the_base_code_moves_every_part() -> None:
    net, one = field(), codes()
    a, b = net.maps(one), net.maps(dataclasses.replace(one, base=one.base + 1))
    assert changed(a.features, b.features) == list(range(len(PARTS)))


def test_without_residual_a_photograph_says_nothing() -> None:
    net, one = field(), codes()
    other = dataclasses.replace(one, residual=one.residual * 3)
    assert not torch.equal(net.maps(one).features, net.maps(other).features)
    a, b = (net.maps(c.without_residual()) for c in (one, other))
    assert torch.equal(a.features, b.features)


def test_the_residual_is_dropped_for_the_marked_heads_only() -> None:
    both = codes(2).without_residual(torch.tensor([0.0, 1.0]))
    assert both.residual[0].abs().max() > 0
    assert both.residual[1].abs().max() == 0


def test_an_untrained_field_is_its_template() -> None:
    net = PartField(width=4, channels=6)
    template = part_template()
    template[:, 0] += 0.01
    net.set_template(template)
    none = Codes(
        torch.zeros(1, 64),
        torch.zeros(1, len(PARTS), 48),
        torch.zeros(1, len(PARTS), 24, SIDE, SIDE),
    )
    maps = net.maps(none)
    assert torch.allclose(maps.radius[0], template[:, 0])
    assert torch.allclose(maps.density[0], template[:, 1])
