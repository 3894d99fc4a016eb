"""A worker remembers the last few things within its bounds."""

from __future__ import annotations

import pytest

from limner.studio.jobs.memory import Memory


def test_what_was_used_longest_ago_goes_first() -> None:
    memory = Memory[str](2)
    for key in ("a", "b", "a", "c"):
        memory.get(key, lambda: "new")
    assert ["a" in memory, "b" in memory, "c" in memory] == [True, False, True]


def test_a_thing_is_made_once() -> None:
    memory, made = Memory[int](9), iter(range(9))
    assert [memory.get("a", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    memory.drop("a")
    memory.drop("a")
    assert memory.get("a", lambda: next(made)) == 1


def test_sizes_count_and_the_newest_is_kept_whatever_its_size() -> None:
    memory = Memory[int](10)
    for key, size in (("a", 4), ("b", 5), ("c", 6)):
        memory.get(key, lambda size=size: size, float)  # type: ignore[misc]
    assert ["a" in memory, "b" in memory, "c" in memory] == [False, False, True]
    memory.get("d", lambda: 99, float)
    assert "d" in memory


def test_what_could_not_be_made_is_not_remembered() -> None:
    memory = Memory[int](2)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert "a" not in memory
