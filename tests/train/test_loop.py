"""One process's part: what it keeps, when it judges, how it begins."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from tests.train import toy

from limner.errors import RecipeError, TrainingStopped
from limner.train.graph import to_onnx
from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options, Progress, Result

pytestmark = pytest.mark.train


def go(folder: Path, recipe: Any = None, make: Any = toy.make, **options: Any) -> Result:
    recipe = recipe or toy.recipe()
    asked = Options(**({"tensorboard": False} | options))
    return engine.run(Job(recipe, folder, folder, Machine("cpu", threads=1), asked, make))


def state(folder: Path) -> dict[str, Any]:
    found = checkpoint.newest(folder / "checkpoints")
    assert found is not None
    return found


def logged(folder: Path, name: str) -> dict[int, float]:
    with (folder / "metrics.csv").open(newline="") as stream:
        return {
            int(r["step"]): float(r["value"]) for r in csv.DictReader(stream) if r["name"] == name
        }


def test_a_run_keeps_log_sheets_best_and_checkpoints(tmp_path: Path) -> None:
    result = go(tmp_path)
    assert result == Result(tmp_path, 6, finished=True, scores=result.scores)
    assert set(logged(tmp_path, "validation/l1")) == {3, 6}
    assert set(logged(tmp_path, "loss/net")) == {2, 4, 6}
    sheet = Image.open(tmp_path / "samples" / "step-00000006.png")
    assert np.asarray(sheet).shape == (8, 32, 3)
    assert state(tmp_path)["step"] == 6


def test_the_best_weights_are_those_of_the_best_score(tmp_path: Path) -> None:
    scores = iter([0.5, 0.7, 0.6, float("nan")])

    class Judged(toy.ToyTask):
        def validate(self, ema: torch.nn.Module) -> dict[str, float]:
            del ema
            return {"l1": next(scores)}

    recipe = toy.recipe(steps=8, validate_every=2, best_goal="max")
    go(tmp_path, recipe, lambda r, _: Judged(r))
    with safe_open(tmp_path / "best.safetensors", "pt") as best:
        assert best.metadata() == {"score": '{"step": 4, "l1": 0.7}'}
        assert set(best.keys()) == set(state(tmp_path)["ema"])


def test_a_best_metric_that_is_not_measured_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"best_metric is 'f1', but there are: \['l1'\]"):
        go(tmp_path, toy.recipe(best_metric="f1"))


def test_minutes_end_with_a_checkpoint(tmp_path: Path) -> None:
    result = go(tmp_path, toy.recipe(steps=10**6, validate_every=0, sample_every=0), minutes=0.003)
    assert not result.finished
    assert state(tmp_path)["step"] == result.step < 10**6


def test_weights_that_are_no_numbers_are_never_kept(tmp_path: Path) -> None:
    class Broken(toy.ToyTask):
        def validate(self, ema: torch.nn.Module) -> dict[str, float]:
            with torch.no_grad():
                self.nets["net"].last.weight.fill_(float("inf"))  # type: ignore[union-attr,operator]
            return super().validate(ema)

    with pytest.raises(TrainingStopped, match=r"weights net\.last.weight are no numbers"):
        go(tmp_path, toy.recipe(checkpoint_every_s=0.0), lambda r, _: Broken(r))
    assert state(tmp_path)["step"] == 2


def test_a_checkpoint_of_another_net_is_said(tmp_path: Path) -> None:
    go(tmp_path)
    with pytest.raises(TrainingStopped, match="does not fit this task"):
        go(tmp_path, toy.recipe(steps=8, width=6), allow_changes=True)


def test_a_new_rate_counts_after_going_on(tmp_path: Path) -> None:
    go(tmp_path)
    go(tmp_path, toy.recipe(steps=8, lr=0.5), allow_changes=True)
    assert logged(tmp_path, "lr") == {2: 0.01, 4: 0.01, 6: 0.01, 8: 0.5}


def test_a_run_begins_from_a_graph_that_was_exported(tmp_path: Path) -> None:
    torch.manual_seed(5)
    other = toy.ToyTask(toy.recipe())
    graph = tmp_path / "styles-toy.onnx"
    graph.write_bytes(to_onnx(other.export(other.nets["net"]), f16=False))
    go(tmp_path / "run", until=1, init=str(graph), recipe=toy.recipe(lr=0.0))
    found = state(tmp_path / "run")
    for name, value in other.nets["net"].named_parameters():
        torch.testing.assert_close(found["nets"][f"net.{name}"], value.detach())
        torch.testing.assert_close(found["ema"][name], value.detach())
    assert found["ema_ramp"] == 0.0


def test_portable_weights_carry_a_run_elsewhere(tmp_path: Path) -> None:
    go(tmp_path / "here", portable=True)
    parts = list((tmp_path / "here" / "portable").glob("*.safetensors"))
    assert all(p.stat().st_size <= 16 * 2**20 for p in parts)
    assert json.loads((tmp_path / "here" / "portable" / "about.json").read_text())["step"] == 6
    portable = str(tmp_path / "here" / "portable")
    go(tmp_path / "there", until=1, init=portable, recipe=toy.recipe(lr=0.0))
    here, there = state(tmp_path / "here"), state(tmp_path / "there")
    for name in ("net.first.weight", "critic.0.weight"):
        torch.testing.assert_close(there["nets"][name], here["nets"][name], rtol=1e-3, atol=1e-4)
    weight = there["ema"]["first.weight"]
    torch.testing.assert_close(weight, here["ema"]["first.weight"], rtol=5e-2, atol=5e-2)
    assert not torch.equal(weight, there["nets"]["net.first.weight"])


def test_convolutions_are_laid_out_channels_last_and_nothing_else_is(tmp_path: Path) -> None:
    seen: list[torch.nn.ModuleDict] = []

    class Grid(toy.ToyTask):
        def optimizers(self) -> dict[str, torch.optim.Optimizer]:
            seen.append(self.nets)
            return super().optimizers()

        def __init__(self, recipe: Any) -> None:
            super().__init__(recipe)
            self.nets["net"].register_buffer("grid", torch.zeros(1, 2, 3, 4))

    go(tmp_path, None, lambda r, _: Grid(r))
    state = seen[0].state_dict()
    assert state["net.first.weight"].is_contiguous(memory_format=torch.channels_last)
    assert not state["net.first.weight"].is_contiguous()
    assert state["net.grid"].is_contiguous()


def test_bf16_trains_with_f32_weights(tmp_path: Path) -> None:
    go(tmp_path, toy.recipe(precision="bf16"))
    found = state(tmp_path)
    assert found["nets"]["net.first.weight"].dtype == torch.float32
    assert np.isfinite(logged(tmp_path, "loss/net")[6])
    about = json.loads((tmp_path / "run.json").read_text())
    assert about["format"] == "bf16"


def test_progress_is_told_as_it_happens(tmp_path: Path) -> None:
    told: list[Progress] = []
    job = Job(
        toy.recipe(),
        tmp_path,
        tmp_path,
        Machine("cpu", threads=1),
        Options(),
        toy.make,
        told.append,
    )
    engine.run(job)
    assert [(p.step, p.pictures) for p in told] == [(2, 4), (3, 6), (4, 8), (6, 12), (6, 12)]
    assert "validation/l1" in told[1].numbers
    assert told[0].seconds > 0
