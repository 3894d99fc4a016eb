"""A mesh of an egg is an egg: its points lie on it, look outwards, wear its colours and carry its parts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import AXES, paint

from limner.heads import HeadRenderer
from limner.heads.mesh import Mesh, from_capsule, to_capsule, to_mesh
from limner.records import Head


@pytest.fixture
def mesh(egg_head: Head) -> Mesh:
    return to_mesh(HeadRenderer(egg_head))


def test_the_capsule_and_back_is_where_one_began() -> None:
    points = np.random.default_rng(0).uniform(-0.12, 0.12, (500, 3))
    points = points[np.hypot(points[:, 0], points[:, 2] + 0.01) > 0.01]
    assert np.allclose(from_capsule(to_capsule(points)), points, atol=1e-9)


def test_points_lie_on_the_surface_and_look_outwards(mesh: Mesh) -> None:
    off = np.abs(np.linalg.norm(mesh.points_m / AXES, axis=1) - 1) * AXES.min()
    assert np.quantile(off, 0.95) < 0.004
    outwards = mesh.points_m / AXES**2
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
    assert np.quantile((mesh.normals * outwards).sum(1), 0.05) > 0.9


def test_triangles_are_counter_clockwise_from_outside(mesh: Mesh) -> None:
    triangles = np.concatenate(list(mesh.parts.values()))
    a, b, c = (mesh.points_m[triangles[:, k]] for k in range(3))
    facing = (np.cross(b - a, c - a) * (a + b + c)).sum(1)
    assert (facing > 0).mean() > 0.99


def test_front_and_sides_are_covered(mesh: Mesh) -> None:
    azimuth = np.degrees(np.arctan2(mesh.points_m[:, 0], mesh.points_m[:, 2]))
    assert azimuth.min() < -75
    assert azimuth.max() > 75


def test_the_texture_shows_what_the_photograph_showed(mesh: Mesh) -> None:
    height, width = mesh.texture.shape[:2]
    x = (mesh.places[:, 0] * width).astype(int).clip(0, width - 1)
    y = (mesh.places[:, 1] * height).astype(int).clip(0, height - 1)
    ahead = mesh.points_m[:, 2] > 0.06
    truth = (paint(mesh.points_m.astype(float)) + 1) * 127.5
    off = np.abs(mesh.texture[y, x].astype(float) - truth)[ahead]
    assert np.median(off) < 12


def test_parts_are_where_they_belong(mesh: Mesh) -> None:
    assert {k for k, t in mesh.parts.items() if len(t)} == {"skin", "nose", "hair"}
    hair = mesh.points_m[np.unique(mesh.parts["hair"])]
    skin = mesh.points_m[np.unique(mesh.parts["skin"])]
    assert hair[:, 1].min() > 0.03
    assert skin[:, 1].max() < 0.05
