"""A seed in → the `Head` of somebody who never lived."""

from __future__ import annotations

import numpy as np

from limner.errors import InputError
from limner.heads.encode import needed, weights_used
from limner.records import HEAD_PARTS, Head, HeadPart
from limner.weights import session

__all__ = ["sample_head"]


def sample_head(seed: int, *, truncation_psi: float = 0.7) -> Head:
    """Return a random head; the same seed gives the same head.

    Parameters
    ----------
    seed : int
        Not negative.
    truncation_psi : float
        0 the average head to 1 the full spread, in which odd heads are commoner.

    Raises
    ------
    InputError
        If the seed is negative or psi outside 0 to 1.5.
    MissingWeights
        If no networks of heads are installed.
    """
    if seed < 0:
        raise InputError(f"The seed is {seed}; give a whole number from 0.")
    if not 0 <= truncation_psi <= 1.5:
        raise InputError(f"The truncation is {truncation_psi}; give a number from 0 to 1.5.")
    count = int(needed("heads-sampler").inputs["seeds"]["shape"][1])
    seeds = np.random.default_rng(seed).standard_normal((1, count)) * truncation_psi
    out = session().run("heads-sampler", {"seeds": seeds.astype(np.float32)})
    shape = needed("heads-field").inputs["residual"]["shape"]
    empty = np.zeros([int(n) for n in shape[2:]], np.float16)
    parts = {name: HeadPart(out["parts"][0, k], empty) for k, name in enumerate(HEAD_PARTS)}
    return Head(out["base"][0], parts, seed=seed, weights=weights_used())
