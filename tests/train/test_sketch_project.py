"""Projection while learning equals projection in use."""

from __future__ import annotations

import numpy as np
import torch

from limner.sketches import project as room
from limner.train.nets.sketch_project import project


def test_a_batch_is_projected_as_the_sketches_room_does() -> None:
    rng = np.random.default_rng(0)
    bank = rng.standard_normal((80, 24)).astype(np.float32)
    codes = rng.standard_normal((5, 24)).astype(np.float32)
    squares = (bank * bank).sum(1)
    wanted = [room.project(c, bank, squares).code for c in codes]
    got = project(torch.from_numpy(codes), torch.from_numpy(bank), torch.full((5,), -1))
    np.testing.assert_allclose(got.numpy(), np.stack(wanted), atol=2e-4)


def test_nobody_is_his_own_neighbour() -> None:
    bank = torch.randn(30, 16, generator=torch.Generator().manual_seed(0))
    alone = project(bank[:3], bank, torch.arange(3), neighbours=5)
    helped = project(bank[:3], bank, torch.full((3,), -1), neighbours=5)
    assert (helped - bank[:3]).norm() < 0.2 * (alone - bank[:3]).norm()


def test_a_small_bank_gives_all_it_has() -> None:
    bank = torch.randn(3, 8)
    assert torch.isfinite(project(torch.randn(2, 8), bank, torch.tensor([-1, 0]))).all()


def test_half_precision_around_it_does_no_harm() -> None:
    bank = torch.randn(40, 32, generator=torch.Generator().manual_seed(2))
    codes = bank[:4] + 0.1
    plain = project(codes, bank, torch.full((4,), -1))
    with torch.autocast("cpu", torch.bfloat16):
        inside = project(codes, bank, torch.full((4,), -1))
    torch.testing.assert_close(plain, inside)
