"""A head is whole: every part once, in order, of one shape; its source is a square."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.records import CLASSES, HEAD_PARTS, Head, HeadPart, HeadSource, Photo, SemanticMap


def part(value: float = 0.0, *, codes: int = 3, side: int = 2) -> HeadPart:
    return HeadPart(np.full(codes, value, np.float32), np.zeros((4, side, side), np.float16))


def head(**changes: Any) -> Head:
    """Return a plain head whose n-th part has codes n, with some fields changed."""
    parts = {name: part(n) for n, name in enumerate(HEAD_PARTS)}
    fields: dict[str, Any] = {"base": np.zeros(5, np.float32), "parts": parts}
    return Head(**{**fields, **changes})


def source(**changes: Any) -> HeadSource:
    fields: dict[str, Any] = {
        "photo": Photo(np.zeros((4, 4, 3), np.uint8)),
        "semantic": SemanticMap(np.zeros((4, 4), np.uint8)),
        "yaw_deg": 0.0,
        "pitch_deg": 0.0,
        "crop_from_photo": np.eye(2, 3),
    }
    return HeadSource(**{**fields, **changes})


def test_every_class_but_the_background_is_of_one_part() -> None:
    members = sorted(k for ids in HEAD_PARTS.values() for k in ids)
    assert members == list(range(1, len(CLASSES)))


@given(st.permutations(list(HEAD_PARTS)))
def test_parts_are_stacked_in_the_tables_order_however_they_came(names: list[str]) -> None:
    plain = head()
    codes, residual = head(parts={n: plain.parts[n] for n in names}).stacked()
    assert codes[:, 0].tolist() == list(range(len(HEAD_PARTS)))
    assert residual.shape == (len(HEAD_PARTS), 4, 2, 2)
    assert codes.dtype == residual.dtype == np.dtype(np.float32)


def test_a_missing_or_unknown_part_is_named() -> None:
    parts = dict(head().parts)
    with pytest.raises(BadShape, match="'nose'"):
        head(parts={k: v for k, v in parts.items() if k != "nose"})
    with pytest.raises(BadShape, match="'horns'"):
        head(parts={**parts, "horns": part()})


@pytest.mark.parametrize("odd", [part(codes=4), part(side=3)])
def test_parts_of_different_shapes_are_refused(odd: HeadPart) -> None:
    with pytest.raises(BadShape, match="one shape"):
        head(parts={**head().parts, "hat": odd})


def test_what_was_edited_is_named_in_order_and_must_exist() -> None:
    assert head(edited=("hat", "skin")).edited == ("skin", "hat")
    with pytest.raises(BadShape, match="'horns'"):
        head(edited=("horns",))


def test_a_residual_too_large_for_a_half_is_refused() -> None:
    with pytest.raises(BadShape, match=r"HeadPart\.residual"):
        HeadPart(np.zeros(3, np.float32), np.full((1, 2, 2), 1e6))


def test_codes_are_copied_from_their_owner_and_locked() -> None:
    mine = np.zeros(3, np.float32)
    made = HeadPart(mine, np.zeros((1, 2, 2), np.float16))
    mine[:] = 1
    assert not made.codes.any()
    with pytest.raises(ValueError, match="read-only"):
        made.codes[0] = 1


def test_a_heads_parts_cannot_be_slipped_in_from_outside() -> None:
    parts = {name: part() for name in HEAD_PARTS}
    made = head(parts=parts)
    parts["nose"] = part(9)
    assert made.parts["nose"].codes[0] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"semantic": SemanticMap(np.zeros((4, 5), np.uint8))},
        {"photo": Photo(np.zeros((4, 6, 3), np.uint8))},
        {"pitch_deg": np.nan},
        {"crop_from_photo": np.eye(3)},
    ],
    ids=lambda w: next(iter(w)),
)
def test_a_source_that_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    assert source().photo.size_px == (4, 4)
    with pytest.raises(BadShape, match="HeadSource"):
        source(**wrong)
