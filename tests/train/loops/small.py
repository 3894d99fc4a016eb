"""The face tasks at their smallest, and nets that already know the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from limner.train import recipe as recipes
from limner.train.loops import task as tasks
from limner.train.loops.task import ExportSpec, Task

SMALL = {
    "detect": ("size_px=96", "width=16", "scenes=4"),
    "landmarks": ("imagenet=false", "people=3"),
    "parse": ("imagenet=false", "size_px=64", "people=2"),
    "lines": ("size_px=64", "width=4", "blocks=1", "judged=3", 'features="random"'),
    "strokes": ("judged=3",),
    "style_paper": (
        "size_px=64",
        "ngf=4",
        "ndf=4",
        "blocks=1",
        "judged=2",
        'strokes="random"',
        'features="random"',
    ),
    "style_rivals": (
        "size_px=64",
        "width=4",
        "blocks=1",
        "critic_width=4",
        "judged=2",
        'features="random"',
    ),
    "style": ("size_px=64", "width=8", "blocks=1", "critic_width=8", "judged=2"),
}


def load(name: str, packs: Path, cache: Path, *changes: str, shipped: str = "") -> Any:
    """Return the task of a shipped recipe, by default the one of the task's name, made small."""
    small = [f"{name}.{c}" for c in (*SMALL[name], *changes)]
    small.append(f'{name}.cache="{cache.as_posix()}"')
    written = shipped or name.replace("_", "-")
    recipe = recipes.read(written, ["batch=2", "workers=0", *small])
    return tasks.load(recipes.resolve(recipe), packs)


def batch_of(task: Task, rng: Any) -> dict[str, Tensor]:
    return {k: torch.from_numpy(v) for k, v in task.sampler.batch(rng).items()}


def assert_one_turn_teaches(task: Task, turns: dict[str, str], rng: Any) -> None:
    """Go one step by hand: each turn moves the weights of its own optimiser, all finite."""
    torch.manual_seed(0)
    for net in task.nets.values():
        net.train()
    optimizers = task.optimizers()
    seen = []
    for name, loss, numbers in task.losses(batch_of(task, rng), 0):
        assert torch.isfinite(loss)
        assert numbers
        net = task.nets[turns[name]]
        before = [p.detach().clone() for p in net.parameters()]
        optimizers[name].zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizers[name].step()
        after = list(net.parameters())
        assert all(torch.isfinite(p).all() for p in after)
        assert any(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
        for a, b in zip(before, after, strict=True):
            assert b.requires_grad or torch.equal(a, b)
        seen.append(name)
    assert seen == list(turns)


def assert_spec_fits(spec: ExportSpec) -> None:
    """Check that the module takes the example inputs and gives the named outputs."""
    spec.module.eval()
    with torch.no_grad():
        out = spec.module(*spec.inputs.values())
    made = out if isinstance(out, tuple) else (out,)
    assert len(made) == len(spec.outputs)
    known = {*spec.inputs, *spec.outputs}
    assert set(spec.dynamic) <= known
    assert set(spec.ranges) <= known
    assert spec.purpose.endswith(".")
    assert spec.limits
    assert spec.data
    assert not spec.commercial


class Knows(nn.Module):
    """A net that answers by a function; it has a weight, as all nets have."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.answer = answer

    def forward(self, *inputs: Tensor) -> Any:
        return self.answer(*inputs)
