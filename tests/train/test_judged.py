"""Judging styles while they learn: own test people where there are some, everybody's else, as many a side."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.train.data.drawings import STYLES
from limner.train.loops._judged import fd_of_styles, fitted, people_of

pytestmark = pytest.mark.train


class Made:
    """Sheets of one tone each."""

    def __init__(self, styles: list[int], tone: int) -> None:
        self.style = np.array(styles, np.uint8)
        self.tone = tone

    def sheet(self, i: int) -> NDArray[np.uint8]:
        sheet = np.full((20, 30, 4), self.tone, np.uint8)
        sheet[5:8, : 10 + i, 1] = 0
        return sheet


def test_a_style_without_test_people_of_its_own_is_judged_on_everybodys() -> None:
    held = Made([0, 1, 0], 255)
    assert people_of(0, held).tolist() == [0, 2]
    assert people_of(STYLES.index("charcoal"), held).tolist() == [0, 1, 2]


def test_every_style_with_drawings_is_judged_with_as_many_a_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = []

    def features(drawings: list[Any]) -> NDArray[np.float64]:
        counts.append(len(drawings))
        return np.stack([np.asarray(d, np.float64).reshape(4, -1).mean(1) for d in drawings])

    monkeypatch.setattr(import_module("limner.metrics.features"), "features", features)
    asked: list[int] = []

    def draw(sheet: NDArray[np.uint8], style: int) -> NDArray[np.uint8]:
        asked.append(style)
        return np.ascontiguousarray(sheet[..., 1])

    train = Made([0, 0, 0, 4, 4], 255)
    scores = fd_of_styles(draw, Made([0, 0, 1], 255), train, 2)
    assert set(scores) == {"fd_croquis", "fd_charcoal", "fd"}
    assert counts == [2, 2, 2, 2]
    assert asked == [0, 0, 4, 4]
    assert scores["fd"] == pytest.approx((scores["fd_croquis"] + scores["fd_charcoal"]) / 2)


def test_a_tile_lies_on_a_white_square() -> None:
    tile = fitted(np.zeros((10, 400), np.uint8), 50)
    assert tile.shape == (50, 50)
    assert (tile[:10] == 0).all()
    assert (tile[10:] == 255).all()
