"""Several at once, in order, a few ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from limner.batch import in_order


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_items_order(jobs: int) -> None:
    pairs = list(in_order(lambda n: n * n, range(40), jobs=jobs))
    assert pairs == [(n, n * n) for n in range(40)]


def test_two_run_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    assert len(list(in_order(lambda _: both.wait(), range(4), jobs=2))) == 4


def test_one_job_runs_in_the_callers_own_thread() -> None:
    here = threading.current_thread()
    assert all(t is here for _, t in in_order(lambda _: threading.current_thread(), "ab", jobs=1))


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_endless_list_is_taken_a_few_ahead_only(jobs: int) -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = in_order(lambda n: n, endless(), jobs=jobs)
    assert [next(results)[0] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert taken <= 5 + 5 * jobs


def test_who_stops_early_leaves_the_rest_undone() -> None:
    begun: list[int] = []
    gate = threading.Event()

    def work(n: int) -> int:
        begun.append(n)
        if n:
            gate.wait(20)
        return n

    results = in_order(work, range(100), jobs=2)
    assert next(results) == (0, 0)
    results.close()  # type: ignore[attr-defined]
    gate.set()
    assert len(begun) <= 4


def test_one_more_than_the_jobs_is_on_its_way_while_results_wait_for_the_disk() -> None:
    three = threading.Barrier(3, timeout=20)
    assert len(list(in_order(lambda _: three.wait(), range(6), jobs=2))) == 6
