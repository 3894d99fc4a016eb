"""Sketches that look drawn by hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.train.made_packs import person

from limner.sketches.parts import WINDOWS
from limner.train.data.hand_sketch import (
    Hand,
    canonical,
    draw,
    rub,
    sample_hand,
    shift_field,
)
from limner.train.data.sketch_lines import Lines, lines_of


@pytest.fixture(scope="module")
def lines() -> Lines:
    one = person("a", 1, 512)
    return lines_of(one.photo, one.labels, one.mesh)[0]


def _all() -> Hand:
    return Hand(np.ones((4, 19), bool))


def _near(a: np.ndarray, b: np.ndarray, reach: int) -> float:
    """Return the share of a's ink that lies within `reach` of b's."""
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    drawn = a > 64
    return float((cv2.dilate((b > 64).astype(np.uint8), kernel)[drawn] > 0).mean())


def test_the_same_chance_draws_the_same_sketch_and_another_draws_another(lines: Lines) -> None:
    first, again, other = (
        draw(lines, sample_hand(r, 0.7), r) for r in (np.random.default_rng(s) for s in (1, 1, 2))
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_faithful_hand_stays_on_the_lines_and_a_wild_one_does_not(lines: Lines) -> None:
    truth = canonical(lines)
    near = {}
    for roughness in (0.0, 1.0):
        shares = []
        for seed in range(8):
            rng = np.random.default_rng(seed)
            hand = replace(_all(), wobble_px=0.5 + 6 * roughness, stroke_px=0.5 + 3 * roughness)
            field = shift_field(rng, hand.wobble_px, 4 * roughness)
            shares.append(_near(truth, draw(lines, hand, rng, field=field), 1))
        near[roughness] = np.mean(shares)
    assert near[0.0] > 0.95
    assert near[1.0] < near[0.0] - 0.1


def test_forgotten_strokes_leave_less_ink(lines: Lines) -> None:
    whole, part = (
        draw(lines, replace(_all(), drop=d), np.random.default_rng(0)) for d in (0.0, 0.8)
    )
    assert part.astype(int).sum() < 0.75 * whole.astype(int).sum()


def test_a_blank_component_has_no_stroke_of_its_own(lines: Lines) -> None:
    sketch = draw(lines, replace(_all(), blank=("mouth",)), np.random.default_rng(0))
    x, y, side = WINDOWS["mouth"].at(256)
    middle = sketch[y + side // 3 : y + 2 * side // 3, x + side // 3 : x + 2 * side // 3]
    assert (middle > 64).mean() < 0.02
    assert (sketch > 64).sum() > 500


def test_an_unfinished_drawing_is_part_of_the_whole(lines: Lines) -> None:
    half = draw(lines, replace(_all(), done=0.4), np.random.default_rng(3))
    whole = draw(lines, _all(), np.random.default_rng(3))
    assert 0.05 < (half > 64).sum() / (whole > 64).sum() < 0.8


def test_pens_have_widths(lines: Lines) -> None:
    thin, thick = (
        draw(lines, replace(_all(), width_px=w), np.random.default_rng(0)) for w in (1.0, 6.0)
    )
    assert (thick > 64).sum() > 2 * (thin > 64).sum()


def test_hatching_adds_strokes_to_hair(lines: Lines) -> None:
    plain, hatched = (
        draw(lines, replace(_all(), hatch=h), np.random.default_rng(0)) for h in (0, 5)
    )
    assert hatched.astype(int).sum() > plain.astype(int).sum()


def test_a_sketch_follows_its_affine(lines: Lines) -> None:
    mirror = np.array([[-1.0, 0, 511], [0, 1, 0]])
    zero = np.zeros((64, 64, 2), np.float32)
    straight, mirrored = (
        draw(lines, _all(), np.random.default_rng(0), field=zero, affine=m, size_px=512)
        for m in (None, mirror)
    )
    assert _near(straight[:, ::-1], mirrored, 1) > 0.99


def test_parts_are_moved_as_one() -> None:
    field = shift_field(np.random.default_rng(0), 0.0, 5.0)
    inside = field[WINDOWS["mouth"].y // 4 + 8 : WINDOWS["mouth"].y // 4 + 14, 27:37]
    assert np.linalg.norm(inside.mean((0, 1))) > 0.5
    assert inside.std((0, 1)).max() < 1.0
    assert not field[:10].any()


def test_a_rubbed_scan_keeps_its_size_and_loses_ink() -> None:
    ink = np.zeros((256, 256), np.uint8)
    ink[::8] = 255
    rng = np.random.default_rng(0)
    rubbed = rub(ink, rng, 1.0, shift_field(rng, 2.0, 0.0))
    assert rubbed.shape == ink.shape
    assert rubbed.dtype == np.uint8
    assert 0 < rubbed.astype(int).sum() < 0.9 * ink.astype(int).sum()


def test_no_strokes_are_a_blank_sheet(lines: Lines) -> None:
    nothing = Hand(np.zeros((4, 19), bool))
    assert not draw(lines, nothing, np.random.default_rng(0)).any()


@pytest.mark.parametrize("roughness", [0.0, 0.5, 1.0])
def test_any_sampled_hand_can_draw(lines: Lines, roughness: float) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sketch = draw(lines, sample_hand(rng, roughness), rng)
        assert sketch.shape == (256, 256)
        assert sketch.dtype == np.uint8
