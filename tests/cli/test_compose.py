"""`limner compose`: drawings become photographs; what cannot be is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.api.test_compose import (  # type: ignore[attr-defined]
    bank,  # noqa: F401
    room,  # noqa: F401
    session,  # noqa: F401
    sheet,
)
from tests.cli.conftest import Run
from tests.sketches.conftest import FakeSession


@pytest.fixture
def sketches(desk: Path, room: FakeSession) -> Path:  # noqa: F811
    """Return the desk with two drawings and a blank sheet on it."""
    del room
    Image.fromarray(sheet()).save(desk / "head.png")
    Image.fromarray(sheet(200, ink=250, paper=10)).save(desk / "dark.png")
    Image.fromarray(np.full((200, 200, 3), 255, np.uint8)).save(desk / "blank.png")
    return desk


def test_each_drawing_gives_a_photograph_beside_it(sketches: Path, run: Run) -> None:
    answer = run("compose", "head.png", "dark.png", "--json")
    assert answer.code == 0, answer.err
    assert [o["outputs"] for o in answer.objects] == [["head-composed.png"], ["dark-composed.png"]]
    assert all("of the ink is found again" in " ".join(o["notes"]) for o in answer.objects)
    with Image.open(sketches / "head-composed.png") as picture:
        assert picture.size == (512, 512)
    assert b"trainedAlgorithmicMedia" in (sketches / "head-composed.png").read_bytes()


def test_a_blank_sheet_is_told_and_the_others_are_done(sketches: Path, run: Run) -> None:
    answer = run("compose", "blank.png", "head.png")
    assert answer.code == 1
    assert "The sheet is blank" in answer.err
    assert (sketches / "head-composed.png").exists()


def test_colours_confidence_and_parts_are_heard(sketches: Path, run: Run) -> None:
    words = ("--confidence", "eyes=0.7,rest=0.3", "--hair", "#201008", "--mouth-from", "dark.png")
    answer = run("compose", "head.png", *words, "--size", "256", "-o", "out.jpg")
    assert answer.code == 0, answer.err
    with Image.open(sketches / "out.jpg") as picture:
        assert picture.size == (256, 256)


@pytest.mark.parametrize("target", ["guide.png", "guides"])
def test_the_shadow_is_kept_on_request(sketches: Path, run: Run, target: str) -> None:
    answer = run("compose", "head.png", "--shadow", target, "--json")
    path = sketches / ("guide.png" if target.endswith(".png") else "guides/head-shadow.png")
    assert Path(answer.objects[0]["outputs"][1]) == path.relative_to(sketches)
    with Image.open(path) as picture:
        assert picture.size == (512, 512)


def test_a_morph_gives_its_steps(sketches: Path, run: Run) -> None:
    answer = run("compose", "head.png", "--morph", "dark.png", "--steps", "3", "-o", "between")
    assert answer.code == 0, answer.err
    names = sorted(p.name for p in (sketches / "between").iterdir())
    assert names == [f"head-composed-0{k}.png" for k in (1, 2, 3)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--confidence", "moth=1"), "mouth"),
        (("--confidence", "2"), "no confidence"),
        (("--confidence", "eyes"), "no confidence"),
        (("--skin", "skinny"), "colour"),
        (("--morph", "dark.png", "--mouth-from", "dark.png"), "whole drawings"),
    ],
)
def test_wrong_words_are_a_matter_of_usage(
    sketches: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    answer = run("compose", "head.png", *words)
    assert answer.code == 2
    assert said in answer.err
    assert not (sketches / "head-composed.png").exists()


@pytest.mark.usefixtures("sketches")
def test_several_shadows_need_a_folder(run: Run) -> None:
    answer = run("compose", "head.png", "dark.png", "--shadow", "one.png")
    assert answer.code == 2
    assert "folder" in answer.err


def test_no_faces_are_counted_where_nobody_looked_for_any(sketches: Path, run: Run) -> None:
    answer = run("compose", "head.png", "--size", "256")
    assert answer.code == 0, answer.err
    assert "head.png: → head-composed.png" in answer.err
    assert "0 face" not in answer.err
    assert (sketches / "head-composed.png").exists()
