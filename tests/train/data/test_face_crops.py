"""Crops of faces: upright, mirrored and hidden, the truth moves with the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.train.data.round_people import DOTS, near, people, points

from limner.train.data import face_crops
from limner.train.data.composites import SceneSampler
from limner.train.data.face_crops import CROP_PX, CropSampler, mirror_order, upright
from limner.train.data.sitters import Sitters

pytestmark = pytest.mark.train

GREY = [np.full((90, 130, 3), 100, np.uint8)]


def sampler(made: Sitters, *, absent: float = 0.0) -> CropSampler:
    scenes = SceneSampler(made, GREY, batch=1, size_px=96)
    return CropSampler(made, scenes, batch=4, absent=absent)


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_mirroring_swaps_the_sides_of_the_mesh_and_keeps_its_middle(sitters: Sitters) -> None:
    frontal = (sitters.kind == 0) & (np.abs(sitters.pose_deg[:, 0]) < 8)
    order = mirror_order(sitters.points[frontal])
    assert sorted(order) == list(range(478))
    for right, left in ((33, 263), (133, 362), (61, 291), (234, 454), (70, 300), (468, 473)):
        assert order[right] == left
        assert order[left] == right
    assert [order[k] for k in (1, 152, 10)] == [1, 152, 10]
    assert (order[order] == np.arange(478)).mean() > 0.98


@given(
    st.floats(-180, 180),
    st.floats(20, 400),
    st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
    st.floats(1.2, 2.0),
)
def test_an_upright_crop_holds_the_face_level_and_in_the_middle(
    roll: float, size: float, place: tuple[float, float], grow: float
) -> None:
    t = np.radians(roll)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    there = points()[:, :2] @ turn.T * (size / 140) + place
    matrix = upright(there.astype(np.float32), grow=grow)
    seen = there @ matrix[:, :2].T + matrix[:, 2]
    assert seen[33, 1] == pytest.approx(seen[263, 1], abs=0.05)
    assert seen[33, 0] < seen[263, 0]
    low, high = seen[:468].min(0), seen[:468].max(0)
    np.testing.assert_allclose((low + high) / 2, (CROP_PX - 1) / 2, atol=0.05)
    assert (high - low).max() * grow == pytest.approx(CROP_PX, abs=0.1)


def test_a_roll_turns_the_picture_back_and_a_shift_moves_the_window() -> None:
    made = points()[:, :2] + 100
    eyes = [33, 263]
    leaning = upright(made, roll_deg=30)
    right, left = made[eyes] @ leaning[:, :2].T + leaning[:, 2]
    assert np.degrees(np.arctan2(*(left - right)[::-1])) == pytest.approx(-30, abs=0.1)
    plain, moved = upright(made), upright(made, shift=(0.1, -0.2))
    np.testing.assert_allclose(moved[:, 2] - plain[:, 2], [-19.2, 38.4], atol=0.01)


def plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_crops, "photograph", lambda picture, rng: picture)
    monkeypatch.setattr(CropSampler, "_cover", staticmethod(lambda crop, rng: crop))


def dot(crop: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.floating]:
    y, x = np.nonzero(near(crop, color, 100))
    return np.array([x.mean(), y.mean()])


def test_points_lie_on_the_picture_mirrored_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_pictures(monkeypatch)
    crops = sampler(people())
    mirrored = 0
    for seed in range(40):
        crop, found, pose, present, known = crops.one(rng(seed))
        assert crop.shape == (CROP_PX, CROP_PX, 3)
        assert (present, known) == (1, 1)
        at = found[:, :2] * CROP_PX - 0.5
        flip = pose[0] < 0
        mirrored += flip
        assert pose.tolist() == [-5 if flip else 5, -3]
        for k, other in ((33, 263), (263, 33), (1, 1), (61, 291)):
            seen = dot(crop, DOTS[other if flip else k])
            assert np.abs(at[k] - seen).max() < 2.5, (seed, k, flip)
        assert at[33, 0] < at[263, 0]
        # z is on x's scale
        ratio = np.linalg.norm(found[263, :2] - found[33, :2]) / 60
        assert found[1, 2] == pytest.approx(3 * ratio, rel=0.02)
    assert 10 < mirrored < 30


def test_a_crop_without_a_face_says_so_and_knows_no_pose() -> None:
    batch = sampler(people(), absent=1.0).batch(rng(1))
    assert not batch["present"].any()
    assert np.isnan(batch["pose"]).all()
    assert not batch["depth"].any()
    assert batch["pictures"].shape == (4, 3, CROP_PX, CROP_PX)


def test_depth_counts_only_where_it_is_known() -> None:
    made = people()
    flat = made.points.copy()
    flat[..., 2] = 0
    flat_people: Any = Sitters(
        made.pictures, made.masks, flat, made.sizes, made.pose_deg, made.kind
    )
    assert not sampler(flat_people).batch(rng(2))["depth"].any()
    assert sampler(made).batch(rng(2))["depth"].all()


def test_a_batch_is_the_same_for_the_same_chance(sitters: Sitters) -> None:
    crops = sampler(sitters, absent=0.2)
    first, again, other = (crops.batch(rng(s)) for s in (5, 5, 6))
    assert {k: v.dtype.name for k, v in first.items()} == {
        "pictures": "uint8",
        "points": "float32",
        "pose": "float32",
        "present": "float32",
        "depth": "float32",
    }
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["pictures"], other["pictures"])


def test_turned_heads_come_twice_as_often() -> None:
    made = people(20)
    pose = made.pose_deg.copy()
    pose[10:, 0] = 40
    turned = Sitters(made.pictures, made.masks, made.points, made.sizes, pose, made.kind)
    crops = sampler(turned)
    np.testing.assert_allclose(crops.weights[[9, 19]], [1 / 3, 1])
