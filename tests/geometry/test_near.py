"""Neighbours among points, the nearest pixel of a mask and its largest piece."""

from __future__ import annotations

import numpy as np
import pytest

from limner.geometry.near import largest_piece, nearest, pairs_within, spread


@pytest.mark.parametrize("reach", [0.5, 3.0, 40.0])
def test_pairs_are_those_found_by_comparing_all(reach: float) -> None:
    points = np.random.default_rng(1).uniform(-20, 80, (300, 2))
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    wanted = np.argwhere(np.triu(away <= reach, 1))
    np.testing.assert_array_equal(pairs_within(points, reach), wanted)


def test_fewer_than_two_points_have_no_pairs() -> None:
    assert pairs_within(np.zeros((1, 2)), 3).shape == (0, 2)
    assert pairs_within(np.zeros((0, 2)), 3).shape == (0, 2)


def test_equal_points_are_a_pair() -> None:
    assert pairs_within(np.ones((2, 2)), 0.1).tolist() == [[0, 1]]


def test_the_nearest_pixel_is_at_most_a_little_further_than_the_exact_one() -> None:
    mask = np.random.default_rng(2).random((40, 56)) < 0.02
    rows, columns = nearest(mask)
    assert mask[rows, columns].all()
    yy, xx = np.mgrid[:40, :56]
    got = np.hypot(rows - yy, columns - xx)
    seeds = np.argwhere(mask)
    exact = np.hypot(seeds[:, 0, None, None] - yy, seeds[:, 1, None, None] - xx).min(axis=0)
    assert (got <= 1.05 * exact + 1e-9).all()
    assert (got == exact).mean() > 0.98


def test_of_the_pieces_of_a_mask_the_largest_stays() -> None:
    mask = np.zeros((9, 9), bool)
    mask[:2, :2] = mask[4:8, 4:8] = True
    mask[8, 8] = True  # hangs on by its corner
    kept = largest_piece(mask)
    assert kept[8, 8]
    assert kept.sum() == 17
    empty = np.zeros((3, 3), bool)
    assert not largest_piece(empty).any()


def test_values_spread_from_a_mask_to_the_places_asked_for_alone() -> None:
    chance = np.random.default_rng(3)
    mask, plane = chance.random((20, 30)) < 0.1, chance.random((20, 30))
    where = chance.random((20, 30)) < 0.5
    (found,) = spread(mask, where, plane)
    np.testing.assert_array_equal(found, np.where(where, plane[nearest(mask)], plane))


def test_where_nothing_is_asked_for_nothing_spreads() -> None:
    plane = np.arange(6.0).reshape(2, 3)
    (found,) = spread(plane > 2, np.zeros((2, 3), bool), plane)
    np.testing.assert_array_equal(found, plane)
