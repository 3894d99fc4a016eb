"""Which stroke belongs where: the seven types by what a patch shows; accuracy counts what the classifier recognises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.errors import BadShape
from limner.metrics import strokes
from limner.metrics.strokes import STROKE_TYPES, cut, stroke_accuracy, stroke_types
from limner.records import CLASSES


def patch(**shares: float) -> NDArray[np.uint8]:
    """Return 16² labels whose rows from the top show so much of each class; the rest is background."""
    out = np.zeros((16, 16), np.uint8)
    row = 0.0
    for name, share in shares.items():
        out[round(row) : round(row + 16 * share)] = CLASSES.index(name)
        row += 16 * share
    return out


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        ({"skin": 1}, "skin"),
        ({"neck": 0.5, "nose": 0.5}, "skin"),
        ({"hair": 0.95}, "hair"),
        ({"hair": 0.75, "skin": 0.25}, "boundary"),
        ({"skin": 0.75}, "boundary"),
        ({"skin": 0.7, "l_brow": 0.3}, "eyebrow"),
        ({"skin": 0.4, "r_eye": 0.4, "r_brow": 0.2}, "eye"),
        ({"skin": 0.5, "u_lip": 0.5}, "lips"),
        ({"hair": 0.5, "l_ear": 0.5}, "ear"),
        ({"skin": 0.9, "l_eye": 0.1}, "skin"),
    ],
)
def test_a_patch_shows_the_stroke_of_what_it_is_of(shares: dict[str, float], wanted: str) -> None:
    assert STROKE_TYPES[int(stroke_types(patch(**shares))[0, 0])] == wanted


@pytest.mark.parametrize("shares", [{}, {"cloth": 0.6}, {"hat": 1}, {"skin": 0.7, "eye_g": 0.3}])
def test_no_stroke_is_asked_for_on_walls_clothes_and_glasses(shares: dict[str, float]) -> None:
    assert stroke_types(patch(**shares))[0, 0] == -1


def test_no_stroke_is_asked_for_where_nothing_is_known() -> None:
    labels = patch(skin=1)
    labels[:2] = 255
    assert stroke_types(labels)[0, 0] == -1


def test_a_map_smaller_than_a_patch_is_refused() -> None:
    with pytest.raises(BadShape, match="16 px at least"):
        stroke_types(np.zeros((10, 40), np.uint8))


@given(st.integers(16, 70), st.integers(16, 70))
def test_patches_are_cut_where_they_lie_and_the_rest_is_left(height: int, width: int) -> None:
    picture = np.arange(height * width).reshape(height, width)
    patches = cut(picture)
    assert patches.shape == (height // 16, width // 16, 16, 16)
    for r in range(height // 16):
        for c in range(width // 16):
            np.testing.assert_array_equal(
                patches[r, c], picture[16 * r : 16 * r + 16, 16 * c : 16 * c + 16]
            )


class Session:
    """A classifier that calls dark patches hair and all others skin."""

    def run(self, name: str, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        assert name == strokes.WEIGHT
        dark = inputs["patch"].mean((1, 2, 3)) < 0.5
        scores = np.zeros((len(dark), len(STROKE_TYPES)), np.float32)
        scores[np.arange(len(dark)), dark.astype(int)] = 1
        return {"type": scores}


def test_accuracy_counts_the_patches_recognised_among_those_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strokes, "session", Session)
    labels = np.zeros((256, 256), np.uint8)
    labels[:64, :64], labels[64:128, :64] = CLASSES.index("skin"), CLASSES.index("hair")
    drawing = np.full((256, 256), 255, np.uint8)
    drawing[64:96] = 0  # half of the hair is drawn, the other half left white
    assert stroke_accuracy(drawing, labels) == (16 + 8, 32)


def test_a_map_of_another_size_is_refused_and_an_empty_one_asks_for_nothing() -> None:
    with pytest.raises(BadShape, match="want one"):
        stroke_accuracy(np.zeros((256, 256), np.uint8), np.zeros((128, 128), np.uint8))
    assert stroke_accuracy(np.zeros((32, 32), np.uint8), np.zeros((32, 32), np.uint8)) == (0, 0)
