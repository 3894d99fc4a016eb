"""`limner mix`: parts from another head, a file and a sheet of three sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Run
from tests.heads.conftest import graphs  # noqa: F401

from limner.heads import read_head

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture
def pair(desk: Path, run: Run) -> Path:
    """Return the desk with two heads on it."""
    for seed in (1, 2):
        assert run("head", "--seed", str(seed), "-o", f"{seed}.limner").code == 0
    return desk


def test_named_parts_come_from_the_second(pair: Path, run: Run) -> None:
    answer = run("mix", "1.limner", "2.limner", "--parts", "eyes, hair")
    assert answer.code == 0, answer.err
    mixed = read_head(pair / "1-with-2.limner")
    one, two = read_head(pair / "1.limner"), read_head(pair / "2.limner")
    assert (mixed.parts["hair"].codes == two.parts["hair"].codes).all()
    assert (mixed.parts["nose"].codes == one.parts["nose"].codes).all()
    with Image.open(pair / "1-with-2.png") as sheet:
        assert sheet.size == (3 * 256, 3 * 256)


def test_the_sheet_may_be_left_out(pair: Path, run: Run) -> None:
    words = ("mix", "1.limner", "2.limner", "--parts", "nose", "-o", "m.limner", "--no-sheet")
    answer = run(*words, "--json")
    assert answer.objects[0]["outputs"] == ["m.limner"]
    assert not (pair / "m.png").exists()


@pytest.mark.parametrize(("parts", "said"), [("eys", "eyes"), (" , ", "names no part")])
def test_parts_that_are_none_are_told(pair: Path, run: Run, parts: str, said: str) -> None:
    answer = run("mix", "1.limner", "2.limner", "--parts", parts)
    assert answer.code == 2
    assert not (pair / "1-with-2.limner").exists()
    assert said in answer.err
