"""How alike two pictures are in their small texture: early feature maps of pairs in → the SIFID-form distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.metrics.fd import fd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["sifid"]


def sifid(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return the mean over pairs of the Fréchet distance between the features of single pictures.

    .. math:: \frac1N Σ_n \mathrm{FD}(\{a_n(p)\}_p, \{b_n(p)\}_p)

    where a_n(p) is the feature vector of picture n at the position p: one picture's positions are the sample.

    Parameters
    ----------
    a, b : array_like of shape (N, C, H, W)
        Early feature maps of pictures in the same order, from `metrics.early_features`. H and W may differ between a
        and b.

    Returns
    -------
    float
        0 (the same texture) upwards, without limit.

    Raises
    ------
    BadShape
        If the maps are not in pairs.

    Notes
    -----
    "SIFID-form", not SIFID: the original takes 64 features after Inception's first pooling; here they are the 24
    features at a quarter of the picture's size of EfficientNet-Lite0, its third block. The formula is the same, the
    figures do not compare with published ones. 5 ms a pair.

    References
    ----------
    Shaham et al., SinGAN: Learning a Generative Model from a Single Natural Image, ICCV 2019, section 3.

    Examples
    --------
    >>> maps = np.random.default_rng(0).normal(size=(2, 3, 8, 8))
    >>> round(sifid(maps, maps + 2.0), 6)
    12.0
    """
    x, y = np.asarray(a), np.asarray(b)
    if x.ndim != 4 or y.ndim != 4 or x.shape[:2] != y.shape[:2] or not len(x):
        raise BadShape(
            f"The maps have shapes {x.shape} and {y.shape}; wanted pairs, (N, C, H, W) each, the same N and C."
        )
    pairs = zip(x, y, strict=True)
    return float(
        np.mean(
            [fd(one.reshape(len(one), -1).T, two.reshape(len(two), -1).T) for one, two in pairs]
        )
    )
