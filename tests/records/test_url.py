"""An address in a store answers what a path answers, and a path is no address."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from limner.records import Url


@pytest.mark.parametrize("word", ["me.jpg", "/a/b.png", "C:\\a\\b.png", "s3:/a", "-", "://a", ""])
def test_a_path_is_no_address(word: str) -> None:
    assert Url.parsed(word) is None


def test_parts_are_those_of_a_path() -> None:
    me = Url.parsed("S3://bucket/a b/me.tar.png/")
    assert me == Url("s3", "bucket/a b/me.tar.png")
    path = Path("bucket/a b/me.tar.png")
    assert (me.name, me.stem, me.suffix) == (path.name, path.stem, path.suffix)
    assert me.parent.key == path.parent.as_posix()
    assert me.with_name("you.png").key == path.with_name("you.png").as_posix()
    assert me.with_suffix(".svg").key == path.with_suffix(".svg").as_posix()
    assert me.with_suffix("").key == path.with_suffix("").as_posix()
    assert me.resolve() == me


def test_it_travels_as_text() -> None:
    me = Url("gs", "bucket/me.png")
    assert os.fspath(me) == str(me) == "gs://bucket/me.png"
    assert Url.parsed(me) == me
    assert str(Url("s3", "") / "bucket") == "s3://bucket"
