"""Projection onto the manifold of known people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.sketches.project import blend, nearest, project, unshrunk, weights


def _bank(people: int, numbers: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    bank = np.random.default_rng(seed).standard_normal((people, numbers)).astype(np.float32)
    return bank, (bank * bank).sum(1)


@given(st.integers(0, 2**31), st.integers(2, 12))
def test_weights_sum_to_one(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.standard_normal((count, 20)).astype(np.float32)
    assert weights(rng.standard_normal(20).astype(np.float32), people).sum() == pytest.approx(
        1, abs=1e-4
    )


def test_neighbours_are_the_true_ones_nearest_first() -> None:
    bank, squares = _bank(500, 30)
    query = np.random.default_rng(9).standard_normal(30).astype(np.float32)
    people, distance = nearest(query, bank, squares, 10)
    truth = np.argsort(np.linalg.norm(bank - query, axis=1))[:10]
    np.testing.assert_array_equal(people, truth)
    assert (np.diff(distance) >= 0).all()


def test_the_order_of_the_bank_changes_nothing() -> None:
    bank, squares = _bank(200, 24)
    query = np.random.default_rng(4).standard_normal(24).astype(np.float32)
    first = project(query, bank, squares)
    shuffled = np.random.default_rng(5).permutation(200)
    second = project(query, bank[shuffled], squares[shuffled])
    np.testing.assert_array_equal(first.people, shuffled[second.people])
    np.testing.assert_allclose(first.code, second.code, atol=1e-5)


def test_someone_in_the_bank_is_found_again() -> None:
    bank, squares = _bank(100, 16)
    found = project(bank[42], bank, squares, ridge=1e-4)
    assert found.people[0] == 42
    assert found.weights[0] > 0.99


def test_a_point_between_two_people_is_made_of_both() -> None:
    bank, squares = _bank(50, 40)
    middle = (bank[3] + bank[7]) / 2
    found = project(middle, bank, squares, k=2, ridge=1e-6)
    assert set(found.people.tolist()) == {3, 7}
    np.testing.assert_allclose(found.weights, 0.5, atol=1e-3)
    np.testing.assert_allclose(found.code, middle, atol=1e-3)


def test_a_projection_is_nearer_than_any_neighbour_alone() -> None:
    bank, squares = _bank(300, 12)
    query = 0.5 * np.random.default_rng(8).standard_normal(12).astype(np.float32)
    found = project(query, bank, squares)
    assert np.linalg.norm(found.code - query) < found.distance[0]


def test_equal_people_give_a_finite_answer() -> None:
    bank = np.ones((20, 8), np.float32)
    found = project(np.ones(8, np.float32), bank, (bank * bank).sum(1))
    assert np.isfinite(found.code).all()
    assert found.people.tolist() == list(range(10))


def test_a_filter_leaves_others_out() -> None:
    bank, squares = _bank(30, 8)
    allowed = np.zeros(30, bool)
    allowed[[2, 5]] = True
    assert set(project(bank[0], bank, squares, allowed=allowed).people.tolist()) == {2, 5}
    with pytest.raises(BadShape, match="filter"):
        project(bank[0], bank, squares, allowed=np.zeros(30, bool))


def test_a_bank_smaller_than_k_gives_all_it_has() -> None:
    bank, squares = _bank(4, 8)
    assert len(project(bank[0], bank, squares, k=10).people) == 4


def test_a_query_of_another_length_is_refused() -> None:
    bank, squares = _bank(4, 8)
    with pytest.raises(BadShape, match=r"\(D,\)"):
        project(np.zeros(7, np.float32), bank, squares)


def test_confidence_one_is_exactly_what_was_drawn_and_zero_only_what_faces_look_like() -> None:
    drawn, believed = np.array([1, 2], np.float32), np.array([3, 4], np.float32)
    assert blend(drawn, believed, 1.0) is drawn
    np.testing.assert_array_equal(blend(drawn, believed, 0.0), believed)
    np.testing.assert_allclose(blend(drawn, believed, 0.25), [2.5, 3.5])


def test_a_combination_is_as_far_from_the_average_face_as_its_people() -> None:
    bank = np.random.default_rng(3).uniform(-0.3, 0.3, (10, 64)).astype(np.float32)
    mean = np.full(64, 0.05, np.float32)
    far = np.linalg.norm(bank - mean, axis=1).mean()
    shrunk = 0.7 * bank[0] + 0.3 * bank[1]
    out = unshrunk(shrunk, bank, mean)
    assert np.linalg.norm(out - mean) == pytest.approx(far, rel=1e-5)
    turned = float((out - mean) @ (shrunk - mean))
    assert turned == pytest.approx(far * float(np.linalg.norm(shrunk - mean)), rel=1e-5)


def test_a_code_is_drawn_out_no_farther_than_codes_go_and_never_in() -> None:
    mean = np.zeros(4, np.float32)
    people = np.full((3, 4), 0.9, np.float32)
    outer = np.full(4, 0.95, np.float32)
    np.testing.assert_array_equal(unshrunk(outer, people, mean), outer)
    inner, twice = np.full(4, 0.095, np.float32), np.full(4, 0.19, np.float32)
    np.testing.assert_allclose(unshrunk(inner, people, mean), twice, rtol=1e-6)
    assert np.abs(unshrunk(np.array([0.9, 0, 0, 0], np.float32), people, mean)).max() <= 1
    assert np.isfinite(unshrunk(mean, people, mean)).all()
