"""A view is one square: photograph, classes and depth of one size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import BadShape
from limner.records import Photo, SemanticMap, View


def view(side: int = 4, **changes: Any) -> View:
    """Return a plain view with some fields changed."""
    fields: dict[str, Any] = {
        "yaw_deg": 10.0,
        "pitch_deg": -5.0,
        "photo": Photo(np.zeros((side, side, 3), np.uint8)),
        "semantic": SemanticMap(np.zeros((side, side), np.uint8)),
        "depth_m": np.ones((side, side), np.float32),
    }
    return View(**{**fields, **changes})


def test_size_is_the_side_of_the_square() -> None:
    size = view(6).size_px
    assert size == 6
    assert type(size) is int


@pytest.mark.parametrize(
    "wrong",
    [
        {"semantic": SemanticMap(np.zeros((4, 5), np.uint8))},
        {"depth_m": np.ones((3, 4), np.float32)},
        {"depth_m": np.full((4, 4), -0.1, np.float32)},
        {"depth_m": np.full((4, 4), np.inf, np.float32)},
        {"photo": Photo(np.zeros((4, 6, 3), np.uint8))},
        {"yaw_deg": np.nan},
        {"pitch_deg": np.inf},
    ],
    ids=lambda w: next(iter(w)),
)
def test_what_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadShape, match="View"):
        view(**wrong)


def test_a_view_that_is_no_square_is_refused() -> None:
    with pytest.raises(BadShape, match="square"):
        view(
            photo=Photo(np.zeros((4, 6, 3), np.uint8)),
            semantic=SemanticMap(np.zeros((4, 6), np.uint8)),
            depth_m=np.ones((4, 6), np.float32),
        )


def test_depth_is_copied_from_its_owner_and_locked() -> None:
    mine = np.ones((4, 4), np.float32)
    made = view(depth_m=mine)
    mine[:] = 9
    assert made.depth_m.max() == 1
    with pytest.raises(ValueError, match="read-only"):
        made.depth_m[0, 0] = 2
