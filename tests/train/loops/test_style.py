"""The styles' task: critics first, then the maker; test people are drawn the same every time."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.train.data.drawings import STYLES, Sheets

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path, sheets: Sheets) -> Any:
    assert len(sheets.ids)  # built already, with few held back
    return small.load("style", packs, cache)


def test_the_critics_learn_first_then_the_maker(task: Any) -> None:
    small.assert_one_turn_teaches(
        task, {"critics": "patch", "net": "net"}, np.random.default_rng(3)
    )


def test_the_judging_features_are_in_no_net_that_learns(task: Any) -> None:
    learnt = {id(p) for group in task.optimizers().values() for p in _parameters(group)}
    assert not learnt & {id(p) for p in task.features.parameters()}
    assert not {id(m) for m in task.nets.modules()} & {id(task.features)}
    assert learnt >= {id(p) for p in task.nets["net"].parameters()}


def test_the_stroke_loss_is_there_when_asked_for_and_its_classifier_does_not_learn(
    packs: Path, cache: Path
) -> None:
    task = small.load("style", packs, cache, 'strokes="random"')
    before = [p.clone() for p in task.strokes.state_dict().values()]
    said = [n for _, _, n in task.losses(small.batch_of(task, np.random.default_rng(0)), 0)]
    assert said[1]["stroke"] > 0
    assert not task.strokes.training
    for a, b in zip(before, task.strokes.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_rows_without_a_photograph_of_their_own_teach_through_the_critics_alone(task: Any) -> None:
    batch = small.batch_of(task, np.random.default_rng(0))
    torch.manual_seed(0)
    paired = [n for _, _, n in task.losses(batch, 0)][1]
    batch["paired"] = torch.zeros_like(batch["paired"])
    torch.manual_seed(0)
    free = [n for _, _, n in task.losses(batch, 0)][1]
    assert all(paired[k] > 0 for k in ("coarse", "matching", "perceptual"))
    assert all(free[k] == 0 for k in ("coarse", "matching", "perceptual"))
    assert free["g"] != 0


def _parameters(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def test_a_drawing_is_the_same_twice_and_cut_to_multiples_of_four(task: Any) -> None:
    net = task.nets["net"].eval()
    sheet = task.held_out.sheet(0)[:50, :46]
    first, second = (task.draw(net, sheet, 1) for _ in range(2))
    assert first.shape == (48, 44)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)


class Judge:
    """Stands for the judge's network: means and spreads of a drawing's quarters."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def __call__(self, drawings: Any) -> Any:
        self.counts.append(len(drawings))
        flat = np.stack([np.asarray(d, np.float64).reshape(4, -1) / 255 for d in drawings])
        return np.concatenate([flat.mean(2), flat.std(2)], 1)


def scored(
    task: Any, monkeypatch: pytest.MonkeyPatch, tone: float
) -> tuple[dict[str, float], Judge]:
    judged = Judge()
    monkeypatch.setattr(import_module("limner.metrics.features"), "features", judged)
    net = small.Knows(lambda picture, style, noise: torch.full_like(noise, tone))
    return task.validate(net), judged


def test_every_style_with_two_test_people_is_judged_beside_as_many_drawings(
    task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, judged = scored(task, monkeypatch, 1.0)
    held = np.bincount(task.held_out.style, minlength=len(STYLES))
    known = {f"fd_{n}" for n, count in zip(STYLES, held, strict=True) if count >= 2}
    assert known
    assert set(scores) == known | {"fd"}
    assert scores["fd"] == pytest.approx(np.mean([scores[k] for k in known]))
    assert all(np.isfinite(v) for v in scores.values())
    assert set(judged.counts) == {2}


def test_black_sheets_are_further_from_the_artist_than_white_ones(
    task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    white, _ = scored(task, monkeypatch, 1.0)
    black, _ = scored(task, monkeypatch, 0.0)
    assert black["fd"] > 2 * white["fd"]


def test_the_sheet_shows_photograph_ink_every_style_and_the_artist(task: Any) -> None:
    sheet = task.sheet(task.nets["net"].eval())
    assert sheet.shape[1:] == ((3 + len(STYLES)) * 250, 3)
    assert sheet.shape[0] % 250 == 0
    assert sheet.dtype == np.uint8


def test_the_graph_draws_pictures_of_any_size(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    assert spec.name == "styles-draw"
    assert spec.dynamic["picture"] == spec.dynamic["noise"] == spec.dynamic["drawing"]
    assert spec.inputs["picture"].shape[1] == 21
