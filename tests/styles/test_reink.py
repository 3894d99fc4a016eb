"""Strokes stay strokes on a sheet of any size: sharp, as dark as they were, without seams."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.styles import reink


def drawing(side: int = 356) -> NDArray[np.float32]:
    """Return rings, rays and a soft grey patch, 0 ink to 1 paper, as a network draws them."""
    sheet = np.zeros((4 * side, 4 * side), np.uint8)
    middle = (2 * side, 2 * side)
    for radius in range(side // 3, 2 * side - 40, side // 4):
        cv2.circle(sheet, middle, radius, 255, 7)
    for turn in np.linspace(0, np.pi, 9):
        end = (
            int(middle[0] + 1.8 * side * np.cos(turn)),
            int(middle[1] + 1.8 * side * np.sin(turn)),
        )
        cv2.line(sheet, middle, end, 180, 6)
    ink = cv2.GaussianBlur(
        cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA), (0, 0), 0.6
    )
    paper: NDArray[np.float32] = 1 - np.asarray(ink, np.float32) / np.float32(255)
    paper[-40:, :60] = 0.6
    return paper


def edge_widths(sheet: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the width in px of every strong edge: what changes in all over what changes in one step."""
    values = sheet.astype(np.float32)
    near = np.ones((9, 9), np.uint8)
    span = cv2.dilate(values, near) - cv2.erode(values, near)
    step = np.zeros_like(values)
    across, down = np.abs(np.diff(values, axis=1)), np.abs(np.diff(values, axis=0))
    step[:, :-1] = across
    step[:-1] = np.maximum(step[:-1], down)
    # The window of the step is the span's: the grain inside a stroke is no edge because one is near.
    steepest = (step > 0) & (step >= cv2.dilate(step, near)) & (span > 100)
    return np.asarray(span[steepest] / step[steepest], np.float64)


def test_ink_edges_are_at_most_two_px_wide_at_2048() -> None:
    small = drawing()
    sheet = reink.enlarge(small, (2048, 2048), reink.HANDS["ink"])
    widths = edge_widths(sheet)
    assert len(widths) > 3000
    assert np.percentile(widths, 95) <= 2
    enlarged = cv2.resize(small, (2048, 2048), interpolation=cv2.INTER_CUBIC)
    soft = edge_widths(np.rint(np.clip(enlarged, 0, 1) * 255).astype(np.uint8))
    assert np.median(soft) > 3, "a picture that is merely enlarged would fail"


@pytest.mark.parametrize("hand", sorted(reink.HANDS))
def test_the_sheet_is_about_as_dark_as_the_drawing(hand: str) -> None:
    small = drawing()
    sheet = reink.enlarge(small, (1024, 1024), reink.HANDS[hand])
    assert (255 - sheet).mean() / 255 == pytest.approx(float((1 - small).mean()), rel=0.25)


def test_white_paper_stays_white() -> None:
    blank = np.ones((100, 120), np.float32)
    for hand in reink.HANDS.values():
        assert (reink.enlarge(blank, (600, 500), hand) == 255).all()


def test_bands_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    small = drawing(200)
    for hand in ("ink", "charcoal"):
        monkeypatch.setattr(reink, "_BAND_PX", 10_000)
        whole = reink.enlarge(small, (700, 700), reink.HANDS[hand]).astype(int)
        monkeypatch.setattr(reink, "_BAND_PX", 96)
        bands = reink.enlarge(small, (700, 700), reink.HANDS[hand])
        assert np.abs(whole - bands).max() <= 2


def test_what_hardly_grows_or_shrinks_is_resampled_alone() -> None:
    small = drawing(128)
    same = reink.enlarge(small, (128, 128), reink.HANDS["pencil"])
    np.testing.assert_array_equal(same, np.rint(small * 255).astype(np.uint8))
    assert reink.enlarge(small, (64, 60), reink.HANDS["pencil"]).shape == (60, 64)


def test_the_seed_decides_grain_and_nothing_else() -> None:
    small = drawing(160)
    one, same, other = (
        reink.enlarge(small, (800, 800), reink.HANDS["graphite"], seed=s) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    coarse = [
        cv2.resize(x, (40, 40), interpolation=cv2.INTER_AREA).astype(int) for x in (one, other)
    ]
    assert np.abs(coarse[0] - coarse[1]).mean() < 6
