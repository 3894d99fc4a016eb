"""The last stage keeps what it is given and is judged by crops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train import recipe as recipes
from limner.train.loops import sketch_detail
from limner.train.loops.sketch_detail import DetailTask, _edges


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> DetailTask:
    values = {
        "cache": cache,
        "parts": '""',
        "synthesis": '""',
        "perceptual_net": "random",
        "crop_px": 128,
        "critic_width": 4,
        "held_out": 1,
        "build_workers": 1,
    }
    changes = ["batch=1", *(f"sketch_detail.{k}={v}" for k, v in values.items())]
    torch.manual_seed(0)
    return sketch_detail.make(recipes.read("sketch-detail", changes), packs)


def test_crops_of_all_sizes_show_the_same_place(task: DetailTask) -> None:
    ramp = np.tile((np.arange(512) // 2).astype(np.uint8), (512, 1))
    rows = task.sampler.batch(np.random.default_rng(0))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    batch["photo"] = torch.from_numpy(np.repeat(ramp[None, ..., None], 3, 3))
    batch["rough"] = torch.from_numpy(ramp[None])
    batch["confidence"][:] = 1
    with torch.no_grad():
        x = task._crop(batch)
    assert x.real.shape[-1] == 128
    assert x.half.shape[-1] == x.features.shape[-1] == 64
    photo = (x.real[0, 0] + 1) * 127.5
    torch.testing.assert_close(photo, x.ink[0, 0] * 255, atol=1.0, rtol=0)


def test_both_turns_are_finite_and_only_the_last_stage_learns(task: DetailTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(1))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    names = []
    for name, loss, numbers in task.losses(batch, 0):
        assert all(np.isfinite(v) for v in numbers.values())
        loss.backward()  # type: ignore[no-untyped-call]
        names.append(name)
    assert names == ["critics", "net"]
    assert all(p.grad is not None for p in task.nets["net"].parameters())
    assert all(p.grad is None for p in task.before.parameters())


def test_people_of_the_sheet_are_held_out(task: DetailTask) -> None:
    assert not set(task.held_out.ids) & set(task.sampler.faces.ids)
    scores = task.validate(task.nets["net"])
    assert scores["sharpness"] > 0
    assert scores["kept"] >= 0


def test_sharpness_counts_edges() -> None:
    smooth = torch.linspace(0, 1, 64).expand(1, 3, 64, 64)
    rough = smooth + 0.1 * torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    assert _edges(rough) > 10 * _edges(smooth)
