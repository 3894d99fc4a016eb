"""Layers hold each part's ink, and all together give the drawing back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limner.records import CLASSES, SemanticMap
from limner.styles import layers


def over(below: NDArray[np.float64], layer: NDArray[np.uint8]) -> NDArray[np.float64]:
    alpha = layer[..., 3:].astype(np.float64) / 255
    return np.asarray(below * (1 - alpha) + layer[..., :3] * alpha)


def picture() -> tuple[NDArray[np.uint8], SemanticMap]:
    labels = np.zeros((120, 120), np.uint8)
    labels[10:110, 10:110] = CLASSES.index("skin")
    labels[10:50, 10:110] = CLASSES.index("hair")
    drawing = np.full((120, 120, 3), 255, np.uint8)
    drawing[20:40, 30:90] = (40, 20, 10)
    drawing[70:90, 30:90] = 120
    return drawing, SemanticMap(labels)


def test_each_part_has_its_own_ink_and_all_give_the_drawing() -> None:
    drawing, semantic = picture()
    found = layers.split(drawing, semantic)
    assert list(found) == ["hair", "skin"]
    assert found["hair"][30, 60, 3] > 200
    assert found["hair"][80, 60, 3] == 0
    page = np.full((120, 120, 3), 255.0)
    for layer in found.values():
        page = over(page, layer)
    assert np.abs(page - drawing).max() <= 1


def test_paper_lies_lowest() -> None:
    drawing, semantic = picture()
    paper = np.full((120, 120, 3), (240, 230, 210), np.uint8)
    found = layers.split(drawing, semantic, paper)
    assert next(iter(found)) == "paper"
    assert found["paper"][0, 0].tolist() == [240, 230, 210, 255]


def test_without_a_map_there_is_one_layer() -> None:
    drawing, _ = picture()
    assert list(layers.split(drawing, None)) == ["drawing"]
