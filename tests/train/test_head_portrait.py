"""Two steps of the portrait's training, what it is told of heads, and what it is judged by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from limner.heads.ground import PAPER
from limner.records import CLASSES
from limner.train import recipe as recipes
from limner.train.data import head_portrait as crops
from limner.train.loops import head_portrait
from limner.train.loops.start import from_graph
from limner.train.nets.head_portrait import HeadPortrait
from limner.weights import ledger

SKIN, HAIR = CLASSES.index("skin"), CLASSES.index("hair")


def face() -> NDArray[np.uint8]:
    labels = np.zeros((256, 256), np.uint8)
    labels[60:220, 70:190] = SKIN
    labels[40:90, 60:200] = HAIR
    return labels


def rendered(*_: Any) -> NDArray[np.uint8]:
    """Return what a head of two colours renders, with its classes."""
    labels = face()
    picture = np.broadcast_to(PAPER, (256, 256, 3)).copy()
    picture[labels == SKIN] = (200, 150, 120)
    picture[labels == HAIR] = (60, 40, 30)
    return np.concatenate([picture, labels[..., None]], -1).astype(np.uint8)


@pytest.fixture
def task(
    head_packs: Path, head_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> head_portrait.HeadPortraitTask:
    monkeypatch.setattr(crops, "_rendered", rendered)
    monkeypatch.setattr("limner.heads.encode.from_source", lambda _: None)
    monkeypatch.setattr("limner.heads.sample.sample_head", lambda *_, **__: None)
    monkeypatch.setattr(crops, "_helped", lambda *_: None)
    monkeypatch.setattr("limner.heads.encode.weights_used", lambda: {"a": "made up"})
    changes = {
        "cache": f"'{head_cache / 'portrait'}'",
        "painter": "''",
        "people": 4,
        "photographs": 3,
        "seeds": 3,
        "critic_width": 4,
        "perceptual_net": "random",
    }
    words = ["batch=2", *(f"head_portrait.{k}={v}" for k, v in changes.items())]
    torch.manual_seed(0)
    return head_portrait.make(recipes.read("head-portrait", words), head_packs)


def batch_of(task: head_portrait.HeadPortraitTask, seed: int) -> dict[str, torch.Tensor]:
    return {
        k: torch.from_numpy(v) for k, v in task.sampler.batch(np.random.default_rng(seed)).items()
    }


def test_a_batch_holds_people_and_nobody(task: head_portrait.HeadPortraitTask) -> None:
    batch = batch_of(task, 0)
    assert batch["photo"].shape == batch["coarse"].shape == (2, 3, 256, 256)
    assert batch["nobody"].shape == (2, 3, 256, 256)
    assert int(batch["labels"].max()) < len(CLASSES)
    ground = batch["labels"] == 0
    inner = torch.nn.functional.max_pool2d((~ground).float(), 9, 1, 4) == 0
    shown = batch["photo"].permute(0, 2, 3, 1)[inner].float()
    assert (shown - torch.from_numpy(PAPER)).abs().max() <= 1
    assert all(torch.equal(v, batch_of(task, 0)[k]) for k, v in batch.items())


def test_renderings_are_made_once(task: head_portrait.HeadPortraitTask, tmp_path: Path) -> None:
    views, chosen = task.sampler.real, task.sampler.chosen
    first = np.array(crops.of_codes(views, chosen, tmp_path))
    (path,) = tmp_path.glob("*.npy")
    stamp = path.stat().st_mtime_ns
    assert np.array_equal(first, crops.of_codes(views, chosen, tmp_path))
    assert path.stat().st_mtime_ns == stamp
    assert crops.of_seeds(range(4, 6), tmp_path, turn_deg=5).shape == (2, 256, 256, 4)


def test_the_palette_is_read_off_the_rendering() -> None:
    row = rendered()
    coarse = torch.from_numpy(row[..., :3].transpose(2, 0, 1).copy())[None].float() / 127.5 - 1
    hot = torch.nn.functional.one_hot(torch.from_numpy(row[..., 3].astype(np.int64)), len(CLASSES))
    net = HeadPortrait()
    code = net.palette(coarse, hot.permute(2, 0, 1)[None].float())[0]
    told = (code + 1) * 127.5
    assert told[:3].tolist() == pytest.approx([200, 150, 120], abs=1)
    assert told[3:6].tolist() == pytest.approx([60, 40, 30], abs=1)
    usual = (net.get_buffer("usual")[0, 2] + 1) * 127.5
    assert told[6:9].tolist() == pytest.approx(usual.tolist(), abs=1)  # no lips are there


def test_it_begins_as_the_painter_of_sketches() -> None:
    net = HeadPortrait()
    own = net.state_dict()["look.0.weight"].clone()
    from_graph(ledger.row("sketches-synthesis").path, net)
    assert torch.equal(net.state_dict()["look.0.weight"], own)
    assert net.state_dict()["blocks.0.one.weight"].std() > 0
    assert net.state_dict()["rgb_last.weight"].abs().max() > 0  # untaught it would be 0


def test_it_goes_on_from_the_portrait_that_ships_with_its_own_look() -> None:
    net = HeadPortrait()
    own = net.state_dict()["look.0.weight"].clone()
    from_graph(ledger.row("heads-portrait").path, net)
    assert not torch.equal(net.state_dict()["look.0.weight"], own)


def test_two_steps_teach_both_sides(task: head_portrait.HeadPortraitTask) -> None:
    optimizers = task.optimizers()
    before = {k: [p.clone() for p in task.nets[k].parameters()] for k in ("portrait", "patch")}
    coarse = []
    for _ in range(2):
        for name, loss, log in task.losses(batch_of(task, 0), 0):
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
            coarse += [log["coarse"]] if "coarse" in log else []
            assert all(np.isfinite(v) for v in log.values())
    assert coarse[1] < coarse[0]
    for net, old in before.items():
        changed = [
            not torch.equal(a, b) for a, b in zip(old, task.nets[net].parameters(), strict=True)
        ]
        assert sum(changed) > len(changed) / 2


def test_validation_sheet_and_graph(task: head_portrait.HeadPortraitTask) -> None:
    ema = task.nets["portrait"].eval()
    scores = task.validate(ema)
    assert scores["l1"] > 0
    assert task.sheet(ema).shape[-1] == 3
    spec = task.export(ema)
    with torch.no_grad():
        assert spec.module(*spec.inputs.values()).shape == (1, 3, 256, 256)
