"""What a sitter asks for: style, strength and exceptions for parts in → one checked `Wish`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from limner.errors import BadShape, UnknownName
from limner.records import PARTS
from limner.styles.names import find

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PartWish", "Wish", "read_parts"]

#: How a part may be asked for: ``"hatch"``, ``"hatch:1.2"``, ``1.2``, or ``("hatch", 1.2)``.
PartWish = str | float | tuple[str, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to be drawn.

    Parameters
    ----------
    style : str
        A name, a blend or a style file.
    strength : float
        0 bare lines, 1 the artist's manner, 2 twice the ink.
    seed : int
        Of grain and strokes.
    stroke_scale : float
        Breadth of the strokes, 0.5 (finer) to 2 (broader).
    parts : mapping of str to (str, float)
        Part → its own style and strength.

    Raises
    ------
    UnknownName
        If there is no such style or part.
    BadShape
        If a number is out of range.
    """

    style: str = "croquis"
    strength: float = 1.0
    seed: int = 0
    stroke_scale: float = 1.0
    parts: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check names and ranges before any work."""
        find(self.style)
        _check_strength(self.strength)
        if not 0.5 <= self.stroke_scale <= 2:
            raise BadShape(
                f"The stroke scale is {self.stroke_scale:g}; want 0.5 (finer) to 2 (broader)."
            )
        for part, (style, strength) in self.parts.items():
            if part not in PARTS:
                raise UnknownName.among("part", part, PARTS)
            find(style)
            _check_strength(strength)


def _check_strength(strength: float) -> None:
    # Written so that "not a number" fails too.
    if not 0 <= strength <= 2:
        raise BadShape(f"The strength is {strength:g}; want 0 (bare lines) to 2 (twice the ink).")


def read_parts(
    parts: Mapping[str, PartWish] | None, *, style: str, strength: float
) -> dict[str, tuple[str, float]]:
    """Return each part's style and strength.

    Parameters
    ----------
    parts : mapping, optional
        Part → a style, a strength, or both; what is not said is as in the rest of the picture.
    style, strength
        Of the rest of the picture.

    Raises
    ------
    BadShape
        If what is asked for cannot be read.

    Examples
    --------
    >>> read_parts({"hair": "hatch:1.2", "skin": 0.5}, style="croquis", strength=1.0)
    {'hair': ('hatch', 1.2), 'skin': ('croquis', 0.5)}
    """
    read = {}
    for part, asked in (parts or {}).items():
        if isinstance(asked, tuple):
            read[part] = (asked[0], float(asked[1]))
        elif isinstance(asked, str):
            read[part] = _read(part, asked, style, strength)
        else:
            read[part] = (style, float(asked))
    return read


def _read(part: str, text: str, style: str, strength: float) -> tuple[str, float]:
    number = _number(text)
    if number is not None:
        return style, number
    if "," in text or text.endswith(".toml"):
        return text, strength
    name, colon, tail = text.partition(":")
    number = _number(tail)
    if colon and number is None:
        raise BadShape(f"{part}={text} is not STYLE, NUMBER or STYLE:NUMBER, as in hair=hatch:1.2.")
    return name or style, strength if number is None else number


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
