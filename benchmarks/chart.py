"""Draw a chart: named rows of points in → an SVG with logarithmic axes, a line and a word a row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Chart"]

_WIDE, _HIGH = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 170, 44, 56
#: px between the words at the ends of two lines.
_APART = 16
#: Told apart by most people who see colours otherwise (Okabe and Ito, 2008).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to draw.

    Parameters
    ----------
    title, across, up : str
        What it shows, and what its axes count.
    rows : mapping of str to sequence of (x, y)
        Name → its points, by x, all above 0.

    Examples
    --------
    >>> svg = Chart("Cost", "Mpx", "ms", {"draw": [(1, 300), (4, 900)]}).svg()
    >>> svg.count("<polyline"), "draw" in svg
    (1, True)
    """

    title: str
    across: str
    up: str
    rows: Mapping[str, Sequence[Point]]

    def svg(self) -> str:
        """Return the chart as a file's text."""
        body = "\n".join([*self._axes(), *self._lines()])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
            f'aria-label={quoteattr(self.title)} font-family="sans-serif" font-size="13">\n'
            f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>\n{body}\n</svg>\n'
        )

    def _span(self, which: int) -> tuple[float, float]:
        values = [point[which] for row in self.rows.values() for point in row]
        low, high = min(values), max(values)
        return (low, high) if high > low else (low / 2, high * 2)

    def _x(self, value: float) -> float:
        return _LEFT + _share(value, self._span(0)) * (_WIDE - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        return _HIGH - _BOTTOM - _share(value, self._span(1)) * (_HIGH - _TOP - _BOTTOM)

    def _axes(self) -> Iterator[str]:
        right, low = _WIDE - _RIGHT, _HIGH - _BOTTOM
        yield _text(_LEFT, 24, self.title, "start", weight=' font-weight="bold"')
        for tick in _ticks(*self._span(0)):
            x = self._x(tick)
            yield f'<path d="M{x:.1f} {_TOP}V{low}" stroke="#ddd"/>'
            yield _text(x, low + 18, f"{tick:g}", "middle")
        for tick in _ticks(*self._span(1)):
            y = self._y(tick)
            yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
            yield _text(_LEFT - 8, y + 4, f"{tick:g}", "end")
        yield f'<path d="M{_LEFT} {_TOP}V{low}H{right}" fill="none" stroke="#555"/>'
        yield _text((_LEFT + right) / 2, _HIGH - 14, self.across, "middle")
        turned = f' transform="rotate(-90 18 {(_TOP + low) / 2})"'
        yield _text(18, (_TOP + low) / 2, self.up, "middle", weight=turned)

    def _lines(self) -> Iterator[str]:
        ends = _spread([self._y(row[-1][1]) for row in self.rows.values()])
        for k, ((name, row), end) in enumerate(zip(self.rows.items(), ends, strict=True)):
            colour = _COLOURS[k % len(_COLOURS)]
            places = [(self._x(x), self._y(y)) for x, y in row]
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places
            )
            yield _text(_WIDE - _RIGHT + 8, end + 4, name, "start", colour=colour)


def _share(value: float, span: tuple[float, float]) -> float:
    return math.log(value / span[0]) / math.log(span[1] / span[0])


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 of every power of ten between two values."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [m * 10.0**p for p in powers for m in (1, 2, 5) if low <= m * 10.0**p <= high]


def _spread(places: Iterable[float]) -> list[float]:
    """Return places moved down where they stand closer than words may."""
    found = list(places)
    last = -math.inf
    for k in sorted(range(len(found)), key=found.__getitem__):
        found[k] = last = max(found[k], last + _APART)
    return found


def _text(
    x: float, y: float, words: str, anchor: str, *, colour: str = "#333", weight: str = ""
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(words)}</text>"
    )
