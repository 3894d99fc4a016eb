"""HP-GL out: a `Plot` in millimetres in → the commands of a pen plotter, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import InputError

if TYPE_CHECKING:
    from limner.records import Plot

__all__ = ["encode_hpgl"]

#: Plotter units: 0.025 mm each.
_UNITS_PER_MM = 40
#: Points a PD command: old plotters' buffers are short.
_POINTS_PER_COMMAND = 64
#: Pens that a carousel holds.
_PENS = 8


def encode_hpgl(plot: Plot, *, pen_per_part: bool = False, speed_cm_s: int | None = None) -> bytes:
    """Encode a plot as HP-GL.

    Parameters
    ----------
    plot : Plot
        Strokes in mm from the page's upper left corner.
    pen_per_part : bool
        Take the next pen, up to eight and then the first again, for each part; else pen 1 draws all.
    speed_cm_s : int, optional
        Speed with the pen down, 1 to 127; None leaves the plotter's own.

    Returns
    -------
    bytes
        ASCII. The origin is the page's lower left corner, y goes up, as HP-GL has it; one unit is 0.025 mm.

    Raises
    ------
    InputError
        If the speed is out of range.

    References
    ----------
    Hewlett-Packard, HP-GL reference, 1983: IN, SP, VS, PU, PD.
    """
    if speed_cm_s is not None and not 1 <= speed_cm_s <= 127:
        raise InputError(f"A speed of {speed_cm_s} cm/s was wanted; HP-GL says 1 to 127.")
    commands = ["IN;"]
    speed = "" if speed_cm_s is None else f"VS{speed_cm_s};"
    pens = {part: 1 + n % _PENS if pen_per_part else 1 for n, part in enumerate(plot.layers)}
    held = 0
    for stroke in plot.strokes:
        if pens[stroke.part] != held:
            held = pens[stroke.part]
            commands.append(f"SP{held};{speed}")
        points = stroke.points[:, :2].astype(np.float64)
        points[:, 1] = plot.page_mm[1] - points[:, 1]
        units = [f"{x},{y}" for x, y in np.rint(points * _UNITS_PER_MM).astype(np.int64).tolist()]
        # A stroke of one point is a dot: the pen goes down where it is.
        down = units[1:] or units
        lines = [
            f"PD{','.join(down[i : i + _POINTS_PER_COMMAND])};"
            for i in range(0, len(down), _POINTS_PER_COMMAND)
        ]
        commands.append(f"PU{units[0]};{''.join(lines)}")
    commands.append("PU;SP0;")
    return ("\n".join(commands) + "\n").encode("ascii")
