"""From one drawing to another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import BadShape
from limner.records import Palette
from limner.sketches.bank import Bank
from limner.sketches.canvas import Canvas
from limner.sketches.morph import between, steps


@pytest.fixture
def pair(session: Any, bank: Bank) -> tuple[Canvas, Canvas]:
    first, second = (Canvas(bank=bank, session=session) for _ in range(2))
    first.stroke([(100, 60), (400, 60)], 6)
    second.stroke([(220, 420), (300, 420)], 6)
    return first, second


def test_the_ends_are_the_drawings_themselves(pair: tuple[Canvas, Canvas]) -> None:
    for t, canvas in zip((0.0, 1.0), pair, strict=True):
        np.testing.assert_array_equal(
            between(*pair, t, size_px=256).pixels, canvas.photo(size_px=256).pixels
        )


def test_in_the_middle_no_ink_is_trusted_and_codes_are_halves(
    pair: tuple[Canvas, Canvas], session: Any
) -> None:
    between(*pair, 0.5, size_px=256)
    seen = session.painted[-1]
    assert not seen["ink"].any()
    wanted = (pair[0].codes()["mouth"] + pair[1].codes()["mouth"]) / 2
    np.testing.assert_allclose(seen["mouth-code"].reshape(-1), wanted, atol=1e-6)


def test_palettes_are_mixed(pair: tuple[Canvas, Canvas], session: Any) -> None:
    colors = Palette(hair=(0, 0, 0)), Palette(hair=(200, 100, 50))
    between(*pair, 0.5, palettes=colors, size_px=256)
    hair = (session.painted[-1]["palette"][0, 3:6] + 1) * 127.5
    np.testing.assert_allclose(hair, [100, 50, 25], atol=1)


def test_places_and_counts_out_of_range_are_refused(pair: tuple[Canvas, Canvas]) -> None:
    with pytest.raises(BadShape, match="0 to 1"):
        between(*pair, 1.5)
    with pytest.raises(BadShape, match="at least 2"):
        steps(1)
    assert len(steps(7)) == 7
