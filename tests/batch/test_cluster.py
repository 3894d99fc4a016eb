"""Results come in the pictures' order, once each, whatever workers do; a cluster that is not there is a sentence."""

from __future__ import annotations

import builtins
import os
import sys
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.batch.cluster import blocks, in_row_order, open_crew
from limner.errors import MissingExtra

NICENESS = "RAY_worker_niceness"


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


class FakeRay(types.ModuleType):
    """Ray, as far as a crew asks for it: it notes how it is begun, and how its actors are to work."""

    def __init__(self) -> None:
        super().__init__("ray")
        self.begun: dict[str, Any] = {}
        self.crew: dict[str, Any] = {}
        self.data = types.ModuleType("ray.data")
        context = types.SimpleNamespace()
        self.data.DataContext = types.SimpleNamespace(  # type: ignore[attr-defined]
            get_current=lambda: context
        )
        self.data.ActorPoolStrategy = self.crew.update  # type: ignore[attr-defined]
        self.sent: list[list[list[int]]] = []
        self.deadly: int | None = None
        self.data.from_items = self.from_items  # type: ignore[attr-defined]

    def from_items(self, rows: list[dict[str, int]], override_num_blocks: int) -> Any:
        """Note the blocks; rows that come back are those of blocks that hold no deadly picture."""
        numbers = [row["number"] for row in rows]
        size = -(-len(numbers) // override_num_blocks)
        parts = [numbers[i : i + size] for i in range(0, len(numbers), size)]
        self.sent.append(parts)
        back = [{"number": n} for part in parts if self.deadly not in part for n in part]
        done = types.SimpleNamespace(iter_rows=lambda: iter(back))
        return types.SimpleNamespace(map=lambda *_, **__: done)

    def init(self, **given: Any) -> None:
        self.begun = given | {"niceness": os.environ.get(NICENESS)}


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", fake)
    monkeypatch.setitem(sys.modules, "ray.data", fake.data)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.setenv(NICENESS, "15")
    monkeypatch.delenv(NICENESS)
    return fake


@pytest.mark.parametrize(
    ("address", "told", "wanted"),
    [("local", None, "0"), ("local", "7", "7"), ("10.0.0.1:6379", None, None)],
)
def test_workers_of_this_machine_run_at_the_priority_of_the_command(
    address: str,
    told: str | None,
    wanted: str | None,
    ray: FakeRay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if told:
        monkeypatch.setenv(NICENESS, told)
    open_crew(address, 2)
    assert ray.begun["niceness"] == wanted


def test_a_worker_has_a_second_picture_in_hand_while_one_is_written(ray: FakeRay) -> None:
    crew = open_crew("local", 2)
    assert [row["number"] for row in crew.run(lambda: dict, 5)] == [0, 1, 2, 3, 4]
    assert ray.crew["size"] == 2
    assert ray.crew["max_concurrent_calls_per_actor"] == 2
    assert ray.crew["enable_true_multi_threading"] is True


@given(st.integers(1, 5000), st.integers(1, 64))
def test_no_sending_holds_more_than_four_and_no_worker_is_left_without(
    count: int, workers: int
) -> None:
    sendings = blocks(count, workers)
    assert count / 4 <= sendings <= count
    assert sendings >= min(count, 16 * workers)


def test_a_small_folder_goes_picture_by_picture_and_a_large_one_by_fours(ray: FakeRay) -> None:
    crew = open_crew("local", 2)
    for count in (31, 500):
        assert [row["number"] for row in crew.run(lambda: dict, count)] == list(range(count))
    assert [len(part) for part in ray.sent[0]] == [1] * 31
    assert [len(part) for part in ray.sent[1]] == [4] * 125
    assert len(ray.sent) == 2


def test_a_picture_that_takes_its_worker_down_takes_no_other_with_it(ray: FakeRay) -> None:
    ray.deadly = 41
    numbers = [row["number"] for row in open_crew("local", 2).run(lambda: dict, 200)]
    assert sorted(numbers) == [n for n in range(200) if n != 41]
    assert ray.sent[1] == [[40], [41], [42], [43]]
