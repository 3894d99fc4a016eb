"""Two steps of the refiner's training, with its critic; what a turn there and back leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from limner.train import recipe as recipes
from limner.train.loops import head_refine
from limner.train.nets.head_shell import HeadShell

pytestmark = pytest.mark.slow


@pytest.fixture
def task(
    small_shell: HeadShell, head_packs: Path, head_cache: Path, tmp_path: Path
) -> head_refine.HeadRefineTask:
    # a head that is there: an untrained shell is nearly nothing
    with torch.no_grad():
        small_shell.decoder.to_rest[1].bias[19] = 3.0  # type: ignore[operator]
    state = {k: v.contiguous() for k, v in small_shell.state_dict().items()}
    save_file(state, str(tmp_path / "best.safetensors"))
    keys = {
        "shell": f"'{tmp_path}'",
        "cache": f"'{head_cache}'",
        "width": 8,
        "people": 1,
        "critic_from": 1,
    }
    changes = [f"head_refine.{k}={v}" for k, v in keys.items()]
    return head_refine.make(recipes.read("head-refine", ["batch=2", *changes]), head_packs)


def batch_of(task: head_refine.HeadRefineTask, seed: int) -> dict[str, torch.Tensor]:
    rows = task.sampler.batch(np.random.default_rng(seed))
    return {k: torch.from_numpy(v) for k, v in rows.items()}


def test_two_steps_train_the_refiner_then_the_critic(task: head_refine.HeadRefineTask) -> None:
    optimizers = task.optimizers()
    turns = []
    for step in range(2):
        for name, loss, log in task.losses(batch_of(task, step), step):
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
            assert torch.isfinite(loss)
            assert log
            turns.append(name)
    assert turns == ["refiner", "refiner", "critic"]


def test_the_shell_is_not_trained(task: head_refine.HeadRefineTask) -> None:
    assert not any(p.requires_grad for p in task.shell.parameters())
    assert set(task.nets) == {"refiner", "critic"}


def test_a_photograph_goes_there_and_back_and_a_synthetic_head_only_there(
    task: head_refine.HeadRefineTask,
) -> None:
    batch = next(b for b in (batch_of(task, s) for s in range(20)) if b["real"].sum() == 1)
    back, away = task.lost(batch)
    real = int(batch["real"].argmax())
    assert back.visible[real].mean() <= away.visible[real].mean() + 1e-3
    assert torch.equal(back.visible[1 - real], away.visible[1 - real])
    assert back.survived.isfinite().all()


def test_validation_sheet_and_graph(task: head_refine.HeadRefineTask) -> None:
    ema = task.nets["refiner"].eval()
    with torch.no_grad():
        scores, sheet = task.validate(ema), task.sheet(ema)
        spec = task.export(ema)
        photo, alpha = spec.module(*spec.inputs.values())
    assert set(scores) == {"psnr", "psnr_without"}
    assert sheet.shape[1:] == (512, 3)
    assert photo.shape == (1, 3, 256, 256)
    assert 0 <= alpha.min() <= alpha.max() <= 1


def test_a_square_is_cut_from_every_picture_at_its_own_place(
    task: head_refine.HeadRefineTask,
) -> None:
    torch.manual_seed(0)
    window = head_refine._Window.near_face(5, 144)
    places = torch.arange(256 * 256).view(1, 1, 256, 256).expand(5, 2, 256, 256)
    cut = window(places)
    assert cut.shape == (5, 2, 144, 144)
    corners = [divmod(int(v), 256) for v in cut[:, 0, 0, 0]]
    assert corners == list(window.corners)
    assert len(set(corners)) > 1
    assert all(0 <= n <= 112 for corner in corners for n in corner)
    back, _ = task.lost(batch_of(task, 0))
    small = back.cut(head_refine._Window.near_face(len(back.visible), 64))
    assert small.survived.shape[-2:] == small.seen.labels.shape[-2:] == (64, 64)
