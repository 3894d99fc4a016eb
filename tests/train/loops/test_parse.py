"""The parser's task: one turn teaches; a net that knows the labels scores one, an empty one nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.records import CLASSES
from limner.train.data.packs import Pack

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> Any:
    return small.load("parse", packs, cache)


def knowing(task: Any) -> small.Knows:
    """Return a net that answers the human labels of each held-out picture in turn."""
    pack = Pack(task.data / "celeba-val.tar")
    truth = iter([pack.labels(name) for name in pack.ids("photo")])

    def answer(x: torch.Tensor) -> torch.Tensor:
        assert x.shape == (1, 3, 64, 64)
        ids = torch.from_numpy(next(truth).astype(np.int64))
        return torch.nn.functional.one_hot(ids, 19).permute(2, 0, 1)[None].float() * 10

    return small.Knows(answer)


def test_one_turn_teaches(task: Any) -> None:
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(3))


def test_the_trunk_learns_more_slowly(task: Any) -> None:
    trunk, rest = task.optimizers()["net"].param_groups
    assert trunk["lr"] == pytest.approx(0.5 * rest["lr"])
    assert len(trunk["params"]) + len(rest["params"]) == len(list(task.nets["net"].parameters()))


def test_a_net_that_knows_the_labels_scores_one(task: Any) -> None:
    scores = task.validate(knowing(task))
    assert scores["f1"] == pytest.approx(1)
    assert scores["miou"] == pytest.approx(1)
    assert scores["f1_skin"] == pytest.approx(1)


def test_a_net_that_sees_nobody_scores_nothing(task: Any) -> None:
    def nobody(x: torch.Tensor) -> torch.Tensor:
        logits = torch.zeros(1, 19, 32, 32)
        logits[:, 0] = 9
        return logits

    scores = task.validate(small.Knows(nobody))
    assert scores["f1"] == 0
    assert 0 < scores["miou"] < 0.1  # the background alone


def test_only_parts_that_occur_are_scored(task: Any) -> None:
    scores = task.validate(knowing(task))
    pack = Pack(task.data / "celeba-val.tar")
    seen = {int(k) for n in pack.ids("photo")[:2] for k in np.unique(pack.labels(n))} - {0}
    assert {k for k in scores if k.startswith("f1_")} == {f"f1_{CLASSES[k]}" for k in seen}


def test_the_sheet_shows_photograph_labels_and_answer(task: Any) -> None:
    sheet = task.sheet(task.nets["net"].eval())
    people = len(Pack(task.data / "celeba-val.tar").ids("photo"))
    assert sheet.shape == (3 * 192, min(8, people) * 192, 3)
    assert sheet.dtype == np.uint8


def test_the_graph_gives_nineteen_scores_for_every_second_pixel(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    with torch.no_grad():
        assert spec.module(*spec.inputs.values()).shape == (1, 19, 32, 32)
    assert spec.name == "faces-parse"


@pytest.mark.parametrize("frozen", [True, False])
def test_statistics_stay_where_the_recipe_freezes_them(
    frozen: bool, packs: Path, cache: Path
) -> None:
    task = small.load("parse", packs, cache, f"frozen_norms={str(frozen).lower()}")
    net = task.nets["net"].train()
    before = {k: v.clone() for k, v in net.named_buffers() if "running" in k}
    batch = small.batch_of(task, np.random.default_rng(0))
    for _, loss, _ in task.losses(batch, 0):
        assert torch.isfinite(loss)
    same = [torch.equal(v, before[k]) for k, v in net.named_buffers() if k in before]
    assert all(same) == frozen
    assert same


def test_classes_told_too_readily_are_told_less_when_the_network_is_exported(
    packs: Path, cache: Path
) -> None:
    task = small.load("parse", packs, cache, "adjusted_on=3")
    net = task.nets["net"].eval()
    with torch.no_grad():
        net.head.weight *= 0.01  # scores all but alike, so that the hat's lead decides
        net.head.bias[:] = 0
        net.head.bias[CLASSES.index("hat")] = 0.15
    shipped = task.export(net).module
    moved = (shipped.head.bias - net.head.bias).detach()
    assert moved[CLASSES.index("hat")] < moved.max()
    assert moved.abs().max() <= 0.6 + 1e-6
    assert float(net.head.bias.detach()[CLASSES.index("hat")]) == pytest.approx(
        0.15
    )  # what is trained on stays


def test_a_recipe_may_leave_the_network_as_it_was_taught(packs: Path, cache: Path) -> None:
    task = small.load("parse", packs, cache, "adjusted_on=0")
    assert task.export(task.nets["net"]).module is task.nets["net"]
