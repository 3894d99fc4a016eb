"""Styles are found by name, by blend and by file; what is not there names what is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from limner import styles
from limner.errors import BadShape, RecipeError, UnknownName


def test_names_are_sorted_and_found() -> None:
    assert list(styles.names()) == sorted(styles.names())
    assert {"croquis", "hatch", "pencil"} <= set(styles.names())
    for name in styles.names():
        assert styles.find(name).name == name


def test_a_misspelt_style_lists_those_that_are_nearest_first() -> None:
    with pytest.raises(UnknownName, match=r"'croquis'\? There are: .*hatch"):
        styles.find("croqius")


def test_a_blend_sums_to_one_and_takes_the_heaviest_ones_size() -> None:
    shares = styles.blend("croquis:1,pencil:3")
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["pencil"] == 0.75
    assert styles.find("croquis:1,pencil:3").side_px == styles.find("pencil").side_px


@pytest.mark.parametrize(
    "text", ["croquis:0,hatch:1", "croquis:-1", "croquis:nan,hatch", "croquis:much"]
)
def test_a_blend_without_positive_shares_is_refused(text: str) -> None:
    with pytest.raises(BadShape, match="positive"):
        styles.blend(text)


def test_a_blend_with_an_unknown_style_is_refused() -> None:
    with pytest.raises(UnknownName, match="'hatch'"):
        styles.find("croquis:0.5,hacth:0.5")


def test_a_style_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "ada.toml"
    path.write_text('title = "Ada\'s"\nweight = "styles-ada"\nindex = 2\nside_px = 300\n')
    found = styles.find(str(path))
    assert (found.name, found.weight, found.index, found.side_px) == ("ada", "styles-ada", 2, 300)


@pytest.mark.parametrize("text", ["title = ", "weight = 'x'", "title = 'a'\nindex = 'b'"])
def test_a_style_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ada.toml"
    path.write_text(text)
    with pytest.raises(RecipeError, match="ada"):
        styles.find(str(path))


def test_a_style_of_ones_own_is_found_by_name_where_it_was_kept(limner_home: Path) -> None:
    from limner.styles.names import forget, own_folder

    folder = own_folder() / "ada"
    assert own_folder() == limner_home / "styles"
    folder.mkdir(parents=True)
    (folder / "ada.toml").write_text('title = "Ada"\nweight = "styles-ada"\n', "utf-8")
    (folder / "ledger.toml").write_text("", "utf-8")
    forget()
    try:
        assert "ada" in styles.names()
        assert "ledger" not in styles.names()
        assert styles.find("ada").ledger == str(folder / "ledger.toml")
    finally:
        shutil.rmtree(folder)
        forget()
    assert "ada" not in styles.names()


def test_a_style_names_the_lines_it_was_taught_on(tmp_path: Path) -> None:
    entry = tmp_path / "ada.toml"
    entry.write_text('title = "Ada"\nlines = "learned"\n', encoding="utf-8")
    assert styles.find(str(entry)).lines == "learned"
    assert styles.find("oil").lines == "flow"
    entry.write_text('title = "Ada"\nlines = "dreamt"\n', encoding="utf-8")
    with pytest.raises(RecipeError, match="dreamt"):
        styles.find(str(entry))
