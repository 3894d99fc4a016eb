"""The landmarks' error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.metrics import nme
from limner.metrics.nme import OUTER_EYE_CORNERS

MESH = np.random.default_rng(0).uniform(0, 500, (3, 478, 2))


def test_every_face_has_its_own_unit() -> None:
    found = np.add(MESH, [3.0, 4.0])
    unit = np.linalg.norm(MESH[:, 468] - MESH[:, 473], axis=1)
    assert nme(found, MESH) == pytest.approx(5 / unit)
    unit = np.linalg.norm(MESH[:, 33] - MESH[:, 263], axis=1)
    assert nme(found, MESH, eyes=OUTER_EYE_CORNERS) == pytest.approx(5 / unit)


@given(st.floats(0.1, 10), st.floats(-1000, 1000))
def test_size_and_place_of_the_picture_do_not_count(scale: float, shift: float) -> None:
    found = MESH + np.random.default_rng(1).normal(size=MESH.shape)
    assert nme(scale * found + shift, scale * MESH + shift) == pytest.approx(nme(found, MESH))


def test_one_face_and_a_third_coordinate_are_taken() -> None:
    deep = np.dstack([MESH, np.full((3, 478, 1), 9.0)])
    assert nme(deep[0], MESH[0]).tolist() == [0.0]


@pytest.mark.parametrize(
    ("found", "actual", "words"),
    [
        (MESH, MESH[:2], "shapes"),
        (MESH * np.nan, MESH, "finite"),
        (MESH * 0, MESH * 0, "fall together"),
        (MESH[:, :200], MESH[:, :200], "200 points"),
    ],
)
def test_points_without_a_measure_are_refused(
    found: np.ndarray, actual: np.ndarray, words: str
) -> None:
    with pytest.raises(BadShape, match=words):
        nme(found, actual)
