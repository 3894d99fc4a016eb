"""Crops with shares: four pixels a cell, left and right exchanged in the mirror."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from limner.records import CLASSES, MIRRORED
from limner.train.data import parse_crops
from limner.train.data.packs import Pack, Turnheads
from limner.train.data.parse_crops import ParseSampler, build_parse_arrays, shares

pytestmark = pytest.mark.train

EVEN = st.integers(1, 6).map(lambda n: 2 * n)
LABELS = hnp.arrays(np.uint8, st.tuples(EVEN, EVEN), elements=st.integers(0, 18))
L_EYE, R_EYE, HAT = (CLASSES.index(n) for n in ("l_eye", "r_eye", "hat"))


@given(LABELS)
def test_each_cell_shares_out_its_four_pixels(labels: NDArray[np.uint8]) -> None:
    found = shares(labels)
    assert found.shape == (19, labels.shape[0] // 2, labels.shape[1] // 2)
    assert (found.sum(0) == 4).all()
    for k in range(19):
        assert found[k].sum() == (labels == k).sum()
    np.testing.assert_array_equal(found[:, 0, 0], np.bincount(labels[:2, :2].ravel(), minlength=19))


def test_photographs_come_first_then_heads_and_are_kept(packs: Path, cache: Path) -> None:
    photos, labels, real = build_parse_arrays(packs, cache)
    people, heads = Pack(packs / "celeba-256-photos.tar"), Turnheads(packs / "turnheads-train.npz")
    names = people.ids("photo")
    assert real == len(names)
    assert photos.shape == (real + len(heads), 256, 256, 3)
    np.testing.assert_array_equal(photos[1], people.rgb("photo", names[1]))
    truth = Pack(packs / "celeba-256-labels.tar")
    np.testing.assert_array_equal(labels[1], truth.labels(names[1]))
    np.testing.assert_array_equal(photos[real + 2], heads.photo(2))
    np.testing.assert_array_equal(labels[real + 2], heads.label(2))
    again, _, count = build_parse_arrays(packs / "gone", cache)
    assert count == real
    np.testing.assert_array_equal(again, photos)


def split_faces(count: int, *, hats: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return pictures whose brightness is their number, their left half r_eye, their right l_eye."""
    photos = np.zeros((count, 256, 256, 3), np.uint8)
    labels = np.zeros((count, 256, 256), np.uint8)
    for i in range(count):
        photos[i] = 10 * i
        labels[i, :, :128], labels[i, :, 128:] = R_EYE, L_EYE
    labels[:hats, :8] = HAT
    return photos, labels


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_crops, "photograph", lambda picture, rng, amount: picture)


def test_mirrored_or_turned_the_right_eye_stays_on_the_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain(monkeypatch)
    photos, labels = split_faces(2)
    photos[:, :, :128] = 200
    sampler = ParseSampler(photos, labels, real=2)
    mirrored = 0
    for seed in range(30):
        photo, share = sampler.one(np.random.default_rng(seed))
        middle = share[:, 40:88]
        assert middle[R_EYE, :, 20:44].sum() > 0.98 * middle[:, :, 20:44].sum()
        assert middle[L_EYE, :, 84:108].sum() > 0.98 * middle[:, :, 84:108].sum()
        mirrored += photo[128, 40, 0] < 100
    assert 8 < mirrored < 22
    assert np.array(MIRRORED)[R_EYE] == L_EYE


@pytest.mark.parametrize("size", [64, 192, 256, 320])
def test_crops_of_every_size_fit_into_one_batch(size: int) -> None:
    photos, labels = split_faces(3)
    sampler = ParseSampler(photos, labels, real=3, batch=8, size_px=size)
    batch = sampler.batch(np.random.default_rng(0))
    assert batch["pictures"].shape == (8, 3, size, size)
    assert batch["shares"].shape == (8, 19, size // 2, size // 2)
    assert (batch["shares"].sum(1) == 4).all()
    assert {v.dtype.name for v in batch.values()} == {"uint8"}
    again = sampler.batch(np.random.default_rng(0))
    for name in batch:
        np.testing.assert_array_equal(batch[name], again[name])


def picked(sampler: ParseSampler, count: int) -> NDArray[np.int64]:
    chance = np.random.default_rng(3)
    tones = [int(sampler.one(chance)[0].mean()) // 10 for _ in range(count)]
    return np.bincount(tones, minlength=len(sampler.photos))


def test_rare_things_come_oftener_and_heads_in_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    photos, labels = split_faces(6, hats=1)
    sampler = ParseSampler(photos, labels, real=4, size_px=32, synthetic=0.25)
    seen = picked(sampler, 1500) / 1500
    assert seen[4:].sum() == pytest.approx(0.25, abs=0.04)
    assert seen[0] == pytest.approx(0.75 * 3 / 6, abs=0.05)
    assert (seen > 0).all()


def test_without_heads_photographs_fill_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    photos, labels = split_faces(3)
    sampler = ParseSampler(photos, labels, real=3, size_px=32, synthetic=1.0)
    assert (picked(sampler, 60) > 0).all()


def test_hats_change_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    photos, labels = split_faces(4)
    labels[0, 40:60] = HAT
    bare = ParseSampler(photos, labels, real=4, donated=0.0)
    dressed = ParseSampler(photos, labels, real=4, donated=1.0)

    def hatted(sampler: ParseSampler) -> float:
        chance = np.random.default_rng(5)
        return float(np.mean([sampler.one(chance)[1][HAT].sum() > 100 for _ in range(40)]))

    assert hatted(bare) < 0.8
    assert hatted(dressed) == 1


def test_a_donated_hat_brings_its_own_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    photos, labels = split_faces(2)
    labels[0, 40:60], photos[0, 40:60] = HAT, 250
    sampler = ParseSampler(photos, labels, real=2, donated=1.0)
    for seed in range(12):
        photo, share = sampler.one(np.random.default_rng(seed))
        whole = np.repeat(np.repeat(share[HAT] == 4, 2, 0), 2, 1)
        inner = whole & np.roll(whole, 3, 0) & np.roll(whole, -3, 0)
        assert (photo[inner] > 200).mean() > 0.95


def test_crops_of_few_pixels_are_smoother_and_keep_their_labels() -> None:
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 256, (2, 256, 256, 3)).astype(np.uint8)
    labels = rng.integers(0, 2, (2, 256, 256)).astype(np.uint8)
    near, far = (
        ParseSampler(photos, labels, real=2, batch=4, small=s).batch(np.random.default_rng(1))
        for s in (0.0, 1.0)
    )
    steps = [np.abs(np.diff(b["pictures"].astype(int), axis=3)).mean() for b in (near, far)]
    assert steps[1] < 0.3 * steps[0]
    assert far["shares"].shape == near["shares"].shape
