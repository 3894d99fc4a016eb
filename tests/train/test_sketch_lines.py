"""A photograph's strokes by several engines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.train.made_packs import person

from limner.train.data.sketch_lines import (
    BORDER,
    FINE,
    MESH,
    USED_POINTS,
    Lines,
    dog_ink,
    lines_of,
    trace,
)


@pytest.fixture(scope="module")
def made() -> tuple[Lines, NDArray[np.uint8], NDArray[np.uint8]]:
    one = person("a", 1, 512)
    lines, ink = lines_of(one.photo, one.labels, one.mesh)
    return lines, ink, one.labels


def test_every_engine_draws_something_inside_the_picture(
    made: tuple[Lines, NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    lines, ink, _ = made
    assert {FINE, BORDER, MESH} <= set(lines.engine.tolist())
    assert lines.points.min() > -20
    assert lines.points.max() < 532
    assert ink.shape == (512, 512)
    assert len(lines.starts) == len(lines.engine) + 1
    assert lines.starts[-1] == len(lines.points)


def test_borders_run_where_labels_change(
    made: tuple[Lines, NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    lines, _, labels = made
    edges = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8)) > 0
    for s in np.flatnonzero(lines.engine == BORDER):
        x, y = np.rint(lines.points[lines.starts[s] : lines.starts[s + 1]]).astype(int).T
        assert edges[y, x].mean() > 0.8


def test_strengths_are_shares(made: tuple[Lines, NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    strength = made[0].strength
    assert strength.min() >= 0
    assert strength.max() <= 1


def test_a_cross_is_traced_as_two_strokes_through_the_middle() -> None:
    ink = np.zeros((200, 200), np.float32)
    cv2.line(ink, (20, 20), (180, 180), 1.0, 3)
    cv2.line(ink, (180, 20), (20, 180), 1.0, 3)
    strokes = trace(ink)
    assert len(strokes) == 2
    for stroke in strokes:
        assert np.linalg.norm(stroke[0] - stroke[-1]) > 200


def test_a_ring_is_one_stroke_and_a_dot_none() -> None:
    ink = np.zeros((200, 200), np.float32)
    cv2.circle(ink, (100, 100), 60, 1.0, 3)
    cv2.circle(ink, (10, 10), 2, 1.0, -1)
    (ring,) = trace(ink)
    assert abs(np.linalg.norm(ring - 100, axis=1) - 60).max() < 3


def test_no_ink_has_no_strokes() -> None:
    assert trace(np.zeros((64, 64), np.float32)) == []


def test_dark_lines_are_ink_and_plain_tone_is_none() -> None:
    photo = np.full((200, 200, 3), 180, np.uint8)
    cv2.line(photo, (20, 100), (180, 100), (60, 60, 60), 3)
    ink = dog_ink(photo, None, 1.5)
    assert ink[100, 60:140].min() > 0.9
    assert ink[20:60].max() == 0


def test_the_background_gives_fewer_lines_than_a_face() -> None:
    photo = np.full((200, 200, 3), 180, np.uint8)
    cv2.line(photo, (20, 100), (180, 100), (166, 166, 166), 3)
    none, eye = np.zeros((200, 200), np.uint8), np.full((200, 200), 4, np.uint8)
    assert dog_ink(photo, none, 1.5).sum() < 0.5 * dog_ink(photo, eye, 1.5).sum()


def test_only_the_points_that_are_named_are_used() -> None:
    one = person("a", 1, 512)
    bare = np.zeros_like(one.mesh)
    bare[list(USED_POINTS)] = one.mesh[list(USED_POINTS)]
    whole, part = (lines_of(one.photo, one.labels, m)[0] for m in (one.mesh, bare))
    np.testing.assert_array_equal(whole.points, part.points)
