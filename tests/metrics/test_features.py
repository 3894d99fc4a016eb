"""What the judge sees; its network runs."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import early_features, fd, features, photo_features
from limner.weights import ledger

RNG = np.random.default_rng(0)
DRAWINGS = [RNG.integers(0, 256, (256, 256)).astype(np.uint8) for _ in range(5)]


def test_a_drawing_has_nine_rows_that_follow_each_other_whatever_the_batch() -> None:
    together = features(DRAWINGS)
    assert together.shape == (45, 1280)
    assert together.dtype == np.float64
    assert together.min() >= 0
    assert together.max() <= 6
    for i, drawing in enumerate(DRAWINGS):
        alone = features([drawing])
        assert np.abs(alone - together[9 * i : 9 * i + 9]).max() < 1e-3


def test_the_same_patch_has_the_same_features_wherever_it_lies() -> None:
    tiled = np.tile(DRAWINGS[0][:64, :64], (4, 4))
    found = features([tiled])
    assert np.ptp(found, axis=0).max() < 1e-3


def test_no_drawings_have_no_features() -> None:
    assert features([]).shape == (0, 1280)
    assert early_features([]).shape == (0, 24, 64, 64)
    assert photo_features([]).shape == (0, 1280)


def test_early_features_see_small_texture_where_it_lies() -> None:
    paper = np.full((256, 256), 255, np.uint8)
    marked = paper.copy()
    marked[100:140:3, 100:140] = 0
    change = np.abs(early_features([marked]) - early_features([paper]))[0].max(0)
    assert change.shape == (64, 64)
    assert change[25:35, 25:35].min() > 0.05
    assert change[50:, 50:].max() < 1e-4


def test_photographs_of_any_size_have_one_row() -> None:
    photos = [RNG.integers(0, 256, (n, 300, 3)).astype(np.uint8) for n in range(200, 210)]
    assert photo_features(photos).shape == (10, 1280)


def test_the_judge_tells_lines_from_noise() -> None:
    lines = [np.full((256, 256), 255, np.uint8) for _ in range(4)]
    for i, sheet in enumerate(lines):
        sheet[:, i :: 9 + i] = 0
    same, other = (
        fd(features(lines[:2]), features(lines[2:])),
        fd(features(lines), features(DRAWINGS)),
    )
    assert same < other / 2


def test_the_judge_computes_in_full_precision_and_may_be_used_by_anybody() -> None:
    row = ledger.row("metrics-features", commercial_only=True)
    assert row.precision == "f32"


@pytest.mark.parametrize("wrong", [np.zeros((224, 224), np.uint8), np.zeros((224, 224, 3))])
def test_pictures_of_another_kind_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadShape):
        features([wrong])
    with pytest.raises(BadShape):
        early_features([wrong])
    with pytest.raises(BadShape):
        photo_features([wrong])
