"""Pens drawn as pixels."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.geometry.raster import draw_lines, draw_strokes
from limner.records import Stroke


def stroke(points: list[tuple[float, float]], width: float, pressure: float = 1.0) -> Stroke:
    return Stroke(np.array([(x, y, pressure) for x, y in points], np.float32), width)


@pytest.mark.parametrize("width", [1.0, 2.0, 3.0, 5.0, 9.0])
@pytest.mark.parametrize("to", [(90, 50), (80, 80)])
def test_ink_is_length_times_width(width: float, to: tuple[int, int]) -> None:
    ink = draw_strokes([stroke([(20, 20), to], width)], (110, 110))
    length = np.hypot(to[0] - 20, to[1] - 20)
    round_ends = np.pi * width**2 / 4
    assert ink.sum() == pytest.approx(length * width + round_ends, rel=0.3 if width == 1 else 0.15)


def test_a_line_lies_on_its_pixel_centers() -> None:
    ink = draw_strokes([stroke([(5, 12), (35, 12)], 1.0)], (41, 25))
    np.testing.assert_allclose(ink[12, 6:35], 1)
    assert ink[[11, 13], 6:35].max() == 0


def test_pressure_makes_the_line_swell() -> None:
    points = np.array([[10, 20, 0.2], [90, 20, 1.0]], np.float32)
    points = np.column_stack([np.linspace(10, 90, 30), np.full(30, 20), np.linspace(0.2, 1, 30)])
    ink = draw_strokes([Stroke(points.astype(np.float32), 10.0)], (100, 41))
    thickness = ink.sum(axis=0)
    assert thickness[15] < 4
    assert thickness[85] > 8


def test_ink_stays_within_paper_and_ink() -> None:
    crossing = [stroke([(0, 0), (30, 30)], 4), stroke([(30, 0), (0, 30)], 4)]
    ink = draw_strokes(crossing, (31, 31))
    assert ink.min() == 0
    assert ink.max() == 1


def test_a_single_point_is_a_dot() -> None:
    assert draw_strokes([stroke([(10, 10)], 5)], (21, 21)).sum() == pytest.approx(20, rel=0.3)


def test_what_leaves_the_sheet_is_cut() -> None:
    ink = draw_lines([np.array([[-50.0, 5, 3], [50, 5, 3]])], (20, 11))
    assert ink[5].min() == 1
    assert ink.shape == (11, 20)


def test_a_sheet_without_size_is_refused() -> None:
    with pytest.raises(BadShape, match="has no size"):
        draw_lines([], (0, 10))
