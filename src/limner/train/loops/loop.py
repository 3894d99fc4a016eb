"""A job and one of its processes in → that process's part of the training, from the newest checkpoint on."""

from __future__ import annotations

import contextlib
import json
import math
import time
from typing import TYPE_CHECKING, Any

import torch

from limner.errors import RecipeError, TrainingStopped
from limner.files.atomic import write_bytes
from limner.train import recipe as recipes
from limner.train.loops import checkpoint
from limner.train.loops import start as starts
from limner.train.loops.ema import Ema
from limner.train.loops.job import Progress, Result
from limner.train.loops.log import Log
from limner.train.loops.prefetch import Prefetch
from limner.train.loops.step import Stepper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lightning_fabric import Fabric
    from torch import Tensor

    from limner.train.loops.job import Job

__all__ = ["Loop"]


class Loop:
    """One process's part of one training.

    Parameters
    ----------
    fabric : Fabric
        Launched; says which process this is.
    job : Job
        What to train.
    told_to_end : callable
        Asked before each step: has somebody told this process to end?
    """

    def __init__(self, fabric: Fabric, job: Job, told_to_end: Callable[[], bool]) -> None:
        self.fabric, self.job, self.recipe = fabric, job, job.recipe
        self.told_to_end = told_to_end
        self.began = self.saved = time.monotonic()
        world = fabric.world_size
        shards = max(self.recipe.shards, world)
        if shards % world:
            raise RecipeError(f"{shards} shards cannot be shared by {world} processes evenly.")
        self.shards = range(fabric.global_rank, shards, world)
        self.pictures_a_step = self.recipe.batch * shards
        torch.manual_seed(self.recipe.seed)
        self.task = job.make(self.recipe, job.data)
        self.step, self.seconds, self.best = 0, 0.0, math.nan
        self.window: dict[str, list[float]] = {}
        self.scores: dict[str, float] = {}
        self._place()

    def _place(self) -> None:
        """Bring nets, average and optimisers into the state of the newest checkpoint, or the first."""
        state = checkpoint.newest(self.job.folder / "checkpoints")
        nets, ships = self.task.nets, self.task.ships
        average = None
        ramp = self.recipe.ema_ramp
        if state is None and self.job.options.init:
            # a net that ships in several graphs knows how to take them
            whole = getattr(self.task, "begin_shipped", None)
            if whole is not None and self.job.options.init == "shipped":
                whole()
            else:
                graph = self.task.export(nets[ships]).name
                average = starts.start(self.job.options.init, nets, ships=ships, graph=graph)
            ramp = 0.0  # what comes in is good already: do not hurry to forget it
        dtype = torch.float64 if self.recipe.precision == "f64" else torch.float32
        nets.to(self.fabric.device, dtype).train()
        for part in nets.modules():  # convolutions only: other arrays are viewed as they lie
            if isinstance(part, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
                part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema = Ema(nets[ships], half_life=self.recipe.ema_half_life_pictures, ramp=ramp)
        if average:
            self.ema.load_state_dict(average)
        self.stepper = Stepper(self.fabric, self.task, self.recipe)
        if state is not None:
            self._restore(state)

    def _restore(self, state: dict[str, Any]) -> None:
        try:
            self.task.nets.load_state_dict(state["nets"])
            self.ema.load_state_dict(state["ema"])
            for name, optimizer in self.stepper.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
        except (KeyError, RuntimeError, ValueError) as error:
            raise TrainingStopped(
                f"The checkpoint of {self.job.folder} does not fit this task's nets: {error}"
            ) from error
        self.step, self.seconds, self.best = state["step"], state["seconds"], state["best"]
        self.ema.ramp = state["ema_ramp"]
        self.stepper.skipped = state["skipped"]
        self.window = state["window"]
        self.scores = state["scores"]

    def run(self) -> Result:
        """Train to the end, or as far as the options say."""
        o = self.job.options
        first = self.step
        last = min(self.recipe.steps, o.until or self.recipe.steps)
        with contextlib.ExitStack() as stack:
            self.log: Log | None = None
            if self.fabric.is_global_zero:
                self.log = stack.enter_context(
                    Log(self.job.folder, step=first, tensorboard=o.tensorboard)
                )
                if first == 0:
                    self._save()  # says now, not in an hour, that the disk is full
            batches = stack.enter_context(
                Prefetch(
                    self.task.sampler,
                    seed=self.recipe.seed,
                    steps=range(first, last),
                    shards=self.shards,
                    workers=self.recipe.workers,
                )
            )
            self._steps(iter(batches), last)
            if self.fabric.is_global_zero and self.step > first:
                self._save()
            if o.portable and self.fabric.is_global_zero:
                self._save_portable()
        self.fabric.barrier()
        done = self.step >= self.recipe.steps
        return Result(self.job.folder, self.step, done, self.scores)

    def _steps(self, batches: Iterator[Any], last: int) -> None:
        while self.step < last and not self._must_end():
            shards = {shard: self._tensors(next(batches)) for shard in self.shards}
            numbers, whole = self.stepper.step(shards, self.step)
            self.step += 1
            if whole:
                net = self.task.nets[self.task.ships]
                seen = self.step * self.pictures_a_step
                self.ema.update(net, pictures=self.pictures_a_step, seen=seen)
            self._note_numbers(numbers)
            self._check(final=self.step == self.recipe.steps)
            if time.monotonic() - self.saved >= self.recipe.checkpoint_every_s:
                if self.fabric.is_global_zero:
                    self._save()
                self.saved = time.monotonic()

    def _tensors(self, batch: Mapping[str, Any]) -> dict[str, Tensor]:
        made = {k: torch.from_numpy(v) for k, v in batch.items()}
        if self.fabric.device.type == "cuda":
            made = {k: v.pin_memory() for k, v in made.items()}
        if self.recipe.precision == "f64":
            made = {k: v.double() if v.is_floating_point() else v for k, v in made.items()}
        return {k: v.to(self.fabric.device, non_blocking=True) for k, v in made.items()}

    def _must_end(self) -> bool:
        minutes = self.job.options.minutes
        over = minutes > 0 and time.monotonic() - self.began >= minutes * 60
        end = over or self.told_to_end()
        if self.fabric.world_size > 1:  # one process's clock or signal ends all
            flag = torch.tensor(float(end), device=self.fabric.device)
            end = bool(self.fabric.all_reduce(flag, reduce_op="sum"))
        return end

    def _note_numbers(self, numbers: Mapping[str, float]) -> None:
        for key, value in numbers.items():
            self.window.setdefault(key, []).append(value)
        every = self.recipe.log_every
        if not every or self.step % every:
            return
        means = {k: math.fsum(v) / len(v) for k, v in self.window.items()}
        self.window = {}
        means["lr"] = next(iter(self.stepper.optimizers.values())).param_groups[0]["lr"]
        if self.recipe.nan == "skip":
            means["skipped"] = self.stepper.skipped
        self._report(means)

    def _report(self, numbers: Mapping[str, float]) -> None:
        pictures = self.step * self.pictures_a_step
        if self.log is not None:
            self.log.numbers(self.step, pictures, numbers)
        if self.job.report is not None and self.fabric.is_global_zero:
            seconds = self.seconds + time.monotonic() - self.began
            self.job.report(Progress(self.step, self.recipe.steps, pictures, seconds, numbers))

    def _check(self, *, final: bool) -> None:
        """Validate and draw the contact sheet where it is time; one process does it."""
        r = self.recipe
        judge = bool(r.validate_every) and (final or self.step % r.validate_every == 0)
        draw = bool(r.sample_every) and (final or self.step % r.sample_every == 0)
        if not (judge or draw):
            return
        if self.fabric.is_global_zero and self.log is not None:
            self.ema.net.eval()
            with torch.no_grad():
                if judge:
                    self.scores = {k: float(v) for k, v in self.task.validate(self.ema.net).items()}
                    self._report({f"validation/{k}": v for k, v in self.scores.items()})
                    self._keep_best()
                if draw:
                    self.log.sheet(self.step, self.task.sheet(self.ema.net))
        self.fabric.barrier()

    def _keep_best(self) -> None:
        from safetensors.torch import save

        metric = self.recipe.best_metric
        if not metric:
            return
        if metric not in self.scores:
            raise RecipeError(f"best_metric is {metric!r}, but there are: {sorted(self.scores)}.")
        sign = 1 if self.recipe.best_goal == "max" else -1
        score = self.scores[metric]
        if math.isnan(score) or sign * score <= sign * self.best:
            return
        self.best = score
        plain = torch.contiguous_format  # copies: the file format refuses shared memory
        state = {k: v.clone(memory_format=plain) for k, v in self.ema.state_dict().items()}
        # One entry: the format writes several in an order of chance, and equal runs should end in equal files.
        about = {"score": json.dumps({"step": self.step, metric: score})}
        write_bytes(self.job.folder / "best.safetensors", save(state, about))

    def _save(self) -> None:
        bad = [n for n, p in self.task.nets.named_parameters() if not torch.isfinite(p).all()]
        if bad:
            raise TrainingStopped(
                f"At step {self.step} the weights {bad[0]} are no numbers any more; the last "
                "checkpoint is from before. Resume with a lower lr or with grad_clip=1."
            )
        state = {
            "step": self.step,
            "seconds": self.seconds + time.monotonic() - self.began,
            "nets": self.task.nets.state_dict(),
            "ema": self.ema.state_dict(),
            "ema_ramp": self.ema.ramp,
            "optimizers": {k: o.state_dict() for k, o in self.stepper.optimizers.items()},
            "best": self.best,
            "window": self.window,
            "scores": self.scores,
            "skipped": self.stepper.skipped,
        }
        checkpoint.save(self.job.folder / "checkpoints", self.step, state)

    def _save_portable(self) -> None:
        nets = {k: n.state_dict() for k, n in self.task.nets.items()}
        about = {"step": self.step, "recipe": recipes.as_toml(self.recipe), "scores": self.scores}
        starts.save_portable(
            self.job.folder / "portable", {"ema": self.ema.state_dict(), **nets}, about
        )
