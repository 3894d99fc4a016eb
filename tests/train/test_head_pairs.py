"""Batches of head pairs: repeatable, mirrored truly, coloured alike on both sides."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from limner.records import CLASSES
from limner.train.data import head_pairs
from limner.train.data.head_pairs import HeadPairs
from limner.train.data.heads import build_real, build_synthetic, mirrored_mesh


@pytest.fixture
def pairs(head_packs: Path, head_cache: Path) -> HeadPairs:
    return HeadPairs(
        build_synthetic(head_packs, head_cache, "train"),
        build_real(head_packs, head_cache, "train"),
        batch=6,
        real_share=0.5,
    )


def test_the_same_seed_gives_the_same_batch(pairs: HeadPairs) -> None:
    a, b = (pairs.batch(np.random.default_rng(4)) for _ in range(2))
    other = pairs.batch(np.random.default_rng(5))
    assert all(np.array_equal(a[k], b[k]) for k in a)
    assert not np.array_equal(a["photo"], other["photo"])


def test_batches_have_the_promised_shapes(pairs: HeadPairs) -> None:
    batch = pairs.batch(np.random.default_rng(0))
    assert batch["photo"].shape == batch["out_photo"].shape == (6, 3, 256, 256)
    assert batch["photo"].dtype == batch["labels"].dtype == np.uint8
    assert batch["labels"].max() < len(CLASSES)  # the seen classes carry no mark
    assert batch["out_depth"].shape == (6, 128, 128)
    assert batch["points"].shape == (6, 478, 3)
    assert set(batch["real"].tolist()) == {0.0, 1.0}


def test_photographs_foretell_themselves_and_synthetic_heads_their_other_views(
    pairs: HeadPairs,
) -> None:
    batch = pairs.batch(np.random.default_rng(1))
    real = batch["real"] > 0
    assert np.abs(batch["pose"] - batch["out_pose"])[real].max() < 6  # a pose found a little wrong
    assert (batch["out_depth"].max((1, 2)) > 0).tolist() == (~real).tolist()
    assert (np.abs(batch["points"]).max((1, 2)) > 0).tolist() == real.tolist()


def test_a_mirrored_view_exchanges_left_and_right(pairs: HeadPairs) -> None:
    assert pairs.real is not None
    view = head_pairs.look(pairs.real, 3)
    other = head_pairs.mirrored(view, mirrored_mesh())
    left, right = CLASSES.index("l_ear"), CLASSES.index("r_ear")
    here, there = view["labels"] & 0x7F, other["labels"] & 0x7F
    assert (here == left).sum() == (there == right).sum()
    assert other["pose"][0] == -view["pose"][0]
    assert other["points"][33, 0] == pytest.approx(255 - view["points"][263, 0], abs=1e-3)
    twice = head_pairs.mirrored(other, mirrored_mesh())
    assert np.array_equal(twice["labels"], view["labels"])
    assert np.array_equal(twice["photo"], view["photo"])


def test_without_augmentation_a_view_is_as_it_was_stored(pairs: HeadPairs) -> None:
    plain = HeadPairs(pairs.synthetic, batch=2, augment=0.0)
    pair = plain.pair(np.random.default_rng(3))
    stored = [p.transpose(2, 0, 1) for p in pairs.synthetic.photos]
    stored += [p[..., ::-1] for p in stored]
    assert any(np.array_equal(pair["photo"], p) for p in stored)


def test_a_tint_is_the_same_on_both_views(pairs: HeadPairs) -> None:
    tint = head_pairs._Tint(np.random.default_rng(2), synthetic=True)
    labels = np.full((8, 8), CLASSES.index("hair"), np.uint8)
    photo = np.full((8, 8, 3), 60, np.uint8)
    assert np.array_equal(tint(photo, labels), tint(photo, labels))


def test_a_sampler_goes_to_workers_by_pickle(pairs: HeadPairs) -> None:
    again = pickle.loads(pickle.dumps(pairs))  # noqa: S301
    a, b = (p.batch(np.random.default_rng(9)) for p in (pairs, again))
    assert np.array_equal(a["photo"], b["photo"])
