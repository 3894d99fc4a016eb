"""What the training loop drives: a recipe and a folder of data in → a `Task`.

A task is one file in this package. A recipe's ``task = "parse"`` imports
``limner.train.loops.parse`` and calls its ``make(recipe, data)``; nothing registers itself. The
task's own settings are a frozen dataclass ``Settings`` in the same file, filled from the recipe's
table of the task's name (``[parse]``) by ``recipe.settings(Settings)``.

::

    @dataclass(frozen=True, slots=True)
    class Settings:
        size_px: int = 256

    def make(recipe: Recipe, data: Path) -> Task:
        return ParseTask(recipe, recipe.settings(Settings), data)

What the loop promises to a task:

- Batches are ``sampler.batch(rng)`` as numpy, turned into tensors of the same dtype and shape on
  the right device; `rng` depends on (seed, step, shard) alone, so that a resumed run sees the same
  pictures.
- torch's own random numbers are seeded from (seed, step, shard, turn) before each turn of
  `Task.losses`; use them for noise and dropout, and no other source.
- Forward passes run under autocast; losses arrive in whatever dtype the task leaves them in (use
  ``.float()`` first).
- Nets that are not trained (perceptual features and the like) stay out of `Task.nets`: keep them
  as plain attributes and move them with ``.to(x.device)`` where they are used.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from limner.errors import RecipeError, UnknownName
from limner.train.recipe import Recipe

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor, nn

__all__ = ["ExportSpec", "Make", "Sampler", "Task", "load", "module_of", "names"]


class Sampler(Protocol):
    """Makes batches; picklable and free of torch's tensors, because worker processes run it."""

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return one batch: name → array whose first axis is the picture.

        Parameters
        ----------
        rng : numpy.random.Generator
            The only source of chance that may be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """What `limner.train.export` must know to make a graph, a ledger row and a card of a net.

    Parameters
    ----------
    name : str
        ``<room>-<role>``; the file is ``<name>.onnx``.
    module : nn.Module
        Called as ``module(*inputs.values())``; returns one tensor or a tuple, in the order of
        `outputs`. Parameter names become initialiser names; a wrapper around the net only adds a
        prefix.
    inputs : mapping of str to Tensor
        Examples in calling order.
    outputs : tuple of str
        Names of what comes out.
    dynamic : mapping of str to mapping of int to str
        Tensor name → axis → symbol; axes that are not named are fixed. Empty: all fixed.
    ranges : mapping of str to (low, high)
        What each tensor may hold.
    purpose, limits : str
        For the card: what for; where it fails.
    data : tuple of (name, licence)
        What it learnt from.
    license : str
        SPDX id or ``LicenseRef-…`` of the weight itself.
    commercial : bool
        May it be used commercially?
    tolerance : float
        Largest difference from torch that passes, as a share of the output's own range.
    jumps : bool
        The outputs jump where a ray or a choice tips over, as a renderer's do at edges: then the
        mean difference must pass, because rounding moves single values by much.
    eight_bits : bool
        Keep the weights in eight bits, not in sixteen: half the size, for a tolerance of some hundredths.
    """

    name: str
    module: nn.Module
    inputs: Mapping[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    purpose: str = ""
    limits: str = ""
    data: tuple[tuple[str, str], ...] = ()
    license: str = "LicenseRef-research-only"
    commercial: bool = False
    tolerance: float = 0.01
    jumps: bool = False
    eight_bits: bool = False


class Task(Protocol):
    """One training: what is learnt, from what, and how it is judged.

    Attributes
    ----------
    nets : nn.ModuleDict
        All that is trained ("net", "disc", …).
    ships : str
        Key in `nets` whose moving average is judged and exported.
    sampler : Sampler
        Where batches come from.
    """

    nets: nn.ModuleDict
    ships: str
    sampler: Sampler

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the optimisers by name; called once, after `nets` are on their device.

        Their learning rates are the full ones: the loop multiplies them by the recipe's schedule.
        """
        ...

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield (optimiser's name, loss, numbers to log), one turn after another.

        The loop clears that optimiser's gradients, goes backward, clips and steps before it asks
        for the next turn. Keep what later turns need in local variables, never on `self`: several
        batches may be under way at once.
        """
        ...

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return scores on people who are in no batch."""
        ...

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return a contact sheet of the same few held-out people, (H, W, 3) uint8."""
        ...

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph."""
        ...


Make = Callable[[Recipe, Path], Task]

#: Files of this package that are the loop itself, not tasks.
_LOOP = frozenset(
    [
        "checkpoint",
        "ema",
        "engine",
        "job",
        "log",
        "loop",
        "precision",
        "prefetch",
        "start",
        "step",
        "task",
    ]
)


def names() -> tuple[str, ...]:
    """Return the names of all tasks, sorted."""
    import limner.train.loops as package

    found = (m.name for m in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(n for n in found if n not in _LOOP and not n.startswith("_")))


def module_of(name: str) -> ModuleType:
    """Return the module that holds task `name`.

    Raises
    ------
    RecipeError
        If there is no such task; names near matches.
    """
    if name not in names():
        raise RecipeError(str(UnknownName.among("task", name, names())))
    return importlib.import_module(f"limner.train.loops.{name}")


def load(recipe: Recipe, data: Path) -> Task:
    """Return the task that `recipe` names, with its nets still on the CPU.

    Parameters
    ----------
    recipe : Recipe
        Says which task, and its settings.
    data : Path
        The folder of packs or photographs.

    Raises
    ------
    RecipeError
        If the task is unknown, its table holds a wrong key, or its data is missing.
    """
    task: Task = module_of(recipe.task).make(recipe, data)
    return task
