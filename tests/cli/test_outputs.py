"""Every result has one name of its own, and no run eats its inputs."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from limner.cli._inputs import Item
from limner.cli._outputs import Outputs, Saving
from limner.errors import OutputError

PICTURES = ("png", "jpeg", "webp")


def item(path: Path | str | None) -> Item:
    return Item("-", None) if path is None else Item(str(path), Path(path))


def made(items: list[Item], output: str | None = None, **settings: object) -> Outputs:
    return Outputs(items, Saving(output), kinds=PICTURES, **settings)  # type: ignore[arg-type]


def test_a_result_lies_beside_its_picture(tmp_path: Path) -> None:
    me = item(tmp_path / "me.jpg")
    name = made([me]).save(me, b"data", tail="croquis")
    assert name == str(tmp_path / "me-croquis.png")
    assert Path(name).read_bytes() == b"data"


def test_a_folder_is_made_and_takes_all_results(tmp_path: Path) -> None:
    me = item(tmp_path / "me.jpg")
    out = made([me], str(tmp_path / "a" / "b"), products=2)
    out.save(me, b"1", tail="croquis")
    out.save(me, b"2", tail="lines", kind="svg")
    assert sorted(p.name for p in (tmp_path / "a" / "b").iterdir()) == [
        "me-croquis.png",
        "me-lines.svg",
    ]


def test_a_folder_may_be_called_like_a_picture(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    me = item(tmp_path / "me.jpg")
    name = made([me], str(tmp_path / "x.png")).save(me, b"", tail="lines")
    assert name == str(tmp_path / "x.png" / "me-lines.png")


def test_one_result_may_be_named_and_its_name_decides_the_kind(tmp_path: Path) -> None:
    me = item(tmp_path / "me.jpg")
    out = made([me], str(tmp_path / "her.JPEG"))
    assert out.kind == "jpeg"
    assert out.save(me, b"x", tail="croquis") == str(tmp_path / "her.JPEG")


def test_several_results_do_not_fit_one_name(tmp_path: Path) -> None:
    items = [item(tmp_path / "a.jpg"), item(tmp_path / "b.jpg")]
    with pytest.raises(click.UsageError, match="folder"):
        made(items, str(tmp_path / "one.png"))
    with pytest.raises(click.UsageError, match="folder"):
        made(items[:1], "-", products=2)


def test_json_and_a_picture_do_not_share_stdout() -> None:
    with pytest.raises(click.UsageError, match="stdout"):
        made([item(None)], stdout_taken=True)


def test_a_kind_that_the_command_does_not_write_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="svg"):
        made([item(tmp_path / "a.jpg")], str(tmp_path / "a.svg"))


def test_equal_stems_get_names_of_their_own_and_a_sentence(tmp_path: Path) -> None:
    first, second, third = (item(tmp_path / n) for n in ("a/me.jpg", "b/ME.jpg", "c/me-2.jpg"))
    out = made([first, second, third], str(tmp_path / "out"))
    written = [Path(out.save(i, b"", tail="croquis")).name for i in (first, second, third)]
    assert written == ["me-croquis.png", "ME-3-croquis.png", "me-2-croquis.png"]
    assert out.notes_for(first) == ()
    assert "'ME-3'" in out.notes_for(second)[0]


def test_equal_stems_in_one_folder_do_not_clash_either(tmp_path: Path) -> None:
    first, second = item(tmp_path / "me.jpg"), item(tmp_path / "me.png")
    out = made([first, second])
    assert out.save(first, b"", tail="x") != out.save(second, b"", tail="x")


def test_an_input_of_the_run_is_never_replaced(tmp_path: Path) -> None:
    me, other = item(tmp_path / "me.jpg"), item(tmp_path / "me-croquis.png")
    (tmp_path / "me-croquis.png").write_bytes(b"precious")
    with pytest.raises(OutputError, match="itself an input"):
        made([me, other]).save(me, b"", tail="croquis")
    with pytest.raises(OutputError, match="itself an input"):
        made([other], str(tmp_path / "me-croquis.png")).save(other, b"", tail="lines")
    assert (tmp_path / "me-croquis.png").read_bytes() == b"precious"


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be made"):
        made([item(tmp_path / "me.jpg")], str(tmp_path / "file" / "out"))
