"""The table of classes is whole, and left and right are the sitter's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from tests.records.arrays import wrong_dims

from limner import CLASSES, PARTS, BadShape, SemanticMap, UnknownName
from limner.records import CLASS_COLORS, MIRRORED

LABELS = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 18)
)


def test_there_are_nineteen_classes_each_with_its_own_colour() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == 19
    assert len(set(CLASS_COLORS)) == 19


def test_every_class_belongs_to_exactly_one_part() -> None:
    members = sorted(i for ids in PARTS.values() for i in ids)
    assert members == list(range(19))


def test_mirroring_exchanges_left_and_right_and_nothing_else() -> None:
    for old, new in enumerate(MIRRORED):
        name = CLASSES[old]
        if name in {"l_lip", "u_lip"} or name[:2] not in {"l_", "r_"}:
            assert new == old
        else:
            assert CLASSES[new] == {"l": "r", "r": "l"}[name[0]] + name[1:]


@given(LABELS)
def test_mirroring_twice_gives_the_map_back(labels: NDArray[np.uint8]) -> None:
    assert np.array_equal(SemanticMap(labels).mirrored().mirrored().labels, labels)


@given(LABELS)
def test_the_parts_cover_each_pixel_once(labels: NDArray[np.uint8]) -> None:
    seen = sum(SemanticMap(labels).part(name).astype(int) for name in PARTS)
    assert np.all(seen == 1)


@given(LABELS)
def test_colours_tell_the_classes_apart(labels: NDArray[np.uint8]) -> None:
    colored = SemanticMap(labels).colored()
    assert colored.shape == (*labels.shape, 3)
    assert len(np.unique(colored.reshape(-1, 3), axis=0)) == len(np.unique(labels))


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadShape, match="at most 18"):
        SemanticMap(np.full((2, 2), 19, np.uint8))


def test_a_part_that_does_not_exist_is_answered_with_its_neighbours() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'left-eye'"):
        SemanticMap(np.zeros((2, 2), np.uint8)).part("left-eyes")


@given(wrong_dims(2, np.uint8))
def test_labels_of_another_shape_are_refused(labels: NDArray[Any]) -> None:
    with pytest.raises(BadShape, match=r"SemanticMap\.labels"):
        SemanticMap(labels)


def test_labels_are_copied_from_their_owner_and_locked() -> None:
    mine = np.ones((2, 2), np.uint8)
    kept = SemanticMap(mine)
    mine[:] = 2
    assert (kept.labels == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        kept.labels[0, 0] = 3
