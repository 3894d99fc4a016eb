"""Centre lines of ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.lines.skeleton import find_skeleton


def canvas(*lines: tuple[int, int, int, int], width: int = 5) -> NDArray[np.bool_]:
    sheet = np.zeros((120, 160), np.uint8)
    for x0, y0, x1, y1 in lines:
        cv2.line(sheet, (x0, y0), (x1, y1), 1, width)
    return sheet > 0


def test_a_bar_is_one_branch_down_its_middle() -> None:
    skeleton = find_skeleton(canvas((20, 60, 140, 60)))
    (branch,) = skeleton.branches
    assert branch.nodes == [-1, -1]
    assert not branch.closed
    np.testing.assert_allclose(branch.points[:, 1], 60, atol=1)
    assert branch.length == pytest.approx(120, abs=8)
    # OpenCV draws a pen of 5 as 7 rows.
    assert skeleton.radius[60, 80] == pytest.approx(4, abs=0.1)


def test_a_cross_is_four_branches_about_one_junction() -> None:
    skeleton = find_skeleton(canvas((20, 60, 140, 60), (80, 10, 80, 110)))
    assert len(skeleton.branches) == 4
    junctions = {n for b in skeleton.branches for n in b.nodes if n >= 0}
    assert len(junctions) == 1
    np.testing.assert_allclose(skeleton.nodes[junctions.pop()], [80, 60], atol=2)


def test_a_slanted_crossing_is_still_one_junction() -> None:
    # Two thick lines at a small angle thin to two junctions with a short bridge: they are one.
    skeleton = find_skeleton(canvas((30, 20, 130, 100), (30, 100, 130, 20), width=7))
    junctions = {n for b in skeleton.branches for n in b.nodes if n >= 0}
    assert len(junctions) == 1
    assert len(skeleton.branches) == 4


def test_a_ring_is_closed_and_has_no_ends() -> None:
    sheet = np.zeros((100, 100), np.uint8)
    cv2.circle(sheet, (50, 50), 30, 1, 4)
    (branch,) = find_skeleton(sheet > 0).branches
    assert branch.closed
    np.testing.assert_array_equal(branch.points[0], branch.points[-1])
    assert branch.length == pytest.approx(2 * np.pi * 30, rel=0.12)


def test_bumps_grow_no_spurs() -> None:
    sheet = canvas((20, 60, 140, 60), width=9)
    top, bottom = np.flatnonzero(sheet[:, 80])[[0, -1]]
    sheet[top - 2 : top, 40:43] = True
    sheet[bottom + 1 : bottom + 3, 90:93] = True
    branches = find_skeleton(sheet).branches
    assert sum(b.length for b in branches) == pytest.approx(122, abs=8)
    assert all(np.ptp(b.points[:, 1]) < 4 for b in branches)


def test_a_single_pixel_is_a_branch_of_one_point() -> None:
    sheet = np.zeros((9, 9), bool)
    sheet[4, 5] = True
    (branch,) = find_skeleton(sheet).branches
    assert branch.points.tolist() == [[5, 4]]


def test_ink_at_the_very_edge_is_found() -> None:
    sheet = np.zeros((30, 30), bool)
    sheet[0, :] = True
    sheet[:, 29] = True
    assert sum(b.length for b in find_skeleton(sheet).branches) > 50


def test_blank_paper_has_no_branches() -> None:
    assert find_skeleton(np.zeros((10, 10), bool)).branches == []
