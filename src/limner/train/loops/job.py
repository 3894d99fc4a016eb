"""What to train, where and how far in → a `Job`; what came of it → `Progress` and `Result`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from limner.train.loops import task as tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from limner.train.recipe import Recipe

__all__ = ["Job", "Machine", "Options", "Progress", "Result"]


@dataclass(frozen=True, slots=True)
class Machine:
    """What to compute on.

    Parameters
    ----------
    accelerator : {"auto", "cpu", "cuda"}
        "auto" takes CUDA where there is some.
    devices : int
        Processes on this machine.
    nodes : int
        Machines; above 1, start the same command on each under ``torchrun`` or SLURM.
    threads : int
        Threads a process; 0: the physical cores, shared among the CPU's processes.
    """

    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    devices: int = 1
    nodes: int = 1
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How far to go, and from what.

    Parameters
    ----------
    minutes : float
        End with a checkpoint after so many minutes; 0: when the recipe's steps are done.
    until : int
        End with a checkpoint after this step; 0: the recipe's last.
    init : str
        First weights of a new run: ``shipped``, a graph's path, or a portable folder.
    portable : bool
        Also write ``portable/`` at the end.
    allow_changes : bool
        Go on although the recipe differs from the one that the run began with.
    tensorboard : bool
        Write TensorBoard's events too.
    """

    minutes: float = 0.0
    until: int = 0
    init: str = ""
    portable: bool = False
    allow_changes: bool = False
    tensorboard: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """A row of the log as it happens: step of steps, pictures and seconds so far, its numbers."""

    step: int
    steps: int
    pictures: int
    seconds: float
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Result:
    """How a training ended: its folder, steps done, whether that was all, the last scores."""

    folder: Path
    step: int
    finished: bool
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One training, ready to be sent to every process that takes part."""

    recipe: Recipe
    data: Path
    folder: Path
    machine: Machine = Machine()
    options: Options = Options()
    make: tasks.Make = tasks.load
    report: Callable[[Progress], None] | None = None
