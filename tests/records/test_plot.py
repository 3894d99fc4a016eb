"""A plot knows how far its pen goes."""

from __future__ import annotations

import numpy as np
import pytest

from limner import BadShape, Plot, Stroke


def line(x0: float, y0: float, x1: float, y1: float, part: str = "") -> Stroke:
    """Return a straight stroke."""
    return Stroke(np.array([[x0, y0, 1], [x1, y1, 1]], np.float32), 0.3, part)


def test_the_pen_travels_from_the_corner_and_between_strokes() -> None:
    plot = Plot((line(3, 4, 3, 14), line(3, 20, 13, 20)), (100, 100), 0.3)
    assert plot.drawn_mm == pytest.approx(20)
    assert plot.travel_mm == pytest.approx(5 + 6)


def test_layers_come_in_drawing_order_each_once() -> None:
    plot = Plot(
        (line(0, 0, 1, 1, "hair"), line(0, 0, 1, 1, "nose"), line(0, 0, 2, 1, "hair")), (9, 9), 0.3
    )
    assert plot.layers == ("hair", "nose")


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("page", "pen"),
    [
        ((0, 100), 0.3),
        ((100, -1), 0.3),
        ((100, 100), 0),
        ((NAN, 100), 0.3),
        ((100, NAN), 0.3),
        ((100, INF), 0.3),
        ((100, 100), NAN),
    ],
)
def test_a_page_or_pen_without_size_is_refused(page: tuple[float, float], pen: float) -> None:
    with pytest.raises(BadShape, match="positive"):
        Plot((), page, pen)


def test_an_empty_plot_goes_nowhere() -> None:
    plot = Plot((), (10, 10), 0.3)
    assert (plot.drawn_mm, plot.travel_mm, plot.layers) == (0, 0, ())


def test_strokes_are_kept_as_they_were_given() -> None:
    mine = [line(0, 0, 1, 1)]
    plot = Plot(mine, (10, 10), 0.3)  # type: ignore[arg-type]
    mine.append(line(0, 0, 5, 5))
    assert len(plot.strokes) == 1
