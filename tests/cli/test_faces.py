"""`limner faces`: one line a face; nobody is no error."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_faces_are_listed_for_people(desk: Path, run: Run) -> None:
    answer = run("faces", "two.png", "nobody.png", "-q")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "two.png\t10 10 50 50\t0.90\t+1 -2 +0",
        "two.png\t90 20 150 80\t0.90\t+1 -2 +0",
    ]


def test_18_nobody_is_an_empty_list_and_no_error(desk: Path, run: Run) -> None:
    answer = run("faces", "nobody.png", "--json")
    assert answer.code == 0
    assert answer.objects == [
        {"file": "nobody.png", "outputs": [], "faces": [], "notes": [], "error": None}
    ]


def test_points_come_when_they_are_asked_for(desk: Path, run: Run) -> None:
    (plain,) = run("faces", "one.png", "--json").objects
    (full,) = run("faces", "one.png", "--json", "--points").objects
    assert "landmarks" not in plain["faces"][0]
    assert len(full["faces"][0]["landmarks"]) == 478
    assert len(full["faces"][0]["landmarks"][0]) == 2


def test_nothing_is_written(desk: Path, run: Run) -> None:
    before = sorted(desk.iterdir())
    run("faces", ".")
    assert sorted(desk.iterdir()) == before
