"""Recipes: what is read, what is refused, and that a written one is the same again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from limner.errors import RecipeError
from limner.train import recipe as recipes
from limner.train.recipe import Recipe, as_toml, read

BASE = 'name = "a"\ntask = "parse"\nsteps = 10\n'


@dataclass(frozen=True, slots=True)
class Settings:
    size_px: int = 256
    share: float = 0.5
    mirror: bool = True
    mode: Literal["plain", "fancy"] = "plain"
    sides: tuple[int, ...] = (1, 2)
    pair: tuple[int, float] = (1, 2.0)
    least: float | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.toml"
    path.write_text(BASE + "lr = 1\n\n[parse]\nsize_px = 128\nsides = [3]\n")
    return path


def test_a_recipe_is_read_from_a_file(file: Path) -> None:
    recipe = read(file)
    assert (recipe.name, recipe.steps, recipe.lr) == ("a", 10, 1.0)
    assert isinstance(recipe.lr, float)
    assert recipe.settings(Settings) == Settings(size_px=128, sides=(3,))


def test_changes_reach_keys_and_the_tasks_table(file: Path) -> None:
    recipe = read(file, ["lr=2e-4", "name=b-2", "parse.share = 1", "nan=skip"])
    assert (recipe.lr, recipe.name, recipe.nan) == (2e-4, "b-2", "skip")
    assert recipe.settings(Settings).share == 1.0


def test_a_written_recipe_is_read_as_the_same(file: Path, tmp_path: Path) -> None:
    recipe = read(file, ['about="eyes \\"and\\" ears, 512²"', "parse.pair=[1, 2]"])
    again = tmp_path / "again.toml"
    again.write_text(as_toml(recipe), encoding="utf-8")
    assert read(again) == recipe


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("learning_rate=1", "There is no key 'learning_rate'"),
        ("step=1", "Did you mean 'steps'"),
        ("steps=true", "steps in the recipe is True, wanted a whole number"),
        ("steps=0", "steps is 0, wanted at least 1"),
        ("steps=1.5", "wanted a whole number"),
        ("lr=-1", "lr is -1.0, wanted at least 0"),
        ("lr=nan", "lr is nan, wanted at least 0"),
        ("nan=ignore", "wanted one of 'stop', 'skip'"),
        ("precision=f16", "wanted one of 'auto', 'bf16'"),
        ("name=a/b", "use letters, digits"),
        ("lr", "is not key=value"),
        ("lr.x=1", "goes into 'lr', which is no table"),
        ("table=1", r"own table is \[parse\]"),
        ("parse=1", r"wanted a table \[parse\]"),
    ],
)
def test_wrong_keys_and_values_are_refused(file: Path, change: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        read(file, [change])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("parse.size=1", r"In \[parse\]: There is no key 'size'. Did you mean 'size_px'"),
        ("parse.size_px=1.0", "size_px .* wanted a whole number"),
        ("parse.mirror=1", "mirror .* wanted true or false"),
        ("parse.mode=odd", "mode .* wanted one of 'plain', 'fancy'"),
        ("parse.sides=1", "sides .* wanted a list"),
        ("parse.sides=[1.5]", "sides .* wanted a whole number"),
        ("parse.pair=[1]", "pair .* holds 1 values, wanted 2"),
        ("parse.least=low", "least .* is 'low'"),
    ],
)
def test_the_tasks_table_is_checked_too(file: Path, change: str, message: str) -> None:
    recipe = read(file, [change])
    with pytest.raises(RecipeError, match=message):
        recipe.settings(Settings)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text('name = "a"\n')
    with pytest.raises(RecipeError, match="missing: task, steps"):
        read(path)


def test_what_is_no_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no recipe 'prase'"):
        read("prase")
    with pytest.raises(RecipeError, match="cannot be read"):
        read(tmp_path / "none.toml")
    path = tmp_path / "b.toml"
    path.write_text("name =")
    with pytest.raises(RecipeError, match="is not TOML"):
        read(path)


def test_resolving_fills_in_the_tasks_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    from limner.train.loops import task

    class Module:
        Settings = Settings

    monkeypatch.setattr(task, "module_of", lambda _: Module)
    recipe = recipes.resolve(Recipe("a", "parse", 1, table={"share": 0.25}))
    assert recipe.table["size_px"] == 256
    assert recipe.table["share"] == 0.25


def test_a_value_that_toml_lacks_is_refused() -> None:
    with pytest.raises(RecipeError, match="cannot be written"):
        as_toml(Recipe("a", "parse", 1, table={"x": object()}))
