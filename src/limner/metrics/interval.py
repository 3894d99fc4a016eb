"""How sure a share is: successes and trials in → Wilson's interval."""

from __future__ import annotations

import math
from statistics import NormalDist

from limner.errors import InputError

__all__ = ["wilson"]


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    r"""Return the interval in which the true share lies with the given confidence.

    .. math:: \frac{p + z²/2n ± z \sqrt{p(1-p)/n + z²/4n²}}{1 + z²/n}, \quad p = k/n

    Parameters
    ----------
    successes, trials : int
        k of n.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    tuple of float
        Low and high, 0 to 1; (0, 1) where there were no trials.

    Raises
    ------
    InputError
        If the numbers contradict each other.

    References
    ----------
    Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 1927.

    Examples
    --------
    >>> [round(v, 3) for v in wilson(17, 20)]
    [0.64, 0.948]
    """
    if not (0 <= successes <= trials and 0 < confidence < 1):
        raise InputError(
            f"{successes} of {trials} at a confidence of {confidence} is no share; "
            "wanted 0 ≤ successes ≤ trials and 0 < confidence < 1."
        )
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p, pull = successes / trials, z * z / trials
    half = z * math.sqrt(p * (1 - p) / trials + pull / (4 * trials))
    low, high = ((p + pull / 2 + sign * half) / (1 + pull) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)
