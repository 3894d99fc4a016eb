"""Colour as people see it: a decoded picture of any mode in → sRGB pixels of eight bits, alpha, notes."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_srgb"]

_BROKEN = "Its colour profile is broken or does not fit and was ignored."
_SCALED = "Its grey values run beyond 16 bits and were scaled to what they hold."

_BITS_PER_SAMPLE = 258
#: TIFF's tag that says whether 0 is white, and the value that says so.
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0


def to_srgb(
    image: Image.Image, background: tuple[int, int, int] = (255, 255, 255)
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, tuple[str, ...]]:
    """Convert a decoded picture to sRGB and lay it on a ground.

    Parameters
    ----------
    image : PIL.Image.Image
        Loaded; any mode. Its `info` may hold an ICC profile and a transparent colour.
    background : tuple of int
        sRGB ground under transparent pixels.

    Returns
    -------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB.
    alpha : ndarray of shape (H, W), uint8, or None
        0 clear to 255 solid; None where the picture is solid everywhere.
    notes : tuple of str
        What was guessed or ignored.

    Notes
    -----
    Order matters: 16 bits are scaled first, alpha is set aside, the profile is applied to the colours alone, and only
    sRGB colours are mixed with the ground. CMYK without a profile follows the simple product of ink and black.
    """
    notes: list[str] = []
    color, alpha = _split(image, notes)
    rgb = _through_profile(color, image.info.get("icc_profile"), notes)
    solid = alpha is None or alpha.getextrema()[0] == 255
    if alpha is None or solid:
        return _frozen(rgb), None, tuple(notes)
    ground = Image.new("RGB", rgb.size, background)
    ground.paste(rgb, mask=alpha)
    return _frozen(ground), _frozen(alpha), tuple(notes)


def _frozen(image: Image.Image) -> NDArray[np.uint8]:
    # Marked read-only here, so that the record keeps this array and does not copy it.
    array = np.array(image, dtype=np.uint8)
    array.flags.writeable = False
    return array


def _split(image: Image.Image, notes: list[str]) -> tuple[Image.Image, Image.Image | None]:
    """Return the colours in a mode that a profile can speak of (L, RGB, CMYK, LAB), and the alpha."""
    if image.mode.startswith("I") or image.mode == "F":
        return _narrowed(image, notes)
    if image.mode in {"LA", "La"}:
        grey, alpha = image.convert("LA").split()
        return grey, alpha
    if image.mode == "RGBa" or image.has_transparency_data:
        # Through RGBA: Pillow then knows palettes, single transparent colours and premultiplied alpha.
        rgba = image.convert("RGBA")
        keep = "L" if image.mode in {"1", "L"} else "RGB"
        return rgba.convert(keep), rgba.getchannel("A")
    if image.mode in {"L", "RGB", "CMYK", "LAB"}:
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _narrowed(image: Image.Image, notes: list[str]) -> tuple[Image.Image, Image.Image | None]:
    """Scale 16-bit, 32-bit and floating-point grey to eight bits; Pillow's own conversion clips instead."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
    tags = getattr(image, "tag_v2", {})
    # Scanners keep 12 bits in words of 16.
    bits = int(tags.get(_BITS_PER_SAMPLE, (16,))[0]) if image.mode.startswith("I;16") else 16
    top = float(2**bits - 1)
    if image.mode == "F" and values.max() <= 1:
        top = 1.0
    elif image.mode == "F" and values.max() <= 255:
        top = 255.0
    elif values.max() > top:
        top = float(values.max())
        notes.append(_SCALED)
    clear = image.info.get("transparency")
    alpha = None
    if isinstance(clear, int):
        alpha = Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))
    grey = np.clip(np.rint(values * (255.0 / top)), 0, 255).astype(np.uint8)
    if image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        grey = 255 - grey
    return Image.fromarray(grey), alpha


def _through_profile(color: Image.Image, icc: object, notes: list[str]) -> Image.Image:
    """Return `color` in sRGB, by its own profile where it has one that works."""
    if isinstance(icc, bytes) and icc:
        try:
            return _by_profile(color, icc)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            notes.append(_BROKEN)
    if color.mode == "LAB":
        return _applied(color, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return color.convert("RGB")


def _by_profile(color: Image.Image, icc: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    space = profile.profile.xcolor_space.strip()
    if space == "RGB":
        if color.mode == "CMYK":
            raise ValueError("a profile for screens on a picture for print")
        # Programs leave the screen's profile on pictures that they made grey.
        color = color.convert("RGB")
        return color if _is_srgb(icc) else _applied(color, profile)
    if {"GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}.get(space) != color.mode:
        raise ValueError(f"a profile for {space} on a picture in {color.mode}")
    return _applied(color, profile)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _applied(color: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    # Relative colorimetric with black-point compensation, as browsers and photo programs show pictures.
    result = ImageCms.profileToProfile(
        color,
        profile,
        _srgb(),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if result is None:  # pragma: no cover - only with inPlace
        raise ValueError("the profile gave no picture")
    return result


def _is_srgb(icc: bytes) -> bool:
    """Say whether a profile moves no colour by more than one level: most are sRGB, and 12 megapixels cost 0.2 s."""
    steps = np.linspace(0, 255, 6).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(12, 18, 3)
    moved = np.asarray(_applied(Image.fromarray(cube), ImageCms.ImageCmsProfile(io.BytesIO(icc))))
    return bool(np.abs(moved.astype(np.int16) - cube).max() <= 1)
