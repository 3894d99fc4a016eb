"""Composing: a drawing of a face, on paper or stroke by stroke, in → a photograph of somebody who never lived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from limner.api._lines import extract_lines
from limner.api._photo import detect_faces, parse_face, read_photo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    from limner.api._photo import PhotoSource
    from limner.files.encode import PictureKind
    from limner.records import Face, Palette, Photo, Recipe, Sketch
    from limner.sketches.canvas import Canvas, Confidence

    SketchSource: TypeAlias = "PhotoSource | Sketch | Canvas"

__all__ = [
    "Composed",
    "compose",
    "compose_morph",
    "compose_recipe",
    "drawn_canvas",
    "encode_composed",
    "sketch_parts",
]

#: A shadow is painted this dark under the ink.
_SHADOW = 0.4
#: Paper of a darker median is black, its ink white.
_DARK = 110


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A photograph that a drawing stands for.

    Parameters
    ----------
    photo : Photo
        (512, 512, 3) or (256, 256, 3) uint8 sRGB; its notes say what is worth knowing.
    ink_kept : float
        Share of the drawing's ink that is found again in the photograph, 0 to 1.
    guide : ndarray of shape (512, 512), uint8
        The drawing in the photograph's frame over its shadow: where faces like it have their lines.
    recipe : Recipe
        What made it, with the mark of a picture that a network made.
    """

    photo: Photo
    ink_kept: float
    guide: NDArray[np.uint8]
    recipe: Recipe


def sketch_parts() -> tuple[str, ...]:
    """Return the names by which `compose` takes parts and confidences: components and groups of them."""
    from limner.sketches.parts import GROUPS

    return tuple(GROUPS)


def drawn_canvas(sketch: SketchSource, *, neighbours: int = 10) -> tuple[Canvas, tuple[str, ...]]:
    """Return a canvas with a drawing on it, and what is worth knowing of how it came there.

    Parameters
    ----------
    sketch : path, bytes, array, Photo, Sketch or Canvas
        A drawing of a face: scanned or photographed, dark on light or light on dark, of any size. A face found in it
        is laid where faces belong; else its lines are fitted as a whole. Of a photograph the lines are taken.
    neighbours : int
        How many people of the bank a component is compared with.

    Raises
    ------
    UnreadablePhoto
        If it is a file that cannot be read.
    EmptySketch
        If the sheet is blank.
    """
    from limner.records import Sketch
    from limner.sketches.canvas import Canvas

    if isinstance(sketch, Canvas):
        return sketch, ()
    if isinstance(sketch, Sketch):
        return Canvas(sketch, neighbours=neighbours), ()
    picture = read_photo(sketch)
    ink, notes = _ink(picture)
    return Canvas(Sketch((), ink.shape[0], ink), neighbours=neighbours), (*picture.notes, *notes)


def _ink(picture: Photo) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Return a picture's ink on the canvas, (512, 512) float32, and notes."""
    from limner.api import _studio_sketch
    from limner.sketches import scan

    faces = detect_faces(picture)
    face = max(faces, key=lambda face: face.area_px) if faces else None
    notes = []
    if len(faces) > 1:
        notes.append(f"{len(faces)} faces are in the picture; the largest was taken.")
    if _is_photograph(picture, face):
        semantic = None if face is None else parse_face(picture, face=face)
        drawing = extract_lines(_studio_sketch.aligned(picture, face), semantic=semantic)
        notes.append("It looks like a photograph, not a drawing, so its lines were taken.")
        return drawing.ink, tuple(notes)
    ink = scan.ink_of(picture.pixels)
    if face is None:
        notes.append("No face was found in the drawing; it was fitted by the extent of its lines.")
    return scan.place(ink, None if face is None else face.crop_from_photo), tuple(notes)


def _is_photograph(picture: Photo, face: Face | None) -> bool:
    """Say whether tones, not lines, make the picture: no plain sheet, or a face smoothly unlike the sheet around it."""
    import numpy as np

    from limner.api import _studio_sketch
    from limner.sketches import scan

    if not scan.looks_drawn(picture.pixels):
        return True
    if face is None:
        return False
    sheet = picture.pixels.astype(int)
    middle = _studio_sketch.aligned(picture, face).pixels[160:400, 160:352].astype(int)
    if float(np.median(sheet)) < _DARK:
        sheet, middle = 255 - sheet, 255 - middle
    paper = float(np.quantile(sheet.min(axis=2), 0.9))
    color = float(np.median(middle.max(axis=2) - middle.min(axis=2)))
    toned = float(np.median(middle.min(axis=2))) < 0.8 * paper
    return color > 40 or (toned and not scan.has_grain(middle.astype(np.uint8)))


