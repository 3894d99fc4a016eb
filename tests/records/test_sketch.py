"""Sketches and palettes are validated when they are made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.records import Palette, Sketch, Stroke

byte = st.integers(0, 255)
color = st.tuples(byte, byte, byte)


@given(color, color, color, color, color, st.floats(-1, 1), st.floats(-1, 1))
def test_a_palette_comes_back_from_its_code(
    skin: tuple[int, int, int],
    hair: tuple[int, int, int],
    lips: tuple[int, int, int],
    clothes: tuple[int, int, int],
    ground: tuple[int, int, int],
    x: float,
    y: float,
) -> None:
    palette = Palette(skin, hair, lips, clothes, ground, (x, y))
    again = Palette.from_code(palette.as_code())
    assert (again.skin, again.hair, again.lips) == (skin, hair, lips)
    assert (again.clothes, again.background) == (clothes, ground)
    assert again.light == pytest.approx((x, y), abs=1e-6)


def test_colours_are_read_as_people_write_them() -> None:
    assert Palette.color("#C68642") == Palette.color("198, 134,66") == (198, 134, 66)


@pytest.mark.parametrize("text", ["brown", "#12345", "1,2", "300,0,0", "-1,0,0", "#gggggg", ""])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(BadShape, match="no colour"):
        Palette.color(text)


def test_a_palette_out_of_range_is_refused() -> None:
    with pytest.raises(BadShape, match="hair"):
        Palette(hair=(0, 0, 256))
    with pytest.raises(BadShape, match="light"):
        Palette(light=(2.0, 0.0))
    with pytest.raises(BadShape, match="17"):
        Palette.from_code(np.zeros(16, np.float32))


def test_a_sketch_is_blank_until_something_is_drawn() -> None:
    blank = Sketch()
    stroke = Stroke(np.array([[1, 1, 1]], np.float32))
    assert blank.is_blank
    assert not blank.with_stroke(stroke).is_blank
    assert blank.strokes == ()
    assert Sketch(scan=np.zeros((512, 512), np.float32)).is_blank


def test_a_scan_must_fit_the_canvas_and_cannot_be_written_to() -> None:
    with pytest.raises(BadShape, match=r"Sketch\.scan"):
        Sketch((), 512, np.zeros((100, 512), np.float32))
    with pytest.raises(BadShape, match="size_px"):
        Sketch((), 0)
    scan = np.zeros((64, 64), np.float32)
    sketch = Sketch((), 64, scan)
    scan[0, 0] = 1
    assert sketch.is_blank
