"""A photograph as a pen would draw it: `Photo` and `SemanticMap` in → `LineDrawing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from limner.errors import BadShape, UnknownName
from limner.lines.care import alike, face_height_px, look_after
from limner.lines.dodge import dodge
from limner.lines.learned import learned
from limner.lines.pen import pen
from limner.records import LineDrawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limner.lines.care import Care
    from limner.records import Photo, SemanticMap

__all__ = ["extract"]

#: The ways to find lines.
ENGINES = ("flow", "dodge", "learned")

#: Gain from which dodged edges show in full.
_SKIN_GAIN = 0.5


def extract(
    photo: Photo,
    semantic: SemanticMap | None = None,
    *,
    engine: Literal["flow", "dodge", "learned"] = "flow",
    thickness: float = 1.0,
    detail: float = 0.5,
    strength: float = 1.0,
    parts: Mapping[str, float] | None = None,
) -> LineDrawing:
    """Draw a photograph as lines.

    Parameters
    ----------
    photo : Photo
        The picture.
    semantic : SemanticMap, optional
        What it shows, at its size. With it, the background stays empty, skin keeps only what is
        strong, and eyes, brows, nose and mouth are always drawn; without it all places are
        treated alike.
    engine : {"flow", "dodge", "learned"}
        Coherent pen lines that follow the form, soft pencil edges, or the lines that a network
        draws alike for photographs and for drawings.
    thickness : float
        Width of the lines, 0.25 to 4; 1 is a fine pen for a face of this size.
    detail : float
        0 only what is needed to know the sitter, 1 every hair.
    strength : float
        How dark, 0 to 1.
    parts : mapping of str to float, optional
        Weight of a part of ``records.PARTS``; where not named 1, but 0 for the background. Needs
        `semantic`.

    Returns
    -------
    LineDrawing
        Ink (H, W) float32, 0 paper to 1 ink, at the photograph's size.

    Raises
    ------
    BadShape
        If the map has another size than the photograph, or a number is out of range.
    UnknownName
        If there is no such engine or part.
    MissingWeights
        If the engine is "learned" and its network is not installed.

    Notes
    -----
    All lengths are parts of the face's height and the filter runs on a raster of fixed size for
    that height, so that the lines do not depend on the picture's resolution; only the last step,
    which cuts the smooth response into ink with a crisp edge, runs at full size. About 0.15 s for
    a crop of 512 × 512 px, 1 s for 12 megapixels.

    References
    ----------
    Kang, Lee, Chui: Coherent Line Drawing, NPAR 2007.
    Winnemöller, Kyprianidis, Olsen: XDoG: An eXtended difference-of-Gaussians compendium,
    Computers & Graphics 2012.
    """
    _check(photo, semantic, thickness, detail, strength)
    if engine not in ENGINES:
        raise UnknownName.among("line engine", engine, ENGINES)
    face_px = face_height_px(semantic, photo.size_px)
    if engine != "flow":
        if engine == "learned":
            ink = learned(photo.pixels, semantic, face_px, thickness, detail)
        else:
            ink = dodge(photo.pixels, face_px, thickness, detail)
        if semantic is not None:
            care = look_after(semantic, photo.size_px, face_px, parts)
            ink = ink * np.clip(care.gain / _SKIN_GAIN, 0, 1)
    else:

        def care_for(raster_wh: tuple[int, int]) -> Care:
            if semantic is None:
                return alike(raster_wh)
            return look_after(semantic, raster_wh, face_px, parts)

        ink = pen(photo.pixels, care_for, face_px, thickness, detail)
    return LineDrawing(np.clip(ink * np.float32(strength), 0, 1), semantic)


def _check(
    photo: Photo,
    semantic: SemanticMap | None,
    thickness: float,
    detail: float,
    strength: float,
) -> None:
    if semantic is not None and semantic.labels.shape != photo.pixels.shape[:2]:
        raise BadShape(
            f"The semantic map has shape {semantic.labels.shape}, wanted the photo's"
            f" {photo.pixels.shape[:2]}; parse the same picture."
        )
    limits = (
        ("thickness", thickness, 0.25, 4),
        ("detail", detail, 0, 1),
        ("strength", strength, 0, 1),
    )
    for name, value, low, high in limits:
        # Written so that "not a number" fails too.
        if not low <= value <= high:
            raise BadShape(f"{name} is {value}, wanted {low} to {high}.")
