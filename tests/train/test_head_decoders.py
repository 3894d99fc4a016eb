"""The decoder: four pixels a ray, a patch like the whole, shares that sum to one."""

from __future__ import annotations

import torch

from limner.train.nets.head_chart import PARTS
from limner.train.nets.head_decoders import HeadDecoder, smooth_labels


def test_a_ray_becomes_four_by_four_pixels() -> None:
    out = HeadDecoder(8, 16)(torch.zeros(1, 8 + len(PARTS) + 4, 12, 12), torch.ones(1, 1, 12, 12))
    assert out.photo.shape == (1, 3, 48, 48)
    assert out.labels.shape == (1, 19, 48, 48)
    assert out.alpha.shape == out.depth.shape == (1, 1, 48, 48)
    assert out.photo.abs().max() <= 1


def test_depth_stays_within_two_centimetres_of_what_was_rendered() -> None:
    torch.manual_seed(0)
    out = HeadDecoder(8, 16)(
        10 * torch.randn(1, 8 + len(PARTS) + 4, 12, 12), torch.ones(1, 1, 12, 12)
    )
    assert (out.depth - 1).abs().max() <= 0.02


def test_a_patch_decodes_as_the_whole_does_away_from_its_rim() -> None:
    torch.manual_seed(0)
    net = HeadDecoder(8, 16).eval()
    x = torch.randn(1, 8 + len(PARTS) + 4, 24, 24)
    depth = torch.rand(1, 1, 24, 24)
    with torch.no_grad():
        whole = net(x, depth).photo[..., 48:80, 48:80]
        part = net(x[..., 4:, 4:], depth[..., 4:, 4:]).photo[..., 32:64, 32:64]
    assert (whole - part).abs().max() < 1e-4


def test_shares_say_how_much_of_a_class_a_cell_holds() -> None:
    labels = torch.zeros(1, 8, 8, dtype=torch.long)
    labels[:, :, :2] = 13
    shares = smooth_labels(labels, 2)
    assert shares.shape == (1, 19, 2, 2)
    assert shares[0, 13].tolist() == [[0.5, 0.0], [0.5, 0.0]]
    assert torch.allclose(shares.sum(1), torch.ones(1, 2, 2))
