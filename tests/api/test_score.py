"""The verbs that judge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.api import fakes

from limner import api
from limner.errors import InputError, OutputError


def save(folder: Path, *stems: str, seed: int = 0) -> Path:
    """Write a drawing of random lines for each stem."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        rng = np.random.default_rng((seed, *stem.encode()))
        paper = np.full((80, 64), 250, np.uint8)
        paper[rng.integers(0, 80, 9)] = 20
        Image.fromarray(paper).save(folder / f"{stem}.png")
    return folder


def test_a_style_with_photographs_is_drawn_and_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.install(monkeypatch)
    save(tmp_path / "croquis" / "real", *"abc")
    save(tmp_path / "croquis" / "artist", *"xyz")
    photos = tmp_path / "croquis" / "photos"
    photos.mkdir()
    for stem, people in (("x", [(40, 30, 60)]), ("y", [(10, 10, 40)]), ("z", [])):
        Image.fromarray(fakes.picture(*people).pixels).save(photos / f"{stem}.png")
    said: list[str] = []
    scores, sheet = api.score_styles(tmp_path, report=said.append)
    assert [(s.style, s.hand, s.number, s.pairs) for s in scores] == [
        ("croquis", "artist", 3, 0),
        ("croquis", "limner", 3, 3),
    ]
    assert "croquis: drawing 3 photographs" in said
    assert sheet.ndim == 3
    assert sheet.shape[1] > sheet.shape[0] / 3


def test_a_style_that_limner_has_not_is_scored_all_the_same(tmp_path: Path) -> None:
    for hand in ("real", "photos", "pupil"):
        save(tmp_path / "somebody" / hand, *"ab")
    scores, _ = api.score_styles(tmp_path)
    assert [s.hand for s in scores] == ["pupil"]


def test_a_pair_of_folders_takes_as_many_as_the_smaller_has(tmp_path: Path) -> None:
    a, b = save(tmp_path / "a", *"abcde"), save(tmp_path / "b", *"abc", seed=1)
    row = api.score_pair(a, b)
    assert (row.style, row.hand, row.number, row.pairs) == ("a", "b", 3, 3)
    assert api.score_pair(a, b, number=2).number == 2
    same = api.score_pair(a, a)
    assert (same.scoot, same.ink, round(same.fd, 6)) == (1, 1, 0)
    with pytest.raises(InputError, match="holds 5 pictures"):
        api.score_pair(a, save(tmp_path / "c", "a"))


def test_scores_are_kept_as_json_beside_their_sheet(tmp_path: Path) -> None:
    a, b = save(tmp_path / "a", *"ab"), save(tmp_path / "b", *"ab", seed=1)
    row = api.score_pair(a, b)
    api.keep_scores([row], np.zeros((20, 20, 3), np.uint8), tmp_path / "new" / "folder")
    (kept,) = json.loads((tmp_path / "new" / "folder" / "scores.json").read_text())
    assert kept == row.as_json()
    with Image.open(tmp_path / "new" / "folder" / "scores.png") as sheet:
        assert sheet.size == (20, 20)
    with pytest.raises(OutputError):
        api.keep_scores([row], np.zeros((20, 20, 3), np.uint8), a / "a.png")


def test_people_are_asked_by_a_page_named_after_the_folders(tmp_path: Path) -> None:
    a, b = save(tmp_path / "ada", *"ab"), save(tmp_path / "ben", *"bc")
    page = api.preference_page(a, b, photos=a, most=1)
    assert '"names": ["ada", "ben"]' in page
    assert page.count("data:image/png") == 3


def test_votes_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.json"):
        api.count_votes([tmp_path / "gone.json"])
