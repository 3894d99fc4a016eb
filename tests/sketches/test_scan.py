"""Drawings from paper: any polarity, tint, light and size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from limner.errors import BadShape, EmptySketch
from limner.sketches.scan import fit_frame, has_grain, ink_of, looks_drawn, place


def _sheet(size: int = 400, paper: int = 235, pen: int = 50) -> np.ndarray:
    sheet = np.full((size, size), paper, np.uint8)
    cv2.circle(sheet, (size // 2, size // 2), size // 3, pen, max(1, size // 130), cv2.LINE_AA)
    cv2.line(sheet, (size // 2, size // 3), (size // 2, size // 2), pen, max(1, size // 130))
    return sheet


def test_white_on_black_gives_the_same_ink() -> None:
    sheet = _sheet()
    a, b = ink_of(sheet), ink_of(255 - sheet)
    assert ((a > 0.5) == (b > 0.5)).mean() > 0.995


def test_shadow_and_tint_of_the_paper_vanish() -> None:
    sheet = _sheet().astype(np.float32)
    ramp = np.linspace(1.0, 0.55, 400, dtype=np.float32)[None]
    yellow = np.stack([sheet, 0.95 * sheet, 0.75 * sheet], 2) * ramp[..., None]
    ink, clean = ink_of(yellow.astype(np.uint8)), ink_of(_sheet())
    assert ((ink > 0.5) == (clean > 0.5)).mean() > 0.99
    assert ink[:60, :60].max() < 0.1


def test_faint_pencil_becomes_full_ink() -> None:
    ink = ink_of(_sheet(paper=240, pen=190))
    assert ink.max() == 1
    assert (ink > 0.5).mean() > 0.01


def test_a_blank_sheet_is_a_sentence() -> None:
    with pytest.raises(EmptySketch, match="blank"):
        ink_of(np.full((100, 100, 3), 250, np.uint8))
    with pytest.raises(BadShape, match="uint8"):
        ink_of(np.zeros((100, 100), np.float32))
    with pytest.raises(BadShape, match="16 x 16"):
        ink_of(np.zeros((4, 100), np.uint8))


def test_a_drawing_without_a_face_fills_the_frame() -> None:
    ink = ink_of(_sheet(900))
    placed = place(ink)
    ys, xs = np.nonzero(placed > 0.3)
    assert placed.shape == (512, 512)
    assert 400 < ys.max() - ys.min() < 500
    assert abs((xs.min() + xs.max()) / 2 - 256) < 6


def test_a_given_frame_is_obeyed() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[40:60, 40:60] = 1
    placed = place(ink, np.array([[2.0, 0, 10], [0, 2.0, 20]]))
    ys, xs = np.nonzero(placed > 0.5)
    assert abs(xs.mean() - (2 * 49.5 + 10)) < 1
    assert abs(ys.mean() - (2 * 49.5 + 20)) < 1


def test_thin_lines_of_a_huge_sheet_survive() -> None:
    sheet = np.full((3000, 3000), 240, np.uint8)
    cv2.circle(sheet, (1500, 1500), 1000, 60, 3, cv2.LINE_AA)
    placed = place(ink_of(sheet))
    assert (placed > 0.35).sum() > 1000


def test_no_ink_has_no_frame() -> None:
    with pytest.raises(EmptySketch, match="draw something"):
        fit_frame(np.zeros((50, 50), np.float32))


def test_a_drawing_is_told_from_a_photograph() -> None:
    assert looks_drawn(np.repeat(_sheet()[..., None], 3, 2))
    assert looks_drawn(_sheet(paper=200))
    rng = np.random.default_rng(0)
    tones = cv2.resize(rng.integers(0, 255, (6, 6, 3)).astype(np.uint8), (300, 300))
    assert not looks_drawn(np.asarray(tones, np.uint8))


def test_tones_of_strokes_are_told_from_skin() -> None:
    light = np.linspace(90, 190, 240)[:, None].repeat(192, 1)
    skin = np.repeat(light[..., None], 3, 2).astype(np.uint8)
    assert not has_grain(skin)
    # charcoal: the same tones, made of dark strokes on paper
    rng = np.random.default_rng(0)
    strokes = np.where(rng.random((120, 96)) < light[::2, ::2] / 255, 235, 70).astype(np.uint8)
    large = cv2.resize(strokes, (192, 240), interpolation=cv2.INTER_LINEAR)
    assert has_grain(np.asarray(large, np.uint8))
