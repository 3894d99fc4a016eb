"""Pictures made by code, which the tests of this room share."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner.records import Plot, Recipe, Stroke

Encoder = Callable[..., bytes]


@pytest.fixture(scope="session")
def encoded() -> Encoder:
    """Return a function that saves a Pillow picture and returns the bytes."""

    def save(image: Image.Image, plugin: str, **options: object) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, plugin, **options)
        return buffer.getvalue()

    return save


@pytest.fixture(scope="session")
def patches() -> NDArray[np.uint8]:
    """Return 96 × 64 px of smooth colours without any symmetry."""
    rng = np.random.default_rng(7)
    small = Image.fromarray(rng.integers(0, 256, (4, 6, 3), dtype=np.uint8))
    return np.array(small.resize((96, 64), Image.Resampling.BICUBIC))


@pytest.fixture(scope="session")
def plot() -> Plot:
    """Return three parts on a small page: a bent line, a dot, a straight line twice."""

    def stroke(part: str, *points: tuple[float, float], width: float = 0.3) -> Stroke:
        return Stroke(np.array([[x, y, 1] for x, y in points], np.float32), width, part)

    strokes = (
        stroke("hair", (10, 10), (40, 10), (40, 30)),
        stroke("hair", (45, 35), (50, 35)),
        stroke("left-eye", (60, 50), (70, 50), width=0.5),
        stroke("nose", (80, 120)),
    )
    return Plot(strokes, (100, 150), 0.3)


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """Return a recipe whose text needs care in XML."""
    return Recipe("draw", {"note": "a < b & \"c\" 'd' é \ufffe"}, {"style": "0123"}, "1.2.3")
