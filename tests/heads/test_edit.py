"""Parts change hands; what is not named stays; heads of other weights do not mix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limner.errors import InputError, UnknownName
from limner.heads import blend, mix, resample, sample_head
from limner.records import HEAD_PARTS, Head


def same(a: Head, b: Head) -> set[str]:
    """Return the parts that two heads share."""
    return {k for k in HEAD_PARTS if np.array_equal(a.parts[k].codes, b.parts[k].codes)}


def test_named_parts_come_from_the_other_head(egg_head: Head) -> None:
    other = sample_head(3)
    mixed = mix(egg_head, other, ["eyes", "hair"])
    assert same(mixed, other) == {"eyes", "hair"}
    assert same(mixed, egg_head) == set(HEAD_PARTS) - {"eyes", "hair"}
    assert np.array_equal(mixed.base, egg_head.base)
    assert mixed.edited == ("eyes", "hair")
    assert mixed.source is egg_head.source


def test_half_of_a_part_lies_between(egg_head: Head) -> None:
    other = sample_head(3)
    mixed = mix(egg_head, other, ["nose"], amount=0.5)
    mean = (egg_head.parts["nose"].codes + other.parts["nose"].codes) / 2
    assert mixed.parts["nose"].codes == pytest.approx(mean)


def test_nothing_taken_is_nothing_changed(egg_head: Head) -> None:
    mixed = mix(egg_head, sample_head(3), ["nose"], amount=0.0)
    assert same(mixed, egg_head) == set(HEAD_PARTS)
    assert mixed.edited == ()


def test_a_resampled_part_is_the_seeds(egg_head: Head) -> None:
    a, b = (resample(egg_head, ["mouth"], 5) for _ in range(2))
    assert np.array_equal(a.parts["mouth"].codes, b.parts["mouth"].codes)
    assert same(a, egg_head) == set(HEAD_PARTS) - {"mouth"}


def test_a_blend_lies_between_and_belongs_to_nobody(egg_head: Head) -> None:
    other = sample_head(3)
    middle = blend(egg_head, other, 0.25)
    assert middle.base == pytest.approx(0.75 * egg_head.base + 0.25 * other.base)
    assert middle.source is None
    assert blend(egg_head, other, 0.0) is egg_head
    assert blend(egg_head, other, 1.0) is other


def test_an_unknown_part_names_its_neighbours(egg_head: Head) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'eyes'"):
        mix(egg_head, sample_head(1), ["eyse"])


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_an_impossible_amount_is_refused(egg_head: Head, amount: float) -> None:
    with pytest.raises(InputError, match="0 to 1"):
        mix(egg_head, sample_head(1), ["eyes"], amount=amount)


def test_heads_of_other_weights_do_not_mix(egg_head: Head) -> None:
    stranger = replace(sample_head(1), weights={"heads-field": "0"})
    with pytest.raises(InputError, match="different weights"):
        mix(egg_head, stranger, ["eyes"])
    with pytest.raises(InputError, match="different weights"):
        blend(egg_head, stranger, 0.5)
