"""Ink traced into strokes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.geometry.raster import draw_strokes
from limner.lines import extract, trace
from limner.records import PARTS, LineDrawing, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def drawing(paint: Callable[[NDArray[np.uint8]], object], side: int = 200) -> LineDrawing:
    sheet = np.zeros((side * 4, side * 4), np.uint8)
    paint(sheet)
    ink = cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA)
    return LineDrawing(np.asarray(ink, np.float32) / np.float32(255))


def test_a_comb_gives_one_stroke_a_tooth(comb: NDArray[np.float32]) -> None:
    strokes = trace(LineDrawing(comb))
    assert len(strokes) == 12
    for stroke in strokes:
        assert stroke.width == pytest.approx(3, abs=0.5)
        assert stroke.length == pytest.approx(119, abs=5)
        assert np.ptp(stroke.points[:, 0]) < 1.1
    middles = sorted(float(s.points[:, 0].mean()) for s in strokes)
    np.testing.assert_allclose(middles, 11 + 15 * np.arange(12), atol=0.5)


def test_a_circle_is_one_closed_stroke() -> None:
    ink = drawing(lambda s: cv2.circle(s, (400, 400), 240, 255, 16))
    (stroke,) = trace(ink)
    assert stroke.length == pytest.approx(2 * np.pi * 60, rel=0.02)
    np.testing.assert_allclose(stroke.points[0, :2], stroke.points[-1, :2], atol=0.5)
    away = np.hypot(*(stroke.points[:, :2] - (400 / 4 - 0.375)).T)
    np.testing.assert_allclose(away, 60, atol=0.6)


def test_crossing_lines_are_two_strokes() -> None:
    def paint(sheet: NDArray[np.uint8]) -> None:
        cv2.line(sheet, (80, 200), (720, 600), 255, 14, cv2.LINE_AA)
        cv2.line(sheet, (80, 600), (720, 200), 255, 14, cv2.LINE_AA)

    strokes = trace(drawing(paint))
    assert [round(s.length, -1) for s in strokes] == [190, 190]


def test_a_swelling_line_keeps_its_swell() -> None:
    def paint(sheet: NDArray[np.uint8]) -> None:
        for x in range(80, 720):
            half = 6 + 14 * np.sin(np.pi * (x - 80) / 640)
            cv2.line(sheet, (x, round(400 - half)), (x, round(400 + half)), 255, 1)

    # Wide enough to swell, not so wide that it is filled by several strokes.
    longest = max(trace(drawing(paint)), key=lambda s: s.length)
    pressure = longest.points[:, 2]
    middle = np.abs(longest.points[:, 0] - 100) < 15
    ends = np.abs(longest.points[:, 0] - 100) > 60
    assert pressure[middle].min() > 1.5 * pressure[ends].max()


def test_drawing_the_strokes_again_gives_the_ink_back(sitter: Sitter) -> None:
    lines = extract(*sitter(512))
    again = draw_strokes(trace(lines), lines.size_px)
    ink, drawn = lines.ink > 0.5, again > 0.5
    reach = np.ones((3, 3), np.uint8)
    near_ink = cv2.dilate(ink.astype(np.uint8), reach) > 0
    near_drawn = cv2.dilate(drawn.astype(np.uint8), reach) > 0
    assert (drawn & near_ink).sum() > 0.97 * drawn.sum()
    assert (ink & near_drawn).sum() > 0.95 * ink.sum()


def test_strokes_come_in_groups_a_part_each(sitter: Sitter) -> None:
    strokes = trace(extract(*sitter(512)))
    parts = [s.part for s in strokes]
    groups = list(dict.fromkeys(parts))
    assert parts == [p for g in groups for p in parts if p == g]
    assert groups == [p for p in PARTS if p in groups]
    wanted = {
        "hair",
        "left-eye",
        "right-eye",
        "left-brow",
        "right-brow",
        "mouth",
        "nose",
        "clothes",
    }
    assert wanted <= set(groups)
    for one, two in itertools.pairwise(strokes):
        assert one.part != two.part or one.length >= two.length


def test_without_a_map_strokes_have_no_part(sitter: Sitter) -> None:
    assert {s.part for s in trace(extract(sitter(256)[0]))} == {""}


def test_pupils_are_covered(sitter: Sitter) -> None:
    lines = extract(*sitter(512))
    again = draw_strokes(trace(lines), lines.size_px)
    yy, xx = np.mgrid[:512, :512]
    pupil = np.hypot(xx - 199.7, yy - 233) < 6
    assert lines.ink[pupil].mean() > 0.9
    assert again[pupil].mean() > 0.85


def test_a_dot_is_a_round_that_a_pen_can_draw() -> None:
    ink = drawing(lambda s: cv2.circle(s, (400, 400), 24, 255, -1))
    strokes = trace(ink)
    again = draw_strokes(strokes, (200, 200))
    assert min(s.length for s in strokes) > 3
    assert again.sum() == pytest.approx(ink.ink.sum(), rel=0.3)


def test_small_gaps_are_closed_as_asked() -> None:
    def paint(sheet: NDArray[np.uint8]) -> None:
        cv2.line(sheet, (80, 400), (380, 400), 255, 12)
        cv2.line(sheet, (420, 400), (720, 400), 255, 12)

    assert len(trace(drawing(paint), gap_px=15)) == 1
    assert len(trace(drawing(paint), gap_px=0)) == 2


def test_a_coarser_tolerance_gives_fewer_points(sitter: Sitter) -> None:
    lines = extract(*sitter(256))
    fine, coarse = (
        sum(len(s.points) for s in trace(lines, simplify_px=tolerance)) for tolerance in (0.1, 2.0)
    )
    assert coarse < 0.7 * fine


def test_short_strokes_can_be_left_out(sitter: Sitter) -> None:
    strokes = trace(extract(*sitter(256)), min_length_px=30)
    assert 0 < len(strokes) < len(trace(extract(*sitter(256))))


def test_large_drawings_are_traced_in_their_own_pixels() -> None:
    ink = np.zeros((2100, 2400), np.float32)
    ink[996:1005, 300:2100] = 1
    (stroke,) = trace(LineDrawing(ink))
    assert stroke.points[:, 1].mean() == pytest.approx(1000, abs=1)
    assert stroke.length == pytest.approx(1800, abs=15)
    assert stroke.width == pytest.approx(9, abs=1.2)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (20, 20)])
def test_blank_and_black_sheets_are_no_trouble(shape: tuple[int, int]) -> None:
    assert trace(LineDrawing(np.zeros(shape, np.float32))) == ()
    for stroke in trace(LineDrawing(np.ones(shape, np.float32))):
        assert np.isfinite(stroke.points).all()


def test_the_same_ink_gives_the_same_strokes(sitter: Sitter) -> None:
    one, two = (trace(extract(*sitter(256))) for _ in range(2))
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.points, b.points)
