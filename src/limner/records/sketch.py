"""What a hand draws on the canvas and the colours it asks for: strokes, a scan, swatches in → `Sketch`, `Palette`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape
from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records.stroke import Stroke

__all__ = ["Palette", "Sketch"]

_Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A drawing on a square canvas: strokes over a scan, either of which may be missing.

    Parameters
    ----------
    strokes : tuple of Stroke
        In canvas px, in the order in which they were drawn.
    size_px : int
        Side of the canvas.
    scan : ndarray of shape (size_px, size_px), float32, optional
        Ink that was there before the first stroke, 0 paper to 1 ink.

    Raises
    ------
    BadShape
        If the canvas has no size or the scan does not fit it.

    Examples
    --------
    >>> Sketch((), 512).is_blank
    True
    """

    strokes: tuple[Stroke, ...] = ()
    size_px: int = 512
    scan: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        """Validate the size and make the scan read-only."""
        if not self.size_px > 0:
            raise BadShape(f"Sketch.size_px is {self.size_px}, wanted a positive number.")
        if self.scan is not None:
            side = (self.size_px, self.size_px)
            scan = frozen("Sketch.scan", self.scan, dtype=np.float32, shape=side, low=0, high=1)
            object.__setattr__(self, "scan", scan)

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been drawn; a scan counts from a tenth of full ink."""
        return not self.strokes and (self.scan is None or float(self.scan.max()) < 0.1)

    def with_stroke(self, stroke: Stroke) -> Sketch:
        """Return the sketch with one more stroke on top."""
        return Sketch((*self.strokes, stroke), self.size_px, self.scan)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours and the light of a portrait.

    Parameters
    ----------
    skin, hair, lips, clothes, background : tuple of int
        sRGB, 0 to 255.
    light : tuple of float
        How much brighter the skin becomes towards the picture's right and towards its bottom, −1 to 1: the change of
        luminance (0 to 1) over half the picture's side.

    Raises
    ------
    BadShape
        If a colour or the light leaves its range.

    Examples
    --------
    >>> Palette(hair=Palette.color("#20170f")).hair
    (32, 23, 15)
    >>> Palette().as_code().shape
    (17,)
    """

    skin: _Color = (205, 158, 133)
    hair: _Color = (82, 59, 46)
    lips: _Color = (183, 105, 100)
    clothes: _Color = (92, 84, 86)
    background: _Color = (225, 224, 222)
    light: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Validate the ranges."""
        for name in ("skin", "hair", "lips", "clothes", "background"):
            color = getattr(self, name)
            if len(color) != 3 or not all(0 <= v <= 255 for v in color):
                raise BadShape(f"Palette.{name} is {color}, wanted three numbers from 0 to 255.")
        if np.shape(self.light) != (2,) or not all(-1 <= v <= 1 for v in self.light):
            raise BadShape(f"Palette.light is {self.light}, wanted two numbers from -1 to 1.")

    @staticmethod
    def color(text: str) -> _Color:
        """Return the colour of ``#rrggbb`` or ``r,g,b``.

        Raises
        ------
        BadShape
            If `text` is neither.
        """
        plain = text.strip().removeprefix("#")
        try:
            if "," in plain:
                r, g, b = (int(v) for v in plain.split(","))
            elif len(plain) == 6 and plain.isalnum():  # int() would take signs and blanks
                r, g, b = (int(plain[i : i + 2], 16) for i in (0, 2, 4))
            else:
                raise ValueError
        except ValueError:
            raise BadShape(
                f"{text!r} is no colour; write #rrggbb or r,g,b, for example #c68642."
            ) from None
        if not all(0 <= v <= 255 for v in (r, g, b)):
            raise BadShape(f"{text!r} is no colour; each of r,g,b runs from 0 to 255.")
        return r, g, b

    @classmethod
    def chosen(cls, **colors: Any) -> Palette:
        """Return the palette of some fields; lips that are not among them follow the skin.

        Examples
        --------
        >>> Palette.chosen(skin=(120, 80, 60)).lips
        (111, 60, 49)
        >>> Palette.chosen(hair=(20, 16, 14)).lips == Palette().lips
        True
        """
        if "skin" in colors and "lips" not in colors:
            usual = cls()
            # on darker skin lips differ less from it
            power = 0.4 + 0.6 * min(1.0, sum(colors["skin"]) / sum(usual.skin))
            r, g, b = (
                min(255, round(skin * (lip / own) ** power))
                for skin, lip, own in zip(colors["skin"], usual.lips, usual.skin, strict=True)
            )
            colors["lips"] = (r, g, b)
        return cls(**colors)

    def as_code(self) -> NDArray[np.float32]:
        """Return the palette as the synthesis reads it: (17,) float32, colours −1 to 1, then the light."""
        colors = (*self.skin, *self.hair, *self.lips, *self.clothes, *self.background)
        code = np.array(colors, np.float32) / np.float32(127.5) - np.float32(1)
        return np.concatenate([code, np.array(self.light, np.float32)])

    @classmethod
    def from_code(cls, code: NDArray[np.float32]) -> Palette:
        """Return the palette of a code, clipped to what a palette may hold."""
        if np.shape(code) != (17,):
            raise BadShape(f"A palette's code has shape {np.shape(code)}, wanted (17,).")
        if not np.isfinite(code).all():
            raise BadShape("A palette's code holds values that are not finite numbers.")
        rgb = np.clip(np.rint((np.asarray(code[:15], np.float64) + 1) * 127.5), 0, 255).astype(int)
        colors = [(int(r), int(g), int(b)) for r, g, b in rgb.reshape(5, 3)]
        x, y = np.clip(code[15:], -1, 1)
        skin, hair, lips, clothes, background = colors
        return cls(skin, hair, lips, clothes, background, (float(x), float(y)))
