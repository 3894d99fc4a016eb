"""Ink on paper: plain is the drawing itself, all else is tinted."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import UnknownName
from limner.styles import sheet

RAMP = np.tile(np.arange(256, dtype=np.uint8), (600, 1))


def test_black_ink_on_plain_paper_is_the_drawing() -> None:
    out = sheet.put_on_paper(RAMP)
    np.testing.assert_array_equal(out, np.repeat(RAMP[..., None], 3, 2))


def test_ink_and_paper_have_their_colours() -> None:
    out = sheet.put_on_paper(RAMP, paper=(200, 180, 160), ink=(90, 30, 10))
    assert out[0, 255].tolist() == [200, 180, 160]
    np.testing.assert_allclose(out[0, 0], np.array([90, 30, 10]) * [200, 180, 160] / 255, atol=1)


def test_rough_paper_has_grain_by_its_seed() -> None:
    one, same, other = (sheet.put_on_paper(RAMP, paper="rough", seed=s) for s in (0, 0, 1))
    assert one[:, 255].std() > 1
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_colours_stay_colours() -> None:
    paint = np.full((20, 20, 3), (200, 40, 40), np.uint8)
    np.testing.assert_array_equal(sheet.put_on_paper(paint, ink=(0, 0, 255)), paint)


def test_an_unknown_paper_lists_those_that_are_nearest_first() -> None:
    with pytest.raises(UnknownName, match=r"'kraft'\? There are: canvas"):
        sheet.find_paper("karft")
