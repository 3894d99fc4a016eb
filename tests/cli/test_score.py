"""`limner score`: figures for hands, a page for people, a count of their votes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import Run

from limner import api
from limner.metrics.heads import HeadScore


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one style: the artist's drawings, and a pupil's of the same people."""
    monkeypatch.chdir(tmp_path)
    for hand, seed in (("real", 0), ("artist", 1), ("pupil", 2)):
        folder = tmp_path / "data" / "ink" / hand
        folder.mkdir(parents=True)
        for stem in "abc":
            rng = np.random.default_rng((seed, *stem.encode()))
            paper = np.full((64, 64), 250, np.uint8)
            paper[rng.integers(0, 64, 9)] = 20
            Image.fromarray(paper).save(folder / f"{stem}.png")
    return tmp_path / "data"


def test_styles_are_a_table_json_and_a_sheet(data: Path, run: Run) -> None:
    answer = run("score", "styles", "--data", data, "-o", "out")
    assert answer.code == 0
    heading, *rows = [line.split() for line in answer.out.splitlines()]
    assert heading[:4] == ["style", "hand", "number", "FD"]
    assert [row[:3] for row in rows] == [["ink", "artist", "3"], ["ink", "pupil", "3"]]
    assert "ink: scoring artist, pupil" in answer.err
    kept = json.loads(Path("out/scores.json").read_text())
    assert [row["hand"] for row in kept] == ["artist", "pupil"]
    with Image.open("out/scores.png") as sheet:
        assert sheet.width > 1000
    again = run("score", "styles", "--data", data, "--json", "--number", "2")
    assert [row["number"] for row in again.objects] == [2, 2]


def test_a_hand_alone_is_scored_by_an_artist_elsewhere(data: Path, run: Run) -> None:
    answer = run(
        "score", "styles", "--data", data / "ink/pupil", "--real", data / "ink/real", "--json"
    )
    assert [(row["style"], row["hand"]) for row in answer.objects] == [("pupil", "drawn")]


def test_a_pair_is_one_row(data: Path, run: Run) -> None:
    answer = run("score", "pair", data / "ink/artist", data / "ink/pupil", "--json")
    (row,) = answer.objects
    assert row["pairs"] == 3
    assert 0 < row["scoot"] < 1


def test_people_are_asked_and_counted(data: Path, run: Run) -> None:
    answer = run("score", "prefer", data / "ink/artist", data / "ink/pupil", "-o", "page.html")
    assert answer.code == 0
    assert "page.html" in answer.err
    assert Path("page.html").read_text("utf-8").startswith("<!doctype html>")
    votes = [{"pair": "a", "a_left": True, "choice": "A"}] * 9
    saved = {"study": "x", "names": ["artist", "pupil"], "rater": 1, "votes": votes}
    Path("votes.json").write_text(json.dumps(saved))
    words = run("score", "votes", "votes.json").out
    assert "9 of 9 votes by 1 people, 100% (95 % interval 70% to 100%)" in words
    assert run("score", "votes", "votes.json", "--json").objects[0]["chosen"] == 9


def test_a_page_may_go_to_stdout(data: Path, run: Run) -> None:
    program = run("score", "prefer", data / "ink/artist", data / "ink/pupil", "-o", "-")
    assert program.code == 0


def test_folders_that_cannot_be_scored_are_an_input_error(data: Path, run: Run) -> None:
    answer = run("score", "styles", "--data", data / "ink")
    assert answer.code == 3
    assert "no" in answer.err
    assert run("score", "pair", data, data).code == 3
    assert run("score", "pair", data, "gone").code == 2
    assert run("score", "votes", "gone.json").code == 3
    assert run("score").code == 2


def test_views_are_a_row_a_style(data: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.metrics.test_views import orbit

    from limner.metrics import views

    monkeypatch.setattr(views, "find_faces", lambda _photo: ())
    orbit(data.parent / "orbits" / "one", 0, 5)
    answer = run("score", "views", data.parent / "orbits", "-o", "out")
    assert answer.code == 0, answer.err
    heading, *rows = [line.split() for line in answer.out.splitlines()]
    assert heading[:3] == ["style", "views", "ink_error"]
    assert [row[0] for row in rows] == ["on-it", "on-paper"]
    assert len(json.loads(Path("out/scores.json").read_text())) == 2
    told = run("score", "views", data.parent / "orbits", "--json").objects
    assert told[0]["label_iou"] > 0.8
    assert run("score", "views", data).code == 3


def test_heads_are_a_column_a_way_or_json(
    data: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (
        HeadScore("photographs", "own", 2, rank_1=0.5),
        HeadScore("photographs", "plane", 2, rank_1=0.25, psnr=9.0),
    )
    asked: list[object] = []

    def score_heads(folder: str, **options: object) -> object:
        asked.append((folder, options["people"], options["identity_range"]))
        return rows, np.zeros((8, 8, 3), np.uint8)

    monkeypatch.setattr(api, "score_heads", score_heads)
    said = run("score", "heads", "--data", data, "--people", "2", "-o", "out")
    table = {line.split()[0]: line.split()[1:] for line in said.out.splitlines()}
    assert table["way"] == ["own", "plane"]
    assert table["rank_1"] == ["0.5", "0.25"]
    assert table["psnr"] == ["–", "9.0"]
    assert "depth_mm" not in table
    assert asked == [(str(data), 2, "-1..1")]
    assert json.loads(Path("out/scores.json").read_text())[1]["psnr"] == 9.0
    assert run("score", "heads", "--data", data, "--json").objects[0]["way"] == "own"
    assert run("score", "heads", "--data", data, "--identity-range", "0..9").code == 2
