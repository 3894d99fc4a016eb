"""A drawing by rule is dark where the picture is, white where it is light, and needs no network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from limner import weights
from limner.errors import ForbiddenWeights
from limner.styles import Guide, Wish, blend, find, render_guide, rule


@pytest.fixture
def clean() -> Iterator[None]:
    weights.configure(commercial_only=True)
    yield
    weights.configure()


def disc(side: int = 160) -> Guide:
    """Return a dark ball on a light wall, without a map of parts."""
    y, x = np.mgrid[:side, :side].astype(np.float32) - side / 2
    away = np.hypot(x, y)
    ball = np.where(away < side / 4, 40, 230).astype(np.uint8)
    ink = np.exp(-(((away - side / 4) / 1.5) ** 2)).astype(np.float32)
    return Guide(np.repeat(ball[..., None], 3, 2), np.full((side, side), 18, np.uint8), ink)


def test_pencil_models_the_dark_and_leaves_the_light() -> None:
    drawn = rule.draw_pencil(disc(), scale=1, seed=0)
    assert drawn.shape == (160, 160)
    assert 0 <= drawn.min() < drawn.max() <= 1
    assert drawn[70:90, 70:90].mean() < 0.6
    assert drawn[15:30, 15:30].mean() > 0.95
    # strokes, not a flat tone
    assert drawn[70:90, 70:90].std() > 0.03


def test_the_same_seed_gives_the_same_strokes() -> None:
    one, same, other = (rule.draw_pencil(disc(), scale=1, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("shape", [(16, 16), (16, 300), (64, 64)])
def test_small_long_and_flat_pictures_are_drawn(shape: tuple[int, int]) -> None:
    flat = Guide(
        np.full((*shape, 3), 128, np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    )
    assert np.isfinite(rule.draw_pencil(flat, scale=0.7, seed=0)).all()
    assert (rule.draw_lines(flat, scale=1) == 1).all()


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("style", ["pencil", "pen", "oil"])
def test_what_may_be_sold_is_drawn_without_a_network(style: str) -> None:
    assert find(style).weight == ""
    guide = disc()
    sheet = render_guide(guide, Wish(style), (160, 160), crop_px=160, people_alone=False)
    assert sheet.shape[:2] == (160, 160)
    assert sheet.min() < 128


@pytest.mark.usefixtures("clean")
def test_what_has_no_stand_in_is_refused() -> None:
    assert find("croquis").weight == "styles-draw"
    assert blend("croquis:1,hatch:1")
    with pytest.raises(ForbiddenWeights, match="commercially"):
        render_guide(disc(), Wish("croquis"), (160, 160), crop_px=160)


def test_otherwise_the_network_draws() -> None:
    assert find("pencil").weight == "styles-draw"
    assert find("pen").through == "croquis:0.5,hatch:0.5"
