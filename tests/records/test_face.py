"""A face has a box, 478 points, a score and a way into its crop."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from limner import BadShape, Face


def face(**changes: Any) -> Face:
    """Return a plain face with some fields changed."""
    fields: dict[str, Any] = {
        "box": np.array([10, 20, 50, 80], np.float32),
        "score": 0.98765,
        "landmarks": np.zeros((478, 2), np.float32),
        "yaw_deg": 1.24,
        "pitch_deg": -3.0,
        "roll_deg": 0.06,
        "crop_from_photo": np.eye(2, 3),
    }
    return Face(**{**fields, **changes})


def test_height_is_that_of_the_box() -> None:
    assert face().height_px == 60
    assert face().area_px == face().height_px * (face().box[2] - face().box[0])


def test_json_holds_plain_rounded_numbers_in_the_order_of_the_record() -> None:
    told = json.loads(json.dumps(face().as_json()))
    assert list(told) == ["box", "score", "yaw_deg", "pitch_deg", "roll_deg"]
    assert told["box"] == [10, 20, 50, 80]
    assert (told["score"], told["yaw_deg"], told["roll_deg"]) == (0.988, 1.2, 0.1)


@pytest.mark.parametrize("box", [[5, 5, 5, 9], [5, 9, 9, 9], [9, 0, 5, 9], [0, 0, np.nan, 5]])
def test_an_empty_box_is_refused(box: list[float]) -> None:
    with pytest.raises(BadShape, match="box"):
        face(box=np.array(box, np.float32))


@pytest.mark.parametrize("score", [-0.01, 1.01, np.nan])
def test_a_score_beyond_its_range_is_refused(score: float) -> None:
    with pytest.raises(BadShape, match="score"):
        face(score=score)


def test_another_number_of_points_is_refused() -> None:
    with pytest.raises(BadShape, match="landmarks"):
        face(landmarks=np.zeros((468, 2), np.float32))


def test_a_face_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        face().score = 0.0  # type: ignore[misc]


@pytest.mark.parametrize("name", ["yaw_deg", "pitch_deg", "roll_deg"])
@pytest.mark.parametrize("angle", [np.nan, np.inf])
def test_an_angle_that_is_none_is_refused(name: str, angle: float) -> None:
    with pytest.raises(BadShape, match="turned by"):
        face(**{name: angle})


def test_json_is_plain_though_the_numbers_are_numpys() -> None:
    made = face(score=np.float32(0.5), yaw_deg=np.float32(1.25), roll_deg=np.float64(2))
    told = json.loads(json.dumps(made.as_json()))
    assert (told["score"], told["roll_deg"]) == (0.5, 2)


@pytest.mark.parametrize("name", ["box", "landmarks", "crop_from_photo"])
def test_arrays_are_copied_from_their_owner_and_locked(name: str) -> None:
    mine = getattr(face(), name).copy()
    made = face(**{name: mine})
    mine[...] = 7
    assert not (getattr(made, name) == 7).any()
    with pytest.raises(ValueError, match="read-only"):
        getattr(made, name)[...] = 1
