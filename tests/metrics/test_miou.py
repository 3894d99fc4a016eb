"""IoU and F1 of parsed pictures."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import confusion, f1, iou, mean_f1, miou

RNG = np.random.default_rng(0)
FOUND = RNG.integers(0, 4, (30, 40)).astype(np.uint8)
ACTUAL = np.where(RNG.random((30, 40)) < 0.7, FOUND, 1).astype(np.uint8)


def test_each_class_is_intersection_over_union() -> None:
    found, actual = FOUND, ACTUAL
    expected = [
        ((found == c) & (actual == c)).sum() / ((found == c) | (actual == c)).sum()
        for c in range(4)
    ]
    counts = confusion(FOUND, ACTUAL, classes=4)
    assert iou(counts) == pytest.approx(expected)
    assert miou(counts) == pytest.approx(np.mean(expected))
    assert f1(counts) == pytest.approx([2 * v / (1 + v) for v in expected])
    assert mean_f1(counts) == pytest.approx(f1(counts)[1:].mean())


def test_a_class_that_no_picture_shows_is_left_out_though_it_was_found() -> None:
    counts = confusion([[0, 1, 2]], [[0, 1, 1]], classes=3)
    assert np.isnan(iou(counts)[2])
    assert miou(counts) == pytest.approx((1 + 0.5) / 2)


def test_a_class_that_one_picture_lacks_is_judged_over_the_set() -> None:
    first = confusion([[1, 1]], [[1, 1]], classes=2)
    second = confusion([[1, 0]], [[0, 0]], classes=2)
    assert iou(first + second).tolist() == [0.5, pytest.approx(2 / 3)]


def test_rows_are_actual_and_columns_found() -> None:
    assert confusion([[2]], [[1]], classes=3)[1, 2] == 1


def test_a_set_without_parts_has_no_mean() -> None:
    assert np.isnan(mean_f1(confusion([[0]], [[0]], classes=3)))
    assert np.isnan(miou(np.zeros((3, 3))))


@pytest.mark.parametrize(
    ("found", "actual"), [([[0.5]], [[0]]), ([[0, 1]], [[0]]), ([[19]], [[0]]), ([[-1]], [[0]])]
)
def test_maps_that_cannot_be_compared_are_refused(found: object, actual: object) -> None:
    with pytest.raises(BadShape):
        confusion(np.array(found), np.array(actual))


def test_counts_that_are_no_table_are_refused() -> None:
    with pytest.raises(BadShape, match="square"):
        iou(np.zeros((2, 3)))
