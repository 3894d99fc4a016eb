"""A made-up sitter: shapes and noise in → a photo and its semantic map, at any size."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.records import CLASSES, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]

#: Class, grey tone, middle and half axes of an ellipse; lengths as parts of the picture's side.
SHAPES = (
    ("cloth", 120, (0.5, 1.05), (0.42, 0.2)),
    ("neck", 165, (0.5, 0.85), (0.13, 0.14)),
    ("hair", 60, (0.5, 0.45), (0.32, 0.38)),
    ("r_ear", 170, (0.25, 0.53), (0.03, 0.06)),
    ("l_ear", 170, (0.75, 0.53), (0.03, 0.06)),
    ("skin", 190, (0.5, 0.52), (0.24, 0.32)),
    ("nose", 182, (0.5, 0.56), (0.045, 0.08)),
    ("r_brow", 80, (0.39, 0.4), (0.065, 0.011)),
    ("l_brow", 80, (0.61, 0.4), (0.065, 0.011)),
    ("r_eye", 230, (0.39, 0.455), (0.05, 0.02)),
    ("l_eye", 230, (0.61, 0.455), (0.05, 0.02)),
    ("u_lip", 140, (0.5, 0.705), (0.08, 0.018)),
    ("l_lip", 150, (0.5, 0.73), (0.07, 0.02)),
)


def draw_sitter(side: int) -> tuple[Photo, SemanticMap]:
    """Return a portrait `side` px wide and high, with pores, strands, pupils and a patterned wall."""
    fine = 2400
    grey = np.full((fine, fine), 215, np.uint8)
    labels = np.zeros((fine, fine), np.uint8)
    # A chequered wall: without a map it gives lines, with one it must not.
    yy, xx = np.mgrid[:fine, :fine]
    grey[((xx // 150 + yy // 150) % 2) == 0] = 170
    for name, tone, middle, axes in SHAPES:
        center = (round(middle[0] * fine), round(middle[1] * fine))
        size = (round(axes[0] * fine), round(axes[1] * fine))
        cv2.ellipse(grey, center, size, 0, 0, 360, tone, -1)
        cv2.ellipse(labels, center, size, 0, 0, 360, CLASSES.index(name), -1)
    for x in (0.39, 0.61):
        cv2.circle(grey, (round(x * fine), round(0.455 * fine)), 40, 30, -1)
    for x in (0.48, 0.52):
        cv2.circle(grey, (round(x * fine), round(0.625 * fine)), 16, 50, -1)
    cv2.line(grey, (1010, 1722), (1390, 1722), 50, 14)
    hair = labels == CLASSES.index("hair")
    grey[hair & (((xx + yy // 4) // 30) % 2 == 0)] = 100
    rng = np.random.default_rng(3)
    pores = cv2.GaussianBlur(rng.normal(0, 1, (fine, fine)).astype(np.float32), (0, 0), 6)
    grey = np.clip(grey + pores * (5 / pores.std()), 0, 255).astype(np.uint8)
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA)
    map_ = cv2.resize(labels, (side, side), interpolation=cv2.INTER_NEAREST_EXACT)
    return Photo(np.repeat(np.asarray(small)[..., None], 3, axis=2)), SemanticMap(np.asarray(map_))


@pytest.fixture(scope="session")
def sitter() -> Sitter:
    """Return a function of the side in px; the same side gives the same records."""
    known: dict[int, tuple[Photo, SemanticMap]] = {}

    def at(side: int) -> tuple[Photo, SemanticMap]:
        if side not in known:
            known[side] = draw_sitter(side)
        return known[side]

    return at


@pytest.fixture(scope="session")
def comb() -> NDArray[np.float32]:
    """Return ink of 12 upright teeth, 3 px wide and 120 px long, 15 px apart."""
    ink = np.zeros((160, 200), np.float32)
    for n in range(12):
        ink[20:140, 10 + 15 * n : 13 + 15 * n] = 1
    return ink
