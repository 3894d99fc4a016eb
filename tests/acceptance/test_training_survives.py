"""Acceptance 38 and 39: what a kill or a number that is none does to a training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train import toy

from limner.errors import TrainingStopped
from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(sys.platform == "win32", reason="forks"),
]


def kill_often(folder: Path, root: Path, *, kills: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.train.killed", str(folder), str(kills), "1"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["steps"] == sorted(found["steps"]), "a kill threw the training back"
    assert found["last"] == found["steps"][-1] + 3
    assert found["left"] == 0, "torn files stay"
    return found


def test_38_the_newest_checkpoint_loads_after_five_kills(root: Path, tmp_path: Path) -> None:
    assert kill_often(tmp_path, root, kills=5)["last"] > 3


@pytest.mark.soak
def test_38_the_newest_checkpoint_loads_after_fifty_kills(root: Path, tmp_path: Path) -> None:
    found = kill_often(tmp_path, root, kills=50)
    assert found["torn"] > 0, "no kill fell into a write; the test proved little"


def job(folder: Path, **values: object) -> Job:
    recipe = toy.recipe(steps=8, checkpoint_every_s=0.0, validate_every=8, **values)
    return Job(
        recipe, folder, folder, Machine("cpu", threads=1), Options(tensorboard=False), toy.make
    )


def newest(folder: Path) -> dict[str, Any]:
    state = checkpoint.newest(folder / "checkpoints")
    assert state is not None
    return state


@pytest.mark.parametrize("poison", ["loss", "batch"])
def test_39_nan_stops_with_the_last_good_checkpoint_kept(poison: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match=r"step 5 .*'net' is nan"):
        engine.run(job(tmp_path, poison_step=5, poison=poison))
    state = newest(tmp_path)
    assert state["step"] == 5
    assert all(torch.isfinite(v).all() for v in state["nets"].values())


@pytest.mark.parametrize("poison", ["loss", "batch"])
def test_39_nan_is_skipped_on_request(poison: str, tmp_path: Path) -> None:
    engine.run(job(tmp_path / "clean", nan="skip"))
    engine.run(job(tmp_path / "bad", nan="skip", poison_step=5, poison=poison))
    clean, bad = newest(tmp_path / "clean"), newest(tmp_path / "bad")
    assert bad["step"] == 8
    assert bad["skipped"] == (1 if poison == "loss" else 2)
    assert clean["skipped"] == 0
    finite = [v for v in {**bad["nets"], **bad["ema"]}.values() if v.is_floating_point()]
    assert all(torch.isfinite(v).all() for v in finite)
    assert not torch.equal(clean["nets"]["net.last.weight"], bad["nets"]["net.last.weight"])


def test_39_nothing_but_nan_stops_even_where_it_is_skipped(tmp_path: Path) -> None:
    recipe = toy.recipe(steps=200, nan="skip", lr=0.0, batch=1)
    recipe = recipe.changed(table={"poison_step": 0})

    class Always(toy.ToyTask):
        def losses(self, batch: Any, step: int) -> Any:
            del step
            yield next(iter(super().losses(batch, 0)))

    made = Job(
        recipe, tmp_path, tmp_path, Machine("cpu", threads=1), Options(), lambda r, _: Always(r)
    )
    with pytest.raises(TrainingStopped, match="49 turns"):
        engine.run(made)
