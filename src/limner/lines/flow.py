"""The way lines run: grey in → tangents; values and tangents in → values smoothed along lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["smooth_along", "tangents"]

#: Columns of the packed list of pixels; OpenCV's remap wants a picture of modest width.
_COLUMNS = 1024


def tangents(grey: NDArray[np.float32], reach_px: float) -> NDArray[np.float32]:
    """Find the direction in which lines run, agreed upon with the neighbourhood.

    Parameters
    ----------
    grey : ndarray of shape (H, W), float32
        Tone, already smooth at the scale of the lines.
    reach_px : float
        Standard deviation of the neighbourhood.

    Returns
    -------
    ndarray of shape (H, W, 2), float32
        Unit vectors (x, y); their sign carries no meaning.

    Notes
    -----
    The structure tensor, blurred by a Gaussian; its minor eigenvector has the closed form of half
    an angle. Where nothing has a direction, any is returned.

    References
    ----------
    Kyprianidis and Kang: Image and Video Abstraction by Coherence-Enhancing Filtering,
    Eurographics 2011, section 3.1.
    """
    gx = cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32)
    tensor = blur(np.dstack([gx * gx - gy * gy, 2 * gx * gy]), reach_px)
    across = cv2.phase(tensor[..., 0], tensor[..., 1]) * np.float32(0.5)
    return np.dstack([-np.sin(across), np.cos(across)])


def smooth_along(
    values: NDArray[np.float32],
    flow: NDArray[np.float32],
    sigmas_px: tuple[float, ...],
    where: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], ...]:
    """Average values along the lines that run through each pixel.

    Parameters
    ----------
    values : ndarray of shape (H, W), float32
        What to average.
    flow : ndarray of shape (H, W, 2), float32
        Tangents from `tangents`.
    sigmas_px : tuple of float
        Standard deviations along the line; one result each, at hardly more cost than one.
    where : ndarray of shape (H, W), bool
        Pixels to compute; the others keep their value.

    Returns
    -------
    tuple of ndarray of shape (H, W), float32
        The averages, in the order of `sigmas_px`.

    Notes
    -----
    Line integral convolution with a Gaussian: from each pixel, walk a pixel at a time along the
    tangents, both ways, turning round a tangent that points back. All pixels walk at once.

    References
    ----------
    Kang, Lee, Chui: Coherent Line Drawing, NPAR 2007, equation 6.
    """
    rows, columns = np.nonzero(where)
    count = rows.size
    outs = tuple(values.copy() for _ in sigmas_px)
    if not count:
        return outs
    # Walkers stand in a picture, so that one remap moves them all; its last row is padded.
    pad = -count % _COLUMNS
    start_x = np.pad(columns, (0, pad), mode="edge").reshape(-1, _COLUMNS).astype(np.float32)
    start_y = np.pad(rows, (0, pad), mode="edge").reshape(-1, _COLUMNS).astype(np.float32)
    here = values[rows, columns]
    sums = [np.pad(here, (0, pad)).reshape(-1, _COLUMNS) for _ in sigmas_px]
    totals = [1.0 for _ in sigmas_px]
    steps = int(np.ceil(2 * max(sigmas_px)))
    for sign in (1, -1):
        x, y = start_x.copy(), start_y.copy()
        vx, vy = _look_up(flow, x, y, sign)
        for step in range(1, steps + 1):
            x += vx
            y += vy
            seen = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for i, sigma in enumerate(sigmas_px):
                if step <= 2 * sigma:
                    weight = float(np.exp(-0.5 * (step / sigma) ** 2))
                    sums[i] += seen * np.float32(weight)
                    totals[i] += weight
            ux, uy = _look_up(flow, x, y, 1)
            turn = np.copysign(np.float32(1), ux * vx + uy * vy)
            vx, vy = ux * turn, uy * turn
    for out, total, walked in zip(outs, totals, sums, strict=True):
        out[rows, columns] = walked.ravel()[:count] / np.float32(total)
    return outs


def _look_up(
    flow: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32], sign: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found = cv2.remap(flow, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return found[..., 0] * np.float32(sign), found[..., 1] * np.float32(sign)
