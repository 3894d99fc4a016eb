"""Orders of drawing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.geometry.tour import tour, travel

places = st.tuples(st.floats(0, 200), st.floats(0, 200))
line_lists = st.lists(st.tuples(places, places), min_size=1, max_size=25)


def way(
    starts: NDArray[np.float64],
    stops: NDArray[np.float64],
    order: NDArray[np.intp],
    turned: NDArray[np.bool_],
) -> float:
    first = np.where(turned[:, None], stops[order], starts[order])
    last = np.where(turned[:, None], starts[order], stops[order])
    return travel(first, last, np.zeros(2))


@given(line_lists)
def test_every_line_is_drawn_once_and_the_same_way_each_time(
    lines: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    starts = np.array([a for a, _ in lines], np.float64)
    stops = np.array([b for _, b in lines], np.float64)
    order, turned = tour(starts, stops, np.zeros(2))
    assert sorted(order.tolist()) == list(range(len(lines)))
    again = tour(starts, stops, np.zeros(2))
    np.testing.assert_array_equal(order, again[0])
    np.testing.assert_array_equal(turned, again[1])


def test_the_shortest_of_all_tours_is_nearly_reached() -> None:
    rng = np.random.default_rng(5)
    for _ in range(3):
        starts, stops = rng.random((2, 5, 2)) * 100
        found = way(starts, stops, *tour(starts, stops, np.zeros(2)))
        best = min(
            way(starts, stops, np.array(order), np.array(flips, bool))
            for order in itertools.permutations(range(5))
            for flips in itertools.product([False, True], repeat=5)
        )
        assert found <= 1.25 * best + 1e-9


def test_a_shuffled_comb_is_drawn_to_and_fro() -> None:
    x = np.random.default_rng(1).permutation(40).astype(float)
    starts, stops = np.column_stack([x, 0 * x]), np.column_stack([x, 0 * x + 100])
    order, turned = tour(starts, stops, np.zeros(2))
    assert x[order].tolist() == sorted(x)
    assert turned.tolist() == [i % 2 == 1 for i in range(40)]


def test_travel_counts_lifted_ways_only() -> None:
    first, last = np.array([[3.0, 4], [3, 10]]), np.array([[3.0, 8], [9, 9]])
    assert travel(first, last, np.zeros(2)) == pytest.approx(5 + 2)
    assert travel(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(2)) == 0
