"""Tasks are files of one folder, found by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.train import toy

from limner.errors import RecipeError
from limner.train import recipe as recipes
from limner.train.loops import task

pytestmark = pytest.mark.train


def test_every_recipe_names_a_task_that_is_there() -> None:
    assert recipes.names()
    for name in recipes.names():
        assert recipes.read(name).task in task.names()


def test_the_loops_own_files_are_no_tasks() -> None:
    files = {p.stem for p in Path(task.__file__).parent.glob("*.py")} - {"__init__"}
    for name in files:
        assert (name in task.names()) == hasattr(
            __import__(f"limner.train.loops.{name}", fromlist=["make"]), "make"
        ), name


def test_an_unknown_task_is_named_with_its_neighbours() -> None:
    with pytest.raises(RecipeError, match=r"no task 'parze'. Did you mean 'parse'"):
        task.module_of("parze")
    with pytest.raises(RecipeError, match="no task 'engine'"):
        task.load(toy.recipe().changed(task="engine"), Path())
