"""Arrays are built once for a source and a transform, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import OutputError, RecipeError
from limner.train.data.cache import cached, fingerprint

pytestmark = pytest.mark.train


class Builder:
    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, 0
        self.source = folder / "pack.tar"
        self.source.write_bytes(b"1")

    def fill(self, array: NDArray[Any]) -> None:
        self.calls += 1
        array[1] = int(self.source.read_bytes())

    def get(self, **transform: Any) -> NDArray[Any]:
        return cached(
            self.folder / "cache",
            "faces",
            sources=[self.source],
            transform=transform,
            shape=(3, 2),
            dtype=np.uint8,
            fill=self.fill,
        )


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


def test_an_array_is_built_once_and_mapped(builder: Builder) -> None:
    for _ in range(2):
        array = builder.get(size=8)
        assert array.tolist() == [[0, 0], [1, 1], [0, 0]]
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable
    assert builder.calls == 1


def test_another_source_or_transform_is_another_array(builder: Builder) -> None:
    first = builder.get(size=8)
    assert builder.get(size=9) is not first
    assert builder.calls == 2
    builder.source.write_bytes(b"7")
    assert builder.get(size=8)[1, 0] == 7
    assert first[1, 0] == 1


def test_a_build_that_fails_leaves_nothing(builder: Builder) -> None:
    def full(array: NDArray[Any]) -> None:
        raise OSError(28, "No space left on device")

    def get(fill: Any) -> NDArray[Any]:
        return cached(
            builder.folder / "cache",
            "x",
            sources=[],
            transform={},
            shape=(4,),
            dtype="f4",
            fill=fill,
        )

    with pytest.raises(OutputError, match="No space left"):
        get(full)
    assert not [p for p in (builder.folder / "cache").iterdir() if p.suffix != ".lock"]
    assert get(lambda array: None).tolist() == [0, 0, 0, 0]


def test_a_folders_files_count(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    os.utime(tmp_path / "a", ns=(1, 1))
    second = fingerprint(tmp_path)
    (tmp_path / "b").write_bytes(b"")
    assert len({first, second, fingerprint(tmp_path)}) == 3


def test_a_source_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        fingerprint(tmp_path / "none")
