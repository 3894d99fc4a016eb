"""The turns of the synthesis."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from limner.train.loops._sketch_losses import (
    Inputs,
    Weights,
    _labels_loss,
    _palette_loss,
    critics_turn,
    maker_turn,
)
from limner.train.losses.adversarial import MultiScaleCritic
from limner.train.losses.projected import ProjectedCritic
from limner.train.nets.frozen import open_frozen
from limner.train.nets.sketch_synthesis import Made


def _inputs(n: int = 2, size: int = 128) -> Inputs:
    labels = torch.zeros(n, 128, 128, dtype=torch.int64)
    labels[:, 30:90, 30:90] = 1
    classes = functional.one_hot(labels, 19).permute(0, 3, 1, 2).float()
    return Inputs(
        photo=torch.rand(n, 3, size, size) * 2 - 1,
        labels=labels,
        classes=classes,
        codes={},
        ink=torch.zeros(n, 2, 256, 256),
        palette=torch.zeros(n, 17),
        grain=torch.zeros(n, 1, 256, 256),
        paired=torch.ones(n),
        own=torch.ones(n),
        trust=torch.ones(n),
    )


def _made(photo: torch.Tensor, logits: torch.Tensor) -> Made:
    return Made(photo, photo, logits, photo)


def test_right_classes_cost_little_and_unknown_ones_nothing() -> None:
    x = _inputs()
    right, wrong = 20 * x.classes, 20 * x.classes.roll(1, 1)
    assert _labels_loss(right, x.labels) < 0.1 < _labels_loss(wrong, x.labels)
    assert _labels_loss(wrong, torch.full_like(x.labels, 255)) == 0


def test_a_palette_is_kept_when_the_parts_have_its_colours() -> None:
    x = _inputs()
    x.palette[:, :3] = torch.tensor([0.4, -0.2, 0.1])
    photo = torch.zeros(2, 3, 128, 128) + torch.tensor([0.4, -0.2, 0.1])[:, None, None]
    logits = 20 * x.classes
    assert _palette_loss(_made(photo, logits), x) < 1e-5
    assert _palette_loss(_made(-photo, logits), x) > 0.1


def _turns(x: Inputs, photo: torch.Tensor) -> tuple[dict[str, float], dict[str, float]]:
    torch.manual_seed(0)
    critics = MultiScaleCritic(20, width=4, layers=2), ProjectedCritic(width=8)
    seen = open_frozen("random")
    weights = Weights(1, 1, 1, 1, 1, 1, 1, 0.0)
    made = _made(photo, torch.zeros(len(photo), 19, 128, 128, requires_grad=True))
    first = critics_turn(x, made, critics, seen, weights)
    second = maker_turn(x, made, critics, (seen, seen), weights)
    assert first[0] == "critics"
    assert second[0] == "net"
    second[1].backward()  # type: ignore[no-untyped-call]
    return first[2], second[2]


def test_both_turns_are_finite_and_reach_the_picture() -> None:
    x = _inputs()
    photo = torch.randn(2, 3, 128, 128, requires_grad=True)
    first, second = _turns(x, photo)
    assert all(abs(v) < 1e3 for v in (*first.values(), *second.values()))
    assert photo.grad is not None
    assert photo.grad.abs().sum() > 0


def test_the_photograph_itself_costs_nothing_but_the_critics() -> None:
    x = _inputs()
    _, numbers = _turns(x, x.photo.clone().requires_grad_())
    assert numbers["coarse"] == pytest.approx(0, abs=1e-6)
    assert numbers["perceptual"] == pytest.approx(0, abs=1e-6)
    # spectral norms move a little each time they are asked
    assert numbers["matching"] == pytest.approx(0, abs=1e-3)


def test_a_sketch_without_photograph_is_not_compared_with_one() -> None:
    x = _inputs()
    x.paired[:] = 0
    _, numbers = _turns(x, torch.randn(2, 3, 128, 128, requires_grad=True))
    assert numbers["coarse"] == numbers["perceptual"] == numbers["matching"] == 0
    assert numbers["g_projected"] != 0


def test_the_condition_holds_ink_and_classes_at_the_photographs_size() -> None:
    x = _inputs(size=256)
    x.ink[:, 0] = 0.5
    condition = x.condition()
    assert condition.shape == (2, 20, 256, 256)
    assert condition[:, 0].min() == 0.5
    torch.testing.assert_close(condition[:, 1:].sum(1), torch.ones(2, 256, 256))
