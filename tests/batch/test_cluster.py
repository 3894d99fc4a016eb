"""Results come in the pictures' order, once each, whatever workers do; a cluster that is not there is a sentence."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.batch.cluster import in_row_order, open_crew
from limner.errors import MissingExtra


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=5))
def test_results_come_in_order_and_once(order: list[int], twice: list[int]) -> None:
    rows = [{"number": n} for n in [*order[:3], *twice, *order]]
    assert [row["number"] for row in in_row_order(rows, 6)] == list(range(6))


def test_a_result_is_given_as_soon_as_all_before_it_are_there() -> None:
    come = iter([{"number": 0}, {"number": 2}])
    results = in_row_order(come, 3)
    assert next(results)["number"] == 0
    assert [row["number"] for row in come] == [2]


def test_without_ray_the_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_ray(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "ray":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.setattr(builtins, "__import__", no_ray)
    with pytest.raises(MissingExtra, match=r"limner\[cluster\]"):
        open_crew("local", 2)
