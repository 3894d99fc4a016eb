"""What goes into the networks and what comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import MissingWeights
from limner.records import Palette
from limner.sketches.parts import NAMES, WINDOWS, cut_all
from limner.sketches.synthesize import Engine, grain


def _codes() -> dict[str, np.ndarray]:
    return {n: np.zeros(w.codes, np.float32) for n, w in WINDOWS.items()}


def _inks(value: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    ink = np.zeros((512, 512), np.float32)
    ink[200:204] = 1
    return ink, np.full((512, 512), value, np.float32)


def test_only_what_is_asked_for_is_encoded(session: Any) -> None:
    crops = cut_all(np.ones((256, 256), np.float32))
    codes = Engine(session).encode({"mouth": crops["mouth"]})
    assert set(codes) == {"mouth"}
    assert codes["mouth"].shape == (WINDOWS["mouth"].codes,)
    assert dict(session.encoded) == {n: int(n == "mouth") for n in NAMES}


def test_several_codes_of_a_component_are_drawn_at_once(session: Any) -> None:
    drawn = Engine(session).decode({"nose": np.zeros((7, WINDOWS["nose"].codes), np.float32)})
    assert drawn["nose"].shape == (7, 80, 80)


def test_the_network_sees_ink_only_as_far_as_it_is_trusted(session: Any) -> None:
    Engine(session).paint(_codes(), _inks(0.25), Palette(), size_px=256)
    seen = session.painted[0]["ink"]
    assert seen.shape == (1, 2, 256, 256)
    assert seen[0, 0].max() == pytest.approx(0.25)
    np.testing.assert_allclose(seen[0, 1], 0.25)


def test_a_preview_has_256_and_a_photograph_512_pixels(session: Any) -> None:
    engine = Engine(session)
    for size in (256, 512):
        photo, classes = engine.paint(_codes(), _inks(), Palette(), size_px=size)
        assert photo.size_px == (size, size)
        assert classes.shape == (128, 128)
        assert photo.notes == ()


def test_a_missing_last_stage_is_told(session: Any) -> None:
    session.detail = False
    photo, _ = Engine(session).paint(_codes(), _inks(), Palette())
    assert photo.size_px == (512, 512)
    assert "enlarged" in photo.notes[0]


def test_a_missing_network_is_a_sentence() -> None:
    class Nothing:
        def run(self, weight: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            from limner.errors import UnknownName

            raise UnknownName.among("weight", weight, [])

    with pytest.raises(MissingWeights, match="sketches-parts is not installed"):
        Engine(Nothing()).encode({})


def test_grain_depends_on_the_seed_alone() -> None:
    np.testing.assert_array_equal(grain(3, 256), grain(3, 256))
    assert not np.array_equal(grain(3, 256), grain(4, 256))
    assert grain(0, 512).shape == (1, 1, 512, 512)
