"""Scoot, against vectors computed from its authors' program."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import scoot

ROWS, COLUMNS = np.mgrid[0:64, 0:64]
A = ((7 * ROWS + 13 * COLUMNS) % 256).astype(np.uint8)
C = ((7 * ROWS + 3 * COLUMNS) % 256).astype(np.uint8)
D = (4 * ROWS).astype(np.uint8)


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [(A, A, 1.0), (A, C, 0.205887), (A, D, 0.152903), (C, D, 0.218850), (A, 255 - A, 0.985995)],
    ids=["itself", "a-c", "a-d", "c-d", "negative"],
)
def test_the_published_vectors_come_out(one: np.ndarray, other: np.ndarray, value: float) -> None:
    assert scoot(one, other) == pytest.approx(value, abs=1e-5)
    assert scoot(other, one) == scoot(one, other)


def test_sides_that_four_does_not_divide_are_split_by_the_floor() -> None:
    # 30 / 4 = 7.5: blocks of 7, 8, 7, 8. A change in column 7 is the second block's and must not touch the first.
    picture = A[:30, :30].copy()
    changed = picture.copy()
    changed[:7, 7] = 255 - changed[:7, 7]
    from limner.metrics.scoot import _texture

    moved = np.flatnonzero(_texture(picture) != _texture(changed)) // 2
    assert set(moved.tolist()) == {1}


def test_a_blank_sheet_is_refused() -> None:
    with pytest.raises(BadShape, match="all of tone 255"):
        scoot(A, np.full((64, 64), 255, np.uint8))


def test_a_picture_too_small_for_blocks_is_refused() -> None:
    with pytest.raises(BadShape, match="8 × 8"):
        scoot(A[:7, :7], A[:7, :7])
