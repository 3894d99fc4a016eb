"""Losses between lines: within reach they agree, beyond they do not, and stray ink costs where nothing is wanted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from limner.metrics import ink_agreement
from limner.train.losses.lines import ink_gap, manner, stray_ink

pytestmark = pytest.mark.train


def line(row: int, side: int = 64) -> Tensor:
    out = torch.zeros(1, 1, side, side)
    out[:, :, row] = 1
    return out


def test_lines_within_reach_agree_and_lines_beyond_do_not() -> None:
    assert ink_gap(line(20), line(22)) == pytest.approx(0, abs=1e-6)
    assert ink_gap(line(20), line(23)) > 0.9
    assert ink_gap(line(20), line(20) + line(40)) == pytest.approx(1 / 3, abs=0.05)


def test_on_crisp_ink_the_soft_gap_is_the_measured_one() -> None:
    chance = np.random.default_rng(0)
    for _ in range(3):
        a, b = (chance.random((64, 64)) < 0.02 for _ in range(2))
        measured = 1 - ink_agreement(*(np.where(x, 0, 255).astype(np.uint8) for x in (a, b)))
        soft = ink_gap(*(torch.from_numpy(x[None, None].astype(np.float32)) for x in (a, b)))
        assert float(soft) == pytest.approx(measured, abs=0.1)


def test_blank_sheets_agree_and_the_gap_has_a_slope() -> None:
    assert ink_gap(torch.zeros(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)) == 0
    a = (0.5 * line(10, 32)).requires_grad_()
    ink_gap(a, line(20, 32)).backward()  # type: ignore[no-untyped-call]
    assert a.grad is not None
    assert torch.isfinite(a.grad).all()
    assert a.grad[0, 0, 10].mean() > 0  # ink that has no partner should go


def test_pictures_of_no_weight_do_not_count() -> None:
    a = torch.cat([line(10, 32), line(10, 32)])
    b = torch.cat([line(10, 32), line(30, 32)])
    assert ink_gap(a, b, weight=torch.tensor([1.0, 0.0])) == pytest.approx(0, abs=1e-6)


def test_ink_costs_where_no_line_is_wanted() -> None:
    quiet = torch.zeros(1, 1, 8, 8)
    quiet[..., :4] = 1
    ink = torch.zeros(1, 1, 8, 8)
    ink[..., 4:] = 1
    assert stray_ink(ink, quiet) == 0
    assert stray_ink(1 - ink, quiet) == 1
    assert stray_ink(ink, torch.zeros_like(quiet)) == 0


def test_the_manner_of_a_drawing_is_its_own() -> None:
    torch.manual_seed(0)
    maps = [torch.rand(2, 3, 8, 8), torch.rand(2, 4, 4, 4)]
    assert manner(maps, maps) == 0
    # what lies where does not count, how much there is does
    assert manner([m.flip(3) for m in maps], maps) == pytest.approx(0, abs=1e-5)
    assert manner([2 * m for m in maps], maps) > 0.5
