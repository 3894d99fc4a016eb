"""A style is known by its name and compared by its values."""

from __future__ import annotations

from limner import Style


def test_equal_styles_are_equal_and_can_be_keys() -> None:
    a, b = (Style("ink", "Ink", "styles-draw", 3, "nobody") for _ in range(2))
    assert a == b
    assert len({a, b}) == 1
