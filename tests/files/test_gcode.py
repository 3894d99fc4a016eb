from __future__ import annotations

import re

import numpy as np
import pytest

from limner.errors import InputError
from limner.files import encode_gcode
from limner.records import Plot, Recipe, Stroke


def strokes_of(data: bytes, down: str, up: str) -> list[list[tuple[float, float]]]:
    """Run G-code as a machine would and return the paths with the pen down, origin lower left."""
    found: list[list[tuple[float, float]]] = []
    at, is_down = (0.0, 0.0), False
    for line in data.decode("ascii").splitlines():
        if line in {down, up}:
            is_down = line == down
            if is_down:
                found.append([at])
        elif move := re.fullmatch(r"(G[01]) X(-?[\d.]+) Y(-?[\d.]+)(?: F\d+)?", line):
            assert (move[1] == "G1") == is_down, "no fast move with the pen down"
            at = (float(move[2]), float(move[3]))
            if is_down:
                found[-1].append(at)
        else:
            assert line in {"G21", "G90", "M2"} or line.startswith(";"), line
    assert not is_down
    return found


@pytest.mark.parametrize(
    ("down", "up"), [("G1 Z0 F1000", "G0 Z5"), ("M3 S40", "M5"), ("M280 P0 S30", "M280 P0 S90")]
)
def test_a_machine_draws_every_stroke_where_it_was(plot: Plot, down: str, up: str) -> None:
    drawn = strokes_of(encode_gcode(plot, pen_down=down, pen_up=up), down, up)
    assert len(drawn) == len(plot.strokes)
    for path, stroke in zip(drawn, plot.strokes, strict=True):
        wanted = stroke.points[:, :2] * (1, -1) + (0, 150)
        assert np.abs(np.array(path) - wanted).max() <= 0.0006


def test_units_come_first_and_the_feed_once_a_stroke(plot: Plot) -> None:
    lines = encode_gcode(plot, feed_mm_min=1234.5).decode("ascii").splitlines()
    assert lines[:3] == ["G21", "G90", "G0 Z5"]
    assert lines[-2:] == ["G0 X0 Y0", "M2"]
    assert sum(line.endswith("F1234.5") for line in lines) == 3


def test_layers_and_recipe_are_comments_of_one_line(recipe: Recipe, plot: Plot) -> None:
    strange = Stroke(plot.strokes[0].points, part="a\nG0 X9 (é)")
    text = encode_gcode(Plot((strange,), (100, 150), 0.3), recipe=recipe).decode("ascii")
    assert "; Limner 1.2.3\n" in text
    assert '"verb":"draw"' in text
    assert "; layer a G0 X9 [\\xe9]\n" in text


@pytest.mark.parametrize("command", ["", "  ", "M3 Sé"])
def test_a_pen_command_that_is_none_is_refused(plot: Plot, command: str) -> None:
    with pytest.raises(InputError, match="pen_up"):
        encode_gcode(plot, pen_up=command)


@pytest.mark.parametrize("feed", [0, -1, float("nan"), float("inf")])
def test_a_feed_that_is_no_speed_is_refused(plot: Plot, feed: float) -> None:
    with pytest.raises(InputError, match="must be positive"):
        encode_gcode(plot, feed_mm_min=feed)
