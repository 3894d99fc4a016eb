"""Graphs that could read or run what they should not are refused before a runtime sees them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weights.graphs import doubling

from limner.errors import CorruptWeights
from limner.weights import audit


def test_a_plain_graph_passes_and_its_operators_are_counted() -> None:
    assert audit(doubling()) == 1


def test_a_graph_that_keeps_its_numbers_elsewhere_is_refused() -> None:
    with pytest.raises(CorruptWeights, match="another file"):
        audit(doubling(external=True))


def test_a_graph_with_foreign_operators_is_refused_by_their_name() -> None:
    with pytest.raises(CorruptWeights, match=r"com\.microsoft"):
        audit(doubling(domain="com.microsoft"))


@pytest.mark.parametrize("data", [b"", b"\x80\x04\x95", b"PK\x03\x04" + b"\0" * 64, b"<svg/>"])
def test_what_is_no_graph_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptWeights):
        audit(data)


@given(st.integers(1, len(doubling()) - 1))
def test_a_cut_graph_is_refused_or_has_lost_only_its_tail(length: int) -> None:
    try:
        count = audit(doubling()[:length])
    except CorruptWeights:
        return
    assert count == 1


@given(st.binary(max_size=200))
def test_noise_never_ends_in_anything_but_a_refusal(data: bytes) -> None:
    with suppress(CorruptWeights):
        assert audit(data) > 0
