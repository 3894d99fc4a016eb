"""Whose line it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from limner.lines.belong import Belonging
from limner.records import PARTS, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]
NAMES = tuple(PARTS)


@pytest.mark.parametrize("side", [256, 1024])
def test_lids_brows_and_lips_have_their_lines(sitter: Sitter, side: int) -> None:
    raster = Belonging(sitter(side)[1]).raster((side, side))
    places = {
        (0.61, 0.455): "left-eye",
        (0.61, 0.43): "left-eye",  # the lid, a little above the label
        (0.39, 0.48): "right-eye",
        (0.39, 0.4): "right-brow",
        (0.5, 0.72): "mouth",
        (0.5, 0.3): "skin",
        (0.5, 0.1): "hair",
        (0.5, 0.06): "hair",  # the outline of the hair, on the wall
        (0.5, 0.845): "skin",  # the shadow under the chin
        (0.5, 0.93): "neck",
        (0.02, 0.02): "background",
    }
    for (x, y), part in places.items():
        assert NAMES[raster[round(y * side), round(x * side)]] == part, (x, y)


def test_a_line_is_cut_where_the_part_changes(sitter: Sitter) -> None:
    belonging = Belonging(sitter(512)[1])
    # Straight down the middle: from the hair over the face to the neck.
    line = np.column_stack([np.full(440, 100.0), np.arange(60.0, 500)])
    line[:, 0] = 215
    pieces = belonging.split(line, 1.0)
    names = [name for name, _ in pieces]
    assert names[0] == "hair"
    assert "skin" in names
    assert names[-1] in ("neck", "clothes")
    assert pieces[0][1][0] == 0
    assert pieces[-1][1][-1] == 439
    for (_, one), (_, following) in itertools.pairwise(pieces):
        assert one[-1] == following[0]


def test_a_short_visit_does_not_cut_a_line(sitter: Sitter) -> None:
    belonging = Belonging(sitter(512)[1])
    # Along the forehead, touching the top of a brow for a few pixels.
    line = np.column_stack([np.arange(185.0, 295), np.full(110, 170.0)])
    line[10:16, 1] = 205
    ((name, index),) = belonging.split(line, 1.0)
    assert name == "skin"
    assert index.tolist() == list(range(110))


def test_a_map_of_one_class_gives_one_part() -> None:
    belonging = Belonging(SemanticMap(np.full((50, 50), 13, np.uint8)))
    ((name, _),) = belonging.split(np.array([[1.0, 1], [40, 40]]), 30.0)
    assert name == "hair"


def test_points_outside_the_picture_belong_to_its_rim() -> None:
    belonging = Belonging(SemanticMap(np.zeros((50, 50), np.uint8)))
    ((name, _),) = belonging.split(np.array([[-9.0, -9], [90, 90]]), 30.0)
    assert name == "background"
