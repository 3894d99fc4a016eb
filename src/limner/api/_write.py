"""Keeping: a record in → bytes of a picture, label map or plot → a whole file, or none."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from limner.files.encode import PictureKind
    from limner.records import Drawing, LineDrawing, Photo, Plot, Recipe, SemanticMap

__all__ = [
    "KIND_OF_SUFFIX",
    "Record",
    "encode",
    "encode_outlines",
    "kept_metadata",
    "make_recipe",
    "write",
    "write_bytes",
]

Record: TypeAlias = "Drawing | LineDrawing | Photo | Plot | SemanticMap"

_Kind = TypeVar("_Kind", bound=str)

#: What a file is written as, by the end of its name.
KIND_OF_SUFFIX: dict[str, str] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".ora": "ora",
    ".svg": "svg",
    ".hpgl": "hpgl",
    ".plt": "hpgl",
    ".gcode": "gcode",
    ".nc": "gcode",
}


def make_recipe(
    verb: str,
    *,
    settings: Mapping[str, object],
    weights: Mapping[str, str] | None = None,
    drawn_by_network: bool = False,
) -> Recipe:
    """Say what makes a picture, to be written into its file.

    Parameters
    ----------
    verb : str
    settings : mapping
        Plain values that decide the result.
    weights : mapping of str to str, optional
        Name and hash of the networks used beside those that find and parse faces.
    drawn_by_network : bool
        Whether a trained network painted the result, from a photograph.

    Returns
    -------
    Recipe
        With the hashes of the networks, Limner's version and the IPTC digital-source-type.
    """
    from limner import __version__
    from limner.records import Recipe
    from limner.weights import session

    faces = session().hashes("faces")
    source = "compositeWithTrainedAlgorithmicMedia" if drawn_by_network else "algorithmicMedia"
    return Recipe(verb, dict(settings), faces | dict(weights or {}), __version__, source)


def encode(
    record: Record,
    *,
    kind: str | None = None,
    transparent: bool = False,
    recipe: Recipe | None = None,
    dpi: float | None = None,
    exif: bytes = b"",
) -> bytes:
    """Return a record as the bytes of a file.

    Parameters
    ----------
    record : Drawing, LineDrawing, Photo, SemanticMap or Plot
    kind : {"png", "jpeg", "webp", "tiff", "ora", "svg", "hpgl", "gcode"}, optional
        None takes PNG, for a plot SVG. A map of labels is always an index PNG; only a drawing has layers for ora.
    transparent : bool
        Ink on clear ground, for a drawing or line drawing as PNG, WebP or TIFF.
    recipe : Recipe, optional
        What made it; a drawing brings its own.
    dpi : float, optional
        Px per inch in print, said in a PNG, JPEG or TIFF.
    exif : bytes
        What the user asked to keep of the photograph's own metadata, from `kept_metadata`; for pictures only.

    Raises
    ------
    OutputError
        If such a record cannot be written as that kind.
    """
    from limner.records import Drawing, LineDrawing, Plot, SemanticMap

    if isinstance(record, Plot):
        return _encode_plot(record, _fitting(kind or "svg", ("svg", "hpgl", "gcode")), recipe)
    from limner.files import image

    if isinstance(record, SemanticMap):
        _fitting(kind or "png", ("png",))
        return image.encode_labels(record, recipe=recipe)
    if isinstance(record, Drawing) and kind == "ora":
        from limner.files import ora

        return ora.encode_ora(record)
    kinds: tuple[PictureKind, ...] = ("png", "webp", "tiff")
    if not transparent:
        kinds = ("png", "jpeg", "webp", "tiff")
    picture_kind = _fitting(kind or "png", kinds)
    if isinstance(record, Drawing):
        recipe = recipe or record.recipe
        pixels = record.pixels
    elif isinstance(record, LineDrawing):
        pixels = _on_paper(record)
    else:
        pixels = record.pixels
    if transparent:
        pixels = _ink_alone(pixels)
    return image.encode_picture(pixels, kind=picture_kind, recipe=recipe, dpi=dpi, exif=exif)


def kept_metadata(path: str | os.PathLike[str]) -> bytes:
    """Return what a result may keep of a photograph's own metadata, where the user asks for it.

    Parameters
    ----------
    path : path
        The photograph.

    Returns
    -------
    bytes
        EXIF with who, when, where and with what it was taken; empty if there is none. For `encode`.
    """
    from limner.files import keepsake

    return keepsake.keepsake(path)


def encode_outlines(drawing: LineDrawing, *, recipe: Recipe | None = None) -> bytes:
    """Return a line drawing as an SVG of filled shapes, which keeps the lines' own width."""
    from limner import lines
    from limner.files import svg

    return svg.encode_outlines(lines.outline(drawing), drawing.size_px, recipe=recipe)


def write(
    record: Record,
    path: str | os.PathLike[str],
    *,
    transparent: bool = False,
    recipe: Recipe | None = None,
) -> None:
    """Write a record to a file, whole or not at all.

    Parameters
    ----------
    record : Drawing, LineDrawing, Photo, SemanticMap or Plot
    path : path
        Its end decides the kind: .png, .jpg, .webp, .tif; .ora with a drawing's layers; .svg, .hpgl, .gcode for a
        plot. ``-`` is stdout.
    transparent, recipe
        As for `encode`.

    Raises
    ------
    OutputError
        If the kind does not fit or the file cannot be written; an older file of that name is untouched then.
    """
    from limner.errors import OutputError

    suffix = PurePath(path).suffix.lower()
    if str(path) != "-" and suffix not in KIND_OF_SUFFIX:
        known = ", ".join(KIND_OF_SUFFIX)
        raise OutputError(f"{str(path)!r} ends in {suffix!r}; Limner writes {known}.")
    kind = KIND_OF_SUFFIX.get(suffix)
    write_bytes(path, encode(record, kind=kind, transparent=transparent, recipe=recipe))


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to a file, whole or not at all; ``-`` is stdout.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    from limner.files import atomic

    atomic.write_bytes(path, data)


def _fitting(kind: str, kinds: tuple[_Kind, ...]) -> _Kind:
    from limner.errors import OutputError

    for fitting in kinds:
        if fitting == kind:
            return fitting
    raise OutputError(f"This result cannot be written as {kind}; choose {', '.join(kinds)}.")


def _encode_plot(plot: Plot, kind: str, recipe: Recipe | None) -> bytes:
    if kind == "hpgl":
        from limner.files import hpgl

        return hpgl.encode_hpgl(plot)
    if kind == "gcode":
        from limner.files import gcode

        return gcode.encode_gcode(plot)
    from limner.files import svg

    return svg.encode_svg(plot, recipe=recipe)


def _on_paper(drawing: LineDrawing) -> NDArray[np.uint8]:
    import numpy as np

    grey = np.rint(255 * (1 - drawing.ink)).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _ink_alone(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W, 4): the clearest ink that, laid on white, gives `pixels` back."""
    import numpy as np

    alpha = 255 - pixels.min(axis=2)
    cover = np.maximum(alpha, 1)[..., None].astype(np.float32)
    color = (pixels.astype(np.float32) - (255 - alpha[..., None])) * (255 / cover)
    return np.dstack([np.rint(color.clip(0, 255)).astype(np.uint8), alpha])
