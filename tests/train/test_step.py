"""One step: rates, shards, clipping, what is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from tests.train import toy
from torch import Tensor

from limner.errors import TrainingStopped
from limner.train.loops.step import Stepper, schedule

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return Fabric(accelerator="cpu", devices=1)


def stepper(fabric: Fabric, task: toy.ToyTask) -> Stepper:
    torch.manual_seed(0)
    return Stepper(fabric, task, task.recipe)


def batch(seed: int) -> dict[str, Tensor]:
    import numpy as np

    made = toy.Pictures(2).batch(np.random.default_rng(seed))
    return {k: torch.from_numpy(v) for k, v in made.items()}


def made(**values: Any) -> toy.ToyTask:
    torch.manual_seed(1)
    return toy.ToyTask(toy.recipe(norm=False, **values))


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        ("constant", [0.25, 1.0, 1.0, 1.0, 1.0]),
        ("linear", [0.25, 1.0, 1.0, 0.55, 0.1]),
        ("cosine", [0.25, 1.0, 1.0, 0.55, 0.1]),
    ],
)
def test_the_rate_rises_stays_and_falls(kind: str, shares: list[float]) -> None:
    recipe = toy.recipe(steps=104, schedule=kind, warmup_steps=4, lr_floor=0.1)
    assert [schedule(recipe, s) for s in (0, 3, 4, 54, 104)] == pytest.approx(shares)
    assert schedule(recipe, 300) == pytest.approx(shares[-1])


def test_every_group_keeps_its_share_of_the_rate(fabric: Fabric) -> None:
    task = made(warmup_steps=10)
    one = stepper(fabric, task)
    one.optimizers["net"].param_groups[0]["lr"] = 123.0  # a checkpoint's rate does not count
    one.step({0: batch(0)}, 4)
    assert one.optimizers["net"].param_groups[0]["lr"] == pytest.approx(0.01 * 0.5)


def test_both_optimizers_move_and_their_losses_are_told(fabric: Fabric) -> None:
    task = made()
    before = {k: v.clone() for k, v in task.nets.state_dict().items()}
    numbers, whole = stepper(fabric, task).step({0: batch(0)}, 0)
    assert whole
    assert {"loss/net", "loss/critic", "near"} == set(numbers)
    after = task.nets.state_dict()
    for name in ("net.first.weight", "net.last.weight", "critic.0.weight", "critic.2.weight"):
        assert not torch.equal(before[name], after[name])


def test_shards_are_averaged(fabric: Fabric) -> None:
    task = made(lr=0.0)
    one = stepper(fabric, task)
    first, _ = one.step({0: batch(0)}, 0)
    second, _ = one.step({1: batch(1)}, 0)
    both, _ = one.step({0: batch(0), 1: batch(1)}, 0)
    for key in both:
        assert both[key] == pytest.approx((first[key] + second[key]) / 2, rel=1e-5)


def test_noise_is_of_the_step_and_shard(fabric: Fabric) -> None:
    task = made(lr=0.0)
    one = stepper(fabric, task)
    told = [
        one.step({shard: batch(0)}, step)[0]["near"] for shard, step in [(0, 0), (1, 0), (0, 1)]
    ]
    assert len(set(told)) == 3
    assert one.step({0: batch(0)}, 0)[0]["near"] == told[0]


def test_gradients_are_clipped(fabric: Fabric) -> None:
    task = made(grad_clip=1e-3)
    one = stepper(fabric, task)
    one.step({0: batch(0)}, 0)
    norm = torch.nn.utils.get_total_norm(
        [p.grad for p in task.nets["critic"].parameters() if p.grad is not None]
    )
    assert float(norm) == pytest.approx(1e-3, rel=1e-3)


def test_a_skipped_turn_leaves_weights_and_statistics(fabric: Fabric) -> None:
    torch.manual_seed(1)
    task = toy.ToyTask(toy.recipe(nan="skip", poison_step=0, poison="batch"))
    before = {k: v.clone() for k, v in task.nets.state_dict().items() if v.is_floating_point()}
    one = stepper(fabric, task)
    _, whole = one.step({0: batch(0)}, 0)
    assert not whole
    assert one.skipped == 2
    after = task.nets.state_dict()
    assert all(torch.equal(v, after[k]) for k, v in before.items())


def test_a_gradient_that_overflows_is_no_number_either(fabric: Fabric) -> None:
    class Steep(toy.ToyTask):
        def losses(
            self, batch: dict[str, Tensor], step: int
        ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
            del step
            made = self.nets["net"](batch["x"])
            yield "net", (made * 0).abs().sqrt().sum(), {}

    with pytest.raises(TrainingStopped, match="or its gradient is not finite"):
        stepper(fabric, Steep(toy.recipe())).step({0: batch(0)}, 0)


def test_shards_that_take_different_turns_are_a_mistake(fabric: Fabric) -> None:
    first = float(batch(0)["x"][0, 0, 0, 0])

    class Uneven(toy.ToyTask):
        def losses(self, batch: dict[str, Tensor], step: int) -> Any:
            turns = super().losses(batch, step)
            yield next(turns)
            if float(batch["x"][0, 0, 0, 0]) == first:
                yield next(turns)

    with pytest.raises(RuntimeError, match="differ in turn 1"):
        stepper(fabric, Uneven(toy.recipe())).step({0: batch(0), 1: batch(1)}, 0)
