from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import InputError
from limner.files import encode_hpgl
from limner.records import Plot, Stroke


def strokes_of(data: bytes, page_height_mm: float) -> list[list[tuple[float, float]]]:
    """Read HP-GL as a plotter would: where the pen was down, in mm from the page's upper left corner."""
    found: list[list[tuple[float, float]]] = []
    for name, text in re.findall(r"([A-Z]{2})([^;]*);", data.decode("ascii")):
        if name not in {"PU", "PD"} or not text:
            continue
        numbers = [int(n) for n in text.split(",")]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            to = (x / 40, page_height_mm - y / 40)
            if name == "PD":
                found[-1].append(to)
            else:
                found.append([to])
    return found


def test_every_stroke_is_drawn_where_it_was_from_below(plot: Plot) -> None:
    drawn = strokes_of(encode_hpgl(plot), 150)
    assert len(drawn) == len(plot.strokes)
    for path, stroke in zip(drawn, plot.strokes, strict=True):
        wanted = stroke.points[:, :2] if len(stroke.points) > 1 else stroke.points[[0, 0], :2]
        assert np.abs(np.array(path) - wanted).max() <= 0.0126


def test_it_starts_anew_and_puts_the_pen_away(plot: Plot) -> None:
    text = encode_hpgl(plot).decode("ascii")
    assert text.startswith("IN;\nSP1;\nPU")
    assert text.endswith("PU;SP0;\n")
    assert text.count("SP") == 2


def test_parts_can_have_pens_of_their_own(plot: Plot) -> None:
    text = encode_hpgl(plot, pen_per_part=True, speed_cm_s=20).decode("ascii")
    assert re.findall(r"SP\d", text) == ["SP1", "SP2", "SP3", "SP0"]
    assert text.count("VS20;") == 3


@pytest.mark.parametrize("speed", [0, 128])
def test_a_speed_that_hpgl_cannot_say_is_refused(plot: Plot, speed: int) -> None:
    with pytest.raises(InputError, match="1 to 127"):
        encode_hpgl(plot, speed_cm_s=speed)


@given(count=st.integers(1, 300))
def test_a_long_stroke_is_said_in_short_commands_without_a_gap(count: int) -> None:
    points = np.stack([np.arange(count), np.arange(count) % 7, np.ones(count)], axis=1)
    data = encode_hpgl(Plot((Stroke(points.astype(np.float32)),), (400, 20), 0.3))
    assert max(len(c.split(",")) for c in data.decode("ascii").split(";")) <= 128
    assert len(strokes_of(data, 20)[0]) == max(count, 2)
