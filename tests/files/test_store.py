"""Objects are read within limits and put whole; what cannot be spoken to is a sentence. Stores live in memory."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

import fsspec
import numpy as np
import pytest
from PIL import Image

from limner.errors import InputError, MissingExtra, OutputError, UnreadablePhoto
from limner.files import read_photo, store, write_bytes
from limner.files.limits import Limits
from limner.records import Url

HOME = Url("memory", "store-tests")


@pytest.fixture
def bucket() -> Iterator[Any]:
    """Return a store with two pictures in a folder and one below."""
    memory = fsspec.filesystem("memory")
    file = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 7, np.uint8)).save(file, "PNG")
    for name in ("b.png", "a.png", "deep/c.png"):
        memory.pipe_file(f"memory://{HOME.key}/{name}", file.getvalue())
    yield memory
    memory.rm(f"memory://{HOME.key}", recursive=True)


@pytest.mark.usefixtures("bucket")
def test_a_picture_is_read_from_a_store() -> None:
    assert read_photo(HOME / "a.png").size_px == (30, 20)
    assert read_photo(str(HOME / "a.png")).size_px == (30, 20)


def test_no_more_than_the_limit_is_read(bucket: Any) -> None:
    bucket.pipe_file(str(HOME / "big.png"), bytes(2_000_000))
    with pytest.raises(UnreadablePhoto, match="more than 1 MB"):
        read_photo(HOME / "big.png", limits=Limits(max_megabytes=1))


@pytest.mark.usefixtures("bucket")
def test_what_is_written_is_there_and_replaces_what_was() -> None:
    for data in (b"one", b"another"):
        write_bytes(HOME / "new" / "x.bin", data)
        with store.opened(HOME / "new" / "x.bin") as file:
            assert file.read() == data


def test_a_put_that_fails_is_a_sentence_and_leaves_the_old(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("An error occurred (AccessDenied)\nand much more")

    monkeypatch.setattr(type(bucket), "pipe_file", refuse)
    with pytest.raises(
        OutputError, match=r"cannot be written: An error occurred \(AccessDenied\)\."
    ):
        write_bytes(HOME / "a.png", b"")
    assert read_photo(HOME / "a.png").size_px == (30, 20)


@pytest.mark.usefixtures("bucket")
def test_a_folder_or_pattern_lists_its_objects_by_name() -> None:
    assert store.listed(HOME) == (HOME / "a.png", HOME / "b.png")
    assert store.listed(HOME / "*.png") == (HOME / "a.png", HOME / "b.png")
    assert store.listed(HOME / "**" / "c.png") == (HOME / "deep" / "c.png",)
    assert store.listed(HOME / "*.jpg") == ()
    assert store.listed(HOME / "a.png") is None


@pytest.mark.usefixtures("bucket")
def test_the_state_changes_with_the_object() -> None:
    first = store.state(HOME / "a.png")
    assert first == store.state(HOME / "a.png")
    write_bytes(HOME / "a.png", b"shorter")
    assert store.state(HOME / "a.png") != first
    assert store.state(HOME / "gone.png") is None


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there_is_said() -> None:
    with pytest.raises(UnreadablePhoto, match=r"memory://store-tests/gone.png does not exist"):
        read_photo(HOME / "gone.png")


@pytest.mark.parametrize(
    "word", ["https://example.org/me.jpg", "file:///me.jpg", "zip://a::s3://b"]
)
def test_only_stores_are_spoken_to(word: str) -> None:
    with pytest.raises(UnreadablePhoto, match=r"no object store.*Fetch it into a file first"):
        read_photo(word)
    with pytest.raises(OutputError, match="no object store"):
        write_bytes(word, b"")


def test_a_missing_extra_or_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise ImportError("Install s3fs to access S3")

    with monkeypatch.context() as patch:
        patch.setattr(fsspec, "filesystem", none)
        with pytest.raises(MissingExtra, match="pip install s3fs"):
            store.check(Url("s3", "bucket"))
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtra, match=r"limner\[store\]"):
        read_photo("s3://bucket/me.jpg")
    with pytest.raises(MissingExtra, match=r"limner\[store\]"):
        write_bytes("s3://bucket/me.jpg", b"")


def test_a_store_that_refuses_at_the_door_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no credentials")

    monkeypatch.setattr(fsspec, "filesystem", refuse)
    with pytest.raises(InputError, match=r"s3://bucket cannot be reached: no credentials\."):
        store.check(Url("s3", "bucket"))
