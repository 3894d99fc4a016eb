"""Files, globs, folders and ``-`` become pictures to work on, each once and in a stable order."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.cli._inputs import Item, Reading, expand
from limner.errors import UnreadablePhoto


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.jpg", "c.webp"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "x.png").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.jpg").write_bytes(b"")
    return tmp_path


def names(items: tuple[Item, ...]) -> list[str]:
    return ["-" if item.path is None else item.path.name for item in items]


def test_a_folder_gives_its_pictures_by_name(folder: Path) -> None:
    assert names(expand([str(folder)])) == ["a.png", "b.JPG", "c.webp"]


def test_a_quoted_glob_gives_its_files_by_name(folder: Path) -> None:
    assert names(expand([f"{folder}/*.[jpJP]*"])) == ["a.png", "b.JPG"]
    assert names(expand([f"{folder}/**/*.jpg"])) == ["d.jpg"]


def test_a_file_is_taken_whatever_its_name(folder: Path) -> None:
    (folder / "odd[1].dat").write_bytes(b"")
    assert names(expand([str(folder / "odd[1].dat"), str(folder / "notes.txt")])) == [
        "odd[1].dat",
        "notes.txt",
    ]


def test_stdin_is_a_dash_and_a_file_called_dash_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "-").write_bytes(b"x")
    stdin, file = expand(["-", "./-"])
    assert stdin.path is None
    assert file.path == Path("-")
    with pytest.raises(UnreadablePhoto, match=r"picture|kind"):
        Reading().read(file)


def test_a_picture_named_twice_is_done_once(folder: Path) -> None:
    words = [str(folder / "a.png"), str(folder), f"{folder}/deep/../a.png"]
    assert names(expand(words)) == ["a.png", "b.JPG", "c.webp"]


def test_a_word_that_means_nothing_is_an_item_with_a_reason(folder: Path) -> None:
    (empty,) = expand([str(folder / "x.png")])
    (nothing,) = expand([f"{folder}/*.gif"])
    (absent,) = expand([str(folder / "gone.jpg")])
    for item, words in (
        (empty, "holds no pictures"),
        (nothing, "No file matches"),
        (absent, "does not exist"),
    ):
        with pytest.raises(UnreadablePhoto, match=words):
            Reading().read(item)


def test_a_folder_that_may_not_be_opened_is_an_item_with_a_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", closed)
    (item,) = expand([str(folder)])
    assert "Permission denied" in item.problem


def test_what_an_earlier_run_wrote_is_no_input_again(folder: Path) -> None:
    for tail in ("croquis", "lines", "labels", "holiday"):
        (folder / f"a-{tail}.png").write_bytes(b"")
    (folder / "z-croquis.png").write_bytes(b"")
    found = names(expand([str(folder)], styles=("croquis",)))
    assert found == ["a-holiday.png", "a.png", "b.JPG", "c.webp", "z-croquis.png"]
    assert names(expand([str(folder / "a-lines.png")])) == ["a-lines.png"]
