"""The pen itself, on simple scenes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.lines.care import alike
from limner.lines.pen import pen


def draw(grey: NDArray[np.uint8], face_px: float = 300, **options: float) -> NDArray[np.float32]:
    settings = {"thickness": 1.0, "detail": 0.5, **options}
    return pen(np.repeat(grey[..., None], 3, axis=2), alike, face_px, **settings)


def test_a_dark_hair_becomes_one_line() -> None:
    grey = np.full((200, 300), 220, np.uint8)
    cv2.line(grey, (30, 60), (270, 140), 90, 3, cv2.LINE_AA)
    ink = draw(grey)
    count, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0.5).astype(np.uint8))
    assert count == 2
    assert stats[1, cv2.CC_STAT_WIDTH] > 220
    assert (ink[:, 150] > 0.5).sum() in range(2, 7)


def test_a_step_of_tone_is_drawn_on_its_dark_side() -> None:
    grey = np.full((200, 200), 220, np.uint8)
    grey[:, 100:] = 120
    ink = draw(grey)[50:150]
    columns = np.flatnonzero((ink > 0.5).all(axis=0))
    assert columns.size >= 1
    assert columns.min() >= 99
    assert columns.max() <= 106


def test_lines_are_drawn_in_shadow_as_in_light() -> None:
    light = np.full((200, 200), 220, np.uint8)
    cv2.line(light, (20, 100), (180, 100), 150, 3, cv2.LINE_AA)
    shadow = (light * 0.35).astype(np.uint8)
    both = [draw(g)[90:110, 40:160].sum() for g in (light, shadow)]
    assert min(both) > 0.5 * max(both) > 0


def test_grain_is_not_drawn() -> None:
    grain = np.random.default_rng(0).normal(150, 4, (300, 300)).clip(0, 255).astype(np.uint8)
    assert draw(grain).mean() < 0.002


def test_a_faded_stretch_is_drawn_along_the_flow() -> None:
    grey = np.full((200, 300), 220, np.uint8)
    cv2.line(grey, (20, 100), (280, 100), 80, 3, cv2.LINE_AA)
    grey[:, 149:151] = (grey[:, 149:151] * 0.2 + 220 * 0.8).astype(np.uint8)
    ink = draw(grey)
    assert ink[98:103, 147:153].max(axis=0).min() > 0.5


@pytest.mark.parametrize("width", [200, 900])
def test_the_edge_of_the_ink_is_crisp_at_every_size(width: int) -> None:
    grey = np.full((width // 2, width), 220, np.uint8)
    cv2.line(grey, (width // 10, width // 4), (width * 9 // 10, width // 4), 60, width // 60)
    ink = draw(grey, face_px=width * 1.5)
    profile = ink[:, width // 2]
    between = (profile > 0.05) & (profile < 0.95)
    assert profile.max() > 0.95
    assert between.sum() <= 4


def test_a_large_picture_of_a_small_face_stays_affordable() -> None:
    # The raster is bounded, however small the face.
    grey = np.full((600, 900), 200, np.uint8)
    cv2.circle(grey, (450, 300), 8, 60, 2, cv2.LINE_AA)
    ink = draw(grey, face_px=16)
    assert ink.shape == (600, 900)
    assert ink[285:316, 435:466].max() > 0.5
