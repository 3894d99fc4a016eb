"""What the photograph says is ground is no head, from wherever it is looked at."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import source

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer
from limner.heads.outline import beyond_px, hull, nearness
from limner.records import Head

SIDE = 128


def disc(radius: float, x: float = 64.0) -> np.ndarray:
    """Return a disc, (S, S), float32."""
    ys, xs = np.mgrid[:SIDE, :SIDE]
    return np.asarray((xs - x) ** 2 + (ys - 64.0) ** 2 < radius**2, np.float32)


def seen_from(yaw: float, head: np.ndarray, shell: np.ndarray) -> np.ndarray:
    """Return what may be head of a flat shell seen by a camera turned by `yaw`."""
    cameras = Camera(0, 0, SIDE), Camera(yaw, 0, SIDE)
    return hull(beyond_px(head), cameras, shell, np.where(shell > 0, 1.05, 0).astype(np.float32))


def test_a_shell_wider_than_the_photographs_outline_is_cut() -> None:
    may = seen_from(0, disc(30), disc(45))
    assert may[64, 64] == 1
    assert may[64, 64 + 27] == 1
    assert may[64, 64 + 36] == 0


def test_the_further_it_is_turned_the_less_is_cut_and_at_last_nothing() -> None:
    cut = [1 - seen_from(yaw, disc(30), disc(45)).mean() for yaw in (0.0, 3.0, 8.0, 24.0)]
    assert cut == sorted(cut, reverse=True)
    assert cut[0] > cut[2]
    assert cut[-1] == 0


def test_a_head_that_has_hardly_turned_is_no_wider_than_the_outline() -> None:
    # a rim of the photograph's ground would stand around the hair
    kept = [float(seen_from(yaw, disc(30), disc(45)).mean()) for yaw in (0.0, 2.0, 3.0, 10.0)]
    assert kept[1] == pytest.approx(kept[0], rel=0.01)
    assert kept[2] == pytest.approx(kept[0], rel=0.04)
    assert kept[3] > 1.3 * kept[0]


def test_ground_in_the_middle_of_a_head_makes_no_hole() -> None:
    may = seen_from(0, disc(30) - disc(8), disc(30))
    assert may[64, 64] == 1


def test_what_lies_beyond_the_photographs_frame_is_not_cut() -> None:
    head = np.ones((SIDE, SIDE), np.float32)
    assert (seen_from(0, head, disc(60)) == 1).all()


def test_no_head_at_all_is_left_as_it_is() -> None:
    assert (seen_from(0, disc(30), np.zeros((SIDE, SIDE), np.float32)) == 1).all()


def test_nearness_falls_between_two_angles() -> None:
    here = Camera(5, 0, SIDE)
    assert nearness(here, Camera(7, 0, SIDE), 3, 13) == 1
    assert nearness(here, Camera(13, 0, SIDE), 3, 13) == pytest.approx(0.5)
    assert nearness(here, Camera(5, 20, SIDE), 3, 13) == 0


def test_from_its_own_side_a_photograph_comes_back_to_its_very_edge(egg_head: Head) -> None:
    kept = source()
    view = HeadRenderer(egg_head, refine=False).view(yaw_deg=kept.yaw_deg, pitch_deg=kept.pitch_deg)
    gap = np.abs(view.photo.pixels.astype(int) - kept.photo.pixels).max(-1)
    ring = kept.semantic.labels > 0
    assert (gap[ring] > 24).mean() < 0.01
    assert gap[ring].mean() < 1
