"""Polylines with other points that run the same way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.geometry.simplify import arc_length, resample, simplify, smooth

coordinates = st.floats(-500, 500, allow_nan=False)
polylines = st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=40).map(
    lambda points: np.array(points, np.float64)
)


def distance(point: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    """Distance of a point to a polyline, written plainly."""
    best = np.inf
    for a, b in itertools.pairwise(line):
        square = float((b - a) @ (b - a))
        t = min(1.0, max(0.0, float((point - a) @ (b - a)) / square)) if square else 0.0
        best = min(best, float(np.hypot(*(point - a - t * (b - a)))))
    return best


@given(polylines, st.floats(0.01, 50))
def test_what_is_left_out_lies_within_the_tolerance(
    line: NDArray[np.float64], tolerance: float
) -> None:
    keep = simplify(line, tolerance)
    assert keep[0] == 0
    assert keep[-1] == len(line) - 1
    assert (np.diff(keep) > 0).all()
    for point in line:
        assert distance(point, line[keep]) <= tolerance * (1 + 1e-9) + 1e-9


def test_a_straight_line_keeps_two_points_and_a_corner_three() -> None:
    straight = np.column_stack([np.arange(50.0), 2 * np.arange(50.0)])
    assert simplify(straight, 0.01).tolist() == [0, 49]
    corner = np.array([[0.0, 0], [5, 0], [10, 0], [10, 5], [10, 10]])
    assert simplify(corner, 0.01).tolist() == [0, 2, 4]


@given(polylines, st.floats(0.5, 20))
def test_new_points_stand_evenly_between_the_old_ends(
    line: NDArray[np.float64], step: float
) -> None:
    total = arc_length(line)[-1]
    even = resample(line, step)
    np.testing.assert_allclose(even[0], line[0])
    if total == 0:
        assert len(even) == 1
        return
    np.testing.assert_allclose(even[-1], line[-1])
    assert len(even) == max(2, round(total / step) + 1)
    assert all(distance(point, line) < 1e-6 * max(1, total) for point in even)


def test_pressure_is_interpolated_with_the_points() -> None:
    even = resample(np.array([[0.0, 0, 0.2], [10, 0, 1.0]]), 5)
    np.testing.assert_allclose(even, [[0, 0, 0.2], [5, 0, 0.6], [10, 0, 1.0]])


def test_smoothing_calms_noise_and_keeps_the_ends() -> None:
    x = np.linspace(0, 100, 101)
    noisy = np.column_stack([x, np.random.default_rng(0).normal(0, 1, 101)])
    calm = smooth(noisy, 4)
    np.testing.assert_array_equal(calm[[0, -1]], noisy[[0, -1]])
    assert calm[10:-10, 1].std() < 0.5 * noisy[10:-10, 1].std()


def test_smoothing_leaves_straight_lines_straight() -> None:
    line = np.column_stack([np.arange(30.0), 3 * np.arange(30.0)])
    np.testing.assert_allclose(smooth(line, 5), line, atol=1e-9)


def test_a_ring_has_no_seam_after_smoothing() -> None:
    turn = np.linspace(0, 2 * np.pi, 101)
    ring = 50 * np.column_stack([np.cos(turn), np.sin(turn)])
    calm = smooth(ring, 5, closed=True)
    np.testing.assert_array_equal(calm[0], calm[-1])
    assert np.ptp(np.hypot(*calm.T)) < 1e-6


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_points_to_smooth_come_back(count: int) -> None:
    line = np.ones((count, 2))
    np.testing.assert_array_equal(smooth(line, 3), line)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("count", [4, 9, 60])
def test_smoothing_is_a_gaussian_blur_of_the_line(count: int, closed: bool) -> None:
    blur = pytest.importorskip("scipy.ndimage").gaussian_filter1d
    line = np.random.default_rng(count).random((count, 3))
    if closed:
        line[-1] = line[0]
        expected = blur(line[:-1], 2.0, axis=0, mode="wrap")
        np.testing.assert_allclose(smooth(line, 2.0, closed=True)[:-1], expected)
        return
    reach = min(count - 1, 8)
    mirrored = [2 * line[0] - line[reach:0:-1], line, 2 * line[-1] - line[-2 : -reach - 2 : -1]]
    expected = blur(np.concatenate(mirrored), 2.0, axis=0)[reach : reach + count]
    np.testing.assert_allclose(smooth(line, 2.0)[1:-1], expected[1:-1])
