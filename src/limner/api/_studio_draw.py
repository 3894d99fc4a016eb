"""Drawing as the studio asks for it: a photo, faces, a manner for each part in → a `Drawing`, its layers, its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limner.api._draw import draw
from limner.api._lines import extract_lines, trace_lines
from limner.api._photo import parse_face
from limner.api._write import encode, encode_outlines, make_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.records import Drawing, Face, LineDrawing, Photo, Plot, SemanticMap

__all__ = ["LINES", "draw_by_parts", "encode_drawing", "plot_of", "with_layers"]

#: The manner that is no artist's: clean lines.
LINES = "lines"
_ALL = "all"


def draw_by_parts(
    photo: Photo,
    faces: Sequence[Face],
    *,
    style: str | Mapping[str, str] = "croquis",
    strength: float | Mapping[str, float] = 1.0,
    whole_picture: bool = False,
    seed: int = 0,
) -> Drawing:
    """Draw people with a manner for each part.

    Parameters
    ----------
    photo : Photo
    faces : sequence of Face
        Whom to draw.
    style, strength : value or mapping
        For all, or by part of ``limner.PARTS`` with ``"all"`` for what is not named. The style may also be `LINES`.
    whole_picture : bool
        Draw all of the picture.
    seed : int

    Returns
    -------
    Drawing
        At the photo's size.

    Raises
    ------
    NoFace
        If nobody is there and `whole_picture` is not set.
    UnknownName
        If there is no such style or part.

    Notes
    -----
    Each manner draws the whole picture once; where two parts meet, their drawings pass into each other over a few
    pixels, so that no seam shows.
    """
    from limner.records import PARTS

    manners = {
        part: (_of(style, part, "croquis"), float(_of(strength, part, 1.0)))
        for part in (_ALL, *PARTS)
    }
    _check_parts(style, strength)
    made = {
        manner: _drawn(photo, faces, manner, whole_picture=whole_picture, seed=seed)
        for manner in dict.fromkeys(manners.values())
    }
    if len(made) == 1 or not faces:
        return made[manners[_ALL]]
    return _mixed(photo, faces, manners, made)


def _of(values: Any, part: str, usual: Any) -> Any:
    from collections.abc import Mapping

    if not isinstance(values, Mapping):
        return values
    return values.get(part, values.get(_ALL, usual))


def _check_parts(*tables: object) -> None:
    from collections.abc import Mapping

    from limner.errors import UnknownName
    from limner.records import PARTS

    for table in tables:
        for part in table if isinstance(table, Mapping) else ():
            if part not in (_ALL, *PARTS):
                raise UnknownName.among("part", str(part), (_ALL, *PARTS))


def _drawn(
    photo: Photo,
    faces: Sequence[Face],
    manner: tuple[object, float],
    *,
    whole_picture: bool,
    seed: int,
) -> Drawing:
    style, strength = str(manner[0]), manner[1]
    if style != LINES:
        return draw(
            photo,
            style=style,
            strength=strength,
            faces=tuple(faces),
            whole_picture=whole_picture,
            seed=seed,
        )
    return _lines(photo, faces, strength, whole_picture=whole_picture)


def _lines(photo: Photo, faces: Sequence[Face], strength: float, *, whole_picture: bool) -> Drawing:
    """Return clean lines as a drawing."""
    import numpy as np

    from limner.errors import NoFace
    from limner.records import Drawing

    if not faces and not whole_picture:
        raise NoFace("No face was found, so there is nobody to draw; ask for the whole picture.")
    semantic = parse_face(photo, faces=faces) if faces else None
    # people alone: nothing of what lies behind them
    parts = None if whole_picture or semantic is None else {"background": 0.0}
    ink = extract_lines(
        photo, semantic=semantic or _nothing_known(photo), strength=min(1.0, strength), parts=parts
    ).ink
    grey = np.rint(255 * (1 - ink)).astype(np.uint8)
    settings = {"style": LINES, "strength": strength, "whole_picture": whole_picture}
    recipe = make_recipe("lines", settings=settings)
    return Drawing(np.repeat(grey[..., None], 3, axis=2), LINES, recipe)


def _nothing_known(photo: Photo) -> SemanticMap:
    import numpy as np

    from limner.records import SemanticMap

    return SemanticMap(np.zeros(photo.pixels.shape[:2], np.uint8))


def _mixed(
    photo: Photo,
    faces: Sequence[Face],
    manners: Mapping[str, tuple[object, float]],
    made: Mapping[tuple[object, float], Drawing],
) -> Drawing:
    """Return the drawings laid together, each where its parts are."""
    import numpy as np

    from limner.records import Drawing

    usual = made[manners[_ALL]]
    semantic = parse_face(photo, faces=faces)
    soft = max(1.0, max(f.height_px for f in faces) / 160)
    total = usual.pixels.astype(np.float32)
    for manner, drawing in made.items():
        parts = [p for p, m in manners.items() if m == manner and p != _ALL]
        if drawing is not usual and parts:
            share = _soft_mask(semantic, parts, soft)[..., None]
            total += share * (drawing.pixels.astype(np.float32) - total)
    settings = {
        "style": {p: str(m[0]) for p, m in manners.items()},
        "strength": {p: m[1] for p, m in manners.items()},
        "seed": usual.recipe.settings.get("seed", 0),
    }
    recipe = make_recipe("draw", settings=settings, drawn_by_network=True)
    return Drawing(np.rint(total).astype(np.uint8), "mixed", recipe)


def _soft_mask(semantic: SemanticMap, parts: Sequence[str], soft_px: float) -> NDArray[np.float32]:
    import cv2
    import numpy as np

    from limner.records import PARTS

    ids = [c for part in parts for c in PARTS[part]]
    mask = np.isin(semantic.labels, ids).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), soft_px), np.float32)


def with_layers(drawing: Drawing, photo: Photo, faces: Sequence[Face]) -> Drawing:
    """Return `drawing` with a layer for each part that it shows, from back to front."""
    import numpy as np

    from limner.records import PARTS, Drawing

    if not faces:
        return drawing
    semantic = parse_face(photo, faces=faces)
    alpha = 255 - drawing.pixels.min(axis=2)
    layers = {}
    for part in PARTS:
        inside = semantic.part(part) & (alpha > 0)
        if inside.any():
            cover = np.where(inside, alpha, 0).astype(np.uint8)
            layers[part] = np.dstack([_clear_ink(drawing.pixels, alpha), cover])
    return Drawing(drawing.pixels, drawing.style, drawing.recipe, layers)


def _clear_ink(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the colour that, laid on white with `alpha`, gives `pixels`."""
    import numpy as np

    cover = np.maximum(alpha, 1)[..., None].astype(np.float32)
    color = (pixels.astype(np.float32) - (255 - alpha[..., None])) * (255 / cover)
    return np.asarray(np.rint(color.clip(0, 255)), np.uint8)


def encode_drawing(
    drawing: Drawing, kind: str, *, photo: Photo, faces: Sequence[Face], transparent: bool = False
) -> bytes:
    """Return a drawing's file: a picture, its outlines as SVG, or OpenRaster with a layer a part."""
    if kind == "ora":
        from limner.files import ora

        return ora.encode_ora(with_layers(drawing, photo, faces))
    if kind == "svg":
        return encode_outlines(_as_lines(drawing, photo, faces), recipe=drawing.recipe)
    return encode(drawing, kind=kind, transparent=transparent)


def _as_lines(drawing: Drawing, photo: Photo, faces: Sequence[Face]) -> LineDrawing:
    import numpy as np

    from limner.records import LineDrawing

    ink = 1 - drawing.pixels.astype(np.float32).mean(axis=2) / 255
    semantic = parse_face(photo, faces=faces) if faces else None
    return LineDrawing(ink.astype(np.float32), semantic)


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
        _as_lines(drawing, photo, faces),
        page_mm=page_mm,
        margin_mm=margin_mm,
        pen_mm=pen_mm,
        tone=photo if hatch else None,
    )
