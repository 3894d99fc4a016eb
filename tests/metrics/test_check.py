"""What the metrics refuse."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import fd, ink_agreement
from limner.metrics._check import drawing_pair, feature_pair


@pytest.mark.parametrize(
    "wrong",
    [
        [1.0, 2.0],
        [[1.0, 2.0]],
        [["a", "b"], ["c", "d"]],
        [[1.0, np.nan], [0.0, 0.0]],
        np.ones((3, 0)),
    ],
)
def test_features_that_are_no_table_of_numbers_are_refused(wrong: object) -> None:
    right = np.ones((3, 2))
    with pytest.raises(BadShape, match="set of features"):
        feature_pair(wrong, right)
    with pytest.raises(BadShape, match="second set"):
        feature_pair(right, wrong)


def test_features_of_two_networks_are_refused_by_their_widths() -> None:
    with pytest.raises(BadShape, match="2 and 3 features"):
        fd(np.ones((3, 2)), np.ones((3, 3)))


@pytest.mark.parametrize(
    "wrong", [np.ones((4, 4)), np.ones((4, 4, 3), np.uint8), np.ones(4, np.uint8)]
)
def test_pictures_that_are_not_grey_bytes_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadShape, match="second picture"):
        drawing_pair(np.ones((4, 4), np.uint8), wrong)


def test_pictures_of_two_sizes_are_refused_with_both_sizes() -> None:
    with pytest.raises(BadShape, match="5 × 4 and 4 × 5"):
        ink_agreement(np.ones((4, 5), np.uint8), np.ones((5, 4), np.uint8))
