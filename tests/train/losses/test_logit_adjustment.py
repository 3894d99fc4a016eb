"""Classes that are told too readily are told less; left and right move together; nothing moves too far."""

from __future__ import annotations

import numpy as np
import pytest

from limner.train.losses.logit_adjustment import logit_adjustment


def eager(by: float) -> tuple[np.ndarray, np.ndarray]:
    """Return logits of three classes, the last two of which are rare and told by `by` too readily."""
    random = np.random.default_rng(0)
    labels = random.choice(3, 20_000, p=(0.9, 0.05, 0.05)).astype(np.uint8)
    logits = random.normal(size=(len(labels), 3)).astype(np.float32)
    logits[np.arange(len(labels)), labels] += 3
    logits[:, 0] += 2  # what the right odds would be
    logits[:, 1:] += by
    return logits, labels


def f1(logits: np.ndarray, labels: np.ndarray) -> float:
    found = logits.argmax(1)
    scores = [
        2 * ((found == k) & (labels == k)).sum() / ((found == k).sum() + (labels == k).sum())
        for k in range(3)
    ]
    return float(np.mean(scores))


def test_an_eager_class_is_held_back() -> None:
    logits, labels = eager(2.0)
    offsets = logit_adjustment(logits, labels, (0, 2, 1))
    assert offsets[1] < offsets[0]
    assert f1(logits + offsets, labels) > f1(logits, labels) + 0.05


def test_left_and_right_move_together_and_not_too_far() -> None:
    logits, labels = eager(3.0)
    logits[:, 1] += 0.5
    offsets = logit_adjustment(logits, labels, (0, 2, 1), limit=0.3)
    assert offsets.dtype == np.float32
    assert offsets[1] == offsets[2] != 0
    assert np.abs(offsets).max() == pytest.approx(0.3)


def test_a_network_that_knows_is_left_alone() -> None:
    labels = np.tile(np.arange(3, dtype=np.uint8), 50)
    logits = 9 * np.eye(3, dtype=np.float32)[labels]
    assert not logit_adjustment(logits, labels, (0, 1, 2)).any()


def test_pixels_of_unknown_class_count_for_nothing() -> None:
    logits, labels = eager(1.0)
    more = np.concatenate([logits, np.full((5_000, 3), 0.1, np.float32)])
    unknown = np.concatenate([labels, np.full(5_000, 255, np.uint8)])
    same = logit_adjustment(logits, labels, (0, 2, 1))
    assert np.array_equal(logit_adjustment(more, unknown, (0, 2, 1)), same)
