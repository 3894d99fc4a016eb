"""The shadow under the pen."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from limner.sketches.bank import Bank
from limner.sketches.canvas import Canvas
from limner.sketches.guide import Guide, merge, shade
from limner.sketches.parts import NAMES, WINDOWS
from limner.sketches.project import project
from limner.sketches.synthesize import Engine


def test_where_all_neighbours_agree_the_shadow_is_dark() -> None:
    drawn = np.zeros((4, 6, 6), np.float32)
    drawn[:, 2] = 1
    drawn[0, 4] = 1
    shadow = shade(drawn, np.full(4, 0.25, np.float32))
    np.testing.assert_allclose(shadow[2], 1, atol=1e-6)
    np.testing.assert_allclose(shadow[4], 0.25, atol=1e-6)
    assert not shadow[0].any()


def test_negative_shares_draw_nothing_and_one_neighbour_never_rules() -> None:
    drawn = np.stack([np.ones((3, 3)), np.zeros((3, 3)), np.ones((3, 3))]).astype(np.float32)
    assert shade(drawn, np.array([-2, 3, 0], np.float32)).max() == 0
    # 0.9 is cut to a half: the other's tenth weighs more than it did
    assert shade(drawn[:2], np.array([0.9, 0.1], np.float32))[0, 0] < 0.9


def test_no_positive_share_is_no_shadow() -> None:
    assert not shade(np.ones((2, 4, 4), np.float32), np.array([-0.5, 0], np.float32)).any()


def _blank() -> dict[str, np.ndarray]:
    return {
        n: np.zeros((128, 128) if n == "rest" else (w.side, w.side), np.float32)
        for n, w in WINDOWS.items()
    }


def test_a_component_is_merged_where_its_window_lies() -> None:
    parts = _blank()
    parts["nose"] += 1
    merged = merge(parts, 512)
    x, y, side = WINDOWS["nose"].at(512)
    assert merged[y + side // 2, x + side // 2] == 1
    # beside it its tone fades; farther on there is paper
    assert merged[y - 20 : y, x : x + side].mean() < 0.2
    assert not merged[: y - 60].any()
    assert not merged[:, : x - 60].any()


def test_merged_windows_have_soft_rims() -> None:
    parts = _blank()
    parts["mouth"] += 1
    merged = merge(parts, 512)
    assert np.abs(np.diff(merged, axis=0)).max() < 0.15


def _around_windows() -> np.ndarray:
    """Return the remainder as its decoder draws an even grey: nothing in the windows, paler before them."""
    grey = np.full((256, 256), 0.6, np.float32)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(256)
        grey[y : y + side, x : x + side] = 0
    small = cv2.resize(grey, (128, 128), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.5), np.float32)


def _seam(picture: np.ndarray) -> float:
    """Return how much steeper the picture is across the windows' borders than across lines beside them."""
    at, beside = [], []
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(picture.shape[0])
        tall = np.abs(np.diff(picture[y : y + side], axis=1)).mean(0)
        wide = np.abs(np.diff(picture[:, x : x + side], axis=0)).mean(1)
        for slopes, edges in ((tall, (x, x + side)), (wide, (y, y + side))):
            for edge in edges:
                at.append(slopes[edge - 6 : edge + 6].max())
                beside.append(slopes[[edge - 16, edge - 11, edge + 11, edge + 16]].mean())
    return float(np.mean(at) / max(float(np.mean(beside)), 1e-4))


def test_an_even_grey_stays_even_across_the_windows() -> None:
    parts = {n: np.full((w.side,) * 2, 0.6, np.float32) for n, w in WINDOWS.items()}
    parts["rest"] = _around_windows()
    merged = merge(parts, 512)
    assert np.ptp(merged) < 0.06


def test_windows_of_another_tone_show_no_step() -> None:
    parts = {n: np.full((w.side,) * 2, 0.2, np.float32) for n, w in WINDOWS.items()}
    parts["rest"] = _around_windows()
    merged = merge(parts, 512)
    steps = [np.abs(np.diff(merged, axis=k)).max() for k in (0, 1)]
    assert max(steps) < 0.2 * (0.6 - 0.2)


@pytest.mark.parametrize("drawn", ["nothing", "a scribble"])
def test_no_seam_is_seen_in_the_shadow_that_ships(drawn: str) -> None:
    canvas = Canvas()
    if drawn == "a scribble":
        t = np.linspace(0, 20, 300)
        x, y = 256 + 7 * t * np.sin(1.3 * t), 256 + 7 * t * np.cos(1.1 * t)
        canvas.stroke(np.stack([x, y], 1), 3)
    assert _seam(canvas.shadow()) < 2


def test_each_neighbour_is_drawn_once(session: Any, bank: Bank) -> None:
    guide = Guide(Engine(session), bank)
    found = {n: project(bank.matrices[n][0], bank.matrices[n], bank.squares[n]) for n in NAMES}
    first = guide.shadows(found)
    again = guide.shadows(found)
    assert session.decoded["nose"] == 10
    for name in NAMES:
        np.testing.assert_array_equal(first[name], again[name])


def test_only_components_that_are_asked_for_are_drawn(session: Any, bank: Bank) -> None:
    guide = Guide(Engine(session), bank)
    found = project(bank.matrices["nose"][0], bank.matrices["nose"], bank.squares["nose"])
    assert set(guide.shadows({"nose": found})) == {"nose"}
    assert session.decoded["mouth"] == 0
