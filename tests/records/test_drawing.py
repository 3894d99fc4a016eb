"""A drawing has pixels, layers of its size, and the recipe that made it."""

from __future__ import annotations

import numpy as np
import pytest

from limner import BadShape, Drawing, Recipe


def test_layers_are_locked_and_of_the_drawings_size() -> None:
    layer = np.zeros((4, 6, 4), np.uint8)
    drawing = Drawing(np.zeros((4, 6, 3), np.uint8), "pencil", Recipe("draw"), {"hair": layer})
    layer[:] = 1
    assert drawing.size_px == (6, 4)
    assert drawing.layers["hair"].max() == 0


def test_a_layer_of_another_size_is_refused_by_name() -> None:
    with pytest.raises(BadShape, match="'hair'"):
        Drawing(
            np.zeros((4, 6, 3), np.uint8),
            "pencil",
            Recipe("draw"),
            {"hair": np.zeros((4, 5, 4), np.uint8)},
        )


def test_grey_pixels_are_refused() -> None:
    with pytest.raises(BadShape, match=r"Drawing\.pixels"):
        Drawing(np.zeros((4, 6), np.uint8), "pencil", Recipe("draw"))
