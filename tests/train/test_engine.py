"""A job's folder, its lock and its signals."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from filelock import FileLock
from tests.train import toy

from limner.errors import RecipeError
from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options, Result

pytestmark = pytest.mark.train


def job(folder: Path, recipe: Any = None, **options: Any) -> Job:
    asked = Options(**({"tensorboard": False} | options))
    return Job(recipe or toy.recipe(), folder, folder, Machine("cpu", threads=1), asked, toy.make)


def test_a_folder_is_one_trainings_at_a_time(tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"), pytest.raises(RecipeError, match="is at work in"):
        engine.run(job(tmp_path))


def test_another_recipe_is_not_poured_into_a_run(tmp_path: Path) -> None:
    engine.run(job(tmp_path, until=2))
    with pytest.raises(RecipeError, match=r"began with lr = 0\.01, now it is 0\.02"):
        engine.run(job(tmp_path, toy.recipe(lr=0.02)))
    with pytest.raises(RecipeError, match=r"began with toy = \{'width': 5\}|began with toy"):
        engine.run(job(tmp_path, toy.recipe(width=5)))
    assert engine.run(job(tmp_path, toy.recipe(steps=4, workers=0, log_every=1))).finished


def test_torn_files_of_a_kill_are_swept(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    torn = tmp_path / "checkpoints" / ".limner-0123.tmp"
    torn.write_bytes(b"half")
    engine.run(job(tmp_path))
    assert not torn.exists()


def test_the_run_says_where_its_data_was_and_what_computed(tmp_path: Path) -> None:
    engine.run(job(tmp_path))
    about = json.loads((tmp_path / "run.json").read_text())
    assert about["data"] == str(tmp_path.resolve())
    assert about["machine"].endswith("cores")
    assert (about["processes"], about["format"]) == (1, "f32")


def test_sigterm_ends_with_a_checkpoint_and_then_acts(tmp_path: Path) -> None:
    caught = []
    before = signal.signal(signal.SIGTERM, lambda number, _: caught.append(number))
    try:
        engine.run(job(tmp_path, toy.recipe(term_step=3)))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught == [signal.SIGTERM]
    state = checkpoint.newest(tmp_path / "checkpoints")
    assert state is not None
    assert state["step"] == 4  # the step under way was finished


def test_training_in_a_thread_leaves_signals_alone(tmp_path: Path) -> None:
    done: list[Result] = []
    thread = threading.Thread(target=lambda: done.append(engine.run(job(tmp_path))))
    thread.start()
    thread.join()
    assert done[0].finished


def test_what_the_caller_had_set_is_set_again(tmp_path: Path) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state(), torch.get_num_threads()
    engine.run(job(tmp_path))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_finished_run_stays_as_it_is(tmp_path: Path) -> None:
    engine.run(job(tmp_path))
    files = {p: p.read_bytes() for p in (tmp_path / "checkpoints").iterdir()}
    assert engine.run(job(tmp_path)).finished
    assert {p: p.read_bytes() for p in (tmp_path / "checkpoints").iterdir()} == files
