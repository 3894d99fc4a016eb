"""Acceptance 41: every recipe that ships trains two steps on made data, goes on, is exported, runs."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train.made_packs import write_packs

from limner.train import recipe as recipes
from limner.train.export import export_run, probes
from limner.train.loops import engine
from limner.train.loops import task as tasks
from limner.train.loops.job import Job, Machine, Options
from limner.train.recipe import Recipe
from limner.weights import Session
from limner.weights.ledger import read_rows

pytestmark = [pytest.mark.train, pytest.mark.slow]

#: What makes each task small; nothing that would change which code runs.
SMALL = {
    "detect": ["size_px=96", "width=16", "scenes=4"],
    "landmarks": ["imagenet=false", "people=3"],
    "parse": ["imagenet=false", "size_px=64", "people=2"],
    "style": ["size_px=64", "width=8", "blocks=1", "critic_width=8", "judged=2"],
    "style_paper": [
        *("size_px=64", "ngf=4", "ndf=4", "blocks=1", "judged=2"),
        *("strokes=random", "features=random"),
    ],
    "style_rivals": [
        *("size_px=64", "width=4", "blocks=1", "critic_width=4", "judged=2", "features=random"),
    ],
    "strokes": ["judged=2"],
    "lines": ["size_px=64", "width=8", "blocks=1", "judged=2", "features=random"],
    "head_shell": ["encoder_width=8", "field_width=8", "decoder_width=8", "rays=16", "people=2"],
    "head_adversarial": ["size_px=128", "photos=2", "rays=16", "people=4", "people_codes=4"],
    "head_refine": ["width=8", "people=2", "critic_from=1"],
    "head_relief": ["width=4", "people=2", "photographs=2"],
    "head_portrait": [
        *("people=4", "photographs=2", "seeds=2", "critic_width=4", "perceptual_net=random"),
    ],
    "head_paper": [
        "size_px=64",
        "style=16",
        "width=8",
        "channels=16",
        "critic_width=16",
        "side=16",
    ],
    "head_radiance": [
        *("size_px=32", "side=16", "code=8", "width=8", "layers=3", "critic_width=8"),
        *("r1_every=1", "noise_steps=2"),
    ],
    "view_draw": [
        *('field=""', 'styles=["croquis"]', "people=2", "size_px=64", "width=4", "hidden=8"),
        *("critic_width=8", "r1_every=1"),
    ],
    "sketch_parts": ["held_out=2", "build_workers=1"],
    "sketch_synthesis": [
        *('parts=""', "size_px=128", "perceptual_net=random", "critic_width=8"),
        *("held_out=2", "neighbours=2", "people=2", "build_workers=1"),
    ],
    "sketch_detail": [
        *('parts=""', 'synthesis=""', "perceptual_net=random", "crop_px=128", "critic_width=8"),
        *("held_out=1", "build_workers=1"),
    ],
    "sketch_pix2pix": ["width=4", "depth=4", "critic_width=4", "held_out=1", "build_workers=1"],
    "sketch_paper": [
        *("width=2", "painter_width=4", "blocks=1", "perceptual_net=random"),
        *("held_out=1", "build_workers=1"),
    ],
}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    write_packs(folder)
    return folder


def small(name: str, data: Path) -> Recipe:
    """Return a recipe of two steps with the smallest nets, its caches beside the packs."""
    task = recipes.read(name).task
    changes = ["steps=2", "batch=2", "workers=0", "precision=f32", "warmup_steps=0"]
    changes += ["validate_every=2", "sample_every=2", "log_every=1", "nan=stop"]
    changes += [f"{task}.{change}" for change in SMALL.get(task, [])]
    changes.append(f'{task}.cache="{(data / "cache").as_posix()}"')
    chosen = recipes.resolve(recipes.read(name, changes))
    if "shell" in chosen.table:
        run = small_run("head-shell", data)
        chosen = recipes.resolve(chosen.changed(table={**chosen.table, "shell": str(run)}))
    return chosen


def small_run(name: str, data: Path) -> Path:
    """Return the run of a recipe, trained if it is not there yet: first one step, then to the end."""
    run = data / "runs" / name
    recipe = small(name, data)
    machine = Machine("cpu", threads=1)
    for until in (1, 2):
        options = Options(until=until, tensorboard=False)
        result = engine.run(Job(recipe, data, run, machine, options))
        assert result.step == until or (run / "best.safetensors").exists()
    return run


@pytest.fixture(autouse=True)
def few_are_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from limner.train.data import drawings

    monkeypatch.setattr(drawings, "_PENCIL_TEST", 2)


#: A style of one's own is learnt from a folder of drawings, not from packs: test_training_own_style.py.
FROM_PACKS = [n for n in recipes.names() if recipes.read(n).task != "style_own"]


@pytest.mark.parametrize("name", FROM_PACKS)
def test_41_every_recipe_trains_two_steps_goes_on_and_draws(
    name: str, packs: Path, tmp_path: Path
) -> None:
    run = small_run(name, packs)
    with (run / "metrics.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    losses = [r for r in rows if r["name"].startswith("loss/")]
    assert {r["step"] for r in losses} == {"1", "2"}
    assert all(math.isfinite(float(r["value"])) for r in losses)
    assert (run / "samples" / "step-00000002.png").is_file()

    recipe = recipes.read(run / "recipe.toml")
    task = tasks.load(recipe, packs)
    export_run(run, task, tmp_path, scores={"made": 1.0})
    shipped = read_rows(tmp_path / "ledger.toml", tmp_path / "graphs")
    assert shipped
    for piece, row in zip(getattr(task, "pieces", ("",)), shipped, strict=True):
        del piece
        assert (tmp_path / "cards" / f"{row.name}.md").is_file()
        assert row.recipe == name
    task.nets[task.ships].eval()
    with torch.no_grad():
        spec = task.export(task.nets[task.ships])
    (row,) = (r for r in shipped if r.name == spec.name)
    for inputs in probes(spec):
        drawn = Session(precision="f32", threads=1).run(row, inputs)
        assert set(drawn) == set(spec.outputs)
        assert all(np.isfinite(v).all() for v in drawn.values())


def test_41_every_task_has_its_small_form() -> None:
    assert {recipes.read(n).task for n in FROM_PACKS} <= set(SMALL)
