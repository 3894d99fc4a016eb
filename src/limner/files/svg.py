"""SVG out: a `Plot`, strokes or outlines in → an SVG sized in mm, an Inkscape layer a part or pen."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from limner.errors import InputError
from limner.files.metadata import rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from limner.records import Plot, Recipe, Stroke

__all__ = ["encode_outlines", "encode_strokes", "encode_svg"]

#: One px at the 96 dpi of CSS, so that a picture without a stated size prints as browsers show it.
_MM_PER_PX = 25.4 / 96

#: Records put pixel centres at integers; SVG puts a pixel's corner there.
_CENTER_PX = 0.5

#: How the layer of strokes without a part is called.
_NO_PART = "lines"


def encode_svg(
    plot: Plot, *, recipe: Recipe | None = None, layers: Literal["part", "pen"] = "part"
) -> bytes:
    """Encode a plot as an SVG for pen plotters.

    Parameters
    ----------
    plot : Plot
        Strokes in mm from the page's upper left corner.
    recipe : Recipe, optional
        Written into the metadata.
    layers : {"part", "pen"}
        One Inkscape layer for each part of the portrait, or for each width of line, widest first.

    Returns
    -------
    bytes
        UTF-8. The page in mm, one unit of the view box a millimetre, stroke width the pen's, no fill, round ends; no
        script, no style sheet, nothing from outside. Within a layer the strokes keep the plot's order.

    Raises
    ------
    InputError
        If `layers` is another word.
    """
    if layers == "part":
        groups = {part: [s for s in plot.strokes if s.part == part] for part in plot.layers}
        named = [(part or _NO_PART, plot.pen_mm, strokes) for part, strokes in groups.items()]
    elif layers == "pen":
        widths = sorted({round(s.width, 2) for s in plot.strokes}, reverse=True)
        # The number comes first: plotter programs take a layer's number from its name.
        named = [
            (f"{n} pen {w:g} mm", w, [s for s in plot.strokes if round(s.width, 2) == w])
            for n, w in enumerate(widths, start=1)
        ]
    else:
        raise InputError(f"Layers by {layers!r} do not exist; wanted 'part' or 'pen'.")
    body = [
        _layer(
            number,
            label,
            [f'<path d="{_line(s.points[:, :2], 3, width)}"/>' for s in strokes],
            f'fill="none" stroke="#000" stroke-width="{_number(width, 3)}"'
            ' stroke-linecap="round" stroke-linejoin="round"',
        )
        for number, (label, width, strokes) in enumerate(named, start=1)
    ]
    return _document(body, plot.page_mm, plot.page_mm, recipe)


def encode_strokes(
    strokes: Iterable[Stroke],
    size_px: tuple[int, int],
    *,
    width_mm: float | None = None,
    recipe: Recipe | None = None,
) -> bytes:
    """Encode strokes in a picture's own pixels, each as wide as it is.

    Parameters
    ----------
    strokes : iterable of Stroke
        x, y and width in px, pixel centres at integers.
    size_px : tuple of int
        Width and height of the picture.
    width_mm : float, optional
        Width of the sheet; None takes 96 px an inch.
    recipe : Recipe, optional
        Written into the metadata.

    Returns
    -------
    bytes
        UTF-8; lies exactly over the picture, one layer a part.
    """
    groups: dict[str, list[str]] = {}
    for stroke in strokes:
        path = _line(stroke.points[:, :2] + _CENTER_PX, 2, stroke.width)
        width = _number(stroke.width, 2)
        groups.setdefault(stroke.part, []).append(f'<path stroke-width="{width}" d="{path}"/>')
    style = 'fill="none" stroke="#000" stroke-linecap="round" stroke-linejoin="round"'
    body = [
        _layer(number, part or _NO_PART, paths, style)
        for number, (part, paths) in enumerate(groups.items(), start=1)
    ]
    return _document(body, _sheet_mm(size_px, width_mm), size_px, recipe)


def encode_outlines(
    outlines: Mapping[str, Sequence[NDArray[Any]]],
    size_px: tuple[int, int],
    *,
    width_mm: float | None = None,
    recipe: Recipe | None = None,
) -> bytes:
    """Encode the lines' own shapes, filled, where a pen's even width would lose their swell.

    Parameters
    ----------
    outlines : mapping of str to sequence of ndarray of shape (N, 2)
        Part → closed rings, x and y in px, pixel centres at integers; a ring inside another is a hole.
    size_px : tuple of int
        Width and height of the picture.
    width_mm : float, optional
        Width of the sheet; None takes 96 px an inch.
    recipe : Recipe, optional
        Written into the metadata.

    Returns
    -------
    bytes
        UTF-8; lies exactly over the picture, one layer and one path a part.
    """
    body = []
    for number, (part, rings) in enumerate(outlines.items(), start=1):
        path = "".join(_line(np.asarray(ring) + _CENTER_PX, 2, 0) + "Z" for ring in rings)
        paths = [f'<path d="{path}"/>'] if path else []
        style = 'fill="#000" fill-rule="evenodd" stroke="none"'
        body.append(_layer(number, part or _NO_PART, paths, style))
    return _document(body, _sheet_mm(size_px, width_mm), size_px, recipe)


def _sheet_mm(size_px: tuple[int, int], width_mm: float | None) -> tuple[float, float]:
    width, height = size_px
    scale = _MM_PER_PX if width_mm is None else width_mm / width
    if not scale > 0:
        raise InputError(f"A sheet {width_mm} mm wide was wanted; its width must be positive.")
    return width * scale, height * scale


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _line(points: NDArray[Any], digits: int, width: float) -> str:
    """Return path data; a single point becomes a tenth of the line's width long, which round ends make a dot."""
    pairs = np.asarray(points, np.float64)
    if len(pairs) == 1:
        # A line of no length would be a dot as well, but plotter programs drop it.
        pairs = np.vstack([pairs, np.add(pairs, (width / 10, 0))])
    first, *rest = [f"{_number(x, digits)} {_number(y, digits)}" for x, y in pairs.tolist()]
    return f"M{first}L{' '.join(rest)}"


def _layer(number: int, label: str, paths: Sequence[str], style: str) -> str:
    return (
        f'<g id="layer{number}" inkscape:groupmode="layer" inkscape:label="{html.escape(label)}"'
        f" {style}>\n{chr(10).join(paths)}\n</g>"
    )


def _document(
    body: Sequence[str],
    size_mm: tuple[float, float],
    view_box: tuple[float, float],
    recipe: Recipe | None,
) -> bytes:
    (width, height), (across, down) = size_mm, view_box
    head = "" if recipe is None else f"<metadata>{rdf(recipe)}</metadata>\n"
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
        f' width="{_number(width, 3)}mm" height="{_number(height, 3)}mm"'
        f' viewBox="0 0 {_number(across, 3)} {_number(down, 3)}">\n{head}'
        + "".join(f"{layer}\n" for layer in body)
        + "</svg>\n"
    )
    return text.encode("utf-8")
