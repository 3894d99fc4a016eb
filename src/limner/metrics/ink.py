"""Whether two drawings have ink in the same places: two prepared drawings in → the ink agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.metrics._check import drawing_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ink_agreement"]


def ink_agreement(a: ArrayLike, b: ArrayLike, *, reach_px: float = 2.0, ink: float = 0.5) -> float:
    r"""Return how far the ink of two drawings lies in the same places.

    .. math:: \frac{2 P R}{P + R}, \quad P = \mathrm{share\ of\ A's\ ink\ with\ ink\ of\ B\ within\ reach}, \quad
              R = \mathrm{the\ same\ of\ B's\ with\ A's}

    Parameters
    ----------
    a, b : array_like of shape (H, W), uint8
        Drawings of the same sitter, in the same frame, from `metrics.prepare`: 255 is paper.
    reach_px : float
        How far apart ink may lie and still agree, between pixel centres. The protocol's 2 px hold for 256².
    ink : float
        What counts as ink: darkness above this, 0 paper to 1 black.

    Returns
    -------
    float
        0 to 1, the higher the better. Two blank sheets agree (1); a blank and a drawn one do not (0).

    Raises
    ------
    BadShape
        If a drawing is not grey uint8, or the sizes differ.

    Notes
    -----
    Both ways, because a black sheet would reach all ink of any drawing. It sees where lines are, not how they are
    drawn. 10 ms for 256².

    References
    ----------
    The boundary F-measure with tolerance: Martin et al., Learning to Detect Natural Image Boundaries, PAMI 2004,
    section 3, with distance transforms in place of matching.

    Examples
    --------
    >>> a = np.full((16, 16), 255, np.uint8)
    >>> a[4] = 0
    >>> b = np.roll(a, 2, axis=0)
    >>> ink_agreement(a, b), ink_agreement(a, np.roll(b, 1, axis=0))
    (1.0, 0.0)
    """
    x, y = drawing_pair(a, b)
    one, other = (255 - x.astype(np.int16) > 255 * ink for x in (x, y))
    if not one.any() or not other.any():
        return float(not one.any() and not other.any())
    p, r = _reached(one, other, reach_px), _reached(other, one, reach_px)
    return 2 * p * r / (p + r) if p + r else 0.0


def _reached(ink: NDArray[np.bool_], by: NDArray[np.bool_], reach_px: float) -> float:
    distance = cv2.distanceTransform((~by).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float((np.asarray(distance)[ink] <= reach_px).mean())
