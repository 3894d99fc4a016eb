"""Teachers: pinned by hash, turned the product's way round."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import CorruptWeights, MissingWeights
from limner.heads.encode import template
from limner.records import CLASSES
from limner.train.data import teachers
from limner.train.data.teachers import TEACHERS, Teachers, pose_deg

pytestmark = pytest.mark.train


def test_every_teacher_is_pinned_and_its_terms_are_said() -> None:
    for teacher in TEACHERS.values():
        assert re.fullmatch("[0-9a-f]{64}", teacher.sha256)
        assert re.fullmatch(r"[A-Za-z0-9.+-]+", teacher.license)
        assert teacher.tells


def test_a_missing_or_foreign_file_is_refused(tmp_path: Path) -> None:
    school = Teachers(tmp_path)
    with pytest.raises(MissingWeights, match=re.escape(TEACHERS["mesh"].file)):
        school.path("mesh")
    path = tmp_path / TEACHERS["mesh"].file
    path.write_bytes(b"another network")
    found = hashlib.sha256(b"another network").hexdigest()
    with pytest.raises(CorruptWeights, match=f"{found}.*{TEACHERS['mesh'].sha256}"):
        school.path("mesh")


def turned(
    yaw: float, pitch: float, roll: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the average head as a mesh in px: y down, z away; angles as `Face` counts them."""
    a, b, c = np.radians([yaw, pitch, roll])
    # x to the picture's right, y up, z to the viewer: the nose goes left, down, the head clockwise.
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), np.sin(c), 0], [-np.sin(c), np.cos(c), 0], [0, 0, 1]])
    head = template()[0].astype(np.float64) @ (about_z @ about_x @ about_y).T
    placed: NDArray[np.float64] = head * [1000, -1000, -1000] + [300, 200, 0]
    return placed


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (25, 0, 0), (-40, 0, 0), (0, 15, 0), (0, 0, 20), (0, 0, -170)]
)
def test_angles_have_the_products_signs(angles: tuple[float, float, float]) -> None:
    head = template()[0].astype(np.float64)
    found = pose_deg(turned(*angles), head)
    np.testing.assert_allclose(found, angles, atol=1e-4)


def test_a_nose_to_the_pictures_left_is_positive_yaw() -> None:
    mesh = turned(30, 0, 0)
    assert mesh[1, 0] < mesh[[33, 263], 0].mean()  # the tip of the nose, the eyes
    assert pose_deg(mesh, template()[0].astype(np.float64))[0] > 0


def test_sides_follow_the_mesh_and_not_the_teacher() -> None:
    labels = np.zeros((100, 100), np.uint8)
    left, right = CLASSES.index("l_eye"), CLASSES.index("r_eye")
    labels[40:44, 20:30] = left  # the picture's left is the sitter's right
    labels[40:44, 70:80] = left
    points = np.zeros((478, 2))
    points[10], points[152] = (50, 5), (50, 95)
    mended = teachers._sided(labels, points)
    assert set(np.unique(mended[:, :50])) == {0, right}
    assert set(np.unique(mended[:, 50:])) == {0, left}
    points[10], points[152] = (50, 95), (50, 5)  # upside down
    assert set(np.unique(teachers._sided(labels, points)[:, :50])) == {0, left}


def test_the_teachers_classes_are_all_of_ours() -> None:
    assert sorted(teachers._OURS.tolist()) == list(range(len(CLASSES)))
