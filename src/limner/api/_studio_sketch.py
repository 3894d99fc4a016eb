"""Sketching as the studio asks for it: strokes and wishes in → shadows, photographs, strokes of photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limner.api._lines import extract_lines
from limner.api._photo import parse_face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.files.encode import PictureKind
    from limner.records import Face, Palette, Photo, Stroke
    from limner.sketches.canvas import Canvas

__all__ = [
    "SIDE_PX",
    "aligned",
    "canvas_from_photo",
    "canvas_parts",
    "encode_made",
    "encode_shade",
    "ink_kept",
    "morph",
    "open_canvas",
    "palette_of",
    "strokes_of",
    "take_part",
]

#: Side of the canvas.
SIDE_PX = 512
#: Strokes are cut at a window's border to about this many px.
_STEP_PX = 1.5


def open_canvas(*, neighbours: int = 10) -> Canvas:
    """Return a blank canvas."""
    from limner.sketches.canvas import Canvas

    return Canvas(neighbours=neighbours)


def canvas_parts() -> dict[str, Any]:
    """Return the components of a sketch, their windows on 512 px (x, y, side), and the groups that have names."""
    from limner.sketches.parts import GROUPS, NAMES, WINDOWS

    return {
        "components": list(NAMES),
        "windows": {name: list(window.at(SIDE_PX)) for name, window in WINDOWS.items()},
        "groups": {name: list(parts) for name, parts in GROUPS.items() if len(parts) > 1},
    }


def palette_of(colors: Mapping[str, Any]) -> Palette:
    """Return the palette of colours as text (``#c68642``) and the light; what is missing is usual.

    Raises
    ------
    UnknownName, BadShape
        If there is no such swatch, or a value is no colour.

    Examples
    --------
    >>> palette_of({"hair": "#20170f"}).hair
    (32, 23, 15)
    """
    from dataclasses import fields

    from limner.errors import BadShape, UnknownName
    from limner.records import Palette

    known = [f.name for f in fields(Palette)]
    values: dict[str, Any] = {}
    for name, value in colors.items():
        if name not in known:
            raise UnknownName.among("swatch", name, known)
        if name == "light":
            values[name] = tuple(float(v) for v in value)
        elif isinstance(value, str):
            values[name] = Palette.color(value)
        else:
            raise BadShape(f"Palette.{name} is {value!r}; write a colour as #rrggbb.")
    return Palette.chosen(**values)


def ink_kept(canvas: Canvas, photo: Photo) -> float:
    """Return the share of a canvas's ink that is found again in its photograph, 0 to 1."""
    from limner.sketches.likeness import likeness

    return likeness(canvas.ink, photo)


def encode_shade(shade: NDArray[np.float32]) -> bytes:
    """Return a map of 0 to 1 as a grey PNG, 255 where it is 1."""
    import numpy as np

    from limner.files import image

    return image.encode_picture(np.rint(255 * shade).astype(np.uint8))


def encode_made(
    pixels: NDArray[np.uint8], kind: str, verb: str, settings: Mapping[str, object]
) -> bytes:
    """Return a picture that networks made from no photograph, or shown anew, with a recipe that says so."""
    from limner import __version__
    from limner.files import image
    from limner.records import Recipe
    from limner.weights import session

    hashes = session().hashes({"sketch": "sketches", "turn": "heads"}[verb])
    recipe = Recipe(verb, dict(settings), hashes, __version__, "trainedAlgorithmicMedia")
    return image.encode_picture(pixels, kind=_picture_kind(kind), recipe=recipe)


def _picture_kind(kind: str) -> PictureKind:
    from limner.errors import OutputError

    kinds: tuple[PictureKind, ...] = ("png", "jpeg", "webp")
    for known in kinds:
        if known == kind:
            return known
    raise OutputError(f"A picture cannot be written as {kind}; choose {', '.join(kinds)}.")


def morph(first: Canvas, second: Canvas, t: float, **options: Any) -> Photo:
    """Return the photograph between two canvases; options are those of ``limner.sketches.morph.between``."""
    from limner.sketches.morph import between

    return between(first, second, t, **options)


def aligned(photo: Photo, face: Face | None) -> Photo:
    """Return the photograph as it lies under the canvas, 512²: a face's aligned crop, or all of it, fitted."""
    import numpy as np

    from limner.geometry import align
    from limner.records import Photo

    matrix = canvas_from_photo(photo, face)
    side = (SIDE_PX, SIDE_PX)
    return Photo(np.asarray(align.warp(photo.pixels, matrix, side), np.uint8), notes=photo.notes)


def canvas_from_photo(photo: Photo, face: Face | None) -> NDArray[np.float64]:
    """Return the (2, 3) matrix from the photograph's px to the canvas's."""
    import numpy as np

    if face is not None:
        return face.crop_from_photo
    width, height = photo.size_px
    k = SIDE_PX / max(width, height)
    shift = (SIDE_PX - 1) / 2 - k * (np.array([width, height]) - 1) / 2
    return np.array([[k, 0, shift[0]], [0, k, shift[1]]])


def strokes_of(
    photo: Photo, face: Face | None, *, seen_as: str = "auto", detail: float = 0.5
) -> tuple[tuple[Stroke, ...], str]:
    """Return a picture's lines as strokes on the canvas, and what the picture was taken for.

    Parameters
    ----------
    photo : Photo
    face : Face, optional
        Whose place decides where the lines lie; the whole picture is fitted if not given.
    seen_as : {"auto", "photo", "drawing"}
        A drawing's own ink is traced; of a photograph the lines are found first.
    detail : float
        Of a photograph's lines, 0 to 1.

    Returns
    -------
    tuple of Stroke
        In canvas px.
    str
        "photo" or "drawing".

    Raises
    ------
    EmptySketch
        If a drawing's sheet is blank.
    """
    from limner import lines
    from limner.records import LineDrawing
    from limner.sketches import scan

    if seen_as == "auto":
        drawn = scan.looks_drawn(photo.pixels) and (face is None or _on_paper(photo, face))
        seen_as = "drawing" if drawn else "photo"
    if seen_as == "drawing":
        ink = scan.ink_of(photo.pixels)
        matrix = None if face is None else face.crop_from_photo
        drawing = LineDrawing(scan.place(ink, matrix))
    else:
        semantic = None if face is None else parse_face(photo, face=face)
        drawing = extract_lines(aligned(photo, face), semantic=semantic, detail=detail)
    return lines.trace(drawing), seen_as


def _on_paper(photo: Photo, face: Face) -> bool:
    """Say whether a face is colourless, and paper between lines or tones of strokes: no skin."""
    import numpy as np

    from limner.sketches import scan

    pixels = aligned(photo, face).pixels[160:400, 160:352]
    middle = pixels.astype(int)
    paper = float(np.quantile(photo.pixels.min(axis=2), 0.9))
    color = float(np.median(middle.max(axis=2) - middle.min(axis=2)))
    plain = float(np.median(middle.min(axis=2))) > 0.86 * paper
    return color < 30 and (plain or scan.has_grain(pixels))


def take_part(
    onto: Sequence[Stroke], other: Sequence[Stroke], part: str
) -> tuple[tuple[Stroke, ...], int]:
    """Empty a component's window on one sketch and fill it from another.

    Parameters
    ----------
    onto, other : sequence of Stroke
        In canvas px.
    part : str
        A component or group of `canvas_parts`.

    Returns
    -------
    tuple of Stroke
        `onto`'s strokes outside the window, then `other`'s inside; cut at its border where they cross it.
    int
        How many of them are the first sketch's own.

    Raises
    ------
    UnknownName
        If there is no such part.
    """
    from limner.errors import UnknownName
    from limner.sketches.parts import GROUPS, WINDOWS

    if part not in GROUPS:
        raise UnknownName.among("component", part, GROUPS)
    named = GROUPS[part]
    # the remainder is what no window of the others covers
    others = tuple(WINDOWS[n].at(SIDE_PX) for n in WINDOWS if n != "rest" and n not in named)
    mine = tuple(WINDOWS[n].at(SIDE_PX) for n in named if n != "rest")

    def inside(points: NDArray[np.float32]) -> NDArray[np.bool_]:
        if "rest" in named:
            return ~_in_any(points, others)
        return _in_any(points, mine)

    kept = [piece for s in onto for piece in _pieces(s, lambda p: ~inside(p))]
    taken = [piece for s in other for piece in _pieces(s, inside)]
    return (*kept, *taken), len(kept)


def _in_any(
    points: NDArray[np.float32], windows: Sequence[tuple[int, int, int]]
) -> NDArray[np.bool_]:
    import numpy as np

    found = np.zeros(len(points), bool)
    for x, y, side in windows:
        found |= (
            (points[:, 0] >= x)
            & (points[:, 0] < x + side)
            & (points[:, 1] >= y)
            & (points[:, 1] < y + side)
        )
    return found


def _pieces(stroke: Stroke, wanted: Any) -> list[Stroke]:
    """Return the stretches of a stroke whose points are wanted; the stroke itself if all are."""
    import numpy as np

    from limner.records import Stroke

    points = _dense(stroke.points)
    good = wanted(points)
    if good.all():
        return [stroke]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    runs = edges.reshape(-1, 2)
    return [Stroke(points[a:b], stroke.width, stroke.part) for a, b in runs if b - a > 1]


def _dense(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the polyline with a point at least every `_STEP_PX`."""
    import numpy as np

    if len(points) < 2:
        return points
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    counts = np.maximum(1, np.ceil(steps / _STEP_PX)).astype(int)
    spots = np.concatenate([i + np.arange(n) / n for i, n in enumerate(counts)])
    spots = np.append(spots, len(points) - 1)
    at = np.arange(len(points))
    return np.column_stack([np.interp(spots, at, points[:, k]) for k in range(3)]).astype(
        np.float32
    )
