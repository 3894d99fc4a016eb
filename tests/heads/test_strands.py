"""Unseen hair takes the strands of the hair that is seen, and keeps within its tones."""

from __future__ import annotations

import numpy as np

from limner.heads.strands import combed
from limner.records import CLASSES

SIDE = 128
HAIR = CLASSES.index("hair")


def view() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a view of hair, striped where it is seen (the left half), smooth and blue where it is not."""
    xs = np.arange(SIDE)
    stripes = np.where(xs % 4 < 2, -0.7, -0.3)
    photo = np.broadcast_to(stripes[None, :, None], (SIDE, SIDE, 3)).astype(np.float32).copy()
    photo[:, SIDE // 2 :] = (-0.9, -0.9, 0.6)
    visible = np.zeros((SIDE, SIDE), np.float32)
    visible[:, : SIDE // 2] = 1
    labels = np.zeros((SIDE, SIDE, len(CLASSES)), np.float32)
    labels[..., HAIR] = 1
    return photo, visible, labels, np.ones((SIDE, SIDE), np.float32)


def test_strands_go_on_beyond_the_edge_of_what_was_seen() -> None:
    photo, visible, labels, alpha = view()
    made = combed(photo, visible, labels, alpha)
    before, after = (p[30:90, 70:100, 0].std(1).mean() for p in (photo, made))
    assert before < 1e-4
    assert after > 0.1


def test_tones_come_near_those_of_the_seen_hair() -> None:
    photo, visible, labels, alpha = view()
    made = combed(photo, visible, labels, alpha)
    assert abs(made[30:90, 70:120, 2].mean() - -0.5) < 0.1


def test_what_the_photograph_shows_and_what_is_no_hair_stays() -> None:
    photo, visible, labels, alpha = view()
    labels[64:, :, HAIR], labels[64:, :, CLASSES.index("skin")] = 0, 1
    made = combed(photo, visible, labels, alpha)
    assert np.array_equal(made[:, : SIDE // 2], photo[:, : SIDE // 2])
    assert np.array_equal(made[64:], photo[64:])
    assert not np.array_equal(made[:64], photo[:64])


def test_without_seen_hair_nothing_is_copied() -> None:
    photo, visible, labels, alpha = view()
    assert combed(photo, visible * 0, labels, alpha) is photo
    assert combed(photo, visible * 0 + 1, labels, alpha) is photo
