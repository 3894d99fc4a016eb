"""Lines beside wide lines."""

from __future__ import annotations

import numpy as np
import pytest

from limner.lines.swell import beside


def test_a_thin_line_stands_alone() -> None:
    assert beside(np.array([[0.0, 0, 2], [50, 0, 2]]), 1.0, 3.0) == []


@pytest.mark.parametrize(("width", "count"), [(3.4, 2), (5.2, 4), (9.2, 8)])
def test_a_bar_is_filled_within_its_edges(width: float, count: int) -> None:
    parallels = beside(np.array([[0.0, 0, width], [50, 0, width]]), 1.0, 3.0)
    assert len(parallels) == count
    heights = np.array(sorted([p[0, 1] for p in parallels] + [0.0]))
    assert np.abs(heights).max() <= (width - 1) / 2 + 1e-9
    assert np.diff(heights).max() <= 1 + 1e-9


def test_parallels_run_only_along_the_swell() -> None:
    x = np.linspace(0, 100, 101)
    width = 1 + 5 * np.exp(-(((x - 50) / 12) ** 2))
    parallels = beside(np.column_stack([x, 0 * x, width]), 1.0, 3.5)
    assert parallels
    for parallel in parallels:
        assert parallel[:, 0].min() > 20
        assert parallel[:, 0].max() < 80


def test_a_bow_is_followed() -> None:
    turn = np.linspace(0, np.pi, 200)
    bow = np.column_stack([40 * np.cos(turn), 40 * np.sin(turn), np.full(200, 3.4)])
    radii = sorted(float(np.hypot(*p[:, :2].T).mean()) for p in beside(bow, 1.0, 3.0))
    assert radii == pytest.approx([39, 41], abs=0.1)


def test_a_dot_has_nothing_beside_it() -> None:
    assert beside(np.array([[5.0, 5, 9]]), 1.0, 3.0) == []
    assert beside(np.array([[5.0, 5, 9], [5, 5, 9]]), 1.0, 3.0) == []
