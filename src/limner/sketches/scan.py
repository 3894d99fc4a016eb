"""Any drawing on any paper in → ink on the canvas: black on white, evenly lit, in the canvas's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape, EmptySketch
from limner.geometry.align import warp

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SIZE_PX", "fit_frame", "has_grain", "ink_of", "looks_drawn", "place"]

#: Side of the canvas.
SIZE_PX = 512

#: Where the middle of a drawn head and its height come to lie when no face was found in it.
_HEAD_MIDDLE = (256.0, 266.0)
_HEAD_HEIGHT = 440.0
#: Strokes are rougher than skin: mean difference of a face from its own blur, in 255ths.
_GRAIN = 12.0


def ink_of(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the ink of a scanned or photographed drawing.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3) or (H, W), uint8
        Dark on light or light on dark; paper may be tinted and unevenly lit.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink.

    Raises
    ------
    BadShape
        If `pixels` is no picture.
    EmptySketch
        If the sheet is blank.

    Notes
    -----
    Paper is what stays when every dark mark narrower than a fifteenth of the sheet is filled in; dividing by it takes
    shadow and tint away. Ink is then stretched so that the darkest hundredth of all marks is full ink.

    Examples
    --------
    >>> import numpy as np
    >>> sheet = np.full((64, 64), 230, np.uint8)
    >>> sheet[30:33, 8:56] = 40
    >>> ink = ink_of(sheet)
    >>> bool(ink[31, 30] > 0.9 and ink[10, 10] < 0.05)
    True
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or min(pixels.shape[:2]) < 16:
        raise BadShape(
            f"A drawing has shape {pixels.shape} and dtype {pixels.dtype}, "
            "wanted uint8 pixels of at least 16 x 16."
        )
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels[..., :3], cv2.COLOR_RGB2GRAY)
    if float(np.median(grey)) < 110:
        grey = cv2.bitwise_not(grey)
    side = max(5, min(grey.shape) // 15) | 1
    # the paper is smooth: it can be found on a small copy
    step = max(1, min(grey.shape) // 192)
    small = cv2.resize(grey, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    kernel = np.ones((max(5, side // step) | 1,) * 2, np.uint8)
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    filled = cv2.GaussianBlur(filled, (0, 0), max(2.0, side / step / 2))
    paper = cv2.resize(filled, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    dark = 1 - grey.astype(np.float32) / np.maximum(paper.astype(np.float32), 32)
    dark = np.clip(dark - 0.08, 0, None)
    marks = dark[dark > 0.06]
    if len(marks) < 12:
        raise EmptySketch("The sheet is blank; wanted a drawing with visible lines.")
    full = max(0.12, float(np.quantile(marks, 0.9)))
    return np.clip(dark / full, 0, 1).astype(np.float32)


def looks_drawn(pixels: NDArray[np.uint8]) -> bool:
    """Say whether a picture is a drawing: mostly plain paper, rather than a photograph's tones.

    A sheet has at least half of its pixels within 12 of one grey level or is nearly without colour and two-toned.
    """
    small = cv2.resize(pixels, (96, 96), interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        grey = cv2.cvtColor(small[..., :3], cv2.COLOR_RGB2GRAY)
        color = float((small[..., :3].max(2).astype(int) - small[..., :3].min(2)).mean())
    else:
        grey, color = small, 0.0
    flat = cv2.GaussianBlur(grey, (0, 0), 12)
    plain = float(
        (np.abs(grey.astype(int) - np.maximum(flat, np.median(grey)).astype(int)) < 14).mean()
    )
    return plain > 0.5 and color < 40


def has_grain(face: NDArray[np.uint8]) -> bool:
    """Say whether a face's tones are made of strokes: charcoal and pencil on paper, where skin is smooth.

    Parameters
    ----------
    face : ndarray of shape (H, W, 3) or (H, W), uint8
        From brows to chin, in a crop of 512 px.

    Notes
    -----
    Measured on sample sitters: photographs 6 to 9 levels of mean difference from their own blur, drawings 14 to 56.
    """
    grey = face if face.ndim == 2 else cv2.cvtColor(face[..., :3], cv2.COLOR_RGB2GRAY)
    value = grey.astype(np.float32)
    return float(np.abs(value - cv2.GaussianBlur(value, (0, 0), 6)).mean()) > _GRAIN


def fit_frame(ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return canvas_from_sheet, (2, 3) float64, that puts all ink where a head belongs.

    For drawings in which no face is found: the box of the ink (its outer hundredth cut away) becomes a head of the
    usual height in the usual place.

    Raises
    ------
    EmptySketch
        If there is no ink.
    """
    ys, xs = np.nonzero(ink > 0.3)
    if len(ys) < 12:
        raise EmptySketch("There is no ink in the sketch; draw something first.")
    x0, x1 = np.quantile(xs, (0.01, 0.99))
    y0, y1 = np.quantile(ys, (0.01, 0.99))
    scale = min(_HEAD_HEIGHT / max(y1 - y0, 8), 0.94 * SIZE_PX / max(x1 - x0, 8))
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    shift = np.array(_HEAD_MIDDLE) - scale * middle
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])


def place(
    ink: NDArray[np.float32], canvas_from_sheet: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Return the ink in the canvas's frame.

    Parameters
    ----------
    ink : ndarray of shape (H, W), float32
        0 paper to 1 ink.
    canvas_from_sheet : ndarray of shape (2, 3), optional
        For example ``face.crop_from_photo``; from `fit_frame` if not given.

    Returns
    -------
    ndarray of shape (512, 512), float32
        Lines that become thinner than a pixel are strengthened, so that they do not fade.
    """
    matrix = fit_frame(ink) if canvas_from_sheet is None else canvas_from_sheet
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 1:
        # averaging over what one canvas pixel covers pales thin lines; strengthen them first
        ink = np.clip(ink * min(2.5, 0.65 + 0.35 / scale), 0, 1).astype(np.float32)
    out = warp(ink, matrix, (SIZE_PX, SIZE_PX), border="zero")
    return np.asarray(np.clip(out, 0, 1), np.float32)
