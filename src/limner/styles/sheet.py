"""What a drawing is made on and with: grey ink or paint, a paper and an ink's colour in → the finished picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import UnknownName
from limner.styles.texture import tooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAPERS", "Paper", "find_paper", "put_on_paper"]

#: Colour, roughness (0 to 1) and grain, px, of the papers that have names.
PAPERS: dict[str, tuple[tuple[int, int, int], float, float]] = {
    "plain": ((255, 255, 255), 0.0, 1.0),
    "laid": ((250, 246, 236), 0.25, 1.0),
    "rough": ((252, 250, 244), 0.8, 1.4),
    "cotton": ((246, 241, 229), 0.5, 2.2),
    "kraft": ((196, 164, 124), 0.6, 1.2),
    "toned-blue": ((190, 203, 214), 0.4, 1.3),
    "toned-grey": ((202, 200, 196), 0.4, 1.3),
    "canvas": ((243, 237, 222), 0.6, 1.6),
}
_BAND_PX = 512

#: A paper's name, or a colour as red, green, blue.
Paper = str | tuple[int, int, int]


def find_paper(paper: Paper) -> tuple[tuple[int, int, int], float, float]:
    """Return a paper's colour, roughness and grain.

    Parameters
    ----------
    paper : str or tuple of int
        One of `PAPERS`, or a colour as red, green, blue, which is smooth.

    Raises
    ------
    UnknownName
        If there is no such paper.

    Examples
    --------
    >>> find_paper((250, 240, 230))
    ((250, 240, 230), 0.0, 1.0)
    """
    if not isinstance(paper, str):
        red, green, blue = (min(255, max(0, int(v))) for v in paper)
        return (red, green, blue), 0.0, 1.0
    if paper not in PAPERS:
        raise UnknownName.among("paper", paper, PAPERS)
    return PAPERS[paper]


def put_on_paper(
    drawing: NDArray[np.uint8],
    *,
    paper: Paper = "plain",
    ink: tuple[int, int, int] = (0, 0, 0),
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Lay ink, or paint, on paper.

    Parameters
    ----------
    drawing : ndarray of shape (H, W) or (H, W, 3), uint8
        Grey, 255 paper to 0 ink; or colours, white where there is paper.
    paper : str or tuple of int
        As for `find_paper`.
    ink : tuple of int
        Its colour: red, green, blue; of no effect on colours.
    seed : int
        Of the paper's grain.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        The picture. On plain paper, black ink gives the drawing itself.

    Notes
    -----
    Ink lets the paper through as printed ink does: colours are multiplied. Worked in bands of rows.
    """
    color, rough, grain_px = find_paper(paper)
    height, width = drawing.shape[:2]
    out = np.empty((height, width, 3), np.uint8)
    plain = color == (255, 255, 255) and not rough
    table = _table(ink)
    for start in range(0, height, _BAND_PX):
        band = drawing[start : start + _BAND_PX]
        colored = _colored(band, table) if drawing.ndim == 2 else band
        if plain:
            out[start : start + _BAND_PX] = colored
            continue
        sheet = np.broadcast_to(np.asarray(color, np.float32), colored.shape)
        if rough:
            shape = (colored.shape[0], width)
            grains = tooth((start, 0), shape, grain_px=grain_px, seed=seed)
            sheet = sheet * (1 + np.float32(0.022 * rough) * grains)[..., None]
        mixed = np.clip(sheet * (colored.astype(np.float32) / np.float32(255)), 0, 255)
        out[start : start + _BAND_PX] = np.rint(mixed)
    return out


def _colored(grey: NDArray[np.uint8], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W, 3): each grey in its colour of the table."""
    three = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    if (table == np.arange(256)[:, None]).all():  # black ink: greys are what they are
        return np.asarray(three, np.uint8)
    return np.asarray(cv2.LUT(three, table[None]), np.uint8)


def _table(ink: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return (256, 3): the colour of each grey when black is `ink`."""
    grey = np.arange(256, dtype=np.float32)[:, None] / np.float32(255)
    return np.asarray(
        np.rint(np.float32(255) * grey + np.array(ink, np.float32) * (1 - grey)), np.uint8
    )
