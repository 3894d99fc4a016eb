"""A view's record: photograph, classes and depth of one size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import BadShape
from limner.records import Photo, SemanticMap, View


def view(**changes: Any) -> View:
    values: dict[str, Any] = {
        "yaw_deg": -20.0,
        "pitch_deg": 5.0,
        "photo": Photo(np.zeros((8, 8, 3), np.uint8)),
        "semantic": SemanticMap(np.zeros((8, 8), np.uint8)),
        "depth_m": np.ones((8, 8), np.float32),
    }
    return View(**{**values, **changes})


def test_a_view_has_one_size() -> None:
    assert view().size_px == 8
    assert view().drawing is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"semantic": SemanticMap(np.zeros((4, 4), np.uint8))}, "semantic"),
        ({"depth_m": np.ones((4, 4), np.float32)}, "depth"),
        ({"depth_m": np.full((8, 8), -1.0)}, "at least 0"),
        ({"yaw_deg": float("nan")}, "angles"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadShape, match=message):
        view(**changes)


def test_depth_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        view().depth_m[0, 0] = 2
