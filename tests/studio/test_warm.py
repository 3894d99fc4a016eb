"""Workers warm up as far as they can."""

from __future__ import annotations

import pytest

from limner.errors import MissingWeights
from limner.studio.jobs import draw, sketch, warm


def test_a_room_without_its_networks_does_not_hinder_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warmed = []

    def missing() -> None:
        raise MissingWeights("Not here.")

    monkeypatch.setattr(draw, "warm_up", missing)
    monkeypatch.setattr(sketch, "warm_up", lambda: warmed.append("sketch"))
    warm.warm_up()
    assert warmed == ["sketch"]
