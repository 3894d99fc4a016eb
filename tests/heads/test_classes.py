"""Shares of classes are summed, mixed and told apart plane by plane."""

from __future__ import annotations

import numpy as np
import pytest

from limner.geometry.carry import planar
from limner.heads.classes import blended, largest, mixed, stacked, total


def _shares(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((9, 7, 19)).astype(np.float32)


@pytest.mark.parametrize("lay", [planar, np.ascontiguousarray])
def test_sums_and_classes_do_not_depend_on_how_memory_lies(lay: object) -> None:
    shares = _shares()
    lain = lay(shares)  # type: ignore[operator]
    np.testing.assert_allclose(total(lain, (2, 5, 7)), shares[..., [2, 5, 7]].sum(-1), rtol=1e-6)
    np.testing.assert_array_equal(largest(lain), shares.argmax(-1))


def test_a_sum_leaves_the_shares_as_they_were() -> None:
    shares = planar(_shares())
    before = shares.copy()
    total(shares, (0, 1))
    np.testing.assert_array_equal(shares, before)


def test_of_equal_shares_the_first_class_is_told() -> None:
    assert (largest(np.full((2, 2, 19), 1 / 19, np.float32)) == 0).all()


def test_a_mixture_has_the_first_shares_where_its_weight_is_one() -> None:
    one, other = _shares(1), _shares(2)
    weight = np.zeros((9, 7), np.float32)
    weight[:3], weight[3:5] = 1, 0.25
    found = mixed(one, other, weight)
    np.testing.assert_array_equal(found[:3], one[:3])
    np.testing.assert_allclose(found[3:5], 0.25 * one[3:5] + 0.75 * other[3:5], rtol=1e-5)
    np.testing.assert_array_equal(found[5:], other[5:])


def test_a_blend_is_the_second_picture_where_its_share_is_one() -> None:
    first, second = np.full((4, 4, 3), -1, np.float32), np.full((4, 4, 3), 1, np.float32)
    share = np.tile(np.array([0, 0.5, 1, 1], np.float32), (4, 1))
    np.testing.assert_allclose(blended(first, second, share)[0, :, 0], [-1, 0, 1, 1], atol=1e-4)


@pytest.mark.parametrize("lay", [planar, np.ascontiguousarray])
def test_a_network_gets_channels_first(lay: object) -> None:
    picture = _shares()[..., :3]
    found = stacked(lay(picture))  # type: ignore[operator]
    assert found.shape == (1, 3, 9, 7)
    np.testing.assert_array_equal(found[0].transpose(1, 2, 0), picture)
    assert stacked(picture[..., 0]).shape == (1, 1, 9, 7)
