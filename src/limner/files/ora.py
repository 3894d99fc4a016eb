"""OpenRaster out: a `Drawing` with its layers in → the bytes of an .ora file for Krita, GIMP or MyPaint."""

from __future__ import annotations

import html
import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from limner.files.encode import encode_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Drawing

__all__ = ["encode_ora"]

_THUMBNAIL_PX = 256
#: The earliest time that a zip can say: the same drawing must give the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def encode_ora(drawing: Drawing) -> bytes:
    """Encode a drawing with one layer a part, over a layer of paper.

    Parameters
    ----------
    drawing : Drawing
        Its `layers` go in from back to front; without any, its pixels are the one layer. A layer called ``"paper"``
        is the paper; else it is white.

    Returns
    -------
    bytes
        An OpenRaster file; equal drawings give equal bytes. The merged picture bears the recipe.

    References
    ----------
    OpenRaster file layout specification, version 0.0.5.
    """
    height, width = drawing.pixels.shape[:2]
    layers = dict(drawing.layers) or {drawing.style: _solid(drawing.pixels)}
    if "paper" not in layers:
        layers = {"paper": np.full((height, width, 4), 255, np.uint8), **layers}
    entries: list[str] = []
    files: list[tuple[str, bytes]] = []
    for number, (name, pixels) in enumerate(layers.items()):
        path = f"data/layer{number:02d}.png"
        cut, x, y = _trimmed(pixels)
        files.append((path, encode_picture(cut)))
        entries.append(
            f'<layer name="{html.escape(name)}" src="{path}" x="{x}" y="{y}" opacity="1.0"'
            ' visibility="visible" composite-op="svg:src-over"/>'
        )
    # The stack is written from front to back.
    stack = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<image version="0.0.5" w="{width}" h="{height}"><stack>'
        f"{''.join(reversed(entries))}</stack></image>\n"
    )
    files.append(("mergedimage.png", encode_picture(drawing.pixels, recipe=drawing.recipe)))
    files.append(("Thumbnails/thumbnail.png", _thumbnail(drawing.pixels)))
    return _zipped([("mimetype", b"image/openraster"), ("stack.xml", stack.encode()), *files])


def _solid(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def _trimmed(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Return the smallest rectangle that holds all ink, and its place; one clear pixel where there is none."""
    rows = np.flatnonzero(pixels[:, :, 3].any(axis=1))
    columns = np.flatnonzero(pixels[:, :, 3].any(axis=0))
    if rows.size == 0:
        return pixels[:1, :1], 0, 0
    y, x = int(rows[0]), int(columns[0])
    return pixels[y : rows[-1] + 1, x : columns[-1] + 1], x, y


def _thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    return encode_picture(np.asarray(image))


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    """Return a zip of `files` in their order; the first tells the type and stands uncompressed, as do PNGs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            # The system that wrote it is left unsaid too.
            entry.create_system = 0
            if name.endswith(".xml"):
                entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()
