"""Tone follows the sitter's light, and stays on the sitter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.styles import tone
from limner.styles.network import Guide

Lay = Callable[..., NDArray[np.float32]]
BOTH = pytest.mark.parametrize("lay", [tone.lay_graphite, tone.lay_charcoal])


def sitter(light: int, *, side: int = 256) -> Guide:
    """Return a disc of skin, lit from the left, on a white wall."""
    y, x = np.mgrid[:side, :side]
    inside = (x - side / 2) ** 2 + (y - side / 2) ** 2 < (side / 3) ** 2
    grey = np.clip(light * (1.3 - x / side), 0, 255)
    pixels = np.where(inside, grey, 255).astype(np.uint8)
    labels = inside.astype(np.uint8)
    return Guide(np.repeat(pixels[..., None], 3, 2), labels, np.zeros((side, side), np.float32))


@BOTH
def test_shadow_is_darker_than_light_and_the_wall_is_paper(lay: Lay) -> None:
    out = lay(np.ones((128, 128), np.float32), sitter(170), seed=0)
    assert out.shape == (128, 128)
    assert 0 <= out.min() <= out.max() <= 1
    assert out[50:78, 90:100].mean() < out[50:78, 28:38].mean() - 0.05
    assert out[:10].min() > 0.98


@BOTH
def test_dark_skin_is_darker_but_not_black(lay: Lay) -> None:
    blank = np.ones((128, 128), np.float32)
    dark, light = (lay(blank, sitter(n), seed=0)[50:78, 50:78].mean() for n in (60, 200))
    assert 0.2 < dark < light - 0.05


@BOTH
def test_the_networks_lines_stay(lay: Lay) -> None:
    drawn = np.ones((128, 128), np.float32)
    drawn[62:66, 30:98] = 0
    out = lay(drawn, sitter(200), seed=0)
    assert out[63, 40:90].mean() < out[80, 40:90].mean() - 0.25
