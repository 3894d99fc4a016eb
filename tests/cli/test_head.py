"""`limner head`: a head file that opens again, and a mesh."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.heads.conftest import graphs, source  # noqa: F401

from limner import heads
from limner.heads import encode, read_head

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every face be an egg."""
    monkeypatch.setattr(heads, "encode_photo", lambda _photo, _face: encode.from_source(source()))


def test_a_head_is_written_beside_the_photograph(desk: Path, run: Run) -> None:
    answer = run("head", "one.png", "--json")
    assert answer.code == 0, answer.err
    assert answer.objects[0]["outputs"] == ["one.limner"]
    assert read_head(desk / "one.limner").source is not None


def test_the_mesh_comes_with_it_or_alone(desk: Path, run: Run) -> None:
    assert run("head", "one.png", "-o", "a.limner", "--export", "glb").code == 0
    assert (desk / "a.limner").is_file()
    assert (desk / "a.glb").read_bytes()[:4] == b"glTF"
    assert run("head", "a.limner", "-o", "b.glb").code == 0
    assert (desk / "b.glb").is_file()
    assert not (desk / "b.limner").exists()


def test_a_head_file_gives_its_mesh_and_stays_as_it_is(desk: Path, run: Run) -> None:
    run("head", "--seed", "3", "-o", "c.limner")
    before = (desk / "c.limner").read_bytes()
    assert run("head", "c.limner").code == 2
    assert run("head", "c.limner", "--export", "glb").code == 0
    assert (desk / "c.limner").read_bytes() == before
    assert (desk / "c.glb").is_file()


def test_another_end_is_an_output_error(desk: Path, run: Run) -> None:
    answer = run("head", "--seed", "3", "-o", "c.obj")
    assert answer.code == 4
    assert ".glb" in answer.err
    assert not (desk / "c.obj").exists()
