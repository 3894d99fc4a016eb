"""Maps of the plane and their inverses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.errors import BadShape
from limner.geometry import affine

coordinates = st.floats(-5000, 5000, allow_nan=False)


@st.composite
def maps(draw: st.DrawFn) -> NDArray[np.float64]:
    """Turn, uneven scale, shear and shift, far enough from flat to have a useful inverse."""
    angle = draw(st.floats(-np.pi, np.pi))
    across, along = draw(st.floats(0.05, 20)), draw(st.floats(0.05, 20))
    shear, flip = draw(st.floats(-1, 1)), draw(st.sampled_from([-1.0, 1.0]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[across, shear * across], [0, along * flip]])
    return np.column_stack([linear, [draw(coordinates), draw(coordinates)]])


point_lists = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8)


@given(maps(), point_lists)
def test_points_return_through_the_inverse(
    matrix: NDArray[np.float64], points: list[tuple[float, float]]
) -> None:
    there = affine.apply(matrix, points)
    back = affine.apply(affine.invert(matrix), there)
    np.testing.assert_allclose(back, points, atol=1e-6)


@given(maps(), maps(), point_lists)
def test_composed_maps_equal_one_after_the_other(
    a: NDArray[np.float64], b: NDArray[np.float64], points: list[tuple[float, float]]
) -> None:
    at_once = affine.apply(affine.compose(a, b), points)
    in_turn = affine.apply(a, affine.apply(b, points))
    np.testing.assert_allclose(at_once, in_turn, atol=1e-4, rtol=1e-9)


@given(maps())
def test_scales_multiply(matrix: NDArray[np.float64]) -> None:
    assert affine.scale(matrix) * affine.scale(affine.invert(matrix)) == pytest.approx(1)


@pytest.mark.parametrize(
    "matrix",
    [np.eye(3), np.zeros((2, 3)), np.array([[1, 2, 0], [2, 4, 0]]), np.full((2, 3), np.nan)],
    ids=["three rows", "all zero", "flat", "not a number"],
)
def test_what_has_no_inverse_is_refused(matrix: NDArray[np.float64]) -> None:
    with pytest.raises(BadShape, match="affine matrix"):
        affine.invert(matrix)


def test_points_in_space_are_refused() -> None:
    with pytest.raises(BadShape, match="wanted \\(n, 2\\)"):
        affine.apply(np.eye(2, 3), np.zeros((4, 3)))


def test_a_similarity_is_found_again_and_heavy_points_count_more() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(0, 10, (20, 2))
    true = np.array([[0.8, -0.6, 5.0], [0.6, 0.8, -2.0]])
    moved = points @ true[:, :2].T + true[:, 2]
    assert affine.similarity(points, moved) == pytest.approx(true)
    moved[0] += 100
    weight = np.ones(20)
    weight[0] = 1e-9
    assert affine.similarity(points, moved, weight) == pytest.approx(true, abs=1e-4)
    assert affine.similarity(points, moved) != pytest.approx(true, abs=1e-2)
