"""The ink agreement."""

from __future__ import annotations

import numpy as np
import pytest

from limner.metrics import ink_agreement


def sheet(*columns: int, tone: int = 0) -> np.ndarray:
    """Return white paper with a line in each of the columns."""
    paper = np.full((64, 64), 255, np.uint8)
    paper[:, list(columns)] = tone
    return paper


@pytest.mark.parametrize(("shift", "value"), [(0, 1.0), (2, 1.0), (3, 0.0)])
def test_lines_agree_within_two_pixels(shift: int, value: float) -> None:
    assert ink_agreement(sheet(20), sheet(20 + shift)) == value


def test_the_reach_is_round_not_square() -> None:
    one, other = np.full((2, 9, 9), 255, np.uint8)
    one[4, 4] = other[6, 6] = 0
    assert ink_agreement(one, other) == 0
    assert ink_agreement(one, other, reach_px=3) == 1


def test_it_is_the_harmonic_mean_of_both_ways() -> None:
    # All of the first one's ink is met; half of the second one's.
    assert ink_agreement(sheet(20), sheet(20, 40)) == pytest.approx(2 * 1 * 0.5 / 1.5)
    assert ink_agreement(sheet(20, 40), sheet(20)) == pytest.approx(2 / 3)


def test_a_black_sheet_does_not_win() -> None:
    assert ink_agreement(sheet(20), sheet(*range(64))) < 0.2


def test_ink_is_darker_than_half() -> None:
    assert ink_agreement(sheet(20, tone=127), sheet(20)) == 1
    assert ink_agreement(sheet(20, tone=128), sheet(20)) == 0


def test_blank_sheets_agree_with_each_other_alone() -> None:
    assert ink_agreement(sheet(), sheet()) == 1
    assert ink_agreement(sheet(), sheet(20)) == 0
