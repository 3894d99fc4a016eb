"""Two steps of stage 1: random heads against critics, beside the shell's own lessons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from limner.train import recipe as recipes
from limner.train.loops import head_adversarial
from limner.train.nets.head_chart import PARTS
from limner.train.nets.head_shell import HeadShell

pytestmark = pytest.mark.slow


@pytest.fixture
def task(
    small_shell: HeadShell, head_packs: Path, head_cache: Path, tmp_path: Path
) -> head_adversarial.HeadAdversarialTask:
    state = {k: v.contiguous() for k, v in small_shell.state_dict().items()}
    save_file(state, str(tmp_path / "best.safetensors"))
    keys = {"shell": f"'{tmp_path}'", "cache": f"'{head_cache}'", "photos": 2, "rays": 12}
    keys |= {"size_px": 32, "critic_width": 4, "people_codes": 4, "people": 4, "r1_every": 2}
    changes = [f"head_adversarial.{k}={v}" for k, v in keys.items()]
    recipe = recipes.read("head-adversarial", ["batch=2", *changes])
    return head_adversarial.make(recipe, head_packs)


def batch_of(task: head_adversarial.HeadAdversarialTask, seed: int) -> dict[str, torch.Tensor]:
    rows = task.sampler.batch(np.random.default_rng(seed))
    return {k: torch.from_numpy(v) for k, v in rows.items()}


def test_two_steps_train_the_shell_and_all_critics(
    task: head_adversarial.HeadAdversarialTask,
) -> None:
    optimizers = task.optimizers()
    before = {n: [p.clone() for p in net.parameters()] for n, net in task.nets.items()}
    for step in range(2):
        turns = []
        for name, loss, log in task.losses(batch_of(task, step), step):
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
            assert torch.isfinite(loss)
            assert ("r1_picture" in log) == (name == "critics" and step == 0)
            turns.append(name)
        assert turns == ["shell", "critics"]
    for name, net in task.nets.items():
        moved = [not torch.equal(a, b) for a, b in zip(before[name], net.parameters(), strict=True)]
        assert any(moved), name


def test_the_sampler_begins_near_the_photographs_codes(
    task: head_adversarial.HeadAdversarialTask,
) -> None:
    shell = task.nets["shell"]
    assert isinstance(shell, HeadShell)
    state = shell.sampler.state_dict()
    assert state["mean"].abs().sum() > 0
    assert state["axes"].abs().sum() > 0


def test_mixed_heads_have_parts_of_two_seeds(task: head_adversarial.HeadAdversarialTask) -> None:
    shell = task.nets["shell"]
    assert isinstance(shell, HeadShell)
    torch.manual_seed(0)
    codes = task._random(shell, 64)
    torch.manual_seed(0)
    plain = shell.sample(torch.randn(64, 128))
    same = (codes.parts == plain.parts).flatten(2).all(-1).float().mean(1)
    assert (same == 1).float().mean() > 0.6  # most heads are whole
    assert ((same < 1) & (same > 1 / len(PARTS))).any()


def test_beyond_a_photographs_edge_real_and_made_heads_end_alike(
    task: head_adversarial.HeadAdversarialTask,
) -> None:
    batch = batch_of(task, 1)
    batch["real_labels"] = batch["real_labels"] | torch.tensor(0x80, dtype=torch.uint8)
    real, pose = head_adversarial._real(batch)
    shell = task.nets["shell"]
    assert isinstance(shell, HeadShell)
    with torch.no_grad():
        made = task._made(shell, pose, batch)
    assert real["picture"].abs().max() == made["picture"].abs().max() == 0
    assert made["classes"][:, 0].min() == pytest.approx(1.0)


def test_the_sheet_shows_random_people(task: head_adversarial.HeadAdversarialTask) -> None:
    with torch.no_grad():
        sheet = task.sheet(task.nets["shell"].eval())
    assert sheet.shape[1] == 8 * 128
    assert task.export(task.nets["shell"]).name == "heads-encoder"
