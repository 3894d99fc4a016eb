"""`limner train style` on a folder of drawings becomes a style of one's own; its pack is found by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner import styles
from limner.errors import OutputError, RecipeError
from limner.styles.names import forget, own_folder
from limner.train import recipe as recipes
from limner.train.own_style import keep, recipe_for

pytestmark = pytest.mark.train


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder; styles are kept in ``home`` within it."""
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "home"))
    forget()
    yield tmp_path
    forget()


def test_a_folder_of_drawings_is_followed_by_the_recipe_of_ones_own_style(home: Path) -> None:
    chosen = recipe_for(recipes.read("style", ["name=ada", "steps=7"]), home)
    assert (chosen.task, chosen.name, chosen.steps) == ("style_own", "ada", 7)
    own = recipes.read("style-own")
    assert (chosen.lr, chosen.batch) == (own.lr, own.batch)
    assert recipe_for(recipes.read("style-own"), home).name == "style-own"


def test_packs_and_other_tasks_are_followed_as_they_are(home: Path) -> None:
    parse = recipes.read("parse")
    assert recipe_for(parse, home) is parse
    (home / "fs2k.tar").touch()
    style = recipes.read("style")
    assert recipe_for(style, home) is style


def test_a_shipped_styles_name_is_refused_and_ones_own_may_be_taught_again(home: Path) -> None:
    with pytest.raises(RecipeError, match="There is a style 'hatch' already"):
        recipe_for(recipes.read("style", ["name=hatch"]), home)
    (home / "pack").mkdir()
    keep(home / "pack", "ada", side_px=250, drawings=12)
    assert recipe_for(recipes.read("style", ["name=ada"]), home).name == "ada"


def test_what_is_kept_is_found_by_name_with_its_own_ledger(home: Path) -> None:
    pack = home / "pack"
    pack.mkdir()
    (pack / "ledger.toml").write_text("", "utf-8")
    entry = keep(pack, "ada", side_px=250, drawings=12)
    assert entry == pack / "ada.toml"
    for name in ("ada", str(entry)):
        style = styles.find(name)
        assert (style.weight, style.index, style.side_px) == ("styles-ada", 0, 250)
        assert style.taught_by == "12 drawings of your own"
        assert Path(style.ledger).is_file()
    assert own_folder() == home / "home" / "styles"
    (pack / "more.txt").touch()
    keep(pack, "ada", side_px=250, drawings=13)  # again: the elder gives way
    assert (own_folder() / "ada" / "more.txt").is_file()


def test_a_home_that_cannot_be_written_is_an_error_of_output(home: Path) -> None:
    (home / "pack").mkdir()
    (home / "home").write_text("a file where a folder should be", "utf-8")
    with pytest.raises(OutputError, match="cannot be kept"):
        keep(home / "pack", "ada", side_px=250, drawings=12)
