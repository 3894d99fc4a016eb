"""Pencil by colour dodge."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from limner.lines.dodge import dodge


def test_flat_tones_stay_paper_and_dark_marks_become_ink() -> None:
    pixels = np.full((200, 200, 3), 180, np.uint8)
    pixels[:, 100:] = 60
    cv2.circle(pixels, (50, 100), 5, (20, 20, 20), -1)
    ink = dodge(pixels, 300, 1.0, 0.5)
    assert ink[100, 50] > 0.9
    assert ink[:, 150:].max() == 0
    assert ink[:, 88:].max() > 0.5  # the dark side of the step
    assert ink[:, 70:99].max() == 0  # its light side


def test_the_pencil_does_not_depend_on_the_picture_size() -> None:
    pixels = np.full((400, 400, 3), 200, np.uint8)
    cv2.circle(pixels, (200, 200), 120, (90, 90, 90), 12, cv2.LINE_AA)
    small = cv2.resize(pixels, (200, 200), interpolation=cv2.INTER_AREA).astype(np.uint8)
    large, little = dodge(pixels, 400, 1.0, 0.5), dodge(small, 200, 1.0, 0.5)
    again = cv2.resize(large, (200, 200), interpolation=cv2.INTER_AREA)
    assert np.abs(again - little).mean() < 0.02


@pytest.mark.parametrize("value", [0, 255])
def test_black_and_white_pictures_stay_paper(value: int) -> None:
    assert dodge(np.full((60, 80, 3), value, np.uint8), 60, 1.0, 1.0).max() == 0


def test_detail_lets_fainter_edges_in() -> None:
    pixels = np.full((200, 200, 3), 180, np.uint8)
    cv2.line(pixels, (20, 100), (180, 100), (168, 168, 168), 3)
    assert dodge(pixels, 300, 1.0, 0.0).max() == 0
    assert dodge(pixels, 300, 1.0, 1.0).max() > 0
