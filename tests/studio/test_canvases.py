"""A canvas moves forward only, and a change of a state that is not known is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.studio.bodies import CanvasWish, StrokeIn
from limner.studio.canvases import CanvasState, advance, checked
from limner.studio.errors import Problem
from limner.studio.limits import Limits

LIMITS = Limits(strokes=4, points=20, points_a_stroke=8)


def stroke(x: float, count: int = 2) -> dict[str, Any]:
    return {"points": [[x + k, 10.0, 0.5] for k in range(count)]}


def wish(version: int, *xs: float, base: int | None = None, keep: int = 0) -> CanvasWish:
    return CanvasWish.model_validate(
        {"version": version, "base": base, "keep": keep, "add": [stroke(x) for x in xs]}
    )


def serials(state: CanvasState) -> list[int]:
    return [s.serial for s in state.strokes]


def test_strokes_are_added_to_what_is_known() -> None:
    first = advance(None, wish(1, 10, 20), LIMITS)
    second = advance(first, wish(2, 30, base=1, keep=2), LIMITS)
    assert serials(second)[:2] == serials(first)
    assert [s.points[0, 0] for s in second.strokes] == [10, 20, 30]


def test_undo_keeps_fewer() -> None:
    first = advance(None, wish(1, 10, 20), LIMITS)
    undone = advance(first, wish(2, base=1, keep=1), LIMITS)
    assert serials(undone) == serials(first)[:1]


def test_the_same_version_again_is_the_same_state() -> None:
    first = advance(None, wish(1, 10), LIMITS)
    assert advance(first, wish(1, 99, base=7), LIMITS) is first


def test_an_older_version_is_stale() -> None:
    first = advance(None, wish(5, 10), LIMITS)
    with pytest.raises(Problem) as caught:
        advance(first, wish(4, 10), LIMITS)
    assert (caught.value.status_code, caught.value.code) == (409, "stale")


@pytest.mark.parametrize("known", [None, CanvasState(3, ())])
def test_a_change_of_an_unknown_state_asks_for_all(known: CanvasState | None) -> None:
    with pytest.raises(Problem) as caught:
        advance(known, wish(9, 10, base=8, keep=1), LIMITS)
    assert (caught.value.status_code, caught.value.code) == (409, "unknown_base")


def test_all_strokes_sent_anew_are_known_again() -> None:
    first = advance(None, wish(1, 10, 20), LIMITS)
    again = advance(first, wish(2, 10, 30), LIMITS)
    assert serials(again)[0] == serials(first)[0]
    assert serials(again)[1] not in serials(first)


def test_keeping_more_than_there_is_is_refused() -> None:
    first = advance(None, wish(1, 10), LIMITS)
    with pytest.raises(Problem, match="has 1 strokes"):
        advance(first, wish(2, base=1, keep=2), LIMITS)


def test_too_many_strokes_or_points_are_refused() -> None:
    first = advance(None, wish(1, 1, 2, 3), LIMITS)
    for bad in (
        wish(2, 1, 2, 3, 4, 5),
        wish(2, 4, 5, base=1, keep=3),
        CanvasWish.model_validate({"version": 2, "add": [stroke(1, 9)]}),
        CanvasWish.model_validate({"version": 2, "add": [stroke(1, 7)] * 3}),
    ):
        with pytest.raises(Problem) as caught:
            advance(first, bad, LIMITS)
        assert caught.value.status_code == 413


@pytest.mark.parametrize(
    "points",
    [
        [],
        [[1.0]],
        [[1.0, 2.0], [1.0, 2.0, 0.5]],
        [[1.0, 2.0, 0.5, 3.0]],
        [[1.0, 2.0, 1.5]],
        [[1.0, 2.0, -0.5]],
        [[1e9, 0.0]],
        [[10**400, 0]],
        [[float("nan"), 0.0]],
        [[0.0, 0.0, float("inf")]],
        [["1", "2"]],
        [[True, False]],
        [[None, 1.0]],
        [1.0, 2.0],
        [[[1.0, 2.0]]],
        ["ab"],
    ],
)
def test_points_that_are_none_are_refused(points: list[Any]) -> None:
    with pytest.raises(Problem) as caught:
        checked([StrokeIn(points=points, width=2)], LIMITS)
    assert caught.value.status_code == 422


def test_pressure_may_be_left_out() -> None:
    (drawn,) = checked([StrokeIn(points=[[1, 2], [3, 4]], width=2)], LIMITS)
    assert np.array_equal(drawn.points, [[1, 2, 1], [3, 4, 1]])
    assert CanvasState(1, (drawn,)).bytes == 24
