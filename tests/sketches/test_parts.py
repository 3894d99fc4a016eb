"""Components: where they lie and how far each is trusted."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape, UnknownName
from limner.sketches.parts import (
    NAMES,
    WINDOWS,
    cut,
    cut_all,
    gate_map,
    ink_trust,
    soft_window,
    spread,
)

#: The published windows on 512 px.
PUBLISHED = {
    "right-eye": (108, 156, 128),
    "left-eye": (255, 156, 128),
    "nose": (182, 232, 160),
    "mouth": (169, 301, 192),
    "rest": (0, 0, 512),
}


def test_the_windows_are_the_published_ones_within_two_pixels() -> None:
    for name, wanted in PUBLISHED.items():
        got = WINDOWS[name].at(512)
        assert got[2] == wanted[2]
        assert max(abs(a - b) for a, b in zip(got[:2], wanted[:2], strict=True)) <= 2


def test_the_windows_fall_on_whole_pixels_down_to_128() -> None:
    for window in WINDOWS.values():
        assert tuple(4 * v for v in window.at(128)) == window.at(512)


def test_a_component_is_sixteen_times_its_code() -> None:
    for window in WINDOWS.values():
        assert 16 * window.latent[1] == window.side


def test_the_sitters_left_eye_lies_on_the_pictures_right() -> None:
    assert WINDOWS["left-eye"].x > WINDOWS["right-eye"].x


def test_the_rest_leaves_the_other_windows_blank_and_the_caller_untouched() -> None:
    ink = np.ones((256, 256), np.float32)
    rest = cut(ink, "rest")
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(256)
        assert not rest[y : y + side, x : x + side].any()
    assert rest[0, 0] == 1
    assert ink.all()


def test_all_crops_together_hold_all_ink() -> None:
    rng = np.random.default_rng(0)
    ink = rng.random((512, 512), np.float32)
    seen = cut(ink, "rest")
    for name, crop in cut_all(ink).items():
        if name != "rest":
            x, y, side = WINDOWS[name].at(512)
            seen[y : y + side, x : x + side] = crop
    np.testing.assert_array_equal(seen, ink)


def test_a_sketch_of_another_shape_is_refused() -> None:
    with pytest.raises(BadShape, match="128"):
        cut(np.zeros((200, 256), np.float32), "nose")
    with pytest.raises(UnknownName, match="nose"):
        cut(np.zeros((256, 256), np.float32), "noze")


def test_equal_confidence_gates_evenly_and_without_seams() -> None:
    np.testing.assert_allclose(gate_map(dict.fromkeys(NAMES, 0.4)), 0.4, atol=1e-6)


def test_a_gate_is_linear_in_the_confidences() -> None:
    each = [gate_map({m: float(m == n) for m in NAMES}) for n in NAMES]
    values = dict(zip(NAMES, (0.1, 0.9, 0.3, 0.7, 0.5), strict=True))
    mixed = sum(values[n] * m for n, m in zip(NAMES, each, strict=True))
    np.testing.assert_allclose(gate_map(values), mixed, atol=1e-5)


def test_eyes_lie_over_the_nose() -> None:
    gate = gate_map({"rest": 0, "mouth": 0, "nose": 0, "left-eye": 1, "right-eye": 0})
    # inside the left eye's window and the nose's at once
    assert gate[125, 155] > 0.9


def test_a_soft_window_has_no_step_at_its_rim() -> None:
    alpha = soft_window("nose", 256, 8)
    assert alpha.max() == 1
    assert alpha[0].max() < 0.02


def test_a_single_component_outweighs_its_group() -> None:
    got = spread({"eyes": 0.7, "all": 0.2, "left-eye": 0.1}, 1.0)
    assert got == {"rest": 0.2, "mouth": 0.2, "nose": 0.2, "right-eye": 0.7, "left-eye": 0.1}


def test_a_confidence_out_of_range_or_of_nothing_is_refused() -> None:
    with pytest.raises(BadShape, match="0 to 1"):
        spread({"nose": 1.2}, 1.0)
    with pytest.raises(UnknownName, match="mouth"):
        spread({"mout": 0.2}, 1.0)


def test_ink_is_trusted_down_to_a_third_of_confidence() -> None:
    trust = ink_trust({"nose": 1.0, "mouth": 0.34, "rest": 0.2})
    assert trust == pytest.approx({"nose": 1.0, "mouth": 1.0, "rest": 0.6})
