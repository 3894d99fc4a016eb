"""Two steps of the relief's training, what it starts from, and what it is judged by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.acceptance.program import needs_networks

from limner.train import recipe as recipes
from limner.train.data import head_relief as crops
from limner.train.loops import head_relief
from limner.train.nets.head_relief import HeadRelief, filled


def test_gaps_are_filled_from_around_them() -> None:
    depth = torch.zeros(1, 1, 128, 128)
    depth[..., 32:96, 32:64] = 1.0
    depth[..., 32:96, 64:96] = 1.2
    whole = filled(depth)
    assert torch.equal(whole[depth > 0], depth[depth > 0])
    assert 0.98 < float(whole[0, 0, 64, 2]) < 1.05
    assert 1.15 < float(whole[0, 0, 64, 125]) < 1.22
    assert torch.isfinite(filled(torch.zeros(1, 1, 128, 128))).all()


def test_an_untrained_relief_is_the_shell() -> None:
    shell = torch.zeros(2, 1, 128, 128)
    shell[..., 20:90, 30:80] = torch.rand(2, 1, 70, 50) * 0.1 + 1
    shares = torch.full((2, 19, 128, 128), 1 / 19)
    with torch.no_grad():
        depth = HeadRelief(4)(torch.zeros(2, 3, 128, 128), shares, shell)
    assert torch.equal(depth[shell > 0], shell[shell > 0])


@pytest.fixture
def task(
    head_packs: Path, head_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> head_relief.HeadReliefTask:
    monkeypatch.setattr(crops, "_shell_of", lambda *_: np.full((128, 128), 1010, np.uint16))
    monkeypatch.setattr("limner.heads.encode.weights_used", lambda: {"a": "made up"})
    changes = {"cache": f"'{head_cache}'", "width": 4, "people": 2, "photographs": 3}
    words = ["batch=4", *(f"head_relief.{k}={v}" for k, v in changes.items())]
    return head_relief.make(recipes.read("head-relief", words), head_packs)


def batch_of(task: head_relief.HeadReliefTask, seed: int) -> dict[str, torch.Tensor]:
    return {
        k: torch.from_numpy(v) for k, v in task.sampler.batch(np.random.default_rng(seed)).items()
    }


def test_a_batch_knows_depth_or_mesh(task: head_relief.HeadReliefTask) -> None:
    batch = {k: torch.cat([batch_of(task, s)[k] for s in range(4)]) for k in batch_of(task, 0)}
    assert batch["photo"].shape[1:] == (3, 128, 128)
    deep = (batch["depth"] > 0).flatten(1).any(1)
    meshed = batch["points"][..., 2].any(1)
    assert (deep ^ meshed).all()
    assert deep.any()
    assert meshed.any()
    assert not batch["known"][deep].any()
    again = batch_of(task, 0)
    assert all(torch.equal(v, again[k]) for k, v in batch_of(task, 0).items())


def test_a_mesh_that_stands_farther_away_as_a_whole_is_not_off() -> None:
    depth = torch.linspace(1, 1.1, 128).expand(1, 1, 128, 128)
    points = torch.tensor([[[10.0, 64, 0], [120.0, 64, 0], [64.0, 64, 0]]])
    points[..., 2] = 1 + 0.1 * points[..., 0] / 127 - 0.7
    known = torch.ones(1, 3)
    assert float(head_relief._mesh_off(depth, points, known)) < 1e-5
    points[0, 2, 2] += 0.03
    assert float(head_relief._mesh_off(depth, points, known)) == pytest.approx(0.04 / 3, rel=1e-3)


def test_two_steps_bring_the_surface_nearer(task: head_relief.HeadReliefTask) -> None:
    optimizer = task.optimizers()["relief"]
    off = []
    for _ in range(2):
        for name, loss, log in task.losses(batch_of(task, 0), 0):
            assert name == "relief"
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            off.append(log["mm"])
    assert off[1] < off[0]


def test_validation_sheet_and_graph(task: head_relief.HeadReliefTask) -> None:
    ema = task.nets["relief"].eval()
    scores = task.validate(ema)
    assert {"mm", "mm_shell"} <= set(scores)
    assert scores["mm"] == pytest.approx(scores["mm_shell"], rel=1e-3)
    assert task.sheet(ema).shape[-1] == 3
    spec = task.export(ema)
    with torch.no_grad():
        assert spec.module(*spec.inputs.values()).shape == (1, 1, 128, 128)


@needs_networks
@pytest.mark.slow
def test_the_shell_of_a_view_is_computed_once(head_packs: Path, tmp_path: Path) -> None:
    from limner.train.data.heads import build_synthetic

    views = build_synthetic(head_packs, tmp_path, "val")
    first = np.array(crops.shell_depths(views, tmp_path / "kept"))
    assert first.shape == (len(views), 128, 128)
    (path,) = (tmp_path / "kept").glob("*.npy")
    stamp = path.stat().st_mtime_ns
    assert np.array_equal(first, crops.shell_depths(views, tmp_path / "kept"))
    assert path.stat().st_mtime_ns == stamp


def test_a_depth_that_nobody_knows_is_shown_white() -> None:
    nothing = head_relief._grey(torch.zeros(1, 1, 4, 4))
    assert torch.equal(nothing, torch.ones(1, 3, 4, 4))
    slope = head_relief._grey(torch.linspace(1, 1.1, 16).view(1, 1, 4, 4))
    assert float(slope[0, 0, 0, 0]) > float(slope[0, 0, 3, 3])


def test_large_weights_do_not_make_it_deaf() -> None:
    torch.manual_seed(0)
    net = HeadRelief(4)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(torch.randn_like(p), alpha=0.5)
    shell = torch.full((1, 1, 128, 128), 1.0)
    out = net(torch.rand(1, 3, 128, 128), torch.full((1, 19, 128, 128), 1 / 19), shell)
    out.mean().backward()
    assert net.enter.weight.grad is not None
    assert float(net.enter.weight.grad.abs().max()) > 0
    assert float((out.detach() - 1).abs().max()) < 10
