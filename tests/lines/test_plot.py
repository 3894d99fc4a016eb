"""Strokes laid out for a plotter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.lines import extract, hatch, plot, trace
from limner.records import PARTS, Photo, SemanticMap, Stroke

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def line(*points: tuple[float, float], width: float = 1.0, part: str = "") -> Stroke:
    return Stroke(np.array([(x, y, 1) for x, y in points], np.float32), width, part)


@given(
    st.tuples(st.integers(20, 3000), st.integers(20, 3000)),
    st.tuples(st.floats(60, 800), st.floats(60, 800)),
    st.floats(0, 25),
)
def test_the_frame_fills_the_page_between_its_margins(
    size: tuple[int, int], page: tuple[float, float], margin: float
) -> None:
    width, height = size
    frame = line((-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), width=0.01)
    sheet = plot([frame], size, page_mm=page, margin_mm=margin, pen_mm=0.05)
    points = np.concatenate([s.points[:, :2] for s in sheet.strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array(page) - 2 * margin
    assert (low >= margin - 1e-3).all()
    assert (high <= np.array(page) - margin + 1e-3).all()
    assert ((high - low) / room).max() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(low + high, page, atol=1e-2)
    ratio = (high - low)[0] / (high - low)[1]
    assert ratio == pytest.approx(width / height, rel=1e-3)


def test_nothing_is_shorter_than_the_pen(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    strokes = trace(extract(photo, semantic, detail=1.0), min_length_px=0)
    for pen in (0.3, 1.0):
        sheet = plot(strokes + hatch(photo, semantic), photo.size_px, pen_mm=pen)
        for stroke in sheet.strokes:
            steps = np.hypot(*np.diff(stroke.points[:, :2], axis=0).T)
            assert steps.min() >= pen * (1 - 1e-4)
            assert stroke.width == pytest.approx(pen)


def test_the_pen_travels_at_most_half_of_the_unsorted_way(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    lines = trace(extract(photo, semantic))
    for strokes in (lines, lines + hatch(photo, semantic)):
        sheets = [plot(strokes, photo.size_px, sort=sort) for sort in (True, False)]
        assert sheets[0].travel_mm <= 0.5 * sheets[1].travel_mm
        assert sheets[0].drawn_mm == pytest.approx(sheets[1].drawn_mm, rel=0.02)


def test_a_part_is_drawn_before_the_next(sitter: Sitter) -> None:
    photo, semantic = sitter(512)
    sheet = plot(trace(extract(photo, semantic)), photo.size_px)
    parts = [s.part for s in sheet.strokes]
    assert sheet.layers == tuple(p for p in PARTS if p in parts)
    assert parts == [p for layer in sheet.layers for p in parts if p == layer]


def test_every_line_is_on_the_sheet_sorted_or_not() -> None:
    rng = np.random.default_rng(2)
    strokes = [line(*map(tuple, rng.random((2, 2)) * 500)) for _ in range(60)]
    sheets = [
        plot(strokes, (500, 500), pen_mm=0.1, sort=sort, fill=False) for sort in (True, False)
    ]

    def ends(n: int) -> list[tuple[tuple[float, float], ...]]:
        return sorted(
            tuple(sorted((float(x), float(y)) for x, y in s.points[[0, -1], :2]))
            for s in sheets[n].strokes
        )

    assert ends(0) == ends(1)


def test_ends_within_a_pen_are_joined() -> None:
    pieces = [line((10, 50), (50, 50)), line((50.1, 50), (90, 50))]
    assert len(plot(pieces, (100, 100), pen_mm=0.5, fill=False).strokes) == 1
    assert len(plot(pieces, (100, 100), pen_mm=0.1, fill=False).strokes) == 2


def test_wide_lines_are_filled_on_request() -> None:
    brow = [line((20, 50), (80, 50), width=6)]
    filled, bare = (plot(brow, (100, 100), fill=fill) for fill in (True, False))
    assert bare.drawn_mm == pytest.approx(60 * 1.8, rel=0.01)
    assert filled.drawn_mm > 10 * bare.drawn_mm
    # All within the line's own width, six px of 1.8 mm.
    y = np.concatenate([s.points[:, 1] for s in filled.strokes])
    assert np.ptp(y) < 6 * 1.8


def test_pressure_tells_a_fine_line_from_a_broad_one() -> None:
    fine, broad = (
        plot([line((10, 50), (90, 50), width=w)], (100, 100), fill=False).strokes[0]
        for w in (0.1, 0.5)
    )
    assert fine.points[0, 2] < broad.points[0, 2] <= 1


def test_no_strokes_make_an_empty_sheet() -> None:
    sheet = plot([], (100, 100))
    assert sheet.strokes == ()
    assert sheet.travel_mm == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"margin_mm": 105}, "larger page or a smaller margin"),
        ({"margin_mm": -1}, "must be positive"),
        ({"pen_mm": 0}, "must be positive"),
        ({"page_mm": (210, float("nan"))}, "must be positive"),
    ],
)
def test_a_page_without_room_is_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(BadShape, match=words):
        plot([line((0, 0), (9, 9))], (100, 100), **options)  # type: ignore[arg-type]
