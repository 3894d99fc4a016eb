"""Strokes as the studio asks for them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.api import fakes

from limner import api
from limner.api import _studio_sketch as rooms
from limner.errors import BadShape, OutputError, UnknownName
from limner.records import Photo, Stroke


def stroke(*points: tuple[float, float]) -> Stroke:
    return Stroke(np.array([(x, y, 1) for x, y in points], np.float32), 2.0)


def test_a_stroke_that_crosses_a_window_is_cut_at_its_border() -> None:
    x, y, side = rooms.canvas_parts()["windows"]["nose"]
    across = stroke((x - 40, y + 50), (x + side + 40, y + 50))
    outside, kept = rooms.take_part([across], [], "nose")
    assert (len(outside), kept) == (2, 2)
    assert outside[0].points[-1, 0] == pytest.approx(x, abs=2)
    inside, kept = rooms.take_part([], [across], "nose")
    assert (len(inside), kept) == (1, 0)
    assert inside[0].points[0, 0] == pytest.approx(x, abs=2)
    assert np.allclose(inside[0].points[:, 1], y + 50)


def test_the_rest_is_what_no_window_covers_and_all_is_all() -> None:
    nose, brow = stroke((260, 300), (262, 310)), stroke((20, 20), (40, 40))
    taken, kept = rooms.take_part([nose, brow], [nose, brow], "rest")
    assert kept == 1
    assert [s.points[0, 0] for s in taken] == [260, 20]
    taken, kept = rooms.take_part([nose], [brow], "all")
    assert (len(taken), kept) == (1, 0)


def test_two_parts_have_a_name_together() -> None:
    right, left = stroke((150, 220), (160, 220)), stroke((300, 220), (310, 220))
    taken, _ = rooms.take_part([], [right, left], "eyes")
    assert len(taken) == 2
    taken, _ = rooms.take_part([], [right, left], "left-eye")
    assert taken[0].points[0, 0] == 300


def test_a_dot_stays_a_dot() -> None:
    dot = stroke((20, 20))
    assert rooms.take_part([dot], [], "nose")[0] == (dot,)


def test_a_palette_is_told_in_text() -> None:
    assert rooms.palette_of({"skin": "#010203", "light": [0.5, -1]}).light == (0.5, -1)
    for wrong in ({"skin": 3}, {"skin": "x"}, {"light": [3, 0]}):
        with pytest.raises(BadShape):
            rooms.palette_of(wrong)
    with pytest.raises(UnknownName, match="lips"):
        rooms.palette_of({"lipps": "#000000"})


def test_a_picture_without_a_face_is_fitted_to_the_canvas() -> None:
    wide = Photo(np.zeros((100, 200, 3), np.uint8))
    matrix = rooms.canvas_from_photo(wide, None)
    corners = matrix @ np.array([[-0.5, 199.5], [-0.5, 99.5], [1, 1]])
    assert np.allclose(corners[0], [-0.5, 511.5])
    assert np.allclose(corners[1], [127.5, 383.5])
    assert rooms.aligned(wide, None).size_px == (512, 512)


def test_a_photograph_on_white_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)
    pixels = np.full((240, 240, 3), 250, np.uint8)
    pixels[60:180, 60:180] = fakes.PERSON
    photo = Photo(pixels)
    (face,) = api.detect_faces(photo)
    assert not rooms._on_paper(photo, face)
    pixels[62:178, 62:178] = 250
    assert rooms._on_paper(Photo(pixels), face)


def test_a_drawing_on_paper_is_traced_as_one() -> None:
    pixels = np.full((256, 256, 3), 245, np.uint8)
    pixels[40:220, 126:130] = 20
    strokes, seen_as = rooms.strokes_of(Photo(pixels), None)
    assert seen_as == "drawing"
    assert strokes


def test_shades_and_pictures_are_written() -> None:
    shade = rooms.encode_shade(np.ones((8, 8), np.float32))
    assert shade.startswith(b"\x89PNG")
    made = rooms.encode_made(np.zeros((8, 8, 3), np.uint8), "png", "turn", {"yaw_deg": 1.0})
    assert b"trainedAlgorithmicMedia" in made
    with pytest.raises(OutputError):
        rooms.encode_made(np.zeros((8, 8, 3), np.uint8), "bmp", "turn", {})
