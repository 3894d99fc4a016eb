"""Stage II without packs: an untaught field for trying, a missing one said, a loss that forgives a pixel."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from limner.errors import RecipeError
from limner.train.loops.view_draw import Settings, _apart, _field, _with


def test_without_a_field_an_untaught_one_is_tried() -> None:
    assert _field(Settings(size_px=64)).size_px == 64


def test_a_missing_field_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no trained field"):
        _field(Settings(field=str(tmp_path)))


def test_a_stroke_a_pixel_off_costs_less_than_one_that_is_missing() -> None:
    drawing = torch.ones(1, 1, 32, 32)
    drawing[..., 13:15] = 0
    shifted, blank = drawing.roll(1, -1), torch.ones_like(drawing)
    assert _apart(drawing, drawing) == 0
    assert _apart(shifted, drawing) < 0.6 * _apart(blank, drawing)


def test_critics_are_told_the_style() -> None:
    both = _with(torch.zeros(2, 1, 8, 8), torch.eye(2))
    assert both.shape == (2, 3, 8, 8)
    assert both[1, 2].min() == 1
