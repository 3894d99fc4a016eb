"""A journal in a store knows what is whole and current, one object a picture; the store lives in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from limner.batch import Journal, StoreJournal, digest, open_journal
from limner.files import write_bytes
from limner.records import Url

HOME = Url("memory", "journal-tests/out")


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    write_bytes(HOME / "me-croquis.png", b"drawing")
    write_bytes(HOME.parent / "me.jpg", b"photograph")
    yield
    fsspec.filesystem("memory").rm(f"memory://{HOME.parent.key}", recursive=True)


def kept() -> StoreJournal:
    journal = open_journal(HOME, "draw")
    assert isinstance(journal, StoreJournal)
    journal.keep("me.jpg", "k", [str(HOME / "me-croquis.png")], {"faces": [1]})
    return journal


def test_the_place_of_the_results_decides_the_journal(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "draw")
    assert isinstance(journal, Journal)
    assert journal.path == tmp_path / ".limner-draw.jsonl"


def test_what_was_done_is_known_again_to_that_verb_alone() -> None:
    kept()
    again = open_journal(HOME, "draw").current("me.jpg", "k")
    assert again is not None
    assert again.told == {"faces": [1]}
    assert list(again.results) == ["me-croquis.png"]
    assert open_journal(HOME, "lines").current("me.jpg", "k") is None


def test_another_key_or_picture_is_not_current() -> None:
    assert kept().current("me.jpg", "other") is None
    assert kept().current("you.jpg", "k") is None


@pytest.mark.parametrize("spoilt", [b"", b"draw", b"drawinG"])
def test_a_result_that_is_cut_or_changed_is_not_whole(spoilt: bytes) -> None:
    journal = kept()
    write_bytes(HOME / "me-croquis.png", spoilt)
    assert journal.current("me.jpg", "k") is None


def test_a_result_or_entry_that_is_gone_or_nonsense_is_done_again() -> None:
    journal = kept()
    memory = fsspec.filesystem("memory")
    (entry,) = memory.ls(str(HOME / ".limner-draw"), detail=False)
    memory.pipe_file(entry, b"[7")
    assert journal.current("me.jpg", "k") is None
    kept()
    memory.rm(str(HOME / "me-croquis.png"))
    assert journal.current("me.jpg", "k") is None


def test_results_elsewhere_are_known_by_their_whole_address(tmp_path: Path) -> None:
    result = tmp_path / "me.png"
    result.write_bytes(b"here")
    journal = open_journal(HOME, "draw")
    journal.keep("me.jpg", "k", [str(result)], {})
    assert journal.current("me.jpg", "k") is not None
    near = open_journal(tmp_path, "draw")
    near.keep("me.jpg", "k", [str(HOME / "me-croquis.png")], {})
    assert near.current("me.jpg", "k") is not None


def test_a_picture_in_a_store_has_a_digest() -> None:
    me = HOME.parent / "me.jpg"
    first = digest(me, {})
    write_bytes(me, b"another")
    assert None is not first != digest(me, {})
    assert digest(HOME / "gone.jpg", {}) is None
