"""Branches put together into lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.lines.join import join
from limner.lines.skeleton import find_skeleton


def lines_of(
    *segments: tuple[int, int, int, int], gap_px: float = 0.0
) -> list[tuple[NDArray[np.float64], bool]]:
    sheet = np.zeros((160, 200), np.uint8)
    for x0, y0, x1, y1 in segments:
        cv2.line(sheet, (x0, y0), (x1, y1), 1, 3)
    return join(find_skeleton(sheet > 0), gap_px, 8.0)


def test_a_crossing_is_two_straight_lines() -> None:
    lines = lines_of((20, 80, 180, 80), (100, 10, 100, 150))
    assert len(lines) == 2
    extents = sorted(tuple(np.ptp(points, axis=0).round()) for points, _ in lines)
    assert extents[0][0] <= 2
    assert extents[0][1] > 130
    assert extents[1][0] > 150
    assert extents[1][1] <= 2


def test_a_slanted_crossing_keeps_both_directions() -> None:
    lines = lines_of((20, 40, 180, 120), (20, 120, 180, 40))
    assert len(lines) == 2
    for points, _ in lines:
        slope = (points[-1] - points[0])[1] / (points[-1] - points[0])[0]
        assert abs(slope) == pytest.approx(0.5, abs=0.05)


def test_the_stem_of_a_t_ends_at_the_bar() -> None:
    lines = lines_of((20, 40, 180, 40), (100, 40, 100, 150))
    assert len(lines) == 2
    stem = min((points for points, _ in lines), key=lambda p: float(np.ptp(p[:, 0])))
    ends = stem[[0, -1]]
    assert np.hypot(*(ends - [100, 40]).T).min() < 2.5


def test_a_corner_is_drawn_without_lifting() -> None:
    (line,) = lines_of((30, 30, 150, 30), (150, 30, 150, 140))
    points, closed = line
    assert not closed
    assert np.ptp(points[:, 0]) > 100
    assert np.ptp(points[:, 1]) > 90


def test_a_gap_is_closed_only_if_it_is_small_and_straight() -> None:
    broken = ((20, 80, 90, 80), (98, 80, 180, 80))
    assert len(lines_of(*broken, gap_px=0)) == 2
    assert len(lines_of(*broken, gap_px=10)) == 1
    assert len(lines_of((20, 80, 90, 80), (120, 80, 180, 80), gap_px=10)) == 2
    # Two ends side by side look past each other.
    assert len(lines_of((20, 80, 90, 80), (88, 86, 180, 86), gap_px=10)) == 2


def test_a_ring_stays_closed() -> None:
    sheet = np.zeros((100, 100), np.uint8)
    cv2.circle(sheet, (50, 50), 30, 1, 3)
    ((points, closed),) = join(find_skeleton(sheet > 0), 5.0, 8.0)
    assert closed
    np.testing.assert_array_equal(points[0], points[-1])


def test_every_branch_is_used_once() -> None:
    rng = np.random.default_rng(4)
    segments = [tuple(int(v) for v in rng.integers(10, 150, 4)) for _ in range(12)]
    sheet = np.zeros((160, 160), np.uint8)
    for x0, y0, x1, y1 in segments:
        cv2.line(sheet, (x0, y0), (x1, y1), 1, 3)
    skeleton = find_skeleton(sheet > 0)
    lines = join(skeleton, 6.0, 8.0)
    wanted = {tuple(p) for b in skeleton.branches for p in b.points}
    drawn = {tuple(p) for points, _ in lines for p in points}
    assert wanted <= drawn
