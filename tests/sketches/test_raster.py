"""Strokes become ink."""

from __future__ import annotations

import numpy as np

from limner.records import Sketch, Stroke
from limner.sketches.raster import draw_sketch, draw_stroke, touched


def _stroke(points: list[tuple[float, float]], width: float = 3, pressure: float = 1) -> Stroke:
    return Stroke(np.array([(x, y, pressure) for x, y in points], np.float32), width)


def test_all_ink_lies_in_the_box_that_is_returned() -> None:
    ink = np.zeros((512, 512), np.uint8)
    box = draw_stroke(ink, _stroke([(100, 100), (140, 180), (90, 200)], 7))
    inside = ink[box.slices].copy()
    assert inside.any()
    ink[box.slices] = 0
    assert not ink.any()


def test_ink_never_fades_where_strokes_cross() -> None:
    ink = np.zeros((512, 512), np.uint8)
    draw_stroke(ink, _stroke([(50, 100), (150, 100)], 5))
    before = ink.copy()
    draw_stroke(ink, _stroke([(100, 50), (100, 150)], 0.4))
    assert (ink >= before).all()


def test_light_pressure_draws_thinner() -> None:
    heavy, light = np.zeros((2, 512, 512), np.uint8)
    draw_stroke(heavy, _stroke([(50, 100), (150, 100)], 8, 1.0))
    draw_stroke(light, _stroke([(50, 100), (150, 100)], 8, 0.1))
    assert 0 < (light > 0).sum() < 0.7 * (heavy > 0).sum()


def test_a_single_point_is_a_dot() -> None:
    ink = np.zeros((512, 512), np.uint8)
    draw_stroke(ink, _stroke([(60, 70)], 6))
    ys, xs = np.nonzero(ink > 128)
    assert abs(xs.mean() - 60) < 0.6
    assert abs(ys.mean() - 70) < 0.6


def test_strokes_off_the_canvas_leave_nothing_and_break_nothing() -> None:
    ink = np.zeros((512, 512), np.uint8)
    box = draw_stroke(ink, _stroke([(-1e6, -50), (-900, -20)]))
    assert not ink.any()
    assert box.x0 == box.x1 or box.y0 == box.y1
    draw_stroke(ink, _stroke([(-1e7, 256), (1e7, 256)]))


def test_a_box_is_cut_to_the_canvas() -> None:
    box = touched(_stroke([(-5, 10), (600, 20)]))
    assert (box.x0, box.x1) == (0, 512)


def test_a_sketch_of_another_size_lands_in_the_same_place() -> None:
    large = Sketch((_stroke([(200, 300), (400, 300)], 16),), 1024)
    small = Sketch((_stroke([(99.75, 149.75), (199.75, 149.75)], 8),), 512)
    difference = np.abs(draw_sketch(large).astype(int) - draw_sketch(small))
    assert difference.mean() < 0.2


def test_a_scan_lies_under_the_strokes() -> None:
    scan = np.zeros((256, 256), np.float32)
    scan[10:14] = 1
    ink = draw_sketch(Sketch((_stroke([(20, 200), (200, 200)], 2),), 256, scan))
    assert ink[24, 300] > 200
    assert ink[401, 300] > 100
