"""`limner lines`: any picture becomes lines, with or without somebody in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Run


@pytest.mark.parametrize("name", ["one", "nobody"])
def test_any_picture_becomes_lines_at_its_own_size(desk: Path, run: Run, name: str) -> None:
    answer = run("lines", f"{name}.png", "--json")
    assert answer.code == 0
    assert answer.objects[0]["outputs"] == [f"{name}-lines.png"]
    with Image.open(desk / f"{name}-lines.png") as image:
        assert image.size == (160, 120)


def test_the_settings_reach_the_lines_and_the_file(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: dict[str, object] = {}
    from limner import lines

    original = lines.extract

    def extract(photo: object, semantic: object, **settings: object) -> object:
        heard.update(settings)
        return original(photo, semantic)  # type: ignore[arg-type]

    monkeypatch.setattr("limner.lines.extract", extract)
    words = [
        "--method",
        "dodge",
        "--thickness",
        "2",
        "--detail",
        "0.75",
        "--ink",
        "0.5",
        "--part",
        "hair=0.25",
    ]
    assert run("lines", "one.png", *words).code == 0
    assert heard == {
        "engine": "dodge",
        "thickness": 2,
        "detail": 0.75,
        "strength": 0.5,
        "parts": {"hair": 0.25},
    }
    assert b"0.75" in (desk / "one-lines.png").read_bytes()


def test_a_part_that_does_not_exist_is_a_usage_error(desk: Path, run: Run) -> None:
    answer = run("lines", "one.png", "--part", "hiar=1")
    assert answer.code == 2
    assert "'hair'" in answer.err


def test_lines_may_be_clear_or_shapes(desk: Path, run: Run) -> None:
    assert run("lines", "one.png", "--transparent").code == 0
    with Image.open(desk / "one-lines.png") as image:
        assert image.mode == "RGBA"
    assert run("lines", "one.png", "--format", "svg").code == 0
    assert b"<svg" in (desk / "one-lines.svg").read_bytes()
    assert run("lines", "one.png", "-o", "a.svg", "--transparent").code == 2
