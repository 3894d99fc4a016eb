"""Grain is the same wherever a sheet is cut, and strands run as they are told."""

from __future__ import annotations

import numpy as np
import pytest

from limner.styles.texture import strands, tooth


def test_windows_of_a_sheet_agree() -> None:
    whole = tooth((0, 0), (300, 200), grain_px=1.0, seed=3)
    part = tooth((120, 30), (50, 60), grain_px=1.0, seed=3)
    np.testing.assert_array_equal(whole[120:170, 30:90], part)
    assert not np.array_equal(part, tooth((120, 30), (50, 60), grain_px=1.0, seed=4))


def test_grain_has_mean_0_and_deviation_1() -> None:
    sheet = tooth((0, 0), (1024, 1024), grain_px=0.8, seed=0)
    assert float(sheet.mean()) == pytest.approx(0, abs=1e-3)
    assert float(sheet.std()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2, np.pi])
def test_strands_change_across_and_not_along(angle: float) -> None:
    along = np.full((200, 200), angle, np.float32)
    found = strands(along, np.ones((200, 200), bool), (0, 0), width_px=1.0, seed=0)
    right, down = np.abs(np.diff(found, axis=1)).mean(), np.abs(np.diff(found, axis=0)).mean()
    slow, fast = (down, right) if angle == np.pi / 2 else (right, down)
    assert fast > 3 * slow


def test_strands_are_made_only_where_they_are_needed() -> None:
    where = np.zeros((64, 64), bool)
    where[10:20, 10:20] = True
    found = strands(np.zeros((64, 64), np.float32), where, (5, 0), width_px=1.0, seed=0)
    assert (found[~where] == 0).all()
    assert found[where].std() > 0.3
