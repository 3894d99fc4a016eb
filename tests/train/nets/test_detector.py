"""The detector answers for every cell of three grids, whatever the picture's size."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.detector import STRIDES, Detector

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def net() -> Detector:
    torch.manual_seed(0)
    return Detector(16).eval()


def look(net: Detector, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    with torch.no_grad():
        found: tuple[torch.Tensor, ...] = net(x)
    return found


@pytest.mark.parametrize("size", [(64, 64), (96, 160)])
def test_every_cell_of_every_grid_is_answered(net: Detector, size: tuple[int, int]) -> None:
    grids = look(net, torch.randn(2, 3, *size))
    assert [tuple(g.shape) for g in grids] == [
        (2, (size[0] // s) * (size[1] // s), 15) for s in STRIDES
    ]


def test_boxes_have_a_size_whatever_is_seen(net: Detector) -> None:
    for grid in look(net, 1e4 * torch.randn(1, 3, 64, 64)):
        assert torch.isfinite(grid).all()
        assert (grid[..., 1:5] > 0).all()


def test_a_new_net_sees_faces_nearly_nowhere(net: Detector) -> None:
    for grid in look(net, torch.randn(1, 3, 96, 96)):
        assert torch.sigmoid(grid[..., 0]).mean() < 0.1


def test_cells_come_in_row_order(net: Detector) -> None:
    x = torch.zeros(1, 3, 64, 128)
    y = x.clone()
    y[:, :, 40:56, 8:24] = 3.0  # rows 5 and 6, columns 1 and 2 of stride 8
    changed = (look(net, y)[0] - look(net, x)[0]).abs().sum(-1).reshape(8, 16)
    row, column = divmod(int(changed.argmax()), 16)
    assert 4 <= row <= 7
    assert 0 <= column <= 3


def test_every_weight_learns() -> None:
    net = Detector(16).train()
    sum(g.square().mean() for g in net(torch.randn(2, 3, 64, 64))).backward()
    still = [k for k, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    # the last layer of the boxes begins at almost zero, so its tower hardly moves in the first step
    assert not [k for k in still if "box_tower" not in k]
