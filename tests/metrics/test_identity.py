"""The rank-1 rate."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import rank_1

PHOTOS = np.random.default_rng(0).normal(size=(20, 16))


def test_length_does_not_count_direction_does() -> None:
    assert rank_1(PHOTOS * np.arange(1, 21)[:, None], PHOTOS) == 1
    assert rank_1(-PHOTOS, PHOTOS) == 0


def test_sitters_are_named_by_their_photograph() -> None:
    order = np.random.default_rng(1).permutation(20)
    assert rank_1(PHOTOS[order], PHOTOS, sitters=order) == 1
    assert rank_1(PHOTOS[order], PHOTOS) < 0.5


def test_two_drawings_of_one_sitter_both_count() -> None:
    assert rank_1(PHOTOS[[3, 3, 4]], PHOTOS, sitters=[3, 3, 5]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("sitters", [[0], [0, 20], [0, -1], [0.0, 1.0]])
def test_a_sitter_without_a_photograph_is_refused(sitters: list[int]) -> None:
    with pytest.raises(BadShape, match="sitters"):
        rank_1(PHOTOS[:2], PHOTOS, sitters=sitters)


def test_a_descriptor_of_nothing_is_refused() -> None:
    with pytest.raises(BadShape, match="zeros"):
        rank_1(PHOTOS * 0, PHOTOS)
