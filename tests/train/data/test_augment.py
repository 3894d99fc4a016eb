"""Worse cameras: repeatable, within eight bits, and nothing where nothing is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.train.data.augment import far_away, photograph, side_light

pytestmark = pytest.mark.train

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)
SEEDS = st.integers(0, 10_000)


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(SEEDS)
def test_an_amount_of_nothing_changes_nothing(seed: int) -> None:
    np.testing.assert_array_equal(photograph(PICTURE, rng(seed), amount=0), PICTURE)


@given(SEEDS)
def test_the_same_chance_takes_the_same_picture_and_leaves_its_subject_alone(seed: int) -> None:
    before = PICTURE.copy()
    taken = photograph(PICTURE, rng(seed))
    assert taken.shape == PICTURE.shape
    assert taken.dtype == np.uint8
    np.testing.assert_array_equal(taken, photograph(PICTURE, rng(seed)))
    np.testing.assert_array_equal(PICTURE, before)


def test_nearly_every_picture_changes_and_few_are_ruined() -> None:
    y, x = np.mgrid[:64, :64]
    scene = np.repeat((60 + 2 * x + y)[..., None], 3, 2).clip(0, 255).astype(np.uint8)
    taken = [photograph(scene, rng(s)) for s in range(150)]
    assert np.mean([np.array_equal(t, scene) for t in taken]) < 0.1
    # left is still darker than right wherever it was
    kept = [t[:, 48:].mean() > t[:, :16].mean() + 10 for t in taken]
    assert np.mean(kept) > 0.9


@pytest.mark.parametrize("shape", [(1, 1, 3), (1030, 7, 3), (5, 2050, 3)])
def test_pictures_of_any_size_can_be_noisy(shape: tuple[int, ...]) -> None:
    grey = np.full(shape, 128, np.uint8)
    taken = [photograph(grey, rng(s)) for s in range(12)]
    assert {t.shape for t in taken} == {shape}
    assert max(t.std() for t in taken) > 1 or shape == (1, 1, 3)


@settings(max_examples=30)
@given(SEEDS)
def test_a_lamp_at_a_side_only_takes_light_and_falls_off_one_way(seed: int) -> None:
    flat = np.full((20, 24, 3), 200, np.float32)
    lit = side_light(flat, rng(seed))
    assert lit.dtype == np.float32
    assert (lit > 0).all()
    assert (lit <= flat).all()
    grey: NDArray[np.float32] = lit[..., 0]
    assert np.ptp(lit) > 5
    for slope in (np.diff(grey, axis=0), np.diff(grey, axis=1)):
        assert (slope >= -1e-4).all() or (slope <= 1e-4).all()


@given(SEEDS)
def test_a_face_far_away_keeps_its_tones_and_loses_its_detail(seed: int) -> None:
    square = np.random.default_rng(1).integers(0, 256, (96, 96, 3)).astype(np.uint8)
    square[:, :48] //= 3
    small = far_away(square, rng(seed), (8, 20))
    assert small.shape == square.shape
    np.testing.assert_array_equal(small, far_away(square, rng(seed), (8, 20)))
    for half in (np.s_[:, :40], np.s_[:, 56:]):
        assert abs(float(small[half].mean()) - float(square[half].mean())) < 12
        assert small[half].std() < 0.5 * square[half].std()
