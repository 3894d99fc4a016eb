"""Drawing as the studio asks for it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.api import fakes

from limner import api
from limner.api import _studio_draw as rooms
from limner.errors import BadShape, NoFace, UnknownName


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)


def test_values_for_all_and_by_part_become_one_manner() -> None:
    manner = rooms.manner_of("hatch", 0.5, paper="#ff0000", ink="#000080", seed=3)
    assert (manner.style, manner.strength, manner.parts) == ("hatch", 0.5, {})
    assert (manner.paper, manner.ink, manner.seed) == ((255, 0, 0), (0, 0, 128), 3)
    manner = rooms.manner_of({"hair": "hatch"}, {"all": 2})
    assert (manner.style, manner.parts) == ("croquis", {"hair": ("hatch", 2.0)})
    with pytest.raises(BadShape, match="colour"):
        rooms.manner_of("hatch", 1.0, ink="blue")


def test_clean_lines_are_a_drawing_too() -> None:
    photo = fakes.picture((40, 30, 60))
    drawing = rooms.draw_as(photo, api.detect_faces(photo), rooms.manner_of("lines", 1.0))
    assert drawing.style == rooms.LINES
    assert drawing.pixels.shape == photo.pixels.shape
    assert drawing.recipe.source_type == "algorithmicMedia"


def test_nobody_can_be_drawn_in_clean_lines_only_with_all_of_the_picture() -> None:
    photo = fakes.picture()
    with pytest.raises(NoFace):
        rooms.draw_as(photo, (), rooms.manner_of("lines", 1.0))
    rooms.draw_as(photo, (), rooms.manner_of("lines", 1.0, whole_picture=True))


def test_a_part_that_is_none_is_named() -> None:
    photo = fakes.picture((40, 30, 60))
    with pytest.raises(UnknownName, match="hair"):
        rooms.draw_as(photo, api.detect_faces(photo), rooms.manner_of({"hare": "hatch"}, 1.0))


def test_a_plot_is_of_the_drawings_own_ink() -> None:
    photo = fakes.picture((40, 30, 60))
    faces = api.detect_faces(photo)
    drawing = rooms.draw_as(photo, faces, rooms.manner_of("lines", 1.0))
    plot = rooms.plot_of(drawing, photo, faces, page_mm=(100, 100), margin_mm=10)
    assert list(plot.page_mm) == [100, 100]
    xs = np.concatenate([s.points[:, 0] for s in plot.strokes])
    assert np.ptp(xs) < 3  # the stand-in draws one line from top to bottom
    assert b"<svg" in rooms.encode_drawing(drawing, "svg", photo=photo, faces=faces)
