"""A desk to work at: pictures of coloured squares, stand-ins for the networks, the program as a function."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.api import fakes

from limner import cli
from limner.records import Photo


@dataclass(frozen=True)
class Answer:
    """What the program said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON lines of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Answer]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder: one person, two people, nobody, and a file that is no picture."""
    fakes.install(monkeypatch)
    monkeypatch.chdir(tmp_path)
    save(fakes.picture((40, 30, 60)), tmp_path / "one.png")
    save(fakes.picture((10, 10, 40), (90, 20, 60)), tmp_path / "two.png")
    save(fakes.picture(), tmp_path / "nobody.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture at all")
    return tmp_path


def save(photo: Photo, path: Path) -> None:
    """Write a picture as it is."""
    Image.fromarray(photo.pixels).save(path)


def caller(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the program as a function of its words, in this process."""

    def call(*words: str | Path) -> Answer:
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        heard = capsys.readouterr()
        return Answer(code, heard.out, heard.err)

    return call


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the program as a function of its words."""
    return caller(capsys)
