"""What the command line asks of training."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.train import toy

from limner import train
from limner.errors import MissingExtra, RecipeError
from limner.train import commands, export
from limner.train.loops import engine
from limner.train.loops import task as tasks
from limner.train.loops.job import Machine, Options, Result

pytestmark = pytest.mark.train


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    jobs: list[Any] = []

    def remember(job: Any) -> Result:
        jobs.append(job)
        return Result(job.folder, 1, finished=True)

    monkeypatch.setattr(engine, "run", remember)
    return jobs


def test_asking_for_names_loads_no_torch() -> None:
    code = (
        "import sys, limner.train as t; t.recipe_names(); t.Machine(); t.Options(); "
        "assert 'torch' not in sys.modules, 'torch was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_dry_run_prints_every_key() -> None:
    text = train.dry_run(train.read_recipe("parse", ["steps=7"]))
    assert "steps = 7\n" in text
    assert "[parse]" in text
    assert "dice = " in text  # a default that the recipe does not name
    with pytest.raises(RecipeError, match=r"no key 'dise'. Did you mean 'dice'"):
        train.dry_run(train.read_recipe("parse", ["parse.dise=1"]))


def test_a_run_without_a_folder_gets_the_next_number(
    no_training: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("007-old", "notes", "x-1"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    train.train("parse", data=tmp_path)
    train.train("parse", data=tmp_path, out=tmp_path / "mine", options=Options(until=3))
    first, second = no_training
    assert first.folder == Path("runs/008-parse")
    assert (first.machine, first.options) == (Machine(), Options())
    assert first.recipe.table["size_px"] == 256
    assert (second.folder, second.options.until) == (tmp_path / "mine", 3)


def test_data_that_is_not_there_is_said_before_anything_begins(
    no_training: list[Any], tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=r"data folder .* is not there"):
        train.train("parse", data=tmp_path / "none")
    assert not no_training


def test_export_takes_the_runs_own_recipe_and_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from limner.train import recipe as recipes

    (tmp_path / "recipe.toml").write_text(recipes.as_toml(toy.recipe()))
    (tmp_path / "run.json").write_text('{"data": "/packs"}')
    seen: list[Any] = []
    monkeypatch.setattr(tasks, "load", lambda recipe, data: (recipe.name, data))
    monkeypatch.setattr(export, "export_run", lambda *given: seen.append(given))
    commands.export_run(tmp_path)
    commands.export_run(tmp_path, data="here", out="there")
    assert seen[0] == (tmp_path, ("toy", Path("/packs")), tmp_path / "pack")
    assert seen[1] == (tmp_path, ("toy", Path("here")), Path("there"))


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="holds no run"):
        train.export_run(tmp_path)


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(MissingExtra, match=r"limner\[train\]"):
        train.train("parse", data=tmp_path)
