"""What the figures stand for: rows of drawings with their captions in → one contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from limner.errors import BadShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["contact_sheet"]

_GAP_PX = 8
_CAPTION_PX = 26


def contact_sheet(
    rows: Sequence[tuple[str, Sequence[NDArray[np.uint8]]]], *, side_px: int = 192, columns: int = 8
) -> NDArray[np.uint8]:
    """Return rows of drawings under their captions.

    Parameters
    ----------
    rows : sequence of (str, sequence of ndarray of shape (H, W) or (H, W, 3), uint8)
        A caption and drawings, of which the first `columns` are shown.
    side_px : int
        Size at which each is shown.
    columns : int
        Drawings in a row.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        White paper, captions in black.

    Raises
    ------
    BadShape
        If there is nothing to show.

    Examples
    --------
    >>> grey = np.full((256, 256), 128, np.uint8)
    >>> contact_sheet([("mine", [grey, grey])], side_px=64, columns=2).shape
    (106, 152, 3)
    """
    if not any(drawings for _, drawings in rows):
        raise BadShape("There are no drawings to show on a contact sheet.")
    step = side_px + _GAP_PX
    size = (columns * step + _GAP_PX, len(rows) * (step + _CAPTION_PX) + _GAP_PX)
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(16)
    for i, (caption, drawings) in enumerate(rows):
        top = _GAP_PX + i * (step + _CAPTION_PX)
        pen.text((_GAP_PX, top), caption, "black", font)
        for j, drawing in enumerate(drawings[:columns]):
            picture = Image.fromarray(np.asarray(drawing))
            shown = picture.resize((side_px, side_px), Image.Resampling.LANCZOS)
            sheet.paste(shown, (_GAP_PX + j * step, top + _CAPTION_PX))
    return np.asarray(sheet)
