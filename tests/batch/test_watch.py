"""A watched folder gives each file once, when it is whole."""

from __future__ import annotations

import itertools

from limner.batch import arrivals


def test_a_file_is_given_when_it_has_stopped_growing_and_never_twice() -> None:
    looks = iter(
        [{"a": 1}, {"a": 2, "b": 5}, {"a": 2, "b": 5}, {"a": 2, "b": 6}, {"c": 1}, {"c": 1}]
    )
    rests: list[float] = []
    found = arrivals(lambda: next(looks), sleep=rests.append, pause_s=0.5)
    assert list(itertools.islice(found, 2)) == [["a", "b"], ["c"]]
    assert rests == [0.5] * 5


def test_what_was_there_before_is_not_new() -> None:
    looks = itertools.chain([{"old": 1}, {"old": 1}], itertools.repeat({"old": 1, "new": 1}))
    found = arrivals(lambda: next(looks), known=["old"], sleep=lambda _: None)
    assert next(found) == ["new"]
