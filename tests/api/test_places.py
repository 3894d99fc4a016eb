"""A word leads to a path or to an address, and both can be asked the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner import api
from limner.errors import OutputError
from limner.records import Url


def test_a_word_is_a_path_or_an_address(tmp_path: Path) -> None:
    assert api.place(str(tmp_path)) == tmp_path
    assert api.place("gs://bucket/x") == Url("gs", "bucket/x")


def test_a_folder_is_made_here_and_is_no_matter_in_a_store(tmp_path: Path) -> None:
    assert api.make_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="choose another -o"):
        api.make_folder(tmp_path / "file" / "c")
    home = Url("memory", "places")
    assert api.make_folder(home) == home
    with pytest.raises(OutputError, match="no object store"):
        api.make_folder(Url("ftp", "places"))


def test_what_is_there_has_a_state(tmp_path: Path) -> None:
    me = tmp_path / "me.png"
    assert api.place_state(me) is None
    me.write_bytes(b"1")
    first = api.place_state(me)
    me.write_bytes(b"12")
    assert None is not first != api.place_state(me)
    stored = Url("memory", "places/me.png")
    assert api.place_state(stored) is None
    api.write_bytes(stored, b"1")
    assert api.place_state(stored) is not None
    assert api.list_place(stored.parent) == (stored,)
