"""Whether drawings are like their sitters: descriptors of faces in → the rank-1 rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.metrics._check import feature_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["rank_1"]


def rank_1(drawings: ArrayLike, photos: ArrayLike, *, sitters: ArrayLike | None = None) -> float:
    r"""Return the share of drawings whose nearest photograph is of their own sitter.

    .. math:: \mathrm{mean}_i [\arg\max_j \cos(d_i, p_j) = s_i]

    Parameters
    ----------
    drawings : array_like of shape (N, D)
        A descriptor of the face in each drawing.
    photos : array_like of shape (M, D)
        The same of each photograph.
    sitters : array_like of shape (N,), int, optional
        Which photograph shows the sitter of each drawing; the one of the same number if not given.

    Returns
    -------
    float
        0 to 1, the higher the better; chance is 1 / M. `metrics.wilson` gives its interval.

    Raises
    ------
    BadShape
        If the descriptors are not alike, or a sitter has no photograph.

    Notes
    -----
    No network for identity ships with Limner: the ones to be had were taught on faces whose terms are unclear. Bring
    the descriptors of one of your own, and measure the artist's drawings beside: no network reads drawings as well as
    photographs. A tie counts for the photograph that comes first.

    References
    ----------
    Phillips et al., The FERET Evaluation Methodology for Face-Recognition Algorithms, PAMI 2000, section 4.

    Examples
    --------
    >>> photos = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]
    >>> rank_1([[0.9, 0.1], [0.8, 0.2], [-2.0, 0.1]], photos).__round__(3)
    0.667
    """
    x, y = feature_pair(drawings, photos)
    who = np.arange(len(x)) if sitters is None else np.asarray(sitters)
    fits = who.shape == (len(x),) and who.dtype.kind in "ui"
    if not fits or who.min() < 0 or who.max() >= len(y):
        raise BadShape(
            f"{len(x)} drawings came with sitters of shape {who.shape} for {len(y)} photographs; "
            "wanted the number of a photograph for each drawing."
        )
    lengths = [np.linalg.norm(v, axis=1, keepdims=True) for v in (x, y)]
    if min(v.min() for v in lengths) == 0:
        raise BadShape("A descriptor is all zeros, so it points nowhere.")
    likeness = (x / lengths[0]) @ (y / lengths[1]).T
    return float((likeness.argmax(axis=1) == who).mean())
