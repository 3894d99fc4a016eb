"""Unseen hair takes the strands of the seen, skin its pores; both keep within the tones of what is seen."""

from __future__ import annotations

import numpy as np

from limner.heads.strands import combed, toned
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


def test_a_grey_stain_on_hidden_skin_takes_the_skins_colour_and_keeps_its_shade() -> None:
    photo = np.empty((SIDE, SIDE, 3), np.float32)
    photo[:] = (0.5, 0.2, 0.0)
    photo += np.float32(0.1) * np.sin(np.arange(SIDE, dtype=np.float32) / 20)[:, None, None]
    photo[:, 100:] -= 0.05
    photo[40:80, 80:100] = 0.3
    _, visible, labels, alpha = view()
    labels[:] = 0
    labels[..., CLASSES.index("skin")] = 1
    made = toned(photo, visible, labels, alpha)
    stain = made[55:65, 86:94].mean((0, 1))
    assert stain[0] - stain[2] > 0.25
    assert np.array_equal(made[:, : SIDE // 2], photo[:, : SIDE // 2])
    assert np.abs(made[:, 110:] - photo[:, 110:]).max() < 0.02
    assert toned(photo, visible * 0, labels, alpha) is photo


def test_hidden_skin_has_the_pores_of_the_seen_but_no_folds() -> None:
    photo, visible, labels, alpha = view()
    labels[:] = 0
    labels[..., CLASSES.index("skin")] = 1
    for depth, most in ((0.04, 0.05), (0.6, 0.2)):
        xs = np.arange(SIDE)
        photo[:] = 0.2
        photo[:, : SIDE // 2] += (np.where(xs % 4 < 2, -depth, depth))[None, : SIDE // 2, None]
        made = toned(photo, visible, labels, alpha)
        grain = np.abs(made[30:90, 70:90, 0] - made[30:90, 70:90, 0].mean()).max()
        assert 0.02 < grain < most
