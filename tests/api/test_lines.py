"""Lines know the faces of a picture; a plot knows its page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.api import fakes

import limner
from limner import api, lines
from limner.errors import BadShape

ONE = fakes.picture((30, 20, 60))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Install the stand-ins and write down what the room of lines is asked."""
    told: dict[str, Any] = {}
    fakes.install(monkeypatch)
    inner = lines.extract

    def extract(photo: limner.Photo, semantic: Any = None, **settings: Any) -> limner.LineDrawing:
        told.update(settings, semantic=semantic)
        return inner(photo, semantic, **settings)

    monkeypatch.setattr("limner.lines.extract", extract)
    return told


def test_the_parts_of_a_face_are_looked_for(asked: dict[str, Any]) -> None:
    drawing = api.extract_lines(ONE, thickness=2.0, detail=0.1, parts={"hair": 0.5})
    assert drawing.size_px == ONE.size_px
    assert asked["semantic"].labels[50, 60] > 0
    assert asked["semantic"].labels[5, 5] == 0
    assert (asked["thickness"], asked["detail"], asked["parts"]) == (2.0, 0.1, {"hair": 0.5})


def test_a_map_that_is_given_is_taken(asked: dict[str, Any]) -> None:
    own = limner.SemanticMap(np.zeros((120, 160), np.uint8))
    api.extract_lines(ONE, semantic=own)
    assert asked["semantic"] is own


def test_where_nobody_is_there_are_lines_all_the_same(asked: dict[str, Any]) -> None:
    api.extract_lines(fakes.picture(), engine="dodge")
    assert asked["semantic"] is None
    assert asked["engine"] == "dodge"


def bars() -> limner.LineDrawing:
    ink = np.zeros((120, 160), np.float32)
    ink[40:44, 20:140] = ink[80:84, 20:140] = 1
    return limner.LineDrawing(ink, limner.SemanticMap(np.ones((120, 160), np.uint8)))


def test_lines_become_strokes_between_the_margins() -> None:
    plot = api.trace_lines(bars(), page_mm=(100, 80), margin_mm=10, pen_mm=0.5)
    assert (*plot.page_mm, plot.pen_mm) == (100, 80, 0.5)
    points = np.concatenate([stroke.points[:, :2] for stroke in plot.strokes])
    # A bar wider than the pen takes it more than once.
    assert len({round(float(stroke.points[:, 1].mean()) / 20) for stroke in plot.strokes}) == 2
    assert (points >= 10 - 1e-6).all()
    assert (points <= np.array([90, 70]) + 1e-6).all()


def test_a_photo_is_drawn_before_it_is_traced(asked: dict[str, Any]) -> None:
    plot = api.trace_lines(ONE)
    assert "semantic" in asked
    assert plot.page_mm == (210, 297)


def test_tone_adds_hatching() -> None:
    dark = np.full((120, 160, 3), 250, np.uint8)
    dark[30:100, 30:130] = 20
    bare, toned = api.trace_lines(bars()), api.trace_lines(bars(), tone=dark)
    assert len(toned.strokes) > len(bare.strokes)


def test_margins_that_leave_nothing_are_refused() -> None:
    with pytest.raises(BadShape):
        api.trace_lines(bars(), page_mm=(40, 40), margin_mm=20)
