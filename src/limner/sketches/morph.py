"""One drawing becomes another: two canvases and a place between them in → a photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records import Palette, Photo
from limner.sketches.parts import gate_map, ink_trust, spread

if TYPE_CHECKING:
    from limner.sketches.canvas import Canvas, Confidence

__all__ = ["between", "steps"]


def between(
    first: Canvas,
    second: Canvas,
    t: float,
    *,
    confidence: Confidence = 1.0,
    palettes: tuple[Palette, Palette] | None = None,
    size_px: int = 512,
    seed: int = 0,
) -> Photo:
    """Return the photograph between two drawings.

    Parameters
    ----------
    first, second : Canvas
        The drawings.
    t : float
        0 the first, 1 the second.
    confidence, size_px, seed
        As in `Canvas.photo`.
    palettes : tuple of two Palette, optional
        Mixed as the drawings are.

    Notes
    -----
    Codes are mixed component by component. Ink can't be mixed, two drawings over each other are none: it is trusted
    near either end only and fades towards the middle, where the codes alone speak.
    """
    if not 0 <= t <= 1:
        raise BadShape(f"A place between two drawings is {t}, wanted 0 to 1.")
    a, b = first.believed(confidence), second.believed(confidence)
    codes = {n: ((1 - t) * a[n] + t * b[n]).astype(np.float32) for n in a}
    nearer = first if t < 0.5 else second
    trust = gate_map(ink_trust(spread(confidence, 1.0))) * np.float32(abs(1 - 2 * t))
    trust = np.kron(trust, np.ones((2, 2), np.float32))
    one, two = palettes or (Palette(), Palette())
    mixed = Palette.from_code(((1 - t) * one.as_code() + t * two.as_code()).astype(np.float32))
    return first.engine.paint(codes, (nearer.ink, trust), mixed, size_px=size_px, seed=seed)[0]


def steps(count: int) -> tuple[float, ...]:
    """Return `count` even places from 0 to 1, both ends among them.

    Examples
    --------
    >>> steps(3)
    (0.0, 0.5, 1.0)
    """
    if count < 2:
        raise BadShape(f"A morph of {count} steps was asked for, wanted at least 2.")
    return tuple(k / (count - 1) for k in range(count))
