"""Sheets and films of views: as many columns as views, classes unmixed, there and back."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.heads.sheet import contact_sheet, film_frames, nearness, there_and_back
from limner.records import CLASS_COLORS, Photo, SemanticMap, View


def view(tone: int) -> View:
    labels = np.zeros((32, 32), np.uint8)
    labels[:, 16:] = 13
    depth = np.where(labels > 0, 1.0 + np.arange(32) / 1000, 0).astype(np.float32)
    photo = Photo(np.full((32, 32, 3), tone, np.uint8))
    return View(float(tone), 0.0, photo, SemanticMap(labels), depth)


def test_a_sheet_has_a_row_a_kind_and_a_column_a_view() -> None:
    views = [view(10), view(90), view(200)]
    drawn = {"croquis": [np.full((32, 32, 3), 50, np.uint8)] * 3}
    sheet = contact_sheet(views, drawn, side_px=24)
    assert sheet.shape == (4 * 24, 3 * 24, 3)
    assert sheet[12, 36].tolist() == [90, 90, 90]
    assert sheet[3 * 24 + 5, 5].tolist() == [50, 50, 50]
    colors = {tuple(c) for c in sheet[24:48].reshape(-1, 3).tolist()}
    assert colors == {CLASS_COLORS[0], CLASS_COLORS[13]}


def test_many_views_are_thinned_to_both_ends() -> None:
    sheet = contact_sheet([view(k * 5) for k in range(40)], {}, side_px=8)
    assert sheet.shape[1] == 13 * 8
    assert (sheet[4, 4, 0], sheet[4, -4, 0]) == (0, 195)


def test_what_is_nearer_is_lighter_and_the_ground_black() -> None:
    grey = nearness(view(1))
    assert grey[3, 2, 0] == 0
    assert grey[3, 16, 0] == 255
    assert grey[3, 31, 0] == 40


def test_a_film_goes_there_and_back_without_standing_still() -> None:
    frames = film_frames([view(10), view(90), view(200)], {})
    assert [int(f[0, 0, 0]) for f in frames] == [10, 90, 200, 90]
    assert frames[0].shape == (32, 64, 3)
    assert there_and_back(2) == [0, 1]


def test_no_view_and_missing_drawings_are_refused() -> None:
    with pytest.raises(BadShape):
        contact_sheet([], {})
    with pytest.raises(BadShape):
        film_frames([view(1)], {"hatch": []})
