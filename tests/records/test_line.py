"""Ink runs from 0, paper, to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.records.arrays import not_numbers, wrong_dims

from limner import BadShape, LineDrawing, SemanticMap


@given(wrong_dims(2, np.float32))
def test_ink_of_another_shape_is_refused(ink: NDArray[Any]) -> None:
    with pytest.raises(BadShape, match=r"LineDrawing\.ink"):
        LineDrawing(ink)


@given(st.one_of(not_numbers(), st.floats(1.001, 1e6), st.floats(-1e6, -0.001)))
def test_ink_beyond_paper_and_black_is_refused(value: float) -> None:
    with pytest.raises(BadShape):
        LineDrawing(np.full((2, 2), value, np.float32))


def test_a_map_of_another_size_is_refused() -> None:
    with pytest.raises(BadShape, match=r"LineDrawing\.semantic"):
        LineDrawing(np.zeros((2, 2), np.float32), SemanticMap(np.zeros((3, 2), np.uint8)))


def test_size_is_width_then_height() -> None:
    assert LineDrawing(np.zeros((2, 5), np.float32)).size_px == (5, 2)


def test_ink_is_copied_from_its_owner_and_locked() -> None:
    mine = np.zeros((2, 2), np.float32)
    drawing = LineDrawing(mine)
    mine[:] = 1
    assert not drawing.ink.any()
    with pytest.raises(ValueError, match="read-only"):
        drawing.ink[0, 0] = 1


@pytest.mark.parametrize("dtype", [bool, complex, object])
def test_ink_that_is_no_number_is_refused(dtype: type) -> None:
    with pytest.raises(BadShape, match="dtype"):
        LineDrawing(np.zeros((2, 2), dtype))
