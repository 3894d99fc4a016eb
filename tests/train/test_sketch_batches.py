"""Batches of sketched faces."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from limner.train.data.sketch_batches import SketchSampler
from limner.train.data.sketch_faces import Faces, build_faces, chosen

NO_DRAWINGS = np.zeros((0, 256, 256), np.uint8)


@pytest.fixture(scope="module")
def faces(packs: Path, cache: Path) -> Faces:
    return build_faces(chosen(packs, "train", 0)[:3], cache, "sketch-test", workers=1)


def test_a_batch_has_what_it_promises(faces: Faces) -> None:
    batch = SketchSampler(faces, 3, NO_DRAWINGS).batch(np.random.default_rng(0))
    shapes = {k: (v.shape[1:], v.dtype.type) for k, v in batch.items()}
    assert shapes == {
        "photo": ((256, 256, 3), np.uint8),
        "labels": ((256, 256), np.uint8),
        "clean": ((256, 256), np.uint8),
        "rough": ((256, 256), np.uint8),
        "palette": ((17,), np.float32),
        "confidence": ((5,), np.float32),
        "paired": ((), np.float32),
        "own": ((), np.float32),
        "index": ((), np.int64),
    }
    assert {len(v) for v in batch.values()} == {3}


def test_a_batch_depends_on_its_chance_alone(faces: Faces) -> None:
    sampler = SketchSampler(faces, 2, NO_DRAWINGS)
    copy = pickle.loads(pickle.dumps(sampler))  # noqa: S301  (our own)
    a, b = (s.batch(np.random.default_rng(4)) for s in (sampler, copy))
    for key in a:
        np.testing.assert_array_equal(a[key], b[key])


def test_a_real_drawing_comes_without_labels_or_photograph_of_its_own(faces: Faces) -> None:
    ink = np.zeros((1, 256, 256), np.uint8)
    ink[:, 100:104] = 255
    batch = SketchSampler(faces, 4, ink, real_share=1.0).batch(np.random.default_rng(0))
    assert not batch["paired"].any()
    assert (batch["labels"] == 255).all()
    np.testing.assert_array_equal(batch["clean"], batch["rough"])


def test_an_exchanged_palette_is_told(faces: Faces) -> None:
    batch = SketchSampler(faces, 4, NO_DRAWINGS, swap_share=1.0).batch(np.random.default_rng(0))
    assert not batch["own"].any()


def test_trust_and_roughness_go_together(faces: Faces) -> None:
    sampler = SketchSampler(faces, 1, NO_DRAWINGS, scan_share=1.0)
    rng = np.random.default_rng(0)
    rows = [sampler.batch(rng) for _ in range(60)]
    trust = np.array([r["confidence"].mean() for r in rows])
    kept = np.array([(r["rough"] > 64).sum() / max((r["clean"] > 64).sum(), 1) for r in rows])
    assert trust.min() < 0.3
    assert trust.max() > 0.9
    assert np.corrcoef(trust, kept)[0, 1] > 0


def test_mirrored_faces_swap_left_and_right(faces: Faces) -> None:
    sampler = SketchSampler(faces, 1, NO_DRAWINGS)
    rng = np.random.default_rng(1)
    for _ in range(12):
        labels = sampler.batch(rng)["labels"][0]
        left, right = (np.nonzero(labels == k)[1].mean() for k in (6, 7))
        # the sitter's left brow lies on the picture's right, mirrored or not
        assert left > right


def test_sketch_and_photograph_are_moved_alike(faces: Faces) -> None:
    sampler = SketchSampler(faces, 1, NO_DRAWINGS)
    still = sampler.still(0, 0.0, np.random.default_rng(0))
    np.testing.assert_array_equal(still["photo"], faces.photos[0])
    rng = np.random.default_rng(2)
    for _ in range(6):
        batch = sampler.batch(rng)
        edges = np.abs(np.diff(batch["labels"][0].astype(int), axis=0)) > 0
        drawn = batch["clean"][0][:-1] > 128
        by_chance = edges.mean()
        assert edges[drawn].mean() > 2 * by_chance


def test_large_sketches_are_drawn_large(faces: Faces) -> None:
    batch = SketchSampler(faces, 2, NO_DRAWINGS, sketch_px=512).batch(np.random.default_rng(0))
    assert batch["rough"].shape == (2, 512, 512)
    assert batch["clean"].shape == (2, 256, 256)
