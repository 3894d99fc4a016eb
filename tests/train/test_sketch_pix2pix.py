"""The plain network that components are measured against: shapes, two turns, a graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train import recipe as recipes
from limner.train.loops import sketch_pix2pix
from limner.train.nets.sketch_pix2pix import PlainNet


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> sketch_pix2pix.PlainTask:
    values = {
        "cache": cache,
        "width": 4,
        "depth": 4,
        "critic_width": 4,
        "least_sharpness": 0,
        "held_out": 1,
        "build_workers": 1,
    }
    changes = ["batch=2", *(f"sketch_pix2pix.{k}={v}" for k, v in values.items())]
    torch.manual_seed(0)
    return sketch_pix2pix.make(recipes.read("sketch-pix2pix", changes), packs)


def test_lines_become_a_photograph_of_their_size() -> None:
    with torch.no_grad():
        made = PlainNet(4, 5)(torch.zeros(2, 1, 64, 64))
    assert made.shape == (2, 3, 64, 64)
    assert float(made.abs().max()) <= 1


def test_far_ink_is_felt_through_the_narrow_end() -> None:
    torch.manual_seed(0)
    net = PlainNet(4, 5).eval()
    ink = torch.zeros(1, 1, 64, 64, requires_grad=True)
    net(ink)[0, :, 5, 5].sum().backward()
    assert ink.grad is not None
    assert float(ink.grad[0, 0, 40:, 40:].abs().sum()) > 0


def test_it_is_no_smaller_than_what_it_measures() -> None:
    assert sum(p.numel() for p in PlainNet().parameters()) > 5_000_000


def test_two_turns_move_both_sides_and_the_sheet_shows_it(task: sketch_pix2pix.PlainTask) -> None:
    before = {k: next(iter(n.parameters())).detach().clone() for k, n in task.nets.items()}
    optimizers = task.optimizers()
    for step in range(2):
        numbers = task.sampler.batch(np.random.default_rng([0, step]))
        batch = {k: torch.from_numpy(np.asarray(v)) for k, v in numbers.items()}
        for name, loss, told in task.losses(batch, step):
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
            assert all(np.isfinite(v) for v in told.values())
    for name, net in task.nets.items():
        assert not torch.equal(before[name], next(iter(net.parameters()))), name
    net = task.nets["net"].eval()
    assert set(task.validate(net)) == {"l1_faithful", "l1_rough"}
    assert task.sheet(net).shape[1] == 2 * 3 * 192


def test_the_graph_is_named_and_never_commercial(task: sketch_pix2pix.PlainTask) -> None:
    spec = task.export(task.nets["net"])
    assert spec.name == "sketches-pix2pix"
    assert not spec.commercial
