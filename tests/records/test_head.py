"""A head's record: all parts, one shape, nothing that can be written to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import BadShape
from limner.records import CLASSES, HEAD_PARTS, Head, HeadPart, HeadSource, Photo, SemanticMap


def part(codes: int = 4, side: int = 8) -> HeadPart:
    return HeadPart(np.ones(codes, np.float32), np.ones((2, side, side), np.float16))


def head(**changes: Any) -> Head:
    values: dict[str, Any] = {"base": np.ones(3), "parts": {k: part() for k in HEAD_PARTS}}
    return Head(**{**values, **changes})


def source(**changes: Any) -> HeadSource:
    values: dict[str, Any] = {
        "photo": Photo(np.zeros((16, 16, 3), np.uint8)),
        "semantic": SemanticMap(np.zeros((16, 16), np.uint8)),
        "yaw_deg": 3.0,
        "pitch_deg": 0.0,
        "crop_from_photo": np.eye(3)[:2],
    }
    return HeadSource(**{**values, **changes})


def test_every_class_but_the_background_belongs_to_one_part() -> None:
    assert sorted(c for p in HEAD_PARTS.values() for c in p) == list(range(1, len(CLASSES)))


def test_parts_come_in_the_tables_order_whatever_order_they_were_given() -> None:
    shuffled = dict(reversed([(k, part()) for k in HEAD_PARTS]))
    assert list(head(parts=shuffled).parts) == list(HEAD_PARTS)


def test_stacked_codes_and_residuals_keep_that_order() -> None:
    parts = {
        k: HeadPart(np.full(4, n, np.float32), np.full((2, 8, 8), n, np.float16))
        for n, k in enumerate(HEAD_PARTS)
    }
    codes, residual = head(parts=parts).stacked()
    assert codes[:, 0].tolist() == list(range(len(HEAD_PARTS)))
    assert residual.dtype == np.float32
    assert residual[:, 1, 2, 3].tolist() == list(range(len(HEAD_PARTS)))


def test_edited_parts_are_named_once_in_order() -> None:
    assert head(edited=("hair", "nose", "hair")).edited == ("nose", "hair")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parts": {k: part() for k in list(HEAD_PARTS)[1:]}}, "skin"),
        ({"parts": {**{k: part() for k in HEAD_PARTS}, "tail": part()}}, "tail"),
        ({"parts": {**{k: part() for k in HEAD_PARTS}, "nose": part(5)}}, "one shape"),
        ({"edited": ("tail",)}, "tail"),
        ({"base": np.array([1.0, np.nan])}, "finite"),
    ],
)
def test_what_is_no_head_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadShape, match=message):
        head(**changes)


def test_codes_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        head().parts["nose"].codes[0] = 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"photo": Photo(np.zeros((16, 12, 3), np.uint8))}, "square"),
        ({"semantic": SemanticMap(np.zeros((8, 8), np.uint8))}, "square"),
        ({"yaw_deg": float("inf")}, "angles"),
        ({"crop_from_photo": np.eye(3)}, "shape"),
    ],
)
def test_a_source_must_be_one_square_seen_from_somewhere(
    changes: dict[str, Any], message: str
) -> None:
    assert source().yaw_deg == 3
    with pytest.raises(BadShape, match=message):
        source(**changes)
