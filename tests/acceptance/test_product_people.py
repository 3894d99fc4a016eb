"""Everybody in a picture is found and drawn (test 17)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.acceptance.program import needs_networks, small

from limner import api


def group(samples: Path, people: int) -> NDArray[np.uint8]:
    """Return a group photograph of `people`, in rows of five."""
    sitters = sorted(samples.glob("*.jpg"))
    side = 640 if people == 2 else 320
    tiles = [small(sitters[i % len(sitters)], side) for i in range(people)]
    height, width = (min(tile.shape[axis] for tile in tiles) for axis in (0, 1))
    tiles = [tile[:height, :width] for tile in tiles]
    rows = [np.concatenate(tiles[i : i + 5], axis=1) for i in range(0, people, 5)]
    return np.concatenate(rows, axis=0)


@needs_networks
@pytest.mark.parametrize("people", [2, 5, pytest.param(20, marks=pytest.mark.slow)])
def test_17_a_group_gives_one_entry_each_and_all_are_drawn(people: int, samples: Path) -> None:
    photo = api.read_photo(group(samples, people))
    faces = api.detect_faces(photo)
    assert len(faces) == people
    columns = min(people, 5)
    width, height = photo.size_px[0] / columns, photo.size_px[1] / (people / columns)
    drawing = api.draw(photo, faces=faces)
    whole = api.parse_face(photo, faces=faces)
    for i, face in enumerate(faces):
        x0, y0, x1, y1 = face.box
        assert (int((x0 + x1) / 2 // width), int((y0 + y1) / 2 // height)) == (i % 5, i // 5)
        assert face.score > 0.5
        inside = (face.landmarks >= [x0 - 1, y0 - 1]) & (face.landmarks <= [x1 + 1, y1 + 1])
        assert inside[:468].mean() > 0.95
        box = slice(max(int(y0), 0), int(y1)), slice(max(int(x0), 0), int(x1))
        assert (whole.labels[box] > 0).mean() > 0.8
        assert (drawing.pixels[box] < 128).mean() > 0.005, "somebody was left out"
    assert (drawing.pixels > 250).mean() > 0.3, "the paper is gone"
