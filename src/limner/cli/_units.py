"""Words with a unit: ``5mm``, ``A4``, ``#ffeedd``, ``hair=0.5``, ``-30:30:5`` in → numbers that the rooms take."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ANGLES",
    "COLOR",
    "LENGTH",
    "PAGE",
    "PAGES_MM",
    "Angles",
    "Color",
    "Length",
    "Page",
    "confidences",
    "parts_weights",
]

#: Of one option: a film of a minute.
_MOST_ANGLES = 1000

_MM_PER: dict[str, float] = {
    "mm": 1.0,
    "cm": 10.0,
    "in": 25.4,
    '"': 25.4,
    "inch": 25.4,
    "pt": 25.4 / 72,
    "px": 25.4 / 96,
    "": 1.0,
}

#: Pages by name, upright, in mm.
PAGES_MM: dict[str, tuple[float, float]] = {
    "A0": (841.0, 1189.0),
    "A1": (594.0, 841.0),
    "A2": (420.0, 594.0),
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "tabloid": (279.4, 431.8),
}

_LENGTH = re.compile(r'\s*(\d+\.?\d*|\.\d+)\s*(mm|cm|in|inch|pt|px|"|)\s*', re.IGNORECASE)


def _length_mm(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _MM_PER[found[2].lower()] if found else None


class Length(click.ParamType[float]):
    """A length with a unit, in mm where none is given."""

    name = "length"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return `value` in mm.

        Examples
        --------
        >>> LENGTH.convert("1in", None, None), LENGTH.convert("2.5", None, None)
        (25.4, 2.5)
        """
        length = float(value) if isinstance(value, (int, float)) else _length_mm(str(value))
        if length is None:
            self.fail(f"{value!r} is no length; write 5mm, 0.5cm, 1in or 14pt.", param, ctx)
        return length


class Page(click.ParamType[tuple[float, float]]):
    """A page by name or by size."""

    name = "page"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return width and height in mm.

        Examples
        --------
        >>> PAGE.convert("a5", None, None), PAGE.convert("8in x 100mm", None, None)
        ((148.0, 210.0), (203.2, 100.0))
        """
        if isinstance(value, tuple):
            return float(value[0]), float(value[1])
        text = str(value).strip()
        for name, size in PAGES_MM.items():
            if name.lower() == text.lower():
                return size
        sides = [_length_mm(side) for side in _split_sides(text)]
        if len(sides) != 2 or not all(sides):
            names = ", ".join(PAGES_MM)
            self.fail(f"{value!r} is no page; write one of {names}, or 210x297mm.", param, ctx)
        return sides[0] or 0.0, sides[1] or 0.0


def _split_sides(text: str) -> list[str]:
    """Split ``210x297mm`` at the x that stands between two lengths; one unit serves both sides."""
    sides = [side.strip() for side in re.split(r"[x×*](?=\s*[\d.])", text, flags=re.IGNORECASE)]
    if len(sides) == 2 and re.fullmatch(r"[\d.]+", sides[0]):
        sides[0] += re.sub(r"[\d.\s]", "", sides[1])
    return sides


class Color(click.ParamType[tuple[int, int, int]]):
    """A colour by name or as #rrggbb."""

    name = "colour"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255.

        Examples
        --------
        >>> COLOR.convert("#ff8000", None, None), COLOR.convert("white", None, None)
        ((255, 128, 0), (255, 255, 255))
        """
        if isinstance(value, tuple):
            return int(value[0]), int(value[1]), int(value[2])
        from PIL import ImageColor

        try:
            red, green, blue = ImageColor.getrgb(str(value))[:3]
        except ValueError:
            self.fail(f"{value!r} is no colour; write white, ivory or #fffff0.", param, ctx)
        return red, green, blue


class Angles(click.ParamType[tuple[float, ...]]):
    """One angle, a list, or a range with its step; in degrees."""

    name = "angles"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Return the angles in the order given.

        Examples
        --------
        >>> ANGLES.convert("-30:30:15", None, None), ANGLES.convert("-20,0,15", None, None)
        ((-30.0, -15.0, 0.0, 15.0, 30.0), (-20.0, 0.0, 15.0))
        """
        if isinstance(value, tuple):
            return tuple(float(v) for v in value)
        words = str(value).split(":")
        try:
            if len(words) == 1:
                found = [float(word) for word in words[0].split(",")]
            else:
                first, last, step = (float(word) for word in words)
                count = (last - first) / step
                found = [first + k * step for k in range(math.floor(count + 1e-6) + 1)]
        except (ValueError, ZeroDivisionError):
            found = []
        if not 0 < len(found) <= _MOST_ANGLES or not all(abs(a) <= 180 for a in found):
            self.fail(
                f"{value!r} are no angles; write 20, a list -20,0,15, or a range -30:30:5 (first:last:step), at "
                f"most {_MOST_ANGLES} within ±180.",
                param,
                ctx,
            )
        return tuple(found)