def compose(
    sketch: SketchSource,
    *,
    confidence: Confidence = 1.0,
    palette: Palette | None = None,
    parts_from: Mapping[str, SketchSource] | None = None,
    neighbours: int = 10,
    size_px: int = 512,
    seed: int = 0,
) -> Composed:
    """Turn a drawing of a face into a photograph of somebody who never lived.

    Parameters
    ----------
    sketch : path, bytes, array, Photo, Sketch or Canvas
        As for `drawn_canvas`; a canvas is left as it is.
    confidence : float or mapping
        1 = exactly what was drawn, 0 = only what faces look like; for all, or by part: ``{"eyes": 0.7, "rest": 0.3}``.
        Parts are left-eye, right-eye, eyes, nose, mouth, rest and all.
    palette : Palette, optional
        Colours of skin, hair, lips, clothes and ground, and the light; usual ones if not given.
    parts_from : mapping of str to drawing, optional
        Part → the drawing that it is taken from.
    neighbours : int
        How many people of the bank a component is compared with.
    size_px : int
        512, or 256 for a preview.
    seed : int
        Decides grain: strands and pores.

    Returns
    -------
    Composed
        The photograph, the share of ink kept, the drawing over its shadow, and the recipe that marks it as made.

    Raises
    ------
    UnreadablePhoto
        If a drawing is a file that cannot be read.
    EmptySketch
        If a sheet is blank.
    UnknownName, BadShape
        If there is no such part, or a number is out of range.
    MissingWeights, ForbiddenWeights
        If the networks are not installed, or may not be used commercially where that is asked for.
    """
    from limner.sketches.canvas import Canvas
    from limner.sketches.parts import spread

    trust = dict(confidence) if not isinstance(confidence, (int, float)) else float(confidence)
    spread(trust, 1.0)
    spread(dict.fromkeys(parts_from or (), 1.0), 0.0)
    canvas, notes = drawn_canvas(sketch, neighbours=neighbours)
    for part, other in (parts_from or {}).items():
        if isinstance(sketch, Canvas) and canvas is sketch:
            canvas = Canvas(sketch.sketch, neighbours=neighbours)
        donor, said = drawn_canvas(other, neighbours=neighbours)
        canvas.take(part, donor)
        notes += tuple(f"{part}: {note}" for note in said)
    photo = canvas.photo(confidence=trust, palette=palette, size_px=size_px, seed=seed)
    settings = {
        "confidence": trust,
        "palette": _swatches(palette),
        "parts_from": sorted(parts_from or ()),
        "neighbours": neighbours,
        "size_px": size_px,
        "seed": seed,
    }
    return _composed(photo, canvas, notes, compose_recipe(settings))


def _composed(photo: Photo, canvas: Canvas, notes: Sequence[str], recipe: Recipe) -> Composed:
    from limner.records import Photo
    from limner.sketches.likeness import likeness

    said = Photo(photo.pixels, notes=(*notes, *photo.notes))
    return Composed(said, likeness(canvas.ink, photo), _guide(canvas), recipe)


def _guide(canvas: Canvas) -> NDArray[np.uint8]:
    import numpy as np

    paper = 1 - _SHADOW * canvas.shadow()
    return np.asarray(np.rint(255 * paper * (1 - canvas.ink)), np.uint8)


def compose_morph(
    first: SketchSource,
    second: SketchSource,
    *,
    steps: int = 7,
    confidence: Confidence = 1.0,
    palette: Palette | None = None,
    size_px: int = 512,
    seed: int = 0,
) -> tuple[Composed, ...]:
    """Turn one drawing into another, step by step, each a photograph.

    Parameters
    ----------
    first, second : path, bytes, array, Photo, Sketch or Canvas
        The drawings at both ends.
    steps : int
        How many photographs, both ends among them.
    confidence, palette, size_px, seed
        As for `compose`.

    Returns
    -------
    tuple of Composed
        From the first drawing to the second; each tells how much is kept of the drawing it is nearer to.
    """
    from limner.sketches import morph

    ends = [drawn_canvas(s) for s in (first, second)]
    trust = dict(confidence) if not isinstance(confidence, (int, float)) else float(confidence)
    colors = None if palette is None else (palette, palette)
    made = []
    for t in morph.steps(steps):
        canvas, notes = ends[t >= 0.5]
        photo = morph.between(
            ends[0][0],
            ends[1][0],
            t,
            confidence=trust,
            palettes=colors,
            size_px=size_px,
            seed=seed,
        )
        settings = {"confidence": trust, "palette": _swatches(palette), "t": t, "seed": seed}
        made.append(_composed(photo, canvas, notes, compose_recipe(settings)))
    return tuple(made)


def _swatches(palette: Palette | None) -> dict[str, Any]:
    from dataclasses import asdict

    from limner.records import Palette

    return {k: list(v) for k, v in asdict(palette or Palette()).items()}


def compose_recipe(settings: Mapping[str, object]) -> Recipe:
    """Say what made a photograph out of a drawing: settings, networks, and that no camera took it."""
    from limner import __version__
    from limner.records import Recipe
    from limner.weights import session

    hashes = session().hashes("faces", "sketches")
    return Recipe("compose", dict(settings), hashes, __version__, "trainedAlgorithmicMedia")


def encode_composed(composed: Composed, *, kind: PictureKind = "png") -> bytes:
    """Return the photograph as a file that says what made it."""
    from limner.files import image

    return image.encode_picture(composed.photo.pixels, kind=kind, recipe=composed.recipe)
