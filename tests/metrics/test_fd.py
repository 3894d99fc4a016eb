"""The Fréchet distance."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from limner.metrics import fd


def by_definition(a: np.ndarray, b: np.ndarray) -> float:
    """Return the distance with the matrix root of the formula."""
    s, t = np.cov(a.T), np.cov(b.T)
    root = scipy.linalg.sqrtm(s @ t).real
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s + t - 2 * root))


@given(st.integers(0, 1000), st.integers(12, 60), st.integers(12, 60), st.integers(1, 8))
def test_it_is_the_formula_with_the_matrix_root(seed: int, n: int, m: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(n, d)) @ rng.normal(size=(d, d))
    b = rng.normal(size=(m, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    if d > 1:
        assert fd(a, b) == pytest.approx(by_definition(a, b), rel=1e-6, abs=1e-6)
    assert fd(a, b) == pytest.approx(fd(b, a), rel=1e-9)


def test_sets_smaller_than_their_width_are_exact_too() -> None:
    # Both lie in planes that have one axis in common: the roots' trace is the product of its deviations.
    a, b = np.zeros((5, 50)), np.zeros((7, 50))
    a[:, 0], a[:, 1] = [0, 1, 2, 3, 4], [1, -1, 0, -1, 1]
    b[:, 0], b[:, 2] = [0, 2, 4, 6, 8, 10, 12], [1, 0, -1, 0, -1, 0, 1]
    v, w = np.cov(a.T), np.cov(b.T)
    gap = ((a.mean(0) - b.mean(0)) ** 2).sum()
    expected = gap + np.trace(v) + np.trace(w) - 2 * np.sqrt(v[0, 0] * w[0, 0])
    assert fd(a, b) == pytest.approx(expected)


def test_a_set_is_at_no_distance_from_itself_in_any_order() -> None:
    a = np.random.default_rng(1).normal(size=(40, 6))
    assert fd(a, a[::-1]) == pytest.approx(0, abs=1e-9)
    assert fd(a, a) >= 0


def test_a_wider_spread_alone_counts() -> None:
    a = np.random.default_rng(2).normal(size=(400, 3))
    a -= a.mean(0)
    assert fd(a, 3 * a) == pytest.approx(4 * np.trace(np.cov(a.T)))
