"""Views of an egg become figures: truth scores well, a plane, a shift and a stray edit do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heads.conftest import egg, paint, source

from limner.errors import BadShape
from limner.geometry.camera import Camera
from limner.metrics import miou
from limner.metrics.heads import (
    HeadScore,
    Tally,
    edit_figures,
    flat_view,
    landmark_error,
    neighbours,
    part_change,
    turned_points,
)
from limner.records import CLASSES, Photo, SemanticMap, View


def seen(yaw: float, *, slip: float = 0.0) -> View:
    """Return the egg from a side; with `slip`, its paint and classes lie on the sheet instead."""
    depth, labels, points = egg(Camera(yaw, 0))
    photo = ((paint(points) + 1) * 127.5).clip(0, 255).astype(np.uint8)
    if slip:
        photo, labels = (np.roll(a, round(slip * yaw), 1) for a in (photo, labels))
        labels = np.where(depth > 0, labels, 0).astype(np.uint8)
    alpha = np.where(depth > 0, 255, 0).astype(np.uint8)
    return View(yaw, 0.0, Photo(photo, alpha=alpha), SemanticMap(labels), depth.astype(np.float32))


def truth(view: View) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    depth_mm = (view.depth_m[::2, ::2] * 1000).astype(np.uint16)
    return view.photo.pixels, view.semantic.labels, depth_mm


def test_the_truth_is_perfect_and_a_plane_is_not() -> None:
    exact, flat = Tally(), Tally()
    for yaw in (-30.0, 30.0):
        view = seen(yaw)
        exact.add(view, *truth(view))
        flat.add(flat_view(source(), yaw, 0.0), *truth(view))
    best, worst = exact.scores(), flat.scores()
    assert best["miou"] == pytest.approx(1.0)
    assert best["psnr"] > 40
    assert best["depth_mm"] < 1
    assert worst["psnr"] < 25
    assert worst["miou"] < 0.9
    assert worst["depth_mm"] > 8


def test_nothing_added_is_said() -> None:
    with pytest.raises(BadShape, match="No view"):
        Tally().scores()


def test_neighbours_agree_where_paint_lies_on_the_surface() -> None:
    yaws = (-10.0, -5.0, 0.0, 5.0)
    held = neighbours([seen(yaw) for yaw in yaws])
    loose = neighbours([seen(yaw, slip=4) for yaw in yaws])
    assert miou(held[0]) > 0.95
    assert held[1] < 6
    assert loose[1] > 3 * held[1]
    assert miou(loose[0]) < miou(held[0]) - 0.05
    with pytest.raises(BadShape, match="neighbours"):
        neighbours([seen(0.0)])


def test_points_turn_as_the_camera_does() -> None:
    here, there = Camera(0.0, 0.0), Camera(25.0, 0.0)
    world = np.array([[0.03, 0.02, 0.08], [-0.02, -0.05, 0.07]])
    at, depth = here.project(world)
    assert np.allclose(turned_points(at, depth, (here, there)), there.project(world)[0], atol=1e-6)


def test_a_shift_costs_nothing_and_a_squeeze_does() -> None:
    wanted = np.random.default_rng(0).uniform(0, 100, (478, 2))
    assert landmark_error(wanted + np.array([5, -3]), wanted) == pytest.approx(0, abs=1e-9)
    squeezed = landmark_error(wanted * [0.8, 1], wanted)
    assert 3 < squeezed < 7
    with pytest.raises(BadShape, match="478"):
        landmark_error(wanted[:9], wanted[:9])


def test_an_edit_is_inside_its_part_or_it_is_not() -> None:
    before = seen(0.0)
    nose = before.semantic.labels == CLASSES.index("nose")
    low = np.array(before.photo.pixels)
    low[nose] //= 2
    inside = edit_figures(before, replace(before, photo=Photo(low)), "nose", 2.0)
    assert inside is not None
    assert inside[0] == pytest.approx(1.0)
    assert inside[1] > 3
    low[200:, :40] = 255 - low[200:, :40]
    stray = edit_figures(before, replace(before, photo=Photo(low)), "nose", 2.0)
    assert stray is not None
    assert stray[0] < 0.8
    assert edit_figures(before, before, "nose", 2.0) is None
    assert edit_figures(before, replace(before, photo=Photo(low)), "hat", 2.0) is None


def test_features_of_a_part_tell_of_that_part_alone() -> None:
    before = seen(0.0)
    nose = before.semantic.labels == CLASSES.index("nose")
    dark, black, elsewhere = (np.array(before.photo.pixels) for _ in range(3))
    dark[nose] //= 2
    black[nose] = 0
    elsewhere[200:, :40] = 255 - elsewhere[200:, :40]
    same, little, much, stray = (
        part_change(before, replace(before, photo=Photo(pixels)), "nose")
        for pixels in (before.photo.pixels, dark, black, elsewhere)
    )
    assert same == pytest.approx(0, abs=1e-5)
    assert stray == pytest.approx(0, abs=1e-5)
    assert little is not None
    assert much is not None
    assert min(little, much) > 1
    assert part_change(before, before, "hat") is None


def test_a_row_is_rounded_for_json() -> None:
    row = HeadScore("photographs", "own", 3, psnr=20.123456).as_json()
    assert row["psnr"] == 20.1235
    assert row["rank_1"] is None