ANGLES = Angles()


class Paper(click.ParamType["str | tuple[int, int, int]"]):
    """A paper by name, or a colour."""

    name = "paper"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | tuple[int, int, int]:
        """Return the name of a paper, or red, green and blue.

        Examples
        --------
        >>> PAPER.convert("rough", None, None), PAPER.convert("#f4ecd8", None, None)
        ('rough', (244, 236, 216))
        """
        from limner import api
        from limner.errors import UnknownName

        if isinstance(value, tuple) or value in api.paper_names():
            return value
        try:
            return COLOR.convert(value, None, None)
        except click.BadParameter:
            said = UnknownName.among("paper", str(value), api.paper_names())
            self.fail(f"{said} A colour such as ivory or #fffff0 is a paper too.", param, ctx)


LENGTH = Length()
PAGE = Page()
COLOR = Color()
PAPER = Paper()


def part_wishes(given: Iterable[str]) -> dict[str, str]:
    """Return ``("hair=hatch:1.2", …)`` as a table.

    Raises
    ------
    click.BadParameter
        If one has no equals sign.

    Examples
    --------
    >>> part_wishes(["hair=hatch:1.2", "skin=0.5"])
    {'hair': 'hatch:1.2', 'skin': '0.5'}
    """
    wishes = {}
    for text in given:
        name, equals, asked = text.partition("=")
        if not (equals and asked):
            raise click.BadParameter(f"{text!r} is not NAME=STYLE:STRENGTH, as in hair=hatch:1.2.")
        wishes[name] = asked
    return wishes


def parts_weights(given: Iterable[str]) -> dict[str, float] | None:
    """Return ``("hair=0.5", …)`` as a table, None if empty.

    Raises
    ------
    click.BadParameter
        If one is not NAME=NUMBER or the part does not exist.

    Examples
    --------
    >>> parts_weights(["hair=0.5", "skin=0"])
    {'hair': 0.5, 'skin': 0.0}
    """
    from limner.errors import UnknownName
    from limner.records import PARTS

    weights: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        if name not in PARTS:
            raise click.BadParameter(str(UnknownName.among("part", name, PARTS)))
        try:
            weights[name] = float(number)
        except ValueError:
            raise click.BadParameter(f"{text!r} is not NAME=NUMBER, as in hair=0.5.") from None
        if not 0 <= weights[name] <= 10:
            raise click.BadParameter(f"{text!r} leaves the range 0 to 10.")
    return weights or None


def confidences(given: Iterable[str], parts: Iterable[str]) -> float | dict[str, float]:
    """Return ``("0.8",)`` as a number, ``("eyes=0.7,rest=0.3", …)`` as a table.

    Raises
    ------
    click.BadParameter
        If a word is neither, a part does not exist, or a number leaves 0 to 1.

    Examples
    --------
    >>> confidences(["0.8"], ["all"]), confidences(["eyes=0.7,rest=0"], ["eyes", "rest"])
    (0.8, {'eyes': 0.7, 'rest': 0.0})
    """
    from limner.errors import UnknownName

    known = tuple(parts)
    table: dict[str, float] = {}
    for word in ",".join(given).split(","):
        name, equals, number = word.strip().rpartition("=")
        name = name if equals else "all"
        if name not in known:
            raise click.BadParameter(str(UnknownName.among("component", name, known)))
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise click.BadParameter(f"{word!r} is no confidence; write 0.8 or eyes=0.7,rest=0.3.")
        table[name] = value
    return table["all"] if set(table) == {"all"} else table
