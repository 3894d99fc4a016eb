"""Scenes: each box is exact, whoever is in it can be seen, grounds hold nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.train.data.round_people import DOTS, SKIN, near, people

from limner.train.data import composites
from limner.train.data.composites import SceneSampler, facefree
from limner.train.data.packs import Pack
from limner.train.data.sitters import Sitters

pytestmark = pytest.mark.train

GREY = [np.full((90, 130, 3), v, np.uint8) for v in (100, 140)]


@pytest.fixture(scope="module")
def sampler() -> SceneSampler:
    return SceneSampler(people(), GREY, batch=3, size_px=160)


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_grounds_that_train_never_test(packs: Any) -> None:
    train, test = (facefree(packs, s) for s in ("train", "test"))
    every = Pack(packs / "facefree.tar")
    assert len(train) + len(test) == len(every.ids("photo"))
    assert train
    assert test
    assert not {p.tobytes() for p in train} & {p.tobytes() for p in test}


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("roll", [0, 37, -120, 180])
def test_a_box_is_the_extent_of_the_turned_face_to_the_pixel(
    sampler: SceneSampler, roll: float, mirror: bool
) -> None:
    for i in range(3):
        scene = composites._Scene(np.full((160, 160, 3), 100, np.uint8))
        center = np.array([75.0, 84.0])
        matrix = sampler._matrix(i, height=80, centre=center, roll_deg=roll, mirror=mirror)
        assert sampler._place(scene, i, matrix=matrix, mirror=mirror, cut=True)
        (box,), (five,) = scene.boxes, scene.fives
        seen = np.abs(scene.picture.astype(int) - 100).max(2) > 30
        y, x = np.nonzero(seen)
        np.testing.assert_allclose(box, [x.min(), y.min(), x.max(), y.max()], atol=1.6)
        assert (box[2:] - box[:2]).max() == pytest.approx(80, abs=0.1)
        # the five points lie on their dots; mirrored, the sitter's right eye is the former left
        order = (263, 33, 1, 291, 61) if mirror else (33, 263, 1, 61, 291)
        for k, point in zip(order, five, strict=True):
            y, x = np.nonzero(near(scene.picture, DOTS[k]))
            np.testing.assert_allclose(point, [x.mean(), y.mean()], atol=1.2)


def test_upright_the_right_eye_is_on_the_left_mirrored_or_not(sampler: SceneSampler) -> None:
    for mirror in (False, True):
        scene = composites._Scene(np.zeros((160, 160, 3), np.uint8))
        center = np.array([80.0, 80.0])
        matrix = sampler._matrix(0, height=90, centre=center, roll_deg=0, mirror=mirror)
        sampler._place(scene, 0, matrix=matrix, mirror=mirror)
        right, left, nose, right_corner, left_corner = scene.fives[0]
        assert right[0] < nose[0] < left[0]
        assert right_corner[0] < left_corner[0]


def seen_share(picture: NDArray[np.uint8], box: NDArray[np.float32]) -> float:
    """Return how much of a disc's inscribed square is skin or dots."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) * 0.3
    low, high = np.clip([middle - half, middle + half], 0, len(picture)).astype(int)
    part = picture[low[1] : high[1] + 1, low[0] : high[0] + 1]
    colors = [SKIN, *DOTS.values()]
    return float(np.any([near(part, c, 90) for c in colors], 0).mean()) if part.size else 0.0


def test_in_a_crowd_everybody_can_be_seen_and_nobody_hides_another(sampler: SceneSampler) -> None:
    alone = set()
    for seed in range(60):
        scene = sampler.crowd(rng(1, seed))
        assert len(scene.boxes) == len(scene.fives) <= 7
        alone.add(len(scene.boxes))
        for k, box in enumerate(scene.boxes):
            inside = np.clip(box, 0, 159)
            area = np.prod(box[2:] - box[:2])
            assert np.prod(inside[2:] - inside[:2]) >= 0.6 * area - 1e-3
            for other in scene.boxes[k + 1 :]:
                assert composites._overlap(box, other) <= 0.05
            if (box[2:] - box[:2]).min() > 14:
                assert seen_share(scene.picture, box) > 0.6
    assert len(alone) >= 4


def test_a_ground_holds_nobody(sampler: SceneSampler) -> None:
    for seed in range(40):
        ground = sampler.ground(rng(2, seed))
        assert ground.shape == (160, 160, 3)
        assert ground.dtype == np.uint8
        # a person without a face has no dots for eyes and mouth
        eyes = [near(ground, DOTS[k], 25).mean() for k in (33, 263)]
        clouds = len(np.unique(ground.reshape(-1, 3), axis=0)) > 3000
        assert max(eyes) < 0.002 or clouds


def test_scenes_are_of_all_kinds_with_all_sizes_of_faces(sampler: SceneSampler) -> None:
    scenes = [sampler.scene(rng(3, s)) for s in range(80)]
    counts = [len(s.boxes) for s in scenes]
    assert min(counts) == 0
    assert max(counts) >= 6
    sides = [float((b[2:] - b[:2]).max()) for s in scenes for b in s.boxes]
    assert min(sides) < 14
    assert max(sides) > 110
    rolls = [np.degrees(np.arctan2(*(f[1] - f[0])[::-1])) for s in scenes for f in s.fives]
    assert np.mean(np.abs(rolls) < 45) > 0.6
    assert np.mean(np.abs(rolls) > 90) > 0.05


def test_a_batch_is_the_same_for_the_same_chance(sampler: SceneSampler) -> None:
    first, again, other = (sampler.batch(rng(s)) for s in (5, 5, 6))
    assert first.keys() == {"pictures", "boxes", "fives", "counts"}
    assert first["pictures"].shape == (3, 3, 160, 160)
    assert first["boxes"].shape == (3, 12, 4)
    assert first["fives"].shape == (3, 12, 5, 2)
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["pictures"], other["pictures"])
    for boxes, count in zip(first["boxes"], first["counts"], strict=True):
        assert (boxes[:count, 2:] > boxes[:count, :2]).all()
        assert not boxes[count:].any()


def test_drawings_are_drawn_more_often_than_heads() -> None:
    made = people(30)
    kinds = np.repeat(np.array([0, 1, 2], np.uint8), 10)
    sampler = SceneSampler(
        Sitters(made.pictures, made.masks, made.points, made.sizes, made.pose_deg, kinds), GREY
    )
    chance = rng(7)
    picked = np.bincount([kinds[sampler._pick(chance, cut=False)] for _ in range(3000)])
    np.testing.assert_allclose(picked / 3000, np.array([1, 2, 0.6]) / 3.6, atol=0.03)


def test_only_people_with_a_mask_are_cut_out() -> None:
    made = people(6)
    masks = made.masks.copy()
    masks[3:] = 0
    sampler = SceneSampler(
        Sitters(made.pictures, masks, made.points, made.sizes, made.pose_deg, made.kind), GREY
    )
    chance = rng(8)
    assert {sampler._pick(chance, cut=True) for _ in range(60)} == {0, 1, 2}
    assert {sampler._pick(chance, cut=False) for _ in range(200)} == set(range(6))


def test_made_people_of_the_packs_make_scenes(packs: Any, sitters: Sitters) -> None:
    sampler = SceneSampler(sitters, facefree(packs, "train"), batch=2, size_px=96)
    batches = [sampler.batch(rng(9, k)) for k in range(3)]
    assert sum(int(b["counts"].sum()) for b in batches) > 0
