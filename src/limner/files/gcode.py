"""G-code out: a `Plot` in millimetres and the machine's own pen commands in → a program for it, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import InputError
from limner.files.metadata import as_text, creator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.records import Plot, Recipe, Stroke

__all__ = ["encode_gcode"]


def encode_gcode(
    plot: Plot,
    *,
    pen_down: str = "G1 Z0 F1000",
    pen_up: str = "G0 Z5",
    feed_mm_min: float = 3000,
    recipe: Recipe | None = None,
) -> bytes:
    """Encode a plot as G-code.

    Parameters
    ----------
    plot : Plot
        Strokes in mm from the page's upper left corner.
    pen_down, pen_up : str
        What lowers and lifts the pen, one or more lines: ``"M3 S40"`` and ``"M5"`` for a servo on a spindle's pin.
    feed_mm_min : float
        Speed with the pen down.
    recipe : Recipe, optional
        Written as a comment.

    Returns
    -------
    bytes
        ASCII. Millimetres, absolute; the origin is the page's lower left corner, y goes up; the pen starts and ends
        lifted, and ends at the origin.

    Raises
    ------
    InputError
        If a pen command is empty or not ASCII, or the feed is not positive.

    References
    ----------
    NIST RS274/NGC interpreter, version 3: G0, G1, G21, G90, M2.
    """
    for what, command in (("pen_down", pen_down), ("pen_up", pen_up)):
        if not command.strip() or not command.isascii():
            raise InputError(f"{what} is {command!r}; wanted G-code such as 'M3 S40'.")
    if not (np.isfinite(feed_mm_min) and feed_mm_min > 0):
        raise InputError(f"A feed of {feed_mm_min} mm/min was wanted; it must be positive.")
    lines = []
    if recipe is not None:
        lines += [_comment(creator(recipe)), _comment(as_text(recipe))]
    lines += ["G21", "G90", pen_up.strip()]
    part = None
    for stroke in plot.strokes:
        if stroke.part != part:
            part = stroke.part
            lines.append(_comment(f"layer {part or 'lines'}"))
        lines += _drawn(stroke, plot.page_mm[1], pen_down.strip(), pen_up.strip(), feed_mm_min)
    lines += ["G0 X0 Y0", "M2"]
    return ("\n".join(lines) + "\n").encode("ascii")


def _comment(text: str) -> str:
    """Return `text` as one comment line of ASCII; brackets would end a comment on some machines."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return "; " + " ".join(plain.replace("(", "[").replace(")", "]").split())


def _drawn(
    stroke: Stroke, page_height_mm: float, pen_down: str, pen_up: str, feed_mm_min: float
) -> Iterator[str]:
    points = stroke.points[:, :2].astype(np.float64)
    points[:, 1] = page_height_mm - points[:, 1]
    places = [f"X{x:.3f} Y{y:.3f}" for x, y in (points + 0.0).tolist()]
    yield f"G0 {places[0]}"
    yield pen_down
    if len(places) > 1:
        yield f"G1 {places[1]} F{feed_mm_min:g}"
        yield from (f"G1 {place}" for place in places[2:])
    yield pen_up
