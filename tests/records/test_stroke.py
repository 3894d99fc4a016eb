"""A stroke is a line that a pen can draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from tests.records.arrays import not_numbers, wrong_dims

from limner import BadShape, Stroke

POINTS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 8), st.just(3)),
    elements=st.floats(0, 1, width=32),
)


@given(POINTS)
def test_a_stroke_drawn_backwards_is_as_long_and_backwards_again_the_same(
    points: NDArray[np.float32],
) -> None:
    stroke = Stroke(points, 2.0, "hair")
    back = stroke.reversed()
    assert back.length == pytest.approx(stroke.length)
    assert (back.width, back.part) == (2.0, "hair")
    assert np.array_equal(back.reversed().points, stroke.points)


@given(wrong_dims(2, np.float32))
def test_points_of_another_shape_are_refused(points: NDArray[Any]) -> None:
    with pytest.raises(BadShape):
        Stroke(points)


@given(not_numbers(), st.integers(0, 2))
def test_a_point_that_is_nowhere_is_refused(value: float, column: int) -> None:
    points = np.zeros((2, 3), np.float32)
    points[1, column] = value
    with pytest.raises(BadShape):
        Stroke(points)


@pytest.mark.parametrize("pressure", [-0.1, 1.1])
def test_pressure_beyond_its_range_is_refused(pressure: float) -> None:
    with pytest.raises(BadShape, match="pressure"):
        Stroke(np.array([[0, 0, pressure]], np.float32))


@pytest.mark.parametrize("width", [0.0, -1.0, np.nan, np.inf])
def test_a_width_that_no_pen_has_is_refused(width: float) -> None:
    with pytest.raises(BadShape, match="width"):
        Stroke(np.zeros((1, 3), np.float32), width)


def test_a_dot_has_no_length() -> None:
    assert Stroke(np.ones((1, 3), np.float32)).length == 0.0


def test_points_too_large_for_a_float_are_refused_without_alarm() -> None:
    with pytest.raises(BadShape, match="not finite"):
        Stroke(np.array([[1e300, 0, 1]]))


def test_points_are_copied_from_their_owner_and_locked() -> None:
    mine = np.zeros((2, 3), np.float32)
    stroke = Stroke(mine)
    mine[:] = 1
    assert not stroke.points.any()
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0, 0] = 1
