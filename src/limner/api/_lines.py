"""Lines: a photo in → a `LineDrawing`; a photo or line drawing in → a `Plot` in millimetres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from limner.api._photo import detect_faces, read_photo
from limner.errors import ForbiddenWeights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limner.api._photo import PhotoSource
    from limner.records import LineDrawing, Photo, Plot, SemanticMap

__all__ = ["extract_lines", "trace_lines"]


def extract_lines(
    photo: PhotoSource,
    *,
    semantic: SemanticMap | None = None,
    engine: Literal["flow", "dodge", "learned"] = "flow",
    thickness: float = 1.0,
    detail: float = 0.5,
    strength: float = 1.0,
    parts: Mapping[str, float] | None = None,
) -> LineDrawing:
    """Draw a picture as lines; where there are faces, each part of them gets the care that it needs.

    Parameters
    ----------
    photo : Photo or anything that `read_photo` takes
    semantic : SemanticMap, optional
        What each pixel shows, (H, W); None finds the faces and looks itself. Where nobody is found, or nobody may
        be looked for (``configure(commercial_only=True)``), all of the picture is treated alike.
    engine : {"flow", "dodge", "learned"}
        Coherent ink lines that follow the form, or soft pencil edges.
    thickness : float
        Width of the lines, 1 = a fine pen for this size of picture.
    detail : float
        0 only what is needed to know the sitter, 1 every hair.
    strength : float
        How dark, 0 to 1.
    parts : mapping of str to float, optional
        Weight of a part of ``limner.PARTS``, 1 = as it is: ``{"hair": 0.5, "background": 0}``.

    Returns
    -------
    LineDrawing
        Ink (H, W) float32, 0 paper to 1 ink, at the picture's own size.
    """
    from limner import lines

    picture = read_photo(photo)
    return lines.extract(
        picture,
        _seen(picture) if semantic is None else semantic,
        engine=engine,
        thickness=thickness,
        detail=detail,
        strength=strength,
        parts=None if parts is None else dict(parts),
    )


def trace_lines(
    photo_or_lines: PhotoSource | LineDrawing,
    *,
    page_mm: tuple[float, float] = (210, 297),
    margin_mm: float = 15,
    pen_mm: float = 0.3,
    tone: PhotoSource | None = None,
) -> Plot:
    """Trace lines into strokes for a pen, laid out on a page.

    Parameters
    ----------
    photo_or_lines : LineDrawing, or Photo or anything that `read_photo` takes
        A photo is drawn by `extract_lines` first.
    page_mm : tuple of float
        Width and height of the page.
    margin_mm : float
        Kept free on every side.
    pen_mm : float
        Width of the pen; no stroke is shorter.
    tone : Photo or anything that `read_photo` takes, optional
        Lay this picture's tone by hatching too; of the lines' own size.

    Returns
    -------
    Plot
        Strokes in mm in drawing order, one layer per part.

    Raises
    ------
    BadShape
        If nothing is left between the margins.
    """
    from limner import lines
    from limner.records import LineDrawing

    drawing = (
        photo_or_lines if isinstance(photo_or_lines, LineDrawing) else extract_lines(photo_or_lines)
    )
    strokes = lines.trace(drawing)
    if tone is not None:
        strokes += lines.hatch(read_photo(tone), drawing.semantic)
    return lines.plot(
        strokes,
        drawing.size_px,
        page_mm=page_mm,
        margin_mm=margin_mm,
        pen_mm=pen_mm,
    )


def _seen(picture: Photo) -> SemanticMap | None:
    from limner import faces

    try:
        found = detect_faces(picture)
    except (
        ForbiddenWeights
    ):  # lines are nobody's property: they need no network, only draw better with one
        return None
    return faces.parse_photo(picture, found) if found else None
