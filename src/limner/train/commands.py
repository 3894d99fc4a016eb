"""What a user asks of training in → a run, an export or labels; torch is imported only here below."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.errors import MissingExtra, RecipeError
from limner.train import recipe as recipes
from limner.train.loops.job import Job, Machine, Options
from limner.train.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from limner.train.data.labels import LabelResult
    from limner.train.loops.job import Progress, Result

__all__ = ["dry_run", "export_run", "label_folder", "read_recipe", "recipe_names", "train"]

_RUNS = Path("runs")


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes that come with Limner, sorted."""
    return recipes.names()


def read_recipe(source: str | PathLike[str], changes: Sequence[str] = ()) -> Recipe:
    """Return a recipe by name or path, with ``key=value`` changes; see `limner.train.recipe.read`."""
    return recipes.read(source, changes)


def dry_run(recipe: str | PathLike[str] | Recipe) -> str:
    """Return the recipe as TOML with every key resolved and checked, and train nothing.

    Raises
    ------
    RecipeError
        If a key is unknown or a value has the wrong type.
    """
    _need_torch()
    return recipes.as_toml(recipes.resolve(_recipe(recipe)))


def train(
    recipe: str | PathLike[str] | Recipe,
    *,
    data: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    machine: Machine | None = None,
    options: Options | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Result:
    """Train a recipe, or go on with its run.

    Parameters
    ----------
    recipe : str, path or Recipe
        A name of `recipe_names`, a ``.toml``, or what `read_recipe` returned.
    data : path
        The folder of packs or photographs.
    out : path, optional
        The run's folder; one that holds a run of this recipe is gone on with. Left out:
        ``runs/<number>-<name>``, new.
    machine : Machine, optional
        What to compute on; by itself CUDA where there is some, one process.
    options : Options, optional
        How far to go, and from what; by itself to the end, from scratch.
    report : callable, optional
        Told every row of the log; with several processes it must be picklable.

    Returns
    -------
    Result
        The folder, steps done, whether that was all, last scores.

    Raises
    ------
    MissingExtra
        If ``limner[train]`` is not installed.
    RecipeError
        If the recipe or its data cannot be used.
    TrainingStopped
        If the training ended early; its last checkpoint is kept.
    """
    _need_torch()
    from limner.train import own_style
    from limner.train.loops import engine

    folder = Path(data)
    if not folder.is_dir():
        raise RecipeError(f"The data folder {folder} is not there; name one with --data.")
    checked = recipes.resolve(own_style.recipe_for(_recipe(recipe), folder))
    run = Path(out) if out is not None else _next_run(checked.name)
    job = Job(checked, folder, run, machine or Machine(), options or Options(), report=report)
    result = engine.run(job)
    if checked.task == own_style.TASK and result.finished:
        _keep_style(run, checked, folder)
    return result


def _keep_style(run: Path, recipe: Recipe, data: Path) -> None:
    """Export a style of one's own and lay it where it is found by name."""
    from limner.train import export, own_style
    from limner.train.loops.style_own import make

    task: Any = make(recipe, data)
    export.export_run(run, task, run / "pack")
    own_style.keep(run / "pack", recipe.name, side_px=task.side_px, drawings=task.count)


def export_run(
    run: str | PathLike[str],
    *,
    data: str | PathLike[str] | None = None,
    out: str | PathLike[str] | None = None,
) -> Path:
    """Write the graph, ledger row and card of a run.

    Parameters
    ----------
    run : path
        The run's folder.
    data : path, optional
        Where its data is now; the run remembers where it was.
    out : path, optional
        Left out: ``<run>/pack``. The folder gets ``ledger.toml``, ``graphs/`` and ``cards/``; name
        Limner's own ``weights`` folder to ship.

    Returns
    -------
    Path
        The graph; where the task ships several pieces, the pack.

    Raises
    ------
    RecipeError
        If the folder holds no run with weights.
    """
    _need_torch()
    from limner.train import export
    from limner.train.loops import task as tasks

    folder = Path(run)
    if not (folder / "recipe.toml").is_file():
        raise RecipeError(f"{folder} holds no run: there is no recipe.toml in it.")
    about = json.loads((folder / "run.json").read_text("utf-8"))
    recipe = recipes.read(folder / "recipe.toml")
    task = tasks.load(recipe, Path(data) if data is not None else Path(about["data"]))
    return export.export_run(folder, task, Path(out) if out is not None else folder / "pack")


def label_folder(
    photos: str | PathLike[str],
    *,
    teachers: str | PathLike[str],
    out: str | PathLike[str],
    report: Callable[[str], None] | None = None,
) -> LabelResult:
    """Label a folder of photographs with public teacher networks; see `limner.train.data.labels`."""
    from limner.train.data import labels as labelling

    return labelling.label_folder(
        Path(photos), teachers=Path(teachers), out=Path(out), report=report
    )


def _recipe(recipe: str | PathLike[str] | Recipe) -> Recipe:
    return recipe if isinstance(recipe, Recipe) else recipes.read(recipe)


def _next_run(name: str) -> Path:
    """Return a folder that is not there yet: one more than the highest number."""
    numbers = (re.match(r"(\d+)-", p.name) for p in _RUNS.glob("*-*"))
    highest = max((int(m[1]) for m in numbers if m), default=0)
    return _RUNS / f"{highest + 1:03d}-{name}"


def _need_torch() -> None:
    try:
        import lightning_fabric
        import torch
    except ImportError as error:
        raise MissingExtra.of("train", "training") from error
    del lightning_fabric, torch
