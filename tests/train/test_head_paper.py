"""The published shapes: masks that sum to one, exact turning, two steps of training, and their size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train import recipe as recipes
from limner.train.loops import head_paper
from limner.train.nets.head_paper import PAPER_PARTS, DualCritic, PaperHead


def small() -> PaperHead:
    torch.manual_seed(0)
    return PaperHead(style=16, width=8, channels=16, side=16, size_px=32).eval()


def test_every_class_belongs_to_one_part() -> None:
    assert sorted(c for part in PAPER_PARTS for c in part) == list(range(19))
    assert len(PAPER_PARTS) == 13


def test_masks_sum_to_one_and_depth_lies_in_the_box() -> None:
    head = small()
    with torch.no_grad():
        out = head(head.codes(torch.randn(2, 16)), torch.tensor([[0.0, 0.0], [30.0, -10.0]]))
    assert out["photo"].shape == (2, 3, 32, 32)
    assert out["labels"].shape == (2, 13, 32, 32)
    assert (out["masks"].sum(1) - 1).abs().max() < 1e-4
    assert 0.95 < out["depth"].min() <= out["depth"].max() < 1.26


def test_a_surface_is_rendered_where_its_depth_says() -> None:
    head = small()
    solid = torch.full((1, 13, 2, 16, 16), -30.0)
    solid[:, 1, 0], solid[:, 1, 1] = 0.5, 8.0  # the face: a plane at half the box
    with torch.no_grad():
        _, masks, depth = head.render((solid, torch.zeros(1, 13, 4, 16, 16)), torch.zeros(1, 2))
    assert masks[0, 1, 8, 8] > 0.95
    # the published lift is 12 mm wide, so what is met lies before the plane by about as much
    assert 1.1062 - 0.07 - 0.02 < depth[0, 0, 8, 8] < 1.1062 - 0.07


def test_codes_are_mixed_with_a_second_seed_only_sometimes() -> None:
    head = small()
    torch.manual_seed(0)
    a, b = torch.randn(40, 16), torch.randn(40, 16)
    plain, mixed = head.codes(a), head.codes(a, b, chance=0.3)
    same = (plain == mixed).flatten(1).all(1).float().mean()
    assert 0.4 < same < 0.95


def test_the_published_shapes_have_the_published_sizes() -> None:
    with torch.device("meta"):
        head, critic = PaperHead(size_px=512), DualCritic(512)
    millions = sum(p.numel() for p in head.parameters()) / 1e6
    assert 15 < millions < 40  # SemanticStyleGAN's has 20.3 at other map widths
    assert sum(p.numel() for p in critic.parameters()) / 1e6 > 20


@pytest.mark.slow
def test_two_steps_train_both_sides(head_packs: Path, head_cache: Path) -> None:
    keys = {"cache": f"'{head_cache}'", "size_px": 32, "style": 16, "width": 8, "channels": 16}
    keys |= {"critic_width": 16, "side": 16}
    changes = [f"head_paper.{k}={v}" for k, v in keys.items()]
    torch.manual_seed(0)
    task = head_paper.make(recipes.read("head-paper", ["batch=2", *changes]), head_packs)
    optimizers = task.optimizers()
    for step in range(2):
        rows = task.sampler.batch(np.random.default_rng(step))
        batch = {k: torch.from_numpy(v) for k, v in rows.items()}
        turns = []
        for name, loss, log in task.losses(batch, step):
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
            assert torch.isfinite(loss)
            assert log
            turns.append(name)
        assert turns == ["head", "critic"]
    ema = task.nets["head"].eval()
    with torch.no_grad():
        assert 0 <= task.validate(ema)["agree"] <= 1
        assert task.sheet(ema).shape == (32, 8 * 32, 3)
        spec = task.export(ema)
        assert len(spec.module(*spec.inputs.values())) == len(spec.outputs)
