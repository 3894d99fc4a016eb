"""Acceptance 40: two processes learn what one learns from the same pictures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.acceptance.test_training_recipes import SMALL
from tests.train import toy
from tests.train.made_packs import write_packs

from limner.errors import RecipeError
from limner.train import recipe as recipes
from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options, Result

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")


def go(folder: Path, devices: int, *, until: int = 0) -> Result:
    # Batch statistics are of a process's own pictures, as everywhere: so no norms here.
    recipe = toy.recipe(steps=5, shards=2, precision="f64", norm=False, grad_clip=0.5, log_every=1)
    machine = Machine("cpu", devices=devices, threads=1)
    options = Options(until=until, tensorboard=False)
    return engine.run(Job(recipe, folder, folder, machine, options, toy.make))


def arrays(folder: Path) -> dict[str, torch.Tensor]:
    state = checkpoint.newest(folder / "checkpoints")
    assert state is not None
    assert state["step"] == 5
    made: dict[str, Any] = {f"nets.{k}": v for k, v in state["nets"].items()}
    made |= {f"ema.{k}": v for k, v in state["ema"].items()}
    for name, optimizer in state["optimizers"].items():
        for i, values in optimizer["state"].items():
            made |= {f"{name}.{i}.{k}": torch.as_tensor(v) for k, v in values.items()}
    return made


def losses(folder: Path) -> list[float]:
    with (folder / "metrics.csv").open(newline="") as stream:
        return [float(r["value"]) for r in csv.DictReader(stream) if r["name"].startswith("loss")]


def test_40_two_processes_equal_one(tmp_path: Path) -> None:
    one = go(tmp_path / "one", 1)
    two = go(tmp_path / "two", 2)
    assert one.finished
    assert two.finished
    expected, got = arrays(tmp_path / "one"), arrays(tmp_path / "two")
    assert expected.keys() == got.keys()
    for key, value in expected.items():
        torch.testing.assert_close(got[key], value, rtol=0, atol=1e-6, msg=key)
        assert value.dtype == torch.float64 or "step" in key
    torch.testing.assert_close(losses(tmp_path / "two"), losses(tmp_path / "one"))
    assert one.scores == pytest.approx(two.scores, abs=1e-6)


def test_40_a_run_moves_from_two_processes_to_one(tmp_path: Path) -> None:
    go(tmp_path / "one", 1)
    assert not go(tmp_path / "both", 2, until=3).finished
    assert go(tmp_path / "both", 1).finished
    for key, value in arrays(tmp_path / "one").items():
        torch.testing.assert_close(arrays(tmp_path / "both")[key], value, rtol=0, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["head-radiance", "view-draw"])
def test_40_both_stages_of_turning_drawings_are_taught_by_two_processes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.train.data.drawings._PENCIL_TEST", 2)
    write_packs(tmp_path / "packs")
    task = recipes.read(name).task
    words = ["steps=2", "batch=2", "shards=2", "workers=0", "precision=f32", "warmup_steps=0"]
    words += ["validate_every=2", "sample_every=0", "log_every=1", "nan=stop"]
    words += [f"{task}.{change}" for change in SMALL[task]]
    words.append(f'{task}.cache="{(tmp_path / "cache").as_posix()}"')
    chosen = recipes.read(name, words)
    for devices in (1, 2):  # what is built, the first one builds
        folder = tmp_path / f"{devices}"
        machine = Machine("cpu", devices=devices, threads=1)
        job = Job(chosen, tmp_path / "packs", folder, machine, Options(tensorboard=False))
        assert engine.run(job).finished
    one, two = (checkpoint.newest(tmp_path / k / "checkpoints") for k in "12")
    assert one is not None
    assert two is not None
    for key, value in one["ema"].items():
        # sums in another order, which Adam makes the size of a step where a gradient is nearly nothing
        gap = (two["ema"][key].double() - value.double()).abs()
        assert float(gap.mean()) < 0.02 * chosen.lr, key
    torch.testing.assert_close(losses(tmp_path / "2"), losses(tmp_path / "1"), rtol=1e-3, atol=1e-4)


def test_40_shards_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    recipe = toy.recipe(steps=5, shards=3)
    job = Job(recipe, tmp_path, tmp_path, Machine("cpu", devices=2), Options(), toy.make)
    with pytest.raises(RecipeError, match="3 shards cannot be shared by 2 processes"):
        engine.run(job)
