"""A mesh of an egg is an egg: its points lie on it, look outwards, wear its colours and carry its parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heads.conftest import AXES, paint, source

from limner.heads import HeadRenderer, from_source, mix, paint_map
from limner.heads.mesh import Mesh, from_capsule, to_capsule, to_mesh
from limner.records import CLASSES, Head, Photo, SemanticMap


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


def _painted(head: Head, rows: slice, columns: slice, name: str) -> Head:
    turn = HeadRenderer(head)
    labels = np.array(turn.view().semantic.labels)
    labels[rows, columns] = CLASSES.index(name)
    return paint_map(turn, SemanticMap(labels), yaw_deg=0, pitch_deg=0)


def test_what_was_painted_is_in_texture_and_parts(egg_head: Head, mesh: Mesh) -> None:
    made = to_mesh(HeadRenderer(_painted(egg_head, slice(150, 175), slice(105, 150), "hat")))
    assert len(mesh.parts["hat"]) == 0
    hat = made.points_m[np.unique(made.parts["hat"])]
    assert len(made.parts["hat"]) > 100
    assert hat[:, 2].min() > 0.04
    assert np.abs(hat[:, 0]).max() < 0.05
    changed = np.abs(made.texture.astype(int) - mesh.texture).max(-1) > 20
    assert 0.002 < changed.mean() < 0.1
    there = made.labels == CLASSES.index("hat")
    height, width = made.texture.shape[:2]
    x, y = (made.places[there] * (width, height)).astype(int).T
    assert changed[y.clip(0, height - 1), x.clip(0, width - 1)].mean() > 0.8


def test_what_was_painted_beside_the_head_has_a_surface(egg_head: Head, mesh: Mesh) -> None:
    painted = _painted(egg_head, slice(100, 190), slice(196, 212), "hair")
    made = to_mesh(HeadRenderer(painted))
    low = [m.points_m[np.unique(m.parts["hair"])][:, 1].min() for m in (mesh, made)]
    assert low[0] > 0.03
    assert low[1] < 0.02


def test_a_part_of_somebody_else_is_in_the_texture(egg_head: Head, mesh: Mesh) -> None:
    photo = egg_head.source.photo if egg_head.source is not None else None
    assert photo is not None
    dark = from_source(replace(source(), photo=Photo((photo.pixels // 3).astype(np.uint8))))
    made = to_mesh(HeadRenderer(mix(egg_head, dark, ["hair"])))
    height, width = made.texture.shape[:2]
    gap = np.abs(made.texture.astype(int) - mesh.texture).mean(-1)

    def seen(name: str) -> float:
        inner = np.unique(mesh.parts[name])
        inner = inner[mesh.points_m[inner, 2] > 0.03]
        inner = inner[np.abs(mesh.points_m[inner, 1] - 0.04) > 0.02]
        x, y = (mesh.places[inner] * (width, height)).astype(int).T
        return float(np.median(gap[y.clip(0, height - 1), x.clip(0, width - 1)]))

    assert seen("hair") > 8
    assert seen("skin") < 2
