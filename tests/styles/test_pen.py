"""A pen leaves black lines on white paper, where it may."""

from __future__ import annotations

import cv2
import numpy as np

from limner.styles import pen
from limner.styles.network import Guide


def drawn(side: int = 160) -> np.ndarray:
    """Return a ring and a solid disc."""
    sheet = np.full((side, side), 255, np.uint8)
    cv2.circle(sheet, (side // 2, side // 2), side // 3, 0, 2, cv2.LINE_AA)
    cv2.circle(sheet, (side // 2, side // 2), side // 12, 0, -1, cv2.LINE_AA)
    return sheet.astype(np.float32) / 255


def guide(side: int = 320, *, light: int = 250) -> Guide:
    pixels = np.full((side, side, 3), light, np.uint8)
    return Guide(pixels, np.ones((side, side), np.uint8), np.zeros((side, side), np.float32))


def test_lines_are_black_and_the_rest_is_white() -> None:
    out = pen.draw_pen(drawn(), guide(), (1200, 1200))
    assert out.shape == (1200, 1200)
    between = (out > 25) & (out < 230)
    assert (out < 25).any()
    assert between.mean() < 0.03
    assert out[600, 600] == 0, "a disc is filled"
    assert out[600, 195:205].min() < 60, "the ring is where it was"
    assert out[30, 30] == 255


def test_strokes_end_where_they_may_not_go() -> None:
    where = np.zeros((320, 320), bool)
    where[:, :160] = True
    out = pen.draw_pen(drawn(), guide(), (640, 640), where=where)
    assert (out[:, 330:] == 255).all()
    assert (out[:, :310] < 25).any()


def test_shade_is_hatched_and_a_larger_scale_hatches_wider() -> None:
    blank = np.ones((160, 160), np.float32)
    light, dark = (pen.pen_strokes(blank, guide(light=n))[0] for n in (255, 20))
    assert len(dark) > len(light)
    wide = pen.pen_strokes(blank, guide(light=20), scale=2.0)[0]
    assert len(wide) < len(dark)
