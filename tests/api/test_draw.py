"""Everybody is drawn where he stands, on white paper, at the picture's own size."""

from __future__ import annotations

import numpy as np
import pytest
from tests.api import fakes

import limner
from limner import api
from limner.errors import NoFace, UnknownName


@pytest.fixture(autouse=True)
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)


TWO = fakes.picture((10, 10, 40), (90, 20, 60))


def grey(drawing: limner.Drawing, x: int, y: int) -> int:
    red, green, blue = drawing.pixels[y, x].tolist()
    assert red == green == blue
    return int(red)


def test_every_face_is_drawn_and_the_rest_stays_paper() -> None:
    drawing = api.draw(TWO)
    assert drawing.size_px == TWO.size_px
    assert drawing.style == "croquis"
    assert grey(drawing, 30, 30) == grey(drawing, 120, 50) == 60
    assert grey(drawing, 70, 30) == grey(drawing, 2, 2) == 255


def test_the_largest_or_a_chosen_face_is_drawn_alone() -> None:
    largest = api.draw(TWO, faces="largest")
    assert (grey(largest, 30, 30), grey(largest, 120, 50)) == (255, 60)
    chosen = api.draw(TWO, faces=api.detect_faces(TWO)[:1])
    assert (grey(chosen, 30, 30), grey(chosen, 120, 50)) == (60, 255)
    assert np.array_equal(api.draw(TWO, faces=None).pixels, api.draw(TWO, faces="all").pixels)


def test_the_edge_of_a_portrait_is_soft() -> None:
    drawing = api.draw(TWO)
    across = [grey(drawing, x, 50) for x in range(90, 120)]
    assert across == sorted(across, reverse=True)
    assert len(set(across)) > 3


def test_who_stands_in_front_covers_who_stands_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = fakes.face_at(50, 20, 80), fakes.face_at(20, 30, 40)
    shades = {80: 200, 40: 20}

    def render(guide: object, wish: object, size_wh: tuple[int, int], **_: object) -> object:
        return np.full(size_wh[::-1], shades[sides.pop(0)], np.uint8)

    sides = [40, 80]
    monkeypatch.setattr("limner.styles.render_guide", render)
    drawing = api.draw(TWO, faces=(near, far))
    assert sides == []
    assert grey(drawing, 40, 50) == 20, "the far one is there"
    assert grey(drawing, 58, 50) > 150, "and is hidden where the near one begins"
    assert grey(drawing, 90, 60) == 200


def test_strength_seed_and_style_reach_the_style() -> None:
    assert grey(api.draw(TWO, style="hatch"), 120, 50) == 100
    assert grey(api.draw(TWO, strength=0.5), 120, 50) == 50
    assert grey(api.draw(TWO, seed=3), 120, 50) == 63


def test_the_recipe_says_how_to_draw_it_again() -> None:
    recipe = api.draw(TWO, style="hatch", strength=0.5, seed=7).recipe
    assert recipe.verb == "draw"
    assert recipe.settings == {
        "style": "hatch",
        "strength": 0.5,
        "seed": 7,
        "whole_picture": False,
    }
    assert recipe.version == limner.__version__
    assert recipe.source_type == "compositeWithTrainedAlgorithmicMedia"


def test_nobody_is_a_sentence_that_names_the_way_out() -> None:
    with pytest.raises(NoFace, match="--whole-picture"):
        api.draw(fakes.picture())
    with pytest.raises(NoFace, match="whole_picture=True"):
        api.draw(TWO, faces=())


def test_the_whole_picture_needs_nobody() -> None:
    drawing = api.draw(fakes.picture(), whole_picture=True)
    assert grey(drawing, 2, 2) == 60
    assert grey(api.draw(TWO, whole_picture=True), 2, 2) == 60


def test_wrong_names_are_told_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.faces.find_faces", lambda photo: pytest.fail(f"worked on {photo}"))
    with pytest.raises(UnknownName, match="croquis"):
        api.draw(TWO, style="croqius")
    with pytest.raises(UnknownName, match="largest"):
        api.draw(TWO, faces="biggest")  # type: ignore[arg-type]
