"""The contact sheet."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics.sheet import contact_sheet


def test_every_drawing_stands_in_its_row_under_its_caption() -> None:
    dark, light = (np.full((256, 256), tone, np.uint8) for tone in (40, 200))
    sheet = contact_sheet([("dark", [dark, dark]), ("light", [light])], side_px=50, columns=3)
    assert sheet.shape == (8 + 2 * 84, 8 + 3 * 58, 3)
    assert (sheet[40:80, 10:55] == 40).all()
    assert (sheet[40:80, 70:110] == 40).all()
    assert (sheet[40:80, 126:] == 255).all()
    assert (sheet[124:160, 10:55] == 200).all()
    assert sheet[8:30, 8:60].min() < 80


def test_drawings_beyond_the_columns_are_left_out_and_colors_are_kept() -> None:
    red = np.zeros((20, 20, 3), np.uint8)
    red[..., 0] = 255
    sheet = contact_sheet([("red", [red] * 9)], side_px=20, columns=2)
    assert sheet.shape[1] == 8 + 2 * 28
    assert sheet[40, 15].tolist() == [255, 0, 0]


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(BadShape):
        contact_sheet([("nobody", [])])
