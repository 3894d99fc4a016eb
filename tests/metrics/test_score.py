"""Folders of drawings become rows of figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner.errors import InputError, UnreadablePhoto
from limner.metrics import fd, features, ink_agreement, prepare, scoot
from limner.metrics import score as score_module
from limner.metrics.score import Hand, find_styles, pictures, score_style


def save(folder: Path, *stems: str, seed: int = 0, suffix: str = ".png") -> Path:
    """Write a drawing of random lines for each stem."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        rng = np.random.default_rng((seed, *stem.encode()))
        paper = np.full((80, 64), 250, np.uint8)
        paper[rng.integers(0, 80, 9)] = 20
        Image.fromarray(paper).save(folder / f"{stem}{suffix}")
    return folder


def test_pictures_are_told_by_stem_and_sorted(tmp_path: Path) -> None:
    save(tmp_path, "b", "a")
    save(tmp_path, "c", suffix=".webp")
    (tmp_path / "notes.txt").write_text("no picture")
    assert list(pictures(tmp_path)) == ["a", "b", "c"]
    save(tmp_path, "a", suffix=".jpg")
    with pytest.raises(InputError, match=r"a\.jpg and a\.png .* share a name"):
        pictures(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        pictures(tmp_path / "gone")


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"nothing")
    with pytest.raises(UnreadablePhoto, match=r"broken\.png"):
        Hand.read(tmp_path)


def test_styles_are_found_with_their_hands_the_artist_first(tmp_path: Path) -> None:
    for hand in ("real", "artist", "photos", "a-filter"):
        save(tmp_path / "ink" / hand, "x", "y")
    save(tmp_path / "wash" / "real", "x", "y")
    save(tmp_path / "wash", "x", "y")
    (tmp_path / "empty" / "none").mkdir(parents=True)
    ink, wash = find_styles(tmp_path)
    assert (ink.name, list(ink.hands)) == ("ink", ["artist", "a-filter"])
    assert ink.real == tmp_path / "ink" / "real"
    assert ink.photos == tmp_path / "ink" / "photos"
    assert (list(wash.hands), wash.photos) == (["drawn"], None)


def test_the_artists_may_lie_elsewhere(tmp_path: Path) -> None:
    one = save(tmp_path / "mine" / "ink" / "pupil", "x", "y")
    elsewhere = save(tmp_path / "artists" / "ink", "x", "y")
    (style,) = find_styles(tmp_path / "mine", tmp_path / "artists")
    assert style.real == elsewhere
    (alone,) = find_styles(one, elsewhere)
    assert (alone.name, alone.hands, alone.real) == ("pupil", {"drawn": one}, elsewhere)


def test_a_style_without_its_artist_says_where_to_put_him(tmp_path: Path) -> None:
    save(tmp_path / "ink" / "pupil", "x")
    with pytest.raises(InputError, match=r"ink.*no drawings of its artist.*real"):
        find_styles(tmp_path)


def test_a_folder_of_nothing_says_what_was_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no style"):
        find_styles(tmp_path)


def test_a_row_holds_the_metrics_of_the_same_number_a_side(tmp_path: Path) -> None:
    real = Hand.read(save(tmp_path / "real", *"abcde", seed=1))
    artist = Hand.read(save(tmp_path / "artist", *"pqrs", seed=2))
    pupil = Hand.read(save(tmp_path / "pupil", *"qrsz", seed=3))
    first, row = score_style("ink", real, {"artist": artist, "pupil": pupil}, number=3)
    assert (first.hand, first.pairs, first.scoot) == ("artist", 0, None)
    assert (row.style, row.hand, row.number, row.pairs) == ("ink", "pupil", 3, 3)
    a, b = ([*h.drawings.values()][:3] for h in (real, pupil))
    assert row.fd == pytest.approx(fd(features(a), features(b)))
    both = [(artist.drawings[k], pupil.drawings[k]) for k in "qrs"]
    assert row.scoot == pytest.approx(np.mean([scoot(x, y) for x, y in both]))
    assert row.ink == pytest.approx(np.mean([ink_agreement(x, y) for x, y in both]))
    assert row.sifid is not None
    assert row.as_json()["fd"] == round(row.fd, 4)


def test_an_artist_against_himself_is_near(tmp_path: Path) -> None:
    real = Hand.read(save(tmp_path / "real", *"abcdefgh", seed=1))
    same = Hand.read(save(tmp_path / "same", *"ijklmnop", seed=1))
    grey = Hand({k: np.random.default_rng(i).integers(0, 255, (256, 256)).astype(np.uint8)
                 for i, k in enumerate("ijklmnop")})  # fmt: skip
    near, far = score_style("ink", real, {"same": same, "grey": grey})
    assert near.number == far.number == 8
    assert near.fd < far.fd / 2
    assert near.kd_x1000 < far.kd_x1000 / 2
    assert near.swd_x1000 < far.swd_x1000


def test_a_blank_sheet_costs_its_scoot_and_hides_nothing(tmp_path: Path) -> None:
    real = Hand.read(save(tmp_path / "real", *"ab", seed=1))
    blank = Hand({k: prepare(np.full((64, 64), 255, np.uint8)) for k in "ab"})
    (row,) = score_style("ink", real, {"artist": real, "blank": blank}, number=2)[1:]
    assert row.scoot == 0


def test_one_drawing_is_too_few(tmp_path: Path) -> None:
    hand = Hand.read(save(tmp_path, "a"))
    with pytest.raises(InputError, match="1 by pupil"):
        score_style("ink", hand, {"pupil": hand})


def test_strokes_are_counted_over_all_drawings_whose_sitters_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Hand.read(save(tmp_path / "real", *"abc", seed=1))
    pupil = Hand.read(save(tmp_path / "pupil", *"abc", seed=2))
    asked = []

    def counted(drawing: NDArray[np.uint8], places: NDArray[np.uint8]) -> tuple[int, int]:
        asked.append(drawing)
        return (int(places[0, 0]), 4)

    monkeypatch.setattr(score_module, "stroke_accuracy", counted)
    places = {k: np.full((256, 256), n, np.uint8) for k, n in (("a", 1), ("c", 4))}
    (row,) = score_style("ink", real, {"pupil": pupil}, places=places)
    assert row.strokes == 5 / 8
    assert len(asked) == 2
    (row,) = score_style("ink", real, {"pupil": pupil}, places={"z": places["a"]})
    assert row.strokes is None
    assert score_style("ink", real, {"pupil": pupil})[0].strokes is None
