from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from limner.errors import UnreadablePhoto
from limner.files.limits import Limits
from limner.files.source import fetch, shown


@pytest.mark.parametrize(
    "name",
    ["with space.jpg", "été.jpg", "한글.png", "🎨.webp", "-q.jpg", "x" * 236 + ".jpg", "a\nb.png"],
)
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"abc")
    data, called = fetch(tmp_path / name, Limits())
    assert data == b"abc"
    assert "\n" not in called


def test_bytes_and_streams_are_read() -> None:
    assert fetch(bytearray(b"abc"), Limits())[0] == b"abc"
    assert fetch(memoryview(b"abc"), Limits())[0] == b"abc"
    assert fetch(io.BytesIO(b"abc"), Limits()) == (b"abc", "The stream")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    assert fetch("-", Limits()) == (b"abc", "Standard input")


def test_a_folder_called_like_a_picture_is_named_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    with pytest.raises(UnreadablePhoto, match=r"x\.png is a folder"):
        fetch(tmp_path / "x.png", Limits())


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePhoto, match=r"gone\.jpg does not exist"):
        fetch(tmp_path / "gone.jpg", Limits())


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadablePhoto, match="cannot be read"):
        fetch(str(tmp_path / name), Limits())


def test_a_file_without_the_right_to_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadablePhoto, match="may not be read"):
        fetch(tmp_path / "x.png", Limits())


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    with pytest.raises(UnreadablePhoto, match="is empty"):
        fetch(tmp_path / "x.png", Limits())


def test_too_large_a_source_is_refused_and_never_read_whole() -> None:
    stream = io.BytesIO(bytes(5_000))
    with pytest.raises(UnreadablePhoto, match=r"more than 0\.001 MB"):
        fetch(stream, Limits(max_megabytes=0.001))
    assert stream.tell() == 1_001


def test_a_text_stream_is_refused_with_the_remedy() -> None:
    with pytest.raises(UnreadablePhoto, match="'rb'"):
        fetch(io.StringIO("abc"), Limits())  # type: ignore[arg-type]


def test_a_thing_that_is_no_source_is_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="got int"):
        fetch(3, Limits())  # type: ignore[arg-type]


def test_a_closed_stream_is_refused() -> None:
    stream = io.BytesIO(b"abc")
    stream.close()
    with pytest.raises(UnreadablePhoto, match="cannot be read"):
        fetch(stream, Limits())


def test_a_lone_surrogate_can_be_shown() -> None:
    shown("a\udcff.jpg").encode("utf-8")
