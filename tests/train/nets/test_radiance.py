"""The radiance field: published sizes, a surface where its density is, cameras that agree, truncation."""

from __future__ import annotations

import torch

from limner.train.nets.radiance import Film, RadianceHead, photometric


def small() -> RadianceHead:
    torch.manual_seed(0)
    return RadianceHead(code=8, width=16, layers=3, side=16, size_px=32).eval()


def test_a_code_and_a_camera_give_every_plane() -> None:
    with torch.no_grad():
        out = small()(torch.randn(2, 8), torch.tensor([[0.0, 0.0], [30.0, -10.0]]))
    assert out["photo"].shape == (2, 3, 32, 32)
    assert out["labels"].shape == (2, 19, 32, 32)
    assert out["features"].shape == (2, 16, 16, 16)
    assert 0.9 < out["depth"].min() <= out["depth"].max() < 1.3


def test_what_is_dense_hides_what_lies_behind() -> None:
    head = small()
    film = head.mapping(torch.randn(1, 8))
    with torch.no_grad():
        head.field.density.weight.zero_()
        head.field.density.bias.fill_(500.0)
        near = head.render(film, torch.zeros(1, 2)).depth
        head.field.density.bias.fill_(-1.0)
        far = head.render(film, torch.zeros(1, 2)).depth
    assert (far - near).min() > 0.2


def test_a_camera_carried_onto_itself_is_itself() -> None:
    head = small()
    film, pose = head.mapping(torch.randn(1, 8)), torch.tensor([[10.0, 5.0]])
    with torch.no_grad():
        seen = head.render(film, pose)
        again = head.warped(seen, (pose, pose), seen.depth)
    assert (again.colour - seen.colour).abs().max() < 1e-3
    assert photometric(seen.colour, again.colour) < 1e-3


def test_truncation_goes_to_the_average() -> None:
    head = small()
    one, mean = head.mapping(torch.randn(1, 8)), head.mapping(torch.zeros(1, 8))
    assert torch.equal(one.toward(mean, 0.0).style, mean.style)
    assert torch.allclose(one.toward(mean, 1.0).phase, one.phase)
    assert isinstance(one, Film)


def test_the_published_shapes_have_the_published_sizes() -> None:
    with torch.device("meta"):
        head = RadianceHead()
    sizes = {k: sum(p.numel() for p in getattr(head, k).parameters()) for k in ("mapping", "field")}
    assert round(sizes["mapping"] / 1e6, 2) == 1.38
    assert round(sizes["field"] / 1e6, 2) == 0.53
