"""Acceptance 37: a training that was cut goes on as if it had not been, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train import toy

from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options, Progress, Result

pytestmark = pytest.mark.train
ONE_THREAD = Machine("cpu", threads=1)


class Cut(Exception):
    """Stands for a power cut."""


def go(folder: Path, *, until: int = 0, cut_at: int = 0, workers: int = 0) -> Result:
    def report(progress: Progress) -> None:
        if progress.step == cut_at:
            raise Cut

    recipe = toy.recipe(
        steps=40, workers=workers, schedule="cosine", warmup_steps=5, checkpoint_every_s=0.0
    )
    options = Options(until=until, tensorboard=False)
    job = Job(recipe, folder, folder, ONE_THREAD, options, toy.make, report)
    return engine.run(job)


def state(folder: Path) -> dict[str, Any]:
    found = checkpoint.newest(folder / "checkpoints")
    assert found is not None
    del found["seconds"]
    return found


def assert_same(a: object, b: object, where: str = "state") -> None:
    if isinstance(a, torch.Tensor):
        assert isinstance(b, torch.Tensor)
        assert a.dtype == b.dtype, where
        assert torch.equal(a, b), where
    elif isinstance(a, dict):
        assert isinstance(b, dict)
        assert a.keys() == b.keys(), where
        for key in a:
            assert_same(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list | tuple):
        assert isinstance(b, list | tuple)
        assert len(a) == len(b), where
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            assert_same(x, y, f"{where}[{i}]")
    else:
        assert a == b, where


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert go(folder).finished
    return folder


def test_37_forty_steps_equal_twenty_and_twenty(whole: Path, tmp_path: Path) -> None:
    assert not go(tmp_path, until=20).finished
    assert state(tmp_path)["step"] == 20
    assert go(tmp_path).finished
    assert_same(state(whole), state(tmp_path))
    for name in ("metrics.csv", "best.safetensors", "samples/step-00000039.png"):
        assert (whole / name).read_bytes() == (tmp_path / name).read_bytes()


def test_37_a_run_cut_in_the_middle_of_a_window_ends_equal(whole: Path, tmp_path: Path) -> None:
    # Step 27 validates in the middle of a window of the log, whose first half must not be lost.
    with pytest.raises(Cut):
        go(tmp_path, cut_at=27)
    assert state(tmp_path)["step"] == 26
    assert go(tmp_path).finished
    assert_same(state(whole), state(tmp_path))
    assert (whole / "metrics.csv").read_bytes() == (tmp_path / "metrics.csv").read_bytes()


def test_37_workers_change_nothing(whole: Path, tmp_path: Path) -> None:
    go(tmp_path, until=13, workers=2)
    assert go(tmp_path, workers=1).finished
    assert_same(state(whole), state(tmp_path))


def test_37_another_seed_is_another_training(whole: Path, tmp_path: Path) -> None:
    recipe = toy.recipe(steps=40, seed=1, schedule="cosine", warmup_steps=5)
    job = Job(recipe, tmp_path, tmp_path, ONE_THREAD, Options(tensorboard=False), toy.make)
    engine.run(job)
    with pytest.raises(AssertionError):
        assert_same(state(whole), state(tmp_path))
