"""What is remembered stays within its bounds and is forgotten in time."""

from __future__ import annotations

import pytest

from limner.studio.errors import Problem
from limner.studio.store import Store


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_nobody_asked_for_longest_goes_first() -> None:
    store = Store[int]("number", most=2)
    store.put("a", 1)
    store.put("b", 2)
    store.get("a")
    store.put("c", 3)
    assert [store.peek(k) for k in "abc"] == [1, None, 3]


def test_the_bytes_of_all_things_are_bounded_but_the_newest_is_kept() -> None:
    store = Store[str]("text", most=10, most_bytes=10)
    store.put("a", "a", 6)
    store.put("b", "b", 6)
    assert (store.peek("a"), store.peek("b"), store.bytes) == (None, "b", 6)
    store.put("c", "c", 60)
    assert store.peek("c") == "c"


def test_a_thing_put_again_is_counted_once() -> None:
    store = Store[str]("text", most=10)
    store.put("a", "a", 6)
    store.put("a", "b", 4)
    assert (store.get("a"), store.bytes, len(store)) == ("b", 4, 1)


def test_idle_things_are_forgotten_and_asked_ones_stay() -> None:
    clock = Clock()
    store = Store[int]("number", most=9, idle_s=10, clock=clock)
    store.put("a", 1, 5)
    store.put("b", 2, 5)
    clock.now = 8
    store.get("a")
    clock.now = 15
    store.sweep()
    assert (store.peek("a"), store.peek("b"), store.bytes) == (1, None, 5)


def test_what_is_not_known_is_gone_in_words() -> None:
    store = Store[int]("canvas", most=1)
    with pytest.raises(Problem, match="no canvas of that id") as caught:
        store.get("x")
    assert (caught.value.status_code, caught.value.code) == (404, "gone")
    store.drop("x")
