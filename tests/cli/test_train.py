"""`limner train`: recipes are commands; what goes wrong ends with 6."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from limner import train
from limner.errors import MissingExtra, RecipeError, TrainingStopped


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Return what reaches the training, which is not done."""
    heard: dict[str, Any] = {}

    def stand_in(recipe: Any, **given: Any) -> train.Result:
        heard.update(given, recipe=recipe)
        given["report"](train.Progress(1, 2, 8, 0.5, {"loss": 0.25})) if given["report"] else None
        return train.Result(tmp_path / "run", 2, True, {"f1": 0.5})

    monkeypatch.setattr("limner.train.train", stand_in, raising=False)
    return heard


def test_recipes_are_listed_with_what_they_teach(run: Run) -> None:
    page = run("train", "--help").out
    assert all(name in page for name in (*train.recipe_names(), "export", "label"))


def test_options_reach_the_recipe_and_the_machine(
    trained: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    words = [
        "--name",
        "ada",
        "--steps",
        "7",
        "--set",
        "lr=0.5",
        "--until",
        "3",
        "--devices",
        "2",
        "--portable",
    ]
    answer = run("train", "parse", "--data", tmp_path, "-o", tmp_path / "run", *words)
    assert answer.code == 0
    assert answer.out == f"{tmp_path / 'run'}\n"
    assert "1/2 0 s loss=0.25" in answer.err
    recipe = trained["recipe"]
    assert (recipe.name, recipe.steps, recipe.lr) == ("ada", 7, 0.5)
    assert trained["machine"] == train.Machine(devices=2)
    assert trained["options"] == train.Options(until=3, portable=True)


def test_quiet_reports_nothing(trained: dict[str, Any], run: Run, tmp_path: Path) -> None:
    assert run("train", "parse", "--data", tmp_path, "-q").err == ""
    assert trained["report"] is None


def test_a_recipe_file_is_a_command_too(trained: dict[str, Any], run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\ntask = "parse"\nsteps = 3\n', "utf-8")
    assert run("train", own, "--data", tmp_path).code == 0
    assert trained["recipe"].name == "own"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["prse"], 6, "parse"),
        (["parse", "--set", "lrr=1"], 6, "'lr'"),
        (["parse", "--steps", "0"], 2, "steps"),
        (["parse"], 2, "--data"),
        (["parse", "--data", "absent"], 6, "absent"),
        (["absent.toml"], 6, "absent.toml"),
        (["export", "absent"], 6, "absent"),
    ],
)
@pytest.mark.train
def test_what_is_wrong_is_told(words: list[str], code: int, said: str, run: Run) -> None:
    answer = run("train", *words)
    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "error", [MissingExtra.of("train", "training"), TrainingStopped("NaN"), RecipeError("no")]
)
def test_a_training_that_cannot_be_ends_with_six(
    error: Exception, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("limner.train.train", fail, raising=False)
    answer = run("train", "parse", "--data", tmp_path)
    assert answer.code == 6
    assert str(error) in answer.err


@pytest.mark.train
def test_a_dry_run_prints_the_whole_recipe(run: Run) -> None:
    answer = run("train", "parse", "--dry-run", "--steps", "9")
    assert answer.code == 0
    assert "steps = 9" in answer.out
    assert "[parse]" in answer.out
