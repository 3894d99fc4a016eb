"""Limits are positive and told."""

from __future__ import annotations

import pytest

from limner.errors import InputError
from limner.studio.limits import Limits


def test_a_limit_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(InputError, match="strokes"):
        Limits(strokes=0)


def test_all_limits_are_told() -> None:
    assert Limits(queue=3).as_json()["queue"] == 3
    assert len(Limits().as_json()) == len(Limits.__dataclass_fields__)
