"""The shapes of lines."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.geometry.contour import area
from limner.lines import extract, outline
from limner.records import PARTS, LineDrawing, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def filled(rings: list[NDArray[np.float64]], side: int) -> NDArray[np.bool_]:
    """Fill rings by the even-odd rule, as a viewer does."""
    sheet = np.zeros((side, side), np.uint8)
    points = [np.rint(ring * 16).astype(np.int32).reshape(-1, 1, 2) for ring in rings]
    cv2.fillPoly(sheet, points, 1, cv2.LINE_8, 4)
    return sheet > 0


def test_a_ring_of_ink_has_an_outer_and_an_inner_edge() -> None:
    sheet = np.zeros((100, 100), np.uint8)
    cv2.circle(sheet, (50, 50), 30, 1, 7)
    shapes = outline(LineDrawing(sheet.astype(np.float32)))
    assert list(shapes) == [""]
    outer, inner = sorted(shapes[""], key=area, reverse=True)
    assert area(outer) - area(inner) == pytest.approx(float(sheet.sum()), rel=0.02)


def test_filling_the_outlines_gives_the_ink_back(sitter: Sitter) -> None:
    drawing = extract(*sitter(512))
    shapes = outline(drawing)
    assert list(shapes) == [p for p in PARTS if p in shapes]
    assert {"hair", "left-eye", "mouth"} <= set(shapes)
    # Each part is filled for itself: where two overlap, even-odd over both would leave a hole.
    again = np.zeros((512, 512), bool)
    for rings in shapes.values():
        again |= filled(list(rings), 512)
    ink = drawing.ink > 0.5
    assert (again & ink).sum() > 0.97 * ink.sum()
    assert (again & (drawing.ink < 0.02)).sum() < 0.1 * ink.sum()


def test_every_ring_is_closed_and_inside_the_sheet(sitter: Sitter) -> None:
    for rings in outline(extract(*sitter(256))).values():
        for ring in rings:
            np.testing.assert_array_equal(ring[0], ring[-1])
            assert len(ring) >= 4
            assert ring.min() >= -0.5
            assert ring.max() <= 255.5


def test_a_coarser_tolerance_gives_fewer_points(sitter: Sitter) -> None:
    drawing = extract(*sitter(256))
    fine, coarse = (
        sum(
            len(r)
            for rings in outline(drawing, simplify_px=t, min_area_px=4).values()
            for r in rings
        )
        for t in (0.1, 1.5)
    )
    assert coarse < 0.7 * fine


def test_specks_can_be_left_out() -> None:
    ink = np.zeros((50, 50), np.float32)
    ink[10:12, 10:12] = 1
    ink[20:40, 20:40] = 1
    assert len(outline(LineDrawing(ink), min_area_px=1)[""]) == 2
    assert len(outline(LineDrawing(ink), min_area_px=20)[""]) == 1


def test_blank_paper_has_no_shapes(sitter: Sitter) -> None:
    _, semantic = sitter(128)
    assert outline(LineDrawing(np.zeros((128, 128), np.float32), semantic)) == {}
    assert outline(LineDrawing(np.zeros((9, 9), np.float32))) == {}
