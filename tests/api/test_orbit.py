"""Orbits through the front door: held ink, parts in their own style, lines that can be plotted."""

from __future__ import annotations

import numpy as np
import pytest
from tests.api import fakes
from tests.heads.conftest import graphs, source  # noqa: F401

import limner
from limner import api
from limner.errors import UnknownName
from limner.heads import encode
from limner.records import Head

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)


@pytest.fixture
def person() -> Head:
    return encode.from_source(source())


def test_the_same_angle_has_the_same_drawing_in_every_orbit(person: Head) -> None:
    wide = list(limner.orbit(person, angles_deg=[(-20, 0), (10, 0)], styles=["croquis"]))
    narrow = list(limner.orbit(person, angles_deg=[(10, 0)], styles=["croquis"]))
    assert (wide[1].drawings["croquis"].pixels == narrow[0].drawings["croquis"].pixels).all()


def test_views_can_be_drawn_each_by_itself(person: Head) -> None:
    (stop,) = limner.orbit(person, angles_deg=[(10, 0)], styles=["hatch"], hold=False)
    assert stop.drawings["hatch"].pixels.shape == (256, 256, 3)
    assert stop.lines is None


def test_parts_and_styles_are_checked_before_anything_is_drawn(person: Head) -> None:
    with pytest.raises(UnknownName, match="tail"):
        next(limner.orbit(person, styles=["croquis"], parts={"tail": "hatch"}))
    with pytest.raises(UnknownName, match="croqui"):
        next(limner.orbit(person, styles=["croqui"]))


def test_a_parts_own_style_is_in_the_recipe(person: Head) -> None:
    (stop,) = limner.orbit(
        person, angles_deg=[(10, 0)], styles=["croquis"], parts={"hair": "hatch:1.2"}
    )
    assert stop.drawings["croquis"].recipe.settings["parts"] == {"hair": "hatch:1.2"}


def test_lines_of_a_view_can_be_plotted(person: Head) -> None:
    (stop,) = limner.orbit(person, angles_deg=[(10, 0)], lines=True)
    assert stop.lines is not None
    assert stop.lines.ink.dtype == np.float32
    assert stop.lines.ink[stop.view.semantic.labels == 0].mean() < 0.05
    assert api.trace_lines(stop.lines).page_mm == (210, 297)
