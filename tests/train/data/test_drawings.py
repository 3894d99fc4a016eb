"""Pairs of photograph and drawing: who tests never trains, paper is white, crops keep sides apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from tests.train.made_packs import write_csv

from limner.errors import RecipeError
from limner.lines import extract
from limner.records import CLASSES, Photo, SemanticMap
from limner.train.data import drawings
from limner.train.data.drawings import (
    STYLES,
    PairSampler,
    Sheets,
    build_sheets,
    picture_of,
    split_rows,
    to_white,
)
from limner.train.data.packs import Pack
from limner.train.data.sitters import FS2K_TWINS

pytestmark = pytest.mark.train

L_EYE, R_EYE = CLASSES.index("l_eye"), CLASSES.index("r_eye")
GREYS = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))


@given(GREYS)
def test_paper_becomes_white_and_darker_stays_darker(grey: NDArray[np.uint8]) -> None:
    white = to_white(grey)
    assert white.dtype == np.uint8
    top = float(np.percentile(grey, 90))
    assert (white[grey >= max(top, 2)] == 255).all()
    order = np.argsort(grey.ravel(), kind="stable")
    assert (np.diff(white.ravel()[order].astype(int)) >= 0).all()
    assert (white.astype(int) >= grey.astype(int) - 1).all() or top > 255 * 0.9


def test_stained_paper_is_cleaned_and_ink_is_not() -> None:
    sheet = np.full((20, 20), 190, np.uint8)
    sheet[:2], sheet[10] = 180, 20
    white = to_white(sheet)
    assert (white[:2] == 255).all()
    assert white[10, 0] < 40


def rows(count: int) -> list[dict[str, str]]:
    """Return an index like FS2K's: photo1 in ink, photo3 in pencil, every tenth a test."""
    made = []
    for i in range(count):
        pencil = i % 2 == 1
        name = f"photo{3 if pencil else 1}_image{5000 + i}"
        style = "pencil" if pencil else STYLES[(i // 2) % 2]
        made.append({"id": name, "split": "test" if i % 10 == 4 else "train", "style": style})
    return made


def test_the_protocol_holds_120_pencil_drawings_back_and_no_twin_trains(tmp_path: Path) -> None:
    twins = [{"id": t, "split": "train", "style": "pencil"} for t in sorted(FS2K_TWINS)]
    write_csv(tmp_path / "fs2k.csv", rows(400) + twins)
    train, test = ([r["id"] for r in split_rows(tmp_path, s)] for s in ("train", "test"))
    assert not set(train) & set(test)
    assert not set(train) & FS2K_TWINS
    held = [i for i in test if i.startswith("photo3")]
    assert len(held) == 120
    assert len(set(held)) == 120
    assert sorted(test) == sorted(held + [r["id"] for r in rows(400) if r["split"] == "test"])
    # the same people every time, in whatever order the rows stand
    assert split_rows(tmp_path, "test") == split_rows(tmp_path, "test")
    assert train == [r["id"] for r in rows(400) if r["id"] in set(train)]


def test_a_sheet_is_photograph_white_drawing_ink_and_classes(packs: Path, sheets: Sheets) -> None:
    pack = Pack(packs / "fs2k.tar")
    assert set(sheets.style.tolist()) == {0, 1, 2}
    i = len(sheets.ids) - 1
    sheet, name = sheets.sheet(i), sheets.ids[i]
    photo, drawn = pack.rgb("photo", name), pack.rgb("sketch", name)
    assert sheet.shape == (*photo.shape[:2], 4)
    assert np.abs(sheet[..., 0] - photo @ np.array([0.299, 0.587, 0.114])).max() <= 1
    assert (sheet[..., 1][drawn.min(2) > 235] == 255).all()
    ink = extract(Photo(photo), SemanticMap(np.ascontiguousarray(sheet[..., 3]))).ink
    np.testing.assert_array_equal(sheet[..., 2], (ink * 255).astype(np.uint8))


def test_sheets_are_kept_and_test_people_are_others(
    packs: Path, cache: Path, sheets: Sheets
) -> None:
    kept = build_sheets(packs / "gone", packs / "gone", cache, "train")
    assert kept.ids == sheets.ids
    np.testing.assert_array_equal(kept.sheet(1), sheets.sheet(1))
    held = build_sheets(packs / "gone", packs / "gone", cache, "test")
    assert held.ids
    assert not set(held.ids) & set(sheets.ids)


def test_an_index_without_pairs_is_refused(packs: Path, tmp_path: Path) -> None:
    (tmp_path / "fs2k.tar").write_bytes((packs / "fs2k.tar").read_bytes())
    write_csv(tmp_path / "fs2k.csv", [{"id": "a", "split": "none", "style": "hatch"}])
    with pytest.raises(RecipeError, match="no train pairs"):
        build_sheets(tmp_path, tmp_path, tmp_path / "cache", "train")


def test_beyond_the_labelled_crop_the_nearest_class_goes_on() -> None:
    classes = np.full((6, 8), 255, np.uint8)
    classes[1:5, 2:4], classes[1:5, 4:6] = 13, 18
    carried = drawings.carried(classes)
    assert (carried[:, :4] == 13).all()
    assert (carried[:, 4:] == 18).all()
    whole = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(drawings.carried(whole), whole)
    assert not drawings.carried(np.full((3, 3), 255, np.uint8)).any()


def sheet_of(height: int, width: int) -> NDArray[np.uint8]:
    """Return a sheet: columns in grey, the right eye left, the left eye right."""
    sheet = np.zeros((height, width, 4), np.uint8)
    sheet[..., 0] = np.linspace(20, 220, width).astype(np.uint8)
    sheet[..., 1] = sheet[..., 0]
    sheet[::2, :, 2] = 255
    sheet[:, : width // 2, 3], sheet[:, width // 2 :, 3] = R_EYE, L_EYE
    return sheet


def sheets_of(*made: NDArray[np.uint8], styles: tuple[int, ...] | None = None) -> Sheets:
    offset = np.cumsum([0] + [s.size for s in made])
    size = np.array([[s.shape[1], s.shape[0]] for s in made], np.int32)
    style = np.array(styles or range(len(made)), np.uint8)
    flat = np.concatenate([s.ravel() for s in made])
    return Sheets(flat, offset, size, style, tuple(map(str, range(len(made)))))


def test_what_the_generator_sees_is_ink_shares_and_grey() -> None:
    seen = picture_of(sheet_of(8, 12))
    assert seen.shape == (21, 8, 12)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen[0, :, 0], [1, 0] * 4)
    np.testing.assert_allclose(seen[1:20].sum(0), 1)
    assert seen[1 + R_EYE, :, :6].all()
    assert seen[1 + L_EYE, :, 6:].all()
    np.testing.assert_allclose(seen[20, 0, [0, -1]], [20 / 255, 220 / 255])


def test_a_mirrored_crop_exchanges_the_sides_and_only_the_photographs_light_varies() -> None:
    sampler = PairSampler(sheets_of(sheet_of(40, 60)), size_px=60)
    mirrored, lights = 0, set()
    for seed in range(30):
        crop = sampler.crop(np.random.default_rng(seed), 0)
        assert crop.shape == (60, 60, 4)  # a sheet too low is carried downwards
        assert (crop[:, :30, 3] == R_EYE).all()
        assert (crop[:, 30:, 3] == L_EYE).all()
        flip = crop[0, 0, 1] > crop[0, -1, 1]
        mirrored += flip
        drawn = crop[:40, ::-1, 1] if flip else crop[:40, :, 1]
        np.testing.assert_array_equal(drawn, sheet_of(40, 60)[..., 1])
        lights.add(int(crop[..., 0].mean()))
    assert 8 < mirrored < 22
    assert len(lights) > 10


def test_most_crops_show_some_of_the_face() -> None:
    sheet = np.zeros((400, 400, 4), np.uint8)
    sheet[20:60, 340:380, 3] = 1
    sampler = PairSampler(sheets_of(sheet), size_px=64)
    chance = np.random.default_rng(0)
    faces = [(sampler.crop(chance, 0)[..., 3] == 1).any() for _ in range(60)]
    assert np.mean(faces) > 0.7


def test_a_batch_takes_the_styles_in_turn(sheets: Sheets) -> None:
    sampler = PairSampler(sheets, batch=6, size_px=64)
    batch = sampler.batch(np.random.default_rng(4))
    assert batch["picture"].shape == (6, 21, 64, 64)
    assert batch["drawing"].shape == (6, 1, 64, 64)
    assert {v.dtype.name for v in batch.values()} == {"float32"}
    assert batch["style"].sum(0).tolist() == [2, 2, 2, 0, 0]
    assert batch["paired"].tolist() == [1] * 6
    assert batch["style"].sum(1).tolist() == [1] * 6
    for name in ("picture", "drawing"):
        assert batch[name].min() >= 0
        assert batch[name].max() <= 1
    again = sampler.batch(np.random.default_rng(4))
    for name in batch:
        np.testing.assert_array_equal(batch[name], again[name])


def bright_and_dark() -> Sheets:
    """Return a croquis, a charcoal drawing and a photograph that nobody drew, told apart by their tones."""
    made = [sheet_of(80, 80) for _ in range(3)]
    for sheet, grey, drawn in zip(made, (100, 60, 200), (40, 80, 255), strict=True):
        sheet[..., 0], sheet[..., 1] = grey, drawn
    return sheets_of(*made, styles=(0, STYLES.index("charcoal"), drawings.FREE))


def test_a_free_row_shows_a_styles_drawing_beside_somebody_elses_photograph() -> None:
    sampler = PairSampler(bright_and_dark(), batch=8, size_px=64, free=1.0)
    batch = sampler.batch(np.random.default_rng(0))
    assert not batch["paired"].any()
    charcoal = batch["style"][:, STYLES.index("charcoal")] == 1
    assert charcoal.sum() == 4
    tones = batch["drawing"].mean((1, 2, 3)) * 255
    np.testing.assert_allclose(tones[charcoal], 80, atol=1)
    np.testing.assert_allclose(tones[~charcoal], 40, atol=1)
    # only croquis' sitter and the free photograph were photographed: charcoal's tones are never a photograph
    seen = np.concatenate(
        [
            sampler.batch(np.random.default_rng(i))["picture"][:, 20].mean((1, 2)) * 255
            for i in range(8)
        ]
    )
    assert (seen > 75).mean() > 0.8
    assert (seen > 150).any()


def test_half_of_charcoals_rows_are_free_even_where_no_other_is() -> None:
    sampler = PairSampler(bright_and_dark(), batch=8, size_px=64)
    free = {0: 0.0, 1: 0.0}
    for seed in range(12):
        batch = sampler.batch(np.random.default_rng(seed))
        for is_charcoal in free:
            rows = batch["style"][:, STYLES.index("charcoal")] == is_charcoal
            free[is_charcoal] += (1 - batch["paired"][rows]).sum() / 48
    assert free[0] == 0
    assert 0.3 < free[1] < 0.7


def test_a_style_that_the_shipped_graph_knows_has_its_place_in_the_one_table() -> None:
    from limner import styles
    from limner.weights import ledger

    known = STYLES[: int(ledger.row("styles-draw").inputs["style"]["shape"][1])]
    assert set(known) <= set(styles.names())
    for name in known:
        style = styles.find(name)
        assert style.weight == "styles-draw"
        if style.through:  # known to the graph, but drawn through another that it knows better
            assert style.through in known
            continue
        assert STYLES[style.index] == name
        # strokes may be drawn a little finer than they were taught, never coarser
        taught_px = drawings.SIDES_PX[style.index]
        assert taught_px <= style.side_px <= 1.2 * taught_px
