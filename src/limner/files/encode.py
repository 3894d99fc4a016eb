"""Pictures out: pixels or class ids and their `Recipe` in → bytes of a PNG, JPEG, WebP or TIFF, no other metadata."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from PIL import Image, PngImagePlugin

from limner.errors import BadShape, InputError
from limner.files.metadata import as_text, creator, xmp_packet
from limner.records import CLASS_COLORS, CLASSES, Recipe, SemanticMap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["PictureKind", "encode_labels", "encode_picture"]

#: File formats that pictures are written in.
PictureKind: TypeAlias = Literal["png", "jpeg", "webp", "tiff"]

#: Longest side that each format can say.
_LONGEST_SIDE = {"png": 2**31 - 1, "jpeg": 65_500, "webp": 16_383, "tiff": 2**31 - 1}

#: Level 3 gives drawings as small a file as 6, in half the time.
_PNG_LEVEL = 3
#: Where a TIFF keeps its XMP.
_XMP_TAG = 700
_JPEG_QUALITY = 95
#: A JPEG keeps its XMP in one segment of 64 KiB, less the segment's own header.
_JPEG_XMP_BYTES = 65_502


def encode_picture(
    pixels: NDArray[np.uint8],
    *,
    kind: PictureKind = "png",
    recipe: Recipe | None = None,
    dpi: float | None = None,
    exif: bytes = b"",
) -> bytes:
    """Encode pixels; equal input gives equal bytes.

    Parameters
    ----------
    pixels : ndarray of shape (H, W), (H, W, 3) or (H, W, 4), uint8
        Grey, sRGB, or sRGB with alpha (not premultiplied).
    kind : {"png", "jpeg", "webp", "tiff"}
        PNG, TIFF and WebP keep every value; JPEG is written at quality 95 with full colour resolution, without
        alpha.
    recipe : Recipe, optional
        Written in as XMP (tool, IPTC digital source type, recipe), and in a PNG as the text ``limner`` too.
    dpi : float, optional
        Px per inch in print, written into a PNG, JPEG or TIFF; WebP has no place for it.
    exif : bytes
        What the user asked to keep of the photograph's own, from `keepsake`; a TIFF takes only its words.

    Returns
    -------
    bytes
        The file. Where red, green and blue are equal everywhere, PNG and JPEG are written as grey, which is a third
        of the work and reads back the same.

    Raises
    ------
    BadShape
        If the array is no picture.
    InputError
        If the format does not exist, cannot hold transparency or a picture of that size.

    Notes
    -----
    Nothing of the photograph's own metadata gets here unless it is handed over: only pixels and the recipe do.
    """
    if kind not in _LONGEST_SIDE:
        raise InputError(f"There is no picture format {kind!r}; wanted png, jpeg, webp or tiff.")
    image = _as_image(pixels)
    if max(image.size) > _LONGEST_SIDE[kind]:
        raise InputError(
            f"A {kind.upper()} holds at most {_LONGEST_SIDE[kind]} px a side; this picture has "
            f"{image.width} × {image.height}. Write PNG."
        )
    printed: dict[str, Any] = {} if dpi is None else {"dpi": (dpi, dpi)}
    printed |= {"exif": exif} if exif else {}
    if kind == "png":
        return _png(image, recipe, (), printed)
    packet = None if recipe is None else xmp_packet(recipe)
    if kind == "tiff":
        printed.pop("exif", None)
        told = _tiff_tags(exif) | ({} if packet is None else {_XMP_TAG: packet})
        return _saved(image, "TIFF", compression="tiff_lzw", tiffinfo=told, **printed)
    options: dict[str, Any] = {} if packet is None else {"xmp": packet}
    if kind == "webp":
        # A palette of effort: method 1 takes a quarter of the default's time for a tenth more bytes.
        kept = options | ({"exif": exif} if exif else {})
        rgb = image if image.mode == "RGBA" else image.convert("RGB")
        return _saved(rgb, "WEBP", lossless=True, exact=True, method=1, quality=0, **kept)
    return _jpeg(image, options | printed)


def encode_labels(semantic: SemanticMap, *, recipe: Recipe | None = None) -> bytes:
    """Encode a semantic map as an index PNG: pixel values are class ids, the palette shows them.

    Parameters
    ----------
    semantic : SemanticMap
        Labels (H, W), 0 to 18.
    recipe : Recipe, optional
        Written in as in `encode_picture`.

    Returns
    -------
    bytes
        A PNG in palette mode at the map's own size; the text ``limner.classes`` names the ids in order.
    """
    image = Image.fromarray(semantic.labels)
    image.putpalette([channel for color in CLASS_COLORS for channel in color])
    return _png(image, recipe, [("limner.classes", " ".join(CLASSES))])


def _as_image(pixels: NDArray[np.uint8]) -> Image.Image:
    array = np.asarray(pixels)
    has_shape = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in {3, 4})
    if array.dtype != np.uint8 or not has_shape or array.size == 0:
        raise BadShape(
            f"The picture is {array.dtype} of shape {array.shape}; "
            "wanted uint8 of shape (H, W), (H, W, 3) or (H, W, 4)."
        )
    if array.ndim == 3 and array.shape[2] == 3 and _is_grey(array):
        array = array[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(array))


def _is_grey(array: NDArray[np.uint8]) -> bool:
    # Row blocks: a photograph is told by its first rows, without a copy of the whole.
    for start in range(0, array.shape[0], 256):
        rows = array[start : start + 256]
        red = rows[:, :, 0]
        if not (np.array_equal(red, rows[:, :, 1]) and np.array_equal(red, rows[:, :, 2])):
            return False
    return True


def _png(
    image: Image.Image,
    recipe: Recipe | None,
    texts: Iterable[tuple[str, str]],
    printed: dict[str, Any] | None = None,
) -> bytes:
    info = PngImagePlugin.PngInfo()
    if recipe is not None:
        info.add_text("Software", creator(recipe))
        info.add_itxt("limner", as_text(recipe))
        info.add_itxt("XML:com.adobe.xmp", xmp_packet(recipe).decode("utf-8"))
    for key, value in texts:
        info.add_text(key, value)
    return _saved(image, "PNG", pnginfo=info, compress_level=_PNG_LEVEL, **(printed or {}))


def _tiff_tags(exif: bytes) -> dict[int, Any]:
    """Return an EXIF block's plain tags; a TIFF takes its inner blocks, as of place, from no one."""
    block = Image.Exif()
    block.load(exif)
    return {tag: value for tag, value in block.items() if isinstance(value, str)}


def _jpeg(image: Image.Image, options: dict[str, Any]) -> bytes:
    if image.mode == "RGBA":
        raise InputError("A JPEG keeps no transparency. Write PNG or WebP.")
    if len(options.get("xmp", b"")) > _JPEG_XMP_BYTES:
        raise InputError("The recipe is too long for a JPEG, which holds 64 KB of it. Write PNG.")
    return _saved(image, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=False, **options)


def _saved(image: Image.Image, plugin: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, plugin, **options)
    return buffer.getvalue()
