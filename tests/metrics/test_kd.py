"""The kernel distance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from limner.metrics import kd


def by_definition(x: np.ndarray, y: np.ndarray) -> float:
    """Return the unbiased estimate, term by term."""

    def k(u: np.ndarray, v: np.ndarray) -> float:
        return float((u @ v / len(u) + 1) ** 3)

    within = [np.mean([k(u, v) for u, v in itertools.permutations(s, 2)]) for s in (x, y)]
    return float(sum(within) - 2 * np.mean([k(u, v) for u in x for v in y]))


def test_it_is_the_unbiased_estimate_of_the_formula() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(7, 4)), rng.normal(size=(9, 4)) + 0.5
    assert kd(x, y, draws=3) == pytest.approx(by_definition(x, y))


def test_it_is_without_bias_where_the_sets_are_of_one_kind() -> None:
    rng = np.random.default_rng(1)
    values = [kd(rng.normal(size=(20, 3)), rng.normal(size=(20, 3)), draws=1) for _ in range(300)]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))
    assert min(values) < 0 < max(values)


def test_draws_are_smaller_than_large_sets_and_repeat() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(300, 3)), rng.normal(size=(200, 3)) + 1
    whole = by_definition(x[:60], y[:60])
    assert kd(x, y, sample=50) == kd(x, y, sample=50)
    assert kd(x, y, sample=50) != kd(x, y, sample=51)
    assert kd(x, y, sample=50) == pytest.approx(whole, rel=0.5)
