"""Seeds: the same seed, the same head; truncation; nonsense refused."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import InputError
from limner.heads import sample_head

pytestmark = pytest.mark.usefixtures("graphs")


def test_a_seed_is_a_person() -> None:
    a, b, other = sample_head(7), sample_head(7), sample_head(8)
    assert np.array_equal(a.base, b.base)
    assert not np.array_equal(a.base, other.base)
    assert a.seed == 7
    assert a.source is None


def test_truncation_draws_towards_the_average() -> None:
    wide, near = sample_head(3, truncation_psi=1.0), sample_head(3, truncation_psi=0.5)
    assert near.base == pytest.approx(wide.base / 2)
    assert np.abs(sample_head(3, truncation_psi=0.0).base).max() == 0


def test_a_random_head_has_no_residual() -> None:
    assert all(np.abs(p.residual).max() == 0 for p in sample_head(1).parts.values())


@pytest.mark.parametrize(("seed", "psi"), [(-1, 0.7), (1, -0.1), (1, 9.0), (1, float("nan"))])
def test_nonsense_is_refused(seed: int, psi: float) -> None:
    with pytest.raises(InputError, match="give"):
        sample_head(seed, truncation_psi=psi)
