"""A painting has the picture's colours, a brush's marks and an edge."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from limner.styles import oil
from limner.styles.network import Guide


def guide(side: int = 96) -> Guide:
    """Return a reddish disc of skin on a blue wall."""
    y, x = np.mgrid[:side, :side]
    inside = (x - side / 2) ** 2 + (y - side / 2) ** 2 < (side / 5) ** 2
    pixels = np.where(inside[..., None], (205, 150, 120), (60, 80, 160)).astype(np.uint8)
    return Guide(pixels, inside.astype(np.uint8), np.zeros((side, side), np.float32))


def painted(seed: int = 0, *, ground: bool = True) -> tuple[np.ndarray, np.ndarray]:
    return oil.paint(guide(), (192, 192), crop_px=96, seed=seed, ground=ground)


def test_people_stand_before_a_dark_ground_with_bare_canvas_around() -> None:
    colors, cover = painted()
    assert colors.shape == (192, 192, 3)
    assert cover.shape == (192, 192)
    face = colors[80:112, 80:112].reshape(-1, 3).mean(0)
    assert np.abs(face - (205, 150, 120)).max() < 35
    assert cover[96, 96] > 0.8
    assert cover[:6, :6].max() < 0.05
    wall = colors[96, 140].astype(int)
    assert wall[2] < 120, "the wall's blue is toned towards a ground"


def test_a_whole_picture_is_covered_and_keeps_its_wall() -> None:
    colors, cover = painted(ground=False)
    assert cover.mean() > 0.97
    wall = colors[10:40, 10:40].reshape(-1, 3).mean(0)
    assert np.abs(wall - (60, 80, 160)).max() < 40


def test_strokes_show_where_the_picture_is_flat() -> None:
    colors, _ = painted(ground=False)
    grey = cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)[10:50, 10:50].astype(float)
    assert grey.std() > 2


def test_the_seed_decides_the_hand() -> None:
    one, same, other = (painted(s)[0] for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_large_canvas_is_enlarged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oil, "_MOST_PX", 10_000)
    colors, cover = painted()
    assert colors.shape == (192, 192, 3)
    assert 0 <= cover.min() <= cover.max() <= 1
