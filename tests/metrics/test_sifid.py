"""The SIFID-form distance."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import fd, sifid


def test_it_is_the_mean_over_pairs_with_positions_as_the_sample() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5, 6, 6)), rng.normal(size=(2, 5, 8, 4)) * 2
    pairs = [fd(x.reshape(5, -1).T, y.reshape(5, -1).T) for x, y in zip(a, b, strict=True)]
    assert sifid(a, b) == pytest.approx(np.mean(pairs))


def test_where_things_are_does_not_matter_what_they_are_does() -> None:
    a = np.random.default_rng(1).normal(size=(1, 4, 8, 8))
    assert sifid(a, a[..., ::-1, ::-1]) == pytest.approx(0, abs=1e-9)
    assert sifid(a, 2 * a) > 0.1


def test_maps_that_are_no_pairs_are_refused() -> None:
    with pytest.raises(BadShape, match="pairs"):
        sifid(np.ones((2, 3, 4, 4)), np.ones((3, 3, 4, 4)))
    with pytest.raises(BadShape, match="pairs"):
        sifid(np.ones((0, 3, 4, 4)), np.ones((0, 3, 4, 4)))
