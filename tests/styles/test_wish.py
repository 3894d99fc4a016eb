"""What is asked for is read and checked before any work."""

from __future__ import annotations

from typing import Any

import pytest

from limner.errors import BadShape, UnknownName
from limner.styles.wish import Wish, read_parts


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("hatch", ("hatch", 0.8)),
        ("hatch:1.2", ("hatch", 1.2)),
        ("1.2", ("croquis", 1.2)),
        (":1.2", ("croquis", 1.2)),
        (0.5, ("croquis", 0.5)),
        (("pen", 2), ("pen", 2.0)),
        ("croquis:1,hatch:3", ("croquis:1,hatch:3", 0.8)),
        ("mine/ada.toml", ("mine/ada.toml", 0.8)),
    ],
)
def test_a_part_may_have_its_own_style_strength_or_both(
    asked: Any, read: tuple[str, float]
) -> None:
    assert read_parts({"hair": asked}, style="croquis", strength=0.8) == {"hair": read}


def test_what_cannot_be_read_says_how_to_write_it() -> None:
    with pytest.raises(BadShape, match=r"hair=hatch:1\.2"):
        read_parts({"hair": "hatch:much"}, style="croquis", strength=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"style": "croqius"}, "'croquis'"),
        ({"parts": {"hiar": ("hatch", 1.0)}}, "'hair'"),
        ({"parts": {"hair": ("hacth", 1.0)}}, "'hatch'"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(words: dict[str, Any], said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        Wish(**words)


@pytest.mark.parametrize(
    "words",
    [
        {"strength": 2.1},
        {"strength": float("nan")},
        {"stroke_scale": 0.4},
        {"stroke_scale": float("nan")},
        {"parts": {"hair": ("hatch", -1.0)}},
    ],
)
def test_numbers_out_of_range_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(BadShape, match="want 0"):
        Wish(**words)
