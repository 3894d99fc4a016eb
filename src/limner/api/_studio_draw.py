"""Drawing as the studio asks for it: a photo, faces, a manner for each part in → a `Drawing`, its file, its plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from limner.api._draw import draw, drawn_lines
from limner.api._lines import extract_lines, trace_lines
from limner.api._photo import parse_face
from limner.api._write import encode, encode_outlines, make_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limner.records import Drawing, Face, LineDrawing, Photo, Plot, SemanticMap

__all__ = ["LINES", "Manner", "draw_as", "encode_drawing", "manner_of", "plot_of"]

#: The manner that is no artist's: clean lines.
LINES = "lines"
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Manner:
    """How people are to be drawn; fields as in `draw`.

    Parameters
    ----------
    style : str
        May also be `LINES`.
    strength, stroke_scale : float
    parts : mapping of str to (str, float)
    paper : str or tuple of int
    ink : tuple of int
    whole_picture : bool
    seed : int
    """

    style: str = "croquis"
    strength: float = 1.0
    parts: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    stroke_scale: float = 1.0
    paper: str | tuple[int, int, int] = "plain"
    ink: tuple[int, int, int] = (0, 0, 0)
    whole_picture: bool = False
    seed: int = 0


def manner_of(
    style: str | Mapping[str, str],
    strength: float | Mapping[str, float],
    *,
    paper: str = "plain",
    ink: str = "#000000",
    **others: bool | float,
) -> Manner:
    """Return the manner of plain values: style and strength for all, or by part with ``"all"`` for the rest.

    Raises
    ------
    BadShape
        If a colour is none.

    Examples
    --------
    >>> manner_of({"all": "croquis", "hair": "hatch"}, {"skin": 0.3}).parts
    {'hair': ('hatch', 1.0), 'skin': ('croquis', 0.3)}
    """
    from limner.records import Palette

    named = style if not isinstance(style, str) else {_ALL: style}
    strong = strength if not isinstance(strength, float | int) else {_ALL: strength}
    usual = named.get(_ALL, "croquis"), float(strong.get(_ALL, 1.0))
    parts = {
        part: (named.get(part, usual[0]), float(strong.get(part, usual[1])))
        for part in dict.fromkeys((*named, *strong))
        if part != _ALL
    }
    return Manner(
        *usual,
        parts,
        paper=Palette.color(paper) if paper.startswith("#") else paper,
        ink=Palette.color(ink),
        **others,  # type: ignore[arg-type]
    )


def draw_as(
    photo: Photo, faces: Sequence[Face], manner: Manner, *, layers: bool = False
) -> Drawing:
    """Draw people in a manner, at the photo's size.

    Raises
    ------
    NoFace
        If nobody is there and the whole picture is not asked for.
    UnknownName
        If there is no such style, part or paper.
    """
    if manner.style == LINES:
        return _lines(photo, faces, manner)
    return draw(
        photo,
        style=manner.style,
        strength=manner.strength,
        faces=tuple(faces),
        whole_picture=manner.whole_picture,
        seed=manner.seed,
        stroke_scale=manner.stroke_scale,
        parts=manner.parts,
        paper=manner.paper,
        ink=manner.ink,
        layers=layers,
    )


def _lines(photo: Photo, faces: Sequence[Face], manner: Manner) -> Drawing:
    """Return clean lines as a drawing."""
    import numpy as np

    from limner import styles
    from limner.errors import NoFace
    from limner.records import Drawing, SemanticMap

    if not faces and not manner.whole_picture:
        raise NoFace("No face was found, so there is nobody to draw; ask for the whole picture.")
    semantic = _seen(photo, faces) or SemanticMap(np.zeros(photo.pixels.shape[:2], np.uint8))
    # people alone: nothing of what lies behind them
    behind = 1.0 if manner.whole_picture else 0.0
    thickness, strength = manner.stroke_scale, min(1.0, manner.strength)
    weights = {part: strong for part, (_, strong) in manner.parts.items()}
    ink = extract_lines(
        photo,
        semantic=semantic,
        thickness=thickness,
        strength=strength,
        parts={"background": behind, **weights},
    ).ink
    bare = np.rint(255 * (1 - ink)).astype(np.uint8)
    pixels = styles.put_on_paper(bare, paper=manner.paper, ink=manner.ink, seed=manner.seed)
    settings = {"strength": strength, "whole_picture": manner.whole_picture}
    return Drawing(pixels, LINES, make_recipe("lines", settings=settings))


def _seen(photo: Photo, faces: Sequence[Face]) -> SemanticMap | None:
    return parse_face(photo, faces=faces) if faces else None


def _inked(drawing: Drawing, photo: Photo, faces: Sequence[Face]) -> LineDrawing:
    return drawn_lines(drawing, _seen(photo, faces))


def encode_drawing(
    drawing: Drawing, kind: str, *, photo: Photo, faces: Sequence[Face], transparent: bool = False
) -> bytes:
    """Return a drawing's file: a picture, its outlines as SVG, or OpenRaster with its layers."""
    if kind == "svg":
        return encode_outlines(_inked(drawing, photo, faces), recipe=drawing.recipe)
    return encode(drawing, kind=kind, transparent=transparent)


def plot_of(
    drawing: Drawing,
    photo: Photo,
    faces: Sequence[Face],
    *,
    page_mm: tuple[float, float] = (210, 297),
    margin_mm: float = 15,
    pen_mm: float = 0.3,
    hatch: bool = False,
) -> Plot:
    """Trace a drawing's ink into strokes on a page, one layer a part; `hatch` lays the photo's tone as well."""
    return trace_lines(
        _inked(drawing, photo, faces),
        page_mm=page_mm,
        margin_mm=margin_mm,
        pen_mm=pen_mm,
        tone=photo if hatch else None,
    )
