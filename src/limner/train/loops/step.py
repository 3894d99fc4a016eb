"""The batches of one step in → every optimiser moved once a turn, and the numbers to log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from limner.errors import TrainingStopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightning_fabric import Fabric
    from torch import Tensor

    from limner.train.loops.task import Task
    from limner.train.recipe import Recipe

    Turns = Iterator[tuple[str, Tensor, dict[str, float]]]

__all__ = ["Stepper", "schedule"]

#: Turns in a row that may be skipped before even `nan = "skip"` gives up.
_SKIPS = 50


def schedule(recipe: Recipe, step: int) -> float:
    """Return the share of the full learning rate at `step`.

    Examples
    --------
    >>> from limner.train.recipe import Recipe
    >>> r = Recipe("a", "a", steps=110, schedule="linear", warmup_steps=10, lr_floor=0.5)
    >>> [round(schedule(r, s), 2) for s in (0, 9, 10, 60, 110)]
    [0.1, 1.0, 1.0, 0.75, 0.5]
    """
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    if recipe.schedule == "constant":
        return 1.0
    t = min(1.0, (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps))
    left = 1 - t if recipe.schedule == "linear" else 0.5 * (1 + math.cos(math.pi * t))
    return recipe.lr_floor + (1 - recipe.lr_floor) * left


class Stepper:
    """Does the steps of one training.

    Parameters
    ----------
    fabric : Fabric
        Says how to compute and, with several processes, how to meet.
    task : Task
        Its nets are on their device.
    recipe : Recipe
        Rates, clipping, what to do about numbers that are none.

    Notes
    -----
    Gradients are averaged over processes here, in one flat array an optimiser, and not by a wrapper
    around each net: a task may then call its nets as often and in whatever order it likes between
    two turns, which adversaries do. A step's shards are taken in lock-step turn by turn, so the
    weights do not depend on how many processes share them.
    """

    def __init__(self, fabric: Fabric, task: Task, recipe: Recipe) -> None:
        self.fabric = fabric
        self.task = task
        self.recipe = recipe
        self.optimizers = task.optimizers()
        self.skipped = 0
        self._in_a_row = 0
        self._rates = {k: [g["lr"] for g in o.param_groups] for k, o in self.optimizers.items()}
        self._buffers = [b for b in task.nets.buffers() if b.is_floating_point()]

    def step(
        self, batches: dict[int, dict[str, Tensor]], step: int
    ) -> tuple[dict[str, float], bool]:
        """Do one step.

        Parameters
        ----------
        batches : dict
            Shard → batch, for this process's shards.
        step : int
            Steps done before this one.

        Returns
        -------
        numbers : dict of str to float
            Means over the shards; the losses as ``loss/<optimiser>``.
        whole : bool
            False where a turn was skipped.

        Raises
        ------
        TrainingStopped
            If a loss or gradient is no number and the recipe says stop, or too many were.
        """
        self._set_rates(step)
        kept = [b.clone() for b in self._buffers] if self.recipe.nan == "skip" else []
        turns = {shard: iter(self.task.losses(batch, step)) for shard, batch in batches.items()}
        sums: dict[str, float] = {}
        whole = True
        turn = 0
        while (got := self._backward(turns, step, turn, sums)) is not None:
            name, loss = got
            whole &= self._move(name, loss, step, sums)
            turn += 1
        if whole:
            self._share_buffers()
        elif kept:
            for buffer, old in zip(self._buffers, kept, strict=True):
                buffer.copy_(old)
        return sums, whole

    def _set_rates(self, step: int) -> None:
        factor = schedule(self.recipe, step)
        for name, optimizer in self.optimizers.items():
            for group, rate in zip(optimizer.param_groups, self._rates[name], strict=True):
                group["lr"] = rate * factor

    def _backward(
        self, turns: dict[int, Turns], step: int, turn: int, sums: dict[str, float]
    ) -> tuple[str, Tensor] | None:
        """Take one turn of every shard backward; return its optimiser's name and the mean loss."""
        found: set[str | None] = set()
        losses: list[Tensor] = []
        for shard, run in turns.items():
            _seed(self.recipe.seed, step, shard, turn)
            with self.fabric.autocast():
                got = next(run, None)
            if got is None:
                found.add(None)
                continue
            name, loss, numbers = got
            if name not in found:
                self.optimizers[name].zero_grad(set_to_none=True)
                found.add(name)
            self.fabric.backward(loss / len(turns))
            losses.append(loss.detach())
            for key, value in numbers.items():
                sums[key] = sums.get(key, 0.0) + float(value) / len(turns)
        if len(found) != 1:
            raise RuntimeError(f"The shards of step {step} differ in turn {turn}: {found}.")
        last = found.pop()
        return None if last is None else (last, torch.stack(losses).mean())

    def _move(self, name: str, loss: Tensor, step: int, sums: dict[str, float]) -> bool:
        """Clip and step one optimiser if all is finite; return whether it was."""
        optimizer = self.optimizers[name]
        params = [p for g in optimizer.param_groups for p in g["params"]]
        loss = self._share_gradients(params, loss)
        grads = [p.grad for p in params if p.grad is not None]
        norm = torch.nn.utils.get_total_norm(grads)
        value = float(loss)
        if not (math.isfinite(value) and math.isfinite(float(norm))):
            self._not_a_number(name, value, step)
            optimizer.zero_grad(set_to_none=True)
            return False
        if self.recipe.grad_clip:
            torch.nn.utils.clip_grads_with_norm_(params, self.recipe.grad_clip, norm)
        optimizer.step()
        self._in_a_row = 0
        sums[f"loss/{name}"] = value
        return True

    def _not_a_number(self, name: str, loss: float, step: int) -> None:
        self.skipped += 1
        self._in_a_row += 1
        what = f"At step {step} the loss of {name!r} is {loss}" + (
            ", or its gradient is not finite" if math.isfinite(loss) else ""
        )
        if self.recipe.nan == "stop":
            raise TrainingStopped(
                f"{what}. The last checkpoint is from before; resume with a lower lr, grad_clip=1 "
                'or nan="skip".'
            )
        if self._in_a_row >= _SKIPS:
            raise TrainingStopped(f"{what}, like {_SKIPS - 1} turns before it. Lower lr.")

    def _share_gradients(self, params: list[torch.nn.Parameter], loss: Tensor) -> Tensor:
        """Average gradients and loss over the processes; the loss rides at the end."""
        if self.fabric.world_size == 1:
            return loss
        dtype = params[0].dtype
        flat = [_flat(p.grad, p).to(dtype) for p in params]
        has = torch.tensor([p.grad is not None for p in params], dtype=dtype, device=loss.device)
        whole = torch.cat([*flat, has, loss.reshape(1).to(dtype)])
        whole = _mean(self.fabric, whole)
        at = 0
        used = whole[-1 - len(params) : -1] > 0
        for p, some in zip(params, used.tolist(), strict=True):
            if some:
                p.grad = torch.empty_like(p).copy_(whole[at : at + p.numel()].view(p.shape))
            at += p.numel()
        return whole[-1]

    def _share_buffers(self) -> None:
        """Average running statistics over the processes, so that all hold the same net."""
        if self.fabric.world_size == 1 or not self._buffers:
            return
        whole = torch.cat([b.reshape(-1) for b in self._buffers])
        parts = torch.split(_mean(self.fabric, whole), [b.numel() for b in self._buffers])
        for buffer, part in zip(self._buffers, parts, strict=True):
            buffer.copy_(part.view(buffer.shape))


def _flat(grad: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like).reshape(-1) if grad is None else grad.reshape(-1)


def _mean(fabric: Fabric, mine: Tensor) -> Tensor:
    shared: Tensor = fabric.all_reduce(mine, reduce_op="mean")  # type: ignore[assignment]
    return shared


def _seed(*key: int) -> None:
    """Seed torch on every device from the whole key."""
    torch.manual_seed(int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> 1))
