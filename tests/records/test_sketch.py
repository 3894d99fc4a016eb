"""A sketch is strokes over a scan; a palette is five colours and a light."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from tests.records.arrays import not_numbers

from limner.errors import BadShape
from limner.records import Palette, Sketch, Stroke

COLOR = st.tuples(*[st.integers(0, 255)] * 3)
LIGHT = st.tuples(*[st.floats(-1, 1, width=32)] * 2)
STROKE = Stroke(np.array([[1, 1, 1], [5, 5, 1]], np.float32))


def test_a_sketch_is_blank_until_something_is_drawn_or_scanned() -> None:
    faint, dark = (np.full((8, 8), v, np.float32) for v in (0.09, 0.2))
    assert Sketch(size_px=8).is_blank
    assert Sketch(size_px=8, scan=faint).is_blank
    assert not Sketch(size_px=8, scan=dark).is_blank
    assert not Sketch((STROKE,), 8).is_blank


def test_a_stroke_more_makes_another_sketch() -> None:
    scan = np.full((8, 8), 0.5, np.float32)
    first = Sketch(size_px=8, scan=scan)
    second = first.with_stroke(STROKE).with_stroke(STROKE.reversed())
    assert first.strokes == ()
    assert [s.points[0, 0] for s in second.strokes] == [1, 5]
    assert second.size_px == 8
    assert second.scan is first.scan


@pytest.mark.parametrize("size", [0, -1, float("nan")])
def test_a_canvas_without_size_is_refused(size: Any) -> None:
    with pytest.raises(BadShape, match="size_px"):
        Sketch(size_px=size)


def test_a_scan_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadShape, match=r"Sketch\.scan"):
        Sketch(size_px=8, scan=np.zeros((8, 9), np.float32))


@given(st.one_of(not_numbers(), st.floats(1.001, 1e6), st.floats(-1e6, -0.001)))
def test_a_scan_beyond_paper_and_black_is_refused(value: float) -> None:
    with pytest.raises(BadShape):
        Sketch(size_px=2, scan=np.full((2, 2), value, np.float32))


@given(st.tuples(*[COLOR] * 5), LIGHT)
def test_a_palette_returns_from_its_code(
    colors: tuple[tuple[int, int, int], ...], light: tuple[float, float]
) -> None:
    skin, hair, lips, clothes, background = colors
    palette = Palette(skin, hair, lips, clothes, background, light)
    code = palette.as_code()
    assert code.dtype == np.float32
    assert np.abs(code).max() <= 1
    assert Palette.from_code(code) == palette


@given(hnp.arrays(np.float32, 17, elements=st.floats(-9, 9, width=32)))
def test_any_code_becomes_a_palette(code: NDArray[np.float32]) -> None:
    again = Palette.from_code(code).as_code()
    assert np.abs(again - np.clip(code, -1, 1)).max() <= 1 / 255 + 1e-6


@pytest.mark.parametrize("code", [np.zeros(16), np.zeros((17, 1)), np.full(17, np.nan)])
def test_a_code_of_another_shape_or_without_numbers_is_refused(code: NDArray[Any]) -> None:
    with pytest.raises(BadShape, match="palette's code"):
        Palette.from_code(code)


@given(COLOR)
def test_a_colour_is_read_as_people_write_it(color: tuple[int, int, int]) -> None:
    assert Palette.color("#{:02x}{:02X}{:02x}".format(*color)) == color
    assert Palette.color(" {},{}, {} ".format(*color)) == color


@pytest.mark.parametrize(
    "text",
    ["", "#", "red", "#12345", "#1234567", "##123456", "#+1+2+3", "1,2", "1,2,3,4", "1,2,256"],
)
def test_what_is_no_colour_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadShape, match=re.escape(repr(text))):
        Palette.color(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hair": (0, 0, 256)},
        {"skin": (0, -1, 0)},
        {"lips": (1, 2)},
        {"light": (0, 1.5)},
        {"light": (0.0, float("nan"))},
        {"light": (0, 0, 0)},
    ],
)
def test_a_palette_beyond_its_range_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(BadShape, match=rf"Palette\.{name}"):
        Palette(**wrong)
