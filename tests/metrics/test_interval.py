"""Wilson's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import InputError
from limner.metrics import wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_known_intervals_come_out(k: int, n: int, low: float, high: float) -> None:
    # 81 of 263: Newcombe, Statistics in Medicine 1998, table I, method 3.
    assert wilson(k, n) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_it_holds_the_share_and_mirrors(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low))
    assert wilson(k, n, confidence=0.5)[0] >= low - 1e-12


def test_no_trials_tell_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n", "c"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_numbers_that_contradict_each_other_are_refused(k: int, n: int, c: float) -> None:
    with pytest.raises(InputError):
        wilson(k, n, confidence=c)
